#!/bin/sh
# .luacheckrc lists the names that a script can read; this proves that they are the ones that the sandbox has: a file with
# every name that core/script registers must be clean, and a name of Lua that we do not have must be found.
set -eu

cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# { "abs", math_abs } in core/script/lib_math.c is math.abs; in lib_base.c it is a global.
functions() {
    for file in core/script/lib_*.c; do
        library=${file#core/script/lib_}
        library=${library%.c}
        grep -oE '\{ *"[a-z]+", *[a-z_0-9]+ *\}' "$file" | sed 's/[^"]*"\([a-z]*\)".*/\1/' | sed "s/^/$library./;s/^base\.//"
    done
}
# VERBS, CONSTRUCTORS and what is set by name: core/script/dsl.c
words() {
    sed -n '/ VERBS\[\] = {/,/^};/s/^ *{ "\([a-z]*\)".*/\1/p' core/script/dsl.c
    sed -n '/ CONSTRUCTORS\[\] = {/,/^};/p' core/script/dsl.c | grep -o '"[a-z_]*"' | tr -d '"'
    echo use
}
{ functions; words; } | sort -u >"$folder/names"
count=$(wc -l <"$folder/names")
[ "$count" -gt 40 ] || { echo "names: only $count names were found in core/script: has their shape changed?"; exit 1; }

sed 's/.*/local _ = &/' "$folder/names" >"$folder/has.lua"
if ! luacheck -q --config .luacheckrc --no-color --ignore 4.1 --ignore 211 --std lisolo "$folder/has.lua" >"$folder/said"; then
    echo ".luacheckrc lacks names that core/script has:"
    cat "$folder/said"
    exit 1
fi
for name in os io require load debug collectgarbage setmetatable rawset print math.random string.dump table.move; do
    echo "local _ = $name" >"$folder/lacks.lua"
    if luacheck -q --config .luacheckrc --ignore 4.1 --ignore 211 --std lisolo "$folder/lacks.lua" >/dev/null; then
        grep -qx "$name" "$folder/names" || { echo ".luacheckrc allows $name, which core/script does not have"; exit 1; }
    fi
done
