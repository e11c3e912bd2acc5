#!/bin/sh
# The guides for product staff are done to the letter, each in a copy of the project with a host of its own.
set -eu
. tests/e2e/lib.sh
root=$PWD
binary=$(realpath "$LISOLO")

guide() { # guide PAGE
    work=$DIR/$(basename "$1" .md)
    mkdir -p "$work/bin" "$work/tests"
    cp -r scripts "$work/scripts"
    [ ! -d tests/chat ] || cp -r tests/chat "$work/tests/chat"
    ln -s "$binary" "$work/bin/lisolo"
    (cd "$work" && "$binary" dev --port 0 >dev.out 2>dev.err) &
    host=$!
    OTHER_PIDS="$OTHER_PIDS $host"
    wait_for 20 test -s "$work/var/dev.json" || sed 's/^/# /' "$work/dev.err"
    out=$(cd "$root" && LC_ALL=fr_FR.UTF-8 LANG=fr_FR.UTF-8 PATH="$work/bin:$PATH" lua5.4 tests/docs/run.lua "$1" "$work" 2>&1) && code=0 || code=$?
    kill -TERM "$host" 2>/dev/null || true
    wait "$host" 2>/dev/null || true
    ok "$code" "$(head -n 1 "$1" | sed 's/^# //') ($(printf '%s\n' "$out" | tail -n 1))" "$out"
}

for page in docs/guides/*.md; do guide "$page"; done
done_testing
