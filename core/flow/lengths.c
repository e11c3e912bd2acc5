/*
 * How long the values of a message may be: what the questions of the flows that say it accept. Wording measures its texts with
 * it, language by language.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { NUMBER_MOST = 15, AMOUNT_MOST = 18, PHONE_MOST = 20, DATE_MOST = 10 };   /* as wording prints them: wording/extent.c */

struct use { const struct wording_message *message; const struct flow *flow; /* NULL: said outside any flow */ };
struct uses { struct use *list; size_t count, room; const struct flows *flows; };

static void use(struct uses *u, const struct wording_message *m, const struct flow *f)
{
    if (m != NULL && u->count < u->room)
        u->list[u->count++] = (struct use){ m, f };
}

/* ---- what a question accepts ---- */

static size_t most_of(const struct expect *e)
{
    size_t most = 0;

    switch (e->kind) {
    case EXPECT_TEXT:   return (size_t)e->max;
    case EXPECT_NUMBER: return NUMBER_MOST;
    case EXPECT_AMOUNT: return AMOUNT_MOST;
    case EXPECT_PHONE:  return PHONE_MOST;
    case EXPECT_DATE:   return DATE_MOST;
    case EXPECT_ONE_OF:
        for (size_t i = 0; i < e->choice_count; i++) {
            size_t one = most_of(&e->choices[i]);

            most = one > most ? one : most;
        }
        return most;
    default:
        return 0;                      /* a place, a card, a photo: what WhatsApp puts there is not declared */
    }
}

static size_t most_in_flow(const struct flow *f, const char *name, size_t len)
{
    size_t most = 0;

    for (size_t i = 0; i < f->step_count; i++) {
        const struct step *s = &f->steps[i];
        size_t one = 0;

        if (s->save != NULL && strlen(s->save) == len && memcmp(s->save, name, len) == 0)
            one = s->kind == STEP_ASK ? most_of(&s->expect) : s->list == DECL_NO_FUNCTION ? TALK_NAME_MAX : 0;
        most = one > most ? one : most;
    }
    return most;
}

struct group { const struct use *first; size_t count; };

static size_t most(void *ctx, const char *path)
{
    const struct group *g = ctx;
    size_t len = strcspn(path, "."), longest = 0;

    for (size_t i = 0; i < g->count; i++) {
        size_t one = g->first[i].flow == NULL ? 0 : most_in_flow(g->first[i].flow, path, len);

        longest = one > longest ? one : longest;
    }
    return longest;
}

/* ---- who says what ---- */

static void collect_step(struct uses *u, const struct step *s)
{
    use(u, s->say, s->flow);
    use(u, s->retry, s->flow);
    use(u, s->help, s->flow);
    use(u, s->remind.say, s->flow);
    for (size_t i = 0; i < s->plan_count; i++)
        for (size_t k = 0; k < s->plans[i].says.say_count; k++)
            use(u, s->plans[i].says.say[k], s->flow);
}

static void collect(struct uses *u)
{
    const struct flows *f = u->flows;

    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->list[i].step_count; k++)
            collect_step(u, &f->list[i].steps[k]);
    use(u, f->menu_say, NULL);
    for (size_t i = 0; i < f->command_count; i++)
        use(u, f->commands[i].say, NULL);
    for (size_t i = 0; i < f->event_count; i++)
        for (size_t k = 0; k < f->events[i].case_count; k++) {
            const struct event_case *c = &f->events[i].cases[k];

            for (size_t n = 0; n < c->say_count; n++)
                use(u, c->say[n], NULL);
            use(u, c->outside, NULL);
        }
}

static size_t room(const struct flows *f)
{
    size_t n = 1 + f->command_count;

    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->list[i].step_count; k++) {
            n += 4;
            for (size_t p = 0; p < f->list[i].steps[k].plan_count; p++)
                n += f->list[i].steps[k].plans[p].says.say_count;
        }
    for (size_t i = 0; i < f->event_count; i++)
        for (size_t k = 0; k < f->events[i].case_count; k++)
            n += f->events[i].cases[k].say_count + 1;
    return n;
}

static int by_message(const void *left, const void *right)
{
    const struct use *a = left, *b = right;
    int order = (a->message > b->message) - (a->message < b->message);

    return order != 0 ? order : (a->flow > b->flow) - (a->flow < b->flow);
}

void flow_check_lengths(struct build *b)
{
    struct uses u = { .flows = b->flows, .room = room(b->flows) };

    u.list = pool_array(b->pool, u.room, sizeof *u.list);
    if (u.list == NULL)
        return;
    collect(&u);
    qsort(u.list, u.count, sizeof *u.list, by_message);
    for (size_t i = 0; i < u.count;) {
        struct group g = { &u.list[i], 1 };

        while (i + g.count < u.count && u.list[i + g.count].message == g.first->message)
            g.count++;
        wording_check_length(g.first->message, most, &g, b->out);
        i += g.count;
    }
}
