-- Une étape par clé rarement employée.
local f = flow "tout"
f.words = { "tout" }

f:ask "ville" {
  say    = "tout.ville",
  expect = text {},
}

f:run "adresse" {
  flow   = "adresse",
  give   = { ville = "ville" },
  save   = { rue = "adresse" },
  next   = "compter",
  plan   = { after "2 h" { name = "avis", say = "tout.avis" } },
  budget = { steps = 1000 },
}

f:set "compter" {
  longueur = function(c) return #c.rue end,
  budget   = { steps = 1000 },
}

f:branch "longue" {
  { when = function(c) return c.longueur > 20 end, go = "remplacer" },
  { go = "modifier" },
  plan   = { cancel "avis" },
  budget = { steps = 1000 },
}

f:call "remplacer" {
  PUT    = "/adresses/1/",
  body   = function(c) return { rue = c.rue } end,
  auth   = "compte",
  ok     = "question",
  fail   = { other = "fin" },
  plan   = { cancel "avis" },
  budget = { backend = "3 s" },
}

f:call "modifier" {
  PATCH = "/adresses/1/",
  body  = function(c) return { rue = c.rue } end,
  auth  = "compte",
  ok    = "question",
  fail  = { other = "fin" },
}

f:choose "question" {
  say      = "tout.question",
  on       = { effacer = "effacer", garder = "fin" },
  help     = "tout.aide",
  late     = "jump",
  commands = { retour = false },
  plan     = { cancel "avis" },
  budget   = { messages = 3 },
}

f:call "effacer" {
  DELETE = "/adresses/1/",
  auth   = "compte",
  ok     = "fin",
  fail   = { other = "fin" },
}

f:finish "fin" { say = "tout.fait", closes = "compte" }
