#!/bin/sh
# A conversation goes to staff and comes back: the bot is silent in between, across a kill, and the menu always works.
set -eu
. tests/e2e/lib.sh
cp -r scripts "$DIR/scripts"
cat >"$DIR/scripts/flows/conseiller.lua" <<'EOF'
local f = flow "conseiller"
f.words = "conseiller"

message "conseiller.sujet"  { fr = [[De quoi s’agit-il ?]] }
message "conseiller.passe"  { fr = [[Un collègue vous répond ici.]] }
message "conseiller.retour" { fr = [[Me revoilà.]] }

f:ask "sujet" { say = "conseiller.sujet", expect = text {}, budget = { messages = 1 } }
f:finish "passe" { say = "conseiller.passe", handover = { last = "4 h", back = "conseiller.retour" } }
EOF
start_host
phone=242066123456

bodies() { accepted | jq -r '.messages[].body | (.text.body // .interactive.body.text // "")'; }
said() { bodies | grep -cF "$1" || true; }
wait_said() { wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0&limit=1000' | grep -qF '$1'"; }
cli() { "$LISOLO" "$@" --var "$DIR/var" 2>&1; }
handled() { cli why +$phone --json | jq -e '.done_seq == .in_seq' >/dev/null; }

is "$(cli handover)" 'nobody is with staff' 'at first nobody is with staff'
say $phone 'conseiller' >/dev/null
wait_said 'De quoi' && ok 0 'the flow asks' || ok 1 'the flow asks' "$(bodies)"
say $phone 'Mon colis est cassé' >/dev/null
wait_said 'Un collègue' && ok 0 'the words that hand over leave' || ok 1 'the words that hand over leave' "$(bodies)"
n=$(accepted | jq '.messages | length')
say $phone 'Bonjour ?' >/dev/null
say $phone 'aide' >/dev/null
wait_for 5 handled || true
is "$(accepted | jq '.messages | length')" "$n" 'the bot answers nothing'
list=$(cli handover)
has "$list" 'aide' 'the list has their last words'
has "$list" '+242' 'and a number'
has_not "$list" "+$phone" 'that is masked'
has "$(cli handover --show-numbers)" "+$phone" 'unless it is asked for'

say $phone "$(printf 'rouge\033[2J\302\233K')" >/dev/null
wait_for 5 handled || true
has "$(cli handover)" 'rouge' 'strange signs are told'
has_not "$(cli handover; cli why +$phone)" "$(printf '\033')" 'but nobody writes on the terminal of staff'
has_not "$(cli handover; cli why +$phone)" "$(printf '\302\233')" 'in either spelling'

kill -KILL "$HOST_PID"
wait "$HOST_PID" 2>/dev/null || true
rm -f "$DIR/var/dev.json"
start_host
say $phone 'Allô ?' >/dev/null
wait_for 5 handled || true
has "$(cli handover)" 'Allô ?' 'staff has it after a kill too'
is "$(said 'Bonjour')" 0 'and the bot is silent'

id=$(cli handover --json | jq '.[0].conversation')
has "$(cli handover back "$id")" 'again' 'staff gives back'
wait_said 'Me revoilà' && ok 0 'the bot says that it is back' || ok 1 'the bot says that it is back' "$(bodies)"
out=$(cli handover back "$id") && code=0 || code=$?
is "$code" 1 'giving back twice is refused'
has "$out" 'the bot has' 'with the reason'

has "$(cli handover take +$phone)" "conversation $id" 'staff takes a conversation'
n=$(accepted | jq '.messages | length')
say $phone 'conseiller' >/dev/null
wait_for 5 handled || true
is "$(accepted | jq '.messages | length')" "$n" 'no flow starts there'
say $phone 'menu' >/dev/null
wait_for 5 sh -c "[ \"\$(curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0&limit=1000' | jq '.messages | length')\" -gt $n ]" && ok 0 'menu works from there' || ok 1 'menu works from there'
is "$(cli handover)" 'nobody is with staff' 'and takes the conversation back'

say $phone 'conseiller' >/dev/null
wait_for 5 handled || true
say $phone 'encore' >/dev/null
wait_for 5 sh -c "'$LISOLO' handover --var '$DIR/var' | grep -q encore" || true
n=$(said 'Me revoilà')
"$LISOLO" clock advance 4h --var "$DIR/var" >/dev/null
wait_for 5 sh -c "'$LISOLO' handover --var '$DIR/var' | grep -q nobody" && ok 0 'after its time the bot has it again' || ok 1 'after its time the bot has it again' "$(cli handover)"
wait_for 5 sh -c "[ \"\$(curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0&limit=1000' | grep -oF 'Me revoilà' | wc -l)\" -gt $n ]" && ok 0 'and says so' || ok 1 'and says so' "$(bodies)"

bill=$(cli bill)
has "$bill" 'conseiller/sujet' 'the bill names the steps'
is "$(cli bill --json --by messages | jq -r '.steps[] | select(.step == "sujet") | .messages > 0')" true 'and what they cost'
done_testing
