-- Ce que le client apprend de sa course sans rien demander.
-- L'ordre des cas est celui des étapes : une étape annoncée ne l'est plus jamais, une étape dépassée non plus.
-- outside : le modèle approuvé par Meta qui part quand le client n'a rien écrit depuis 24 heures.

on "mission.status_changed" {
  to   = "contact_entreprise",
  by   = "statut",
  key  = "numero_mission",
  vars = {
    reference = "numero_mission",
    livreur   = "livreur_nom",
    telephone = "livreur_telephone",
    depart    = "adresse_recuperation",
    arrivee   = "adresse_livraison",
    statut    = "statut",
  },
  cases = {
    {
      is      = { "accepted", "assigned", "assignee", "confirme" },
      say     = { "notif.acceptee", "notif.contact" },
      outside = "mission_accepted",
    },
    {
      is      = { "pickup_arrived", "arrive_pickup", "au_depart" },
      say     = "notif.au_depart",
    },
    {
      is      = { "in_transit", "en_route", "picked_up", "recupere" },
      say     = "notif.en_route",
    },
    {
      is      = { "delivered", "livree", "completed", "termine" },
      say     = "notif.livree",
      outside = "mission_delivered",
    },
  },
}
