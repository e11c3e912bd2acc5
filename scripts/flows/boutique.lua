-- La boutique : une catégorie, un marchand, un article, sa quantité, l'adresse, le paiement, puis la commande.
-- Les prix arrivent du service sous toutes les formes ; fcfa(…) en fait un nombre, ou rien quand il n'y en a pas.
local f = flow "boutique"
f.start = "charger_categories"
f.words = { "boutique", "marketplace", "commander", "acheter", "shop" }

-- Le total n'est jamais rangé : il se recalcule quand le client corrige la quantité.
f.values = {
  total = function(c) return c.quantite and c.produit and c.produit.prix * c.quantite end,
}

f.afterwards = {
  last = "12 h",
  keep = { "commande" },
  on   = {
    { words = { "merci", "thank you", "thanks" },                      say = "commun.de_rien" },
    { words = { "ma commande", "ou en est", "my order", "reference" }, say = "boutique.rappel" },
  },
}

f:call "charger_categories" {
  GET   = "/api/v1/marketplace/categories/",
  pages = 3,
  save  = { categories = { "id", "nom" } },
  ok    = "categories_ou_rien",
  fail  = { other = "indisponible" },
}

f:branch "categories_ou_rien" {
  { when = function(c) return #(c.categories or {}) == 0 end, go = "indisponible" },
  { go = "categorie" },
}

f:choose "categorie" {
  say  = "boutique.categories",
  list = function(c) return c.categories end,
  next = "charger_marchands",
}

f:call "charger_marchands" {
  GET   = "/api/v1/auth/entreprises/",
  query = { type_entreprise = "{categorie.id}" },
  pages = 3,
  save  = { marchands = { "id", "nom_entreprise", "adresse" } },
  ok    = "marchands_ou_rien",
  fail  = { other = "indisponible" },
}

f:branch "marchands_ou_rien" {
  { when = function(c) return #(c.marchands or {}) == 0 end, go = "aucun_marchand" },
  { go = "marchand" },
}

f:choose "aucun_marchand" {
  say = "boutique.aucun_marchand",
  on  = { autres = "categorie", fermer = "fermer" },
}

f:choose "marchand" {
  say  = "boutique.marchands",
  list = function(c) return c.marchands end,
  next = "charger_produits",
}

-- Seuls les articles de ce marchand, en stock et avec un prix lisible : un article sans prix ne se vend pas.
-- Le service ne compte pas toujours le stock, l'article se vend alors sans limite ; sa liste vient nue ou dans « results ».
f:call "charger_produits" {
  GET   = "/api/v1/marketplace/produits/disponibles/",
  query = { entreprise = "{marchand.id}" },
  pages = 5,
  save  = {
    produits = function(c, articles)
      local bons = {}
      for _, p in ipairs(articles.results or articles) do
        local prix, stock = fcfa(p.prix), tonumber(p.stock)
        if prix and p.entreprise == c.marchand.id and (stock or 1) > 0 then
          bons[#bons + 1] = { id = p.id, nom = p.nom, prix = prix, stock = stock, image = p.image, description = p.description }
        end
      end
      return bons
    end,
  },
  ok    = "produits_ou_rien",
  fail  = { other = "indisponible" },
}

f:branch "produits_ou_rien" {
  { when = function(c) return #c.produits == 0 end, go = "aucun_produit" },
  { go = "produit" },
}

f:choose "aucun_produit" {
  say = "boutique.aucun_produit",
  on  = { autres = "marchand", fermer = "fermer" },
}

f:choose "produit" {
  say  = "boutique.produits",
  list = function(c) return c.produits end,
  next = "fiche",
}

f:choose "fiche" {
  say = "boutique.fiche",
  on  = { choisir = "quantite", autres = "produit" },
}

f:ask "quantite" {
  say    = "boutique.quantite",
  expect = number { min = 1, max = 99 },
  retry  = "boutique.quantite_incorrecte",
  check  = function(c, n)
    if c.produit.stock and n > c.produit.stock then return nil, "boutique.stock_insuffisant" end
    return true
  end,
}

f:ask "adresse" {
  say    = "boutique.adresse",
  expect = one_of { location(), text { min = 5, max = 200 } },
  retry  = "course.adresse_floue",
  remind = { "15 min", "boutique.toujours_la" },
}

f:choose "paiement" {
  say  = "boutique.paiement",
  on   = { especes = "confirmer", mobile_money = "confirmer", virement = "confirmer" },
  save = "paiement",
}

f:choose "confirmer" {
  say    = "boutique.recapitulatif",
  on     = { oui = "envoyer", modifier = "quoi_modifier", non = "abandon" },
  expire = { "2 h", "abandon" },
}

f:choose "quoi_modifier" {
  say  = "boutique.quoi_modifier",
  on   = {
    quantite = edit "quantite",
    adresse  = edit "adresse",
    paiement = edit "paiement",
  },
  next = "confirmer",
}

-- Le panier reste quand le service tombe : réessayer garde la même clé et ne commande jamais deux fois.
-- Il arrive que le service enregistre la commande sans dire son numéro.
f:call "envoyer" {
  POST = "/api/v1/marketplace/commandes/",
  body = function(c)
    local modes = { especes = "espèces", mobile_money = "mobile_money", virement = "virement" }
    return {
      entreprise          = c.marchand.id,
      adresse_livraison   = c.adresse.adresse,
      coordonnees_gps     = c.adresse.point or "0,0",
      telephone_livraison = c.telephone,
      mode_paiement       = modes[c.paiement],
      details             = { { produit = c.produit.id, quantite = c.quantite, prix_unitaire = c.produit.prix } },
    }
  end,
  save = {
    commande = function(_, r)
      local id = r.id or r.commande_id
      return r.numero_commande or (id and "C-" .. id)
    end,
  },
  ok   = "fait",
  fail = { timeout = "panne", network = "panne", http_5xx = "panne", other = "refus" },
}

f:choose "panne" {
  say = "boutique.panne",
  on  = { reessayer = "envoyer", non = "abandon" },
}

f:finish "fait"         { say = "boutique.fait" }
f:finish "refus"        { say = "boutique.refus" }
f:finish "abandon"      { say = "boutique.abandon" }
f:finish "fermer"       { say = "boutique.a_bientot" }
f:finish "indisponible" { say = "boutique.indisponible" }
