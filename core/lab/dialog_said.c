/*
 * What leaves: rows as the store tells them, messages as the Graph API accepts them, the statuses that come back.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

/* ---- rows ---- */

struct out_row *world_row(struct world *w, int64_t id)
{
    for (size_t i = w->row_count; i > 0; i--)
        if (w->rows[i - 1].id == id)
            return &w->rows[i - 1];
    return NULL;
}

bool world_row_add(struct world *w, const struct store_send_row *from)
{
    struct out_row *row;

    if (w->row_count == w->row_cap) {
        size_t cap = w->row_cap == 0 ? 32 : w->row_cap * 2;
        struct out_row *list = reallocarray(w->rows, cap, sizeof *list);

        if (list == NULL)
            return world_no_memory(w);
        w->rows = list;
        w->row_cap = cap;
    }
    row = &w->rows[w->row_count];
    *row = (struct out_row){ .id = from->id, .conv = from->conv, .seq = from->seq, .body = strndup(from->body.data, from->body.len) };
    if (row->body == NULL)
        return world_no_memory(w);
    w->row_count++;
    for (size_t i = 0; i < w->place_count; i++)
        if (w->places[i].conv == from->conv && w->places[i].seq == from->seq) {
            memcpy(row->place, w->places[i].place, sizeof row->place);
            memcpy(row->step, w->places[i].step, sizeof row->step);
            memmove(&w->places[i], &w->places[i + 1], (w->place_count - i - 1) * sizeof *w->places);
            w->place_count--;
            break;
        }
    return true;
}

/* ---- messages ---- */

static bool statuses(struct world *w, const struct said *s)
{
    enum store_rank ranks[] = { RANK_SENT, RANK_DELIVERED, RANK_READ };

    for (size_t i = 2; i > 0; i--) {
        size_t k;
        enum store_rank other = ranks[i];

        w->random = w->random * 6364136223846793005ULL + 1442695040888963407ULL;
        k = (size_t)(w->random >> 33) % (i + 1);
        ranks[i] = ranks[k];
        ranks[k] = other;
    }
    for (size_t i = 0; i < 3; i++)
        if (!world_status(w, s, ranks[i], false, 0))
            return false;
    return true;
}

static bool keep_said(struct world *w, const struct out_row *row, const char *request, int attempt)
{
    struct person *p = world_by_conv(w, row->conv);
    struct said *s = &w->said[w->said_count];
    struct error err = { "" };
    cJSON *body = json_parse(row->body, strlen(row->body), &err);
    bool template = strstr(request, "\"type\":\"template\"") != NULL;
    cJSON *form = body == NULL ? NULL : cJSON_DetachItemFromObjectCaseSensitive(body, template ? "template" : "free");

    if (form == NULL && body != NULL)     /* a template that is the message itself */
        form = cJSON_DetachItemFromObjectCaseSensitive(body, template ? "free" : "template");
    cJSON_Delete(body);
    if (form == NULL || p == NULL)
        return world_broken(w, form == NULL ? "a row without a form left" : "a row of nobody left");
    *s = (struct said){ .person = (size_t)(p - w->people), .row = row->id, .seq = row->seq, .attempt = attempt, .form = form };
    (void)snprintf(s->wamid, sizeof s->wamid, "wamid.C%" PRId64 ".%d", row->id, attempt);
    memcpy(s->place, row->place, sizeof s->place);
    memcpy(s->step, row->step, sizeof s->step);
    s->id = json_str(form, template && json_str(form, "template") != NULL ? "template" : "source");
    if (s->id == NULL)
        s->id = json_str(form, "source");
    w->said_count++;
    if (w->cover != NULL && !w->other_scripts && s->id != NULL && json_str(form, "language") != NULL)
        cover_message(w->cover, s->id, json_str(form, "language"));
    for (size_t i = 0; i < p->timer_count; i++)
        if (p->timers[i].after_send && p->timers[i].seq == row->seq)
            p->timers[i].due_ms = world_now(w) + p->timers[i].delay_ms;
    return block_lines(form, &s->lines) || world_no_memory(w);
}

bool net_sent(struct world *w, struct out_row *row, const char *request, int attempt)
{
    if (w->said_count == w->said_cap) {
        size_t cap = w->said_cap == 0 ? 32 : w->said_cap * 2;
        struct said *list = reallocarray(w->said, cap, sizeof *list);

        if (list == NULL)
            return world_no_memory(w);
        w->said = list;
        w->said_cap = cap;
    }
    return keep_said(w, row, request, attempt);
}

bool world_statuses(struct world *w)
{
    for (size_t i = 0; i < w->said_count; i++)
        if (!w->said[i].statused) {
            w->said[i].statused = true;
            if (!statuses(w, &w->said[i]))
                return false;
        }
    return true;
}
