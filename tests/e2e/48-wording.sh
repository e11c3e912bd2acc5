#!/bin/sh
# Wording goes to a translator and comes back: `lisolo wording export`, `import`, `stats`.
set -eu
. tests/e2e/lib.sh

cp -R scripts "$DIR/scripts"
"$LISOLO" wording export en --scripts "$DIR/scripts" >"$DIR/en.po"
has "$(cat "$DIR/en.po")" 'msgctxt "commun.menu"' 'the export names each message'
"$LISOLO" wording import "$DIR/en.po" --scripts "$DIR/scripts" >/dev/null
is "$(diff -r scripts "$DIR/scripts")" '' 'what was exported changes nothing when it comes back'

sed 's/^msgstr "What is the parcel worth.*/msgstr "Worth?"/; s/Send a parcel/Send a package/' "$DIR/en.po" >"$DIR/new.po"
"$LISOLO" wording import "$DIR/new.po" --scripts "$DIR/scripts" >/dev/null
has "$(cat "$DIR/scripts/templates/commun.lua")" 'Send a package' 'a new translation is put in'
is "$(diff -r scripts "$DIR/scripts" | grep -c '^[<>]')" 2 'and one line of one file is all that changed'
"$LISOLO" check "$DIR/scripts" >/dev/null
is "$?" 0 'the scripts are still fine'

sed 's/Envoyer un colis/Expédier un colis/' scripts/templates/commun.lua >"$DIR/scripts/templates/commun.lua"
rc=0; out=$("$LISOLO" wording import "$DIR/new.po" --scripts "$DIR/scripts" 2>&1) || rc=$?
is "$rc" 1 'a translation of older French is refused'
has "$out" 'commun.menu' 'and named'

has "$("$LISOLO" wording stats --scripts "$DIR/scripts")" 'ln ' 'stats count each language'
rc=0; "$LISOLO" wording export fr >/dev/null 2>&1 || rc=$?
is "$rc" 2 'French is what is translated, it is not exported alone'
done_testing
