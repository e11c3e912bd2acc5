/*
 * A conversation with staff, through engine and store, in one thread: who is silent, from when on, and what the steps cost.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"
#include "lisolo/engine.h"
#include "lisolo/talk.h"

#define PHONE "+242066123456"
#define NUMBER "555000111222333"
enum { HOUR = 3600 * 1000 };

static const char flow_text[] =
    "local f = flow 'essai'\nf.words = 'essai'\nf.budget = { messages = 1, steps = 1000000000 }\n"
    "message 'q' { fr = 'Dis ton nom.' }\nmessage 'passe' { fr = 'Un collègue.' }\nmessage 'retour' { fr = 'Me revoilà.' }\n"
    "f:ask 'nom' { say = 'q', expect = text {}, budget = { steps = 2000 },\n"
    "  check = function(c, v) local n = 0 for i = 1, 20000 do n = n + i end return n > 0 end }\n"
    "f:finish 'passe' { say = 'passe', handover = { last = '4 h', back = 'retour' } }\n"
    "message 'commun.menu' { fr = 'Bonjour' }\nmenu { say = 'commun.menu', on = {} }\n"
    "commands { menu = { words = { 'menu' }, does = 'menu' } }\n"
    "message 'commun.pas_compris' { fr = 'Pas compris.' }\nmessage 'commun.probleme' { fr = 'Un souci.' }\n"
    "message 'commun.bouton_ancien' { fr = 'Ancien.' }\nmessage 'commun.aide' { fr = 'Aide.' }\n"
    "message 'commun.non_pris_en_charge' { fr = 'Non.' }\n";

struct house {
    struct clock_fake     clock;
    struct store         *store;
    struct engine        *engine;
    struct engine_worker *worker;
    unsigned              serial;
    char                  said[4096];      /* the words of all rows that leave, with | between them */
};

static struct house h;

static void on_event(void *ctx, const struct store_event *e) { (void)ctx; engine_on_event(h.engine, e); }
static void on_timer(void *ctx, int64_t due) { (void)ctx; engine_on_timer(h.engine, due); }

static void on_send(void *ctx, const struct store_send_row *row)
{
    cJSON *body = cJSON_ParseWithLength(row->body.data, row->body.len);
    const char *words = json_str(json_get(body, "free"), "body");
    size_t len = strlen(h.said);

    (void)ctx;
    (void)snprintf(h.said + len, sizeof h.said - len, "%s%s", len > 0 ? "|" : "", words == NULL ? "?" : words);
    cJSON_Delete(body);
}

static struct generation *load(void)
{
    struct script_sources s = { .list = calloc(1, sizeof *s.list), .count = 1 };
    struct script_limits limits = script_limits_default();
    struct generation *g;
    struct problems p;

    s.list[0] = (struct script_source){ strdup("flows/essai.lua"), strdup(flow_text), strlen(flow_text) };
    memset(s.digest, '0', 64);
    problems_init(&p);
    g = generation_load(&s, &limits, "CG", &p);
    for (size_t i = 0; i < p.count && g == NULL; i++)
        print_error("%s:%d: %s %s\n", p.list[i].file, p.list[i].line, p.list[i].code, p.list[i].text);
    assert_non_null(g);
    problems_free(&p);
    return g;
}

static void open_engine(void)
{
    struct engine_options eo = { .store = h.store, .clock = &h.clock.clock, .number = NUMBER, .workers = 1 };
    struct error err = { "" };

    assert_true(store_secret(h.store, "button", eo.keys.current));
    assert_true(store_secret(h.store, "seal", eo.keys.seal));
    h.engine = engine_new(&eo, &err);
    assert_non_null(h.engine);
    if (!engine_swap(h.engine, load(), &err))
        fail_msg("%s", err.text);
    h.worker = engine_worker_new(h.engine, 0, &err);
    assert_non_null(h.worker);
    store_set_hooks(h.store, &(struct store_hooks){ .event = on_event, .timer = on_timer, .send = on_send });
    assert_true(store_recover(h.store, &err));
}

static void close_engine(void)
{
    engine_stop(h.engine);
    engine_worker_free(h.worker);
    engine_free(h.engine);
}

static int house_open(void **state)
{
    struct store_options so = { .clock = &h.clock.clock };
    struct error err = { "" };

    (void)state;
    memset(&h, 0, sizeof h);
    clock_fake_init(&h.clock, 1793000000000);
    h.store = store_open_memory(&so, &err);
    assert_non_null(h.store);
    open_engine();
    return 0;
}

static int house_close(void **state)
{
    (void)state;
    engine_stop(h.engine);
    store_close(h.store);
    engine_worker_free(h.worker);
    engine_free(h.engine);
    return 0;
}

static void run(void)
{
    struct error err = { "" };
    size_t did;
    bool moved;

    do {
        moved = false;
        (void)engine_tick(h.engine);
        if (!store_step(h.store, &did, &err))
            fail_msg("%s", err.text);
        moved |= did > 0;
        while (engine_step(h.worker, 0))
            moved = true;
    } while (moved || store_wait(h.store, 0));
}

/* What left since the last look. */
static const char *said(void)
{
    static char text[sizeof h.said];

    run();
    memcpy(text, h.said, sizeof text);
    h.said[0] = '\0';
    return text;
}

static void say(const char *text)
{
    struct event e = { .kind = EVENT_TEXT, .at_ms = clock_wall_ms(&h.clock.clock), .text = text };
    struct store_item it = { .kind = STORE_EVENT, .number = NUMBER, .phone = PHONE, .at_ms = e.at_ms, .from_person = true };
    struct store_ingest in = { .op = { .kind = STORE_INGEST }, .items = &it, .count = 1, .now_ms = e.at_ms };
    struct error err = { "" };
    char id[32], *body;
    size_t len, did;

    (void)snprintf(id, sizeof id, "m%u", ++h.serial);
    store_key(it.key, "wa", id, NULL);
    body = event_print(&e, &len);
    assert_non_null(body);
    it.body = (struct blob){ body, len };
    assert_true(store_submit(h.store, &in.op));
    assert_true(store_step(h.store, &did, &err));
    free(body);
}

static enum store_result hold(bool take)
{
    int64_t now = clock_wall_ms(&h.clock.clock);
    struct store_hold o = { .op = { .kind = STORE_HOLD }, .subject = PHONE, .number = NUMBER, .take = take, .until_ms = now + 24 * HOUR, .now_ms = now };
    struct error err = { "" };
    size_t did;

    assert_true(store_submit(h.store, &o.op));
    assert_true(store_step(h.store, &did, &err));
    return o.op.result;
}

static void hand_over(void)
{
    say("essai");
    assert_string_equal(said(), "Dis ton nom.");
    say("Prisca");
    assert_string_equal(said(), "Un collègue.");
}

static void after_a_handover_nothing_is_said_until_its_time_is_over(void **state)
{
    (void)state;
    hand_over();
    say("Mon colis");
    say("essai");
    assert_string_equal(said(), "");
    clock_fake_advance(&h.clock, 4 * HOUR - 1);
    assert_string_equal(said(), "");
    clock_fake_advance(&h.clock, 1);
    assert_string_equal(said(), "Me revoilà.");
    say("essai");
    assert_string_equal(said(), "Dis ton nom.");
}

static void messages_that_were_waiting_when_it_was_handed_over_are_not_answered(void **state)
{
    (void)state;
    say("essai");
    say("Prisca");
    say("allô");
    say("essai");
    assert_string_equal(said(), "Dis ton nom.|Un collègue.");
}

static void staff_who_take_and_give_back_are_obeyed_at_once(void **state)
{
    (void)state;
    say("essai");
    assert_string_equal(said(), "Dis ton nom.");
    assert_int_equal(hold(true), STORE_OK);
    say("Prisca");
    assert_string_equal(said(), "");
    assert_int_equal(hold(false), STORE_OK);
    assert_string_equal(said(), "Dis ton nom.");
    say("Prisca");
    assert_string_equal(said(), "Un collègue.");
}

/* The turn has been taken by the worker and waits for its commit. */
static void a_turn_under_way_when_staff_comes_says_nothing(void **state)
{
    struct error err = { "" };
    int64_t now = clock_wall_ms(&h.clock.clock);
    struct store_hold o = { .op = { .kind = STORE_HOLD }, .subject = PHONE, .number = NUMBER, .take = true, .until_ms = now + HOUR, .now_ms = now };
    size_t did;

    (void)state;
    say("essai");
    assert_true(store_submit(h.store, &o.op));           /* in front of the turn's commit */
    assert_true(engine_step(h.worker, 0));
    assert_true(store_step(h.store, &did, &err));
    assert_string_equal(said(), "");
}

static void it_is_remembered_by_an_engine_that_starts_anew(void **state)
{
    (void)state;
    hand_over();
    close_engine();
    open_engine();
    h.said[0] = '\0';                  /* rows that nobody has sent are told again */
    say("allô");
    assert_string_equal(said(), "");
    say("menu");
    assert_string_equal(said(), "Bonjour");
    clock_fake_advance(&h.clock, 5 * HOUR);
    assert_string_equal(said(), "");
}

static const struct bill_line *line(const struct bill_line *lines, size_t count, const char *step)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].step->name, step) == 0)
            return &lines[i];
    fail_msg("no line for %s", step);
    return NULL;
}

static void the_bill_adds_up_and_marks_what_is_over_its_budget(void **state)
{
    struct generation *g = engine_generation(h.engine);
    struct bill_line lines[8];
    size_t n;

    (void)state;
    assert_int_equal(generation_bill(g, lines, 8), 0);
    hand_over();
    say("menu");
    (void)said();
    hand_over();
    n = generation_bill(g, lines, 8);
    assert_int_equal(n, 2);
    assert_int_equal(line(lines, n, "nom")->passes, 2);
    assert_int_equal(line(lines, n, "nom")->total[BILL_MESSAGES], 2);
    assert_int_equal(line(lines, n, "nom")->most[BILL_MESSAGES], 1);
    assert_true(line(lines, n, "nom")->total[BILL_STEPS] >= 40000);
    assert_int_equal(line(lines, n, "nom")->over, 1U << BILL_STEPS);
    assert_int_equal(line(lines, n, "passe")->over, 0);
    assert_int_equal(generation_over_budget(g), 1);
    generation_drop(g);
}

static void going_over_is_told_once_a_generation_and_step(void **state)
{
    struct generation *g = engine_generation(h.engine);
    const struct step *s = flow_step(flows_find(g->flows, "essai"), "passe");

    (void)state;
    assert_int_equal(generation_charge(g, &(struct step_cost){ .step = s, .passes = 1, .messages = 1 }), 0);
    assert_int_equal(generation_charge(g, &(struct step_cost){ .step = s, .passes = 1, .messages = 2 }), 1U << BILL_MESSAGES);
    assert_int_equal(generation_charge(g, &(struct step_cost){ .step = s, .passes = 1, .messages = 3 }), 0);
    generation_drop(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(after_a_handover_nothing_is_said_until_its_time_is_over, house_open, house_close),
        cmocka_unit_test_setup_teardown(messages_that_were_waiting_when_it_was_handed_over_are_not_answered, house_open, house_close),
        cmocka_unit_test_setup_teardown(staff_who_take_and_give_back_are_obeyed_at_once, house_open, house_close),
        cmocka_unit_test_setup_teardown(a_turn_under_way_when_staff_comes_says_nothing, house_open, house_close),
        cmocka_unit_test_setup_teardown(it_is_remembered_by_an_engine_that_starts_anew, house_open, house_close),
        cmocka_unit_test_setup_teardown(the_bill_adds_up_and_marks_what_is_over_its_budget, house_open, house_close),
        cmocka_unit_test_setup_teardown(going_over_is_told_once_a_generation_and_step, house_open, house_close),
    };

    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
