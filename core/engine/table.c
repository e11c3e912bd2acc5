#include "private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool table_init(struct table *t, size_t idle_max)
{
    *t = (struct table){ .slot_count = 4096, .idle_max = idle_max };
    t->slots = calloc(t->slot_count, sizeof(struct conversation *));
    return t->slots != NULL;
}

/* Returns how many bytes of event bodies it let go. */
static size_t pending_free(struct conversation *c)
{
    size_t bytes = 0;

    while (c->head != NULL) {
        struct pending *p = c->head;

        c->head = p->next;
        bytes += p->len;
        free(p);
    }
    c->tail = NULL;
    return bytes;
}

static void conversation_free(struct conversation *c)
{
    (void)pending_free(c);
    free(c->state.data);
    free(c->number);
    free(c->phone);
    free(c->bsuid);
    free(c->name);
    free(c);
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->slot_count && t->slots != NULL; i++) {
        struct conversation *c = t->slots[i], *next;

        for (; c != NULL; c = next) {
            next = c->hash_next;
            conversation_free(c);
        }
    }
    free(t->slots);
    *t = (struct table){ 0 };
}

static size_t slot_of(const struct table *t, int64_t id)
{
    return (size_t)((uint64_t)id * 0x9E3779B97F4A7C15ULL >> 32) & (t->slot_count - 1);
}

struct conversation *table_find(struct table *t, int64_t id)
{
    struct conversation *c = t->slots[slot_of(t, id)];

    while (c != NULL && c->id != id)
        c = c->hash_next;
    return c;
}

static void grow(struct table *t)
{
    size_t old = t->slot_count;
    struct conversation **from = t->slots, **to = calloc(old * 2, sizeof(struct conversation *));

    if (to == NULL)
        return;                        /* longer chains, nothing worse */
    t->slots = to;
    t->slot_count = old * 2;
    for (size_t i = 0; i < old; i++) {
        struct conversation *c = from[i], *next;

        for (; c != NULL; c = next) {
            size_t at = slot_of(t, c->id);

            next = c->hash_next;
            c->hash_next = to[at];
            to[at] = c;
        }
    }
    free(from);
}

struct conversation *table_make(struct table *t, int64_t id)
{
    struct conversation *c = table_find(t, id);
    size_t at;

    if (c != NULL)
        return c;
    c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    if (t->count >= t->slot_count)
        grow(t);
    at = slot_of(t, id);
    c->id = id;
    c->hash_next = t->slots[at];
    t->slots[at] = c;
    t->count++;
    return c;
}

static void unlink_idle(struct table *t, struct conversation *c)
{
    if (c->older != NULL)
        c->older->newer = c->newer;
    else if (t->oldest == c)
        t->oldest = c->newer;
    else
        return;                        /* not in the list */
    if (c->newer != NULL)
        c->newer->older = c->older;
    else
        t->newest = c->older;
    c->older = c->newer = NULL;
    t->idle_bytes -= c->bytes;
    c->bytes = 0;
}

void table_busy(struct table *t, struct conversation *c) { unlink_idle(t, c); }

static void remove_slot(struct table *t, struct conversation *c)
{
    struct conversation **at = &t->slots[slot_of(t, c->id)];

    while (*at != c)
        at = &(*at)->hash_next;
    *at = c->hash_next;
    t->count--;
}

void table_idle(struct table *t, struct conversation *c)
{
    unlink_idle(t, c);
    c->bytes = sizeof *c + c->state.len + 128;   /* 128: names and malloc's own */
    c->older = t->newest;
    if (t->newest != NULL)
        t->newest->newer = c;
    else
        t->oldest = c;
    t->newest = c;
    t->idle_bytes += c->bytes;
    while (t->idle_bytes > t->idle_max && t->oldest != c) {
        struct conversation *old = t->oldest;

        assert(old->older == NULL);
        unlink_idle(t, old);
        remove_slot(t, old);
        conversation_free(old);
    }
}

static bool set_text(char **at, const char *text)
{
    char *copy = NULL;

    if (*at != NULL && text != NULL && strcmp(*at, text) == 0)
        return true;
    if (text != NULL && (copy = strdup(text)) == NULL)
        return false;
    free(*at);
    *at = copy;
    return true;
}

/* The store tells everything that it knows, so what it does not name is gone: a telephone that has a new owner, for one. */
bool conversation_person(struct conversation *c, const struct store_person *p)
{
    if (p == NULL)
        return true;
    c->is_person = true;
    c->held_until_ms = p->held_until_ms;
    if (p->heard_ms > c->heard_ms)
        c->heard_ms = p->heard_ms;
    return set_text(&c->number, p->number) && set_text(&c->phone, p->phone) && set_text(&c->bsuid, p->bsuid) &&
           set_text(&c->name, p->name);
}

bool conversation_state(struct conversation *c, struct blob state, uint64_t done_seq, int64_t now_ms)
{
    char *data = malloc(state.len + 1);

    if (data == NULL)
        return false;
    if (state.len > 0)
        memcpy(data, state.data, state.len);
    data[state.len] = '\0';
    free(c->state.data);
    c->state = (struct text){ data, state.len };
    c->done_seq = done_seq;
    c->state_now_ms = now_ms;
    c->known = true;
    return true;
}

size_t conversation_forget(struct conversation *c)
{
    free(c->state.data);
    c->state = (struct text){ NULL, 0 };
    c->known = false;
    return pending_free(c);
}
