#!/bin/sh
# A reminder outlives kill -9: the question is asked, the host dies, time passes, the next host reminds once.
set -eu
. tests/e2e/lib.sh
start_host
printf 'Bonjour\n1\n' | "$LISOLO" chat --var "$DIR/var" >/dev/null 2>&1
sleep 0.3
kill -KILL "$HOST_PID"
wait "$HOST_PID" 2>/dev/null || true
HOST_PID=
rm -f "$DIR/var/dev.json"
start_host
is "$(accepted | jq '.messages | length')" 0 'a host that starts again says nothing by itself'
"$LISOLO" clock advance 9min --var "$DIR/var" >/dev/null
sleep 0.5
is "$(accepted | jq '.messages | length')" 0 'nor before its time'
"$LISOLO" clock advance 2min --var "$DIR/var" >/dev/null
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0' | grep -q '\"to\"'" || true
is "$(accepted | jq '.messages | length')" 1 'the reminder comes in its time'
"$LISOLO" clock advance 1h --var "$DIR/var" >/dev/null
sleep 0.5
is "$(accepted | jq '.messages | length')" 1 'and once'
out=$(printf '12 rue Mbochi, Poto-Poto\n' | "$LISOLO" chat --var "$DIR/var" 2>&1)
has "$out" '🏁' 'and the conversation goes on where it stood'
done_testing
