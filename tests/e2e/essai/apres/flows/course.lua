-- De quoi se tromper exprès : les conversations fausses de 15-chat-tests.sh se jouent sur ces quelques étapes.

commands {
  menu    = { words = { "menu" },    does = "menu" },
  annuler = { words = { "annuler" }, does = "cancel", say = "commun.annule" },
}

menu { say = "commun.menu", on = { course = "course" } }

local f = flow "course"
f.start = "depart"
f.words = { "course" }

f:ask "depart" {
  say    = "course.depart",
  expect = text { min = 5, max = 200 },
  retry  = "course.adresse_floue",
  remind = { "10 min", "course.toujours_la" },
}

f:ask "nom" {
  say    = "course.nom",
  expect = text { min = 2, max = 60 },
}

f:ask "tel" {
  say    = "course.tel",
  expect = phone { country = "CG" },
  retry  = "course.tel_incorrect",
}

f:choose "confirmer" {
  say = "course.recapitulatif",
  on  = { oui = "envoyer", non = "abandon" },
}

f:call "envoyer" {
  POST = "/missions/",
  body = function(c)
    return { depart = c.depart, nom = c.nom, tel = c.tel }
  end,
  save = { reference = "numero" },
  ok   = "fait",
  fail = { other = "abandon" },
}

f:finish "fait"    { say = "course.fait" }
f:finish "abandon" { say = "commun.annule" }

on "mission.status_changed" {
  to    = "telephone",
  by    = "statut",
  key   = "numero",
  vars  = { reference = "numero" },
  cases = { { is = { "en_route" }, say = "notif.en_route" } },
}
