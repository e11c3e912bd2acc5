/*
 * A test rewritten in place: only what differs. A line whose wildcard still matches stays, `= id` stays an id, `...` stays.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "lisolo/base/file.h"

static void begin(struct buf *out, const char *who, bool first)
{
    if (first && who != NULL)
        buf_adds(out, who);
    buf_adds(out, first ? "<" : "|");
}

static void put(struct buf *out, const char *who, size_t index, const char *line, bool escape)
{
    char *text = escape ? match_escape(line) : NULL;

    begin(out, who, index == 0);
    if (line[0] != '\0')
        buf_addf(out, " %s", text != NULL ? text : line);
    buf_addc(out, '\n');
    free(text);
}

/* The old line that still says this one, from `from` on; NULL: none. */
static const char *kept(const struct entry *old, size_t from, const char *line)
{
    for (size_t i = from; old != NULL && i < old->count; i++)
        if (strcmp(old->lines[i], "...") != 0 && match_line(old->lines[i], line, NULL))
            return old->lines[i];
    return NULL;
}

static bool ends_open(const struct entry *old) { return old != NULL && old->count > 1 && strcmp(old->lines[old->count - 1], "...") == 0; }

/* Lines up to the last one that the test spelled; behind it `...` goes on standing for the rest. */
static size_t spelled(const struct entry *old, const struct lines *now)
{
    size_t count = now->count, n = 0;

    if (!ends_open(old))
        return count;
    for (size_t i = 0; i < count; i++)
        if (kept(old, 0, now->list[i]) != NULL)
            n = i + 1;
    return n > old->count - 1 ? n : old->count - 1 < count ? old->count - 1 : count;
}

char *update_block(const struct entry *old, const char *who, const struct lines *now, const char *id)
{
    struct buf out;
    char *text;
    size_t count = now == NULL ? 0 : spelled(old, now);

    buf_init(&out, DIALOG_FILE_BYTES_MAX);
    if (now == NULL)
        buf_addf(&out, "%s< = %s\n", who == NULL ? "" : who, id == NULL ? "?" : id);
    for (size_t i = 0; i < count; i++) {
        const char *same = kept(old, 0, now->list[i]);

        put(&out, who, i, same != NULL ? same : now->list[i], same == NULL);
    }
    if (now != NULL && ends_open(old) && count < now->count)
        put(&out, who, count, "...", false);
    text = buf_take(&out, NULL);
    buf_free(&out);
    return text;
}

/* The members that the test names, as they were sent. */
static cJSON *same_members(const cJSON *want, const cJSON *got)
{
    cJSON *out;
    const cJSON *one;

    if (!cJSON_IsObject(want) || !cJSON_IsObject(got))
        return cJSON_Duplicate(got, true);
    out = cJSON_CreateObject();
    cJSON_ArrayForEach(one, want) {
        const cJSON *other = json_get(got, one->string);

        if (out == NULL || other == NULL)
            continue;
        if (!json_add(out, one->string, same_members(one, other))) {
            cJSON_Delete(out);
            return NULL;
        }
    }
    return out;
}

char *update_sent(const struct entry *old, const cJSON *want, const char *got)
{
    struct error err = { "" };
    cJSON *tree = json_parse(got, strlen(got), &err), *members = tree == NULL ? NULL : same_members(want, tree);
    char *json = members == NULL ? NULL : json_print(members, NULL), *text = NULL;
    const char *brace = strpbrk(old->lines[0], "{[");
    struct buf out;

    buf_init(&out, DIALOG_FILE_BYTES_MAX);
    if (json != NULL && brace != NULL) {
        buf_addf(&out, "!%.*s%s\n", (int)(brace - old->lines[0]), old->lines[0], json);
        text = buf_take(&out, NULL);
    }
    buf_free(&out);
    free(json);
    cJSON_Delete(tree);
    cJSON_Delete(members);
    return text;
}

/* `source` with lines replaced. Edits stand in the order of their lines, those of one place in the order in which they were made. */
bool update_text(const char *source, const struct edit *edits, size_t count, struct buf *out)
{
    int line = 1, replaced = 0;
    size_t next = 0;

    for (const char *at = source; *at != '\0' || next < count; line++) {
        size_t len = strcspn(at, "\n");

        for (; next < count && (edits[next].line <= line || *at == '\0'); next++) {
            buf_adds(out, edits[next].text);
            if (edits[next].last > replaced)
                replaced = edits[next].last;
        }
        if (*at == '\0')
            break;
        if (line > replaced) {
            buf_add(out, at, len);
            buf_addc(out, '\n');
        }
        at += len + (at[len] == '\n');
    }
    return buf_ok(out);
}

/* Only the file itself: what it includes belongs to other tests too. */
bool update_write(const struct dialog *d, struct edit *edits, size_t count, struct error *err)
{
    struct edit *own = calloc(count + 1, sizeof *own);
    char *source = NULL;
    size_t len, n = 0;
    struct buf out;
    bool ok;

    if (own == NULL)
        return error_set(err, "%s: %s", d->path, SAY("out of memory", "mémoire insuffisante"));
    for (size_t i = 0; i < count; i++)
        if (edits[i].source == 0)
            own[n++] = edits[i];
    for (size_t i = 1; i < n; i++)         /* stable, and nearly sorted already */
        for (size_t k = i; k > 0 && own[k].line < own[k - 1].line; k--) {
            struct edit other = own[k];

            own[k] = own[k - 1];
            own[k - 1] = other;
        }
    buf_init(&out, 2 * DIALOG_FILE_BYTES_MAX);
    ok = n == 0 || (file_read(AT_FDCWD, d->path, DIALOG_FILE_BYTES_MAX, &source, &len, err) &&
                    (update_text(source, own, n, &out) || error_set(err, "%s: %s", d->path, SAY("out of memory", "mémoire insuffisante"))) &&
                    file_write(d->path, buf_str(&out), out.len, 0644, err));
    buf_free(&out);
    free(source);
    free(own);
    return ok;
}
