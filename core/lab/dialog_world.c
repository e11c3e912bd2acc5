/*
 * The host in one thread: the engine, the sender and a memory store that run for real, on a clock that stands still until a
 * test lets it go on. A world is emptied for each test; what stays is the scripts, because a Lua state costs more than a test.
 *
 * The engine keeps each state as JSON text between two turns and each turn parses it anew, so whatever a script leaves in a
 * state that is not plain data cannot survive to the next line of a test. world_watch() checks it all the same.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "lisolo/base/problems.h"

#define NUMBER "555000111222333"

bool dialog_french;

int64_t world_now(const struct world *w) { return clock_wall_ms(&w->clock.clock); }

bool world_broken(struct world *w, const char *why)
{
    if (!w->broken)
        error_set(&w->why, "%s", why);
    w->broken = true;
    return false;
}

bool world_no_memory(struct world *w) { return world_broken(w, SAY("out of memory", "mémoire insuffisante")); }

/* ---- hooks ---- */

static void on_event(void *ctx, const struct store_event *e)
{
    struct world *w = ctx;

    w->told++;
    engine_on_event(w->engine, e);
}

static void on_timer(void *ctx, int64_t due) { engine_on_timer(((struct world *)ctx)->engine, due); }
static void on_call(void *ctx, const struct store_call_row *row) { sender_on_call(((struct world *)ctx)->sender, row); }
static void on_status(void *ctx, const struct store_status *s) { sender_on_status(((struct world *)ctx)->sender, s); }

static void on_send(void *ctx, const struct store_send_row *row)
{
    struct world *w = ctx;

    if (world_row(w, row->id) == NULL && !world_row_add(w, row))
        return;
    sender_on_send(w->sender, row);
}

static void set_hooks(struct world *w, bool on)
{
    struct store_hooks hooks = { .ctx = w, .event = on_event, .timer = on_timer, .send = on_send, .call = on_call, .status = on_status };
    struct store_hooks none = { 0 };

    store_set_hooks(w->store, on ? &hooks : &none);
}

/* ---- life ---- */

static struct sender *new_sender(struct world *w, struct error *err)
{
    struct sender_options o = { .store = w->store, .clock = &w->clock.clock, .net = { net_start, w }, .seed = 11, .graph_base = "http://graph",
                                .graph_version = "v26.0", .graph_token = "token", .number = NUMBER, .install = store_install_id(w->store), .unwatched = true,
                                .backend_base = "http://backend" };

    if (!w->pacing) {
        o.number_per_s = 1e6;
        o.pair_burst = 1e6;
        o.pair_per_s = 1e3;
    }
    return sender_new(&o, err);
}

struct world *world_new(struct generation *g, struct cover *cover, struct error *err)
{
    static const struct turn_trace NO_TRACE;
    struct world *w = calloc(1, sizeof *w);
    struct turn_trace *trace = malloc(sizeof *trace);
    struct engine_options eo = { .number = NUMBER, .workers = 1, .watch = world_watch, .watch_ctx = w, .trace = trace };

    if (w != NULL)
        w->people = calloc(DIALOG_PEOPLE_MAX, sizeof *w->people);
    if (w == NULL || trace == NULL || w->people == NULL) {
        if (w != NULL)
            free(w->people);
        free(w);
        free(trace);
        error_set(err, "%s", SAY("out of memory", "mémoire insuffisante"));
        return NULL;
    }
    *trace = cover == NULL ? NO_TRACE : cover_trace(cover);
    if (cover == NULL)
        eo.trace = NULL;
    w->trace = trace;
    w->cover = cover;
    w->generation = g;
    clock_fake_init(&w->clock, 1738000000000);
    eo.clock = &w->clock.clock;
    w->engine = engine_new(&eo, err);
    if (w->engine != NULL) {
        generation_use(g);
        if (!engine_swap(w->engine, g, err))
            generation_drop(g);
        else
            w->worker = engine_worker_new(w->engine, 0, err);
    }
    if (w->worker != NULL)
        return w;
    world_free(w);
    return NULL;
}

void world_free(struct world *w)
{
    if (w == NULL)
        return;
    world_end(w);
    engine_worker_free(w->worker);
    engine_free(w->engine);
    free(w->people);
    free(w->said);
    free(w->rows);
    free(w->places);
    free(w->stubs);
    free(w->called);
    free(w->open);
    free(w->trace);
    free(w);
}

static bool start(struct world *w)
{
    struct error err = { "" };
    struct turn_keys keys = { 0 };

    if (!store_secret(w->store, "button", keys.current) || !store_secret(w->store, "seal", keys.seal) || !engine_renew(w->engine, w->store, &keys))
        return world_no_memory(w);
    w->sender = new_sender(w, &err);
    if (w->sender == NULL)
        return world_broken(w, err.text);
    w->failed_seen = 0;
    set_hooks(w, true);
    return store_recover(w->store, &err) || world_broken(w, err.text);
}

bool world_begin(struct world *w, int64_t now_ms, bool chaos, uint64_t seed)
{
    struct store_options so = { .clock = &w->clock.clock };
    struct error err = { "" };

    clock_fake_init(&w->clock, now_ms);
    w->chaos = chaos;
    w->pacing = w->broken = w->has_last = false;
    w->random = seed * 2862933555777941757ULL + 3037000493ULL;
    w->serial = 0;
    w->told = 0;
    w->unstubbed[0] = w->failure[0] = w->unsent[0] = '\0';
    w->store = store_open_memory(&so, &err);
    return w->store == NULL ? world_broken(w, err.text) : start(w);
}

static void forget_said(struct world *w)
{
    for (size_t i = 0; i < w->said_count; i++) {
        cJSON_Delete(w->said[i].form);
        lines_free(&w->said[i].lines);
    }
    for (size_t i = 0; i < w->row_count; i++)
        free(w->rows[i].body);
    for (size_t i = 0; i < w->people_count; i++)
        world_person_free(&w->people[i]);
    w->said_count = w->row_count = w->people_count = w->place_count = 0;
}

static void last_free(struct world *w)
{
    free((char *)(uintptr_t)w->last.body.data);
    free((char *)(uintptr_t)w->last.phone);
    free((char *)(uintptr_t)w->last.name);
    free((char *)(uintptr_t)w->last.route);
    w->last = (struct store_item){ 0 };
    w->has_last = false;
}

/* Everything that was handed to the store comes back, so that nothing points to what is freed next. */
static bool drain_store(struct world *w)
{
    struct error err = { "" };
    size_t did;

    while (store_wait(w->store, 0))
        if (!store_step(w->store, &did, &err))
            return world_broken(w, err.text);
    return true;
}

static void stop_sender(struct world *w)
{
    if (w->sender == NULL)
        return;
    (void)sender_drain(w->sender);
    net_cut(w);
    (void)drain_store(w);
    sender_step(w->sender);
    (void)drain_store(w);
    sender_free(w->sender);
    w->sender = NULL;
}

void world_end(struct world *w)
{
    struct turn_keys keys = { 0 };

    if (w->store != NULL) {
        set_hooks(w, false);
        stop_sender(w);
        (void)engine_renew(w->engine, NULL, &keys);
        store_close(w->store);
        w->store = NULL;
    }
    net_clear(w);
    forget_said(w);
    last_free(w);
}

bool world_restart(struct world *w)
{
    stop_sender(w);
    return !w->broken && start(w);
}

/* ---- stepping ---- */

static bool has_template(const struct out_row *row) { return strstr(row->body, "\"template\":{") != NULL; }

/* The template of the same notification says it all outside the window: what else the notification has stays behind on purpose. */
static bool stays_behind(const struct world *w, const struct out_row *row)
{
    for (const struct out_row *one = w->rows; one < row; one++)
        if (one->conv == row->conv && one->seq == row->seq && has_template(one))
            return !has_template(row);
    return false;
}

/* A row that could not leave: out of the window without a template, say. Told once, with the sender's own reason. */
static bool look_for_unsent(struct world *w)
{
    struct sender_counts counts;

    sender_counts(w->sender, &counts);
    if (counts.failed == w->failed_seen)
        return true;
    w->failed_seen = counts.failed;
    for (size_t i = 0; i < w->row_count; i++) {
        struct out_row *row = &w->rows[i];
        bool waits = !has_template(row);

        if (row->posted || w->unsent[0] != '\0' || stays_behind(w, row))
            continue;
        (void)snprintf(w->unsent, sizeof w->unsent, waits ?
                       SAY("%.150s cannot be sent: more than 24 hours after their last message only a template may leave, and it has none (`outside`)",
                           "%.150s ne peut pas partir : plus de 24 heures après le dernier message de la personne, seul un modèle peut partir, et il n'y en a pas (`outside`)")
                       : SAY("%.150s cannot be sent", "%.150s ne peut pas partir"), row->place);
    }
    return true;
}

/* What the sender has to do, without a turn. */
static bool settle_sender(struct world *w)
{
    struct error err = { "" };
    size_t did;
    bool moved;

    do {
        if (!store_step(w->store, &did, &err))
            return world_broken(w, err.text);
        sender_step(w->sender);
        moved = did > 0;
        while (net_answer(w))
            moved = true;
    } while (moved || store_wait(w->store, 0));
    return look_for_unsent(w);
}

/* One after the other, each of them on a host that has just begun again: what a crash can do at its worst. */
static bool settle_chaos(struct world *w)
{
    do {
        (void)engine_tick(w->engine);
        if (!settle_sender(w))
            return false;
        if (w->told > 0) {
            if (!world_restart(w))
                return false;
            (void)engine_tick(w->engine);
            w->told = 0;
        }
    } while ((engine_step(w->worker, 0) || w->told > 0 || store_wait(w->store, 0)) && !w->broken);
    return !w->broken;
}

bool world_settle(struct world *w)
{
    struct error err = { "" };
    size_t did;
    bool moved;

    if (w->chaos)
        return settle_chaos(w);
    do {
        (void)engine_tick(w->engine);
        if (!store_step(w->store, &did, &err))
            return world_broken(w, err.text);
        moved = did > 0;
        while (engine_step(w->worker, 0))
            moved = true;
        sender_step(w->sender);
        while (net_answer(w))
            moved = true;
    } while ((moved || store_wait(w->store, 0)) && !w->broken);
    return look_for_unsent(w) && !w->broken;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

bool world_pass(struct world *w, int64_t ms)
{
    int64_t until = world_now(w) + ms;

    while (world_settle(w)) {
        int64_t now = world_now(w), wait = until - now, next;

        if (wait <= 0)
            return true;
        (void)engine_tick(w->engine);
        next = engine_due_ms(w->engine);   /* not engine_tick()'s answer, which never looks further than a minute */
        if (next != INT64_MAX)
            wait = least(wait, next - now);
        next = sender_next_ms(w->sender);
        if (next >= 0)
            wait = least(wait, next);
        next = net_next_ms(w);
        if (next != INT64_MAX)
            wait = least(wait, next - now);
        clock_fake_advance(&w->clock, wait < 1 ? 1 : wait);
    }
    return false;
}

/* ---- what comes in ---- */

static void nothing(struct store_op *op) { (void)op; }

static bool ingest(struct world *w, struct store_item *item, size_t count)
{
    struct store_ingest in = { .op = { .kind = STORE_INGEST, .done = nothing }, .items = item, .count = count, .now_ms = world_now(w) };
    struct error err = { "" };
    size_t did;

    if (!store_submit(w->store, &in.op))
        return world_broken(w, "the store refuses");
    if (!store_step(w->store, &did, &err))
        return world_broken(w, err.text);
    return true;
}

static bool keep_last(struct world *w, const struct store_item *item)
{
    last_free(w);
    w->last = *item;
    w->last.body = (struct blob){ strndup(item->body.data, item->body.len), item->body.len };
    w->last.phone = item->phone == NULL ? NULL : strdup(item->phone);
    w->last.name = item->name == NULL ? NULL : strdup(item->name);
    w->last.route = item->route == NULL ? NULL : strdup(item->route);
    w->has_last = w->last.body.data != NULL;
    return w->has_last || world_no_memory(w);
}

bool world_again(struct world *w)
{
    struct store_item item = w->last;

    return !w->has_last || ingest(w, &item, 1);
}

bool world_event(struct world *w, const struct person *p, const struct event *e)
{
    size_t len = 0;
    char *body = event_print(e, &len);
    struct store_item item = { .kind = STORE_EVENT, .body = { body, len }, .at_ms = e->at_ms };
    bool ok;

    if (body == NULL)
        return world_no_memory(w);
    if (p != NULL) {
        item.number = NUMBER;
        item.phone = p->phone;
        item.name = p->name;
        item.from_person = event_from_person(e->kind);
        store_key(item.key, "wa", NUMBER, e->id, NULL);
    } else {
        item.route = "backend\x1f" "chat";
        store_key(item.key, "wh", "backend", e->id, NULL);
    }
    ok = keep_last(w, &item) && ingest(w, &item, 1) && (!w->chaos || world_again(w));
    free(body);
    return ok && world_settle(w);
}

bool world_status(struct world *w, const struct said *to, enum store_rank rank, bool failed, int code)
{
    struct store_item item = { .kind = STORE_STATUS, .out_id = to->row, .attempt = to->attempt, .wamid = to->wamid, .rank = rank,
                               .failed = failed, .error_code = code, .at_ms = world_now(w), .number = NUMBER };

    return ingest(w, &item, 1);
}

/* ---- somebody who is mid-way ---- */

static bool plant_turn(struct world *w, const struct store_item *item, const char *state, int64_t wait_ms)
{
    struct store_timer timer = { .name = "wait", .guard = item->seq, .due_ms = world_now(w) + wait_ms };
    struct store_turn t = { .op = { .kind = STORE_TURN, .done = nothing }, .conv = item->conv, .seq = item->seq, .state = { state, strlen(state) },
                            .now_ms = world_now(w), .timers = &timer, .timer_count = wait_ms > 0 };
    struct error err = { "" };
    size_t did;

    if (!store_submit(w->store, &t.op) || !store_step(w->store, &did, &err))
        return world_broken(w, err.text);
    return t.op.result == STORE_OK || world_broken(w, "a state could not be put in place");
}

bool world_plant(struct world *w, struct person *p, const char *state, int64_t wait_ms, bool heard, uint64_t *seq)
{
    struct event e = { .kind = EVENT_SYSTEM, .at_ms = world_now(w), .name = "planted" };
    struct store_item item = { .kind = STORE_EVENT, .number = NUMBER, .phone = p->phone, .name = p->name, .from_person = heard,
                               .at_ms = e.at_ms };
    char id[32], text[STORE_STATE_MAX];
    size_t len = 0;
    char *body = event_print(&e, &len);
    bool ok;

    if (body == NULL)
        return world_no_memory(w);
    (void)snprintf(id, sizeof id, "planted-%" PRIu64, ++w->serial);
    store_key(item.key, "test", id, NULL);
    item.body = (struct blob){ body, len };
    stop_sender(w);
    set_hooks(w, false);
    ok = !w->broken && ingest(w, &item, 1);
    free(body);
    if (!ok)
        return false;
    *seq = item.seq;
    /* The state names the turn that asked: its number is known only now. */
    (void)snprintf(text, sizeof text, "{\"turn\":%" PRIu64 ",\"run\":%" PRIu64 "%s%s", item.seq, item.seq, state[1] == '}' ? "" : ",", state + 1);
    if (!plant_turn(w, &item, text, wait_ms))
        return false;
    p->conv = item.conv;
    free(p->state);
    p->state = strdup(text);
    p->state_len = strlen(text);
    world_timer_drop(p, "wait");
    if (wait_ms > 0 && p->timer_count < DIALOG_TIMERS_MAX) {
        p->timers[p->timer_count] = (struct dialog_timer){ .guard = item.seq, .due_ms = world_now(w) + wait_ms, .name = "wait" };
        p->timer_count++;
    }
    return (p->state != NULL || world_no_memory(w)) && start(w);
}

/* ---- scripts ---- */

static bool swap(struct world *w, struct generation *g, struct error *err)
{
    if (!engine_swap(w->engine, g, err)) {
        generation_drop(g);
        return false;
    }
    (void)engine_step(w->worker, 0);   /* an idle worker changes over */
    return true;
}

bool world_scripts(struct world *w, const char *folder, struct error *err)
{
    struct script_limits limits = script_limits_default();
    struct script_sources sources = { 0 };
    struct generation *g = NULL;
    struct problems problems;

    if (folder == NULL) {
        w->other_scripts = false;
        generation_use(w->generation);
        return swap(w, w->generation, err);
    }
    problems_init(&problems);
    problems_speak(&problems, dialog_french ? PROBLEMS_FRENCH : PROBLEMS_ENGLISH);
    if (script_sources_read(folder, &sources, &problems))
        g = generation_load(&sources, &limits, w->generation->country, &problems);
    problems_sort(&problems);
    if (g == NULL)
        error_set(err, "%s/%s:%d: %s %s", folder, problems.count > 0 ? problems.list[0].file : "", problems.count > 0 ? problems.list[0].line : 0,
                  problems.count > 0 ? problems.list[0].code : "", problems.count > 0 ? problems.list[0].text : "");
    problems_free(&problems);
    w->other_scripts = g != NULL;
    return g != NULL && swap(w, g, err);
}
