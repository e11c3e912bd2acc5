#!/bin/sh
# The checker itself is proved: four bugs, seeded into the host, must each be noticed by the invariant that is about it.
set -eu
fault=${LISOLO_FAULT:-build/fault/lisolo}
campaign=$(dirname "$fault")/campaign
n=0 passed=0 failed=0

notices() { # notices BUG FIGURE KILLS: the named figure of the verdict must not be 0
    n=$((n + 1))
    out=$("$campaign" "$fault" "$3" 11 "$1") && code=0 || code=$?
    figure=$(printf '%s\n' "$out" | sed -n "s/.*$2 \([0-9]*\).*/\1/p")
    rm -rf "$(printf '%s\n' "$out" | sed -n 's/^the files are kept in \(\/tmp\/lisolo-fault-[A-Za-z0-9]*\)$/\1/p')"
    if [ "$code" -eq 1 ] && [ "${figure:-0}" -gt 0 ]; then
        passed=$((passed + 1))
        echo "ok $n - $1 is noticed ($2 $figure)"
    else
        failed=$((failed + 1))
        echo "not ok $n - $1 is not noticed"
        printf '%s\n' "$out" | sed 's/^/# /'
    fi
}

notices bug.ack_before_commit lost 25
notices bug.no_dedupe twice 5
notices bug.last_first 'out of order' 5
notices bug.no_patience 'doubled at the provider' 8
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
