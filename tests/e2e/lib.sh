# What the end-to-end tests share. They run the real binary: real sockets, a real database file, real signals.
# Each test makes a folder of its own, says ok or not ok for every promise, and ends with `done_testing`.
# shellcheck shell=sh

LISOLO=${LISOLO:-build/lisolo}
LC_ALL=C.UTF-8 # what people are told follows it
export LC_ALL
DIR=$(mktemp -d /tmp/lisolo-e2e-XXXXXX)
PASSED=0
FAILED=0
HOST_PID=

cleanup() {
    code=$?
    stop_host
    for pid in $OTHER_PIDS; do
        kill "$pid" 2>/dev/null || true
    done
    [ -n "${KEEP:-}" ] || rm -rf "$DIR"
    exit "$code"
}
OTHER_PIDS=
trap cleanup EXIT
trap 'exit 130' INT TERM

ok() { # ok CONDITION-STATUS NAME
    if [ "$1" -eq 0 ]; then
        PASSED=$((PASSED + 1))
        printf 'ok %d - %s\n' $((PASSED + FAILED)) "$2"
    else
        FAILED=$((FAILED + 1))
        printf 'not ok %d - %s\n' $((PASSED + FAILED)) "$2"
        [ -z "${3:-}" ] || printf '%s\n' "$3" | sed 's/^/# /'
    fi
}

is() { # is GOT WANTED NAME
    if [ "$1" = "$2" ]; then ok 0 "$3"; else ok 1 "$3" "got:    $1
wanted: $2"; fi
}

# No-break spaces and apostrophes become plain ones: what is compared is the words.
plain() { sed "s/\xc2\xa0/ /g; s/\xe2\x80\xaf/ /g; s/\xe2\x80\x99/'/g"; }

has() { # has TEXT PART NAME
    case "$(printf '%s' "$1" | plain)" in
    *"$2"*) ok 0 "$3" ;;
    *) ok 1 "$3" "'$2' is not in:
$1" ;;
    esac
}

has_not() {
    case "$1" in
    *"$2"*) ok 1 "$3" "'$2' is in:
$1" ;;
    *) ok 0 "$3" ;;
    esac
}

done_testing() {
    printf '1..%d\n%d passed, %d failed\n' $((PASSED + FAILED)) "$PASSED" "$FAILED"
    [ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
    exit $?
}

# Waits until a command succeeds: wait_for SECONDS COMMAND…
wait_for() {
    tries=$(($1 * 20))
    shift
    while [ "$tries" -gt 0 ]; do
        if "$@" >/dev/null 2>&1; then return 0; fi
        sleep 0.05
        tries=$((tries - 1))
    done
    return 1
}

dev() { jq -r ".$1" "$DIR/var/dev.json"; }

# Starts `lisolo dev` in $DIR/var with the scripts in $DIR/scripts (a copy of ours unless the test made one).
start_host() {
    [ -d "$DIR/scripts" ] || cp -r scripts "$DIR/scripts"
    "$LISOLO" dev --var "$DIR/var" --scripts "$DIR/scripts" --port 0 "$@" >"$DIR/dev.out" 2>"$DIR/dev.err" &
    HOST_PID=$!
    if ! wait_for 20 test -s "$DIR/var/dev.json"; then
        printf 'Bail out! lisolo dev did not start\n'
        sed 's/^/# /' "$DIR/dev.out" "$DIR/dev.err"
        exit 1
    fi
}

stop_host() {
    if [ -n "$HOST_PID" ]; then
        kill -TERM "$HOST_PID" 2>/dev/null || true
        wait "$HOST_PID" 2>/dev/null || true
        HOST_PID=
    fi
}

# Signs like Meta: HMAC-SHA256 of the raw bytes with the app secret. sign FILE
sign() { openssl dgst -sha256 -hmac "$(dev app_secret)" -r "$1" | cut -d' ' -f1; }

# Posts a file as a signed webhook; prints the HTTP status.
post_file() {
    curl -s -o "$DIR/answer" -w '%{http_code}' -H 'Content-Type: application/json' -H "X-Hub-Signature-256: sha256=$(sign "$1")" \
        --data-binary "@$1" "$(dev webhook_url)"
}

SERIAL=0
# A text message as Meta sends it: text_body PHONE-DIGITS TEXT [WAMID] > file
text_body() {
    SERIAL=$((SERIAL + 1))
    jq -cn --arg from "$1" --arg text "$2" --arg id "${3:-wamid.E2E$$.$SERIAL}" --arg number "$(dev number)" --arg ts "$(date +%s)" '
      {object: "whatsapp_business_account", entry: [{id: "100200300400500", changes: [{field: "messages", value: {
        messaging_product: "whatsapp", metadata: {display_phone_number: "242060000000", phone_number_id: $number},
        contacts: [{profile: {name: "Prisca"}, wa_id: $from}],
        messages: [{from: $from, id: $id, timestamp: $ts, type: "text", text: {body: $text}}]}}]}]}' | tr -d '\n'
}

# Says something as a customer; prints the HTTP status.
say() {
    text_body "$@" >"$DIR/post.json"
    post_file "$DIR/post.json"
}

# What the Graph stand-in accepted after number N (default 0), as JSON.
accepted() { curl -s "$(dev graph_url)/_lab/messages?after=${1:-0}&wait_ms=0&limit=100000"; }
graph_stats() { curl -s "$(dev graph_url)/_lab/stats"; }
