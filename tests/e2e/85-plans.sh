#!/bin/sh
# What was promised for later outlives its flow and kill -9; a schedule of a file runs by itself; a person is shown and forgotten.
set -eu
. tests/e2e/lib.sh
cp -r scripts "$DIR/scripts"
cat >"$DIR/scripts/flows/avis.lua" <<'LUA'
person { surnom = text { max = 30 }, visites = number {} }
shared "reperes" { maison = "TokTok" }

local f = flow "avis"
f.words = { "avis" }

f:ask "surnom" { say = "essai.surnom", expect = text { max = 30 }, save = "person.surnom" }
f:set "compter" { person = { visites = function(c) return (c.person.visites or 0) + 1 end } }
f:finish "fin" {
  say  = "essai.merci",
  plan = { after "30 min" { name = "avis", say = "essai.rappel" }, cancel "ancien" },
}

on "interne.jour" { to = "to", say = "essai.jour" }
every "2 h" { name = "jour", event = "interne.jour", data = { to = { "+242066123456" } } }
LUA
cat >"$DIR/scripts/templates/avis.lua" <<'LUA'
message "essai.surnom" { fr = "Quel est votre surnom ?" }
message "essai.merci"  { fr = "Merci, {person.surnom}." }
message "essai.rappel" { fr = "Rappel de {shared.reperes.maison} : votre avis, {person.surnom} ?" }
message "essai.jour"   { fr = "Bonne journée de {shared.reperes.maison}." }
LUA
start_host
person() { "$LISOLO" person +242066123456 --var "$DIR/var" "$@" 2>&1; }
texts() { accepted | jq -r '[.messages[] | tostring] | join("\n")'; }

code=0
person >/dev/null || code=$?
is "$code" 1 'nobody is known before they write'
printf 'avis\nLe Patron\n' | "$LISOLO" chat --var "$DIR/var" >/dev/null 2>&1
sleep 0.3
is "$(person | jq -r .person.surnom)" 'Le Patron' 'what the person declared is shown'
is "$(person | jq -r '.plans[0].n')" avis 'and what was promised'

kill -KILL "$HOST_PID"
wait "$HOST_PID" 2>/dev/null || true
HOST_PID=
rm -f "$DIR/var/dev.json"
start_host
is "$(accepted | jq '.messages | length')" 0 'a host that starts again says nothing by itself'
"$LISOLO" clock advance 31min --var "$DIR/var" >/dev/null
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0' | grep -q 'Rappel'" || true
has "$(texts)" 'Rappel de TokTok : votre avis, Le Patron ?' 'the plan comes in its time, with the values of the person'
is "$(person | jq -r '.plans')" null 'and once'
"$LISOLO" clock advance 91min --var "$DIR/var" >/dev/null
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0' | grep -q 'Bonne'" || true
is "$(texts | grep -c 'Bonne journée de TokTok.')" 1 'the schedule of the file raises its event'

has "$(person --forget)" 'forgotten' 'a person can be forgotten'
sleep 0.3
is "$(person | jq -r '.person')" null 'then nothing of them is kept'
done_testing
