/*
 * Reading and writing PO files (the format: the manual of GNU gettext, "PO Files").
 */
#include "lisolo/base/po.h"

#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"

/* ---- writing ---- */

static void write_quoted(struct buf *out, const char *text, size_t len)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < len; i++) {
        const char *escape = text[i] == '\n' ? "\\n" : text[i] == '\t' ? "\\t" : text[i] == '"' ? "\\\"" : text[i] == '\\' ? "\\\\" : NULL;

        if (escape != NULL)
            buf_adds(out, escape);
        else
            buf_addc(out, text[i]);
    }
    buf_adds(out, "\"\n");
}

/* One line of the file for each line of the text, so that people and version control can read it. */
static void write_text(struct buf *out, const char *keyword, const char *text)
{
    size_t len = strcspn(text, "\n");

    buf_adds(out, keyword);
    buf_addc(out, ' ');
    if (text[len] == '\0' || text[len + 1] == '\0') {
        write_quoted(out, text, strlen(text));
        return;
    }
    buf_adds(out, "\"\"\n");
    for (const char *at = text; *at != '\0'; at += len) {
        len = strcspn(at, "\n");
        len += at[len] == '\n';
        write_quoted(out, at, len);
    }
}

static void write_comment(struct buf *out, const char *mark, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, "\n");

        buf_adds(out, mark);
        buf_add(out, at, len);
        buf_addc(out, '\n');
        at += len + (at[len] == '\n');
    }
}

void po_write_header(struct buf *out, const char *project, const char *language)
{
    buf_adds(out, "msgid \"\"\nmsgstr \"\"\n\"Project-Id-Version: ");
    buf_adds(out, project);
    buf_adds(out, "\\n\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                  "\"Content-Transfer-Encoding: 8bit\\n\"\n\"Language: ");
    buf_adds(out, language);
    buf_adds(out, "\\n\"\n");
}

void po_write_entry(struct buf *out, const struct po_entry *e)
{
    buf_addc(out, '\n');
    if (e->note != NULL)
        write_comment(out, "#. ", e->note);
    if (e->place != NULL)
        write_comment(out, "#: ", e->place);
    if (e->fuzzy)
        buf_adds(out, "#, fuzzy\n");
    if (e->context != NULL)
        write_text(out, "msgctxt", e->context);
    write_text(out, "msgid", e->id);
    write_text(out, "msgstr", e->text);
}

/* ---- reading ---- */

enum part { PART_NONE, PART_CONTEXT, PART_ID, PART_TEXT };

struct reading {
    struct po    *out;
    struct error *err;
    char         *room;          /* where strings go: a copy of the file is never smaller than what it says */
    char         *start;         /* of the string being read */
    enum part     part;          /* that it belongs to */
    struct po_entry entry;
    int           line;
};

static bool bad(const struct reading *r, const char *what)
{
    return error_set(r->err, "line %d: %s", r->line, what);
}

/* The string being read is whole. */
static void end_string(struct reading *r)
{
    if (r->part == PART_NONE)
        return;
    *r->room++ = '\0';
    if (r->part == PART_CONTEXT)
        r->entry.context = r->start;
    else if (r->part == PART_ID)
        r->entry.id = r->start;
    else
        r->entry.text = r->start;
    r->part = PART_NONE;
}

static void read_language(struct po *po, const char *header)
{
    const char *at = strstr(header, "Language:");
    size_t len;

    if (at == NULL)
        return;
    at += strlen("Language:");
    at += strspn(at, " ");
    len = strcspn(at, " \n");
    if (len < sizeof po->language) {
        memcpy(po->language, at, len);
        po->language[len] = '\0';
    }
}

static bool end_entry(struct reading *r)
{
    struct po *po = r->out;
    struct po_entry e, *more;

    end_string(r);
    e = r->entry;
    r->entry = (struct po_entry){ .id = NULL };
    if (e.id == NULL && e.context == NULL && e.text == NULL)
        return true;
    if (e.id == NULL || e.text == NULL)
        return bad(r, "an entry without msgid or msgstr ends here");
    if (*e.id == '\0' && e.context == NULL) {
        read_language(po, e.text);
        return true;
    }
    if ((po->count & (po->count - 1)) == 0) {          /* room for 1, 2, 4, 8… */
        more = reallocarray(po->list, po->count == 0 ? 1 : po->count * 2, sizeof *more);
        if (more == NULL)
            return bad(r, "out of memory");
        po->list = more;
    }
    po->list[po->count++] = e;
    return true;
}

/* "…" at `at`, to the end of the line. */
static bool read_quoted(struct reading *r, const char *at, const char *end)
{
    static const char ESCAPES[] = "n\nt\t\"\"\\\\";

    if (at == end || *at != '"')
        return bad(r, "a text between quotes is expected");
    for (at++; at < end && *at != '"'; at++) {
        const char *escape = NULL;

        if (*at == '\\' && at + 1 < end)
            for (const char *e = ESCAPES; *e != '\0' && escape == NULL; e += 2)
                escape = *e == at[1] ? e : NULL;
        if (*at == '\\' && escape == NULL)
            return bad(r, "an escape other than \\n \\t \\\" \\\\");
        *r->room++ = escape == NULL ? *at : escape[1];
        at += escape != NULL;
    }
    if (at == end)
        return bad(r, "a quote is not closed");
    for (at++; at < end; at++)
        if (*at != ' ' && *at != '\t' && *at != '\r')
            return bad(r, "something stands behind a text");
    return r->room - r->start <= PO_TEXT_BYTES_MAX || bad(r, "a text of more than 64 KiB");
}

static bool begin(struct reading *r, enum part part, const char *at, const char *end)
{
    end_string(r);
    if ((part == PART_CONTEXT || (part == PART_ID && r->entry.context == NULL)) && r->entry.text != NULL && !end_entry(r))
        return false;
    if ((part == PART_CONTEXT && (r->entry.context != NULL || r->entry.id != NULL)) || (part == PART_ID && r->entry.id != NULL) ||
        (part == PART_TEXT && (r->entry.id == NULL || r->entry.text != NULL)))
        return bad(r, "msgctxt, msgid and msgstr follow each other, each once");
    r->part = part;
    r->start = r->room;
    if (part == PART_ID)
        r->entry.line = r->line;
    while (at < end && *at == ' ')
        at++;
    return read_quoted(r, at, end);
}

static bool has_flag(const char *at, const char *end, const char *flag)
{
    return memmem(at, (size_t)(end - at), flag, strlen(flag)) != NULL;
}

static bool read_comment(struct reading *r, const char *at, const char *end)
{
    bool flags = end - at > 1 && at[1] == ',';

    end_string(r);
    if (r->entry.text != NULL && !(end - at > 1 && at[1] == '~') && !end_entry(r))
        return false;
    if (flags && has_flag(at, end, "fuzzy"))
        r->entry.fuzzy = true;
    return true;
}

static bool read_line(struct reading *r, const char *at, const char *end)
{
    static const struct { const char *word; enum part part; } WORDS[] = {
        { "msgctxt ", PART_CONTEXT }, { "msgid ", PART_ID }, { "msgstr ", PART_TEXT },
    };

    while (end > at && (end[-1] == '\r' || end[-1] == ' '))
        end--;
    if (at == end)
        return r->entry.text == NULL && r->part != PART_TEXT ? true : end_entry(r);
    if (*at == '#')
        return read_comment(r, at, end);
    if (*at == '"')
        return r->part == PART_NONE ? bad(r, "a text that belongs to nothing") : read_quoted(r, at, end);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t len = strlen(WORDS[i].word);

        if ((size_t)(end - at) >= len && memcmp(at, WORDS[i].word, len) == 0)
            return begin(r, WORDS[i].part, at + len, end);
    }
    return bad(r, "not a line of a PO file (plural forms are not used here)");
}

bool po_read(const char *text, size_t len, struct po *out, struct error *err)
{
    struct reading r = { .out = out, .err = err, .line = 1 };

    *out = (struct po){ .count = 0 };
    if (len > PO_BYTES_MAX || memchr(text, '\0', len) != NULL || !utf8_valid(text, len))
        return error_set(err, "not a PO file in UTF-8 of at most 8 MiB");
    out->memory = r.room = malloc(len + 1);
    if (out->memory == NULL)
        return error_set(err, "out of memory");
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    for (const char *at = text, *end = text + len; at < end; r.line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        if (!read_line(&r, at, stop == NULL ? end : stop))
            goto failed;
        at = stop == NULL ? end : stop + 1;
    }
    if (end_entry(&r))
        return true;
failed:
    po_free(out);
    return false;
}

void po_free(struct po *po)
{
    free(po->list);
    free(po->memory);
    *po = (struct po){ .count = 0 };
}
