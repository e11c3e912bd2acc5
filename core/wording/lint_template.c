/*
 * What Meta would reject at review, known before it is submitted (whatsapp.md §6.2, authoring.md §2.4, T01-T10).
 */
#include <ctype.h>
#include <string.h>

#include "lisolo/channel.h"
#include "private.h"

enum { PARAMS_ADVISED = 5, REPLIES_ADVISED = 3, MARKETING_BODY_MAX = 550, BREAKS_MAX = 3 };

struct review {
    const struct wording_message *m;
    const struct version         *v;
    struct problems              *problems;
};

static void find(const struct review *r, enum problem_severity severity, const char *code, int line, int column,
                 const char *hint, const char *text)
{
    problems_add(r->problems, severity, code, r->m->file, line, column, hint, "%s", problems_text(r->problems, text));
}

/* ---- the body as one run of nodes ---- */

struct position { size_t line, node; };

static const struct node *node_at(const struct block *b, const struct position *p)
{
    return &b->lines[p->line].phrase.nodes[p->node];
}

/* False at the end. A line end counts as text between its neighbours. */
static bool first_node(const struct block *b, struct position *p)
{
    for (*p = (struct position){ 0 }; p->line < b->count; p->line++)
        if (b->lines[p->line].phrase.count > 0)
            return true;
    return false;
}

static bool last_node(const struct block *b, struct position *p)
{
    for (p->line = b->count; p->line-- > 0;)
        if (b->lines[p->line].phrase.count > 0) {
            p->node = b->lines[p->line].phrase.count - 1;
            return true;
        }
    return false;
}

/* Letters and figures; ASCII punctuation and WhatsApp's marks are none, everything beyond ASCII is taken for letters. */
static bool has_word(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (isalnum((unsigned char)text[i]) || ((unsigned char)text[i] >= 0xC3 && (unsigned char)text[i] != 0xE2))
            return true;
    return false;
}

/* T02 */
static void lint_ends(const struct review *r)
{
    const struct block *b = &r->v->text;
    const struct phrase *p;
    const struct node *n;
    struct position at;

    if (!first_node(b, &at))
        return;
    p = &b->lines[at.line].phrase;
    if (node_at(b, &at)->value != NULL)
        find(r, PROBLEM_ERROR, "T02", p->line, p->column, "begin with a word: Bonjour {client}",
             "a template cannot begin with a value");
    if (!last_node(b, &at))
        return;
    p = &b->lines[at.line].phrase;
    n = node_at(b, &at);
    if (n->value != NULL)
        find(r, PROBLEM_ERROR, "T02", p->line, n->value->column, "end with words", "a template cannot end with a value");
    else if (p->count > 1 && p->nodes[p->count - 2].value != NULL && !has_word(n->text, n->len))
        find(r, PROBLEM_WARNING, "T02", p->line, p->nodes[p->count - 2].value->column, "end with words",
             "only punctuation follows the last value: Meta may reject it");
}

/* Words outside values: Meta wants about three for each value. */
static void count_words(const struct phrase *p, size_t *words, size_t *values)
{
    bool in_word = false;

    for (size_t i = 0; i < p->count; i++) {
        const struct node *n = &p->nodes[i];

        if (n->value != NULL) {
            (*values)++;
            in_word = false;
            continue;
        }
        for (size_t k = 0; k < n->len; k++) {
            bool letter = has_word(n->text + k, 1) || ((unsigned char)n->text[k] & 0xC0) == 0x80;
            bool space = n->text[k] == ' ';

            *words += letter && !in_word;
            in_word = space ? false : in_word || letter;
        }
    }
}

/* T03, a rule that two providers found: words + variables ≥ 3 × variables + 1. */
static void lint_ratio(const struct review *r)
{
    size_t words = 0, values = 0;

    for (size_t i = 0; i < r->v->text.count; i++)
        count_words(&r->v->text.lines[i].phrase, &words, &values);
    if (values > 0 && words + values < 3 * values + 1)
        problems_add(r->problems, PROBLEM_ERROR, "T03", r->m->file, r->v->line, 1, "say more around the values",
                     "%zu words are too few for %zu values: Meta wants %zu", words, values, 2 * values + 1);
}

static void lint_neighbours(const struct review *r, const struct phrase *p)
{
    for (size_t i = 1; i < p->count; i++) {
        const struct value *v = p->nodes[i].value;

        if (v == NULL)
            continue;
        if (p->nodes[i - 1].value != NULL)
            find(r, PROBLEM_ERROR, "T08", p->line, v->column, "put a word between them", "two values with nothing between");
        else if (i > 1 && p->nodes[i - 2].value != NULL && strspn(p->nodes[i - 1].text, " ") == p->nodes[i - 1].len)
            find(r, PROBLEM_WARNING, "T08", p->line, v->column, "put a word between them",
                 "two values with only a space between: Meta may reject it");
    }
}

/* T08: what Meta does not take in a body or in a parameter. */
static void lint_lines(const struct review *r)
{
    const struct block *b = &r->v->text;
    size_t breaks = 0;

    for (size_t i = 0; i < b->count; i++) {
        const struct phrase *p = &b->lines[i].phrase;

        breaks = p->count == 0 ? breaks + 1 : 1;
        if (breaks == BREAKS_MAX + 1)
            find(r, PROBLEM_ERROR, "T08", p->line, 1, "one blank line is enough", "more than three line ends in a row");
        if (b->lines[i].kind != LINE_TEXT)
            find(r, PROBLEM_ERROR, "M20", p->line, 1, "an approved text is the same for everybody: write two templates",
                 "@if and @each have no place in a template");
        lint_neighbours(r, p);
        for (size_t n = 0; n < p->count; n++) {
            const struct value *v = p->nodes[n].value;

            if (v == NULL && strchr(p->nodes[n].text, '\t') != NULL)
                find(r, PROBLEM_ERROR, "T08", p->line, p->column, "use spaces", "a tab in a template");
            for (size_t f = 0; v != NULL && f < v->filter_count; f++)
                if (v->filters[f].format == FORMAT_TIMELINE)
                    find(r, PROBLEM_ERROR, "T08", p->line, v->column, "use |label",
                         "a timeline has several lines, a template's value has one");
        }
    }
}

/* ---- parameters ---- */

static const struct param *find_param(const struct wording_message *m, const char *name)
{
    for (size_t i = 0; i < m->param_count; i++)
        if (strcmp(m->params[i].name, name) == 0)
            return &m->params[i];
    return NULL;
}

/* Every value of the text is a parameter and the same one everywhere, every parameter stands in the text. */
static void lint_params(const struct review *r)
{
    const struct wording_message *m = r->m;
    const struct block *b = &r->v->text;

    for (size_t i = 0; i < b->count; i++)
        for (size_t n = 0; n < b->lines[i].phrase.count; n++) {
            const struct value *v = b->lines[i].phrase.nodes[n].value;

            if (v != NULL && find_param(m, v->path.text) == NULL)
                problems_add(r->problems, PROBLEM_ERROR, "T05", m->file, v->line, v->column, "add it to params and example",
                             "{%s} is not among the params", v->path.text);
            for (size_t k = 0; v != NULL && k < m->param_count; k++)
                if (strcmp(m->params[k].name, v->path.text) == 0 && r->v->params[k] != v &&
                    r->v->params[k]->filter_count != v->filter_count)
                    problems_add(r->problems, PROBLEM_ERROR, "T05", m->file, v->line, v->column,
                                 "write it the same way everywhere", "{%s} stands twice with different formats",
                                 v->path.text);
        }
    for (size_t i = 0; i < m->param_count; i++)
        if (r->v->params[i] == NULL)
            problems_add(r->problems, PROBLEM_ERROR, "T05", m->file, m->params[i].line, m->params[i].column,
                         "put it into the text of every language, or take it out", "the param \"%s\" is not in the text",
                         m->params[i].name);
}

/* T05, and T04: the house rule. */
static void lint_examples(const struct review *r)
{
    const struct wording_message *m = r->m;

    for (size_t i = m->example_count; i < m->param_count; i++)
        problems_add(r->problems, PROBLEM_ERROR, "T05", m->file, m->params[i].line, m->params[i].column,
                     "Meta's reviewers read it: example = { … }, in the order of params", "the param \"%s\" has no example",
                     m->params[i].name);
    for (size_t i = 0; i < m->example_count; i++) {
        const struct param *e = &m->examples[i];

        if (i >= m->param_count)
            problems_add(r->problems, PROBLEM_WARNING, "T05", m->file, e->line, e->column, "one for each param",
                         "an example without a param");
        else if (e->name[0] == '\0' || strpbrk(e->name, "\n\t") != NULL)
            problems_add(r->problems, PROBLEM_ERROR, "T05", m->file, e->line, e->column,
                         "write what a customer would read, on one line", "an example that is empty or has several lines");
    }
    if (m->param_count > PARAMS_ADVISED)
        find(r, PROBLEM_WARNING, "T04", m->params[PARAMS_ADVISED].line, m->params[PARAMS_ADVISED].column,
             "five are enough for a message that reads well", "more than five values");
}

/* ---- the rest ---- */

static void lint_parts(const struct review *r)
{
    const struct version *v = r->v;

    if (v->has_menu)
        find(r, PROBLEM_ERROR, "M20", v->menu.line, 1, "a template has buttons only", "@menu has no place in a template");
    if (v->ask_location)
        find(r, PROBLEM_ERROR, "M20", v->line, 1, "ask in the flow that a button starts",
             "@ask-location has no place in a template");
    if (phrase_extent(&v->header, LANGUAGE_FR).open)
        find(r, PROBLEM_ERROR, "M20", v->header.line, v->header.column, "write words",
             "a template's header cannot hold a value");
    if (phrase_extent(&v->footer, LANGUAGE_FR).open)
        find(r, PROBLEM_ERROR, "M20", v->footer.line, v->footer.column, "write words",
             "a template's footer cannot hold a value");
    if (v->has_header && r->m->medium != MEDIUM_NONE)
        find(r, PROBLEM_ERROR, "M20", v->header.line, v->header.column, "take one out",
             "a header and an image take the same place");
    if (v->has_link)
        find(r, PROBLEM_ERROR, "M20", v->link_title.line, 1, "write the address in the text", "@link has no place in a template");
    if (v->contact_count > 0)
        find(r, PROBLEM_ERROR, "M20", v->contacts[0].line, 1, "send it in a message of its own",
             "@contact has no place in a template");
    if (v->choice_count > REPLIES_ADVISED)
        find(r, PROBLEM_WARNING, "T10", v->choices[REPLIES_ADVISED].line, 1,
             "three are shown, the others hide behind a menu", "more than three buttons");
    if (r->m->category == CATEGORY_MARKETING && block_extent(&v->text, LANGUAGE_FR, NULL).fixed > MARKETING_BODY_MAX)
        find(r, PROBLEM_WARNING, "T06", v->line, 1, "Meta may reject it: make it shorter",
             "a marketing text of more than 550 characters");
}

static void lint_meta_language(const struct review *r, enum language l)
{
    const struct language_facts *facts = language_facts(l);

    if (facts->meta == NULL && r->m->fallback[l] == LANGUAGE_NONE)
        problems_add(r->problems, PROBLEM_ERROR, "T07", r->m->file, r->v->line, 1,
                     "say which language stands in: fallback = { ln = \"fr\" }", "Meta has no templates in %s (%s)",
                     problems_text(r->problems, facts->name), facts->code);
}

void lint_template(const struct wording_message *m, struct problems *problems)
{
    struct review r = { .m = m, .problems = problems };

    if (strchr(m->id, '.') != NULL)
        find(&r, PROBLEM_ERROR, "T01", m->line, 1, "its name is the one at Meta: \"mission_accepted\"",
             "a template's name is made of a-z, 0-9 and _");
    for (int l = 0; l < LANGUAGES; l++) {
        r.v = &m->versions[l];
        if (!r.v->present)
            continue;
        lint_meta_language(&r, (enum language)l);
        lint_ends(&r);
        lint_ratio(&r);
        lint_lines(&r);
        lint_params(&r);
        lint_parts(&r);
    }
    r.v = NULL;
    lint_examples(&r);
}
