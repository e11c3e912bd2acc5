-- Ce que la session demande quand elle n'a pas de jeton.
local f = flow "connexion"

f:ask "mot_de_passe" {
  say    = "tout.mot_de_passe",
  expect = secret { min = 4 },
}

f:call "entrer" {
  POST  = "/auth/",
  body  = function(c) return { mot_de_passe = c.secret.mot_de_passe } end,
  opens = "compte",
  save  = { token = "access", refresh = "refresh" },
  fail  = { other = "non" },
}

f:finish "oui" { say = "tout.fait" }
f:finish "non" { say = "tout.fait" }
