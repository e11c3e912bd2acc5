-- La demande de course, question par question, jusqu'à la référence COUR-…
-- Les réponses déjà données s'écrivent entre accolades : {destinataire_nom}, {valeur|fcfa}.

message "course.depart" {
  fr = [[
📦 *Nouvelle course*
Où devons-nous récupérer le colis ?
Partagez votre position, ou écrivez l'adresse avec un repère connu.
@ask-location
]],
  en = [[
📦 *New delivery*
Where should we pick up the parcel?
Share your location, or type the address with a well-known landmark.
@ask-location
]],
}

message "course.adresse_floue" {
  fr = [[
Cette adresse ne suffit pas pour trouver le lieu. Précisez la rue, le quartier et un repère, par exemple :
_12 rue Mbochis, Poto-Poto, en face de la pharmacie_
]],
  en = [[
This address is not enough to find the place. Please give the street, the district and a landmark, for example:
_12 rue Mbochis, Poto-Poto, opposite the pharmacy_
]],
}

message "course.toujours_la" {
  fr = [[
⏳ Votre demande de course vous attend. Répondez quand vous voudrez, rien n'est perdu.
Pour l'abandonner, écrivez *annuler*.
]],
  en = [[
⏳ Your delivery request is waiting. Answer whenever you like, nothing is lost.
To drop it, type *cancel*.
]],
}

message "course.arrivee" {
  fr = [[
🏁 Où devons-nous livrer le colis ?
Partagez la position, ou écrivez l'adresse avec un repère connu.
@ask-location
]],
  en = [[
🏁 Where should we deliver the parcel?
Share the location, or type the address with a well-known landmark.
@ask-location
]],
}

message "course.destinataire_nom" {
  fr = [[
👤 À qui devons-nous remettre le colis ?
Écrivez son prénom et son nom.
]],
  en = [[
👤 Who should receive the parcel?
Type their first and last name.
]],
}

message "course.destinataire_tel" {
  fr = [[
📞 À quel numéro pouvons-nous joindre {destinataire_nom} ?
Par exemple : 06 612 34 56
]],
  en = [[
📞 What number can we reach {destinataire_nom} on?
For example: 06 612 34 56
]],
}

message "course.tel_incorrect" {
  fr = [[
Nous n'avons pas reconnu ce numéro. Il lui faut 9 chiffres, comme 06 612 34 56.
]],
  en = [[
We did not recognise this number. It needs 9 digits, like 06 612 34 56.
]],
}

message "course.description" {
  fr = [[
📝 Que contient le colis ?
Quelques mots suffisent, par exemple : deux pagnes et une enveloppe.
]],
  en = [[
📝 What is in the parcel?
A few words will do, for example: two lengths of cloth and an envelope.
]],
}

message "course.valeur" {
  fr = [[
💰 Quelle est la valeur du colis, en francs CFA ?
Par exemple : 8 000
]],
  en = [[
💰 How much is the parcel worth, in CFA francs?
For example: 8,000
]],
}

message "course.valeur_incorrecte" {
  fr = [[
Écrivez seulement un montant en francs CFA, par exemple 8 000.
]],
  en = [[
Please type just an amount in CFA francs, for example 8,000.
]],
}

message "course.recapitulatif" {
  fr = [[
*Votre course, en résumé*

📍 Départ : {depart.adresse}
🏁 Arrivée : {arrivee.adresse}
👤 Destinataire : {destinataire_nom}, {destinataire_tel|phone}
📦 Contenu : {description}
💰 Valeur : {valeur|fcfa}

Tout est juste ?

[oui] ✅ Confirmer
[modifier] ✏️ Modifier
[non] Annuler
]],
  en = [[
*Your delivery at a glance*

📍 From: {depart.adresse}
🏁 To: {arrivee.adresse}
👤 Recipient: {destinataire_nom}, {destinataire_tel|phone}
📦 Contents: {description}
💰 Value: {valeur|fcfa}

Is everything right?

[oui] ✅ Confirm
[modifier] ✏️ Change
[non] Cancel
]],
}

message "course.quoi_modifier" {
  fr = [[
Que souhaitez-vous corriger ?

@menu Choisir
[depart] Adresse de départ :: {depart.adresse}
[arrivee] Adresse d'arrivée :: {arrivee.adresse}
[nom] Destinataire :: {destinataire_nom}
[tel] Téléphone :: {destinataire_tel|phone}
[colis] Contenu du colis :: {description}
[valeur] Valeur :: {valeur|fcfa}
]],
  en = [[
What would you like to change?

@menu Choose
[depart] Pick-up address :: {depart.adresse}
[arrivee] Delivery address :: {arrivee.adresse}
[nom] Recipient :: {destinataire_nom}
[tel] Phone number :: {destinataire_tel|phone}
[colis] Contents :: {description}
[valeur] Value :: {valeur|fcfa}
]],
}

message "course.fait" {
  fr = [[
@if reference: ✅ C'est noté ! Votre référence : *{reference}*
@if not reference: ✅ C'est noté !
Nous cherchons un livreur. Vous recevrez un message dès qu'il accepte votre course.
]],
  en = [[
@if reference: ✅ All set! Your reference: *{reference}*
@if not reference: ✅ All set!
We are looking for a courier. You will get a message as soon as one accepts.
]],
}

message "course.rappel" {
  fr = [[
Votre course *{reference}* est enregistrée. Nous vous écrivons à chaque étape, dès qu'un livreur l'accepte.
]],
  en = [[
Your delivery *{reference}* is registered. We will write to you at every stage, as soon as a courier accepts it.
]],
}

message "course.panne" {
  fr = [[
😕 Notre service ne répond pas pour le moment. Vos réponses sont conservées.

[reessayer] 🔁 Réessayer
[non] Annuler
]],
  en = [[
😕 Our service is not responding at the moment. Your answers are safe.

[reessayer] 🔁 Try again
[non] Cancel
]],
}

message "course.refus" {
  fr = [[
Nous n'avons pas pu enregistrer cette course. Écrivez *menu* pour en préparer une autre.
]],
  en = [[
We could not register this delivery. Type *menu* to prepare another one.
]],
}

message "course.abandon" {
  fr = [[
La demande est abandonnée : aucun livreur ne sera envoyé. Écrivez *menu* quand vous voudrez.
]],
  en = [[
The request has been dropped: no courier will be sent. Type *menu* whenever you like.
]],
}
