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
done_testing
