-- La boutique, de la première catégorie à la référence de la commande.
-- [row] est la ligne modèle : une ligne de liste par article que le service donne ; [suite] tourne la page.

message "boutique.categories" {
  fr = [[
🛍️ *Boutique*
Que cherchez-vous ?

@menu Catégories
[row] {nom|short 24}
[suite] Suite
]],
  en = [[
🛍️ *Shop*
What are you looking for?

@menu Categories
[row] {nom|short 24}
[suite] More
]],
}

message "boutique.aucun_marchand" {
  fr = [[
Aucun marchand ne propose encore « {categorie.nom} ».

[autres] Autres catégories
[fermer] Plus tard
]],
  en = [[
No merchant offers “{categorie.nom}” yet.

[autres] Other categories
[fermer] Later
]],
}

message "boutique.marchands" {
  fr = [[
🏪 *{categorie.nom}*
Chez qui souhaitez-vous commander ?

@menu Marchands
[row] {nom_entreprise|short 24} :: {adresse|short 72}
[suite] Suite
]],
  en = [[
🏪 *{categorie.nom}*
Who would you like to order from?

@menu Merchants
[row] {nom_entreprise|short 24} :: {adresse|short 72}
[suite] More
]],
}

message "boutique.aucun_produit" {
  fr = [[
*{marchand.nom_entreprise}* n'a rien en stock pour le moment.

[autres] Autres marchands
[fermer] Plus tard
]],
  en = [[
*{marchand.nom_entreprise}* has nothing in stock at the moment.

[autres] Other merchants
[fermer] Later
]],
}

message "boutique.produits" {
  fr = [[
📋 *{marchand.nom_entreprise}*
Choisissez un article pour en voir la fiche.

@menu Articles
[row] {nom|short 24} :: {prix|fcfa}
[suite] Suite
]],
  en = [[
📋 *{marchand.nom_entreprise}*
Choose an item to see its details.

@menu Items
[row] {nom|short 24} :: {prix|fcfa}
[suite] More
]],
}

-- Sans photo, ou avec un lien que WhatsApp n'accepte pas, la fiche part en texte avec les mêmes boutons.
message "boutique.fiche" {
  image = "{produit.image}",
  fr = [[
*{produit.nom}*
@if produit.description: {produit.description|short 300}

💰 {produit.prix|fcfa}
@if produit.stock: 📦 {produit.stock|plural one:"_dernier article_" other:"# en stock"}

[choisir] 🛒 Commander
[autres] Autres articles
]],
  en = [[
*{produit.nom}*
@if produit.description: {produit.description|short 300}

💰 {produit.prix|fcfa}
@if produit.stock: 📦 {produit.stock|plural one:"_last one_" other:"# in stock"}

[choisir] 🛒 Order
[autres] Other items
]],
}

message "boutique.quantite" {
  fr = [[
Combien en voulez-vous ?
Écrivez un nombre, par exemple _2_.
]],
  en = [[
How many would you like?
Type a number, for example _2_.
]],
}

message "boutique.quantite_incorrecte" {
  fr = [[
Écrivez seulement un nombre, de 1 à 99.
]],
  en = [[
Please type a number only, from 1 to 99.
]],
}

message "boutique.stock_insuffisant" {
  fr = [[
{produit.stock|plural one:"Il n'en reste qu'un." other:"Il n'en reste que #."} Combien en voulez-vous ?
]],
  en = [[
{produit.stock|plural one:"There is only one left." other:"There are only # left."} How many would you like?
]],
}

message "boutique.adresse" {
  fr = [[
🏁 Où devons-nous livrer ?
Partagez votre position, ou écrivez l'adresse avec un repère connu.
@ask-location
]],
  en = [[
🏁 Where should we deliver?
Share your location, or type the address with a well-known landmark.
@ask-location
]],
}

message "boutique.toujours_la" {
  fr = [[
⏳ Votre article vous attend. Il ne manque que l'adresse de livraison.
]],
  en = [[
⏳ Your item is waiting. All we need is the delivery address.
]],
}

message "boutique.paiement" {
  fr = [[
💳 Comment souhaitez-vous payer ?

[especes] 💵 Espèces
[mobile_money] 📱 Mobile Money
[virement] 🏦 Virement
]],
  en = [[
💳 How would you like to pay?

[especes] 💵 Cash
[mobile_money] 📱 Mobile Money
[virement] 🏦 Bank transfer
]],
}

labels "paiement" {
  fr = [[
especes      = Espèces
mobile_money = Mobile Money
virement     = Virement
]],
  en = [[
especes      = Cash
mobile_money = Mobile Money
virement     = Bank transfer
]],
  fallback = { ln = "fr" },
}

message "boutique.recapitulatif" {
  fr = [[
*Récapitulatif de votre commande*

🏪 {marchand.nom_entreprise}
📦 {quantite} × {produit.nom}
💰 Prix unitaire : {produit.prix|fcfa}
🧾 *Total : {total|fcfa}*
🏁 {adresse.adresse}
💳 {paiement|label paiement}

[oui] ✅ Confirmer
[modifier] ✏️ Modifier
[non] Annuler
]],
  en = [[
*Your order*

🏪 {marchand.nom_entreprise}
📦 {quantite} × {produit.nom}
💰 Unit price: {produit.prix|fcfa}
🧾 *Total: {total|fcfa}*
🏁 {adresse.adresse}
💳 {paiement|label paiement}

[oui] ✅ Confirm
[modifier] ✏️ Change
[non] Cancel
]],
}

message "boutique.quoi_modifier" {
  fr = [[
Que souhaitez-vous corriger ?

[quantite] Quantité
[adresse] Adresse
[paiement] Paiement
]],
  en = [[
What would you like to change?

[quantite] Quantity
[adresse] Address
[paiement] Payment
]],
}

message "boutique.panne" {
  fr = [[
😕 La boutique ne répond pas. Votre commande est conservée : vous pouvez réessayer, elle ne sera jamais passée deux fois.

[reessayer] 🔁 Réessayer
[non] Abandonner
]],
  en = [[
😕 The shop is not answering. Your order is kept: you can try again, it will never be placed twice.

[reessayer] 🔁 Try again
[non] Give up
]],
}

message "boutique.fait" {
  fr = [[
🎉 *Commande enregistrée*
@if commande: Référence : *{commande}*
Total : *{total|fcfa}*

{marchand.nom_entreprise} la prépare. Nous vous écrivons dès qu'elle part.
]],
  en = [[
🎉 *Order placed*
@if commande: Reference: *{commande}*
Total: *{total|fcfa}*

{marchand.nom_entreprise} is preparing it. We will write as soon as it leaves.
]],
}

message "boutique.rappel" {
  fr = [[
Votre commande *{commande}* est entre les mains du marchand. Nous vous écrivons dès qu'elle part.
]],
  en = [[
The merchant is working on your order *{commande}*. We will write as soon as it leaves.
]],
}

message "boutique.refus" {
  fr = [[
Le marchand ne peut pas prendre cette commande : l'article n'est peut-être plus en stock. Écrivez *boutique* pour en choisir un autre.
]],
  en = [[
The merchant cannot take this order: the item may be out of stock. Type *shop* to choose another one.
]],
}

message "boutique.abandon" {
  fr = [[
C'est abandonné, rien n'a été commandé. Écrivez *boutique* quand vous voudrez.
]],
  en = [[
Dropped, nothing has been ordered. Type *shop* whenever you like.
]],
}

message "boutique.a_bientot" {
  fr = [[
À bientôt ! Écrivez *menu* quand vous voudrez.
]],
  en = [[
See you soon! Type *menu* whenever you like.
]],
}

message "boutique.indisponible" {
  fr = [[
😕 La boutique est momentanément indisponible. Réessayez dans quelques minutes en écrivant *boutique*.
]],
  en = [[
😕 The shop is unavailable for the moment. Please try again in a few minutes by typing *shop*.
]],
}
