/*
 * Every key of messages, templates and labels: what is not here is a mistake in a script.
 */
#include "private.h"

static const struct place_doc PLACES[] = {
    { "message", "message \"id\" { … }", "what a customer reads, in each language", "ce que lit un client, dans chaque langue" },
    { "template", "template \"id\" { … }", "a message that Meta has approved, for a closed window", "un message approuvé par Meta, pour une fenêtre fermée" },
    { "labels", "labels \"id\" { … }", "how codes of the backend read", "comment se lisent les codes du serveur" },
    { "links", "links { hosts = { … } }", "where written links and pictures may lead; once a project",
      "où peuvent mener les liens et les images écrits dans les textes ; une fois par projet" },
};

static const struct key_doc KEYS[] = {
    { "message", "fr", "body", true, NULL, "in French", "en français" },
    { "message", "en", "body", false, NULL, "in English", "en anglais" },
    { "message", "ln", "body", false, NULL, "in Lingala", "en lingala" },
    { "message", "image", "text", false, NULL, "the picture above: an address, or {variable}", "l’image du haut : une adresse, ou {variable}" },
    { "message", "image_fallback", "text", false, NULL, "the picture when that one is missing", "l’image quand celle-là manque" },
    { "message", "image_mode", "\"header\" | \"before\"", false, "\"header\"", "above the text, or a message of its own",
      "au-dessus du texte, ou dans un message à part" },
    { "message", "video", "text", false, NULL, "a video (MP4) above the text: an address, or {variable}",
      "une vidéo (MP4) au-dessus du texte : une adresse, ou {variable}" },
    { "message", "video_fallback", "text", false, NULL, "the video when that one is missing", "la vidéo quand celle-là manque" },
    { "message", "document", "text", false, NULL, "a document (PDF…) above the text: an address, or {variable}",
      "un document (PDF…) au-dessus du texte : une adresse, ou {variable}" },
    { "message", "document_fallback", "text", false, NULL, "the document when that one is missing", "le document quand celui-là manque" },
    { "message", "document_name", "text", false, NULL, "the file name that the person sees: \"facture-{reference}.pdf\"",
      "le nom de fichier que voit la personne : \"facture-{reference}.pdf\"" },
    { "message", "audio", "text", false, NULL, "a sound, as a message before the text: an address, or {variable}",
      "un son, dans un message avant le texte : une adresse, ou {variable}" },
    { "message", "audio_fallback", "text", false, NULL, "the sound when that one is missing", "le son quand celui-là manque" },
    { "message", "sticker", "text", false, NULL, "a sticker (WebP), as a message before the text: an address, or {variable}",
      "un autocollant (WebP), dans un message avant le texte : une adresse, ou {variable}" },
    { "message", "sticker_fallback", "text", false, NULL, "the sticker when that one is missing", "l’autocollant quand celui-là manque" },
    { "message", "fallback", "text by name", false, NULL, "which language stands in for which: { ln = \"fr\" }",
      "quelle langue en remplace une autre : { ln = \"fr\" }" },
    { "message", "note", "text", false, NULL, "for those who write, never sent", "pour ceux qui écrivent, jamais envoyé" },

    { "template", "fr", "body", true, NULL, "in French, as approved", "en français, tel qu’approuvé" },
    { "template", "en", "body", false, NULL, "in English, as approved", "en anglais, tel qu’approuvé" },
    { "template", "ln", "body", false, NULL, "in Lingala, as approved", "en lingala, tel qu’approuvé" },
    { "template", "category", "\"utility\" | \"marketing\"", true, NULL, "Meta's category", "la catégorie chez Meta" },
    { "template", "params", "list of name", false, NULL, "the variables in Meta's order", "les variables, dans l’ordre de Meta" },
    { "template", "example", "list of text", false, NULL, "an example for each variable, for Meta", "un exemple pour chaque variable, pour Meta" },
    { "template", "image", "text", false, NULL, "the picture above", "l’image du haut" },
    { "template", "fallback", "text by name", false, NULL, "which language stands in for which: { ln = \"fr\" }",
      "quelle langue en remplace une autre : { ln = \"fr\" }" },
    { "template", "note", "text", false, NULL, "for those who write, never sent", "pour ceux qui écrivent, jamais envoyé" },

    { "labels", "fr", "body", true, NULL, "in French: one `code = text` a line", "en français : un `code = texte` par ligne" },
    { "labels", "en", "body", false, NULL, "in English", "en anglais" },
    { "labels", "ln", "body", false, NULL, "in Lingala", "en lingala" },
    { "labels", "fallback", "text by name", false, NULL, "which language stands in for which: { ln = \"fr\" }",
      "quelle langue en remplace une autre : { ln = \"fr\" }" },
    { "labels", "note", "text", false, NULL, "for those who write, never sent", "pour ceux qui écrivent, jamais envoyé" },

    { "links", "hosts", "list of text", true, NULL, "the hosts: { \"images.example.cg\" }; any other one is a warning",
      "les hôtes : { \"images.example.cg\" } ; tout autre est signalé" },
};

const struct key_doc *wording_keys(size_t *count)
{
    *count = sizeof KEYS / sizeof KEYS[0];
    return KEYS;
}

const struct place_doc *wording_places(size_t *count)
{
    *count = sizeof PLACES / sizeof PLACES[0];
    return PLACES;
}
