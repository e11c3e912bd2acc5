/*
 * One answer in several messages: `gather = "3 s"`. What comes is kept in the state, each piece sets the timer "gather" anew,
 * and when it fires the pieces are taken as one message would be: texts joined by new lines, photos as a list, a place with
 * the words about it.
 *
 * A piece is {"k": "text" | "location" | "photo", "v": value}, and "named": true for a place that has a name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static const char TIMER_NAME[] = "gather";

/* An album has at most 10 photos on a telephone, and the state 32 KiB in all: what is more is taken at once. */
enum { PIECES_MAX = 20, PIECES_BYTES_MAX = 8 * 1024 };

/* ---- pieces ---- */

static const struct expect *offered(const struct expect *e, enum expect_kind kind)
{
    if (e->kind == kind)
        return e;
    for (size_t i = 0; i < e->choice_count; i++)
        if (e->choices[i].kind == kind)
            return &e->choices[i];
    return NULL;
}

static cJSON *piece(struct turn *t, const char *kind, cJSON *value, bool named)
{
    cJSON *p = value == NULL ? NULL : cJSON_CreateObject();
    bool ok = p != NULL && json_add_str(p, "k", kind) && (!named || json_add_bool(p, "named", true));

    if (ok && json_add(p, "v", value))
        return p;
    if (!ok)
        cJSON_Delete(value);
    cJSON_Delete(p);
    t->broken = true;
    return NULL;
}

/* NULL: it is no piece of this answer (or t->broken). */
static cJSON *piece_of(struct turn *t, const struct expect *e)
{
    const struct event *ev = t->in->event;
    const struct expect *want = NULL;

    if (t->text != NULL)
        return t->text[0] == '\0' || offered(e, EXPECT_TEXT) == NULL ? NULL : piece(t, "text", cJSON_CreateString(t->text), false);
    if (ev->kind == EVENT_LOCATION && ev->has_point)
        want = offered(e, EXPECT_LOCATION);
    else if (ev->kind == EVENT_MEDIA && ev->media != NULL && strcmp(ev->media, "image") == 0)
        want = offered(e, EXPECT_PHOTO);
    if (want == NULL)
        return NULL;
    return piece(t, want->kind == EXPECT_PHOTO ? "photo" : "location", expect_one(t, want), ev->place != NULL || ev->address != NULL);
}

static bool is_full(struct turn *t)
{
    size_t len = 0;
    char *text;

    if (cJSON_GetArraySize(t->st.parts) >= PIECES_MAX)
        return true;
    text = json_print(t->st.parts, &len);
    if (text == NULL)
        t->broken = true;
    free(text);
    return len > PIECES_BYTES_MAX;
}

void gather_drop(struct turn *t)
{
    while (cJSON_GetArraySize(t->st.parts) > 0)
        cJSON_DeleteItemFromArray(t->st.parts, 0);
}

/* ---- the answer ---- */

static bool is_kind(const cJSON *p, const char *kind) { return json_str(p, "k") != NULL && strcmp(json_str(p, "k"), kind) == 0; }

/* t->text and t->word become the words of all pieces. */
static bool join_words(struct turn *t)
{
    struct buf all;
    const cJSON *p;
    const char *text;

    t->text = t->word = NULL;
    buf_init(&all, 2 * STORE_STATE_MAX);
    cJSON_ArrayForEach(p, t->gathered) {
        if (!is_kind(p, "text") || json_str(p, "v") == NULL)
            continue;
        if (all.len > 0)
            buf_addc(&all, '\n');
        buf_adds(&all, json_str(p, "v"));
    }
    text = buf_ok(&all) && all.len > 0 ? pool_bytes(t->pool, buf_str(&all), all.len) : NULL;
    if (!buf_ok(&all) || (all.len > 0 && text == NULL)) {
        buf_free(&all);
        return turn_broken(t);
    }
    buf_free(&all);
    return text == NULL || turn_read_words(t, text);
}

static bool take(struct turn *t)
{
    cJSON *none = cJSON_CreateArray();

    if (none == NULL)
        return turn_broken(t);
    cJSON_Delete(t->gathered);
    t->gathered = t->st.parts;
    t->st.parts = none;
    return join_words(t) && turn_take_answer(t);
}

bool gather_keep(struct turn *t, bool *kept)
{
    cJSON *p = piece_of(t, &t->step->expect);

    *kept = p != NULL;
    if (p == NULL)
        return !t->broken;
    if (!json_add(t->st.parts, NULL, p))
        return turn_broken(t);
    t->st.gather = t->in->seq;
    if (!is_full(t))
        return !t->broken;
    return !t->broken && take(t);
}

/* ---- the merged value ---- */

/* Words beside photos are the caption of the first. */
static bool add_caption(cJSON *photos, const char *words)
{
    cJSON *first = cJSON_GetArrayItem(photos, 0);
    const char *own = json_str(first, "legende");
    struct buf both;
    bool ok;

    buf_init(&both, 2 * STORE_STATE_MAX);
    if (own != NULL) {
        buf_adds(&both, own);
        buf_addc(&both, '\n');
    }
    buf_adds(&both, words);
    cJSON_DeleteItemFromObjectCaseSensitive(first, "legende");
    ok = buf_ok(&both) && json_add_str(first, "legende", buf_str(&both));
    buf_free(&both);
    return ok;
}

static cJSON *photos(struct turn *t)
{
    cJSON *list = cJSON_CreateArray();
    bool ok = list != NULL;
    const cJSON *p;

    cJSON_ArrayForEach(p, t->gathered)
        if (ok && is_kind(p, "photo"))
            ok = json_add(list, NULL, cJSON_Duplicate(json_get(p, "v"), true));
    if (ok && cJSON_GetArraySize(list) > 0 && t->text != NULL)
        ok = add_caption(list, t->text);
    if (ok && cJSON_GetArraySize(list) > 0)
        return list;
    cJSON_Delete(list);
    if (!ok)
        t->broken = true;
    return NULL;
}

static const cJSON *last_place(const struct turn *t)
{
    const cJSON *p, *found = NULL;

    cJSON_ArrayForEach(p, t->gathered)
        if (is_kind(p, "location"))
            found = p;
    return found;
}

/* The words say more than a point, and go with the name of a place. They must be such words as are asked for. */
static cJSON *place(struct turn *t, const struct expect *e)
{
    const cJSON *last = last_place(t);
    const struct expect *text = offered(e, EXPECT_TEXT);
    cJSON *value, *words = NULL;
    struct buf address;
    bool ok;

    if (last == NULL)
        return NULL;
    value = cJSON_Duplicate(json_get(last, "v"), true);
    if (t->text != NULL && text != NULL)
        words = expect_one(t, text);
    if (value == NULL || t->broken || !cJSON_IsString(words)) {
        t->broken = t->broken || value == NULL;
        cJSON_Delete(words);
        if (!t->broken)
            return value;
        cJSON_Delete(value);
        return NULL;
    }
    buf_init(&address, 2 * STORE_STATE_MAX);
    if (json_bool(last, "named") && json_str(value, "adresse") != NULL) {
        buf_adds(&address, json_str(value, "adresse"));
        buf_addc(&address, '\n');
    }
    buf_adds(&address, words->valuestring);
    cJSON_DeleteItemFromObjectCaseSensitive(value, "adresse");
    ok = buf_ok(&address) && json_add_str(value, "adresse", buf_str(&address));
    buf_free(&address);
    cJSON_Delete(words);
    if (ok)
        return value;
    cJSON_Delete(value);
    t->broken = true;
    return NULL;
}

cJSON *gather_value(struct turn *t, const struct expect *e, bool *other)
{
    const struct expect *list = e->kind == EXPECT_ONE_OF ? e->choices : e;
    size_t count = e->kind == EXPECT_ONE_OF ? e->choice_count : 1;
    cJSON *value = NULL;

    *other = t->text == NULL;
    for (size_t i = 0; value == NULL && !t->broken && i < count; i++) {
        if (list[i].kind == EXPECT_PHOTO)
            value = photos(t);
        else if (list[i].kind == EXPECT_LOCATION || (list[i].kind == EXPECT_TEXT && last_place(t) != NULL))
            value = place(t, e);
    }
    return value != NULL || t->broken || t->text == NULL ? value : expect_value(t, e, other);
}

/* ---- the timer ---- */

bool gather_is_timer(const struct event *e) { return e->kind == EVENT_TIMER && e->name != NULL && strcmp(e->name, TIMER_NAME) == 0; }

bool gather_pending(const struct turn *t) { return cJSON_GetArraySize(t->st.parts) > 0; }

bool gather_take(struct turn *t)
{
    if (!turn_find_place(t))
        return false;
    if (t->flow == NULL || t->moved || t->st.calling || !step_waits(t->step)) {
        gather_drop(t);                /* a reload took the question away: it is asked anew */
        return t->flow == NULL || !t->moved || turn_go(t, t->step);
    }
    return take(t);
}

bool gather_timer(struct turn *t)
{
    if (t->in->event->guard != t->st.gather || !gather_pending(t))
        return true;                   /* another piece has come since */
    t->st.gather = 0;
    if (!turn_is_held(t))
        return gather_take(t);
    gather_drop(t);                    /* a person of the team has taken over: what was asked is asked again afterwards */
    return true;
}

bool gather_set(struct turn *t)
{
    bool came = gather_pending(t) && t->st.gather == t->in->seq, over = !gather_pending(t) && t->st.gather != 0;
    struct store_timer *timer;

    if (!came && !over)
        return true;
    if (t->commit->timer_count == TURN_TIMERS_MAX)
        return turn_fail(t, t->step == NULL ? "" : t->step->file, t->step == NULL ? 0 : t->step->line,
                         "more than %d timers in one turn", TURN_TIMERS_MAX);
    timer = &t->commit->timers[t->commit->timer_count++];
    (void)snprintf(timer->name, sizeof timer->name, "%s", TIMER_NAME);
    timer->guard = t->st.gather;
    timer->due_ms = came && t->step != NULL ? t->in->now_ms + t->step->gather_ms : 0;
    if (over)
        t->st.gather = 0;
    return true;
}
