-- Les clés du langage que les scripts livrés n'emploient pas : tests/unit/cli/test_keys.c veut que chacune serve quelque part.

commands {
  annuler = { words = { "annuler" }, does = "cancel", say = "commun.annule" },
  retour  = { words = { "retour" },  does = "back" },
  aide    = { words = { "aide" },    does = "help" },
}

menu {
  say = "commun.menu",
  on  = { tout = "tout" },
}

session "compte" {
  login   = "connexion",
  refresh = { POST = "/auth/refresh/", body = function(c) return { refresh = c.session.refresh } end, save = { token = "access" } },
}
