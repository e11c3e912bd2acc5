/* What ask.c and why.c share: answers in the making. A NULL parent makes a NULL child, so a chain may be asked once. */
#ifndef STORE_ASK_H
#define STORE_ASK_H

#include "lisolo/base/json.h"
#include "private.h"

struct asking {
    struct store *s;
    cJSON        *root;
    cJSON        *list;        /* what a callback adds to */
    size_t        limit;
    int64_t       only_row;    /* the story of one message: events that did not send it are left out; 0 none */
    bool          found;
    bool          ok;          /* false: out of memory */
};

cJSON *store_ask_object(cJSON *to, const char *key);
cJSON *store_ask_array(cJSON *to, const char *key);
bool   store_ask_body(cJSON *to, const char *key, struct blob body);     /* JSON as JSON, text as text */
bool   store_ask_no_memory(struct store *s);
const char *store_ask_out_state(enum out_state state);
bool   store_ask_held(struct store *s, struct asking *a, bool numbers);
enum { STORE_MASK_SIZE = 32 };
const char *store_ask_mask(const char *phone, char out[STORE_MASK_SIZE]);   /* enough to recognize it, not enough to dial it */
bool   store_ask_person(struct store *s, struct asking *a, const struct store_query *q);   /* person.c */
bool   store_ask_why(struct store *s, struct asking *a, const struct store_query *q);

#endif
