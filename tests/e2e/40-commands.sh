#!/bin/sh
# Help, usage, check, status, why: what people type first.
set -eu
. tests/e2e/lib.sh

run() { out=$("$LISOLO" "$@" 2>&1) && code=0 || code=$?; }
run
is "$code" 0 'without arguments it helps'
has "$out" 'lisolo dev' 'and shows the first command'
run --help
is "$code" 0 '--help'
for c in dev chat check serve reload status why clock version help; do
    run "$c" --help
    is "$code" 0 "$c --help"
    has "$out" 'Examples' "$c --help starts with examples"
done
run reloda
is "$code" 2 'an unknown command is exit 2'
has "$out" "Did you mean 'reload'" 'with a guess'
run check --formta short
is "$code" 2 'an unknown option is exit 2'
has "$out" "--format" 'with a guess'
run bill -j 2
has "$out" "option '-j'" 'a letter of another command is named itself, and not its value'
run check scripts
is "$code" 0 'the shipped scripts have no error'
cp -r scripts "$DIR/broken"
sed -i 's/next *= *"confirmer"/next = "confirmr"/' "$DIR/broken/flows/course.lua"
printf 'f:ask "perdu" { sya = "course.depart", expect = text {} }\n' >>"$DIR/broken/flows/course.lua"
run check "$DIR/broken"
is "$code" 1 'problems are exit 1'
has "$out" 'confirmr' 'every problem is reported: the unknown step'
has "$out" 'sya' 'and the unknown key'
run check --format json "$DIR/broken"
is "$(printf '%s' "$out" | jq '.errors > 1')" true 'and for machines'
run chat --var "$DIR/none"
is "$code" 4 'chat without a host is exit 4'
has "$out" 'lisolo dev' 'and says what to start'

run check "$DIR/none"
is "$code" 4 'a folder that is not there is exit 4'
has "$out" "check: $DIR/none: No such file" 'and named once'
run test "$DIR/none"
is "$code" 4 'and so for test'
run serve --config "$DIR/none"
is "$code" 4 'and for a configuration'
run chat --phone Prisca
is "$code" 2 'a telephone number that is none is exit 2'
run clock advance -3h
is "$code" 2 'a time that looks like an option is exit 2'
has_not "$out" "'advance'" 'and blamed on the word that is wrong'

start_host
say 242066123456 'Bonjour' wamid.WHY1 >/dev/null
wait_for 5 sh -c "curl -s '$(dev graph_url)/_lab/messages?after=0&wait_ms=0' | grep -q 242066123456" || true
sleep 0.3
run status --socket "$DIR/var/control.sock"
is "$code" 0 'status'
has "$out" 'generation 1' 'names the generation'
run why +242066123456 --socket "$DIR/var/control.sock"
is "$code" 0 'why of a person'
has "$out" 'Bonjour' 'shows the words'
has "$out" 'commun.menu' 'and the message that answered'
has "$out" 'wamid' 'and what the API said'
run why wamid.WHY1 --socket "$DIR/var/control.sock"
is "$code" 0 'why of a message'
run why +242069999999 --socket "$DIR/var/control.sock"
is "$code" 1 'why of somebody unknown is exit 1'
run handover list --socket "$DIR/var/control.sock"
is "$code" 0 'handover list is handover'
has "$out" 'nobody is with staff' 'and lists'
run dev --var "$DIR/var" --scripts "$DIR/scripts" --port 0 --fresh
is "$code" 4 'a second host in the same folder is exit 4'
has "$out" '--var' 'and says how to have two'
ok "$([ -s "$DIR/var/dev.json" ] && [ -s "$DIR/var/lisolo.db" ]; echo $?)" 'and takes nothing away from the first, not even with --fresh'

# ---- the same in French: what people read holds no English ----
french() {
    out=$(LC_ALL=fr_FR.UTF-8 "$LISOLO" "$@" 2>&1) && code=0 || code=$?
    out=$(printf '%s' "$out" | plain)
}
french status --socket "$DIR/var/control.sock"
has "$out" 'en marche depuis' 'status'
french why +242066123456 --socket "$DIR/var/control.sock"
has "$out" '« Bonjour »' 'why quotes as French does'
has "$out" 'puis aucun parcours en cours' 'and says where the turn stopped'
french why nada --socket "$DIR/var/control.sock"
has "$out" "nada: rien n'est connu" 'what the host answers'
french handover take +242066123456 --socket "$DIR/var/control.sock"
has "$out" "est à l'équipe" 'handover'
french handover --socket "$DIR/var/control.sock"
has "$out" "avec l'équipe depuis 0 min" 'and its list'
french bill --socket "$DIR/var/control.sock"
has_not "$out" 'passes' 'bill'
french person 242066123456 --socket "$DIR/var/control.sock"
has "$out" 'avec son indicatif' 'person'
french status --socket "$DIR/none.sock"
is "$code" 4 'a host that is not there'
has "$out" "aucun hôte n'y tourne" 'and its remedy'
french check "$DIR/none"
has "$out" "ce fichier ou dossier n'existe pas" 'even what the system says'
french frobnicate
has "$out" "n'existe pas. Voyez" 'usage'
french init "$DIR/essai"
has "$out" 'Ensuite :' 'init says what is next'
printf '> Bonjour\n< = commun.menu\n' >"$DIR/essai/tests/chat/un.chat"
sed -i 's/"commande.relance"/"commande.relanse"/' "$DIR/essai/scripts/flows/commande.lua"
french test --scripts "$DIR/essai/scripts" "$DIR/essai/tests/chat"
has "$out" "n'existe pas" 'test shows what is wrong with the scripts'
has_not "$out" 'there is no' 'in one language only'
french wording stats --scripts "$DIR/essai/scripts"
has "$out" 'absents' 'wording'
french fmt "$DIR/essai/scripts"
has "$out" 'bien présentés' 'fmt'
french graph course
has "$out" 'mots :' 'graph'
done_testing
