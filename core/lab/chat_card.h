/*
 * chat_card - one message of the host, read from Graph JSON for showing and tapping. Lenient: what it does not know it names.
 */
#ifndef LAB_CHAT_CARD_H
#define LAB_CHAT_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph_templates.h"
#include "lisolo/base/json.h"

enum { CARD_CHOICES_MAX = 16, CARD_OWN_MAX = CARD_CHOICES_MAX + 4 };

enum choice_kind { CHOICE_BUTTON, CHOICE_ROW, CHOICE_QUICK_REPLY };

struct choice {
    enum choice_kind kind;
    const char *id, *title, *description;   /* description NULL when none */
    const char *section;                    /* title of the section that starts here; NULL */
};

struct card {
    unsigned    number;           /* as shown: #4 */
    int64_t     at_ms;
    const char *wamid;
    const char *label;            /* "template mission_accepted (fr)", "contact"…; NULL */
    const char *media, *link;     /* "image", and its link or id; NULL */
    const char *file_name;        /* of a document; NULL */
    const char *header, *body, *footer;
    const char *menu;             /* the word on a list's button */
    const char *url_title, *url;
    bool        asks_location;
    struct choice choices[CARD_CHOICES_MAX];
    size_t      choice_count;
    cJSON      *tree;             /* owns the strings, with these: */
    char       *own[CARD_OWN_MAX];
    size_t      own_count;
};

/*
 * Reads one item of GET /_lab/messages, which it takes (a detached item). `templates` gives a template's words, may be NULL, and is not needed afterwards.
 * False: out of memory or no message; nothing is left to free.
 */
bool card_read(cJSON *item, const struct templates *templates, struct card *out);
void card_free(struct card *c);

#endif
