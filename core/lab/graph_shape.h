/*
 * graph_shape - the checks of single JSON fields that every message type is made of.
 *
 * `where` is the object's place as Meta writes it: interactive['action']['buttons'][0]. Each function returns false (or NULL)
 * after filling `why`. Missing fields are 131008, wrong JSON types and unknown keys 100, wrong values 131009.
 */
#ifndef LAB_GRAPH_SHAPE_H
#define LAB_GRAPH_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "graph_refusal.h"
#include "lisolo/base/json.h"

enum { SHAPE_WHERE = 160 };

/* Nested objects have declared keys: Graph refuses others, while it ignores unknown ones at the top of a request. `known` ends with NULL. */
bool shape_keys(struct refusal *why, const cJSON *object, const char *where, const char *const *known);

/* A member that must be there and be an object, or a list of `min` to `max` items. */
const cJSON *shape_object(struct refusal *why, const cJSON *parent, const char *where, const char *key);
const cJSON *shape_list(struct refusal *why, const cJSON *parent, const char *where, const char *key, int min, int max);

enum shape_flags {
    SHAPE_OPTIONAL = 1,   /* may be absent (but not of another type) */
    SHAPE_LINE     = 2,   /* no line breaks */
    SHAPE_TIGHT    = 4,   /* no white space at the ends */
};

/* A string of 1 to `max` UTF-16 units that is not only white space. *out may be NULL'd when optional and absent. */
bool shape_text(struct refusal *why, const cJSON *parent, const char *where, const char *key, size_t max, unsigned flags,
                const char **out);

/* https only: Meta tolerates http for media without promising it (§4.3). `schemes_http` also lets http pass (cta_url). */
bool shape_url(struct refusal *why, const char *url, const char *where, const char *key, bool schemes_http);

/* UTF-16 units of a valid UTF-8 string. */
size_t shape_units(const char *text);
bool   shape_blank(const char *text);

/* {"id": digits} or {"link": https}, exactly one of them, and the keys that the flags allow. */
enum shape_media { SHAPE_CAPTION = 1, SHAPE_FILENAME = 2, SHAPE_VOICE = 4 };
bool shape_media(struct refusal *why, const cJSON *parent, const char *where, const char *key, unsigned flags);

#endif
