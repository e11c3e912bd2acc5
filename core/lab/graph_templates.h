/*
 * graph_templates - the approved templates of the business that the stand-in plays.
 *
 * Read from a JSON array. Each item is in Meta's form, as it is created there (whatsapp.md §6.1):
 *     {"name", "language", "category", "status", "parameter_format", "components": [{"type": "BODY", "text": "… {{1}} …"}, …]}
 * or in the short form:
 *     {"name", "language", "params": 2 | ["client", "reference"], "named": false, "body": "… {{1}} …", "buttons": ["Suivre"]}
 */
#ifndef LAB_GRAPH_TEMPLATES_H
#define LAB_GRAPH_TEMPLATES_H

#include <stdbool.h>
#include <stddef.h>

#include "graph_limits.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"

enum { TEMPLATE_PARAMS_MAX = 32, TEMPLATE_PARAM_NAME = 64 };

enum template_header { HEADER_NONE, HEADER_TEXT, HEADER_MEDIA, HEADER_LOCATION };
enum template_button { BUTTON_QUICK_REPLY, BUTTON_URL, BUTTON_CODE, BUTTON_OTHER };

struct template {
    const char *name, *language, *category, *status;   /* strings live in the list's tree */
    const char *body;                                  /* NULL: not given, only the count is known */
    const char *footer;
    enum template_header header;
    const char *header_format;                         /* "IMAGE"…; NULL */
    bool        header_variable;
    bool        body_only;
    bool        named;
    int         params;
    char        names[TEMPLATE_PARAMS_MAX][TEMPLATE_PARAM_NAME];
    int         buttons;
    struct {
        enum template_button kind;
        const char *text;
        bool        variable;
    } button[LIMIT_TEMPLATE_BUTTONS];
};

struct templates;

/* Takes the tree in any case. NULL: err says which item is wrong. */
struct templates *templates_read(cJSON *tree, struct error *err);
struct templates *templates_load(const char *file, struct error *err);
void              templates_free(struct templates *t);   /* NULL is fine */
const cJSON      *templates_tree(const struct templates *t);

/* NULL: no template of that name in that language. *known tells whether the name exists in another one. */
const struct template *templates_find(const struct templates *t, const char *name, const char *language, bool *known);

#endif
