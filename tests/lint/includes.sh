#!/bin/sh
# Proves the direction of includes (docs/architecture.md, "Rooms"). Modules are given lowest first; core/<module>/ and
# include/lisolo/<module>.h may include only what stands before them, and:
#   - a private header is included by its own module only;
#   - locks and condition variables are used in core/base only, so that threads elsewhere talk through queues;
#   - a library has its door: Lua in script, SQLite in store, libcurl and libmicrohttpd in base;
#   - the stand-ins see nothing of channel, not even through another header: what they check would otherwise check itself.
# Prints file:line and the rule for each finding. Exit 1 when there is one.
set -eu

[ $# -gt 0 ] || { echo "usage: includes.sh MODULE..." >&2; exit 2; }
cd "$(dirname "$0")/../.."
found=$(mktemp)
trap 'rm -f "$found"' EXIT

# file:line:text of every include, of core/ and of the public headers
grep -rn --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' core include | awk -F: -v modules="$*" '
    BEGIN {
        n = split(modules, list, " ")
        for (i = 1; i <= n; i++) rank[list[i]] = i
        # who may open a library: header pattern -> modules
        door["^(lua|lauxlib|lualib)\\.h$"] = "script lab"          # lab: the backend stand-in is a Lua script
        door["^sqlite3\\.h$"]              = "store"
        door["^curl/"]                     = "base cli"            # cli: curl_global_init() before there are threads
        door["^microhttpd\\.h$"]           = "base"
        door["^cjson/"]                    = "base"
        door["^openssl/"]                  = "base lab"            # lab: signs by itself, so that it proves base
    }
    function say(rule) { print $1 ":" $2 ": " rule }
    {
        split($1, part, "/")
        module = part[1] == "core" ? part[2] : part[3]
        sub(/\.h$/, "", module)
        if (!(module in rank)) { say("module \"" module "\" is not in the list of modules"); next }
        name = $0
        if (match(name, /<[^>]*>/)) {
            name = substr(name, RSTART + 1, RLENGTH - 2)
            if (name ~ /^lisolo\//) say("write \"" name "\" in quotes")
            for (pattern in door)
                if (name ~ pattern && !index(" " door[pattern] " ", " " module " "))
                    say("<" name "> is for: " door[pattern])
            next
        }
        if (!match(name, /"[^"]*"/)) { say("an include that nobody can read"); next }
        name = substr(name, RSTART + 1, RLENGTH - 2)
        if (name ~ /^lisolo\//) {
            other = name
            sub(/^lisolo\//, "", other); sub(/\/.*/, "", other); sub(/\.h$/, "", other)
            if (!(other in rank))           say("\"" name "\" belongs to no module")
            else if (rank[other] > rank[module]) say("\"" name "\": " module " stands below " other)
        } else if (part[1] != "core") {
            say("a public header includes the private \"" name "\"")
        } else {
            print "PRIVATE " $1 ":" $2 " " module " " name
        }
    }' >"$found.all"

# A private header is found beside the file, or it is not the module s own.
while read -r kind place module name; do
    [ "$kind" = PRIVATE ] || continue
    file=${place%:*}
    path=$(realpath -m --relative-to=. "$(dirname "$file")/$name")
    case $path in
    "core/$module/"*) [ -f "$path" ] || echo "$place: \"$name\" does not exist" ;;
    *) echo "$place: \"$name\" is another module's private header" ;;
    esac
done <"$found.all" >"$found"
grep -v '^PRIVATE ' "$found.all" >>"$found" || true
rm -f "$found.all"

grep -rnE --include='*.[ch]' '\b(pthread_(mutex|cond|rwlock|spin|barrier)_|sem_(init|wait|post)|mtx_|cnd_)' core include |
    grep -v '^core/base/' | sed 's/^\([^:]*:[0-9]*\):.*/\1: locks live in core\/base only/' >>"$found" || true

# Through whatever header: the compiler lists them. The stand-ins are all of lab but the chat, the runner and the simulator.
for file in core/lab/graph*.c core/lab/backend*.c core/lab/sign.c core/lab/serve.c core/lab/wire.c; do
    [ -f "$file" ] || continue
    # shellcheck disable=SC2046 # flags are words
    if ! ${CC:-gcc} -MM -Iinclude -D_GNU_SOURCE $(pkg-config --cflags lua5.4 libcjson) "$file" >"$found.headers"; then
        echo "$file: its includes cannot be listed"
    elif grep -q 'lisolo/channel\.h\|core/channel/' "$found.headers"; then
        echo "$file: a stand-in sees lisolo/channel.h"
    fi
    rm -f "$found.headers"
done >>"$found"

if [ -s "$found" ]; then
    sort -u "$found"
    exit 1
fi
