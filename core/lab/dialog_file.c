/*
 * A .chat file: lines into statements. What begins a line says what it is: > somebody writes, < the host sends, | one more
 * line of either, ! an order, # a title, a comment, a phase. A label before > or < names another person.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialog.h"
#include "lisolo/base/file.h"

enum { INCLUDES_MAX = 8, PATH_BYTES = 1024 };

struct reader {
    struct dialog *d;
    const char    *root;
    size_t         source;
    int            line, depth;
    struct error  *err;
};

static bool refuse(const struct reader *r, const char *what)
{
    return error_set(r->err, "%s:%d: %s", r->d->sources[r->source], r->line, what);
}

static bool no_memory(const struct reader *r) { return refuse(r, SAY("out of memory", "mémoire insuffisante")); }

static struct entry *add(struct reader *r, enum entry_kind kind)
{
    struct dialog *d = r->d;

    if (d->count == d->cap) {
        size_t cap = d->cap == 0 ? 32 : d->cap * 2;
        struct entry *list = reallocarray(d->list, cap, sizeof *list);

        if (list == NULL)
            return NULL;
        d->list = list;
        d->cap = cap;
    }
    d->list[d->count] = (struct entry){ .kind = kind, .source = r->source, .line = r->line, .last = r->line };
    return &d->list[d->count++];
}

static bool add_line(struct reader *r, struct entry *s, const char *text)
{
    char **lines;

    if (s->count == DIALOG_LINES_MAX)
        return refuse(r, SAY("more than 200 lines in one message: split it", "plus de 200 lignes dans un message : coupez-le"));
    lines = reallocarray(s->lines, s->count + 1, sizeof *lines);
    if (lines == NULL)
        return no_memory(r);
    s->lines = lines;
    lines[s->count] = s->kind == ENTRY_EXPECT ? match_fold(text) : strdup(text);
    if (lines[s->count] == NULL)
        return no_memory(r);
    s->count++;
    s->last = r->line;
    return true;
}

static bool read_file(struct reader *r, const char *path);

static bool include(struct reader *r, const char *name)
{
    char path[PATH_BYTES];
    const char *from = r->d->sources[r->source], *slash = strrchr(from, '/');
    size_t source = r->source;
    int line = r->line, n;
    bool ok;

    if (r->depth == INCLUDES_MAX)
        return refuse(r, SAY("more than 8 files in each other: does one include itself?", "plus de 8 fichiers l'un dans l'autre : l'un d'eux s'inclut-il lui-même ?"));
    n = snprintf(path, sizeof path, "%.*s%s", slash == NULL ? 0 : (int)(slash - from + 1), from, name);
    if (n < 0 || (size_t)n >= sizeof path)
        return refuse(r, SAY("this path is too long", "ce chemin est trop long"));
    if (access(path, R_OK) != 0)
        (void)snprintf(path, sizeof path, "%s/%s", r->root, name);
    if (access(path, R_OK) != 0)
        return error_set(r->err, SAY("%s:%d: there is no %s: the path starts at this file's folder, or at %s",
                                     "%s:%d : %s n'existe pas : le chemin part du dossier de ce fichier, ou de %s"), from, r->line, name, r->root);
    r->depth++;
    ok = read_file(r, path);
    r->depth--;
    r->source = source;
    r->line = line;
    return ok;
}

static bool read_order(struct reader *r, const char *text)
{
    struct entry *s = add(r, ENTRY_ORDER);
    struct error own = { "" };
    char *name;
    bool ok;

    if (s == NULL)
        return no_memory(r);
    if (!order_read(text, &s->order, &own))
        return refuse(r, own.text);
    if (s->order.kind != ORDER_INCLUDE)
        return add_line(r, s, text);
    name = s->order.name;
    s->order.name = NULL;
    order_free(&s->order);
    r->d->count--;
    ok = include(r, name);
    free(name);
    return ok;
}

/* Where the > or < behind a label stands; NULL: the line does not begin with a label. */
static const char *label_end(const char *line)
{
    size_t n = 0;

    if (*line == '+')
        n = 1 + strspn(line + 1, "0123456789");
    else
        while (isalnum((unsigned char)line[n]) || line[n] == '_' || line[n] == '-' || (unsigned char)line[n] >= 0x80)
            n++;
    return n > 0 && n < 64 && (line[n] == '>' || line[n] == '<') ? line + n : NULL;
}

static bool read_said(struct reader *r, const char *line)
{
    const char *mark = *line == '>' || *line == '<' ? line : label_end(line);
    struct entry *s;

    if (mark == NULL)
        return refuse(r, SAY("what is this line? Begin it with > (somebody writes), < (the host sends), | (one more line), ! or #",
                             "que veut dire cette ligne ? Commencez-la par > (quelqu'un écrit), < (l'hôte envoie), | (une ligne de plus), ! ou #"));
    s = add(r, *mark == '>' ? ENTRY_INPUT : ENTRY_EXPECT);
    if (s == NULL || (mark != line && (s->who = strndup(line, (size_t)(mark - line))) == NULL))
        return no_memory(r);
    mark++;
    return add_line(r, s, mark + (*mark == ' '));
}

static bool read_more(struct reader *r, const char *text)
{
    struct entry *s = r->d->count == 0 ? NULL : &r->d->list[r->d->count - 1];

    if (s == NULL || (s->kind != ENTRY_INPUT && s->kind != ENTRY_EXPECT) || s->source != r->source || s->last != r->line - 1)
        return refuse(r, SAY("| continues a message, but there is none in the line above: begin with < or >",
                             "| continue un message, mais il n'y en a pas à la ligne du dessus : commencez par < ou >"));
    return add_line(r, s, text + (*text == ' '));
}

static bool read_comment(struct reader *r, const char *text)
{
    struct entry *s;

    text += *text == ' ';
    if (r->d->title == NULL && r->depth == 0) {
        r->d->title = strdup(text);
        return r->d->title != NULL || no_memory(r);
    }
    /* The second line of a comment belongs to the first. */
    if (r->d->count > 0 && r->d->list[r->d->count - 1].kind == ENTRY_PHASE && r->d->list[r->d->count - 1].last == r->line - 1 &&
        r->d->list[r->d->count - 1].source == r->source) {
        r->d->list[r->d->count - 1].last = r->line;
        return true;
    }
    if (r->depth > 0)
        return true;
    s = add(r, ENTRY_PHASE);
    return s == NULL ? no_memory(r) : add_line(r, s, text);
}

static bool read_line(struct reader *r, char *line)
{
    size_t len = strlen(line);

    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
        line[--len] = '\0';
    switch (line[0]) {
    case '\0': return true;
    case '#':  return read_comment(r, line + 1);
    case '|':  return read_more(r, line + 1);
    case '!':  return read_order(r, line + 1);
    default:   return read_said(r, line);
    }
}

static bool read_file(struct reader *r, const char *path)
{
    struct dialog *d = r->d;
    char **sources = reallocarray(d->sources, d->source_count + 1, sizeof *sources), *text = NULL, *at, *next;
    struct error own = { "" };
    size_t len;
    bool ok = true;

    if (sources == NULL)
        return error_set(r->err, "%s: %s", path, SAY("out of memory", "mémoire insuffisante"));
    d->sources = sources;
    sources[d->source_count] = strdup(path);
    if (sources[d->source_count] == NULL || !file_read(AT_FDCWD, path, DIALOG_FILE_BYTES_MAX, &text, &len, &own)) {
        free(sources[d->source_count]);
        return error_set(r->err, "%s", own.text[0] != '\0' ? own.text : path);
    }
    r->source = d->source_count++;
    r->line = 0;
    for (at = text; ok && at != NULL; at = next) {
        next = strchr(at, '\n');
        if (next != NULL)
            *next++ = '\0';
        r->line++;
        ok = read_line(r, at);
    }
    free(text);
    return ok;
}

bool dialog_read(const char *root, const char *path, struct dialog *out, struct error *err)
{
    struct reader r = { .d = out, .root = root, .err = err };

    *out = (struct dialog){ .path = strdup(path) };
    if (out->path != NULL && read_file(&r, path) && (out->title != NULL || (out->title = strdup(path)) != NULL))
        return true;
    if (out->path == NULL)
        error_set(err, "%s: %s", path, SAY("out of memory", "mémoire insuffisante"));
    return false;
}

void dialog_free(struct dialog *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct entry *s = &d->list[i];

        for (size_t k = 0; k < s->count; k++)
            free(s->lines[k]);
        free(s->lines);
        free(s->who);
        order_free(&s->order);
    }
    for (size_t i = 0; i < d->source_count; i++)
        free(d->sources[i]);
    free(d->sources);
    free(d->list);
    free(d->path);
    free(d->title);
    *d = (struct dialog){ 0 };
}
