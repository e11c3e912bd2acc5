/*
 * One file, statement by statement. The first thing that is not as written ends it: what follows a wrong turn only hides it.
 * With `update` the file is wrong instead, and what was sent becomes what is expected.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

enum { BODY_MAX = 256 * 1024, RECENT = 1 };
#define START_MS 1737964800000LL       /* 2025-01-27 09:00 in Brazzaville, unless the test says otherwise */

static const char DEFAULT_PHONE[] = "+242066123456";

void outcome_free(struct outcome *o)
{
    for (size_t i = 0; i < o->edit_count; i++)
        free(o->edits[i].text);
    free(o->edits);
    free(o->text);
    free(o->phases);
    *o = (struct outcome){ 0 };
}

struct person *play_who(struct play *p, const char *who)
{
    struct person *found;

    if (who == NULL && p->w->people_count == 0)
        (void)world_person_add(p->w, "client", DEFAULT_PHONE, "Prisca", "fr");
    if (who == NULL)
        return p->w->people_count == 0 ? NULL : &p->w->people[0];
    found = world_person(p->w, who);
    if (found == NULL)
        (void)play_fails(p, SAY("who is %.60s? Name them first: ! %.60s = +242… \"Nom\" fr", "qui est %.60s ? Présentez la personne : ! %.60s = +242… \"Nom\" fr"), who, who);
    return found;
}

/* ---- failing ---- */

static bool causes(const struct entry *s)
{
    return s->kind == ENTRY_INPUT ||
           (s->kind == ENTRY_ORDER && (s->order.kind == ORDER_EVENT || s->order.kind == ORDER_PASS || s->order.kind == ORDER_STATUS));
}

/* What came in before: the failure answers it. */
static void add_question(const struct play *p, struct buf *out)
{
    const struct entry *s = p->at;

    while (s != NULL && s > p->d->list && !causes(s))
        s--;
    if (s == NULL || !causes(s))
        return;
    for (size_t i = 0; i < s->count; i++)
        buf_addf(out, "    %s%s %.200s\n", i == 0 && s->who != NULL ? s->who : "", i > 0 ? "|" : s->kind == ENTRY_ORDER ? "!" : ">",
                 s->lines[i] + (s->kind == ENTRY_ORDER && s->lines[i][0] == ' '));
}

static void add_state(const struct person *who, struct buf *out)
{
    struct error err = { "" };
    cJSON *state = who == NULL || who->state == NULL ? NULL : json_parse(who->state, who->state_len, &err);
    const cJSON *one;

    if (state == NULL)
        return;
    buf_adds(out, SAY("  state       ", "  état        "));
    if (json_str(state, "flow") == NULL)
        buf_adds(out, SAY("no flow is running", "aucun parcours en cours"));
    else
        buf_addf(out, "%s.%s", json_str(state, "flow"), json_str(state, "step") == NULL ? "" : json_str(state, "step"));
    cJSON_ArrayForEach(one, json_get(state, "vars")) {
        char *text = json_print(one, NULL);

        buf_addf(out, "  %s=%.120s", one->string, text == NULL ? "" : text);
        free(text);
    }
    buf_addc(out, '\n');
    cJSON_Delete(state);
}

static void add_sources(const struct play *p, const struct said *s, struct buf *out)
{
    const struct generation *g = p->w->generation;
    const struct wording_message *m;
    const char *space, *file;
    int line = 0;

    if (s == NULL)
        return;
    space = strchr(s->place, ' ');
    if (space != NULL)
        buf_addf(out, SAY("  sent by     %s", "  envoyé par  %s"), space + 1);
    if (space != NULL && s->step[0] != '\0')
        buf_addf(out, SAY("  then stood at “%s”", "  arrivé à « %s »"), s->step);
    if (space != NULL)
        buf_addc(out, '\n');
    m = s->id == NULL ? NULL : wording_find(g->wording, s->id);
    file = m == NULL ? NULL : wording_place(m, &line);
    if (file != NULL)
        buf_addf(out, SAY("  text from   %s:%d  %s\n", "  texte de    %s:%d  %s\n"), file, line, s->id);
}

bool play_fail(struct play *p, const struct buf *body, const struct said *about)
{
    struct world *w = p->w;
    const struct person *who = about != NULL ? &w->people[about->person] : w->people_count > 0 ? &w->people[0] : NULL;
    struct buf out;

    if (p->out->text != NULL)
        return false;                  /* the first is the cause */
    if (about == NULL && p->at != NULL && p->at->who != NULL)
        who = world_person(w, p->at->who);
    buf_init(&out, BODY_MAX);
    add_question(p, &out);
    buf_adds(&out, buf_str(body));
    if (w->unsent[0] != '\0')
        buf_addf(&out, SAY("  not sent    %s\n", "  non envoyé  %s\n"), w->unsent);
    if (w->unstubbed[0] != '\0')
        buf_addf(&out, SAY("  no stub     %s was called: add  ! stub %s -> 200 {}\n", "  sans stub   %s a été appelé : ajoutez  ! stub %s -> 200 {}\n"), w->unstubbed, w->unstubbed);
    if (w->failure[0] != '\0')
        buf_addf(&out, SAY("  script      %s\n", "  script      %s\n"), w->failure);
    add_sources(p, about, &out);
    add_state(who, &out);
    p->out->line = p->at == NULL ? 0 : p->at->line;
    p->out->source = p->at == NULL ? 0 : p->at->source;
    p->out->text = buf_take(&out, NULL);
    buf_free(&out);
    return false;
}

bool play_fails(struct play *p, const char *format, ...)
{
    char text[1024];
    struct buf body;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_init(&body, BODY_MAX);
    buf_addf(&body, "      %s\n", text);
    (void)play_fail(p, &body, NULL);
    buf_free(&body);
    return false;
}

/* ---- what was sent ---- */

struct said *play_unread(struct play *p, const struct person *who)
{
    struct world *w = p->w;

    for (size_t i = 0; i < w->said_count; i++)
        if (!w->said[i].read && (who == NULL || &w->people[w->said[i].person] == who))
            return &w->said[i];
    return NULL;
}

/* The parts of one message id that left in one turn: an image, a question for the position, its choices. */
static void read_group(struct play *p, struct said *first)
{
    struct world *w = p->w;

    for (struct said *s = first; s < w->said + w->said_count; s++) {
        if (s->person != first->person)
            continue;
        if (s->seq != first->seq || s->id == NULL || first->id == NULL || strcmp(s->id, first->id) != 0)
            break;
        s->read = true;
    }
}

static const char *label(const struct play *p, const struct person *who) { return who == p->w->people ? NULL : who->who; }

bool play_edit(struct play *p, int line, int last, char *text)
{
    struct outcome *o = p->out;
    struct edit *list = text == NULL ? NULL : reallocarray(o->edits, o->edit_count + 1, sizeof *list);

    if (list == NULL) {
        free(text);
        return play_fails(p, "%s", SAY("out of memory", "mémoire insuffisante"));
    }
    o->edits = list;
    list[o->edit_count++] = (struct edit){ p->at->source, line, last, text };
    return true;
}

/* Behind what was done last: an expectation that nobody has written. */
static bool write_extra(struct play *p, struct said *s)
{
    const struct person *who = &p->w->people[s->person];
    int line = p->prev == NULL ? p->at->line - 1 : p->prev->last;

    s->read = true;
    return play_edit(p, line + 1, line, update_block(NULL, label(p, who), &s->lines, NULL));
}

bool play_leftover(struct play *p, const struct person *whose)
{
    struct said *s = play_unread(p, whose);
    struct buf body;

    if (s == NULL)
        return true;
    if (p->update) {
        while ((s = play_unread(p, whose)) != NULL)
            if (!write_extra(p, s))
                return false;
        return true;
    }
    buf_init(&body, BODY_MAX);
    buf_addf(&body, SAY("      sent to %s, and nobody expected it:\n", "      envoyé à %s, et personne ne l'attendait :\n"), p->w->people[s->person].who);
    for (size_t i = 0; i < s->lines.count; i++)
        buf_addf(&body, "    + %s\n", s->lines.list[i]);
    (void)play_fail(p, &body, s);
    buf_free(&body);
    return false;
}

/* ---- expectations ---- */

static bool missing(struct play *p, const struct entry *s, const struct person *who)
{
    struct buf body;

    if (p->update)
        return play_edit(p, s->line, s->last, strdup(""));
    buf_init(&body, BODY_MAX);
    buf_addf(&body, SAY("      nothing was sent to %s, expected was:\n", "      rien n'a été envoyé à %s, on attendait :\n"), who->who);
    for (size_t i = 0; i < s->count; i++)
        buf_addf(&body, "    - %s\n", s->lines[i]);
    (void)play_fail(p, &body, NULL);
    buf_free(&body);
    return false;
}

static bool wrong(struct play *p, const struct entry *s, struct said *got)
{
    struct buf body;

    buf_init(&body, BODY_MAX);
    if (!diff_lines(&body, s->lines, s->count, got->lines.list, got->lines.count, "    "))
        buf_adds(&body, SAY("      out of memory\n", "      mémoire insuffisante\n"));
    (void)play_fail(p, &body, got);
    buf_free(&body);
    return false;
}

static bool is_id(const struct entry *s) { return s->count == 1 && strncmp(s->lines[0], "= ", 2) == 0; }

static bool fits(struct play *p, const struct entry *s, const struct said *got)
{
    if (is_id(s))
        return got->id != NULL && match_line(s->lines[0] + 2, got->id, &p->captures);
    return match_lines(s->lines, s->count, got->lines.list, got->lines.count, &p->captures);
}

/* When what is expected comes later, what comes before it is missing in the file. */
static bool write_skipped(struct play *p, const struct entry *s, const struct person *who)
{
    struct world *w = p->w;
    struct said *found = NULL, *one;

    for (size_t i = 0; i < w->said_count && found == NULL; i++)
        if (!w->said[i].read && &w->people[w->said[i].person] == who && fits(p, s, &w->said[i]))
            found = &w->said[i];
    while (found != NULL && (one = play_unread(p, who)) != found)
        if (!write_extra(p, one))
            return false;
    return true;
}

static bool expect_id(struct play *p, const struct entry *s, struct said *got)
{
    const char *want = s->lines[0] + 2;
    struct buf body;

    if (got->id != NULL && match_line(want, got->id, &p->captures)) {
        read_group(p, got);
        return true;
    }
    if (p->update) {
        read_group(p, got);
        return play_edit(p, s->line, s->last, update_block(s, s->who, NULL, got->id));
    }
    buf_init(&body, BODY_MAX);
    buf_addf(&body, "    - = %s\n    + = %s\n", want, got->id == NULL ? "?" : got->id);
    for (size_t i = 0; i < got->lines.count; i++)
        buf_addf(&body, "      %s\n", got->lines.list[i]);
    (void)play_fail(p, &body, got);
    buf_free(&body);
    return false;
}

static bool expect(struct play *p, const struct entry *s)
{
    struct person *who = play_who(p, s->who);
    struct said *got = who == NULL ? NULL : play_unread(p, who);
    bool open = s->count == 1 && strcmp(s->lines[0], "?") == 0;

    if (who == NULL)
        return false;
    if (got == NULL)
        return missing(p, s, who);
    if (p->update && !open) {
        if (!write_skipped(p, s, who))
            return false;
        got = play_unread(p, who);
    }
    if (is_id(s))
        return expect_id(p, s, got);
    if (!open && match_lines(s->lines, s->count, got->lines.list, got->lines.count, &p->captures)) {
        got->read = true;
        return true;
    }
    if (p->update) {
        got->read = true;
        return play_edit(p, s->line, s->last, update_block(open ? NULL : s, s->who, &got->lines, NULL));
    }
    return wrong(p, s, got);
}

/* ---- the end ---- */

static bool stubs_used(struct play *p)
{
    for (size_t i = 0; i < p->w->stub_count; i++)
        if (p->w->stubs[i].used == 0) {
            p->at = p->w->stubs[i].from;
            return play_fails(p, SAY("this stub was never called: remove it, or see why %s %s was not", "ce stub n'a jamais été appelé : supprimez-le, ou voyez pourquoi %s %s ne l'a pas été"),
                              p->w->stubs[i].method, p->w->stubs[i].path);
        }
    return true;
}

/* The end of waiting that every question has by itself is no promise to anybody: a reminder or an end of the step's own is. */
static bool is_promise(const struct play *p, const struct person *who, const struct dialog_timer *t)
{
    struct error err = { "" };
    cJSON *state;
    const struct flow *f;
    const struct step *s;
    bool promise;

    if (strcmp(t->name, "wait") != 0)
        return true;
    state = who->state == NULL ? NULL : json_parse(who->state, who->state_len, &err);
    f = json_str(state, "flow") == NULL ? NULL : flows_find(p->w->generation->flows, json_str(state, "flow"));
    s = f == NULL || json_str(state, "step") == NULL ? NULL : flow_step(f, json_str(state, "step"));
    promise = s != NULL && ((s->has_remind && !json_bool(state, "reminded")) || s->has_expire);
    cJSON_Delete(state);
    return promise;
}

static bool timers_answered(struct play *p)
{
    for (size_t i = 0; i < p->w->people_count && !p->timers_known; i++) {
        struct person *who = &p->w->people[i];

        for (size_t k = 0; k < who->timer_count; k++)
            if (is_promise(p, who, &who->timers[k]))
                return play_fails(p, SAY("a timer of %s is still waiting (%s, in %.0f min): let it come with ! +…, or end with ! timers %zu",
                                         "une échéance de %s attend encore (%s, dans %.0f min) : laissez-la venir avec ! +…, ou terminez par ! timers %zu"),
                                  who->who, who->timers[k].name, (double)(who->timers[k].due_ms - world_now(p->w)) / 60000, who->timer_count);
    }
    return true;
}

static bool unstubbed(struct play *p)
{
    return p->w->unstubbed[0] == '\0' || play_fails(p, "%s", SAY("the backend was called and no stub answers", "le service a été appelé et aucun stub ne répond"));
}

static bool unsent(struct play *p) { return p->w->unsent[0] == '\0' || play_fails(p, "%s", SAY("a message could not be sent", "un message n'a pas pu partir")); }

/* ---- the whole ---- */

static bool step(struct play *p, const struct entry *s)
{
    if (p->at != NULL && (p->at->kind == ENTRY_EXPECT || causes(p->at)))
        p->prev = p->at;
    p->at = s;
    switch (s->kind) {
    case ENTRY_PHASE: return true;
    case ENTRY_INPUT: {
        struct person *who = play_who(p, s->who);
        bool ok = who != NULL && (p->input_before || play_leftover(p, who)) && play_input(p, s);

        p->input_before = true;
        p->timers_known = false;
        return ok && unstubbed(p) && unsent(p);
    }
    case ENTRY_EXPECT:
        p->input_before = false;
        return expect(p, s);
    case ENTRY_ORDER:
        if (s->order.kind != ORDER_AGAIN)
            p->input_before = false;
        return play_order(p, &s->order) && unstubbed(p) && unsent(p);
    }
    return false;
}

static void add_phase(struct buf *out, const char *name)
{
    if (out->len > 0)
        buf_adds(out, " · ");
    buf_adds(out, name);
}

static bool run(struct play *p, struct buf *phases)
{
    const char *phase = SAY("(start)", "(début)");

    for (size_t i = 0; i < p->d->count; i++) {
        const struct entry *s = &p->d->list[i];

        if (s->kind == ENTRY_PHASE) {
            add_phase(phases, phase);
            p->out->phase_count++;
            phase = s->lines[0];
        }
        if (s->kind != ENTRY_PHASE && !step(p, s))
            return false;
    }
    if (p->at == NULL)
        return false;
    if (p->at->kind == ENTRY_EXPECT || causes(p->at))
        p->prev = p->at;
    if (!play_leftover(p, NULL) || !stubs_used(p) || !timers_answered(p))
        return false;
    p->out->phase_count++;
    return true;
}

static int64_t start_of(const struct dialog *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->list[i].kind == ENTRY_ORDER && d->list[i].order.kind == ORDER_CLOCK)
            return d->list[i].order.ms;
        else if (d->list[i].kind == ENTRY_INPUT)
            break;
    return START_MS;
}

void dialog_play(struct world *w, const struct dialog *d, const char *root, bool update, bool chaos, uint64_t seed, struct outcome *out)
{
    struct play p = { .w = w, .d = d, .out = out, .update = update, .root = root };
    struct error err = { "" };
    struct engine_counts before, after;
    struct buf phases;
    int64_t began = dialog_now_us();

    *out = (struct outcome){ 0 };
    buf_init(&phases, BODY_MAX);
    engine_counts(w->engine, &before);
    if (!world_begin(w, start_of(d), chaos, seed))
        (void)play_fails(&p, "%s", w->why.text);
    else
        out->passed = run(&p, &phases);
    if (p.at == NULL && !out->passed)
        (void)play_fails(&p, "%s", SAY("this file tests nothing: begin with  > Bonjour", "ce fichier ne teste rien : commencez par  > Bonjour"));
    if (w->broken) {
        out->passed = false;
        (void)play_fails(&p, "%s", w->why.text);
    }
    if (w->other_scripts && !world_scripts(w, NULL, &err)) {
        out->passed = false;
        (void)play_fails(&p, "%s", err.text);
    }
    world_end(w);
    engine_counts(w->engine, &after);
    out->turns = (size_t)(after.turns - before.turns);
    out->phases = buf_take(&phases, NULL);
    buf_free(&phases);
    captures_free(&p.captures);
    out->us = dialog_now_us() - began;
}
