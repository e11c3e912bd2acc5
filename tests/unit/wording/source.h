/*
 * source - wording as its authors write it, for tests: Lua text to statements, with the lines that `script` would give.
 *
 * Only what wording files hold: message, template and labels statements in column 0.
 */
#ifndef TEST_WORDING_SOURCE_H
#define TEST_WORDING_SOURCE_H

#include "lisolo/wording.h"

struct source {
    struct statements statements;
    struct problems   problems;
    struct wording   *wording;
};

/* Builds; fails the test when Lua refuses the text. */
void source_build(struct source *s, const char *file, const char *lua);
/* The same from files below scripts/templates, all together. */
void source_build_files(struct source *s, const char *const *names, size_t count);
void source_free(struct source *s);

/* Builds and checks that nothing is wrong with it. */
void source_build_clean(struct source *s, const char *lua);
/* Renders; `vars` and `rows` are JSON, NULL for none. */
bool source_render(const struct source *s, const char *id, const char *language, const char *vars, const char *rows, struct wording_output *out, struct error *err);
/* The body of the only part of a message; stays valid until the next call. */
const char *source_body(const struct source *s, const char *id, const char *language, const char *vars);

#endif
