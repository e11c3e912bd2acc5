/*
 * The `! …` statements: one row each in a table, read when the file is read, so that a slip is told with its line before
 * anything runs.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dialog.h"
#include "lisolo/base/nearest.h"

enum { WORD_MAX = 256 };
#define BRAZZAVILLE_MS (3600 * 1000)   /* UTC+1 all the year */

struct kind {
    const char *word;
    enum order_kind kind;
    const char *usage;
    bool (*read)(const char *at, struct order *o, struct error *err);
};

/* ---- words ---- */

static void skip_spaces(const char **at)
{
    while (**at == ' ' || **at == '\t')
        (*at)++;
}

static char *quoted(const char **at)
{
    const char *from = *at + 1, *to = from;
    char *out = malloc(strlen(from) + 1);
    size_t n = 0;

    for (; out != NULL && *to != '\0' && *to != '"'; to++) {
        if (to[0] == '\\' && to[1] != '\0')
            to++;
        out[n++] = *to;
    }
    if (out != NULL)
        out[n] = '\0';
    *at = *to == '"' ? to + 1 : to;
    return out;
}

char *dialog_word(const char **at)
{
    const char *from;

    skip_spaces(at);
    if (**at == '\0')
        return NULL;
    if (**at == '"')
        return quoted(at);
    from = *at;
    while (**at != '\0' && **at != ' ' && **at != '\t')
        (*at)++;
    return strndup(from, (size_t)(*at - from));
}

/* Bytes of the JSON object or list that begins here; 0: it does not end. */
static size_t json_extent(const char *text)
{
    size_t depth = 0;
    bool inside = false;

    for (size_t i = 0; text[i] != '\0'; i++) {
        char c = text[i];

        if (inside) {
            if (c == '\\' && text[i + 1] != '\0')
                i++;
            else if (c == '"')
                inside = false;
        } else if (c == '"') {
            inside = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

static bool take_json(const char **at, cJSON **out, struct error *err)
{
    struct error own = { "" };
    size_t len;

    skip_spaces(at);
    if (**at != '{' && **at != '[')
        return true;
    len = json_extent(*at);
    if (len == 0)
        return error_set(err, "%s", SAY("the JSON does not end: close its braces on the same line", "le JSON ne se termine pas : fermez ses accolades sur la même ligne"));
    *out = json_parse(*at, len, &own);
    if (*out == NULL)
        return error_set(err, SAY("this is not JSON (%.200s): write it like {\"name\": \"Prisca\", \"count\": 2}",
                                  "ce n'est pas du JSON (%.200s) : écrivez-le comme {\"nom\": \"Prisca\", \"nombre\": 2}"), own.text);
    *at += len;
    return true;
}

bool order_span(const char **at, int64_t *ms)
{
    static const struct { const char *unit; int64_t ms; } UNITS[] = {
        { "ms", 1 }, { "min", 60000 }, { "s", 1000 }, { "sec", 1000 }, { "h", 3600000 }, { "d", 86400000 }, { "j", 86400000 },
        { "days", 86400000 }, { "day", 86400000 }, { "jours", 86400000 }, { "jour", 86400000 },
    };
    char *end;
    double n;
    size_t len = 0;

    skip_spaces(at);
    n = strtod(*at, &end);
    if (end == *at || !(n >= 0 && n <= 100000))        /* nor "nan" */
        return false;
    while (*end == ' ')
        end++;
    while (isalpha((unsigned char)end[len]))
        len++;
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strlen(UNITS[i].unit) == len && strncmp(UNITS[i].unit, end, len) == 0) {
            *ms = (int64_t)(n * (double)UNITS[i].ms);
            *at = end + len;
            return true;
        }
    return false;
}

static bool no_memory(struct error *err) { return error_set(err, "%s", SAY("out of memory", "mémoire insuffisante")); }

static bool add_pair(struct order *o, const char *key, size_t key_len, char *value)
{
    char **keys = reallocarray(o->keys, o->pair_count + 1, sizeof *keys), **values;

    if (keys != NULL)
        o->keys = keys;
    values = keys == NULL ? NULL : reallocarray(o->values, o->pair_count + 1, sizeof *values);
    if (values != NULL)
        o->values = values;
    if (values == NULL || value == NULL || (keys[o->pair_count] = strndup(key, key_len)) == NULL) {
        free(value);
        return false;
    }
    values[o->pair_count++] = value;
    return true;
}

/* name=value … where a value is a word, "a text" or JSON. */
static bool take_pairs(const char **at, struct order *o, struct error *err)
{
    for (skip_spaces(at); **at != '\0'; skip_spaces(at)) {
        const char *key = *at;
        size_t key_len = strcspn(key, "= \t"), len;
        char *value;

        if (key[key_len] != '=' || key_len == 0)
            return error_set(err, SAY("'%.40s' is not name=value: write for instance valeur=8000", "« %.40s » n'est pas nom=valeur : écrivez par exemple valeur=8000"), key);
        *at = key + key_len + 1;
        len = **at == '{' || **at == '[' ? json_extent(*at) : 0;
        if (len == 0 && (**at == '[' || (*at)[0] == '{') && strchr(*at, '"') != NULL)
            return error_set(err, "%s", SAY("the JSON does not end: close its braces on the same line", "le JSON ne se termine pas : fermez ses accolades sur la même ligne"));
        if (len > 0 && ((*at)[len] == ' ' || (*at)[len] == '\t' || (*at)[len] == '\0')) {
            value = strndup(*at, len);
            *at += len;
        } else {                       /* "{*}-12" is a word */
            value = **at == ' ' || **at == '\0' ? strdup("") : dialog_word(at);
        }
        if (!add_pair(o, key, key_len, value))
            return no_memory(err);
    }
    return true;
}

static bool nothing_left(const char *at, struct error *err)
{
    skip_spaces(&at);
    return *at == '\0' || error_set(err, SAY("'%.60s' is too much here: remove it", "« %.60s » est en trop : supprimez-le"), at);
}

static bool bad(struct error *err) { return error_set(err, "?"); }     /* the caller shows the usage */

/* ---- each ---- */

static bool read_clock(const char *at, struct order *o, struct error *err)
{
    struct tm t = { 0 };
    const char *end = strptime(at, "%Y-%m-%d %H:%M", &t);

    if (end == NULL)
        return bad(err);
    o->ms = (int64_t)timegm(&t) * 1000 - BRAZZAVILLE_MS;
    return nothing_left(end, err);
}

static bool read_pass(const char *at, struct order *o, struct error *err)
{
    return order_span(&at, &o->ms) ? nothing_left(at, err) : bad(err);
}

static bool read_outcome(const char **at, struct order *o, struct error *err)
{
    char *word = dialog_word(at);
    char *end = NULL;
    long n = word == NULL ? 0 : strtol(word, &end, 10);
    bool number = word != NULL && end != word && *end == '\0' && n >= 100 && n <= 599;

    o->number = (int)n;
    o->has_number = number;
    if (number) {
        free(word);
    } else if (word != NULL && (strcmp(word, "timeout") == 0 || strcmp(word, "network") == 0)) {
        free(o->extra);
        o->extra = word;
    } else {
        free(word);
        return bad(err);
    }
    return take_json(at, &o->json, err);
}

static bool read_after(const char **at, struct order *o)
{
    char *word;
    bool after;

    skip_spaces(at);
    if (**at == '\0')
        return true;
    word = dialog_word(at);
    after = word != NULL && strcmp(word, "after") == 0;
    free(word);
    return after && order_span(at, &o->ms);
}

static bool read_stub(const char *at, struct order *o, struct error *err)
{
    char *arrow;
    bool ok;

    o->name = dialog_word(&at);
    o->value = o->name == NULL ? NULL : dialog_word(&at);
    arrow = o->value == NULL ? NULL : dialog_word(&at);
    ok = arrow != NULL && strcmp(arrow, "->") == 0 && o->value[0] == '/';
    free(arrow);
    if (!ok)
        return bad(err);
    return read_outcome(&at, o, err) && (read_after(&at, o) ? nothing_left(at, err) : bad(err));
}

static bool read_sent(const char *at, struct order *o, struct error *err)
{
    o->name = dialog_word(&at);
    o->value = o->name == NULL ? NULL : dialog_word(&at);
    if (o->value == NULL || o->value[0] != '/')
        return bad(err);
    return take_json(&at, &o->json, err) && nothing_left(at, err);
}

static bool read_event(const char *at, struct order *o, struct error *err)
{
    o->name = dialog_word(&at);
    if (o->name == NULL)
        return bad(err);
    return take_json(&at, &o->json, err) && (cJSON_IsObject(o->json) ? nothing_left(at, err) : bad(err));
}

static bool read_status(const char *at, struct order *o, struct error *err)
{
    static const char *const WORDS[] = { "sent", "delivered", "read", "failed" };
    bool known = false;

    o->name = dialog_word(&at);
    for (size_t i = 0; o->name != NULL && i < sizeof WORDS / sizeof *WORDS; i++)
        known = known || strcmp(o->name, WORDS[i]) == 0;
    if (!known)
        return bad(err);
    skip_spaces(&at);
    if (isdigit((unsigned char)*at)) {
        o->number = (int)strtol(at, (char **)(uintptr_t)&at, 10);
        o->has_number = true;
    }
    o->value = dialog_word(&at);
    return nothing_left(at, err);
}

static bool read_state(const char *at, struct order *o, struct error *err)
{
    if (!take_pairs(&at, o, err))
        return false;
    return o->pair_count > 0 || bad(err);
}

static bool read_timers(const char *at, struct order *o, struct error *err)
{
    char *end;

    skip_spaces(&at);
    o->number = (int)strtol(at, &end, 10);
    return end == at ? bad(err) : nothing_left(end, err);
}

static bool read_timer(const char *at, struct order *o, struct error *err)
{
    char *in;
    bool ok;

    o->name = dialog_word(&at);
    in = dialog_word(&at);
    ok = in != NULL && (strcmp(in, "in") == 0 || strcmp(in, "dans") == 0);
    free(in);
    return ok && order_span(&at, &o->ms) ? nothing_left(at, err) : bad(err);
}

static bool read_nothing(const char *at, struct order *o, struct error *err)
{
    (void)o;
    return nothing_left(at, err);
}

static bool read_path(const char *at, struct order *o, struct error *err)
{
    o->name = dialog_word(&at);
    return o->name == NULL ? bad(err) : nothing_left(at, err);
}

static bool read_at(const char *at, struct order *o, struct error *err)
{
    o->name = dialog_word(&at);
    if (o->name == NULL || strchr(o->name, '.') == NULL)
        return bad(err);
    return take_pairs(&at, o, err);
}

static bool read_pacing(const char *at, struct order *o, struct error *err)
{
    char *word = dialog_word(&at);
    bool off = word != NULL && strcmp(word, "off") == 0;

    o->on = word != NULL && strcmp(word, "on") == 0;
    free(word);
    return o->on || off ? nothing_left(at, err) : bad(err);
}

static bool read_langue(const char *at, struct order *o, struct error *err)
{
    o->name = dialog_word(&at);
    return o->name == NULL || strlen(o->name) > 8 ? bad(err) : nothing_left(at, err);
}

static const struct kind KINDS[] = {
    { "clock", ORDER_CLOCK, "! clock 2025-01-27 09:00", read_clock },
    { "stub", ORDER_STUB, "! stub POST /path -> 201 {\"id\": 1}   (or: -> timeout, -> network, -> 503 after 5 s)", read_stub },
    { "sent", ORDER_SENT, "! sent POST /path {\"name\": \"Prisca\"}", read_sent },
    { "event", ORDER_EVENT, "! event mission.accepted {\"event_id\": \"e-1\"}", read_event },
    { "status", ORDER_STATUS, "! status delivered   (or: read, sent, failed 131026; then last, or a message's id)", read_status },
    { "state", ORDER_STATE, "! state step=valeur vars.valeur=8000", read_state },
    { "timers", ORDER_TIMERS, "! timers 1", read_timers },
    { "timer", ORDER_TIMER, "! timer course.toujours_la in 10 min", read_timer },
    { "silence", ORDER_SILENCE, "! silence", read_nothing },
    { "again", ORDER_AGAIN, "! again", read_nothing },
    { "restart", ORDER_RESTART, "! restart", read_nothing },
    { "reload", ORDER_RELOAD, "! reload folder/", read_path },
    { "include", ORDER_INCLUDE, "! include commun/connexion.chat", read_path },
    { "at", ORDER_AT, "! at course.valeur destinataire_nom=Junior", read_at },
    { "pacing", ORDER_PACING, "! pacing on", read_pacing },
    { "langue", ORDER_LANGUE, "! langue en", read_langue },
    { "language", ORDER_LANGUE, "! language en", read_langue },
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

/* client = +242… "Prisca" fr [champ=valeur] */
static bool read_person(const char *who, const char *at, struct order *o, struct error *err)
{
    static const char USAGE[] = "! client = +242066123456 \"Prisca\" fr";
    char *word;

    o->kind = ORDER_PERSON;
    o->name = strdup(who);
    o->value = dialog_word(&at);
    if (o->name == NULL || o->value == NULL || o->value[0] != '+' || strspn(o->value + 1, "0123456789") != strlen(o->value) - 1)
        return error_set(err, SAY("a person has a number with its country: write %s", "une personne a un numéro avec son indicatif : écrivez %s"), USAGE);
    skip_spaces(&at);
    if (*at == '"')
        o->extra = dialog_word(&at);
    skip_spaces(&at);
    if (*at != '[' && *at != '\0')
        o->language = dialog_word(&at);
    skip_spaces(&at);
    if (*at == '[') {
        const char *inner;
        size_t len = strcspn(at, "]");
        bool ok;

        word = strndup(at + 1, len - 1);
        if (word == NULL)
            return no_memory(err);
        inner = word;
        ok = take_pairs(&inner, o, err);
        free(word);
        if (!ok)
            return false;
        at += at[len] == ']' ? len + 1 : len;
    }
    return nothing_left(at, err);
}

static bool unknown(const char *word, struct error *err)
{
    struct nearest n = { .word = word };

    for (size_t i = 0; i < KIND_COUNT; i++)
        nearest_offer(&n, KINDS[i].word);
    if (n.best != NULL)
        return error_set(err, SAY("there is no '! %s': did you mean '! %s'?", "« ! %s » n'existe pas : vouliez-vous dire « ! %s » ?"), word, n.best);
    return error_set(err, SAY("there is no '! %s': clock, +10 min, stub, sent, event, status, state, timers, timer, silence, again, restart, "
                              "reload, include, at, pacing and langue exist, and client = +242…",
                              "« ! %s » n'existe pas : il y a clock, +10 min, stub, sent, event, status, state, timers, timer, silence, again, "
                              "restart, reload, include, at, pacing et langue, et client = +242…"), word);
}

static bool read_known(const struct kind *k, const char *at, struct order *o, struct error *err)
{
    skip_spaces(&at);
    o->kind = k->kind;
    if (k->read(at, o, err))
        return true;
    if (err != NULL && strcmp(err->text, "?") == 0)
        return error_set(err, SAY("cannot read this: write it like  %s", "illisible : écrivez comme  %s"), k->usage);
    return false;
}

bool order_read(const char *text, struct order *out, struct error *err)
{
    static const struct kind PASS = { "+", ORDER_PASS, "! +10 min", read_pass };
    const char *at = text;
    char word[WORD_MAX];
    size_t len;

    *out = (struct order){ 0 };
    skip_spaces(&at);
    if (*at == '+')
        return read_known(&PASS, at + 1, out, err);
    len = strcspn(at, " \t=");
    (void)snprintf(word, sizeof word, "%.*s", (int)(len < 64 ? len : 64), at);
    at += len;
    skip_spaces(&at);
    if (*at == '=')
        return read_person(word, at + 1, out, err);
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(word, KINDS[i].word) == 0)
            return read_known(&KINDS[i], at, out, err);
    return unknown(word, err);
}

void order_free(struct order *o)
{
    free(o->name);
    free(o->value);
    free(o->extra);
    free(o->language);
    cJSON_Delete(o->json);
    for (size_t i = 0; i < o->pair_count; i++) {
        free(o->keys[i]);
        free(o->values[i]);
    }
    free(o->keys);
    free(o->values);
    *o = (struct order){ 0 };
}
