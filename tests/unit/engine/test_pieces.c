/*
 * gather = "3 s" with the real store: the pieces of an answer and the time that they wait are durable, so that a restart
 * between two of them loses nothing and answers once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/engine.h"
#include "lisolo/talk.h"

struct house {
    struct clock_fake     clock;
    struct store         *store;
    struct engine        *engine;
    struct engine_worker *worker;
    unsigned              serial;
    int64_t               seen;        /* the newest row that was told of: recovery tells of all again */
    size_t                sent;
    char                  last[512];
};

static struct house h;

static void on_event(void *ctx, const struct store_event *e) { engine_on_event(((struct house *)ctx)->engine, e); }
static void on_timer(void *ctx, int64_t due) { engine_on_timer(((struct house *)ctx)->engine, due); }

static void on_send(void *ctx, const struct store_send_row *row)
{
    (void)ctx;
    if (row->id <= h.seen)
        return;
    h.seen = row->id;
    h.sent++;
    (void)snprintf(h.last, sizeof h.last, "%.*s", (int)row->body.len, (const char *)row->body.data);
}

static const char SCRIPT[] =
    "menu { say = 'commun.aide' }\n"
    "message 'commun.pas_compris' { fr = 'Pas compris.' }\nmessage 'commun.probleme' { fr = 'Un souci.' }\n"
    "message 'commun.bouton_ancien' { fr = 'Trop tard.' }\nmessage 'commun.aide' { fr = 'Aide.' }\n"
    "message 'commun.non_pris_en_charge' { fr = 'Des mots.' }\nmessage 'quoi' { fr = 'Quoi ?' }\nmessage 'lu' { fr = 'Lu : {colis}.' }\n"
    "local f = flow 'essai'\nf.words = 'essai'\n"
    "f:ask 'colis' { say = 'quoi', expect = text { max = 100 }, gather = '3 s' }\nf:finish 'fin' { say = 'lu' }\n";

static struct generation *generation(void)
{
    struct script_sources s = { .list = calloc(1, sizeof *s.list), .count = 1 };
    struct script_limits limits = script_limits_default();
    struct generation *g;
    struct problems p;

    assert_non_null(s.list);
    s.list[0] = (struct script_source){ strdup("flows/essai.lua"), strdup(SCRIPT), strlen(SCRIPT) };
    problems_init(&p);
    g = generation_load(&s, &limits, "CG", &p);
    for (size_t i = 0; i < p.count && g == NULL; i++)
        print_error("%s:%d: %s %s\n", p.list[i].file, p.list[i].line, p.list[i].code, p.list[i].text);
    problems_free(&p);
    assert_non_null(g);
    return g;
}

static void run(void)
{
    struct error err = { "" };
    bool moved;
    size_t did;

    do {
        (void)engine_tick(h.engine);
        if (!store_step(h.store, &did, &err))
            fail_msg("%s", err.text);
        moved = did > 0;
        while (engine_step(h.worker, 0))
            moved = true;
    } while (moved || store_wait(h.store, 0));
}

static void engine_open(void)
{
    struct engine_options o = { .store = h.store, .clock = &h.clock.clock, .number = "555", .workers = 1 };
    struct store_hooks hooks = { .ctx = &h, .event = on_event, .timer = on_timer, .send = on_send };
    struct error err = { "" };

    assert_true(store_secret(h.store, "button", o.keys.current));
    h.engine = engine_new(&o, &err);
    assert_non_null(h.engine);
    if (!engine_swap(h.engine, generation(), &err))
        fail_msg("%s", err.text);
    h.worker = engine_worker_new(h.engine, 0, &err);
    assert_non_null(h.worker);
    store_set_hooks(h.store, &hooks);
    assert_true(store_recover(h.store, &err));
}

static void engine_close(void)
{
    engine_stop(h.engine);
    engine_worker_free(h.worker);
    engine_free(h.engine);
}

static void house_open(void)
{
    struct error err = { "" };
    struct store_options so = { .clock = &h.clock.clock };

    memset(&h, 0, sizeof h);
    clock_fake_init(&h.clock, 1793000000000);
    h.store = store_open_memory(&so, &err);
    assert_non_null(h.store);
    engine_open();
    run();
}

static void house_close(void)
{
    run();
    engine_stop(h.engine);
    store_close(h.store);
    engine_worker_free(h.worker);
    engine_free(h.engine);
}

struct post { struct store_ingest in; struct store_item item; char *body; };

static void posted(struct store_op *op)
{
    struct post *p = op->ctx;

    assert_int_equal(op->result, STORE_OK);
    free(p->body);
    free(p);
}

static void say(const char *text)
{
    struct post *p = calloc(1, sizeof *p);
    char id[32];
    struct event e = { .kind = EVENT_TEXT, .at_ms = clock_wall_ms(&h.clock.clock), .text = text, .id = id };
    size_t len;

    assert_non_null(p);
    (void)snprintf(id, sizeof id, "m%u", ++h.serial);
    p->body = event_print(&e, &len);
    assert_non_null(p->body);
    p->item = (struct store_item){ .kind = STORE_EVENT, .number = "555", .phone = "+242066000001", .name = "Prisca", .body = { p->body, len }, .at_ms = e.at_ms,
                                   .from_person = true };
    store_key(p->item.key, "wa", id, NULL);
    p->in = (struct store_ingest){ .op = { .kind = STORE_INGEST, .done = posted, .ctx = p }, .items = &p->item, .count = 1, .now_ms = e.at_ms };
    assert_true(store_submit(h.store, &p->in.op));
    run();
}

static void later(int64_t ms)
{
    clock_fake_advance(&h.clock, ms);
    run();
}

static void an_answer_in_pieces_gets_one_reply_three_seconds_after_the_last(void **state)
{
    (void)state;
    house_open();
    say("essai");
    assert_int_equal(h.sent, 1);
    say("Un carton");
    later(2000);
    say("fragile");
    later(2999);
    assert_int_equal(h.sent, 1);
    later(1);
    assert_int_equal(h.sent, 2);
    assert_non_null(strstr(h.last, "Un carton\\nfragile"));
    later(3600 * 1000);
    assert_int_equal(h.sent, 2);
    house_close();
}

static void a_restart_between_two_pieces_loses_neither_and_answers_once(void **state)
{
    (void)state;
    house_open();
    say("essai");
    say("Un carton");
    engine_close();
    engine_open();
    run();
    say("fragile");
    engine_close();
    clock_fake_advance(&h.clock, 3000);      /* due while nobody is there */
    engine_open();
    run();
    assert_int_equal(h.sent, 2);
    assert_non_null(strstr(h.last, "Un carton\\nfragile"));
    later(60 * 1000);
    assert_int_equal(h.sent, 2);
    house_close();
}

static void the_word_of_a_flow_is_a_piece_like_any_other(void **state)
{
    (void)state;
    house_open();
    say("essai");
    say("Un carton");
    say("essai");
    later(3000);
    assert_non_null(strstr(h.last, "Un carton\\nessai"));
    house_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_in_pieces_gets_one_reply_three_seconds_after_the_last),
        cmocka_unit_test(a_restart_between_two_pieces_loses_neither_and_answers_once),
        cmocka_unit_test(the_word_of_a_flow_is_a_piece_like_any_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
