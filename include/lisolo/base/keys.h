/*
 * keys - what the language can say: one row for each key that a statement knows, with its meaning in English and French.
 *
 * `flow` and `wording` own the rows (core/flow/keys.c, core/wording/keys.c). From them come the complaints about unknown keys,
 * the reference page, the names for editors and the test that every key is used somewhere. Constant data, for any thread.
 *
 * A place is a table in which keys stand: "ask", "branch case", "text". Two keys are not names: "*" stands for every name
 * that the author chooses, "[]" for the items of a list.
 *
 * `form` says what kind of value a key takes, in these words (tests/unit/cli/test_reference.c holds every row to them):
 *
 *     text number boolean            duration ("10 min")            data (any plain table)
 *     name (a-z 0-9 _)               path ("client.prenom")         time ("day 08:00", "21:00-07:00")
 *     message template step flow command event session label        names of things that are declared
 *     target                         a step, or edit "step"
 *     body                           what customers read
 *     answer                         text {} phone {} …
 *     function(…)                    with its parameters
 *     in:PLACE                       a table with the keys of that place
 *     list of F                      { F, F, … }
 *     F by name                      { name = F, … }
 *     F | G                          one or the other
 *     "a" | "b"                      one of these words
 */
#ifndef LISOLO_BASE_KEYS_H
#define LISOLO_BASE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct key_doc {
    const char *place, *key, *form;
    bool        required;
    const char *standard;             /* what holds without the key, as one would write it; NULL: nothing */
    const char *en, *fr;              /* one line each, without a full stop */
};

struct place_doc {
    const char *place;
    const char *shape;                /* how it is written: "f:ask \"nom\" { … }"; NULL: only inside another place */
    const char *en, *fr;
};

/* NULL when the place has no such key; then *near is the key that was probably meant, or NULL. `near` may be NULL. */
const struct key_doc *keys_find(const struct key_doc *list, size_t count, const char *place, const char *key, const char **near);
/* Only by its own name: "*" does not stand for it. */
const struct key_doc *keys_exact(const struct key_doc *list, size_t count, const char *place, const char *key);
bool keys_has_place(const struct key_doc *list, size_t count, const char *place);

#endif
