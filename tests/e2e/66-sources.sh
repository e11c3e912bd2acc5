#!/bin/sh
# Another system's webhook becomes a notification, once; its path is that of the live scripts, its secret that of the configuration.
set -eu
. tests/e2e/lib.sh
mkdir -p "$DIR/s"
for s in verify app token momo; do printf 'value-%s\n' "$s" >"$DIR/s/$s"; chmod 600 "$DIR/s/$s"; done
cp -r scripts "$DIR/scripts"
PORT=18241

flow() { # flow PATH
    cat >"$DIR/scripts/flows/momo.lua" <<EOF
message "momo.recu" { fr = [[Nous avons reçu {montant|fcfa}.]] }

on "paiement.recu" { to = "client", vars = { montant = "montant" }, say = "momo.recu" }

source "mobile_money" {
  path      = "$1",
  signature = "hmac-sha256",
  header    = "X-Signature",
  id        = "transaction",
  subject   = "numero",
  event     = function(body)
    if body.etat ~= "SUCCESS" then return nil end
    return { type = "paiement.recu", data = { client = body.numero, montant = body.montant } }
  end,
}
EOF
}

conf() { # conf [SOURCES]
    cat <<EOF
database = "$DIR/lisolo.db"
scripts = "$DIR/scripts"
country = "CG"
listen = { address = "127.0.0.1", port = $PORT }
control = { socket = "$DIR/control.sock" }
webhook = { verify_token = { file = "$DIR/s/verify" }, app_secrets = { { file = "$DIR/s/app" } } }
graph = { base = "http://127.0.0.1:9", version = "v26.0", number = "555000111222333", token = { file = "$DIR/s/token" } }
allow_plain_http = true
${1:-}
EOF
}

mac() { printf '%s' "$1" | openssl dgst -sha256 -hmac value-momo -r | cut -d' ' -f1; }
post() { # post PATH BODY [SIGNATURE]
    curl -s -o /dev/null -w '%{http_code}' -H "X-Signature: ${3:-sha256=$(mac "$2")}" -d "$2" "http://127.0.0.1:$PORT$1"
}
cli() { "$LISOLO" "$@" --config "$DIR/c.lua" 2>&1; }
sends() { cli why +242066123456 --json | jq -r '[.events[].sends[]?.body.free.body] | join(" / ")' | plain; }

flow /in/momo
conf >"$DIR/c.lua"
"$LISOLO" serve --config "$DIR/c.lua" >"$DIR/serve.out" 2>"$DIR/serve.log" &
HOST_PID=$!
wait_for 10 curl -fs "http://127.0.0.1:$PORT/readyz" && ok 0 'a source without a secret does not keep the host from starting' || ok 1 'a source without a secret does not keep the host from starting' "$(cat "$DIR/serve.log")"
has "$(cat "$DIR/serve.log")" 'source_without_secret' 'but is warned of'
body='{"transaction":"T1","etat":"SUCCESS","numero":"06 612 34 56","montant":2500}'
is "$(post /in/momo "$body")" 503 'and its webhooks are asked to come again'

conf "sources = { mobile_money = { secrets = { { file = \"$DIR/s/momo\" } } } }" >"$DIR/c.lua"
out=$(cli reload) && code=0 || code=$?
is "$code" 0 'a reload reads the secret' "$out"
has_not "$out" 'needs a restart' 'without a restart'
is "$(post /in/momo "$body" sha256=00)" 401 'a wrong signature is refused'
is "$(post /in/momo "$body")" 200 'a signed webhook is accepted'
wait_for 5 sh -c "'$LISOLO' why +242066123456 --config '$DIR/c.lua' --json | grep -q 'Nous avons'" && ok 0 'the person gets a notification' || ok 1 'the person gets a notification' "$(cat "$DIR/serve.log")"
has "$(sends)" 'Nous avons reçu 2 500 FCFA.' 'with what the webhook said'
is "$(post /in/momo "$body")" 200 'its redelivery is accepted'
is "$(post /in/momo '{"transaction":"T2","etat":"PENDING","numero":"06 612 34 56"}')" 200 'so is one that the source ignores'
sleep 0.5
is "$(sends)" 'Nous avons reçu 2 500 FCFA.' 'neither says anything'
is "$(post /in/momo 'montant=1')" 400 'what is no JSON is refused'
is "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$PORT/in/momo")" 405 'so is a GET'

flow /in/nouveau
cli reload >/dev/null
is "$(post /in/momo "$body")" 404 'after a reload the old path is gone'
is "$(post /in/nouveau '{"transaction":"T3","etat":"SUCCESS","numero":"+242066123456","montant":100}')" 200 'and the new one is there'
wait_for 5 sh -c "'$LISOLO' why +242066123456 --config '$DIR/c.lua' --json | grep -q '100'" && ok 0 'with the same meaning' || ok 1 'with the same meaning' "$(sends)"
has_not "$(cat "$DIR/serve.log")" 'value-momo' 'the log holds no secret'
done_testing
