#include "pattern.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#include "sandbox.h"

enum item_kind {
    ITEM_CHAR, ITEM_ANY, ITEM_CLASS, ITEM_SET,                    /* take one byte, may be quantified */
    ITEM_OPEN, ITEM_CLOSE, ITEM_POSITION, ITEM_AGAIN, ITEM_BALANCE, ITEM_FRONTIER, ITEM_END, ITEM_ERROR,
};

/* A charge is a function call: one for each 256 steps costs nothing measurable (hosts.md §2.3). */
enum { CHARGE_EVERY = 256 };

struct source {                /* the pattern being compiled */
    const char *at, *end;
    size_t      open[PATTERN_CAPTURES];    /* captures not closed yet, innermost last */
    size_t      open_count;
};

/* ---- compiling ---- */

static bool class_has(uint8_t letter, uint8_t c)
{
    bool has;

    switch (tolower(letter)) {
    case 'a': has = isalpha(c) != 0;  break;
    case 'c': has = iscntrl(c) != 0;  break;
    case 'd': has = isdigit(c) != 0;  break;
    case 'g': has = isgraph(c) != 0;  break;
    case 'l': has = islower(c) != 0;  break;
    case 'p': has = ispunct(c) != 0;  break;
    case 's': has = isspace(c) != 0;  break;
    case 'u': has = isupper(c) != 0;  break;
    case 'w': has = isalnum(c) != 0;  break;
    case 'x': has = isxdigit(c) != 0; break;
    case 'z': has = c == 0;           break;
    default:  return letter == c;
    }
    return isupper(letter) ? !has : has;
}

static void set_add(uint32_t set[8], uint8_t c)
{
    set[c / 32] |= 1u << (c % 32);
}

static bool set_has(const uint32_t set[8], uint8_t c)
{
    return (set[c / 32] >> (c % 32) & 1u) != 0;
}

static void item_error(struct source *s, struct pattern_item *it, const char *text)
{
    it->kind = ITEM_ERROR;
    it->error = text;
    s->at = s->end;            /* what follows an error is never reached */
}

/* From just after "[": finds the closing bracket. A first "]" is an ordinary character, and so is what follows "%". */
static const char *set_end(const char *at, const char *end)
{
    bool first = true;

    if (at < end && *at == '^')
        at++;
    for (; at < end; at++, first = false) {
        if (*at == ']' && !first)
            return at;
        if (*at == '%' && ++at == end)
            return NULL;
    }
    return NULL;
}

static void compile_set(struct source *s, struct pattern_item *it)
{
    const char *at = s->at, *close = set_end(s->at, s->end);
    bool negated;

    if (close == NULL) {
        item_error(s, it, "malformed pattern (missing ']')");
        return;
    }
    negated = *at == '^';
    at += negated;
    while (at < close) {
        if (*at == '%') {
            for (unsigned c = 0; c < 256; c++)
                if (class_has((uint8_t)at[1], (uint8_t)c))
                    set_add(it->set, (uint8_t)c);
            at += 2;
        } else if (close - at > 2 && at[1] == '-') {
            for (unsigned c = (uint8_t)at[0]; c <= (uint8_t)at[2]; c++)
                set_add(it->set, (uint8_t)c);
            at += 3;
        } else {
            set_add(it->set, (uint8_t)*at++);
        }
    }
    for (int i = 0; negated && i < 8; i++)
        it->set[i] = ~it->set[i];
    it->kind = ITEM_SET;
    s->at = close + 1;
}

static void compile_open(struct pattern *p, struct source *s, struct pattern_item *it)
{
    bool position = s->at < s->end && *s->at == ')';

    if (p->captures == PATTERN_CAPTURES) {
        item_error(s, it, "too many captures");
        return;
    }
    it->kind = position ? ITEM_POSITION : ITEM_OPEN;
    it->first = (uint8_t)p->captures++;
    if (position)
        s->at++;
    else
        s->open[s->open_count++] = it->first;
}

static void compile_close(struct source *s, struct pattern_item *it)
{
    if (s->open_count == 0) {
        item_error(s, it, "invalid pattern capture");
        return;
    }
    it->kind = ITEM_CLOSE;
    it->first = (uint8_t)s->open[--s->open_count];
}

static void compile_again(struct pattern *p, struct source *s, struct pattern_item *it, char digit)
{
    size_t capture = (size_t)(digit - '1');
    bool unusable = digit == '0' || capture >= p->captures;

    for (size_t i = 0; i < s->open_count; i++)
        unusable = unusable || s->open[i] == capture;
    if (unusable) {
        item_error(s, it, "invalid capture index");
        return;
    }
    it->kind = ITEM_AGAIN;
    it->first = (uint8_t)capture;
}

/* From just after "%". */
static void compile_escape(struct pattern *p, struct source *s, struct pattern_item *it)
{
    char letter;

    if (s->at == s->end) {
        item_error(s, it, "malformed pattern (ends with '%')");
        return;
    }
    letter = *s->at++;
    if (letter == 'b') {
        if (s->end - s->at < 2) {
            item_error(s, it, "malformed pattern (missing arguments to '%b')");
            return;
        }
        it->kind = ITEM_BALANCE;
        it->first = (uint8_t)s->at[0];
        it->second = (uint8_t)s->at[1];
        s->at += 2;
    } else if (letter == 'f') {
        if (s->at == s->end || *s->at++ != '[') {
            item_error(s, it, "missing '[' after '%f' in pattern");
            return;
        }
        compile_set(s, it);
        if (it->kind == ITEM_SET)
            it->kind = ITEM_FRONTIER;
    } else if (isdigit((uint8_t)letter)) {
        compile_again(p, s, it, letter);
    } else {
        it->kind = ITEM_CLASS;
        it->first = (uint8_t)letter;
    }
}

static void compile_item(struct pattern *p, struct source *s, struct pattern_item *it)
{
    char c = *s->at++;

    switch (c) {
    case '(': compile_open(p, s, it); break;
    case ')': compile_close(s, it); break;
    case '[': compile_set(s, it); break;
    case '%': compile_escape(p, s, it); break;
    case '.': it->kind = ITEM_ANY; break;
    case '$':
        it->kind = s->at == s->end ? ITEM_END : ITEM_CHAR;
        it->first = '$';
        break;
    default:
        it->kind = ITEM_CHAR;
        it->first = (uint8_t)c;
    }
    if (it->kind <= ITEM_SET && s->at < s->end && strchr("*+-?", *s->at) != NULL && *s->at != '\0')
        it->quantifier = (uint8_t)*s->at++;
}

void pattern_compile(lua_State *L, struct pattern *p, const char *text, size_t len)
{
    struct source s = { .at = text, .end = text + len };
    uint32_t quantified = PATTERN_NO_ITEM;

    sandbox_charge(L, 1 + len / 8);
    p->L = L;
    p->count = 0;
    p->captures = 0;
    p->steps = 0;
    if (len <= PATTERN_ROOM) {
        lua_pushnil(L);
        p->items = p->room;
    } else {
        p->items = lua_newuserdatauv(L, len * sizeof *p->items, 0);
    }
    while (s.at < s.end) {
        struct pattern_item *it = &p->items[p->count];

        memset(it, 0, sizeof *it);
        it->previous = quantified;
        compile_item(p, &s, it);
        if (it->quantifier != 0)
            quantified = p->count;
        p->count++;
    }
}

void pattern_subject(struct pattern *p, const char *subject, size_t len)
{
    p->subject = subject;
    p->subject_end = subject + len;
}

/* ---- matching ---- */

static void spend(struct pattern *p, size_t steps)
{
    p->steps += (uint32_t)steps;
    if (p->steps >= CHARGE_EVERY) {
        uint64_t n = p->steps;

        p->steps = 0;
        sandbox_charge(p->L, n);
    }
}

static bool takes(const struct pattern *p, const struct pattern_item *it, const char *s)
{
    if (s == p->subject_end)
        return false;
    switch (it->kind) {
    case ITEM_CHAR:  return (uint8_t)*s == it->first;
    case ITEM_ANY:   return true;
    case ITEM_CLASS: return class_has(it->first, (uint8_t)*s);
    default:         return set_has(it->set, (uint8_t)*s);
    }
}

static bool match_balance(struct pattern *p, const struct pattern_item *it, const char **s)
{
    size_t depth = 0;

    if (*s == p->subject_end || (uint8_t)**s != it->first)
        return false;
    for (const char *at = *s; at < p->subject_end; at++) {
        if ((at - *s) % 64 == 63)
            spend(p, 8);
        if ((uint8_t)*at == it->second && at > *s) {
            if (--depth == 0) {
                *s = at + 1;
                return true;
            }
        } else if ((uint8_t)*at == it->first) {
            depth++;
        }
    }
    return false;
}

static bool match_frontier(const struct pattern *p, const struct pattern_item *it, const char *s)
{
    uint8_t before = s == p->subject ? 0 : (uint8_t)s[-1];
    uint8_t here = s == p->subject_end ? 0 : (uint8_t)*s;

    return !set_has(it->set, before) && set_has(it->set, here);
}

static bool match_again(struct pattern *p, const struct pattern_item *it, const char **s)
{
    const struct pattern_capture *c = &p->capture[it->first];
    size_t len;

    if (c->len < 0)
        return false;              /* a place has no text that could come again */
    len = (size_t)c->len;
    spend(p, len / 64);
    if ((size_t)(p->subject_end - *s) < len || memcmp(c->start, *s, len) != 0)
        return false;
    *s += len;
    return true;
}

/* The first choice of a quantified item: as much as it can, or nothing for "-". */
static bool match_first(struct pattern *p, struct pattern_item *it, const char **s)
{
    size_t n = 0, most = it->quantifier == '?' ? 1 : it->quantifier == '-' ? 0 : SIZE_MAX;

    while (n < most && takes(p, it, *s + n))
        n++;
    spend(p, n / 8);
    if (n == 0 && it->quantifier == '+') {
        it->taken = 0;
        return false;
    }
    it->at = *s;
    it->taken = n;
    *s += n;
    return true;
}

/* The next choice of a quantified item: one byte less, or one more for "-". False when there is none. */
static bool match_next(const struct pattern *p, struct pattern_item *it, const char **s)
{
    if (it->quantifier == '-') {
        if (!takes(p, it, it->at + it->taken))
            return false;
        it->taken++;
    } else {
        if (it->taken == (it->quantifier == '+' ? 1u : 0u))
            return false;
        it->taken--;
    }
    *s = it->at + it->taken;
    return true;
}

static bool match_item(struct pattern *p, struct pattern_item *it, const char **s)
{
    struct pattern_capture *c = &p->capture[it->first % PATTERN_CAPTURES];

    switch (it->kind) {
    case ITEM_OPEN:
        c->start = *s;
        c->len = PATTERN_UNFINISHED;
        return true;
    case ITEM_CLOSE:
        c->len = *s - c->start;
        return true;
    case ITEM_POSITION:
        c->start = *s;
        c->len = PATTERN_POSITION;
        return true;
    case ITEM_AGAIN:    return match_again(p, it, s);
    case ITEM_BALANCE:  return match_balance(p, it, s);
    case ITEM_FRONTIER: return match_frontier(p, it, *s);
    case ITEM_END:      return *s == p->subject_end;
    case ITEM_ERROR:    return luaL_error(p->L, "%s", it->error) != 0;
    default:
        if (it->quantifier != 0)
            return match_first(p, it, s);
        if (!takes(p, it, *s))
            return false;
        (*s)++;
        return true;
    }
}

/*
 * Items only ever follow each other, so a capture that was set on a way that failed is set again before the end is reached, and
 * nothing has to be undone when going back.
 */
const char *pattern_match(struct pattern *p, const char *from)
{
    const char *s = from;
    uint32_t i = 0;

    spend(p, 1);               /* also for a pattern without items: gsub(s, "", …) tries it at every place */
    while (i < p->count) {
        spend(p, 1);
        if (match_item(p, &p->items[i], &s)) {
            i++;
            continue;
        }
        for (i = p->items[i].previous; i != PATTERN_NO_ITEM; i = p->items[i].previous)
            if (match_next(p, &p->items[i], &s))
                break;
        if (i == PATTERN_NO_ITEM)
            return NULL;
        i++;
    }
    return s;
}

/* ---- results ---- */

void pattern_push(struct pattern *p, size_t index, const char *from, const char *to)
{
    const struct pattern_capture *c = &p->capture[index % PATTERN_CAPTURES];

    if (index >= p->captures) {
        if (index != 0)
            luaL_error(p->L, "invalid capture index %%%d", (int)index + 1);
        lua_pushlstring(p->L, from, (size_t)(to - from));
    } else if (c->len == PATTERN_UNFINISHED) {
        luaL_error(p->L, "unfinished capture");
    } else if (c->len == PATTERN_POSITION) {
        lua_pushinteger(p->L, c->start - p->subject + 1);
    } else {
        lua_pushlstring(p->L, c->start, (size_t)c->len);
    }
}

int pattern_push_all(struct pattern *p, const char *from, const char *to)
{
    size_t n = p->captures == 0 && from != NULL ? 1 : p->captures;

    luaL_checkstack(p->L, (int)n, "too many captures");
    for (size_t i = 0; i < n; i++)
        pattern_push(p, i, from, to);
    return (int)n;
}

bool pattern_is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != '\0' && strchr("^$*+?.([%-", text[i]) != NULL)
            return false;
    return true;
}
