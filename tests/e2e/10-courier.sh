#!/bin/sh
# A newcomer's conversation through `lisolo chat`: from Bonjour to a reference number, with recap and a correction.
set -eu
. tests/e2e/lib.sh
start_host

chat() { "$LISOLO" chat --var "$DIR/var"; }

out=$(printf '%s\n' 'Bonjour' '1' '/lieu -4.2634,15.2429 "Marché Total, Bacongo"' '12 rue Mbochi, Poto-Poto' 'Junior Okemba' \
    '12' '06 612 34 56' 'Deux pagnes et une enveloppe' '8000 FCFA' | chat 2>&1)
has "$out" 'Marché Total, Bacongo' 'the recap shows the shared place'
has "$out" '12 rue Mbochi' 'the recap shows the typed address'
has "$out" '+242 06 612 34 56' 'the number is shown as the country writes it'
has "$out" '8 000 FCFA' 'the value is formatted'

out=$(printf '%s\n' 'Modifier' 'Valeur' '9500' | chat 2>&1)
has "$out" '9 500 FCFA' 'a correction comes back to the recap'
has "$out" 'Junior Okemba' 'and keeps the other answers'

out=$(printf '%s\n' 'Confirmer' | chat 2>&1)
has "$out" 'COUR-' 'the backend answered with a reference'

calls=$(curl -s "$(dev backend_url)/_lab/calls")
is "$(printf '%s' "$calls" | jq '[.. | objects | select(.method? == "POST" and (.path? // "" | test("missions/$")))] | length')" 1 'the mission was posted once'
has "$calls" '+242066123456' 'with the number in international form'
has "$calls" '9500' 'and the corrected value'
done_testing
