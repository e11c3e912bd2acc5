/*
 * From statements to definitions, in two passes: first every flow and step gets its name and its place, so that the second
 * can point at all of them; then keys are read, and at last the whole graph is looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* A question that nobody answers for a day is over: after that no free message may leave anyway (whatsapp.md §7). */
enum { DAY_MS = 24 * 3600 * 1000, POOL_BLOCK_BYTES = 16 * 1024 };

struct flows_memory {                  /* `flows` first: what is handed out is where the pool is found again */
    struct flows flows;
    struct pool  pool;
};

static bool is_property(const struct statement *s)
{
    if (strcmp(s->verb, "values") == 0)
        return true;
    return strcmp(s->verb, "set") == 0 && s->name != NULL && flow_has_property(s->name);
}

/* `f.wrods = { "course" }`: a property by its value, with a name that is none. A set step holds functions by name. */
static bool is_misspelt_property(const struct statement *s)
{
    return strcmp(s->verb, "set") == 0 && (s->body.type != DECL_TABLE || decl_items(&s->body) > 0);
}

static bool is_step(const struct statement *s)
{
    return s->owner != NULL && s->name != NULL && flow_step_verb(s->verb) >= 0 && !is_property(s)
        && !is_misspelt_property(s);
}

/* ---- first pass ---- */

static bool file_fits(const struct statement *s)
{
    const char *slash = strrchr(s->file, '/'), *base = slash == NULL ? s->file : slash + 1;
    size_t len = strlen(s->name);

    return strncmp(base, s->name, len) == 0 && strcmp(base + len, ".lua") == 0;
}

static bool add_flow(struct build *b, const struct statement *s)
{
    struct flow *f = &b->flows->list[b->flows->count];

    if (s->name == NULL || !flow_read_name(b, flow_at(s), s->name, "flow"))
        return true;
    if (flows_find(b->flows, s->name) != NULL) {
        flow_report(b, CODE_FLOW_TWICE, flow_at(s), "one flow a file", "the flow \"%.64s\" exists already",
                    s->name);
        return true;
    }
    if (!file_fits(s))
        flow_report(b, CODE_FLOW_FILE, flow_at(s), "name the file after its flow",
                    "the flow \"%.64s\" must stand in %.64s.lua", s->name, s->name);
    f->name = pool_text(b->pool, s->name);
    f->file = pool_text(b->pool, s->file);
    f->line = s->line;
    f->expire.after_ms = DAY_MS;
    if (f->name == NULL || f->file == NULL)
        return false;
    b->flows->count++;
    return true;
}

static struct flow *owner(const struct build *b, const struct statement *s)
{
    for (size_t i = 0; s->owner != NULL && i < b->flows->count; i++)
        if (strcmp(b->flows->list[i].name, s->owner) == 0)
            return &b->flows->list[i];
    return NULL;
}

static bool add_step(struct build *b, const struct statement *s)
{
    struct flow *f = owner(b, s);
    struct step *step;

    if (f == NULL || !flow_read_name(b, flow_at(s), s->name, "step"))
        return true;
    if (flow_step(f, s->name) != NULL) {
        flow_report(b, CODE_STEP_TWICE, flow_at(s), "give one of them another name",
                    "the flow \"%.64s\" has two steps \"%.64s\", the other on line %d", f->name,
               s->name, flow_step(f, s->name)->line);
        return true;
    }
    step = &f->steps[f->step_count];
    step->kind = (enum step_kind)flow_step_verb(s->verb);
    step->name = pool_text(b->pool, s->name);
    step->file = pool_text(b->pool, s->file);
    step->line = s->line;
    step->flow = f;
    if (step->name == NULL || step->file == NULL)
        return false;
    f->step_count++;
    return true;
}

/* One pass over the statements, not one a flow: there may be hundreds of flows. */
static bool make_room_for_steps(struct build *b)
{
    const struct statements *all = b->statements;
    size_t *steps = pool_array(b->pool, b->flows->count, sizeof *steps);

    for (size_t i = 0; steps != NULL && i < all->count; i++) {
        const struct flow *f = is_step(&all->list[i]) ? owner(b, &all->list[i]) : NULL;

        if (f != NULL)
            steps[f - b->flows->list]++;
    }
    for (size_t k = 0; steps != NULL && k < b->flows->count; k++) {
        struct flow *f = &b->flows->list[k];

        b->doubtful[k] = statements_lost(all, NULL, f->name, NULL);
        f->steps = pool_array(b->pool, steps[k], sizeof *f->steps);
        if (f->steps == NULL)
            return false;
    }
    return steps != NULL;
}

static bool first_pass(struct build *b)
{
    const struct statements *all = b->statements;
    size_t flows = 0;

    for (size_t i = 0; i < all->count; i++)
        flows += strcmp(all->list[i].verb, "flow") == 0;
    b->flows->list = pool_array(b->pool, flows, sizeof *b->flows->list);
    b->doubtful = pool_array(b->pool, flows, sizeof *b->doubtful);
    if (b->flows->list == NULL || b->doubtful == NULL)
        return false;
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].verb, "flow") == 0 && !add_flow(b, &all->list[i]))
            return false;
    if (!make_room_for_steps(b))
        return false;
    for (size_t i = 0; i < all->count; i++)
        if (is_step(&all->list[i]) && !add_step(b, &all->list[i]))
            return false;
    return true;
}

/* ---- properties: f.start, f.words… ---- */

static void read_moved(struct build *b, const struct statement *s, struct flow *f)
{
    const struct decl *d = &s->body;

    f->moved = pool_array(b->pool, d->count, sizeof *f->moved);
    for (size_t i = 0; i < d->count && f->moved != NULL; i++) {
        const struct decl_entry *e = &d->entries[i];
        struct target to = { 0 };

        if (e->name == NULL || !flow_read_target(b, s, f, &e->value, false, &to))
            continue;
        if (flow_step(f, e->name) != NULL)
            flow_report(b, CODE_WRONG_VALUE, flow_at_entry(s, e), "`moved` is for names that are gone",
                        "the step \"%.64s\" still exists", e->name);
        f->moved[f->moved_count].from = pool_text(b->pool, e->name);
        f->moved[f->moved_count].to = to.step->name;
        if (f->moved[f->moved_count].from != NULL)
            f->moved_count++;
    }
}

static void read_values(struct build *b, const struct statement *s, struct flow *f)
{
    const struct decl *d = &s->body;

    f->values = pool_array(b->pool, d->count, sizeof *f->values);
    for (size_t i = 0; i < d->count && f->values != NULL; i++) {
        const struct decl_entry *e = &d->entries[i];

        if (!flow_read_name(b, flow_at_entry(s, e), e->name, "value")
            || !flow_read_function(b, s, e, &f->values[f->value_count].function))
            continue;
        if (flow_profile_name(e->name))
            flow_report(b, CODE_PROFILE_NAME, flow_at_entry(s, e), "choose another name",
                        "\"%.64s\" is known already", e->name);
        f->values[f->value_count].name = pool_text(b->pool, e->name);
        if (f->values[f->value_count].name != NULL)
            f->value_count++;
    }
}

static void read_property(struct build *b, const struct statement *s)
{
    struct flow *f = owner(b, s);
    const char *name = strcmp(s->verb, "values") == 0 ? "values" : s->name;
    struct decl_entry e = { .name = (char *)name, .line = s->line, .column = s->column, .value = s->body };
    struct target start = { 0 };

    if (f == NULL)
        return;
    if (strcmp(name, "start") == 0) {
        if (flow_read_target(b, s, f, &s->body, false, &start))
            f->start = start.step;
    } else if (strcmp(name, "words") == 0) {
        (void)flow_read_texts(b, s, &e, true, &f->words, &f->word_count);
    } else if (strcmp(name, "takes") == 0) {
        (void)flow_read_texts(b, s, &e, false, &f->takes, &f->take_count);
    } else if (strcmp(name, "expire") == 0) {
        (void)flow_read_expire(b, s, f, &e, &f->expire);
    } else if (strcmp(name, "late") == 0) {
        flow_read_late(b, s, &e, &f->late);
    } else if (strcmp(name, "budget") == 0) {
        flow_read_budget(b, s, &e, &f->budget);
    } else if (strcmp(name, "safe") == 0) {
        if (flow_read_target(b, s, f, &s->body, false, &start))
            f->safe = start.step;
    } else if (strcmp(name, "afterwards") == 0) {
        return;                        /* when all steps are known: afterwards.c */
    } else if (!flow_read_table(b, s, &e)) {
        return;
    } else if (strcmp(name, "moved") == 0) {
        read_moved(b, s, f);
    } else {
        read_values(b, s, f);
    }
}

static bool second_pass(struct build *b)
{
    const struct statements *all = b->statements;

    flow_read_house(b);                     /* first: steps may switch a command off */
    flow_read_lasting(b);                   /* and save to the person */
    flow_read_schedules(b);
    flow_read_sessions(b);
    for (size_t i = 0; i < all->count; i++) {
        if (is_property(&all->list[i]))
            read_property(b, &all->list[i]);
        else if (all->list[i].owner != NULL && is_misspelt_property(&all->list[i]))
            flow_report(b, CODE_UNKNOWN_KEY, flow_at(&all->list[i]),
                        "f.start, f.words, f.moved, f.values, f.expire, f.takes", "a flow has no `%.64s`",
                   all->list[i].name == NULL ? "" : all->list[i].name);
    }
    for (size_t i = 0; i < b->flows->count; i++)
        if (b->flows->list[i].start == NULL && b->flows->list[i].step_count > 0)
            b->flows->list[i].start = &b->flows->list[i].steps[0];
    for (size_t i = 0; i < all->count; i++) {
        const struct statement *s = &all->list[i];
        struct flow *f = is_step(s) ? owner(b, s) : NULL;
        const struct step *step = f == NULL ? NULL : flow_step(f, s->name);

        if (step != NULL && step->line == s->line && strcmp(step->file, s->file) == 0
            && !flow_read_step(b, s, f, &f->steps[flow_step_index(step)]))
            return false;
    }
    flow_read_afterwards(b);
    flow_read_events(b);
    flow_read_sources(b);
    return pool_ok(b->pool);
}

/* ---- the whole ---- */

static bool is_started(const struct build *b, const struct flow *f)
{
    const struct flows *all = b->flows;

    if (f->word_count > 0 || flow_afterwards_starts(b, f) || flow_is_login(all, f))
        return true;
    for (size_t i = 0; i < all->menu_on_count; i++)
        if (all->menu_on[i].to.flow == f)
            return true;
    for (size_t i = 0; i < all->event_count; i++)
        for (size_t k = 0; k < all->events[i].tap_count; k++)
            if (all->events[i].taps[k].to.flow == f)
                return true;
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->list[i].step_count; k++)
            if (all->list[i].steps[k].run == f)
                return true;
    return false;
}

static bool look_at_all(struct build *b)
{
    for (size_t i = 0; i < b->flows->count; i++) {
        const struct flow *f = &b->flows->list[i];
        struct where at = { f->file, f->line, 1 };
        struct edges *edges;
        bool *reached;

        if (f->step_count == 0 && b->doubtful[i])
            continue;
        if (f->step_count == 0) {
            flow_report(b, CODE_MISSING_KEY, at, "f:ask \"nom\" { … }", "the flow \"%.64s\" has no step", f->name);
            continue;
        }
        reached = pool_array(b->pool, f->step_count, sizeof *reached);
        edges = flow_edges(b, f);
        if (reached == NULL || edges == NULL)
            return false;
        if (!is_started(b, f))
            flow_report(b, CODE_NOT_STARTED, at, "give it f.words, or name it in the menu",
                        "nothing starts the flow \"%.64s\"", f->name);
        flow_check_graph(b, f, edges, reached);
        if (!b->doubtful[i])
            flow_check_variables(b, f, edges, reached);
        if (!b->doubtful[i])
            flow_check_paths(b, f);
    }
    flow_check_window(b);
    flow_check_lengths(b);
    flow_check_house(b);
    flow_check_schedules(b);
    flow_check_buttons(b);
    flow_check_words(b);
    return pool_ok(b->pool);
}

/* What the pool does not hold. */
static void free_data(struct flows *f)
{
    for (size_t i = 0; i < f->schedule_count; i++)
        cJSON_Delete(f->schedules[i].data);
    cJSON_Delete(f->shared);
}

struct flows *flows_build(const struct statements *statements, const struct wording *w, const char *country,
                          struct problems *out)
{
    struct flows_memory *m = calloc(1, sizeof *m);
    struct build b = { .statements = statements, .wording = w, .country = country, .out = out };

    if (m == NULL)
        return NULL;
    pool_init(&m->pool, POOL_BLOCK_BYTES);
    b.pool = &m->pool;
    b.flows = &m->flows;
    if (!first_pass(&b) || !second_pass(&b) || !look_at_all(&b)) {
        free_data(&m->flows);
        pool_free(&m->pool);
        free(m);
        return NULL;
    }
    return &m->flows;
}

void flows_free(struct flows *f)
{
    struct flows_memory *m = (struct flows_memory *)f;

    if (m == NULL)
        return;
    free_data(&m->flows);
    pool_free(&m->pool);
    free(m);
}
