-- Ce que le client peut écrire à tout moment, et ce que le menu propose.
-- Un mot ne compte que s'il est tout le message : « Aide au déménagement » reste une description de colis.

commands {
  menu    = { words = { "menu", "menu principal", "accueil" }, does = "menu" },
  annuler = { words = { "annuler", "abandonner", "cancel" },   does = "cancel", say = "commun.annule" },
  retour  = { words = { "retour", "precedent", "back" },       does = "back" },
  aide    = { words = { "aide", "help", "?" },                 does = "help",   say = "commun.aide" },
}

menu {
  say = "commun.menu",
  on  = { course = "course", boutique = "boutique" },
}
