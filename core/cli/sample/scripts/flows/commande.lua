-- Une commande de pain : quoi, combien, puis le client relit et confirme.
local f = flow "commande"
f.start = "pain"
f.words = { "commande", "commander", "pain" }
f.values = {
  total = function(c) return c.combien * 250 end,
}

f:choose "pain" {
  say    = "commande.pain",
  on     = { baguette = "combien", brioche = "combien" },
  save   = "choix",
  remind = { "10 min", "commande.relance" },
}

-- Après trois réponses qui ne sont pas un nombre, un conseiller vaut mieux qu'une quatrième question.
f:ask "combien" {
  say     = "commande.combien",
  expect  = number { min = 1, max = 50 },
  retry   = "commande.combien_incorrect",
  tries   = 3,
  give_up = "conseiller",
}

f:choose "confirmer" {
  say    = "commande.recapitulatif",
  on     = { oui = "fait", modifier = "pain", non = "abandon" },
  expire = { "2 h", "abandon" },
}

f:finish "fait"       { say = "commande.fait" }
f:finish "abandon"    { say = "commande.abandon" }
f:finish "conseiller" { say = "commun.conseiller", handover = true }
