-- Ce que le service dit en toutes circonstances : l'accueil, l'aide, les incidents.
-- Chaque ligne [nom] Titre est un bouton ; {prenom} est le prénom du profil WhatsApp, quand il y en a un.

message "commun.menu" {
  fr = [[
@if prenom: Bonjour {prenom} 👋
@if not prenom: Bonjour 👋
Que pouvons-nous faire pour vous ?

[course] 📦 Envoyer un colis
[boutique] 🛍️ Boutique
[aide] Aide
]],
  en = [[
@if prenom: Hello {prenom} 👋
@if not prenom: Hello 👋
What can we do for you?

[course] 📦 Send a parcel
[boutique] 🛍️ Shop
[aide] Help
]],
}

message "commun.aide" {
  fr = [[
Répondez simplement à la question posée. À tout moment, vous pouvez écrire :
• *retour* pour corriger la réponse précédente
• *annuler* pour abandonner la demande
• *menu* pour revenir à l'accueil
]],
  en = [[
Just answer the question. At any time you can type:
• *back* to change your previous answer
• *cancel* to drop the request
• *menu* to return to the start
]],
}

message "commun.annule" {
  fr = [[
C'est annulé. Écrivez *menu* quand vous voudrez recommencer.
]],
  en = [[
Cancelled. Type *menu* whenever you want to start again.
]],
}

message "commun.de_rien" {
  fr = [[
Avec plaisir ! Écrivez *menu* quand vous aurez besoin de nous.
]],
  en = [[
You are welcome! Type *menu* whenever you need us.
]],
}

message "commun.rien_a_annuler" {
  fr = [[
Aucune demande n'est en cours. Écrivez *menu* pour commencer.
]],
  en = [[
There is nothing to cancel. Type *menu* to begin.
]],
}

message "commun.pas_compris" {
  fr = [[
Désolé, nous n'avons pas compris votre réponse. Relisez la question, ou écrivez *aide*.
]],
  en = [[
Sorry, we did not understand your answer. Please read the question again, or type *help*.
]],
}

message "commun.non_pris_en_charge" {
  fr = [[
Nous ne savons pas lire ce type de message. Merci de répondre par écrit ou avec les boutons.
]],
  en = [[
We cannot read this kind of message. Please answer in writing or with the buttons.
]],
}

message "commun.bouton_ancien" {
  fr = [[
Ce bouton vient d'un ancien message. Répondez au plus récent, ou écrivez *menu*.
]],
  en = [[
That button belongs to an earlier message. Please answer the latest one, or type *menu*.
]],
}

message "commun.patientez" {
  fr = [[
⏳ Un instant, nous traitons votre demande.
]],
  en = [[
⏳ One moment, we are working on your request.
]],
}

message "commun.probleme" {
  fr = [[
😕 Un incident de notre côté nous empêche de continuer. Vos réponses sont conservées : réessayez dans quelques minutes.
]],
  en = [[
😕 Something went wrong on our side. Your answers are safe: please try again in a few minutes.
]],
}

message "commun.conseiller" {
  fr = [[
Un conseiller prend le relais. Il vous répondra ici même.
]],
  en = [[
One of our advisers is taking over and will answer you right here.
]],
}
