-- Un parcours que `run` traverse.
local f = flow "adresse"
f.takes = { "ville" }

f:ask "rue" {
  say      = "tout.rue",
  expect   = text {},
  commands = { retour = false },
  gather   = "3 s",
}

f:finish "trouvee" { result = { adresse = "rue" }, budget = { steps = 1000 } }
