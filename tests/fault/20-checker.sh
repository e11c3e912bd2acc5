#!/bin/sh
# The checker itself is proved: four bugs, seeded into the host, must each be noticed by the invariant that is about it.
# The four campaigns run side by side: each has a host, a database and a seed of its own.
set -eu
fault=${LISOLO_FAULT:-build/fault/lisolo}
campaign=$(dirname "$fault")/campaign
outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT
n=0 passed=0 failed=0

start() { # start BUG KILLS
    ("$campaign" "$fault" "$2" 11 "$1" >"$outputs/$1" && echo 0 >"$outputs/$1.code" || echo $? >"$outputs/$1.code") &
}

notices() { # notices BUG FIGURE: the named figure of the verdict must not be 0
    n=$((n + 1))
    out=$(cat "$outputs/$1")
    figure=$(printf '%s\n' "$out" | sed -n "s/.*$2 \([0-9]*\).*/\1/p")
    rm -rf "$(printf '%s\n' "$out" | sed -n 's/^the files are kept in \(\/tmp\/lisolo-fault-[A-Za-z0-9]*\)$/\1/p')"
    if [ "$(cat "$outputs/$1.code")" -eq 1 ] && [ "${figure:-0}" -gt 0 ]; then
        passed=$((passed + 1))
        echo "ok $n - $1 is noticed ($2 $figure)"
    else
        failed=$((failed + 1))
        echo "not ok $n - $1 is not noticed"
        printf '%s\n' "$out" | sed 's/^/# /'
    fi
}

start bug.ack_before_commit 25
start bug.no_dedupe 5
start bug.last_first 5
start bug.no_patience 8
wait
notices bug.ack_before_commit lost
notices bug.no_dedupe twice
notices bug.last_first 'out of order'
notices bug.no_patience 'doubled at the provider'
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
