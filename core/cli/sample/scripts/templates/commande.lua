-- Les textes de la commande. Chaque ligne [nom] Titre est un bouton ; {combien} est la réponse du client.

message "commande.pain" {
  fr = [[
🥖 *Nouvelle commande*
Que désirez-vous ?

[baguette] Baguette
[brioche] Brioche
]],
}

message "commande.relance" {
  fr = [[
Vous êtes toujours là ? Il suffit de choisir un pain, ou d'écrire *annuler*.
]],
}

message "commande.combien" {
  fr = [[
Combien en voulez-vous ? (de 1 à 50)
]],
}

message "commande.combien_incorrect" {
  fr = [[
Écrivez seulement un nombre de 1 à 50, par exemple 3.
]],
}

message "commande.recapitulatif" {
  fr = [[
*Votre commande*
🥖 {choix} × {combien}
💰 Total : {total|fcfa}

[oui] ✅ Confirmer
[modifier] ✏️ Modifier
[non] Abandonner
]],
}

message "commande.fait" {
  fr = [[
✅ C'est noté ! Votre commande sera prête dans une heure.
]],
}

message "commande.abandon" {
  fr = [[
Votre commande est abandonnée. Écrivez *menu* quand vous voudrez recommencer.
]],
}
