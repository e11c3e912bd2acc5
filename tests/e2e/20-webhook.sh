#!/bin/sh
# A signed webhook posted by hand gets its reply at the stand-in; a redelivery gets 200 and nothing else.
set -eu
. tests/e2e/lib.sh
start_host
url=$(dev webhook_url)

is "$(curl -s "$url?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=$(dev verify_token)")" 1158201444 'verification returns the raw challenge'
is "$(curl -s -o /dev/null -w '%{http_code}' "$url?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong")" 403 'a wrong verify token is refused'

is "$(say 242066123456 Bonjour wamid.ONE)" 200 'a signed webhook is answered 200'
is "$(wc -c <"$DIR/answer" | tr -d ' ')" 0 'with an empty body'
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/stats' | grep -q '\"accepted\":1'" || true
has "$(accepted)" '+242066123456' 'and its reply reaches the Graph API'
n=$(accepted | jq '.messages | length')
is "$(say 242066123456 Bonjour wamid.ONE)" 200 'a redelivery is answered 200'
sleep 0.5
is "$(accepted | jq '.messages | length')" "$n" 'and handled once'

text_body 242066123456 Bonjour >"$DIR/b.json"
bad() { curl -s -o /dev/null -w '%{http_code}' "$@" "$url"; }
is "$(bad --data-binary "@$DIR/b.json")" 401 'an unsigned webhook is refused'
is "$(bad -H "X-Hub-Signature-256: sha256=$(printf '%064d' 0)" --data-binary "@$DIR/b.json")" 401 'a wrong signature is refused'
is "$(bad -H 'X-Hub-Signature-256: nonsense' --data-binary "@$DIR/b.json")" 401 'a signature that is none is refused'
is "$(bad -X PUT --data-binary "@$DIR/b.json")" 405 'another method is refused'
is "$(curl -s -o /dev/null -w '%{http_code}' "${url%/webhooks*}/nothing")" 404 'another path is not there'
head -c 4300000 /dev/zero >"$DIR/big"
is "$(bad -H 'X-Hub-Signature-256: sha256=00' --data-binary "@$DIR/big")" 413 'more than 4 MiB is refused'

for body in '{' '[[[[' '{"object":' '{"a":1,"a":2}' '{"object":"whatsapp_business_account","entry":[{"id":123456789012345678901234567890}]}' 'null' '""'; do
    printf '%s' "$body" >"$DIR/odd.json"
    is "$(post_file "$DIR/odd.json")" 200 "a signed body that cannot be read is kept: $body"
done
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "["; }' >"$DIR/deep.json"
is "$(post_file "$DIR/deep.json")" 200 'a hundred thousand brackets are kept, not followed'
printf '{"object":"whatsapp_business_account","x":"\377\376"}' >"$DIR/utf.json"
is "$(post_file "$DIR/utf.json")" 200 'bytes that are not UTF-8 are kept'
is "$(curl -s -o /dev/null -w '%{http_code}' "${url%/webhooks*}/healthz")" 200 'and the host is well'
is "$(curl -s -o /dev/null -w '%{http_code}' "${url%/webhooks*}/readyz")" 200 'and ready'
done_testing
