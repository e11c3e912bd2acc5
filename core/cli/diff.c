#include "diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { AROUND = 2 /* lines of context */, LINES_MAX = 16 * 1024 /* a script has 64 KiB: most are shorter than this when every line is empty */ };

struct side { const char **list; size_t *len; size_t count; };

static bool split(const char *text, struct side *out)
{
    size_t lines = 1;

    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    *out = (struct side){ reallocarray(NULL, lines, sizeof *out->list), reallocarray(NULL, lines, sizeof *out->len), 0 };
    if (out->list == NULL || out->len == NULL)
        return false;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");

        out->list[out->count] = text;
        out->len[out->count++] = n + (text[n] == '\n');
        text += n + (text[n] == '\n');
    }
    return true;
}

static void side_free(struct side *s)
{
    free(s->list);
    free(s->len);
}

static bool same(const struct side *a, size_t i, const struct side *b, size_t k)
{
    return a->len[i] == b->len[k] && memcmp(a->list[i], b->list[k], a->len[i]) == 0;
}

/* '=' both, '-' only before, '+' only after, in order; the longest common sequence between what is equal at both ends. */
static char *script_of(const struct side *a, const struct side *b, size_t *count)
{
    size_t head = 0, tail = 0, n, m, at = 0;
    uint16_t *best;
    char *ops = malloc(a->count + b->count + 1);

    while (head < a->count && head < b->count && same(a, head, b, head))
        head++;
    while (tail < a->count - head && tail < b->count - head && same(a, a->count - 1 - tail, b, b->count - 1 - tail))
        tail++;
    n = a->count - head - tail;
    m = b->count - head - tail;
    best = n > LINES_MAX || m > LINES_MAX ? NULL : calloc((n + 1) * (m + 1), sizeof *best);
    if (ops == NULL || best == NULL) {
        free(ops);
        free(best);
        return NULL;
    }
    for (size_t i = n; i-- > 0;)
        for (size_t k = m; k-- > 0;) {
            uint16_t down = best[(i + 1) * (m + 1) + k], right = best[i * (m + 1) + k + 1];

            best[i * (m + 1) + k] = same(a, head + i, b, head + k) ? (uint16_t)(best[(i + 1) * (m + 1) + k + 1] + 1) : down >= right ? down : right;
        }
    for (size_t i = 0; i < head; i++)
        ops[at++] = '=';
    for (size_t i = 0, k = 0; i < n || k < m;) {
        if (i < n && k < m && same(a, head + i, b, head + k)) {
            ops[at++] = '=';
            i++, k++;
        } else if (i < n && (k == m || best[(i + 1) * (m + 1) + k] >= best[i * (m + 1) + k + 1])) {
            ops[at++] = '-';
            i++;
        } else {
            ops[at++] = '+';
            k++;
        }
    }
    for (size_t i = 0; i < tail; i++)
        ops[at++] = '=';
    free(best);
    *count = at;
    return ops;
}

static void add_line(struct buf *out, char sign, const char *line, size_t len)
{
    (void)buf_addc(out, sign);
    (void)buf_add(out, line, len);
    if (len == 0 || line[len - 1] != '\n')
        (void)buf_adds(out, " ⏎\n");
}

/* One hunk: ops [from, to), the lines before it are `i` and `k`. */
static void add_hunk(struct buf *out, const struct side *a, const struct side *b, const char *ops, size_t from, size_t to, size_t i, size_t k)
{
    size_t before = 0, after = 0;

    for (size_t o = from; o < to; o++) {
        before += ops[o] != '+';
        after += ops[o] != '-';
    }
    (void)buf_addf(out, "@@ -%zu,%zu +%zu,%zu @@\n", i + (before > 0), before, k + (after > 0), after);
    for (size_t o = from; o < to; o++) {
        if (ops[o] == '+')
            add_line(out, '+', b->list[k], b->len[k]);
        else
            add_line(out, ops[o] == '=' ? ' ' : '-', a->list[i], a->len[i]);
        i += ops[o] != '+';
        k += ops[o] != '-';
    }
}

static void add_hunks(struct buf *out, const struct side *a, const struct side *b, const char *ops, size_t count)
{
    size_t i = 0, k = 0, at = 0;

    while (at < count) {
        size_t change = at, from, to, quiet = 0;

        while (change < count && ops[change] == '=')
            change++;
        if (change == count)
            return;
        from = change - at > AROUND ? change - AROUND : at;
        for (to = change; to < count && quiet <= 2 * AROUND; to++)
            quiet = ops[to] == '=' ? quiet + 1 : 0;
        if (quiet > AROUND)
            to -= quiet - AROUND;
        i += from - at;
        k += from - at;
        add_hunk(out, a, b, ops, from, to, i, k);
        for (at = from; at < to; at++) {
            i += ops[at] != '+';
            k += ops[at] != '-';
        }
    }
}

bool diff_texts(struct buf *out, const char *name, const char *before, const char *after)
{
    struct side a = { 0 }, b = { 0 };
    size_t count = 0;
    char *ops = NULL;

    if (strcmp(before, after) == 0)
        return true;
    if (split(before, &a) && split(after, &b))
        ops = script_of(&a, &b, &count);
    if (ops != NULL) {
        (void)buf_addf(out, "--- %s\n+++ %s\n", name, name);
        add_hunks(out, &a, &b, ops, count);
    }
    free(ops);
    side_free(&a);
    side_free(&b);
    return ops != NULL && buf_ok(out);
}
