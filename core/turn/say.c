/*
 * Messages to outbox rows: rendered, signed, measured against WhatsApp's limits before a row exists.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/channel.h"
#include "private.h"

static const int64_t MINUTE_MS = 60 * 1000, HOUR_MS = 3600 * 1000;

bool turn_window_open(const struct turn *t)
{
    const struct store_person *p = t->in->person;

    return p != NULL && p->heard_ms > 0 && t->in->now_ms < p->heard_ms + CHANNEL_WINDOW_MS;
}

/* ---- rendering ---- */

static const cJSON *look_up(void *ctx, const char *name)
{
    struct turn *t = ctx;
    const cJSON *found = turn_value(t, name);

    t->missing = found == NULL ? pool_text(t->pool, name) : NULL;
    return found;
}

bool turn_render(struct turn *t, const struct wording_message *m, const cJSON *rows, struct wording_output *out)
{
    struct wording_context c = { .language = t->st.lang, .values = { look_up, t }, .rows = rows };
    struct error err;
    int line = 0;
    const char *file;

    t->missing = NULL;
    if (wording_render(t->gen->wording, m, &c, out, &err))
        return true;
    if (t->failed || t->broken)
        return false;                  /* a function that a value needed: its own failure says more */
    if (out->nothing && t->rule != NULL)
        return true;                   /* what goes with a notification: a driver's card, say, when no driver is known yet */
    file = wording_place(m, &line);
    (void)turn_fail(t, file, line, "%s", err.text);
    (void)snprintf(t->failure.text, sizeof t->failure.text, "%s", err.text);   /* it names its place itself */
    return false;
}

static bool sign(struct turn *t, struct message *m, uint64_t turn)
{
    char id[CHOICE_SIZE];

    for (size_t i = 0; i < m->choice_count; i++) {
        char *copy;

        if (!choice_sign(t->in->keys, t->in->conv, m->choices[i].id, turn, id))
            return turn_broken(t);
        copy = strdup(id);
        if (copy == NULL)
            return turn_broken(t);
        free(m->choices[i].id);
        m->choices[i].id = copy;
    }
    return true;
}

/* ---- rows ---- */

static bool fits(struct turn *t, const struct wording_message *m, const struct message *part)
{
    struct error err;
    int line = 0;
    const char *file = wording_place(m, &line);

    return channel_fits(part, &err) || turn_fail(t, file, line, "\"%.100s\": %s", wording_id(m), err.text);
}

static const char *form_of(const struct message *m) { return m->kind == MESSAGE_TEMPLATE ? "template" : "free"; }

/* Who says it, for `why`: the step, the `on` statement, else the message itself. */
static void name_source(const struct turn *t, const struct wording_message *m, char *out, size_t size)
{
    int line = 0;
    const char *file = wording_place(m, &line);

    if (t->plan != NULL) {
        file = t->plan->file;
        line = t->plan->line;
    } else if (t->rule != NULL) {
        file = t->rule->file;
        line = t->rule->line;
    } else if (t->step != NULL) {
        file = t->step->file;
        line = t->step->line;
    }
    (void)snprintf(out, size, "%.80s %.64s:%d", wording_id(m), file, line);
}

/* `body` is taken. */
static bool add_row(struct turn *t, const struct wording_message *m, enum store_class class, cJSON *body)
{
    struct store_turn *c = t->commit;
    struct store_send *row;
    int line = 0;
    const char *file = wording_place(m, &line);
    size_t len = 0;
    char *text;

    if (c->send_count == TURN_SENDS_MAX) {
        cJSON_Delete(body);
        return turn_fail(t, file, line, "more than %d messages in one turn", TURN_SENDS_MAX);
    }
    text = json_print(body, &len);
    cJSON_Delete(body);
    if (text == NULL)
        return turn_broken(t);
    row = &c->sends[c->send_count];
    row->class = class;
    row->body = (struct blob){ pool_bytes(t->pool, text, len), len };
    row->due_ms = t->in->now_ms;
    row->expires_ms = t->in->now_ms + (class == CLASS_REPLY ? REPLY_MINUTES * MINUTE_MS : NOTICE_HOURS * HOUR_MS);
    free(text);
    if (row->body.data == NULL)
        return turn_broken(t);
    name_source(t, m, row->source, sizeof row->source);
    c->send_count++;
    if (class == CLASS_REPLY)
        cost_message(t);
    return true;
}

static bool add_form(struct turn *t, cJSON *body, const struct message *part)
{
    cJSON *json = message_to_json(part);

    return (json != NULL && json_add(body, form_of(part), json)) || turn_broken(t);
}

bool turn_say_part(struct turn *t, const struct wording_message *m, struct message *part, enum store_class class)
{
    cJSON *body;

    if (!sign(t, part, t->st.turn) || !fits(t, m, part))
        return false;
    body = cJSON_CreateObject();
    if (body == NULL)
        return turn_broken(t);
    if (!add_form(t, body, part)) {
        cJSON_Delete(body);
        return false;
    }
    return add_row(t, m, class, body);
}

bool turn_say_output(struct turn *t, const struct wording_message *m, struct wording_output *out)
{
    bool ok = true;

    /* Free words outside the window would only be refused: an end of waiting may come after it has closed. */
    for (size_t i = 0; ok && turn_window_open(t) && i < out->count; i++)
        ok = turn_say_part(t, m, &out->parts[i], CLASS_REPLY);
    wording_output_free(out);
    return ok;
}

bool turn_say(struct turn *t, const struct wording_message *m)
{
    struct wording_output out;

    return turn_render(t, m, NULL, &out) && turn_say_output(t, m, &out);
}

/* ---- notifications ---- */

/* The template for a closed window. Its limits were checked with it; here it must be filled. */
static bool add_template(struct turn *t, const struct wording_message *m, cJSON *body)
{
    struct wording_output out;
    bool ok;

    if (!turn_render(t, m, NULL, &out))
        return false;
    ok = out.count == 1 && sign(t, &out.parts[0], t->in->seq) && fits(t, m, &out.parts[0])
        && add_form(t, body, &out.parts[0]);
    wording_output_free(&out);
    return ok;
}

/* `beside`: outside the window the template of an earlier part says it all, and this one stays away. */
static bool notify_part(struct turn *t, const struct wording_message *m, struct message *part,
                        const struct wording_message *outside, bool beside)
{
    cJSON *body = cJSON_CreateObject();

    if (body == NULL || (beside && cJSON_AddTrueToObject(body, "beside") == NULL)) {
        cJSON_Delete(body);
        return turn_broken(t);
    }
    if (sign(t, part, t->in->seq) && fits(t, m, part) && add_form(t, body, part)
        && (outside == NULL || part->kind == MESSAGE_TEMPLATE || add_template(t, outside, body)))
        return add_row(t, m, CLASS_NOTIFICATION, body);
    cJSON_Delete(body);
    return false;
}

bool turn_notify(struct turn *t, const struct event_case *c)
{
    const struct wording_message *outside = c->outside;

    for (size_t i = 0; i < c->say_count; i++) {
        struct wording_output out;
        bool ok = turn_render(t, c->say[i], NULL, &out);

        if (!ok)
            return false;
        for (size_t k = 0; ok && k < out.count; k++) {
            ok = notify_part(t, c->say[i], &out.parts[k], outside, outside == NULL && c->outside != NULL);
            outside = NULL;
        }
        wording_output_free(&out);
        if (!ok)
            return false;
    }
    return true;
}
