#!/bin/sh
# What check, reload and explain say: to people in their language, to editors and CI in theirs.
set -eu
. tests/e2e/lib.sh
unset LC_ALL LC_MESSAGES LANG
run() { out=$("$LISOLO" "$@" 2>&1) && code=0 || code=$?; }

mkdir -p "$DIR/p/flows" "$DIR/p/templates"
cp scripts/templates/commun.lua "$DIR/p/templates/"
cat >"$DIR/p/flows/essai.lua" <<'EOF'
local f = flow "essai"
f.words = { "essai" }

f:ask "nom" { say = "essai.nom", expect = text {}, next = "fni" }
f:finish "fin" { say = "essai.fin" }
EOF
cat >"$DIR/p/templates/essai.lua" <<'EOF'
message "essai.nom" { fallback = { en = "fr" }, fr = [[
Comment vous appelez-vous ?
]] }
message "essai.fin" { fallback = { en = "fr" }, fr = [[
📦 Éé ✏️ {nom|fcaf}
]] }
EOF

run check "$DIR/p"
is "$code" 1 'problems are exit 1'
has "$out" "error C110  $DIR/p/flows/essai.lua:4:59   the flow \"essai\" has no step \"fni\"" 'code, place with its folder, and what is wrong'
has "$out" '     4 │ f:ask "nom" { say = "essai.nom", expect = text {}, next = "fni" }
       │                                                           ▲────' 'the line as it is written, and an arrow under the word'
has "$out" 'did you mean `fin`?' 'one hint'
has "$out" 'lisolo explain C110' 'and where to read more'
# 📦, É, é and ✏️ take 2, 1, 1 and 2 columns: nine before the value, with the spaces
has "$out" '       │          ▲─────────' 'the arrow counts columns of the terminal, not bytes or characters'

run check --lang fr "$DIR/p"
has "$out" "le parcours « essai » n'a pas d'étape « fni »" 'the same in French'
has "$out" 'vouliez-vous dire `fin` ?' 'with its hint'
has "$out" 'erreurs' 'and its summary'
out=$(LANG=fr_CG.UTF-8 "$LISOLO" check --format short "$DIR/p" 2>&1) || true
has "$out" "flows/essai.lua:4:59: erreur: le parcours" 'LANG chooses the language'
out=$(LANG=fr_CG.UTF-8 LC_ALL=C.UTF-8 "$LISOLO" check --format short "$DIR/p" 2>&1) || true
has "$out" 'has no step' 'LC_ALL is stronger than LANG'
run check --lang de "$DIR/p"
is "$code" 2 'another language is exit 2'

out=$("$LISOLO" check --format gcc "$DIR/p" 2>/dev/null) || true
has "$out" "$DIR/p/flows/essai.lua:4:59: error: the flow \"essai\" has no step \"fni\" [C110]" 'gcc: file, line, column, severity, code'
is "$(printf '%s\n' "$out" | grep -cv "^$DIR/p/[a-z/.]*:[0-9]*:[0-9]*: [a-z]*: ")" 0 'gcc: nothing else on stdout'
mkdir -p "$DIR/50%,x"
cp -r "$DIR/p/flows" "$DIR/p/templates" "$DIR/50%,x/"
out=$("$LISOLO" check --format github "$DIR/50%,x" 2>/dev/null) || true
has "$out" "::error file=$DIR/50%25%2Cx/flows/essai.lua,line=4,col=59,title=C110::the flow \"essai\" has no step \"fni\"%0Adid you mean \`fin\`?" 'github: a workflow command, escaped as GitHub wants it'
out=$("$LISOLO" check --format json --lang fr "$DIR/p") || true
is "$(printf '%s' "$out" | jq -r '.problems[] | select(.code == "C110") | "\(.severity) \(.line) \(.column) \(.path)"')" "error 4 59 $DIR/p/flows/essai.lua" 'json: keys and codes are never translated'
run check --format xml "$DIR/p"
is "$code" 2 'another format is exit 2'

run explain c110 --lang fr
is "$code" 0 'explain finds a code however it is written'
has "$out" "une étape qui n'existe pas" 'explain in French'
has "$out" 'next = "fni"' 'with a wrong example'
run explain
has "$out" 'Flows' 'explain lists the codes by family'
has "$out" 'M10' 'all of them'
run explain C11O
is "$code" 2 'an unknown code is exit 2'
has "$out" "Did you mean 'C11" 'with the nearest'

start_host
cp "$DIR/p/flows/essai.lua" "$DIR/scripts/flows/essai.lua"
cp "$DIR/p/templates/essai.lua" "$DIR/scripts/templates/essai.lua"
run reload --socket "$DIR/var/control.sock" --lang fr
is "$code" 1 'a reload with problems is refused'
has "$out" 'rechargement refusé, la génération 1 reste en service' 'the verdict is in the language of whoever asks'
has "$out" "n'a pas d'étape « fni »" 'and so are the problems that the host found'
run reload --socket "$DIR/var/control.sock" --format json
is "$(printf '%s' "$out" | jq -r '.ok')" false 'reload for machines'
done_testing
