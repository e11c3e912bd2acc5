#!/bin/sh
# Somebody logs in with a password in the middle of an order; the token expires, is refreshed, and then cannot be. What they typed
# and the tokens are nowhere to be found afterwards.
set -eu
. tests/e2e/lib.sh

PASSWORD='Brazza-2025'
cp -r scripts "$DIR/scripts"
cat >"$DIR/scripts/flows/profil.lua" <<'EOF'
-- What the backend knows about the customer, with a token of their own.
local f = flow "profil"
f.words = "profil"

session "client" {
  login   = "connexion",
  refresh = {
    POST = "/api/v1/auth/refresh/",
    body = function(c) return { refresh = c.session.refresh } end,
    save = { token = "access" },
  },
}

message "profil.mot"     { fr = [[Un mot pour votre dossier ?]] }
message "profil.adresse" { fr = [[{mot} : votre adresse est {adresse}.]] }
message "profil.refuse"  { fr = [[Impossible de lire votre profil.]] }

f:ask "mot" { say = "profil.mot", expect = text {} }

f:call "lire" {
  GET  = "/api/v1/auth/clients/my_profile/",
  auth = "client",
  save = { adresse = "adresse_principale" },
  ok   = "fini",
  fail = { other = "refuse" },
}

f:finish "fini"   { say = "profil.adresse" }
f:finish "refuse" { say = "profil.refuse" }
EOF
cat >"$DIR/scripts/flows/connexion.lua" <<'EOF'
-- Only the password is asked: the number is the one that writes.
local f = flow "connexion"

message "connexion.mot_de_passe" { fr = [[Votre mot de passe ?]] }
message "connexion.refuse"       { fr = [[Mot de passe refusé.]] }
message "connexion.salut"        { fr = [[Connecté comme {role}.]] }

f:ask "mot_de_passe" { say = "connexion.mot_de_passe", expect = secret { min = 4 } }

f:call "entrer" {
  POST  = "/api/v1/auth/login/",
  body  = function(c) return { username = c.telephone, password = c.secret.mot_de_passe } end,
  opens = "client",
  save  = { token = "access", refresh = "refresh", role = "user_type" },
  ok    = "salut",
  fail  = { http_401 = "refuse", other = "sorti" },
}

f:say "refuse" { say = "connexion.refuse", next = "mot_de_passe" }
f:say "salut"  { say = "connexion.salut", next = "fini" }
f:finish "sorti" {}
f:finish "fini" {}
EOF
start_host

chat() { "$LISOLO" chat --var "$DIR/var" 2>&1; }
calls() { curl -s "$(dev backend_url)/_lab/calls" | jq "[.calls[] | select(.path | test(\"$1\"))] | length"; }
expire() { curl -s -X POST -H 'Content-Type: application/json' -d "{\"what\":\"$1\"}" "$(dev backend_url)/_lab/expire" >/dev/null; }

out=$(printf '%s\n' 'profil' 'Bonjour' 'motdepasse-faux' "$PASSWORD" | chat)
has "$out" 'Votre mot de passe' 'the call needs a token, so the person is asked for their password'
has "$out" 'Mot de passe refusé' 'a wrong one is refused'
has "$out" 'Connecté comme client' 'the right one opens the session'
has "$out" 'Bonjour : votre adresse est 12 rue Loby' 'and the call is made, with what was said before the login'
is "$(calls login)" 2 'two logins were tried'
is "$(calls refresh)" 0 'nothing was refreshed'

expire tokens
out=$(printf '%s\n' 'profil' 'Encore' | chat)
has "$out" 'Encore : votre adresse est 12 rue Loby' 'an expired token is refreshed without a word'
has_not "$out" 'mot de passe' 'nobody is asked'
is "$(calls refresh)" 1 'one refresh'
is "$(calls login)" 2 'no login'

expire all
out=$(printf '%s\n' 'profil' 'Enfin' "$PASSWORD" | chat)
has "$out" 'Votre mot de passe' 'when the refresh is refused too, the person logs in again'
has "$out" 'Enfin : votre adresse est 12 rue Loby' 'and the draft was kept'

why=$("$LISOLO" why +242066123456 --socket "$DIR/var/control.sock" 2>&1)
has "$why" '(secret)' '`lisolo why` shows that there was a secret'
has_not "$why" "$PASSWORD" 'and not which'
stop_host

# the folder of a host that has ended: database, log, key, whatever else is there
found=$(grep -rla -e "$PASSWORD" -e 'motdepasse-faux' "$DIR/var" || true)
is "$found" '' 'no file of the host has the password'
found=$(grep -rlaE -e 'acc-[0-9a-zA-Z]{8}' -e 'ref-[0-9a-zA-Z]{8}' "$DIR/var" || true)
is "$found" '' 'or a token'
found=$(grep -rla 'mot de passe' "$DIR/var" | wc -l)
has_not "$found" 0 'though the question itself is there to be found'
done_testing
