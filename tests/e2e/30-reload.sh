#!/bin/sh
# Scripts change between two turns; a broken one changes nothing and says where.
set -eu
. tests/e2e/lib.sh
start_host
last() { accepted | jq -r '.messages | last | tostring'; }

say 242066123456 Bonjour >/dev/null
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0' | grep -q 242066123456" || true

sed -i 's/\[course\][^\n]*/[course] Nouveau titre/' "$DIR/scripts/templates/commun.lua"
out=$("$LISOLO" reload --socket "$DIR/var/control.sock" 2>&1) && code=0 || code=$?
is "$code" 0 'a good reload exits 0'
has "$out" 'generation 1 -> 2' 'and names the generations'
say 242066123456 menu >/dev/null
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0' | grep -q 'Nouveau titre'" && ok 0 'the next turn speaks the new wording' || ok 1 'the next turn speaks the new wording' "$(last)"

printf 'local f = flow "course"\nf:ask "x" { say = "course.depart" expect = any() }\n' >"$DIR/scripts/flows/casse.lua"
out=$("$LISOLO" reload --socket "$DIR/var/control.sock" 2>&1) && code=0 || code=$?
is "$code" 1 'a broken script is refused with exit 1'
has "$out" 'flows/casse.lua:2' 'the error names file and line'
has "$out" 'generation 2 stays live' 'and what stays live'
has "$(tail -5 "$DIR/var/lisolo.log")" 'refused' 'the log says it too'

kill -HUP "$HOST_PID"
wait_for 5 sh -c "test \$(grep -c 'refused' '$DIR/var/lisolo.log') -ge 2" && ok 0 'SIGHUP tries the same and refuses the same' || ok 1 'SIGHUP tries the same and refuses the same' "$(tail -3 "$DIR/var/lisolo.log")"
rm "$DIR/scripts/flows/casse.lua"
kill -HUP "$HOST_PID"
wait_for 5 sh -c "\"$LISOLO\" status --socket '$DIR/var/control.sock' --json | grep -q '\"generation\":3'" && ok 0 'SIGHUP reloads' || ok 1 'SIGHUP reloads' "$(tail -3 "$DIR/var/lisolo.log")"

"$LISOLO" reload --socket "$DIR/nowhere.sock" >/dev/null 2>&1 && code=0 || code=$?
is "$code" 4 'no host there is exit 4'
done_testing
