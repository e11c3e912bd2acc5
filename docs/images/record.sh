#!/bin/sh
# Records the README's picture: a courier request in `lisolo chat`, played in a real terminal (tmux) and drawn by a browser.
# Needs: tmux aha chromium fonts-noto-color-emoji. Run from the top folder after `make all`.
set -eu
dir=$(mktemp -d)
session=lisolo-record-$$
trap 'tmux kill-session -t "$session" 2>/dev/null || true; kill "$host" 2>/dev/null || true; rm -rf "$dir"' EXIT
build/lisolo dev --var "$dir/var" --port 0 >"$dir/out" 2>&1 &
host=$!
while [ ! -s "$dir/var/dev.json" ]; do sleep 0.1; done
tmux new-session -d -s "$session" -x 72 -y 50 "LANG=C.UTF-8 COLORTERM=truecolor build/lisolo chat --var $dir/var"
sleep 1
type_line() {
    tmux send-keys -t "$session" -l "$1"
    tmux send-keys -t "$session" Enter
    sleep 1
}
for line in 'Bonjour' '1' '/lieu -4.2634,15.2429 "Marché Total, Bacongo"' '12 rue Mbochi, Poto-Poto' 'Junior Okemba' \
    '06 612 34 56' 'Deux pagnes et une enveloppe' '8000 FCFA' 'Modifier' 'Valeur' '9500' 'Confirmer'; do
    type_line "$line"
done
tmux capture-pane -e -p -N -t "$session" >"$dir/screen"
# aha does not turn reverse video round with these colours: say the chips outright
sed 's/\x1b\[7m\x1b\[38;2;83;189;235m/\x1b[48;2;83;189;235m\x1b[38;2;32;44;51m/g' "$dir/screen" >"$dir/colours"
aha --black --no-header <"$dir/colours" >"$dir/body"
{
    printf '<!doctype html><meta charset="utf-8"><style>body{margin:0;background:#111b21;color:#e9edef}'
    printf 'pre{margin:14px 18px;font:14px/17px "DejaVu Sans Mono","Noto Color Emoji",monospace}</style><pre>'
    cat "$dir/body"
    printf '</pre>'
} >"$dir/page.html"
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update \
    --disable-sync --user-data-dir="$dir/browser" --hide-scrollbars --force-device-scale-factor=1.5 --window-size=650,890 \
    --screenshot="$PWD/docs/images/chat.png" "file://$dir/page.html" >/dev/null 2>&1
