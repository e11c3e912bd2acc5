/*
 * talk - the neutral event, message and person: what the engine speaks, whatever the channel.
 *
 * Each has one JSON form, used in the store, in tests and in replays. Nothing here knows WhatsApp or SQL.
 */
#ifndef LISOLO_TALK_H
#define LISOLO_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"

enum {
    TALK_NAME_MAX  = 64,    /* flow, step, message, choice names, bytes without NUL */
    TALK_CHOICES_MAX = 10,  /* rows of a list; whatsapp.md §4.8 */
    TALK_CONTACTS_MAX = 5,  /* cards of one message; WhatsApp takes 257 and advises few: whatsapp.md §4.7 */
};

/* ---- events: everything that enters a conversation ---- */

enum event_kind {
    EVENT_TEXT, EVENT_CHOICE, EVENT_LOCATION, EVENT_MEDIA, EVENT_CONTACTS, EVENT_FORM, EVENT_ORDER,
    EVENT_REACTION, EVENT_EDIT, EVENT_REVOKE, EVENT_SYSTEM, EVENT_UNSUPPORTED,   /* from the person */
    EVENT_TIMER,      /* a durable timer of the conversation; `name`, `guard` */
    EVENT_ANSWER,     /* the answer of a backend call; `name` = step, `guard`, `outcome`, `status`, `data` = body */
    EVENT_BACKEND,    /* a signed backend event, in its routing conversation; `name` = type, `data` = body */
    EVENT_NOTICE,     /* a backend event routed to this person; as EVENT_BACKEND, plus `text` = key of the `on` statement */
    EVENT_FORGET,     /* an operator: everything that is kept about this person is erased */
    EVENT_SENT,       /* an outbox row that somebody waits for was accepted or failed; `outcome` */
    EVENT_STAFF,      /* somebody of the house took the conversation, or gave it back; `outcome` take, back */
    EVENT_SOURCE,     /* another system's webhook, in its routing conversation; `name` = source, `data` = its body */
};

struct event {
    enum event_kind kind;
    int64_t     at_ms;        /* the sender's own time when it gave one, else when we got it */
    const char *id;           /* wamid, webhook id; NULL for our own */
    const char *text;         /* words: what was typed, the tapped title, a caption */
    const char *choice;       /* id of the tapped button, row, or template payload */
    const char *reply_to;     /* id of the message that this answers */
    bool        has_point;
    double      latitude, longitude;
    const char *place;        /* name of a chosen place */
    const char *address;
    const char *media;        /* "image" "video" "audio" "document" "sticker" */
    const char *media_id;
    const char *mime;
    const char *sha256;       /* as it came */
    const char *file_name;
    bool        voice;
    const char *name;         /* see the kinds above; for SYSTEM and UNSUPPORTED: which */
    uint64_t    guard;        /* number of the turn that asked for a timer or a call */
    const char *outcome;      /* ANSWER: ok timeout http_4xx http_5xx network; SENT: accepted failed */
    int         status;       /* ANSWER: HTTP status, 0 without one */
    const cJSON *data;        /* the rest, by kind (see below); NULL when none */
    cJSON      *tree;         /* owns all of the above when it came from event_parse(); else NULL */
};

/*
 * `data` of what a person sent:
 *   CONTACTS     [{"name":"Junior Okemba","phones":["+242066000002"]}, …]
 *   FORM         the form's own object; `name` says which form, `text` what the person saw
 *   ORDER        {"catalog":"900","items":[{"product":"SKU1","quantity":2,"price":2500,"currency":"XAF"}]}; prices are the client's claim
 *   UNSUPPORTED  {"code":131051,"reason":"…"} when the channel said why
 *   others       {"forwarded":true}, {"ad":{"id":…,"url":…,"title":…,"click":…}}, {"product":{"catalog":…,"product":…}}: those that apply
 * REACTION: `text` is the emoji (NULL: taken away), `reply_to` its message. EDIT and REVOKE: `reply_to` is the message, `text` the new words.
 */

const char *event_kind_name(enum event_kind kind);   /* "text" … as in the JSON form */
bool  event_from_person(enum event_kind kind);       /* opens the 24-hour window; SYSTEM does not: WhatsApp wrote it */

/* `out` must be freed with event_free() when true. Refuses what event_print() never writes. */
bool  event_parse(const char *json, size_t len, struct event *out, struct error *err);
void  event_free(struct event *e);
/* JSON form, free with free(). NULL: out of memory. */
char *event_print(const struct event *e, size_t *len);
/* The same, appended to `out`; buf_ok() tells. */
void  event_write(struct buf *out, const struct event *e);
/* A JSON string with its quotes, appended. `text` must be UTF-8: it is not looked at. */
void  talk_quote(struct buf *out, const char *text);

/* ---- messages: what leaves ---- */

enum message_kind {
    MESSAGE_TEXT,              /* body */
    MESSAGE_BUTTONS,           /* body, 1-3 choices; header, or image, video or document above the text; footer */
    MESSAGE_LIST,              /* body, menu (the word on the button), 1-10 choices; header, footer */
    MESSAGE_LOCATION_REQUEST,  /* body */
    MESSAGE_IMAGE,             /* image, body as caption (may be empty) */
    MESSAGE_TEMPLATE,          /* template, language, params, choices (ids are payloads) */
    MESSAGE_LINK,              /* body, url, url_title: one button that opens a page; header or media, footer */
    MESSAGE_VIDEO,             /* video, body as caption (may be empty) */
    MESSAGE_DOCUMENT,          /* document, file_name, body as caption (may be empty) */
    MESSAGE_AUDIO,             /* audio */
    MESSAGE_STICKER,           /* sticker */
    MESSAGE_CONTACTS,          /* contacts: 1 to TALK_CONTACTS_MAX cards */
};

struct message_choice {
    char *id;
    char *title;
    char *description;   /* lists only; NULL */
};

struct message_contact {
    char *name;
    char *phone;         /* "+242066123456" */
};

struct message {
    enum message_kind kind;
    char  *body;
    char  *header;       /* text; NULL */
    char  *footer;       /* NULL */
    char  *image;        /* https link; NULL; so are the next four */
    char  *video;
    char  *document;
    char  *audio;
    char  *sticker;
    char  *file_name;    /* of the document, as the person sees it; NULL */
    char  *url;          /* of a LINK, https */
    char  *url_title;    /* the word on its button */
    char  *menu;
    char  *template_name;
    char  *language;     /* of a template: "fr"; else the language it was rendered in */
    char **params;       /* rendered body parameters of a template */
    size_t param_count;
    char **param_names;  /* NULL: positional */
    struct message_choice *choices;
    size_t choice_count;
    struct message_contact *contacts;
    size_t contact_count;
    char  *source;       /* message id in scripts/templates, for `why`; NULL */
};

void     message_init(struct message *m, enum message_kind kind);
void     message_free(struct message *m);                 /* what it holds, not `m` */
bool     message_add_choice(struct message *m, const char *id, const char *title, const char *description);
bool     message_add_contact(struct message *m, const char *name, const char *phone);
cJSON   *message_to_json(const struct message *m);        /* NULL: out of memory */
bool     message_from_json(const cJSON *json, struct message *out, struct error *err);
const char *message_kind_name(enum message_kind kind);

#endif
