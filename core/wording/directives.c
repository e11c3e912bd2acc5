/*
 * The lines that add something to a message: @rest, @contact, @link.
 */
#include <string.h>

#include "body.h"

bool body_read_rest(struct reader *r, struct row row, struct version *v)
{
    static const char HINT[] = "@rest: … et {rest} autres, behind an @each line";
    const struct block *b = v->ask_location ? &v->after : &v->text;
    struct line line = { .kind = LINE_REST };

    if (b->count == 0 || b->lines[b->count - 1].kind != LINE_EACH) {
        row_bad(r, &row, HINT);
        return true;
    }
    if (!body_read_colon(r, &row, HINT))
        return true;
    return body_add_text(r, &row, v, line);
}

/* "left :: right"; an address has no language's typography. False: memory is out, or *bad says that it was reported. */
static bool read_pair(struct reader *r, struct row row, const char *hint, bool address, struct phrase pair[2], bool *bad)
{
    const char *mark = row_mark(&row);
    struct row right = row;
    enum language language = r->language;
    bool ok;

    *bad = mark == NULL || mark == row.text;
    if (*bad) {
        row_bad(r, &row, hint);
        return false;
    }
    row.len = (size_t)(mark - row.text);
    row_skip(&right, row.len + 4);
    row_skip_spaces(&right);
    if (!row_phrase(r, &row, &pair[0]))
        return false;
    r->language = address ? LANGUAGE_EN : language;
    ok = row_phrase(r, &right, &pair[1]);
    r->language = language;
    *bad = ok && pair[1].count == 0;
    if (*bad)
        row_bad(r, &right, hint);
    return ok && !*bad;
}

bool body_read_contact(struct reader *r, struct row row, struct version *v)
{
    struct phrase pair[2];
    struct contact contact = { .line = row.line };
    bool bad;

    if (!read_pair(r, row, "@contact {livreur} :: {telephone|phone}", true, pair, &bad))
        return bad;
    if (v->contact_count == TALK_CONTACTS_MAX)
        report(r, PROBLEM_ERROR, "M20", row.line, 1, "send another message for the others", "a sixth @contact");
    contact.name = pair[0];
    contact.phone = pair[1];
    v->contacts = arena_more(&r->w->arena, v->contacts, v->contact_count, sizeof *v->contacts);
    if (v->contacts == NULL)
        return false;
    v->contacts[v->contact_count++] = contact;
    return true;
}

/* Who opens a page must know whose it is before any value is filled in: the host is written, values come behind it. */
static bool has_literal_host(const struct phrase *url)
{
    const char *host;

    if (url->nodes[0].value != NULL || strncmp(url->nodes[0].text, "https://", 8) != 0)
        return false;
    host = url->nodes[0].text + 8;
    return strchr("/?#:", *host) == NULL && (url->count == 1 || strpbrk(host, "/?#") != NULL);
}

bool body_read_link(struct reader *r, struct row row, struct version *v)
{
    static const char HINT[] = "@link Suivre ma course :: https://example.org/suivi/{reference}";
    struct phrase pair[2];
    bool bad;

    if (!read_pair(r, row, HINT, true, pair, &bad))
        return bad;
    if (v->has_link)
        report(r, PROBLEM_ERROR, "M20", row.line, 1, "send another message for the other one", "a second @link");
    if (!has_literal_host(&pair[1]))
        report(r, PROBLEM_ERROR, "M14", pair[1].line, pair[1].column, HINT,
               "a link begins with https:// and its host; values can only stand behind that");
    else
        lint_address(r, &pair[1]);
    v->has_link = true;
    v->link_title = pair[0];
    v->link_url = pair[1];
    return true;
}
