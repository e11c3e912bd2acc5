/*
 * tests/broken: sets of scripts that are broken on purpose. Each has exactly the problems that it says, at the very line and column,
 * and whoever follows the hints to the letter is rid of them, in at least nine sets of ten.
 *
 * A set is lines "-- expect: CODE FILE:LINE:COLUMN", then "-- fix: …" for hints that say in words what to do, then its files. Hints that
 * hold what to type need no such line (apply_hint()). BROKEN_SHOW=1 prints what is found as lines that a new set can begin with.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project.h"

enum { LINES_MAX = 40, LINE_BYTES = 400, SETS_MAX = 300 };

struct set {
    struct project project;
    char   expected[LINES_MAX][LINE_BYTES], fixes[LINES_MAX][LINE_BYTES];
    size_t expected_count, fix_count;
};

static int number, failed;

static void tell(bool ok, const char *set, const char *what)
{
    failed += !ok;
    printf("%s %d - %s: %s\n", ok ? "ok" : "not ok", ++number, set, what);
}

static void read_line(void *ctx, const char *line)
{
    struct set *s = ctx;

    if (strncmp(line, "-- expect: ", 11) == 0 && s->expected_count < LINES_MAX)
        (void)snprintf(s->expected[s->expected_count++], LINE_BYTES, "%s", line + 11);
    if (strncmp(line, "-- fix: ", 8) == 0 && s->fix_count < LINES_MAX)
        (void)snprintf(s->fixes[s->fix_count++], LINE_BYTES, "%s", line + 8);
}

/* ---- what is wrong ---- */

static void place(const struct problem *p, char out[LINE_BYTES])
{
    (void)snprintf(out, LINE_BYTES, "%s %s:%d:%d", p->code, p->file, p->line, p->column);
}

static bool is_expected(struct set *s, const char *found)
{
    for (size_t i = 0; i < s->expected_count; i++)
        if (strcmp(s->expected[i], found) == 0)
            return true;
    return false;
}

/* What nobody uses is told of a whole project; a set is a part of one, and tells it only where it is about that. */
static void drop_unused(const struct set *s, struct problems *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->expected_count; i++)
        if (strncmp(s->expected[i], "M02", 3) == 0 || strncmp(s->expected[i], "M04", 3) == 0)
            return;
    for (size_t i = 0; i < p->count; i++) {
        struct problem one = p->list[i];

        if (strcmp(one.code, "M02") != 0 && strcmp(one.code, "M04") != 0) {
            p->list[kept++] = one;
            continue;
        }
        free(one.file);
        free(one.text);
        free(one.hint);
    }
    p->count = kept;
}

static bool as_expected(struct set *s, const struct problems *p)
{
    bool ok = p->count == s->expected_count && p->dropped == 0;
    char found[LINE_BYTES];

    for (size_t i = 0; i < p->count; i++) {
        place(&p->list[i], found);
        ok = ok && is_expected(s, found);
    }
    if (!ok || getenv("BROKEN_SHOW") != NULL)
        for (size_t i = 0; i < p->count; i++) {
            place(&p->list[i], found);
            printf("# -- expect: %s\n#      %s | %s\n", found, p->list[i].text, p->list[i].hint);
        }
    return ok;
}

/* ---- following a hint to the letter ---- */

/* Where a line starts in a text; past the end: its end. */
static size_t line_start(const char *text, int line)
{
    size_t at = 0;

    for (; line > 1 && text[at] != '\0'; at++)
        line -= text[at] == '\n';
    return at;
}

static size_t line_end(const char *text, int line)
{
    size_t at = line_start(text, line);

    return at + strcspn(text + at, "\n");
}

static void splice(struct project *p, const char *file, size_t from, size_t to, const char *with)
{
    const char *text = project_text(p, file);
    size_t len = strlen(text), added = strlen(with);
    char *all = malloc(len + added + 1);

    if (all == NULL)
        exit(1);
    memcpy(all, text, from);
    memcpy(all + from, with, added);
    memcpy(all + from + added, text + to, len - to + 1);
    project_put(p, file, all, strlen(all));
    free(all);
}

/* replace "a" with "b" · insert "line" (behind the line) · delete · rename "file" */
static bool apply_fix(struct project *p, const char *fix)
{
    char file[128], a[LINE_BYTES], b[LINE_BYTES];
    const char *text, *rest, *at;
    int line, used = 0;

    if (sscanf(fix, "%127[^:]:%d %n", file, &line, &used) != 2 || (text = project_text(p, file)) == NULL)
        return false;
    rest = fix + used;
    if (strcmp(rest, "delete") == 0) {
        splice(p, file, line_start(text, line), line_start(text, line + 1), "");
        return true;
    }
    if (strncmp(rest, "rename \"", 8) == 0) {
        (void)snprintf(a, sizeof a, "%.*s", (int)strlen(rest) - 9, rest + 8);
        project_rename(p, file, a);
        return true;
    }
    if (strncmp(rest, "insert \"", 8) == 0) {
        (void)snprintf(a, sizeof a, "%.*s\n", (int)strlen(rest) - 9, rest + 8);
        splice(p, file, line_start(text, line + 1), line_start(text, line + 1), a);
        return true;
    }
    at = strstr(rest, "\" with \"");
    if (strncmp(rest, "replace \"", 9) != 0 || at == NULL)
        return false;
    (void)snprintf(a, sizeof a, "%.*s", (int)(at - rest) - 9, rest + 9);
    (void)snprintf(b, sizeof b, "%.*s", (int)strlen(at) - 9, at + 8);
    at = strstr(text + line_start(text, line), a);
    if (at == NULL || at >= text + line_end(text, line))
        return false;
    splice(p, file, (size_t)(at - text), (size_t)(at - text) + strlen(a), b);
    return true;
}

/* Where a column of a line is; the line's end when it is shorter. */
static const char *column_at(const char *text, int line, int column)
{
    const char *at = text + line_start(text, line), *end = text + line_end(text, line);

    for (; column > 1 && at < end; column--)
        do
            at++;
        while (at < end && ((unsigned char)*at & 0xC0) == 0x80);
    return at;
}

/* The words between two marks, or up to the end of a word for a mark without a partner: @if, |fcfa. */
static bool marked(const char *text, char out[LINE_BYTES])
{
    static const char OPEN[] = "`'[\"|@", CLOSE[] = "`']\"";
    const char *at = strpbrk(text, OPEN), *end;
    size_t which = at == NULL ? 0 : (size_t)(strchr(OPEN, *at) - OPEN);

    if (at == NULL)
        return false;
    if (which < 4) {
        end = strchr(at + 1, CLOSE[which]);
        at++;
    } else {
        for (end = at + 1; isalnum((unsigned char)*end) || *end == '-' || *end == '_'; end++)
            ;
    }
    if (end == NULL || end == at)
        return false;
    (void)snprintf(out, LINE_BYTES, "%.*s", (int)(end - at), at);
    return true;
}

/* "did you mean `x`?": the word of the complaint that stands at the place, else behind it, becomes x. */
static bool replace_word(struct project *p, const struct problem *one, const char *with)
{
    const char *text = project_text(p, one->file), *from, *end, *hit, *best = NULL;
    char word[LINE_BYTES];
    size_t len = 0;

    if (text == NULL)
        return false;
    from = column_at(text, one->line, one->column);
    end = text + line_end(text, one->line);
    for (const char *at = one->text; (at = strpbrk(at, "`'[\"|@")) != NULL;) {
        word[0] = '\0';
        if (!marked(at, word))
            break;
        hit = strstr(from, word);
        if (hit != NULL && hit < end && (best == NULL || hit < best)) {
            best = hit;
            len = strlen(word);
        }
        at += strlen(word) + (*at == '|' || *at == '@' ? 0 : 2);      /* behind the closing one */
    }
    if (best == NULL && one->column > 1) {       /* a.b that is told at b */
        struct problem whole = *one;

        whole.column = 1;
        return replace_word(p, &whole, with);
    }
    if (best == NULL)
        return false;
    splice(p, one->file, (size_t)(best - text), (size_t)(best - text) + len, with);
    return true;
}

/* Where `key =` stands in a line, and where its value does; NULL. */
static const char *find_key(const char *at, const char *end, const char *key, size_t len, const char **value)
{
    for (const char *hit = at; hit < end && (hit = memmem(hit, (size_t)(end - hit), key, len)) != NULL; hit += len) {
        const char *behind = hit + len + strspn(hit + len, " ");

        if (*behind == '=' && (hit == at || (!isalnum((unsigned char)hit[-1]) && hit[-1] != '_'))) {
            *value = behind + 1 + strspn(behind + 1, " ");
            return hit;
        }
    }
    return NULL;
}

/* "k = v" goes in behind the first { of the place, in place of what `k` is there already. */
static bool put_entry(struct project *p, const struct problem *one, const char *entry)
{
    const char *text = project_text(p, one->file), *at, *end, *key, *value = NULL;
    size_t len = strspn(entry, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    char with[LINE_BYTES + 8];

    if (text == NULL || len == 0 || strncmp(entry + len, " = ", 3) != 0)
        return false;
    end = text + line_end(text, one->line);
    key = find_key(text + line_start(text, one->line), end, entry, len, &value);
    if (key != NULL) {
        const char *stop = *value == '{' && memchr(value, '}', (size_t)(end - value)) != NULL ? strchr(value, '}') + 1 : value + strcspn(value, ",}\n");

        splice(p, one->file, (size_t)(key - text), (size_t)(stop - text), entry);
        return true;
    }
    at = strchr(column_at(text, one->line, one->column), '{');
    if (at == NULL || at >= end)
        return false;
    (void)snprintf(with, sizeof with, " %s,", entry);
    splice(p, one->file, (size_t)(at - text) + 1, (size_t)(at - text) + 1, with);
    return true;
}

/* add `non = "step"` to `on` */
static bool put_into(struct project *p, const struct problem *one, const char *entry, const char *key)
{
    const char *text = project_text(p, one->file), *end, *value = NULL;
    char with[LINE_BYTES + 8];

    end = text + line_end(text, one->line);
    if (find_key(text + line_start(text, one->line), end, key, strlen(key), &value) == NULL || *value != '{')
        return false;
    (void)snprintf(with, sizeof with, " %s,", entry);
    splice(p, one->file, (size_t)(value - text) + 1, (size_t)(value - text) + 1, with);
    return true;
}

/* "add a line `…`": behind the line of the place. */
static bool put_line(struct project *p, const struct problem *one, const char *line)
{
    const char *text = project_text(p, one->file);
    char with[LINE_BYTES + 2];

    if (text == NULL)
        return false;
    (void)snprintf(with, sizeof with, "%s\n", line);
    splice(p, one->file, line_start(text, one->line + 1), line_start(text, one->line + 1), with);
    return true;
}

static bool apply_hint(struct project *p, const struct problem *one)
{
    char word[LINE_BYTES];

    if (strncmp(one->hint, "did you mean ", 13) == 0)
        return marked(one->hint, word) && replace_word(p, one, word);
    if (strncmp(one->hint, "add a line `", 12) == 0)
        return marked(one->hint, word) && put_line(p, one, word);
    if (strncmp(one->hint, "add `", 5) == 0 && strstr(one->hint, "` to `on`") != NULL)
        return marked(one->hint, word) && put_into(p, one, word, "on");
    if (strncmp(one->hint, "add `", 5) == 0 || strncmp(one->hint, "write `", 7) == 0)
        return marked(one->hint, word) && put_entry(p, one, word);
    return put_entry(p, one, one->hint);
}

/* From the end, so that the places of the others stay true. */
static void follow(struct set *s, const struct problems *found, struct project *p)
{
    for (size_t i = s->fix_count; i-- > 0;)
        if (!apply_fix(p, s->fixes[i]))
            printf("# cannot be applied: %s\n", s->fixes[i]);
    for (size_t i = found->count; i-- > 0 && s->fix_count == 0;)
        (void)apply_hint(p, &found->list[i]);
}

static bool repaired(struct set *s, const struct problems *found)
{
    struct problems left;
    struct project p;
    bool clean = true;

    project_copy(&p, &s->project);
    follow(s, found, &p);
    project_check(&p, PROBLEMS_ENGLISH, &left);
    for (size_t i = 0; i < left.count; i++)
        for (size_t k = 0; k < found->count; k++)
            clean = clean && (strcmp(left.list[i].code, found->list[k].code) != 0 || strcmp(left.list[i].file, found->list[k].file) != 0);
    for (size_t i = 0; i < left.count && !clean; i++)
        printf("#      left: %s %s:%d:%d %s | %s\n", left.list[i].code, left.list[i].file, left.list[i].line, left.list[i].column,
               left.list[i].text, left.list[i].hint);
    problems_free(&left);
    project_free(&p);
    return clean;
}

/* ---- all of them ---- */

static int is_set(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 7 && strcmp(e->d_name + len - 7, ".broken") == 0;
}

static bool try_set(const char *name)
{
    struct set s = { .expected_count = 0 };
    struct problems found;
    char path[300];
    bool clean;

    (void)snprintf(path, sizeof path, "tests/broken/%s", name);
    project_open(&s.project);
    project_read(&s.project, path, read_line, &s);
    project_check(&s.project, PROBLEMS_ENGLISH, &found);
    drop_unused(&s, &found);
    tell(as_expected(&s, &found), name, "exactly what it says");
    clean = found.count > 0 && repaired(&s, &found);
    if (!clean)
        printf("# %s: following the hints does not mend it\n", name);
    problems_free(&found);
    project_free(&s.project);
    return clean;
}

int main(int argc, char **argv)
{
    struct dirent **sets;
    int count = scandir("tests/broken", &sets, is_set, alphasort), mended = 0, tried = 0;
    char ratio[64];

    for (int i = 0; i < count; i++) {
        if (argc < 2 || strstr(sets[i]->d_name, argv[1]) != NULL) {
            mended += try_set(sets[i]->d_name);
            tried++;
        }
        free(sets[i]);
    }
    if (count >= 0)
        free(sets);
    (void)snprintf(ratio, sizeof ratio, "%d of %d sets are mended by their hints", mended, tried);
    tell(tried > 0 && mended * 10 >= tried * 9, "hints", ratio);
    tell(argc > 1 || tried >= 50, "sets", "there are fifty at least");
    printf("1..%d\n", number);
    return failed > 0;
}
