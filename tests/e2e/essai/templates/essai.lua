message "commun.menu" {
  fr = [[
Que pouvons-nous faire pour vous ?
[course] Envoyer un colis
]],
}

message "commun.aide" { fr = [[
Répondez à la question posée.
]] }

message "commun.annule" { fr = [[
C'est annulé.
]] }

message "commun.pas_compris" { fr = [[
Nous n'avons pas compris.
]] }

message "commun.non_pris_en_charge" { fr = [[
Nous ne savons pas lire ce type de message.
]] }

message "commun.bouton_ancien" { fr = [[
Ce bouton vient d'un ancien message.
]] }

message "commun.probleme" { fr = [[
Un incident nous empêche de continuer.
]] }

message "course.depart" {
  fr = [[
Où devons-nous récupérer le colis ?
Écrivez l'adresse avec un repère connu.
]],
}

message "course.adresse_floue" { fr = [[
Cette adresse ne suffit pas.
]] }

message "course.toujours_la" { fr = [[
Vous êtes toujours là ?
]] }

message "course.nom" {
  fr = [[
À qui devons-nous remettre le colis ?
Écrivez son prénom et son nom.
]],
}

message "course.tel" {
  fr = [[
À quel numéro pouvons-nous joindre {nom} ?
Par exemple : 06 612 34 56
]],
}

message "course.tel_incorrect" { fr = [[
Nous n'avons pas reconnu ce numéro.
]] }

message "course.recapitulatif" {
  fr = [[
Le colis pour {nom}, {tel|phone}, part de {depart}.
[oui] Confirmer
[non] Annuler
]],
}

message "course.fait" {
  fr = [[
C'est noté ! Votre référence : *{reference}*
Nous cherchons un livreur.
]],
}

message "notif.en_route" { fr = [[
Votre colis {reference} est en route.
]] }
