#include <stdlib.h>
#include <string.h>

#include "lisolo/base/box.h"
#include "lisolo/base/crypto.h"
#include "private.h"

void store_set_hooks(struct store *s, const struct store_hooks *hooks) { s->hooks = *hooks; }

const char *store_install_id(const struct store *s) { return s->install; }

bool store_secret(struct store *s, const char *name, uint8_t out[32]) { return s->driver->secret(s, name, out); }

static void discard(struct store *s)
{
    s->driver->close(s);
    if (s->queue != NULL)
        queue_free(s->queue);
    store_cache_free(s->cache);
    store_survey_free(s->survey);
    box_free(s->shown);
    explicit_bzero(s->alias_key, sizeof s->alias_key);
    explicit_bzero(s->seal_key, sizeof s->seal_key);
    free(s->ran);
    free(s->news);
    free(s);
}

/* The installation's public name, so that statuses of another installation's rows are not taken for ours. */
static bool read_secrets(struct store *s)
{
    uint8_t install[32];

    if (!s->driver->secret(s, "alias", s->alias_key) || !s->driver->secret(s, "install", install) ||
        !s->driver->secret(s, "seal", s->seal_key))
        return store_trouble(s, TROUBLE_BROKEN, "the file's own keys are missing");
    crypto_hex(install, 4, s->install);
    return true;
}

struct store *store_make(const struct driver *driver, void *db, const struct store_options *options, struct error *err)
{
    struct store *s = calloc(1, sizeof *s);
    bool ok;

    if (s == NULL) {
        struct store closing = { .db = db };

        driver->close(&closing);
        error_set(err, "store: out of memory");
        return NULL;
    }
    s->driver = driver;
    s->db = db;
    s->o = *options;
    s->o.path = NULL;                  /* borrowed, and the driver has its own */
    if (s->o.clock == NULL)
        s->o.clock = clock_real();
    if (s->o.queue_bytes == 0)
        s->o.queue_bytes = QUEUE_BYTES_DEFAULT;
    if (s->o.group_max == 0)
        s->o.group_max = GROUP_MAX_DEFAULT;
    s->held_tail = &s->held;
    s->dead_tail = &s->dead;
    s->queue = queue_new(s->o.queue_bytes, QUEUE_PLAIN);
    s->cache = store_cache_new();
    s->survey = store_survey_new();
    s->shown = box_new(sizeof s->counts);
    s->ran = store_ran_new(s->o.group_max);
    ok = s->queue != NULL && s->cache != NULL && s->survey != NULL && s->shown != NULL && s->ran != NULL;
    if (!ok)
        store_trouble(s, TROUBLE_BROKEN, "out of memory");
    /* Until store_recover() the partitions are whoever's they were: a turn commits if nobody takes them over meanwhile. */
    ok = ok && read_secrets(s) && driver->epochs(s, false, s->epoch) && driver->tidy(s, &s->counts);
    if (!ok) {
        error_set(err, "store: %s", s->why.text);
        discard(s);
        return NULL;
    }
    box_put(s->shown, &s->counts);     /* nobody may take the free space for 0 before the first step */
    return s;
}

/* ---- submitting ---- */

static size_t text_bytes(const char *text) { return text == NULL ? 0 : strlen(text); }

static size_t ingest_bytes(const struct store_ingest *in)
{
    size_t bytes = sizeof *in;

    for (size_t i = 0; i < in->count; i++) {
        const struct store_item *it = &in->items[i];

        bytes += sizeof *it + it->body.len + text_bytes(it->status_json) + text_bytes(it->name) + text_bytes(it->route);
    }
    return bytes;
}

bool store_submit(struct store *s, struct store_op *op)
{
    op->result = STORE_OK;
    if (op->kind == STORE_INGEST) {
        op->item.bytes = ingest_bytes((const struct store_ingest *)op);
        return queue_push(s->queue, &op->item);
    }
    if (op->kind == STORE_PARK) {
        op->item.bytes = sizeof(struct store_park) + ((const struct store_park *)op)->body.len;
        return queue_push(s->queue, &op->item);
    }
    op->item.bytes = 0;
    return queue_push_always(s->queue, &op->item);
}

bool store_wait(struct store *s, int timeout_ms)
{
    int64_t left;

    if (store_survey_pending(s->survey))
        return true;
    if (s->held == NULL)
        return queue_wait(s->queue, timeout_ms);
    left = s->retry_ms - clock_mono_ms(s->o.clock);
    if (left <= 0)
        return true;
    if (timeout_ms < 0 || left < timeout_ms)
        timeout_ms = (int)left;
    return queue_wait(s->queue, timeout_ms) || clock_mono_ms(s->o.clock) >= s->retry_ms;
}

/* ---- stepping ---- */

bool store_step(struct store *s, size_t *did, struct error *err)
{
    *did = 0;
    if (!s->broken && store_group(s, did)) {
        box_put(s->shown, &s->counts);
        return true;
    }
    s->broken = true;
    return error_set(err, "store: %s", s->why.text);
}

void store_counts(struct store *s, struct store_counts *out) { box_get(s->shown, out); }

void store_close(struct store *s)
{
    struct error err;
    size_t did;

    if (s == NULL)
        return;
    queue_close(s->queue);
    while (queue_count(s->queue) > 0 && store_step(s, &did, &err))
        ;
    s->retry_ms = INT64_MIN;           /* one more chance for what waits for space */
    if (s->held != NULL)
        (void)store_step(s, &did, &err);
    store_refuse(s->held);
    store_refuse(s->dead);
    store_refuse(store_survey_take(s->survey));
    store_refuse(queue_take_all(s->queue));
    discard(s);
}
