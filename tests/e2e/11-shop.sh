#!/bin/sh
# An order, from the first category to its reference: the backend's lists come in pages, its prices in every shape, its pictures
# as links that WhatsApp takes or refuses.
set -eu
. tests/e2e/lib.sh
start_host

chat() { "$LISOLO" chat --var "$DIR/var"; }

out=$(printf 'boutique\n10\nFleurs et cadeaux\n' | chat)
has "$out" '| [9] Pagnes et couture' 'nine categories are on the first page'
has "$out" '| [5] Fleurs et cadeaux' 'the others on the next'
has "$out" 'Aucun marchand ne propose encore « Fleurs et cadeaux ».' 'a category without merchants says so'

out=$(printf 'Autres catégories\nRestaurants\nChez Mama Ngudi\n2\n' | chat)
has "$out" 'Saka-saka au poisson fu… :: 2 500 FCFA' 'a price that came as a text is a price'
has "$out" 'Jus de gingembre (1 lit… :: 1 500 FCFA' 'and one that came as a number'
has_not "$out" '@image' 'a picture that WhatsApp would refuse is left out'
has "$out" '*Saka-saka au poisson fumé*' 'and the card is sent all the same'

out=$(printf 'Commander\n9\n3\nCHU de Brazzaville, entrée principale\nMobile Money\nConfirmer\n' | chat)
has "$out" "Il n'en reste que 8." 'there is no more to order than there is'
has "$out" '🧾 *Total : 7 500 FCFA*' 'the total is quantity times price'
has "$out" 'Référence : *CMD-' 'the backend has taken the order'
order=$(curl -s "$(dev backend_url)/_lab/calls" | jq -c '[.. | objects | select(.method? == "POST" and (.path? // "" | test("commandes/$"))) | .body] | map(if type == "string" then fromjson else . end)')
is "$(printf '%s' "$order" | jq -r '.[] | "\(.details[0].quantite) × \(.details[0].prix_unitaire), \(.mode_paiement)"')" '3 × 2500, mobile_money' \
    'once, with a number as the price'

out=$(printf 'où en est ma commande ?\nmerci\n' | chat)
has "$out" 'Votre commande *CMD-' 'and it can be asked after'
has "$out" 'Avec plaisir' 'and thanked for'
done_testing
