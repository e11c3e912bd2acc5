-- Les textes du parcours « tout ».

links { hosts = { "images.example.cg" } }

message "tout.ville" {
  fr = [[
Dans quelle ville ?
]],
}

message "tout.rue" {
  fr = [[
Dans quelle rue ?
]],
}

message "tout.mot_de_passe" {
  fr = [[
Votre mot de passe ?
]],
}

message "tout.question" {
  fr = [[
Que faire de {rue} ?

[effacer] Effacer
[garder] Garder
]],
}

message "tout.aide" {
  fr = [[
Choisissez un bouton.
]],
}

message "tout.avis" {
  fr = [[
Tout s'est-il bien passé ?
]],
}

message "tout.fait" {
  fr = [[
C'est fait.
]],
}

template "tout_rappel" {
  category = "utility",
  note     = "Jamais envoyé : il montre la clé note.",
  fr = [[
Votre demande est toujours ouverte.
]],
}
