-- Ce que le client apprend sans avoir rien demandé : où en est sa course.
-- Un livreur peut ne pas encore avoir de nom ni de numéro : les lignes @if attendent qu'ils existent.

message "notif.acceptee" {
  fr = [[
🛵 *Votre course est acceptée*
Référence : *{reference}*

@if livreur: 👤 Livreur : {livreur}
@if telephone: 📞 {telephone|phone}
@if depart: 📍 Départ : {depart}
@if arrivee: 🏁 Arrivée : {arrivee}

Nous vous écrivons à chaque étape.
]],
  en = [[
🛵 *Your delivery has been accepted*
Reference: *{reference}*

@if livreur: 👤 Courier: {livreur}
@if telephone: 📞 {telephone|phone}
@if depart: 📍 From: {depart}
@if arrivee: 🏁 To: {arrivee}

We will write to you at every stage.
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
