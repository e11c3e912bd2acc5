-- Ce que le service dit en toutes circonstances : l'accueil, l'aide, les incidents.
-- {prenom} est le prénom du profil WhatsApp, quand il y en a un.

message "commun.menu" {
  fr = [[
@if prenom: Bonjour {prenom} 👋
@if not prenom: Bonjour 👋
Que pouvons-nous faire pour vous ?

[tout] Tout essayer
[aide] Aide
]],
}

message "commun.aide" {
  fr = [[
Répondez simplement à la question posée. À tout moment, vous pouvez écrire :
• *retour* pour corriger la réponse précédente
• *annuler* pour abandonner la demande
• *menu* pour revenir à l'accueil
]],
}

message "commun.annule" {
  fr = [[
C'est annulé. Écrivez *menu* quand vous voudrez recommencer.
]],
}

message "commun.pas_compris" {
  fr = [[
Désolé, nous n'avons pas compris votre réponse. Relisez la question, ou écrivez *aide*.
]],
}

message "commun.non_pris_en_charge" {
  fr = [[
Nous ne savons pas lire ce type de message. Merci de répondre par écrit ou avec les boutons.
]],
}

message "commun.bouton_ancien" {
  fr = [[
Ce bouton vient d'un ancien message. Répondez au plus récent, ou écrivez *menu*.
]],
}

message "commun.probleme" {
  fr = [[
😕 Un incident de notre côté nous empêche de continuer. Vos réponses sont conservées : réessayez dans quelques minutes.
]],
}
