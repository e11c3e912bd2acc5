#!/bin/sh
# Runs test programs, shows each one's verdict and time, the whole output of those that fail, and at the end one line
# `N passed, N failed`, added up from what the programs said. Exit 1 when something failed or nothing ran.
#
#   tests/run.sh =Title program... +Title program... ~Title script... -Title script...
#
#   =Title   programs that run side by side; each of their tests counts
#   +Title   the same once more (under a sanitizer, say): a program counts as one, so that no test counts twice
#   ~Title   four at a time, whatever the processors: they mostly wait for what they have killed
#   -Title   one after the other: scripts that start hosts, or measure time
#
# A program tells its results as cmocka does, as TAP (`ok …`, `not ok …`), or with a last line `N passed, N failed`. A program that
# ends badly without saying what failed counts as one failure; so does one that says nothing at all, or takes too long. One whose
# only word is `skipped: why` and that ends well counts as nothing.
set -eu

seconds=${TEST_SECONDS:-300}

# Prints "passed failed" for an output.
count() {
    awk '
        /^\[  PASSED  \] [0-9]+ test/ { passed += $4; said = 1 }
        /^\[  FAILED  \] [0-9]+ test/ { failed += $4; said = 1 }
        /^ok / || $0 == "ok"         { if ($0 !~ /# *[Ss][Kk][Ii][Pp]/) tap_passed++ }
        /^not ok/                    { tap_failed++ }
        /^[0-9]+ passed, [0-9]+ failed/ { total_passed = $1; total_failed = $3; total = 1 }
        END {
            if (!said && total)  { passed = total_passed; failed = total_failed }
            if (!said && !total) { passed = tap_passed; failed = tap_failed }
            print passed + 0, failed + 0
        }' "$1"
}

# One program: its verdict goes to the screen in one piece, its numbers to $results.
one() {
    kind=$1 program=$2
    output=$(mktemp "$results/output.XXXXXX")
    start=$(date +%s%N)
    code=0
    CMOCKA_MESSAGE_OUTPUT=STDOUT timeout -k 10 "$seconds" "$program" >"$output" 2>&1 </dev/null || code=$?
    ms=$((($(date +%s%N) - start) / 1000000))
    # shellcheck disable=SC2046 # two words
    set -- $(count "$output")
    passed=$1 failed=$2 remark=
    if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then remark=" (stopped after $seconds s)"; fi
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1 remark=${remark:-" (ended with $code)"}
    elif [ "$code" -eq 0 ] && [ $((passed + failed)) -eq 0 ]; then
        remark=$(sed -n 's/^skipped: \(.*\)/ (\1)/p' "$output")
        [ -n "$remark" ] || failed=1 remark=' (ran no test)'
    fi
    if [ "$kind" = again ] && [ $((passed + failed)) -gt 0 ]; then
        if [ "$failed" -gt 0 ]; then passed=0 failed=1; else passed=1; fi
    fi
    echo "$passed $failed" >>"$results/numbers"
    {
        flock 9
        if [ "$failed" -gt 0 ]; then
            printf 'FAIL %-52s %4d passed, %d failed %6d ms%s\n' "$program" "$passed" "$failed" "$ms" "$remark"
            sed 's/^/    | /' "$output"
        else
            printf '%s %-52s %4d passed %16d ms%s\n' "$([ "$passed" -gt 0 ] && echo pass || echo skip)" "$program" "$passed" "$ms" "$remark"
        fi
    } 9>>"$results/lock"
    rm -f "$output"
}

if [ "${1:-}" = --one ]; then
    one "$2" "$3"
    exit 0
fi

results=$(mktemp -d)
export results TEST_SECONDS="$seconds"
trap 'rm -rf "$results"' EXIT
trap 'exit 1' INT TERM
: >"$results/numbers"

kind=each jobs=1 last_kind=each last_jobs=1
for word in "$@"; do
    case $word in
    =*) kind=each jobs=$(nproc) ;;
    +*) kind=again jobs=$(nproc) ;;
    ~*) kind=each jobs=4 ;;
    -*) kind=each jobs=1 ;;
    *)
        echo "$word" >>"$results/programs"
        continue
        ;;
    esac
    [ ! -s "$results/programs" ] || xargs -P "$last_jobs" -n 1 "$0" --one "$last_kind" <"$results/programs"
    : >"$results/programs"
    last_kind=$kind last_jobs=$jobs
    printf '\n%s\n' "${word#?}"
done
[ ! -s "$results/programs" ] || xargs -P "$jobs" -n 1 "$0" --one "$kind" <"$results/programs"

awk '{ passed += $1; failed += $2 }
     END { printf "\n%d passed, %d failed\n", passed, failed; exit failed > 0 || passed == 0 }' "$results/numbers"
