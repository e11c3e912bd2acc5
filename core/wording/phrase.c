/*
 * A line of text with its values: "Bonjour {prenom}, {prix|fcfa}". \{ is a brace.
 */
#include <string.h>

#include "private.h"

static bool add_node(struct reader *r, struct phrase *p, struct node node)
{
    p->nodes = arena_more(&r->w->arena, p->nodes, p->count, sizeof *p->nodes);
    if (p->nodes == NULL)
        return false;
    p->nodes[p->count++] = node;
    return true;
}

/* Text up to a value; \{ and \} lose their backslash. */
static bool add_text(struct reader *r, struct phrase *p, const char *text, size_t len)
{
    char *copy;
    size_t kept = 0;

    if (len == 0)
        return true;
    copy = arena_take(&r->w->arena, len + 1);
    if (copy == NULL)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\' && i + 1 < len && (text[i + 1] == '{' || text[i + 1] == '}'))
            i++;
        copy[kept++] = text[i];
    }
    return add_node(r, p, (struct node){ .text = copy, .len = kept });
}

size_t phrase_span(const char *text, size_t len, char stop)
{
    bool quoted = false;

    for (size_t i = 0; i < len; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text[i] == stop)
            return i;
    }
    return len;
}

static void trim(const char **text, size_t *len)
{
    while (*len > 0 && **text == ' ')
        (*text)++, (*len)--;
    while (*len > 0 && (*text)[*len - 1] == ' ')
        (*len)--;
}

/* The filters behind the name. Problems are reported; false: out of memory. */
static bool read_filters(struct reader *r, struct value *v, const char *text, size_t len)
{
    while (len > 0) {
        size_t one = phrase_span(text + 1, len - 1, '|');
        struct complaint c = { .problems = r->problems };
        struct filter filter;

        if (!filter_read(&r->w->arena, r->w, text + 1, one, &filter, &c)) {
            if (c.code[0] == '\0')
                return false;
            v->broken = true;
            if (!c.set_missing || !r->labels_lost)
                report(r, PROBLEM_ERROR, c.code, v->line, v->column, c.hint, "{%s}: %s", v->path.text, c.text);
        } else {
            v->filters = arena_more(&r->w->arena, v->filters, v->filter_count, sizeof *v->filters);
            if (v->filters == NULL)
                return false;
            v->filters[v->filter_count++] = filter;
        }
        text += 1 + one;
        len -= 1 + one;
    }
    return true;
}

/* What stands between { and }. */
static bool add_value(struct reader *r, struct phrase *p, const char *text, size_t len, int line, int column)
{
    size_t name_len = phrase_span(text, len, '|'), rest = len - name_len;
    const char *name = text;
    struct value *v = arena_take(&r->w->arena, sizeof *v);
    bool memory;

    if (v == NULL)
        return false;
    v->line = line;
    v->column = column;
    trim(&name, &name_len);
    if (!path_read(&r->w->arena, name, name_len, &v->path, &memory)) {
        if (!memory)
            report(r, PROBLEM_ERROR, "M21", line, column, "a value is {name} or {name.part|format}; write \\{ for a brace",
                   "cannot read {%.*s}", (int)len, text);
        return !memory && add_text(r, p, text - 1, len + 2);
    }
    return read_filters(r, v, text + (len - rest), rest) && add_node(r, p, (struct node){ .value = v });
}

/* Bytes up to a { that is not escaped. */
static size_t plain_text(const char *text, size_t len)
{
    size_t i = 0;

    while (i < len && text[i] != '{')
        i += text[i] == '\\' && i + 1 < len ? 2 : 1;
    return i;
}

bool phrase_read(struct reader *r, const char *text, size_t len, int line, int column, struct phrase *out)
{
    const char *at = text, *end = text + len;

    *out = (struct phrase){ .line = line, .column = column };
    while (at < end) {
        size_t plain = plain_text(at, (size_t)(end - at)), inside;
        int here;

        if (!add_text(r, out, at, plain))
            return false;
        at += plain;
        if (at == end)
            break;
        here = column + text_columns(text, (size_t)(at - text));
        inside = phrase_span(at + 1, (size_t)(end - at - 1), '}');
        if (at + 1 + inside == end) {
            report(r, PROBLEM_ERROR, "M21", line, here, "close it with }, or write \\{ for a brace", "a value is not closed");
            return add_text(r, out, at, (size_t)(end - at));
        }
        if (!add_value(r, out, at + 1, inside, line, here))
            return false;
        at += inside + 2;
    }
    return r->language != LANGUAGE_FR || french_spaces(&r->w->arena, out, &r->in_fence);
}
