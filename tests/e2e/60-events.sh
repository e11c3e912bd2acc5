#!/bin/sh
# The backend's signed events become notifications, once each, whatever the person is doing.
set -eu
. tests/e2e/lib.sh
start_host
printf '%s\n' 'Bonjour' '1' '/lieu -4.2634,15.2429 "Marché Total"' '12 rue Mbochi, Poto-Poto' 'Junior Okemba' '06 612 34 56' 'Une enveloppe' '8000' 'Confirmer' |
    "$LISOLO" chat --var "$DIR/var" >"$DIR/chat.out" 2>&1
ref=$(grep -o 'COUR-[0-9]*-[0-9]*' "$DIR/chat.out" | head -1)
[ -n "$ref" ] && ok 0 'a mission exists' || ok 1 'a mission exists' "$(cat "$DIR/chat.out")"
curl -s -X POST -d "{\"numero_mission\":\"$ref\",\"statut\":\"accepted\"}" "$(dev backend_url)/_lab/advance" >/dev/null
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0&limit=1000' | grep -q 'acceptée\|accepté'" && ok 0 'accepted: the customer is told' || ok 1 'accepted: the customer is told' "$(accepted | tail -c 1500)"
n=$(accepted | jq '.messages | length')

# the same event again, signed by hand
id=evt_e2e_1; ts=$(date +%s)
body="{\"type\":\"mission.status_changed\",\"data\":{\"numero_mission\":\"$ref\",\"statut\":\"delivered\",\"contact_entreprise\":\"+242066123456\",\"livreur_nom\":\"Junior Okemba\",\"adresse_livraison\":\"12 rue Mbochi\",\"adresse_recuperation\":\"Marché Total\"}}"
key=$(dev event_secret | sed 's/^whsec_//' | openssl base64 -d -A | od -An -tx1 | tr -d ' \n')
signature=$(printf '%s.%s.%s' "$id" "$ts" "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
event() { curl -s -o /dev/null -w '%{http_code}' -H "webhook-id: $id" -H "webhook-timestamp: $ts" -H "webhook-signature: ${1:-v1,$signature}" -d "$body" "$(dev event_url)"; }
is "$(event 'v1,AAAA')" 401 'a wrongly signed event is refused'
is "$(event)" 200 'a signed event is accepted'
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=$n&wait_ms=0&limit=1000' | grep -qi 'livr'" && ok 0 'delivered: the customer is told' || ok 1 'delivered: the customer is told'
m=$(accepted | jq '.messages | length')
is "$(event)" 200 'its redelivery is accepted'
sleep 0.5
is "$(accepted | jq '.messages | length')" "$m" 'and says nothing twice'
done_testing
