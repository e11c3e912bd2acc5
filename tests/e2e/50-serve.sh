#!/bin/sh
# lisolo serve: configuration, secrets from files, one instance a database, a clean stop.
set -eu
. tests/e2e/lib.sh
mkdir -p "$DIR/s"
for s in verify app token; do printf 'value-%s\n' "$s" >"$DIR/s/$s"; chmod 600 "$DIR/s/$s"; done

conf() {
    cat <<EOF
database = "$DIR/lisolo.db"
scripts = "scripts"
country = "CG"
listen = { address = "127.0.0.1", port = ${1:-18231} }
control = { socket = "$DIR/${2:-control.sock}" }
webhook = { verify_token = { file = "$DIR/s/verify" }, app_secrets = { { file = "$DIR/s/app" } } }
graph = { base = "http://127.0.0.1:9", version = "v26.0", number = "555000111222333", token = { file = "$DIR/s/token" } }
allow_plain_http = true
EOF
}

run() { out=$("$LISOLO" "$@" 2>&1) && code=0 || code=$?; }
run serve
is "$code" 2 'serve without a configuration is a usage error'
conf | grep -v '^country' >"$DIR/c.lua"
run serve --config "$DIR/c.lua"
is "$code" 1 'a missing key is refused'
has "$out" 'country is missing' 'and named'
is "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 1 'in one line'
conf >"$DIR/c.lua"
run serve --config "$DIR/c.lua" --check
is "$code" 0 '--check says that it would start'

"$LISOLO" serve --config "$DIR/c.lua" >"$DIR/serve.out" 2>"$DIR/serve.log" &
HOST_PID=$!
wait_for 10 curl -fs http://127.0.0.1:18231/readyz && ok 0 'it starts and is ready' || ok 1 'it starts and is ready' "$(cat "$DIR/serve.log")"
has "$(head -1 "$DIR/serve.log")" '"event":' 'logs are JSON lines'
has_not "$(cat "$DIR/serve.log")" 'value-' 'without secrets'
has_not "$(tr '\0' ' ' <"/proc/$HOST_PID/cmdline")" 'value-' 'nor are they in the process list'
conf 18232 other.sock >"$DIR/c2.lua"
run serve --config "$DIR/c2.lua"
[ "$code" -ne 0 ] && ok 0 'a second instance on the same database is refused' || ok 1 'a second instance on the same database is refused'
has "$out" 'lisolo.db' 'and the file is named'
run reload --config "$DIR/c.lua"
is "$code" 0 'reload finds the host by its configuration'
kill -TERM "$HOST_PID"
wait "$HOST_PID" && code=0 || code=$?
HOST_PID=
is "$code" 0 'SIGTERM stops it cleanly'
has "$(tail -1 "$DIR/serve.log")" 'stopped' 'and the last line says so'
done_testing
