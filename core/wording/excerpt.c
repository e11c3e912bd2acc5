/*
 * A message in a few words, for lists and pictures: as it is written, values by their names.
 */
#include <string.h>

#include "private.h"

static void copy_phrase(const struct phrase *p, char *out, size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < p->count; i++) {
        const struct node *n = &p->nodes[i];
        const char *text = n->value != NULL ? n->value->path.text : n->text;
        size_t more = n->value != NULL ? strlen(text) : n->len;
        size_t braces = n->value != NULL;

        if (len + more + 2 * braces >= size)
            break;
        if (braces > 0)
            out[len++] = '{';
        memcpy(out + len, text, more);
        len += more;
        if (braces > 0)
            out[len++] = '}';
    }
    out[len] = '\0';
}

void wording_words(const struct wording_message *m, char *out, size_t size)
{
    const struct version *v = &m->versions[m->shown[LANGUAGE_FR]];

    out[0] = '\0';
    for (size_t i = 0; i < v->text.count && text_is_blank(out); i++)
        if (v->text.lines[i].kind != LINE_REST)
            copy_phrase(&v->text.lines[i].phrase, out, size);
}

void wording_choice_words(const struct wording_message *m, const char *id, char *out, size_t size)
{
    const struct version *v = &m->versions[m->shown[LANGUAGE_FR]];

    out[0] = '\0';
    for (size_t i = 0; i < v->choice_count; i++)
        if (!v->choices[i].model && strcmp(v->choices[i].id, id) == 0)
            copy_phrase(&v->choices[i].title, out, size);
}
