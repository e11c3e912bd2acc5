#!/bin/sh
# Installs the Debian packages that Lisolo is built and tested with. docs/dependencies.md says what each is for.
#   packaging/deps.sh [build] [test] [lint] [bench]      (nothing named: build and test)
set -eu

build='gcc make pkg-config libc6-dev liblua5.4-dev libcurl4-openssl-dev libcjson-dev libmicrohttpd-dev libsqlite3-dev libssl-dev
       libutf8proc-dev ca-certificates'
test='libcmocka-dev lua5.4 curl jq graphviz'
lint='clang-tidy cppcheck lua-check shellcheck'
bench='redis-server'

[ $# -gt 0 ] || set -- build test
wanted=
for group in "$@"; do
    case $group in
    build) wanted="$wanted $build" ;;
    test)  wanted="$wanted $test" ;;
    lint)  wanted="$wanted $lint" ;;
    bench) wanted="$wanted $bench" ;;
    *)     echo "deps: there is no group '$group' (build, test, lint, bench)" >&2; exit 2 ;;
    esac
done

say() { printf 'deps: %s\n' "$*" >&2; }

if ! command -v dpkg-query >/dev/null 2>&1; then
    say "this is not a Debian system. Install what gives the same as these packages, then build with \`make all\`:"
    # shellcheck disable=SC2086 # a list of words
    say "  "$wanted
    exit 1
fi

# One query for all: a package that dpkg does not know is an error for it and missing for us.
# shellcheck disable=SC2086
have=$(dpkg-query -W -f '${Package}=${db:Status-Status}\n' $wanted 2>/dev/null || true)
missing=
for package in $wanted; do
    case "
$have
" in
    *"
$package=installed
"*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        say "these packages are missing and only root can install them. Run as root:"
        say "  apt-get update && apt-get install -y --no-install-recommends$missing"
        exit 1
    fi
    as_root=sudo
fi

say "installing$missing"
failed() {
    say "that failed. Run as root, and look at what it says:"
    say "  apt-get update && apt-get install -y --no-install-recommends$missing"
    exit 1
}
$as_root apt-get -q update || failed
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing || failed
say "done"
