/*
 * M14 and M15: where links lead. `links { hosts = { … } }` names the hosts that a written link may lead to; who writes it once has
 * every other one shown, a slip of the pen or a test server that stayed. Links that are values are the backend's.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "body.h"
#include "lisolo/base/nearest.h"

static const char SECURE[] = "https://", PLAIN[] = "http://";
enum { SECURE_BYTES = sizeof SECURE - 1, PLAIN_BYTES = sizeof PLAIN - 1, HOST_BYTES_MAX = 253 /* RFC 1035 §2.3.4, written out */ };

/* ---- the statement ---- */

/* Bytes that a host is made of. */
static size_t host_bytes(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && text[n] != '\0' && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", text[n]) != NULL)
        n++;
    while (n > 0 && text[n - 1] == '.')      /* the end of a sentence */
        n--;
    return n;
}

static void check_hosts(const struct reader *r, const struct decl_entry *e)
{
    static const char HINT[] = "hosts = { \"images.example.cg\" }";

    if (e->value.type != DECL_TABLE || decl_items(&e->value) != e->value.count) {
        report(r, PROBLEM_ERROR, "M22", e->value.line, e->value.column, HINT, "%s must be a list of texts", e->name);
        return;
    }
    for (size_t i = 0; i < e->value.count; i++) {
        const struct decl *one = &e->value.entries[i].value;

        if (one->type != DECL_STRING)
            report(r, PROBLEM_ERROR, "M22", one->line, one->column, HINT, "%s must be a list of texts", e->name);
        else if (one->length == 0 || one->length > HOST_BYTES_MAX || host_bytes(one->string, one->length) != one->length)
            report(r, PROBLEM_ERROR, "M22", one->line, one->column, HINT,
                   "a host is only what stands between https:// and the next /: \"%.100s\"", one->string);
    }
}

void links_read(struct reader *r, const struct statements *statements)
{
    const struct statement *first = NULL;

    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *s = &statements->list[i];
        const struct decl_entry *hosts = decl_entry(&s->body, "hosts");

        if (strcmp(s->verb, "links") != 0)
            continue;
        r->file = s->file;
        if (first != NULL) {
            report(r, PROBLEM_ERROR, "M23", s->line, s->column, "keep them in one file", "`links` stands in %s:%d already", first->file,
                   first->line);
            continue;
        }
        first = s;
        check_keys(r, s);
        if (hosts == NULL) {
            report(r, PROBLEM_ERROR, "M22", s->line, s->column, "links { hosts = { \"images.example.cg\" } }", "`links` names no hosts");
            continue;
        }
        check_hosts(r, hosts);
        r->hosts = hosts->value.type == DECL_TABLE ? &hosts->value : NULL;
    }
}

/* ---- one link ---- */

static bool is_allowed(const struct decl *hosts, const char *host, struct nearest *near)
{
    for (size_t i = 0; i < hosts->count; i++) {
        const char *one = hosts->entries[i].value.string;

        if (one == NULL)
            continue;
        if (strcasecmp(one, host) == 0)
            return true;
        nearest_offer(near, one);
    }
    return false;
}

/* `text`: what stands behind https://. `more`: a value follows it. A host that a value is a part of is not a written one. */
static void check_host(const struct reader *r, const char *text, size_t len, bool more, int line, int column)
{
    size_t authority = 0, n;
    char host[HOST_BYTES_MAX + 1], hint[HOST_BYTES_MAX + 64];
    struct nearest near = { .word = host };

    while (authority < len && strchr("/?# \t\"", text[authority]) == NULL)
        authority++;
    for (size_t i = 0; i < authority; i++)
        if (text[i] == '@') {                 /* what stands before it is a name for the host, and no host */
            check_host(r, text + i + 1, len - i - 1, more, line, column);
            return;
        }
    n = host_bytes(text, authority);
    if (r->hosts == NULL || n == 0 || n > HOST_BYTES_MAX || memchr(text, '{', authority) != NULL || (more && authority == len))
        return;
    memcpy(host, text, n);
    host[n] = '\0';
    if (is_allowed(r->hosts, host, &near))
        return;
    if (near.best != NULL)
        snprintf(hint, sizeof hint, problems_text(r->problems, "did you mean \"%s\"?"), near.best);
    else
        snprintf(hint, sizeof hint, problems_text(r->problems, "correct it, or add \"%s\" to the hosts of `links`"), host);
    report(r, PROBLEM_WARNING, "M14", line, column, hint, "a link to \"%s\", which `links` does not name", host);
}

void lint_links(const struct reader *r, const struct row *row)
{
    const char *at = row->text, *end = row->text + row->len;

    for (; (at = memmem(at, (size_t)(end - at), "http", 4)) != NULL; at += 4) {
        size_t left = (size_t)(end - at);
        int column = row->column + text_columns(row->text, (size_t)(at - row->text));

        if (left >= PLAIN_BYTES && memcmp(at, PLAIN, PLAIN_BYTES) == 0)
            report(r, PROBLEM_WARNING, "M14", row->line, column, "use https://", "a link with http://");
        else if (left >= SECURE_BYTES && memcmp(at, SECURE, SECURE_BYTES) == 0)
            check_host(r, at + SECURE_BYTES, left - SECURE_BYTES, false, row->line, column);
    }
}

void lint_address(const struct reader *r, const struct phrase *p)
{
    const struct node *first = p->nodes;

    if (p->count > 0 && first->value == NULL && strncmp(first->text, SECURE, SECURE_BYTES) == 0)
        check_host(r, first->text + SECURE_BYTES, first->len - SECURE_BYTES, p->count > 1, p->line, p->column);
}

/* One that is a value may be anything; one that begins with words begins with https://. */
void lint_media(const struct reader *r, const char *key, const struct phrase *p)
{
    const struct node *first = p->nodes;
    char hint[64];

    if (p->count == 0 || first->value != NULL)
        return;
    if (strncmp(first->text, SECURE, SECURE_BYTES) == 0) {
        lint_address(r, p);
    } else if (strstr(first->text, "://") != NULL) {
        report(r, PROBLEM_ERROR, "M14", p->line, p->column, "Meta fetches it itself, by https only", "%s must be an https:// link", key);
    } else {
        snprintf(hint, sizeof hint, problems_text(r->problems, "put it on a web server: %s = \"https://…\""), key);
        report(r, PROBLEM_ERROR, "M15", p->line, p->column, hint,
               "%s: this version sends no files of its own, only what an https:// link leads to", key);
    }
}
