#!/bin/sh
# A full disk: 503, nothing lost, and the host recovers by itself. A failed write: the process ends with the reason, and the next one recovers.
set -eu
LISOLO=${LISOLO_FAULT:-build/fault/lisolo}
. tests/e2e/lib.sh
cp -r tests/fault/scripts "$DIR/scripts"

# Every second commit finds no space.
LISOLO_FAIL='store.commit.full=50%err(1)'
export LISOLO_FAIL
start_host
posted=0 refused=0
for n in $(seq 1 40); do
    text_body "24206700$((n % 4 + 1000))" go "wamid.FULL.$n" >"$DIR/m.json"
    status=0
    while [ "$status" != 200 ]; do
        status=$(post_file "$DIR/m.json")
        [ "$status" = 200 ] || refused=$((refused + 1))
        [ "$refused" -lt 2000 ] || break 2
    done
    posted=$((posted + 1))
done
is "$posted" 40 'every message is taken in the end'
[ "$refused" -gt 5 ] && ok 0 "a full disk is answered 503 ($refused times)" || ok 1 "a full disk is answered 503" "$refused refusals"
wait_for 30 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0&limit=1000' | jq -e '.messages | length == 40' >/dev/null" && ok 0 'and each got its reply, once' || ok 1 'and each got its reply, once' "$(accepted | jq '.messages | length')"
is "$(graph_stats | jq '.doubles')" 0 'nothing was sent twice'
stop_host
rm -rf "${DIR:?}/var"

# The fifth commit fails like a broken disk.
LISOLO_FAIL='store.commit.io=5*err(1)'
export LISOLO_FAIL
start_host
: >"$DIR/answers"
for n in $(seq 1 30); do
    text_body 242067001000 go "wamid.IO.$n" >"$DIR/m.json"
    post_file "$DIR/m.json" >>"$DIR/answers" 2>/dev/null || true
    echo >>"$DIR/answers"
    kill -0 "$HOST_PID" 2>/dev/null || break
done
wait "$HOST_PID" && code=0 || code=$?
is "$code" 3 'a failed write ends the process'
has "$(cat "$DIR/var/lisolo.log")" 'store_failed' 'with the reason in the log'
HOST_PID=
acked=$(grep -c '^200$' "$DIR/answers") || true
LISOLO_FAIL=
export LISOLO_FAIL
rm -f "$DIR/var/dev.json"
start_host
wait_for 10 sh -c "\"$LISOLO\" status --socket '$DIR/var/control.sock' --json | jq -e '.store.unhandled == 0'" && ok 0 "the next start recovers ($acked messages had been acknowledged)" || ok 1 'the next start recovers'
out=$("$LISOLO" why +242067001000 --socket "$DIR/var/control.sock" --json | jq '[.events[] | select(.body.kind == "text")] | length')
[ "$out" -ge "$acked" ] && ok 0 'and has every acknowledged message' || ok 1 'and has every acknowledged message' "$out of $acked"
done_testing
