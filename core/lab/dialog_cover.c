/*
 * What the tests have reached: every step entered, every choice taken, every way of failing gone, every message sent in each of
 * its languages. Counted by the places of the scripts that were loaded first.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "lisolo/base/utf8.h"

enum { LANGUAGES_MAX = 8 };

struct spot { unsigned entered, retried, gave_up, reminded, expired; unsigned *choices, *fails; };

struct cover {
    const struct generation *g;
    struct spot **spots;               /* by flow, by step */
    unsigned     *menu;                /* by choice of the menu */
    unsigned    (*messages)[LANGUAGES_MAX];
};

struct share { const char *name; size_t done, all; };
enum { SHARE_STEPS, SHARE_CHOICES, SHARE_FAILURES, SHARE_MESSAGES, SHARES };

struct cover *cover_new(const struct generation *g)
{
    const struct flows *f = g->flows;
    struct cover *c = calloc(1, sizeof *c);
    bool ok = c != NULL;

    if (c == NULL)
        return NULL;
    c->g = g;
    c->spots = calloc(f->count + 1, sizeof(struct spot *));
    c->menu = calloc(f->menu_on_count + 1, sizeof *c->menu);
    c->messages = calloc(wording_count(g->wording) + 1, sizeof *c->messages);
    ok = c->spots != NULL && c->menu != NULL && c->messages != NULL;
    for (size_t i = 0; ok && i < f->count; i++) {
        c->spots[i] = calloc(f->list[i].step_count + 1, sizeof **c->spots);
        ok = c->spots[i] != NULL;
        for (size_t k = 0; ok && k < f->list[i].step_count; k++) {
            c->spots[i][k].choices = calloc(f->list[i].steps[k].on_count + 1, sizeof(unsigned));
            c->spots[i][k].fails = calloc(f->list[i].steps[k].fail_count + 1, sizeof(unsigned));
            ok = c->spots[i][k].choices != NULL && c->spots[i][k].fails != NULL;
        }
    }
    if (ok)
        return c;
    cover_free(c);
    return NULL;
}

void cover_free(struct cover *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; c->spots != NULL && i < c->g->flows->count; i++) {
        for (size_t k = 0; c->spots[i] != NULL && k < c->g->flows->list[i].step_count; k++) {
            free(c->spots[i][k].choices);
            free(c->spots[i][k].fails);
        }
        free(c->spots[i]);
    }
    free(c->spots);
    free(c->menu);
    free(c->messages);
    free(c);
}

/* ---- counting ---- */

/* NULL: a step of other scripts, after `! reload`. */
static struct spot *spot_of(const struct cover *c, const struct step *s)
{
    const struct flows *f = c->g->flows;

    for (size_t i = 0; i < f->count; i++)
        if (&f->list[i] == s->flow)
            return &c->spots[i][s - s->flow->steps];
    return NULL;
}

static void count_choice(const struct choice_target *on, size_t count, unsigned *hits, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(on[i].id, id) == 0)
            hits[i]++;
}

static void mark(void *ctx, enum turn_mark mark, const struct step *s, const char *detail)
{
    struct cover *c = ctx;
    struct spot *spot = s == NULL ? NULL : spot_of(c, s);

    if (s == NULL && mark == MARK_CHOICE)
        count_choice(c->g->flows->menu_on, c->g->flows->menu_on_count, c->menu, detail);
    if (spot == NULL)
        return;
    switch (mark) {
    case MARK_STEP:    spot->entered++; break;
    case MARK_CHOICE:  count_choice(s->on, s->on_count, spot->choices, detail); break;
    case MARK_RETRY:   spot->retried++; break;
    case MARK_GIVE_UP: spot->gave_up++; break;
    case MARK_REMIND:  spot->reminded++; break;
    case MARK_EXPIRE:  spot->expired++; break;
    case MARK_FAIL:
        for (size_t i = 0; detail != NULL && i < s->fail_count; i++)
            spot->fails[i] += strcmp(s->fails[i].outcome, detail) == 0;
        break;
    }
}

struct turn_trace cover_trace(struct cover *c) { return (struct turn_trace){ mark, c }; }

void cover_message(struct cover *c, const char *id, const char *language)
{
    size_t low = 0, high = wording_count(c->g->wording);
    const char *languages[LANGUAGES_MAX];

    while (low < high) {
        size_t mid = (low + high) / 2;
        const struct wording_message *m = wording_at(c->g->wording, mid);
        int order = strcmp(wording_id(m), id);
        size_t n;

        if (order < 0)
            low = mid + 1;
        if (order > 0)
            high = mid;
        if (order != 0)
            continue;
        n = wording_languages(m, languages, LANGUAGES_MAX);
        for (size_t i = 0; i < n && i < LANGUAGES_MAX; i++)
            c->messages[mid][i] += strcmp(languages[i], language) == 0;
        return;
    }
}

void cover_add(struct cover *to, const struct cover *from)
{
    const struct flows *f = to->g->flows;

    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->list[i].step_count; k++) {
            struct spot *a = &to->spots[i][k];
            const struct spot *b = &from->spots[i][k];

            a->entered += b->entered;
            a->retried += b->retried;
            a->gave_up += b->gave_up;
            a->reminded += b->reminded;
            a->expired += b->expired;
            for (size_t n = 0; n < f->list[i].steps[k].on_count; n++)
                a->choices[n] += b->choices[n];
            for (size_t n = 0; n < f->list[i].steps[k].fail_count; n++)
                a->fails[n] += b->fails[n];
        }
    for (size_t i = 0; i < f->menu_on_count; i++)
        to->menu[i] += from->menu[i];
    for (size_t i = 0; i < wording_count(to->g->wording); i++)
        for (size_t l = 0; l < LANGUAGES_MAX; l++)
            to->messages[i][l] += from->messages[i][l];
}

/* ---- telling ---- */

/* The bytes of so many columns: printf counts those, and é has two. */
static int bytes_of(int columns, const char *text) { return columns + (int)(strlen(text) - utf8_points(text)); }

struct tally { struct share shares[SHARES]; struct buf *missing; cJSON *list; };

static void one(struct tally *t, int which, unsigned hits, const char *file, int line, const char *format, ...) __attribute__((format(printf, 6, 7)));

static void one(struct tally *t, int which, unsigned hits, const char *file, int line, const char *format, ...)
{
    char name[256];
    va_list args;
    cJSON *item;

    t->shares[which].all++;
    t->shares[which].done += hits > 0;
    if (hits > 0)
        return;
    va_start(args, format);
    (void)vsnprintf(name, sizeof name, format, args);
    va_end(args);
    if (t->missing != NULL)
        buf_addf(t->missing, "  %-*s %-44s %s:%d\n", bytes_of(9, t->shares[which].name), t->shares[which].name, name, file, line);
    if (t->list == NULL)
        return;
    item = cJSON_CreateObject();
    if (item != NULL && json_add_str(item, "what", t->shares[which].name) && json_add_str(item, "name", name) &&
        json_add_str(item, "file", file) && json_add_int(item, "line", line))
        (void)json_add(t->list, NULL, item);
    else
        cJSON_Delete(item);
}

static void count_step(const struct cover *c, const struct step *s, struct tally *t)
{
    const struct spot *p = spot_of(c, s);
    const char *flow = s->flow->name;

    one(t, SHARE_STEPS, p->entered, s->file, s->line, "%s.%s", flow, s->name);
    for (size_t i = 0; i < s->on_count; i++)
        one(t, SHARE_CHOICES, p->choices[i], s->file, s->on[i].line > 0 ? s->on[i].line : s->line, "%s.%s [%s]", flow, s->name, s->on[i].id);
    if (s->retry != NULL)
        one(t, SHARE_FAILURES, p->retried, s->file, s->line, "%s.%s retry", flow, s->name);
    if (s->tries > 0)
        one(t, SHARE_FAILURES, p->gave_up, s->file, s->line, "%s.%s give_up", flow, s->name);
    if (s->has_remind)
        one(t, SHARE_FAILURES, p->reminded, s->file, s->line, "%s.%s remind", flow, s->name);
    if (s->has_expire)
        one(t, SHARE_FAILURES, p->expired, s->file, s->line, "%s.%s expire", flow, s->name);
    for (size_t i = 0; i < s->fail_count; i++)
        one(t, SHARE_FAILURES, p->fails[i], s->file, s->line, "%s.%s fail %s", flow, s->name, s->fails[i].outcome);
}

static void tally(const struct cover *c, struct tally *t)
{
    static const char *const ENGLISH[SHARES] = { "step", "choice", "failure", "message" };
    static const char *const FRENCH[SHARES] = { "étape", "choix", "échec", "message" };
    const struct flows *f = c->g->flows;

    for (int i = 0; i < SHARES; i++)
        t->shares[i].name = t->list != NULL || !dialog_french ? ENGLISH[i] : FRENCH[i];
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->list[i].step_count; k++)
            count_step(c, &f->list[i].steps[k], t);
    for (size_t i = 0; i < f->menu_on_count; i++)
        one(t, SHARE_CHOICES, c->menu[i], "flows", f->menu_on[i].line, "menu [%s]", f->menu_on[i].id);
    for (size_t i = 0; i < wording_count(c->g->wording); i++) {
        const struct wording_message *m = wording_at(c->g->wording, i);
        const char *languages[LANGUAGES_MAX], *file;
        size_t n = wording_languages(m, languages, LANGUAGES_MAX);
        int line = 0;

        file = wording_place(m, &line);
        for (size_t l = 0; l < n && l < LANGUAGES_MAX; l++)
            one(t, SHARE_MESSAGES, c->messages[i][l], file, line, "%s %s", wording_id(m), languages[l]);
    }
}

static double fraction(const struct share *s) { return s->all == 0 ? 1 : (double)s->done / (double)s->all; }

void cover_text(const struct cover *c, struct buf *out)
{
    struct tally t = { 0 };
    struct buf missing;

    buf_init(&missing, DIALOG_TEXT_BYTES_MAX);
    t.missing = &missing;
    tally(c, &t);
    buf_adds(out, SAY("\nCoverage\n", "\nCouverture\n"));
    for (int i = 0; i < SHARES; i++) {
        const char *name = t.shares[i].name;

        buf_addf(out, "  %-*s %4zu / %-4zu %5.1f %%\n", bytes_of(9, name), name, t.shares[i].done, t.shares[i].all, 100 * fraction(&t.shares[i]));
    }
    if (missing.len > 0)
        buf_addf(out, SAY("\nNot reached\n%s", "\nJamais atteint\n%s"), buf_str(&missing));
    buf_free(&missing);
}

cJSON *cover_json(const struct cover *c)
{
    static const char *const KEYS[SHARES] = { "steps", "choices", "failures", "messages" };
    cJSON *out = cJSON_CreateObject();
    struct tally t = { .list = cJSON_CreateArray() };
    bool ok = out != NULL && t.list != NULL;

    if (ok)
        tally(c, &t);
    for (int i = 0; ok && i < SHARES; i++)
        ok = cJSON_AddNumberToObject(out, KEYS[i], fraction(&t.shares[i])) != NULL;
    if (!ok) {
        cJSON_Delete(t.list);
        cJSON_Delete(out);
        return NULL;
    }
    (void)json_add(out, "missing", t.list);
    return out;
}

int cover_percent(const struct cover *c)
{
    struct tally t = { 0 };
    size_t done = 0, all = 0;

    tally(c, &t);
    for (int i = 0; i < SHARES; i++) {
        done += t.shares[i].done;
        all += t.shares[i].all;
    }
    return all == 0 ? 100 : (int)(100 * done / all);
}
