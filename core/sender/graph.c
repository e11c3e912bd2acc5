/*
 * One row's way to the Graph API: marked `sending` (durable), posted, its answer read and recorded.
 */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/fail.h"
#include "lisolo/base/log.h"

enum { ANSWER_MAX = 64 * 1024 };

void row_free(struct row *row) { free(row); }

static void mark_done(struct store_op *op)
{
    struct row *row = op->ctx;

    row->note.kind = NOTE_MARKED;
    (void)queue_push_always(row->sender->queue, &row->note.item);
}

static void mark(struct row *row, enum out_state from, enum out_state to, int64_t due_ms)
{
    struct store_mark *m = &row->mark;

    m->op.kind = STORE_MARK;
    m->op.done = mark_done;
    m->op.ctx = row;
    m->out_id = row->id;
    m->from = from;
    m->to = to;
    m->attempt = row->attempt;
    m->due_ms = due_ms;
    m->wamid = to == OUT_ACCEPTED ? row->answer_wamid : NULL;
    m->note = row->answer_note[0] != '\0' ? row->answer_note : NULL;
    m->now_ms = sender_now(row->sender);
    if (!store_submit(row->sender->o.store, &m->op)) {
        m->op.result = STORE_REFUSED;
        mark_done(&m->op);
    }
}

/* Lets the person's next row go on. */
static void lane_release(struct sender *s, struct row *row)
{
    if (row->lane_free || row->lane == NULL)
        return;
    row->lane_free = true;
    row->lane->current = NULL;
    lane_plan(s, row->lane);
}

/* Records the row's fate. Its lane goes on at once: what follows may leave while this commit is under way. */
void graph_finish(struct sender *s, struct row *row, enum out_state to, int64_t due_ms)
{
    enum out_state from = row->phase == PHASE_UNKNOWN ? OUT_UNKNOWN : row->phase == PHASE_WAITING ? OUT_READY : OUT_SENDING;

    row->phase = PHASE_RECORDING;
    if (to != OUT_READY && to != OUT_UNKNOWN)
        lane_release(s, row);
    mark(row, from, to, due_ms);
}

void graph_begin(struct sender *s, struct row *row, int64_t now)
{
    row->lane_free = false;
    row->answer_note[0] = '\0';
    s->in_flight++;
    if (now > row->expires_ms && row->expires_ms > 0) {
        s->counts.expired++;
        s->pace.tokens += 1;           /* nothing leaves, so nothing was spent */
        row->lane->pair_tokens += 1;
        (void)snprintf(row->answer_note, sizeof row->answer_note, "expired before it could be sent");
        graph_finish(s, row, OUT_EXPIRED, 0);
        return;
    }
    row->phase = PHASE_MARKING;
    row->attempt++;
    mark(row, OUT_READY, OUT_SENDING, 0);
}

/* ---- posting ---- */

/* Which form may leave now: free text inside the window, the template outside. NULL: none; the note says why. */
static cJSON *choose_form(struct row *row, cJSON *body, int64_t now)
{
    cJSON *free_form = cJSON_GetObjectItemCaseSensitive(body, "free");
    cJSON *template = cJSON_GetObjectItemCaseSensitive(body, "template");
    bool open = row->heard_ms > 0 && now < row->heard_ms + CHANNEL_WINDOW_MS && !row->use_template;

    if (free_form != NULL && open)
        return free_form;
    row->beside = template == NULL && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "beside"));
    if (template == NULL)
        (void)snprintf(row->answer_note, sizeof row->answer_note, "%s",
                       row->beside ? "the 24-hour window is closed; the template says it" :
                       "the 24-hour window is closed and the message has no template");
    return template;
}

/* The request's body, or NULL with the reason in the row's note. */
static char *print_request(struct sender *s, struct row *row, size_t *len)
{
    struct channel_to to = { .phone = row->phone, .bsuid = row->bsuid };
    char callback[CHANNEL_CALLBACK_SIZE], *text = NULL;
    cJSON *body, *form = NULL;
    struct message m;
    struct error err;

    body = json_parse(row->body, strlen(row->body), &err);
    if (body == NULL) {
        (void)snprintf(row->answer_note, sizeof row->answer_note, "%.300s", err.text);
        return NULL;
    }
    form = choose_form(row, body, sender_now(s));
    if (form != NULL && !message_from_json(form, &m, &err)) {
        (void)snprintf(row->answer_note, sizeof row->answer_note, "%.300s", err.text);
        form = NULL;
    }
    if (form != NULL) {
        channel_callback(callback, s->install, row->id, row->attempt);
        text = channel_print_message(&m, &to, callback, len, &err);
        if (text == NULL)
            (void)snprintf(row->answer_note, sizeof row->answer_note, "%.300s", err.text);
        message_free(&m);
    }
    cJSON_Delete(body);
    return text;
}

/* Definite throttles retry no sooner than half the step (equal jitter); other definite failures with full jitter. */
static int64_t backoff(struct sender *s, int attempt, bool equal)
{
    int64_t step = BACKOFF_BASE_MS;

    for (int i = 1; i < attempt && step < BACKOFF_CAP_MS; i++)
        step *= 2;
    if (step > BACKOFF_CAP_MS)
        step = BACKOFF_CAP_MS;
    return equal ? step / 2 + sender_jitter(s, step / 2) : sender_jitter(s, step);
}

static void again(struct sender *s, struct row *row, int64_t due_ms)
{
    s->counts.retried++;
    graph_finish(s, row, OUT_READY, due_ms);
}

static void doubtful(struct sender *s, struct row *row)
{
    s->counts.unknown++;
    atomic_fetch_add(&s->unknown_count, 1);
    graph_finish(s, row, OUT_UNKNOWN, 0);
}

static void refused(struct sender *s, struct row *row, int code)
{
    s->counts.failed++;
    row->mark.error_code = code;
    LOG(LOG_WARN, "message_failed", log_int("row", row->id), log_int("conversation", row->conv), log_int("code", code),
        log_str("reason", row->answer_note));
    graph_finish(s, row, OUT_FAILED, 0);
}

static void pair_limited(struct sender *s, struct row *row, int64_t now)
{
    struct lane *lane = row->lane;
    int64_t wait = 1000;

    for (int i = 0; i < lane->pair_strikes && i < 5; i++)
        wait *= 4;                     /* 4^x seconds, x from 0: whatsapp.md §8.1 */
    lane->pair_strikes++;
    lane->pair_tokens = 0;
    lane->not_before_ms = now + wait;
    again(s, row, now + wait);
}

static void read_answer(struct sender *s, struct row *row, const struct fetch_result *r, int64_t now)
{
    struct channel_answer a;

    channel_read_answer(r->status, r->body, r->body_len, &a);
    (void)snprintf(row->answer_note, sizeof row->answer_note, "HTTP %d, code %d (%s): %.250s", r->status, a.code,
                   channel_class_name(a.class), a.text);
    row->mark.error_code = a.code;
    pace_sent(s, a.class == ANSWER_AMBIGUOUS, now);
    switch (a.class) {
    case ANSWER_ACCEPTED:
        s->counts.accepted++;
        row->lane->pair_strikes = 0;
        memcpy(row->answer_wamid, a.wamid, sizeof row->answer_wamid);
        graph_finish(s, row, OUT_ACCEPTED, 0);
        break;
    case ANSWER_RETRY:
        again(s, row, now + backoff(s, row->attempt, true));
        break;
    case ANSWER_THROTTLED:
        pace_throttled(s, now);
        again(s, row, now + (r->retry_after_ms >= 0 ? r->retry_after_ms : backoff(s, row->attempt, true)));
        break;
    case ANSWER_PAIR:
        pair_limited(s, row, now);
        break;
    case ANSWER_AMBIGUOUS:
        doubtful(s, row);
        break;
    case ANSWER_WINDOW:
        if (row->use_template || strstr(row->body, "\"template\":") == NULL) {
            refused(s, row, a.code);
        } else {
            row->use_template = true;
            again(s, row, now);
        }
        break;
    case ANSWER_STOP:
        pace_stopped(s, a.text, now);
        again(s, row, now + STOP_PROBE_MS);
        break;
    case ANSWER_PERMANENT:
        refused(s, row, a.code);
        break;
    }
}

static void posted(void *ctx, const struct fetch_result *r)
{
    struct row *row = ctx;
    struct sender *s = row->sender;
    int64_t now = sender_now(s);

    FAIL_HERE("sender.post.after");
    row->answer_wamid[0] = '\0';
    row->mark.error_code = 0;
    if (r->outcome == FETCH_ANSWERED) {
        if (r->status >= 200 && r->status < 300 && s->pace.stopped) {
            s->pace.stopped = s->counts.stopped = false;
            s->counts.stop_reason[0] = '\0';
            s->pace.open_until_ms = 0;
        }
        read_answer(s, row, r, now);
        return;
    }
    (void)snprintf(row->answer_note, sizeof row->answer_note, "%s", r->reason);
    pace_sent(s, true, now);
    if (r->outcome == FETCH_NOT_SENT)
        again(s, row, now + backoff(s, row->attempt, false));
    else
        doubtful(s, row);
}

static bool start(struct sender *s, struct row *row, const char *text, size_t len, struct error *err)
{
    char url[512], bearer[1024];
    const char *headers[] = { "Content-Type: application/json", bearer, NULL };
    struct fetch_request request = { .method = "POST", .url = url, .headers = headers, .body = text, .body_len = len,
                                     .timeout_ms = s->o.graph_timeout_ms, .answer_max = ANSWER_MAX };
    const char *number = row->number != NULL ? row->number : s->number;
    int n = snprintf(url, sizeof url, "%s/%s/%s/messages", s->graph_base, s->graph_version, number);
    int m = snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", s->graph_token == NULL ? "" : s->graph_token);
    bool ok;

    if (n < 0 || (size_t)n >= sizeof url || m < 0 || (size_t)m >= sizeof bearer)
        ok = error_set(err, "the Graph address or token is too long");
    else
        ok = s->o.net.start(s->o.net.ctx, &request, posted, row, err);
    explicit_bzero(bearer, sizeof bearer);
    return ok;
}

/* The mark `sending` is durable: now it may leave. */
static void post(struct sender *s, struct row *row)
{
    struct error err;
    size_t len = 0;
    char *text = print_request(s, row, &len);

    row->phase = PHASE_POSTING;
    row->started_ms = sender_now(s);
    if (text == NULL) {
        if (row->beside)
            graph_finish(s, row, OUT_DROPPED, 0);
        else
            refused(s, row, 0);
        return;
    }
    doubt_began(s, row);
    FAIL_HERE("sender.post.before");
    if (!start(s, row, text, len, &err)) {
        (void)snprintf(row->answer_note, sizeof row->answer_note, "%.300s", err.text);
        LOG(LOG_ERROR, "message_not_started", log_int("row", row->id), log_str("reason", err.text));
        again(s, row, row->started_ms + backoff(s, row->attempt, false));
    }
    free(text);
}

/* ---- after a commit ---- */

static void back_in_lane(struct sender *s, struct row *row, int64_t due_ms)
{
    struct lane *lane = row->lane;

    row->due_ms = due_ms;
    if (lane != NULL && !row->lane_free)
        lane->current = NULL;
    if (!lane_add(s, row, true))
        abort();
}

static void drop(struct sender *s, struct row *row)
{
    lane_release(s, row);
    row_free(row);
}

void graph_marked(struct sender *s, struct row *row)
{
    enum out_state to = row->mark.to;
    bool ok = row->mark.op.result == STORE_OK;

    if (to == OUT_SENDING && ok) {
        if (s->draining)
            graph_finish(s, row, OUT_READY, row->due_ms);      /* nothing has left: not a doubt for the next start */
        else
            post(s, row);
        return;
    }
    s->in_flight--;
    if (to == OUT_UNKNOWN && !ok)
        atomic_fetch_sub(&s->unknown_count, 1);
    if (to == OUT_READY && ok)
        back_in_lane(s, row, row->mark.due_ms);
    else if (to == OUT_UNKNOWN && ok)
        doubt_add(s, row);
    else
        drop(s, row);                  /* done; or it moved on without us: its status came first, an operator acted, or the host stops */
}
