#include "later.h"

#include <stdlib.h>

struct entry {
    struct web_request *rq;
    struct answer       answer;
};

void answer_give(struct web_request *rq, struct answer *a)
{
    const char *type = a->len > 0 ? "application/json" : NULL;

    if (a->status == 0) {
        web_reset(rq);
    } else if (a->body == NULL) {   /* out of memory while it was printed */
        web_reply(rq, 500, NULL, NULL, 0);
    } else if (a->name[0] != '\0') {
        const char *headers[] = { a->name, a->value, NULL };

        web_reply_with(rq, a->status, type, a->body, a->len, headers);
    } else {
        web_reply(rq, a->status, type, a->body, a->len);
    }
    free(a->body);
    a->body = NULL;
}

void later_cut(struct later *l)
{
    struct entry *e;

    while ((e = due_pop(&l->due, INT64_MAX)) != NULL) {
        web_reset(e->rq);
        free(e->answer.body);
        free(e);
    }
    due_free(&l->due);
}

void later_add(struct later *l, int64_t now_ms, int64_t delay_ms, struct web_request *rq, struct answer *a)
{
    struct entry *e;

    if (delay_ms <= 0) {
        answer_give(rq, a);
        return;
    }
    e = malloc(sizeof *e);
    if (e != NULL)
        *e = (struct entry){ rq, *a };
    if (e == NULL || !due_push(&l->due, now_ms + delay_ms, e)) {
        free(e);
        a->status = 0;
        answer_give(rq, a);
        return;
    }
    a->body = NULL;
}

void later_step(struct later *l, int64_t now_ms)
{
    struct entry *e;

    while ((e = due_pop(&l->due, now_ms)) != NULL) {
        answer_give(e->rq, &e->answer);
        free(e);
    }
}
