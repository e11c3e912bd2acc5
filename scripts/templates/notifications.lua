-- Ce que le client apprend sans avoir rien demandé : où en est sa course.
-- Un livreur peut ne pas encore avoir de nom ni de numéro : les lignes @if attendent qu'ils existent.

-- Les étapes d'une course, dans l'ordre : à gauche les mots du service, à droite ce que le client lit.
-- Un ! marque une fin hors du parcours ; * dit ce qu'on montre pour un mot que personne ne connaît.
labels "etape" {
  fr = [[
pending, en_attente, new                          = Demande créée
accepted, assigned, assignee, confirme            = Livreur assigné
pickup_arrived, arrive_pickup, au_depart          = Récupération
in_transit, en_route, picked_up, recupere         = En transit
delivered, livree, completed, termine             = Livré
! cancelled, canceled, annule, annulee            = Course annulée
*                                                 = En cours
]],
  en = [[
pending, en_attente, new                          = Request created
accepted, assigned, assignee, confirme            = Courier assigned
pickup_arrived, arrive_pickup, au_depart          = Pick-up
in_transit, en_route, picked_up, recupere         = In transit
delivered, livree, completed, termine             = Delivered
! cancelled, canceled, annule, annulee            = Delivery cancelled
*                                                 = Under way
]],
  fallback = { ln = "fr" },
}

message "notif.acceptee" {
  fr = [[
🛵 *Votre course est acceptée*
Référence : *{reference}*

👤 {livreur|or "Un livreur"} se rend au point de départ.
@if telephone: 📞 {telephone|phone}
@if depart: 📍 Départ : {depart}
@if arrivee: 🏁 Arrivée : {arrivee}

{statut|timeline etape}

Nous vous écrivons à chaque étape.
]],
  en = [[
🛵 *Your delivery has been accepted*
Reference: *{reference}*

👤 {livreur|or "A courier"} is heading for the pick-up point.
@if telephone: 📞 {telephone|phone}
@if depart: 📍 From: {depart}
@if arrivee: 🏁 To: {arrivee}

{statut|timeline etape}

We will write to you at every stage.
]],
}

-- La carte part seulement quand le service connaît le numéro du livreur.
message "notif.contact" {
  fr = [[
@if telephone: 📇 Enregistrez le contact de votre livreur pour le joindre facilement.
@contact {livreur|or "Votre livreur"} :: {telephone}
]],
  en = [[
@if telephone: 📇 Save your courier's contact to reach them easily.
@contact {livreur|or "Your courier"} :: {telephone}
]],
}

message "notif.au_depart" {
  fr = [[
📍 *Votre livreur est au point de départ*
Référence : *{reference}*

{livreur|or "Votre livreur"} vient récupérer le colis.
]],
  en = [[
📍 *Your courier is at the pick-up point*
Reference: *{reference}*

{livreur|or "Your courier"} is collecting the parcel.
]],
}

message "notif.en_route" {
  fr = [[
🚚 *Votre colis est en route*
Référence : *{reference}*

@if arrivee: 🏁 Direction : {arrivee}
Nous vous écrivons dès qu'il est livré.
]],
  en = [[
🚚 *Your parcel is on its way*
Reference: *{reference}*

@if arrivee: 🏁 Heading for: {arrivee}
We will write to you as soon as it is delivered.
]],
}

message "notif.livree" {
  fr = [[
🎉 *Votre colis est livré*
Référence : *{reference}*

Merci de votre confiance. Pour une nouvelle course, écrivez *menu*.
]],
  en = [[
🎉 *Your parcel has been delivered*
Reference: *{reference}*

Thank you for your trust. For a new delivery, type *menu*.
]],
}

-- Les modèles approuvés par Meta : eux seuls peuvent partir plus de 24 heures après le dernier message du client.
-- Toute retouche du texte doit être approuvée de nouveau.

template "mission_accepted" {
  category = "utility",
  params   = { "reference", "livreur" },
  example  = { "COUR-20250127-061", "Junior Okemba" },
  fallback = { ln = "fr" },
  fr = [[
Bonjour, votre course {reference} est acceptée.
{livreur|or "Un livreur"} se rend au point de départ pour récupérer votre colis.
Gardez votre téléphone à portée de main.
]],
  en = [[
Hello, your delivery {reference} has been accepted.
{livreur|or "A courier"} is heading for the pick-up point to collect your parcel.
Please keep your phone at hand.
]],
}

template "mission_delivered" {
  category = "utility",
  params   = { "reference", "livreur" },
  example  = { "COUR-20250127-061", "Junior Okemba" },
  fallback = { ln = "fr" },
  fr = [[
Bonjour, votre course {reference} est terminée.
{livreur|or "Votre livreur"} a remis le colis à son destinataire. Merci d'avoir choisi TokTok Delivery.
]],
  en = [[
Hello, your delivery {reference} is complete.
{livreur|or "Your courier"} has handed the parcel to its recipient. Thank you for choosing TokTok Delivery.
]],
}
