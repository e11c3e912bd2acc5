/*
 * What the files of `channel` share. Nothing here leaves the module.
 */
#ifndef LISOLO_CHANNEL_PRIVATE_H
#define LISOLO_CHANNEL_PRIVATE_H

#include "lisolo/base/buf.h"
#include "lisolo/base/json.h"
#include "lisolo/channel.h"

enum { ID_BYTES_MAX = 512 };       /* wamids have some 128 (whatsapp.md §2.1), bsuids 131 (§2.5) */

/* ---- strings.c: many small pieces that live and die together ---- */

struct wa_block;

struct wa_strings {
    struct wa_block *blocks;       /* newest first */
    char            *at, *end;
};

/* With a first block of so many bytes, at most 64 KiB. */
bool  wa_strings_init(struct wa_strings *s, size_t first_bytes);
char *wa_strings_copy(struct wa_strings *s, const char *text, size_t len);   /* NUL-terminated; NULL: out of memory */
/* Room for exactly `len` bytes, no alignment: strings only. */
char *wa_strings_room(struct wa_strings *s, size_t len);
void  wa_strings_free(struct wa_block *blocks);

/* ---- mend.c ---- */

/* A copy of `body` in which \u0000 and surrogates without their other half are \ufffd; same length, free with free().
 * NULL: nothing of that kind is in it, or out of memory. */
char *wa_mend_escapes(const char *body, size_t len, bool *no_memory);

/* ---- reader.c: what is known while one webhook is read ---- */

struct contact {                   /* a member of value.contacts[]; borrowed from the tree */
    const char *phone;             /* digits */
    const char *bsuid;
    const char *name;
};

struct reader {
    const struct channel_options *options;
    struct channel_inbound       *out;
    struct wa_strings             strings;
    struct buf      scratch;       /* the JSON being printed */
    size_t          item_room;
    const char     *number;        /* business number of the change being read; in `strings` */
    struct contact *contacts;      /* of the change being read */
    size_t          contact_count, contact_room;
    size_t          contact_next;  /* where the next search begins: contacts mostly come in the order of messages */
    bool            failed;        /* out of memory */
};

/* A zeroed item at the end of the list. NULL: out of memory. */
struct store_item *wa_reader_item(struct reader *r);
/* A copy in `strings`. NULL for NULL, or out of memory (then the reader has failed). */
const char *wa_reader_keep(struct reader *r, const char *text);
/* The same for a profile name, cut to what a name can be. */
const char *wa_reader_name(struct reader *r, const char *name);
/* "+" and the digits. NULL when `digits` is not a telephone number. */
const char *wa_reader_phone(struct reader *r, const char *digits);
/* The scratch buffer as a copy in `strings`. False: out of memory. */
bool wa_reader_take_scratch(struct reader *r, struct blob *out);
/* "1793000000" -> milliseconds, never after now; now when it is no time. */
int64_t wa_reader_time(const struct reader *r, const cJSON *object);

void wa_message_read(struct reader *r, const cJSON *message);     /* message.c: one of value.messages[] */
void wa_status_read(struct reader *r, const cJSON *status);       /* status.c: one of value.statuses[] */

/* ---- content.c, bundle.c: what one message says, as an event ---- */

struct content {
    struct event event;            /* borrows from the message's tree and from `made` */
    cJSON       *made;             /* data that we built; the event's `data` when not NULL */
    char         name[TALK_NAME_MAX + 1];
    bool         failed;           /* out of memory */
};

/* Fills everything but at_ms. Never refuses: what is not known is EVENT_UNSUPPORTED with its name. */
void wa_content_read(const cJSON *message, struct content *out);
void wa_content_free(struct content *c);

cJSON *wa_bundle_contacts(const cJSON *contacts);      /* the shapes of talk.h; NULL: out of memory */
cJSON *wa_bundle_order(const cJSON *order);
cJSON *wa_bundle_reason(const cJSON *error);
/* What came with a message besides its content. NULL: nothing, or out of memory (*failed). */
cJSON *wa_bundle_extras(const cJSON *message, bool *failed);

/* ---- reader.c: small things ---- */

/* A string that is there and not empty, else NULL. */
const char *wa_some(const cJSON *object, const char *key);
/* The same for what names something and becomes part of a key: absent, too, when it is longer than any id. The store ends
 * the process when a key cannot be made, so none may be made of megabytes. */
const char *wa_some_id(const cJSON *object, const char *key);
/* Did json_parse() fail for memory? It says so in one way only. A bad body is parked, a good one must come again. */
bool wa_was_memory(const struct error *err);

#endif
