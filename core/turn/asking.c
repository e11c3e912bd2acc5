/*
 * A notification in the middle of a question. `when_asking` says whether it comes at once, with the question after it once more
 * when that has been pending for a while, or when the question is over.
 *
 * What waits is {"t": type, "k": key, "i": id, "at": time, "d": data, "r": rank, "n": number of the turn that it came with, "q": number
 * of the turn that asked}: the event, not its words, so that it is said as the scripts of its time say it, and not at all when a later
 * stage has been announced meanwhile. Its buttons carry "n": the turn that says it has buttons of its own, of a question or another one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum {
    LATER_MAX       = 5,               /* the state has 32 KiB for everything; what does not fit is said at once */
    LATER_BYTES_MAX = 2 * 1024,        /* of one event's data */
    OLD_QUESTION_MS = 2 * 60 * 1000,   /* a younger one still stands just above the notification */
};

static bool is_asking(const struct turn *t)
{
    return t->st.flow[0] != '\0' && t->st.turn != 0 && !t->st.calling && !turn_is_silent(t);
}

/* ---- after ---- */

/* For what is kept beside the data, and what the state's other parts may grow by in such a turn. */
enum { ITEM_BYTES = 1024 };

static bool is_small(struct turn *t, const cJSON *data)
{
    size_t len = 0;
    char *text = data == NULL ? NULL : json_print(data, &len);

    if (data != NULL && text == NULL)
        return turn_broken(t);
    free(text);
    return len <= LATER_BYTES_MAX && t->in->state.len + len + ITEM_BYTES <= STORE_STATE_MAX;
}

/* Of one subject only the latest stage is news. False: it is the one that waits. */
static bool forget_subject(struct turn *t, const struct event_rule *rule, const char *key, size_t rank)
{
    for (int i = cJSON_GetArraySize(t->st.later); i-- > 0;) {
        const cJSON *item = cJSON_GetArrayItem(t->st.later, i);
        const char *own_type = json_str(item, "t"), *own_key = json_str(item, "k");
        int64_t own_rank = -1;

        if (own_type == NULL || own_key == NULL || strcmp(own_type, rule->type) != 0 || strcmp(own_key, key) != 0)
            continue;
        if (rule->by != NULL && json_int(item, "r", &own_rank) && own_rank >= (int64_t)rank)
            return false;
        cJSON_DeleteItemFromArray(t->st.later, i);
    }
    return true;
}

bool asking_keep(struct turn *t, const struct event_rule *rule, const char *key, size_t rank, bool *kept)
{
    const struct event *e = t->in->event;
    cJSON *item;

    *kept = !forget_subject(t, rule, key, rank);
    if (*kept) {
        t->commit->note = "a later stage waits for the pending question";
        return true;
    }
    if (rule->when_asking != ASKING_AFTER || !is_asking(t) || !is_small(t, e->data)
        || cJSON_GetArraySize(t->st.later) >= LATER_MAX)
        return !t->broken;
    item = cJSON_CreateObject();
    if (item == NULL || !json_add_str(item, "t", rule->type) || !json_add_str(item, "k", key) || !json_add_str(item, "i", e->id)
        || !json_add_int(item, "at", e->at_ms) || !json_add_int(item, "q", (int64_t)t->st.turn)
        || !json_add_int(item, "r", (int64_t)rank) || !json_add_int(item, "n", (int64_t)t->in->seq)
        || !json_add(item, "d", e->data == NULL ? NULL : cJSON_Duplicate(e->data, true))) {
        cJSON_Delete(item);
        return turn_broken(t);
    }
    *kept = json_add(t->st.later, NULL, item);
    t->commit->note = "kept until the pending question is answered";
    return *kept || turn_broken(t);
}

/* An author's mistake in a notification must not spoil the turn of the person who has answered: it goes, and `why` says so. */
static bool forgive(struct turn *t, size_t sends, size_t timers, const char *note)
{
    if (t->broken)
        return false;
    t->commit->note = note;
    if (!t->failed)
        return true;
    t->commit->send_count = sends;
    t->commit->timer_count = timers;
    t->failed = false;
    t->commit->note = pool_text(t->pool, t->failure.text);
    return t->commit->note != NULL || turn_broken(t);
}

static bool say_one(struct turn *t, const cJSON *item)
{
    const struct turn_input *in = t->in;
    const struct step *step = t->step;
    struct event e = { .kind = EVENT_NOTICE, .name = json_str(item, "t"), .text = json_str(item, "t"), .id = json_str(item, "i"),
                       .data = json_get(item, "d") };
    struct turn_input as = *in;
    size_t sends = t->commit->send_count, timers = t->commit->timer_count;
    const char *note = t->commit->note;
    int64_t came = (int64_t)in->seq;

    (void)json_int(item, "at", &e.at_ms);
    (void)json_int(item, "n", &came);
    as.event = &e;
    as.seq = (uint64_t)came;
    t->in = &as;
    t->step = NULL;
    t->saying_kept = true;
    (void)turn_notice(t);
    t->saying_kept = false;
    t->step = step;
    t->in = in;
    return forgive(t, sends, timers, note);
}

static cJSON *next_free(struct turn *t)
{
    bool asking = is_asking(t);
    int64_t turn;
    cJSON *item;

    cJSON_ArrayForEach(item, t->st.later)
        if (!asking || !json_int(item, "q", &turn) || (uint64_t)turn != t->st.turn)
            return item;
    return NULL;
}

bool asking_say_kept(struct turn *t)
{
    cJSON *item;
    bool ok = true;

    /* half of the turn's rows at most, so that they are never what breaks its limit; the rest comes with the next turn */
    while (ok && t->in->person != NULL && t->commit->send_count <= TURN_SENDS_MAX / 2 && (item = next_free(t)) != NULL) {
        item = cJSON_DetachItemViaPointer(t->st.later, item);
        ok = say_one(t, item);
        cJSON_Delete(item);
    }
    return ok;
}

/* ---- repeat ---- */

/* Without what is above and below the words: they were all there a moment ago. The last part that has words is the question. */
static struct message *shorten(struct wording_output *out)
{
    struct message *m = NULL;

    for (size_t i = 0; i < out->count; i++)
        if (out->parts[i].body != NULL && out->parts[i].body[0] != '\0' && out->parts[i].kind != MESSAGE_TEMPLATE)
            m = &out->parts[i];
    if (m == NULL)
        return NULL;
    free(m->header);
    free(m->footer);
    free(m->image);
    free(m->video);
    free(m->document);
    free(m->file_name);
    m->header = m->footer = m->image = m->video = m->document = m->file_name = NULL;
    if (m->kind == MESSAGE_IMAGE || m->kind == MESSAGE_VIDEO || m->kind == MESSAGE_DOCUMENT)
        m->kind = MESSAGE_TEXT;
    return m;
}

static bool repeat(struct turn *t, const struct step *s)
{
    struct wording_output out;
    const struct step *instead;
    char after[sizeof t->st.after];
    struct message *m;
    bool ok = true;

    memcpy(after, t->st.after, sizeof after);
    if (!turn_render_step(t, s, &out, &instead))
        return false;
    if (instead != NULL) {             /* it lacks a value since a reload: the next answer finds that out */
        memcpy(t->st.after, after, sizeof after);
        return true;
    }
    m = shorten(&out);
    if (m != NULL)
        ok = turn_say_part(t, s->say, m, CLASS_NOTIFICATION);      /* in the same lane as what it follows, so it cannot overtake it */
    wording_output_free(&out);
    t->st.asked_ms = t->in->now_ms;
    return ok;
}

bool asking_repeat(struct turn *t)
{
    size_t sends = t->commit->send_count, timers = t->commit->timer_count;
    const char *note = t->commit->note;
    const struct flow *f = is_asking(t) ? flows_find(t->flows, t->st.flow) : NULL, *flow = t->flow;
    const struct step *step = t->step, *s = f == NULL ? NULL : place_step(f, t->st.step);

    if (s == NULL || !step_waits(s) || !turn_window_open(t) || t->in->now_ms - t->st.asked_ms < OLD_QUESTION_MS)
        return true;
    t->flow = f;
    t->step = s;
    (void)repeat(t, s);
    t->flow = flow;
    t->step = step;
    return forgive(t, sends, timers, note);
}
