#!/bin/sh
# A script that loops, recurses, allocates or lies about types: the customer gets the apology, the operator file:line and the limit, the state is kept.
set -eu
. tests/e2e/lib.sh
cp -r scripts "$DIR/scripts"
cat >"$DIR/scripts/flows/mauvais.lua" <<'EOF'
-- Chaque étape échoue à sa façon.
local f = flow "mauvais"
f.start = "choix"
f.words = { "mauvais" }

f:ask "choix" {
  say    = "mauvais.choix",
  expect = text { min = 1, max = 40 },
  check  = function(c, v)
    if v == "boucle"   then while true do end end
    if v == "recursion" then local function g() return g() + 1 end return g() end
    if v == "memoire"  then local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end end
    if v == "type"     then return c.rien.du_tout end
    return true
  end,
}

f:finish "fin" { say = "mauvais.fin" }
EOF
cat >"$DIR/scripts/templates/mauvais.lua" <<'EOF'
message "mauvais.choix" { fr = [[
Que faut-il casser ?
]] }

message "mauvais.fin" { fr = [[
Bien reçu.
]] }
EOF
start_host
chat() { "$LISOLO" chat --var "$DIR/var" 2>&1; }
apology=$(sed -n '/message "commun.probleme"/,/\]\]/p' "$DIR/scripts/templates/commun.lua" | sed -n '3p' | cut -c1-12)
for word in boucle recursion memoire type; do
    out=$(printf '%s\n' menu mauvais "$word" | chat)
    has "$out" "$apology" "$word: the customer gets the apology"
    out=$(printf '%s\n' "$word" | chat)
    has "$out" '[1]' "$word again: the safe step, the menu"
done
log=$(cat "$DIR/var/lisolo.log")
has "$log" 'flows/mauvais.lua:10' 'the operator gets the line of the loop'
has "$log" 'steps' 'and the limit'
has "$log" 'flows/mauvais.lua:13' 'and the line of the lie about a type'
out=$(printf 'mauvais\nbonsoir\n' | chat)
has "$out" 'Bien reçu' 'the conversation goes on'
done_testing
