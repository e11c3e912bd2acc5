-- La demande de course : où prendre le colis, où le livrer, à qui, ce qu'il contient et ce qu'il vaut.
-- Le client relit sa demande, corrige ce qu'il veut, confirme, et reçoit sa référence.
local f = flow "course"
f.start = "depart"
f.words = { "course", "coursier", "livraison", "envoyer un colis", "delivery", "send a parcel" }

-- Une fois la course enregistrée, ses mots gardent leur sens pendant quelques heures.
f.afterwards = {
  last = "12 h",
  keep = { "reference" },
  on   = {
    { words = { "merci", "thank you", "thanks" },                                             say = "commun.de_rien" },
    { words = { "mon livreur", "ma course", "ou en est", "my courier", "my delivery" },       say = "course.rappel" },
  },
}

-- Une position partagée ou une adresse écrite : les deux se lisent ensuite de la même façon, {depart.adresse}.
f:ask "depart" {
  say    = "course.depart",
  expect = one_of { location(), text { min = 5, max = 200 } },
  retry  = "course.adresse_floue",
  remind = { "10 min", "course.toujours_la" },
}

f:ask "arrivee" {
  say    = "course.arrivee",
  expect = one_of { location(), text { min = 5, max = 200 } },
  retry  = "course.adresse_floue",
}

f:ask "destinataire_nom" {
  say    = "course.destinataire_nom",
  expect = text { min = 2, max = 60 },
}

-- Après trois numéros impossibles, un conseiller vaut mieux qu'une quatrième question.
f:ask "destinataire_tel" {
  say     = "course.destinataire_tel",
  expect  = phone { country = "CG" },
  retry   = "course.tel_incorrect",
  tries   = 3,
  give_up = "conseiller",
}

f:ask "description" {
  say    = "course.description",
  expect = text { min = 3, max = 300 },
}

f:ask "valeur" {
  say    = "course.valeur",
  expect = amount { min = 0, max = 5000000 },
  retry  = "course.valeur_incorrecte",
}

f:choose "confirmer" {
  say    = "course.recapitulatif",
  on     = { oui = "envoyer", modifier = "quoi_modifier", non = "abandon" },
  expire = { "2 h", "abandon" },
}

-- edit : poser cette seule question, puis revenir au récapitulatif.
f:choose "quoi_modifier" {
  say  = "course.quoi_modifier",
  on   = {
    depart  = edit "depart",
    arrivee = edit "arrivee",
    nom     = edit "destinataire_nom",
    tel     = edit "destinataire_tel",
    colis   = edit "description",
    valeur  = edit "valeur",
  },
  next = "confirmer",
}

-- Le service attend la valeur en texte, et ne donne pas toujours de numéro de mission : la référence est alors M-12,
-- ou rien quand il ne donne pas même cela.
f:call "envoyer" {
  POST = "/api/v1/coursier/missions/",
  body = function(c)
    return {
      entreprise_demandeur     = c.prenom or "Client",
      contact_entreprise       = c.telephone,
      adresse_recuperation     = c.depart.adresse,
      coordonnees_recuperation = c.depart.point,
      adresse_livraison        = c.arrivee.adresse,
      coordonnees_livraison    = c.arrivee.point,
      nom_client_final         = c.destinataire_nom,
      telephone_client_final   = c.destinataire_tel,
      description_produit      = c.description,
      valeur_produit           = string.format("%d", c.valeur),
      type_paiement            = "entreprise_paie",
    }
  end,
  save = {
    reference = function(_, r)
      local id = r.id or r.mission_id
      return r.numero_mission or (id and "M-" .. id)
    end,
  },
  ok   = "fait",
  fail = { timeout = "panne", network = "panne", http_5xx = "panne", other = "refus" },
}

-- Réessayer ne crée jamais deux courses : l'envoi garde la même clé tant que le service n'a pas répondu.
f:choose "panne" {
  say = "course.panne",
  on  = { reessayer = "envoyer", non = "abandon" },
}

f:finish "fait"       { say = "course.fait" }
f:finish "refus"      { say = "course.refus" }
f:finish "abandon"    { say = "course.abandon" }
f:finish "conseiller" { say = "commun.conseiller", handover = true }
