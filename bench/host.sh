# Sourced by run.sh: starts and stops the host and what stands beside it, and asks them. Every process is ended by its id.
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # names that run.sh sets, and names that it reads

number=555000111222333
# of the load generator's people (core/lab/load_send.c)
first_phone=242061000000
pids=

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "bench: $*"
    exit 1
}

remember() { pids="$pids $1"; }

forget() {
    left=
    for pid in $pids; do
        [ "$pid" = "$1" ] || left="$left $pid"
    done
    pids=$left
}

# The exit code is the process's own.
stop() {
    kill -TERM "$1" 2>/dev/null || true
    forget "$1"
    code=0
    wait "$1" || code=$?
    return "$code"
}

clean_up() {
    for pid in $pids; do
        kill -KILL "$pid" 2>/dev/null || true
    done
    if [ -n "${BENCH_KEEP:-}" ]; then
        say "bench: files kept in $work"
    else
        rm -rf "$work"
    fi
}

now_ms() { date +%s%3N; }

# wait_for PID COMMAND…: until the command succeeds; gives up when the process is gone or after 30 s.
wait_for() {
    waited_pid=$1
    shift
    give_up_ms=$(($(now_ms) + 30000))
    until "$@"; do
        kill -0 "$waited_pid" 2>/dev/null || return 1
        [ "$(now_ms)" -lt "$give_up_ms" ] || return 1
        sleep 0.005
    done
}

prepare() {
    # shellcheck disable=SC2046 # words
    set -- $("$tools/ports" 4)
    host_port=$1 graph_port=$2 bare_port=$3 redis_port=$4
    webhook=http://127.0.0.1:$host_port/webhooks/whatsapp
    printf 'bench-app-secret\n' >"$work/secret"
    printf 'bench-token\n' >"$work/token"
    cat >"$work/lisolo.conf.lua" <<EOF
database = "$work/lisolo.db"
scripts  = "bench/scripts"
country  = "CG"
listen   = { address = "127.0.0.1", port = $host_port }
control  = { socket = "$work/control.sock" }
webhook  = { verify_token = { file = "$work/token" }, app_secrets = { { file = "$work/secret" } } }
graph    = { base = "http://127.0.0.1:$graph_port", version = "v26.0", number = "$number", token = { file = "$work/token" },
             messages_per_second = 1000000, pair_burst = 1000000, pair_per_second = 100000, connections = 1024 }
allow_plain_http = true
EOF
    jq -n --arg number "$number" --argjson port "$graph_port" '{token: "bench-token", number: $number, port: $port, number_per_s: -1,
        pair_per_s: -1, record_max: 1000000}' >"$work/graph.json"
}

# ---- the host ----

is_ready() { curl -sf -o /dev/null --max-time 1 "http://127.0.0.1:$host_port/readyz"; }

fresh_database() { rm -f "$work"/lisolo.db*; }

# start_host: sets $host and $ready_ms.
start_host() {
    began_ms=$(now_ms)
    "$lisolo" serve --config "$work/lisolo.conf.lua" >>"$work/host.out" 2>>"$work/host.log" &
    host=$!
    remember "$host"
    wait_for "$host" is_ready || {
        tail -n 5 "$work/host.out" >&2
        tail -n 5 "$work/host.log" >&2
        fail "the host did not become ready"
    }
    ready_ms=$(($(now_ms) - began_ms))
}

stop_host() {
    stop "$host" || {
        tail -n 5 "$work/host.log" >&2
        fail "the host ended with $code"
    }
}

status() { "$lisolo" status --json --config "$work/lisolo.conf.lua"; }

# Peak, in MiB.
rss_mib() { awk '/^VmHWM:/ { printf "%.1f", $2 / 1024 }' "/proc/$host/status"; }

# ---- the load generator ----

texts='["Bonjour", "Un colis de Poto-Poto à Bacongo", "Des documents, et un téléphone", "Avant midi si possible", "Chez Prisca, après le rond-point",
        "Merci beaucoup"]'

# start_load REPORT JSON: plays people as the JSON says; what it does not say is the same everywhere. Sets $loading.
start_load() {
    jq -n --arg url "$webhook" --arg number "$number" --argjson port "$graph_port" --argjson texts "$texts" --argjson seconds "$seconds" \
        --argjson warm "$warm" --argjson more "$2" '{webhook_url: $url, app_secret: "bench-app-secret", token: "bench-token", number: $number,
            graph_port: $port, texts: $texts, warm_s: $warm, seconds: $seconds, people: 1000, connections: 64} + $more' >"$work/load.json"
    "$lisolo" load --setup "$work/load.json" >"$1" 2>"$work/load.err" &
    loading=$!
    remember "$loading"
}

wait_load() {
    wait "$loading" || {
        cat "$work/load.err" >&2
        fail "the load generator failed"
    }
    forget "$loading"
}

load() {
    start_load "$1" "$2"
    wait_load
}

# A number of a report: value FILE FILTER
value() { jq -r "$2" "$1"; }

# Nothing may have been lost, refused or doubled: else the figures mean nothing.
check_load() {
    jq -e '.total.lost == 0 and .graph.doubles == 0 and (.refused_by_host | length) == 0 and (.refused_by_graph | length) == 0' "$1" >/dev/null || {
        jq -c '{total, graph, refused_by_host, refused_by_graph}' "$1" >&2
        say "bench: something was lost, refused or doubled in that run"
        unclean=$((unclean + 1))
    }
}
