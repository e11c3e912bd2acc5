/*
 * Filling in: values looked up, formatted and cleaned, lines that have something to say put one below the other.
 */
#include <string.h>

#include "private.h"

const cJSON *scope_get(const struct scope *s, const struct path *p)
{
    const cJSON *found = NULL;

    if (p->top[0] == '.')
        return s->item;
    if (s->rest != NULL && strcmp(p->text, "rest") == 0)
        return s->rest;
    if (cJSON_IsObject(s->item))
        found = json_get(s->item, p->top);
    if (found == NULL && s->values->get != NULL)
        found = s->values->get(s->values->ctx, p->top);
    if (found != NULL && p->rest != NULL)
        found = json_path(found, p->rest);
    return cJSON_IsNull(found) ? NULL : found;
}

bool text_is_blank(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (strncmp(text, "\u00A0", 2) != 0)
            return *text == '\0';
        text += 2;
    }
}

bool scope_says(const struct scope *s, const struct path *p)
{
    const cJSON *v = scope_get(s, p);

    if (v == NULL || cJSON_IsFalse(v))
        return false;
    if (cJSON_IsString(v))
        return !text_is_blank(v->valuestring);
    if (cJSON_IsNumber(v))
        return v->valuedouble != 0;
    return cJSON_IsTrue(v) || v->child != NULL;
}

static bool fail(const struct printer *p, const struct value *v, const char *why)
{
    const char *bar = v->filter_count > 0 ? "|" : "";
    const char *format = v->filter_count > 0 ? format_name(v->filters[0].format) : "";

    return error_set(p->err, "%s:%d: {%s%s%s}: %s", p->m->file, v->line, v->path.text, bar, format, why);
}

/* Through every filter but the last, whose result goes to `out`. */
static bool apply_all(struct printer *p, const struct value *v, struct atom atom, struct buf *out)
{
    struct buf steps[2];
    const char *why = NULL;
    bool ok = true;

    buf_init(&steps[0], RENDER_BYTES_MAX);
    buf_init(&steps[1], RENDER_BYTES_MAX);
    for (size_t i = 0; ok && i < v->filter_count; i++) {
        const struct filter *f = &v->filters[i];
        struct buf *to = i + 1 == v->filter_count ? out : &steps[i % 2];

        p->env.times = f->times.text == NULL ? NULL : scope_get(&p->scope, &f->times);
        if (to != out)
            buf_clear(to);
        ok = format_apply(f, &p->env, &atom, to, &why);
        if (!ok)
            fail(p, v, why);
        else
            atom = (struct atom){ .text = buf_str(to) };
    }
    buf_free(&steps[0]);
    buf_free(&steps[1]);
    return ok;
}

static bool print_atom(struct printer *p, const struct value *v, const struct atom *atom, struct buf *out)
{
    if (v->filter_count > 0)
        return apply_all(p, v, *atom, out);
    if (!atom->is_number)
        return buf_adds(out, atom->text) || fail(p, v, "too long");
    /* Without a format a number is a name for something (an order, a quantity): no thousands. */
    if (atom->number > -1e15 && atom->number < 1e15 && atom->number == (double)(int64_t)atom->number)
        return buf_addf(out, "%lld", (long long)atom->number) || fail(p, v, "too long");
    return number_print(p->env.language, atom->number, -1, out) || fail(p, v, "too long");
}

/* The words of {livreur|or "Un livreur"}; NULL when there are none. */
static const char *stand_in(const struct value *v)
{
    for (size_t i = 0; i < v->filter_count; i++)
        if (v->filters[i].format == FORMAT_OR)
            return v->filters[i].forms[0].text;
    return NULL;
}

static bool print_stand_in(struct printer *p, const struct value *v, struct buf *out)
{
    const char *words = stand_in(v);

    if (words == NULL)
        return fail(p, v, "no value");
    return buf_adds(out, words) || fail(p, v, "too long");
}

static bool print_text(struct printer *p, const struct value *v, const char *text, struct buf *out)
{
    struct atom atom = { .text = text };

    if (value_has_stand_in(v) && text_is_blank(text))
        return print_stand_in(p, v, out);
    return print_atom(p, v, &atom, out);
}

static bool print_string(struct printer *p, const struct value *v, const char *text, struct buf *out)
{
    struct buf clean;
    bool ok;

    if (text_is_clean(text))
        return print_text(p, v, text, out);
    buf_init(&clean, RENDER_BYTES_MAX);
    ok = text_clean(text, &clean) ? print_text(p, v, buf_str(&clean), out) : fail(p, v, "too long");
    buf_free(&clean);
    return ok;
}

bool value_has_stand_in(const struct value *v)
{
    return stand_in(v) != NULL;
}

bool value_print(struct printer *p, const struct value *v, struct buf *out)
{
    const struct language_facts *facts = language_facts(p->env.language);
    const cJSON *found = scope_get(&p->scope, &v->path);
    struct atom atom = { 0 };

    if (found == NULL)
        return print_stand_in(p, v, out);
    if (cJSON_IsString(found))
        return print_string(p, v, found->valuestring, out);
    if (cJSON_IsNumber(found)) {
        atom.is_number = true;
        atom.number = found->valuedouble;
    } else if (cJSON_IsBool(found)) {
        atom.text = cJSON_IsTrue(found) ? facts->yes : facts->no;
    } else {
        return fail(p, v, "a table, not a text");
    }
    return print_atom(p, v, &atom, out);
}

bool phrase_print(struct printer *p, const struct phrase *phrase, struct buf *out)
{
    for (size_t i = 0; i < phrase->count; i++) {
        const struct node *node = &phrase->nodes[i];

        if (node->value != NULL) {
            if (!value_print(p, node->value, out))
                return false;
        } else if (!buf_add(out, node->text, node->len)) {
            return error_set(p->err, "%s:%d: the text is too long, or out of memory", p->m->file, phrase->line);
        }
    }
    return true;
}

/* ---- lines ---- */

struct page {
    struct buf *out;
    size_t from;              /* where the block begins in `out` */
    size_t blanks;            /* blank lines that wait for a line of text */
    bool   left_out;          /* a line was left out since the last one that was printed */
    int    over;              /* items that the @each before did not show */
};

static bool print_line(struct printer *p, struct page *page, const struct phrase *phrase)
{
    if (page->out->len > page->from) {
        buf_addc(page->out, '\n');
        for (; page->blanks > 0; page->blanks--)
            buf_addc(page->out, '\n');
    }
    page->blanks = 0;
    page->left_out = false;
    return phrase_print(p, phrase, page->out);
}

static bool print_each(struct printer *p, struct page *page, const struct line *line)
{
    const cJSON *list = scope_get(&p->scope, &line->test), *outer = p->scope.item;
    int left = line->max;
    bool ok = true;

    page->over = 0;
    if (!cJSON_IsArray(list) || list->child == NULL) {
        page->left_out = true;
        return true;
    }
    for (const cJSON *item = list->child; ok && item != NULL && left > 0; item = item->next, left--) {
        p->scope.item = item;
        ok = print_line(p, page, &line->phrase);
    }
    p->scope.item = outer;
    page->over = cJSON_GetArraySize(list) - line->max;
    return ok;
}

static bool print_rest(struct printer *p, struct page *page, const struct line *line)
{
    const cJSON over = { .type = cJSON_Number, .valuedouble = page->over, .valueint = page->over };
    bool ok;

    if (page->over <= 0) {
        page->left_out = true;
        return true;
    }
    p->scope.rest = &over;
    ok = print_line(p, page, &line->phrase);
    p->scope.rest = NULL;
    return ok;
}

/* Blank lines around a line that is left out become one; none stays at the top or at the end. */
static void skip_line(struct page *page, bool blank)
{
    if (!blank)
        page->left_out = true;
    else if (page->out->len > page->from && !(page->left_out && page->blanks > 0))
        page->blanks++;
}

bool block_print(struct printer *p, const struct block *b, struct buf *out)
{
    struct page page = { .out = out, .from = out->len };
    bool ok = true;

    for (size_t i = 0; ok && i < b->count; i++) {
        const struct line *line = &b->lines[i];

        if (line->kind == LINE_EACH)
            ok = print_each(p, &page, line);
        else if (line->kind == LINE_REST)
            ok = print_rest(p, &page, line);
        else if (line->kind == LINE_TEXT && line->phrase.count == 0)
            skip_line(&page, true);
        else if (line->kind != LINE_TEXT && scope_says(&p->scope, &line->test) != (line->kind == LINE_IF))
            skip_line(&page, false);
        else
            ok = print_line(p, &page, &line->phrase);
    }
    return ok;
}
