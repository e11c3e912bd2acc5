#!/bin/sh
# Measures the host as docs/architecture.md promises it, on this machine, with the generator and the stand-in on the same cores, and
# beside it, in the same run, the ceilings that bound it: the bare web server, bare SQLite committing the same rows, and Redis.
#
#   make bench                     about four minutes; writes build/bench.json
#   BENCH_QUICK=1 make bench       two seconds each and smaller files, to try it; writes build/bench-quick.json
#   BENCH_ONLY='turns reload' …    only these parts, no file
#   BENCH_KEEP=1 …                 leaves the databases and logs
#
# The parts: acks turns graph150 statuses rate reload people timers. Exit 0 also when a target is missed; 1 when something did not run.
# shellcheck disable=SC1091,SC2154 # bench/host.sh is read where it is used, and sets names
set -eu
cd "$(dirname "$0")/.."
umask 077

build=${BUILD:-build}
mkdir -p "$build/bench"
build=$(cd "$build" && pwd)
lisolo=${LISOLO:-$build/lisolo}
tools=$build/bench
quick=${BENCH_QUICK:-}
only=${BENCH_ONLY:-acks turns graph150 statuses rate reload people timers}
unclean=0

seconds=10 warm=2 reload_gap=1.5 people=100000 timer_people=100000 timers_due=10000 timers_spread=20 timers_lead=15
if [ -n "$quick" ]; then
    seconds=2 warm=0.5 reload_gap=0.2 people=10000 timer_people=10000 timers_due=1000 timers_spread=4 timers_lead=5
fi

work=$(mktemp -d "$tools/run.XXXXXX")          # on the disk that is measured
. bench/host.sh
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

: >"$work/results"
# result KEY VALUE: a figure of bench.json
result() { printf '%s %s\n' "$1" "$2" >>"$work/results"; }
get() { awk -v key="$1" '$1 == key { print $2 }' "$work/results"; }
# line MEASURE TARGET MEASURED [VERDICT]
: >"$work/table"
line() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}" >>"$work/table"; }
at_least() { awk -v a="$1" -v b="$2" 'BEGIN { print (a + 0 >= b + 0) ? "ok" : "NOT MET" }'; }
below() { awk -v a="$1" -v b="$2" 'BEGIN { print (a + 0 < b + 0) ? "ok" : "NOT MET" }'; }
wanted() { case " $only " in *" $1 "*) return 0 ;; esac; return 1; }

part=0
parts=$(echo "$only" | wc -w)
step() {
    part=$((part + 1))
    say "[$part/$parts] $*"
}

# ---- parts ----

ceilings() {
    batch=$1
    say "      the ceilings: the bare server; SQLite with $(printf %.1f "$batch") rows a commit"
    "$tools/bare" "$bare_port" >"$work/bare.out" &
    bare=$!
    remember "$bare"
    wait_for "$bare" grep -q ready "$work/bare.out" || fail "the bare server did not start"
    host_webhook=$webhook webhook=http://127.0.0.1:$bare_port/webhooks/whatsapp
    load "$work/bare.json" '{"ack_only": true}'
    check_load "$work/bare.json"
    webhook=$host_webhook
    stop "$bare" || fail "the bare server ended with $code"
    "$tools/commits" "$work/acks.db" "$work/ceiling.db" "$batch" "$seconds" >"$work/commits.json" 2>"$work/commits.err" || {
        cat "$work/commits.err" >&2
        fail "the SQLite ceiling could not be measured"
    }
    rm -f "$work"/ceiling.db*
}

redis() {
    version=$(redis-server --version | sed 's/.*v=\([0-9.]*\).*/\1/')
    say "      Redis $version, XADD with appendfsync always, 64 clients"
    mkdir "$work/redis"
    redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work/redis" --save '' --appendonly yes --appendfsync always \
        --daemonize no --logfile '' >"$work/redis.log" 2>&1 &
    redis=$!
    remember "$redis"
    wait_for "$redis" redis-cli -p "$redis_port" ping >/dev/null 2>&1 || fail "Redis did not start"
    body=$(head -c "$1" /dev/zero | tr '\0' x)
    xadd() { redis-benchmark -p "$redis_port" -c 64 -n "$1" --csv XADD inbox '*' body "$body" | awk -F'","' 'END { print $2, $7 }'; }
    # it counts requests, not seconds: first find out how many fit
    probe=$(xadd 5000)
    xadd "$(echo "$probe" | awk -v s="$seconds" '{ printf "%d", $1 * s + 1000 }')" >"$work/redis.out"
    stop "$redis" || true
    rm -rf "$work/redis"
    redis_acks=$(awk '{ print $1 }' "$work/redis.out")
}

part_acks() {
    step "Durable acks: 64 connections, each message answered when it is committed"
    fresh_database
    "$tools/acks" "$work/lisolo.db" "$host_port" >"$work/acks.out" 2>>"$work/host.log" &
    host=$!
    remember "$host"
    wait_for "$host" grep -q ready "$work/acks.out" || fail "intake and store did not start"
    load "$work/acks.json" '{"ack_only": true}'
    check_load "$work/acks.json"
    stop_host
    tail -1 "$work/acks.out" >"$work/acks.counts"
    mv "$work/lisolo.db" "$work/acks.db"
    acks=$(value "$work/acks.json" .acks_per_second)
    ceilings "$(jq -r '[.items / ([.groups, 1] | max), 1] | max' "$work/acks.counts")"
    bare_acks=$(value "$work/bare.json" .acks_per_second)
    sqlite_rows=$(value "$work/commits.json" .rows_per_s)
    redis "$(jq -r .body_bytes "$work/acks.counts" | cut -d. -f1)"
    rm -f "$work"/acks.db*
    result acks_per_s "$acks"
    result ceiling_http_per_s "$bare_acks"
    result ceiling_sqlite_per_s "$sqlite_rows"
    result redis_xadd_per_s "$redis_acks"
    result ack_ratio "$(awk -v a="$acks" -v b="$bare_acks" -v c="$sqlite_rows" 'BEGIN { low = b < c ? b : c; printf "%.3f", a / low }')"
    line "durable acks, 64 connections" "" "$(printf '%.0f/s, p99 %.1f ms' "$acks" "$(value "$work/acks.json" .ack_ms.p99)")"
    line "  ceiling: bare web server, 200 from another thread" "" "$(printf %.0f/s "$bare_acks")"
    line "  ceiling: bare SQLite, same rows and batches" "" "$(printf '%.0f/s, %.1f rows a commit' "$sqlite_rows" "$(value "$work/commits.json" .rows_a_commit)")"
    line "  beside: Redis $version XADD, appendfsync always, 64 clients" "" "$(printf %.0f/s "$redis_acks")"
    line "  share of the lower ceiling" "≥ 0.60" "$(get ack_ratio)" "$(at_least "$(get ack_ratio)" 0.6)"

    say "      the same with the whole host, which runs a turn and sends a reply for each"
    fresh_database
    start_host
    load "$work/whole.json" '{"ack_only": true}'
    check_load "$work/whole.json"
    stop_host
    result acks_per_s_whole_host "$(value "$work/whole.json" .acks_per_second)"
    line "  the same while every message also has its turn and reply" "" "$(printf %.0f/s "$(get acks_per_s_whole_host)")"
}

# turns NAME JSON: a host on an empty file, the load, what it took.
turns() {
    fresh_database
    start_host
    load "$work/$1.json" "$2"
    check_load "$work/$1.json"
    rss=$(rss_mib)
    status >"$work/$1.status"
    stop_host
    rate=$(value "$work/$1.json" .per_second)
}

latencies() { jq -r '"p50 / p99: ack \(.ack_ms.p50) / \(.ack_ms.p99) ms, reply \(.reply_ms.p50) / \(.reply_ms.p99) ms"' "$1"; }

part_turns() {
    step "Full turns: 1,000 people, each writes again when the reply has come"
    turns turns '{"connections": 128}'
    result turns_per_s "$rate"
    result turns_rss_mib "$rss"
    line "full turns, 1,000 people" "≥ 5,000/s" "$(printf %.0f/s "$rate")" "$(at_least "$rate" 5000)"
    line "  $(latencies "$work/turns.json")" "" "RSS $rss MiB"
}

part_graph150() {
    step "Full turns with the Graph API at 150 ms"
    turns graph150 '{"connections": 128, "graph_ms": 150, "people": 2000}'
    value "$work/graph150.json" .reply_ms.p50 | awk '{ exit !($1 >= 150) }' || fail "the stand-in did not wait 150 ms"
    result turns_per_s_graph150 "$rate"
    result turns_graph150_rss_mib "$rss"
    line "full turns, 2,000 people, Graph at 150 ms" "≥ 3,000/s" "$(printf %.0f/s "$rate")" "$(at_least "$rate" 3000)"
    line "  $(latencies "$work/graph150.json")" "" "RSS $rss MiB"
}

part_statuses() {
    step "Full turns, and sent, delivered and read come back for each reply"
    turns statuses '{"connections": 128, "statuses": true}'
    result turns_per_s_statuses "$rate"
    line "full turns, with statuses$(value "$work/statuses.json" 'if .total.reads > 0 then " and read marks" else "" end')" "" "$(printf %.0f/s "$rate")"
    line "  $(latencies "$work/statuses.json")" "" "RSS $rss MiB"
}

part_rate() {
    step "1,000 messages a second"
    turns rate '{"rate": 1000}'
    result ack_p99_ms_at_1000 "$(value "$work/rate.json" .ack_ms.p99)"
    result reply_p99_ms_at_1000 "$(value "$work/rate.json" .reply_ms.p99)"
    line "at 1,000 messages/s: ack p99" "< 10 ms" "$(get ack_p99_ms_at_1000) ms" "$(below "$(get ack_p99_ms_at_1000)" 10)"
    line "at 1,000 messages/s: reply p99" "< 50 ms" "$(get reply_p99_ms_at_1000) ms" "$(below "$(get reply_p99_ms_at_1000)" 50)"
    line "  $(latencies "$work/rate.json")" "" "RSS $rss MiB, $(printf %.0f "$rate")/s"
}

part_reload() {
    step "Ten reloads at 1,000 messages a second"
    fresh_database
    start_host
    : >"$work/windows"
    load_seconds=$(awk -v g="$reload_gap" -v w="$warm" 'BEGIN { printf "%d", 11 * g + w + 3 }')
    start_load "$work/reload.json" "{\"rate\": 1000, \"seconds\": $load_seconds}"
    sleep "$(awk -v w="$warm" 'BEGIN { print w + 0.5 }')"
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        from_ms=$(now_ms)
        "$lisolo" reload --config "$work/lisolo.conf.lua" >>"$work/reload.out" 2>&1 || {
            tail -n 3 "$work/reload.out" >&2
            fail "a reload was refused"
        }
        # what was committed just before may still be waiting; workers change over at their next turn
        echo "$((from_ms - 50)) $(($(now_ms) + 150))" >>"$work/windows"
        sleep "$reload_gap"
    done
    wait_load
    check_load "$work/reload.json"
    stop_host
    "$tools/late" reloads "$work/lisolo.db" "$work/windows" >"$work/late.json"
    # because of a reload: the worst wait near one, less what a turn waits anyway
    result reload_stall_ms "$(value "$work/late.json" '[.inside.max - .outside.p50, 0] | max')"
    line "no turn later because of a reload (10 reloads at 1,000/s)" "≤ 50 ms" "$(get reload_stall_ms) ms" "$(below "$(get reload_stall_ms)" 50.001)"
    line "  $(value "$work/late.json" '"from commit to turn, worst: \(.inside.max) ms near a reload, \(.outside.max) ms otherwise"')" "" \
        "$(value "$work/late.json" '"\(.inside.turns) / \(.outside.turns) turns"')"
}

part_people() {
    step "A file with $people conversations"
    fresh_database
    "$tools/fill" people "$work/lisolo.db" "$people" "$first_phone" "$number" >"$work/fill.json" 2>>"$work/host.log" || fail "the file could not be made"
    start_host
    idle=$(rss_mib)
    load "$work/people.json" "{\"rate\": 1000, \"people\": $people}"
    check_load "$work/people.json"
    rss=$(rss_mib)
    count=$(status | jq -r .store.conversations)
    [ "$count" = "$people" ] || fail "$count conversations, not $people: the file and the generator do not know the same people"
    stop_host
    result rss_mib_100k "$rss"
    result rss_mib_100k_idle "$idle"
    result ready_s_100k "$(awk -v ms="$ready_ms" 'BEGIN { printf "%.3f", ms / 1000 }')"
    line "RSS with $people conversations, cold people at 1,000/s" "< 64 MiB" "$rss MiB ($idle before)" "$(below "$rss" 64)"
    line "ready on that file" "< 0.5 s" "$(get ready_s_100k) s" "$(below "$(get ready_s_100k)" 0.5)"
    line "  $(latencies "$work/people.json")" "" ""
}

part_timers() {
    step "A million timers: $timer_people conversations with ten each, $timers_due fall due within $timers_spread s"
    fresh_database
    "$tools/fill" timers "$work/lisolo.db" "$timer_people" "$first_phone" "$number" 10 "$timers_due" "$timers_spread" "$timers_lead" \
        >"$work/fill.json" 2>>"$work/host.log" || fail "the file could not be made"
    "$lisolo" stand-in graph --setup "$work/graph.json" >"$work/graph.out" 2>>"$work/host.log" &
    graph=$!
    remember "$graph"
    wait_for "$graph" grep -q ready "$work/graph.out" || fail "the Graph stand-in did not start"
    start_host
    early_ms=$(($(value "$work/fill.json" .due_first_ms) - $(now_ms)))
    [ "$early_ms" -gt 0 ] || fail "the first timer was due $((-early_ms)) ms before the host was ready: this machine needs a larger timers_lead"
    pending=$(status | jq -r .store.timers)
    sleep "$(awk -v last="$(value "$work/fill.json" .due_last_ms)" -v now="$(now_ms)" 'BEGIN { print (last - now) / 1000 + 2 }')"
    rss=$(rss_mib)
    stop_host
    stop "$graph" || fail "the Graph stand-in ended with $code"
    "$tools/late" timers "$work/lisolo.db" >"$work/late.json"
    fired=$(value "$work/late.json" .fired)
    [ "$fired" = "$timers_due" ] || {
        say "bench: $fired timers fired, not $timers_due"
        unclean=$((unclean + 1))
    }
    result timer_late_p99_ms "$(value "$work/late.json" .p99)"
    line "a timer late, $pending pending: p99" "< 250 ms" "$(get timer_late_p99_ms) ms" "$(below "$(get timer_late_p99_ms)" 250)"
    line "  $(value "$work/late.json" '"\(.fired) fired: p50 \(.p50) ms, worst \(.max) ms"')" "" "RSS $rss MiB"
}

# ---- all of it ----

machine() {
    "$tools/disk" "$work/disk" 2 >"$work/disk.json"
    jq -n --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" --argjson cores "$(nproc)" --arg kernel "$(uname -sr)" \
        --argjson memory "$(awk '/^MemTotal:/ { printf "%.1f", $2 / 1048576 }' /proc/meminfo)" --arg date "$(date -u +%Y-%m-%d)" \
        --arg fs "$(stat -f -c %T "$work")" --slurpfile disk "$work/disk.json" --argjson load "$(cut -d' ' -f1 /proc/loadavg)" \
        '{date: $date, cpu: $cpu, cores: $cores, kernel: $kernel, memory_gib: $memory, filesystem: $fs, load_before: $load} + $disk[0]' >"$work/machine.json"
    jq -r '"\(.cpu), \(.cores) cores, \(.memory_gib) GiB, \(.kernel), \(.filesystem); fdatasync of 4 KiB: p50 \(.fdatasync_us_p50 / 1000) ms, p99 \(.fdatasync_us_p99 / 1000) ms; \(.date)"' \
        "$work/machine.json" >"$work/machine.txt"
}

print_table() {
    printf '\n%s\n\n' "$(cat "$work/machine.txt")"
    # widths count bytes, and some words are not ASCII: awk adds what the bytes take too much
    awk -F'\t' '
        function wide(s, w,   n) { n = s; gsub(/[\200-\277]/, "", n); return sprintf("%s%*s", s, w > length(n) ? w - length(n) : 0, "") }
        BEGIN { printf "%s %s %s\n", wide("measure", 84), wide("target", 10), "measured" }
        { printf "%s %s %s%s\n", wide($1, 84), wide($2, 10), $3, $4 == "" ? "" : "   " $4 }' "$work/table"
    if jq -e '.load_before > 0.7' "$work/machine.json" >/dev/null; then
        printf '\nOther programs were running (load %s): these figures are too low.\n' "$(value "$work/machine.json" .load_before)"
    fi
}

write_json() {
    jq -n --rawfile lines "$work/results" --slurpfile machine "$work/machine.json" \
        '([$lines | split("\n")[] | select(. != "") | split(" ") | {key: .[0], value: (.[1] | tonumber)}] | from_entries) + {machine: $machine[0]}' >"$1"
    say "written: $1"
}

command -v redis-server >/dev/null || fail "redis-server is missing: packaging/deps.sh bench"
prepare
machine
for name in acks turns graph150 statuses rate reload people timers; do
    if wanted "$name"; then
        "part_$name"
    fi
done
LC_ALL=C print_table
[ -n "${BENCH_ONLY:-}" ] || write_json "$build/bench${quick:+-quick}.json"
[ "$unclean" -eq 0 ] || fail "$unclean part(s) lost, refused or doubled something: see above"
