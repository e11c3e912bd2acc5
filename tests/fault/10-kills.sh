#!/bin/sh
# A hundred kill -9 that land inside a commit, a turn or a send: nothing lost, twice, or out of order. KILLS and SEED change the campaign.
set -eu
fault=${LISOLO_FAULT:-build/fault/lisolo}
campaign=$(dirname "$fault")/campaign
kills=${KILLS:-100}

out=$("$campaign" "$fault" "$kills" "${SEED:-}") && code=0 || code=$?
printf '%s\n' "$out" | sed 's/^/# /'
inside=$(printf '%s\n' "$out" | sed -n 's/^kills .* a send \([0-9]*\)$/\1/p')
passed=0 failed=0
if [ "$code" -eq 0 ]; then passed=$((passed + 1)); echo "ok 1 - $kills kills: nothing lost, twice, out of order or doubled"
else failed=$((failed + 1)); echo "not ok 1 - $kills kills: an invariant is broken"; fi
if [ "${inside:-0}" -ge $((kills * 9 / 10)) ]; then passed=$((passed + 1)); echo "ok 2 - $inside of them inside a commit, a turn or a send"
else failed=$((failed + 1)); echo "not ok 2 - only ${inside:-0} kills landed inside"; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
