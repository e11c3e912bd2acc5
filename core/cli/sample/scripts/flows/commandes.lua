-- Ce que le client peut écrire à tout moment, et ce que le menu propose.

commands {
  menu    = { words = { "menu", "accueil" },     does = "menu" },
  annuler = { words = { "annuler", "abandon" },  does = "cancel", say = "commun.annule" },
  retour  = { words = { "retour", "précédent" }, does = "back" },
  aide    = { words = { "aide", "?" },           does = "help",   say = "commun.aide" },
}

menu {
  say = "commun.menu",
  on  = { commande = "commande" },
}
