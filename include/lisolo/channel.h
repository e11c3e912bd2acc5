/*
 * channel - WhatsApp Cloud API: its JSON to neutral events and back, its limits, its error codes. No I/O. Any thread.
 *
 * Facts and numbers: whatsapp.md, the section is named at each.
 */
#ifndef LISOLO_CHANNEL_H
#define LISOLO_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"
#include "lisolo/base/problems.h"
#include "lisolo/store.h"
#include "lisolo/talk.h"

/* Limits, §4.2, §4.8, §4.9, §14: counted in code points and in UTF-16 units, the larger counts. */
enum {
    CHANNEL_TEXT_MAX = 4096, CHANNEL_BODY_MAX = 1024 /* interactive and captions, list too: §14 */, CHANNEL_BUTTONS_MAX = 3, CHANNEL_ROWS_MAX = 10,
    CHANNEL_BUTTON_TITLE_MAX = 20, CHANNEL_BUTTON_ID_MAX = 256, CHANNEL_ROW_TITLE_MAX = 24, CHANNEL_ROW_DESCRIPTION_MAX = 72,
    CHANNEL_ROW_ID_MAX = 200, CHANNEL_MENU_MAX = 20, CHANNEL_HEADER_MAX = 60, CHANNEL_FOOTER_MAX = 60, CHANNEL_PAYLOAD_MAX = 128,
    CHANNEL_TEMPLATE_BUTTON_MAX = 25, CHANNEL_TEMPLATE_BUTTONS_MAX = 10, CHANNEL_CALLBACK_MAX = 512, CHANNEL_LINK_TITLE_MAX = 20,
    CHANNEL_URL_MAX = 2000 /* §6.2, for templates; taken for all */, CHANNEL_FILE_NAME_MAX = 240 /* no figure is published */,
    CHANNEL_WEBHOOK_MAX = 4 * 1024 * 1024 /* payloads go to 3 MB: §1.2 */,
};
#define CHANNEL_WINDOW_MS (24LL * 3600 * 1000)   /* customer service window, §7 */

/* "sha256=<64 hex>" against each secret, over the raw bytes, in constant time. `header` may be NULL. §1.3 */
bool channel_signature_ok(const void *body, size_t len, const char *header, const char *const *secrets, size_t secret_count);

/* What one webhook POST holds. Strings live as long as this. */
struct channel_inbound {
    struct store_item *items;      /* events (body = event JSON) and statuses, in the order of the payload */
    size_t             count;
    size_t             ignored;    /* changes of fields that we do not handle yet, groups, other numbers */
    size_t             stale;      /* messages older than STORE_SEEN_MS by their own time: answered, not handled */
    size_t             errors;     /* account-level `errors[]` */
    int                error_code; /* the first of those */
    bool               no_memory;  /* with false: the body is not at fault, refuse it with 503 */
    void              *memory;     /* private */
};

struct channel_options {
    const char *const *numbers;    /* phone_number_ids that are ours; NULL: all */
    size_t             number_count;
    const char        *install;    /* store_install_id(): statuses with another one are matched by wamid only */
    int64_t            now_ms;
};

/* False: not a webhook (not JSON, not an object of the envelope's shape): park it. Anything inside that is unknown becomes an
 * `unsupported` event, never an error. */
bool channel_read_webhook(const char *body, size_t len, const struct channel_options *options, struct channel_inbound *out, struct error *err);
void channel_inbound_free(struct channel_inbound *in);

/* The callback string of an outbox row: "v1.<install>.<id>.<attempt>", echoed in its statuses. */
enum { CHANNEL_CALLBACK_SIZE = 64 };
void channel_callback(char out[CHANNEL_CALLBACK_SIZE], const char *install, int64_t out_id, int attempt);
bool channel_callback_read(const char *text, const char *install, int64_t *out_id, int *attempt);

/* Every limit at once. Message texts name the limit and the figure. `where` is put into the problems. True when none is an error. */
struct channel_place { const char *file; int line, column; };
bool channel_check(const struct message *m, const struct channel_place *where, struct problems *out);
/* The same for a message about to be queued: first problem as an error. */
bool channel_fits(const struct message *m, struct error *err);

struct channel_to { const char *phone; const char *bsuid; };

/* The body of POST /{version}/{pnid}/messages. Free with free(). NULL: err says why. §4 */
char *channel_print_message(const struct message *m, const struct channel_to *to, const char *callback, size_t *len, struct error *err);

/* What an API answer means. §8.2 */
enum channel_class {
    ANSWER_ACCEPTED,     /* wamid is set */
    ANSWER_RETRY,        /* surely not sent, may pass later */
    ANSWER_THROTTLED,    /* surely not sent: the number must slow down */
    ANSWER_PAIR,         /* surely not sent: this recipient must wait (131056) */
    ANSWER_AMBIGUOUS,    /* 5xx, 2xx without an id…: may have been sent */
    ANSWER_PERMANENT,    /* will not pass */
    ANSWER_WINDOW,       /* outside the window: only a template may leave (131047) */
    ANSWER_STOP,         /* token, permission, account: stop the number and tell the operator */
};
struct channel_answer {
    enum channel_class class;
    int  code;                 /* Meta's, 0 none */
    char wamid[256];
    char text[256];            /* message and details, for logs and `why`; no personal data added by us */
};
/* §8.2 as data, by code: for `why`, the reference and tests. */
struct channel_code {
    int         first, last;       /* a range; mostly one code */
    enum channel_class class;
    const char *meaning;
    const char *action;            /* what an operator or author does about it */
    const char *source;            /* "doc": Meta's text; "code": seen in public code */
};
const struct channel_code *channel_codes(size_t *count);
const struct channel_code *channel_code_find(int code);   /* NULL: unknown */

void channel_read_answer(int http_status, const char *body, size_t len, struct channel_answer *out);
/* Code 0: none was given. HTTP status 0: it came with a `failed` status. */
enum channel_class channel_code_class(int code, int http_status);
const char *channel_class_name(enum channel_class class);

#endif
