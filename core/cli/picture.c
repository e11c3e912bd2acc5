#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "lisolo/base/utf8.h"

enum { EXITS_MAX = 256, NO_NODE = -1 };

/* ---- words ---- */

static void shorten(char *text)
{
    size_t cut = utf8_cut(text, PICTURE_WORDS);

    while (cut > 0 && text[cut] != '\0' && text[cut - 1] == ' ')
        cut--;
    if (text[cut] != '\0' && cut + sizeof "…" <= WORDS_MAX)
        memcpy(text + cut, "…", sizeof "…");
}

/* Without WhatsApp's bold, which is noise in a picture. */
static void words_of(const struct wording_message *m, char out[WORDS_MAX])
{
    size_t to = 0;

    out[0] = '\0';
    if (m != NULL)
        wording_words(m, out, WORDS_MAX - sizeof "…");
    for (const char *from = out; *from != '\0'; from++)
        if (*from != '*')
            out[to++] = *from;
    out[to] = '\0';
    shorten(out);
}

static void join(char **list, size_t count, char out[WORDS_MAX])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count && len + sizeof "…" < WORDS_MAX; i++) {
        int n = snprintf(out + len, WORDS_MAX - sizeof "…" - len, "%s%s", i > 0 ? ", " : "", list[i]);

        len = n < 0 || len + (size_t)n >= WORDS_MAX - sizeof "…" ? strlen(out) : len + (size_t)n;
    }
    shorten(out);
}

/* ---- nodes and edges ---- */

static size_t add_node(struct picture *p, struct picture_node one)
{
    if (p->node_count == p->node_cap) {
        size_t cap = p->node_cap == 0 ? 64 : p->node_cap * 2;
        struct picture_node *list = reallocarray(p->nodes, cap, sizeof *list);

        if (list == NULL) {
            p->failed = true;
            return 0;
        }
        p->nodes = list;
        p->node_cap = cap;
    }
    p->nodes[p->node_count] = one;
    return p->node_count++;
}

/* Two ways to the same place are one arrow with both names. */
static void add_edge(struct picture *p, size_t from, size_t to, bool beside, const char *label)
{
    size_t more = strlen(label);

    for (size_t i = p->edge_count; i-- > 0 && p->edges[i].from == from;) {
        struct picture_edge *e = &p->edges[i];
        size_t len = strlen(e->label);

        if (e->to != to || e->beside != beside || (len == 0) != (label[0] == '\0'))
            continue;
        if (len > 0 && len + more + 2 < LABEL_MAX) {
            memcpy(e->label + len, ", ", 2);
            memcpy(e->label + len + 2, label, more + 1);
        }
        return;
    }
    if (p->edge_count == p->edge_cap) {
        size_t cap = p->edge_cap == 0 ? 128 : p->edge_cap * 2;
        struct picture_edge *list = reallocarray(p->edges, cap, sizeof *list);

        if (list == NULL) {
            p->failed = true;
            return;
        }
        p->edges = list;
        p->edge_cap = cap;
    }
    p->edges[p->edge_count] = (struct picture_edge){ .from = from, .to = to, .beside = beside };
    (void)snprintf(p->edges[p->edge_count++].label, LABEL_MAX, "%.*s", LABEL_MAX - 1, label);
}

static int find(const struct picture *p, enum node_kind kind, const struct flow *f, const struct step *s)
{
    for (size_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].kind == kind && p->nodes[i].flow == f && p->nodes[i].step == s)
            return (int)i;
    return NO_NODE;
}

static bool is_drawn(const struct picture *p, const struct flow *f) { return p->only == NULL || p->only == f; }

/* A flow that is drawn is entered at its first step; another one is a node of its own. */
static size_t entry(struct picture *p, const struct flow *f)
{
    if (is_drawn(p, f) && f->start != NULL)
        return (size_t)find(p, NODE_STEP, f, f->start);
    for (size_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].kind == NODE_FLOW && p->nodes[i].name == f->name)
            return i;
    return add_node(p, (struct picture_node){ .kind = NODE_FLOW, .name = f->name });
}

static size_t end_of(struct picture *p, const struct flow *f)
{
    int n = find(p, NODE_END, f, NULL);

    return n != NO_NODE ? (size_t)n : add_node(p, (struct picture_node){ .kind = NODE_END, .flow = f, .name = say_text("end") });
}

/* ---- the ways out of a step ---- */

static void say_span(int64_t ms, char *out, size_t size)
{
    static const struct { int64_t ms; const char *name; } UNITS[] = { { 24 * 3600000LL, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" } };

    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (ms % UNITS[i].ms == 0 || i == 3) {
            (void)snprintf(out, size, "%lld %s", (long long)(ms / UNITS[i].ms), say_text(UNITS[i].name));
            return;
        }
}

static void label_of(const struct step *s, const struct step_exit *x, char out[LABEL_MAX])
{
    char span[32], title[WORDS_MAX];

    (void)snprintf(out, LABEL_MAX, "%.*s", (int)sizeof x->label, x->label);
    if (strcmp(x->label, "next") == 0) {
        out[0] = '\0';
    } else if (strncmp(x->label, "on ", 3) == 0) {
        wording_choice_words(s->say, x->label + 3, title, sizeof title);
        (void)snprintf(out, LABEL_MAX, "[%s]%s", title[0] == '\0' ? x->label + 3 : title, x->to.edit ? " edit" : "");
    } else if (strncmp(x->label, "fail ", 5) == 0) {
        (void)snprintf(out, LABEL_MAX, "%.*s", (int)sizeof x->label - 5, x->label + 5);
    } else if (strcmp(x->label, "give_up") == 0) {
        (void)snprintf(out, LABEL_MAX, say_text("give_up after %d"), s->tries);
    } else if (strcmp(x->label, "expire") == 0) {
        say_span(s->has_expire ? s->expire.after_ms : s->flow->expire.after_ms, span, sizeof span);
        (void)snprintf(out, LABEL_MAX, "expire %s", span);
    }
}

static bool is_beside(const struct step_exit *x)
{
    return strncmp(x->label, "fail ", 5) == 0 || strcmp(x->label, "give_up") == 0 || strcmp(x->label, "expire") == 0;
}

static void add_exits(struct picture *p, size_t node)
{
    const struct step *s = p->nodes[node].step;
    struct step_exit exits[EXITS_MAX];
    size_t n = step_exits(s, exits, EXITS_MAX);

    for (size_t i = 0; i < n && i < EXITS_MAX; i++) {
        char label[LABEL_MAX];
        bool nowhere = exits[i].to.step == NULL && exits[i].to.flow == NULL;

        if (nowhere && strcmp(exits[i].label, "expire") == 0)      /* every question ends some day: that is no news */
            continue;
        label_of(s, &exits[i], label);
        add_edge(p, node, nowhere ? end_of(p, s->flow) : exits[i].to.flow != NULL ? entry(p, exits[i].to.flow) : (size_t)find(p, NODE_STEP, s->flow, exits[i].to.step),
                 is_beside(&exits[i]), label);
    }
    if (s->run != NULL)
        add_edge(p, node, entry(p, s->run), true, "run");
}

/* ---- between flows ---- */

static void add_afterwards(struct picture *p, const struct flow *f)
{
    char words[WORDS_MAX];
    size_t from;

    for (size_t i = 0; i < f->afterwards.rule_count; i++) {
        const struct after_rule *r = &f->afterwards.rules[i];

        if (r->flow == NULL)
            continue;
        from = end_of(p, f);
        join(r->words, r->word_count, words);
        add_edge(p, from, entry(p, r->flow), true, words);
    }
}

static void add_menu(struct picture *p)
{
    const struct flows *f = p->flows;
    struct picture_node menu = { .kind = NODE_MENU, .name = "menu" };
    size_t node;

    words_of(f->menu_say, menu.words);
    node = add_node(p, menu);
    for (size_t i = 0; i < f->menu_on_count; i++) {
        char title[WORDS_MAX] = "", label[LABEL_MAX];

        if (f->menu_say != NULL)
            wording_choice_words(f->menu_say, f->menu_on[i].id, title, sizeof title);
        (void)snprintf(label, sizeof label, "[%s]", title[0] == '\0' ? f->menu_on[i].id : title);
        if (f->menu_on[i].to.flow != NULL)
            add_edge(p, node, entry(p, f->menu_on[i].to.flow), false, label);
    }
}

static void add_events(struct picture *p)
{
    for (size_t i = 0; i < p->flows->event_count; i++) {
        const struct event_rule *e = &p->flows->events[i];
        struct picture_node one = { .kind = NODE_EVENT, .name = e->type };
        size_t node;

        if (e->case_count > 0 && e->cases[0].say_count > 0)
            words_of(e->cases[0].say[0], one.words);
        node = add_node(p, one);
        for (size_t k = 0; k < e->tap_count; k++) {
            char label[LABEL_MAX];

            (void)snprintf(label, sizeof label, "[%s]", e->taps[k].id);
            if (e->taps[k].to.flow != NULL)
                add_edge(p, node, entry(p, e->taps[k].to.flow), true, label);
        }
    }
}

static void add_steps(struct picture *p, const struct flow *f)
{
    struct picture_node start = { .kind = NODE_START, .flow = f, .name = f->name };

    join(f->words, f->word_count, start.words);
    (void)add_node(p, start);
    for (size_t i = 0; i < f->step_count; i++) {
        struct picture_node one = { .kind = NODE_STEP, .flow = f, .step = &f->steps[i], .name = f->steps[i].name };

        words_of(f->steps[i].say, one.words);
        (void)add_node(p, one);
    }
}

bool picture_make(const struct flows *flows, const struct flow *only, struct picture *out)
{
    size_t steps;

    *out = (struct picture){ .flows = flows, .only = only };
    for (size_t i = 0; i < flows->count; i++)
        if (is_drawn(out, &flows->list[i]))
            add_steps(out, &flows->list[i]);
    steps = out->node_count;
    if (only == NULL && !out->failed)
        add_menu(out);
    for (size_t i = 0; i < steps && !out->failed; i++) {
        const struct flow *f = out->nodes[i].flow;

        if (out->nodes[i].kind == NODE_STEP)
            add_exits(out, i);
        else if (f->start != NULL)
            add_edge(out, i, entry(out, f), false, "");
    }
    for (size_t i = 0; i < flows->count && !out->failed; i++)
        if (is_drawn(out, &flows->list[i]))
            add_afterwards(out, &flows->list[i]);
    if (only == NULL && !out->failed)
        add_events(out);
    return !out->failed;
}

void picture_free(struct picture *p)
{
    free(p->nodes);
    free(p->edges);
    *p = (struct picture){ .flows = NULL };
}
