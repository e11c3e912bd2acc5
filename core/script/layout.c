#include "layout.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/script.h"

/* Laying out once can bring two lines into one column that were not, which the next round sees. Shipped scripts need one round;
 * what needs more than these is laid out no further. */
enum { ROUNDS_MAX = 8 };

/* ---- characters that only look like blanks and quotes ---- */

static const char *const BLANKS[] = { "\u00a0", "\u202f", "\u2007", "\u2009", "\u3000", NULL };
static const char *const NOTHING[] = { "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", NULL };
static const char *const QUOTES[] = { "“", "”", "„", "«", "»", NULL };

static bool is_among(const char *const *list, const char *text, size_t len)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == len && memcmp(*list, text, len) == 0)
            return true;
    return false;
}

/* How many bytes behind the quote at `at` its partner stands, on the same line and with no plain quote before; 0: none. */
static size_t closing_quote(const struct scan *s, size_t at)
{
    for (size_t i = at; i < s->len && s->text[i] != '\n' && s->text[i] != '"'; i++)
        for (const char *const *q = QUOTES; *q != NULL; q++)
            if (i + strlen(*q) <= s->len && memcmp(s->text + i, *q, strlen(*q)) == 0)
                return i - at;
    return 0;
}

/* The quote `t` and its partner become plain; what is between them is a text from then on, so it is read again before anything else. */
static size_t mend_quote(const struct scan *s, const struct token *t, struct buf *out)
{
    size_t from = t->at + t->len, words = closing_quote(s, from), end = from + words;

    (void)buf_addc(out, '"');
    (void)buf_add(out, s->text + from, words);
    if (words == 0)
        return from;
    (void)buf_addc(out, '"');
    for (const char *const *q = QUOTES; *q != NULL; q++)
        if (memcmp(s->text + end, *q, strlen(*q)) == 0)
            return end + strlen(*q);
    return end;
}

bool layout_mend(const struct scan *s, struct buf *out)
{
    size_t at = 0;
    bool changed = false, again = false;

    for (size_t i = 0; i < s->count && !again; i++) {
        const struct token *t = &s->tokens[i];
        const char *text = s->text + t->at;
        bool blank = is_among(BLANKS, text, t->len), nothing = is_among(NOTHING, text, t->len), quote = is_among(QUOTES, text, t->len);

        if (t->type != TOKEN_BAD_CHARACTER || (!blank && !nothing && !quote))
            continue;
        (void)buf_add(out, s->text + at, t->at - at);
        at = t->at + t->len;
        if (blank)
            (void)buf_addc(out, ' ');
        else if (quote)
            at = mend_quote(s, t, out);
        changed = true;
        again = quote;
    }
    (void)buf_add(out, s->text + at, s->len - at);
    return changed && buf_ok(out);
}

/* ---- the whole ---- */

static bool parses(const char *text, size_t len)
{
    lua_State *L = luaL_newstate();
    bool ok = L != NULL && luaL_loadbufferx(L, text, len, "=script", "t") == LUA_OK;

    if (L != NULL)
        lua_close(L);
    return ok;
}

/* One step of mending or laying out; false: out of memory. *done: nothing is left to do. */
static bool step(const struct buf *in, struct buf *out, bool *parsed, bool *done)
{
    struct scan s;
    struct items x;
    bool ok = true;

    *done = false;
    if (!scan_text(buf_str(in), in->len, &s))
        return false;
    if (layout_mend(&s, out))
        goto out;
    buf_clear(out);
    *parsed = parses(buf_str(in), in->len);
    if (!*parsed) {
        ok = buf_add(out, buf_str(in), in->len);
        *done = true;
        goto out;
    }
    ok = items_take(&s, &x);
    if (!ok)
        goto out;
    ok = items_commas(&x) && items_align(&x);
    if (ok)
        items_print(&x, out);
    free(x.list);
    *done = out->len == in->len && memcmp(buf_str(out), buf_str(in), in->len) == 0;
out:
    scan_free(&s);
    return ok && buf_ok(out);
}

enum script_layout script_layout(const char *text, size_t len, char **out, size_t *out_len)
{
    enum script_layout result = SCRIPT_LAYOUT_MEMORY;
    struct buf now, next;
    bool parsed = false, done = false;
    size_t rounds = 0;

    *out = NULL;
    buf_init(&now, LAYOUT_BYTES_MAX);
    buf_init(&next, LAYOUT_BYTES_MAX);
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {      /* a byte order mark */
        text += 3;
        len -= 3;
    }
    (void)buf_add(&now, text, len);
    while (!done && buf_ok(&now) && (!parsed || rounds < ROUNDS_MAX)) {
        struct buf swap = now;

        buf_clear(&next);
        if (!step(&now, &next, &parsed, &done))
            goto out;
        rounds += parsed;
        now = next;
        next = swap;
    }
    *out = buf_take(&now, out_len);
    if (*out != NULL)
        result = parsed ? SCRIPT_LAYOUT_DONE : SCRIPT_LAYOUT_UNPARSED;
out:
    buf_free(&now);
    buf_free(&next);
    return result;
}
