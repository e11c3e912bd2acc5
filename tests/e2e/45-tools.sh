#!/bin/sh
# What helps those who write: a first project, the reference, names for editors, pictures, layout, completion.
set -eu
. tests/e2e/lib.sh
LISOLO=$(realpath "$LISOLO")
here=$PWD

run() { out=$("$LISOLO" "$@" 2>&1) && code=0 || code=$?; }

# ---- the reference ----
"$LISOLO" reference >"$DIR/reference.md"
"$LISOLO" reference --lang fr >"$DIR/reference.fr.md"
is "$(diff docs/reference.md "$DIR/reference.md" | head -5)" '' 'docs/reference.md is what the command prints (make reference writes it)'
is "$(diff docs/reference.fr.md "$DIR/reference.fr.md" | head -5)" '' 'and docs/reference.fr.md is'
run reference --lang de
is "$code" 2 'another language is exit 2'

# ---- a first project ----
run init "$DIR/projet" --lang fr
is "$code" 0 'init makes a project'
has "$out" 'lisolo check' 'and tells what to do next'
run check "$DIR/projet"
is "$code" 0 'which passes the check'
has "$out" 'no errors' 'without an error'
has_not "$out" 'warning' 'or a warning'
run fmt --check "$DIR/projet"
is "$code" 0 'and is laid out as it should be'
is "$(cd "$DIR/projet" && "$LISOLO" test >test.out 2>&1 && echo passed || cat test.out)" 'passed' 'and whose test passes'
is "$(cd "$DIR/projet" && find . -type f ! -name test.out | sort | tr '\n' ' ')" \
   './.luarc.json ./scripts/flows/commande.lua ./scripts/flows/commandes.lua ./scripts/lisolo.d.lua ./scripts/names.d.lua ./scripts/templates/commande.lua ./scripts/templates/commun.lua ./tests/chat/commande.chat ' \
   'it holds scripts, a test, and help for editors'
is "$(jq -r '."runtime.version"' "$DIR/projet/.luarc.json")" 'Lua 5.4' '.luarc.json is JSON'
run init "$DIR/projet"
is "$code" 1 'a folder with something in it is refused'
has "$out" '--force' 'with the way around it'
echo '-- mine' >"$DIR/projet/scripts/flows/commande.lua"
rm "$DIR/projet/scripts/flows/commandes.lua"
run init --force "$DIR/projet"
is "$(cat "$DIR/projet/scripts/flows/commande.lua")" '-- mine' '--force changes no file'
is "$(test -f "$DIR/projet/scripts/flows/commandes.lua" && echo there)" 'there' 'and adds what is missing'

# ---- names for editors ----
cp -r scripts "$DIR/scripts"
run check --write-names --lang fr "$DIR/scripts"
is "$code" 0 'check --write-names'
names=$(cat "$DIR/scripts/names.d.lua")
has "$names" '---| "course.depart"' 'names the messages'
has "$names" '---| "quoi_modifier"' 'the steps'
has "$names" '---| "mission_accepted"' 'and the templates'
has "$(cat "$DIR/scripts/lisolo.d.lua")" '---@field say Message la question' 'and every key with its meaning'
luacheck -q --no-unused --no-global "$DIR/scripts/lisolo.d.lua" >/dev/null 2>&1 || lua5.4 -e 'assert(loadfile(arg[1]))' "$DIR/scripts/lisolo.d.lua" 2>/dev/null && ok 0 'in a file that is Lua' || ok 1 'in a file that is Lua'
run check "$DIR/scripts"
is "$code" 0 'which the check does not take for scripts'

# ---- pictures ----
run graph course
is "$code" 0 'graph of one flow'
has "$out" '[✅ Confirmer] → envoyer' 'shows buttons by their titles'
has "$out" 'timeout, network, http_5xx → panne' 'outcomes of a call'
has "$out" 'give_up after 3 → conseiller' 'and when it gives up'
first=$out
run graph course
is "$out" "$first" 'the same every time'
run graph
has "$out" '→ flow course' 'all flows: the menu leads to them'
run graph --format mermaid course
has "$out" 'flowchart TD' 'as Mermaid'
run graph cuorse
is "$code" 1 'an unknown flow is exit 1'
has "$out" "Did you mean 'course'" 'with a guess'
run graph --format gif
is "$code" 2 'an unknown form is exit 2'
if command -v dot >/dev/null 2>&1; then
    "$LISOLO" graph --format svg >"$DIR/all.svg"
    has "$(tail -1 "$DIR/all.svg")" '</svg>' 'as a picture'
    has "$(cat "$DIR/all.svg")" 'quoi_modifier' 'with the steps in it'
fi
out=$(PATH=/nowhere "$LISOLO" graph --format svg 2>&1) && code=0 || code=$?
is "$code" 4 'without graphviz the picture is exit 4'
has "$out" 'graphviz' 'and says what is missing'

# ---- layout ----
run fmt --check
is "$code" 0 'the shipped scripts are laid out as they should be'
run check tests/keys/scripts
is "$code" 0 'the scripts that use every other key have no error'
run fmt --check tests/keys/scripts
is "$code" 0 'and are laid out too'
printf 'local f = flow "x"\nf:ask "a" {\nsay="x.a",\n   expect = text{}\n}\n' >"$DIR/scripts/flows/x.lua"
run fmt "$DIR/scripts/flows/x.lua"
is "$code" 0 'fmt shows what it would change'
has "$out" '-say="x.a",' 'the line as it is'
has "$out" '+  say    = "x.a",' 'and as it would be'
run fmt --check "$DIR/scripts"
is "$code" 1 '--check is exit 1 then'
run fmt --fix "$DIR/scripts"
is "$code" 0 '--fix changes it'
is "$(cat "$DIR/scripts/flows/x.lua")" 'local f = flow "x"
f:ask "a" {
  say    = "x.a",
  expect = text {},
}' 'as it said'
run fmt --check "$DIR/scripts"
is "$code" 0 'and nothing is left'
printf 'f:ask \302\253 a \302\273 {\302\240say = "b"\n' >"$DIR/scripts/flows/y.lua"
run fmt --fix "$DIR/scripts/flows/y.lua"
is "$code" 1 'what does not parse is exit 1'
is "$(cat "$DIR/scripts/flows/y.lua")" 'f:ask " a " { say = "b"' 'and only special signs outside texts are made plain'

# ---- completion ----
cat >"$DIR/try.bash" <<'END'
eval "$("$1" completion bash)"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_lisolo
printf '%s\n' "${COMPREPLY[*]}"
END
offers() { bash "$DIR/try.bash" "$LISOLO" "$LISOLO" "$@"; }
is "$(offers rel)" 'reload' 'bash completes a command'
is "$(offers check --for)" '--format' 'an option'
is "$(offers check --format g | tr ' ' '\n' | sort | tr '\n' ' ')" 'gcc github ' 'the values of an option'
is "$(offers graph cou)" 'course' 'the name of a flow'
has "$(offers explain C1)" 'C1' 'the code of a problem'
is "$(offers why +242)" '' 'and no telephone number'
has "$("$LISOLO" __complete --names messages course.dep)" 'course.depart' 'names of messages, for other tools'
has "$("$LISOLO" __complete --names templates)" 'mission_accepted' 'of templates'
has "$("$LISOLO" __complete --names steps quoi)" 'quoi_modifier' 'and of steps'
is "$(cd "$DIR" && rm -rf scripts && "$LISOLO" __complete -- graph '' 2>&1)" '' 'without scripts it says nothing'
for shell in bash zsh fish; do
    run completion "$shell"
    has "$out" '__complete' "$shell asks the program"
done
cd "$here"
done_testing
