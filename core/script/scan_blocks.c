#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"

/* Words that start a statement of the language; followed by a text or a brace they are one even inside an open bracket. */
static const char *const HEADS[] = { "message", "template", "labels", "on", "flow", "use", "commands", "menu", "local" };

static bool has_word(const char *line, size_t len, const char *word, size_t *rest)
{
    size_t n = strlen(word);

    if (len <= n || memcmp(line, word, n) != 0 || isalnum((unsigned char)line[n]) || line[n] == '_')
        return false;
    *rest = n;
    return true;
}

static size_t skip(const char *line, size_t len, size_t at, const char *what)
{
    while (at < len && strchr(what, line[at]) != NULL && line[at] != '\0')
        at++;
    return at;
}

static size_t skip_name(const char *line, size_t len, size_t at)
{
    while (at < len && (isalnum((unsigned char)line[at]) || line[at] == '_'))
        at++;
    return at;
}

/* `message "id"`, `menu {`, `local x`, `f:ask "nom"`, `f.start =`: enough to know even where no statement could start. */
static bool looks_like_head(const char *line, size_t len)
{
    size_t at, name_end;

    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        if (!has_word(line, len, HEADS[i], &at))
            continue;
        at = skip(line, len, at, " \t(");
        if (strcmp(HEADS[i], "local") == 0)
            return at < len && (isalpha((unsigned char)line[at]) || line[at] == '_');
        return at < len && (line[at] == '"' || line[at] == '\'' || line[at] == '{');
    }
    at = skip_name(line, len, 0);
    if (at == 0 || at >= len || isdigit((unsigned char)*line) || (line[at] != ':' && line[at] != '.'))
        return false;
    name_end = skip_name(line, len, at + 1);
    if (name_end == at + 1)
        return false;
    if (line[at] == ':') {
        at = skip(line, len, name_end, " \t(");
        return at < len && (line[at] == '"' || line[at] == '\'');
    }
    at = skip(line, len, name_end, " \t");
    return at + 1 < len && line[at] == '=' && line[at + 1] != '=';
}

static size_t line_length(const struct scan *s, size_t at)
{
    const char *end = memchr(s->text + at, '\n', s->len - at);

    return end != NULL ? (size_t)(end - s->text) - at : s->len - at;
}

int scan_swallowed_line(const struct scan *s, size_t token)
{
    const struct token *t = &s->tokens[token];
    bool comment = t->type == TOKEN_OPEN_COMMENT;
    size_t start = comment ? t->at : t->text_at, end = comment ? t->at + t->len : t->text_at + t->text_len;
    int line = comment ? t->line : t->text_line;

    if (t->type != TOKEN_LONG_STRING && t->type != TOKEN_OPEN_LONG && !comment)
        return 0;
    for (size_t at = start; at < end; at += line_length(s, at) + 1, line++) {
        size_t len = line_length(s, at), rest;

        if (line == t->line || !looks_like_head(s->text + at, len))
            continue;
        /* "local" and "f.x = " may well be words of a customer's message; a name in quotes and a brace are not. */
        if (!has_word(s->text + at, len, "local", &rest) && memchr(s->text + at, '{', len) != NULL &&
            memchr(s->text + at, '"', len) != NULL)
            return line;
    }
    return 0;
}

/* A name or keyword in column 0 that does not go on with the statement before. */
static bool may_start(const struct scan *s, size_t token)
{
    static const char *const GO_ON[] = { "end", "else", "elseif", "until", "then", "do", "and", "or", "not", "in", "nil", "true", "false" };
    const struct token *t = &s->tokens[token];

    if (t->column != 1)
        return false;
    if (t->type == TOKEN_SYMBOL)
        return scan_is(s, token, "::");
    if (t->type != TOKEN_NAME && t->type != TOKEN_KEYWORD)
        return t->type == TOKEN_BAD_CHARACTER;
    for (size_t i = 0; i < sizeof GO_ON / sizeof *GO_ON; i++)
        if (scan_is(s, token, GO_ON[i]) && !(strcmp(GO_ON[i], "do") == 0 && token == 0))
            return false;
    return true;
}

static bool push_block(struct blocks *out, size_t *cap, size_t first, int line)
{
    if (out->count == *cap) {
        size_t want = *cap == 0 ? 32 : *cap * 2;
        struct block *b = realloc(out->list, want * sizeof *b);

        if (b == NULL)
            return false;
        out->list = b;
        *cap = want;
    }
    out->list[out->count++] = (struct block){ .first = first, .line = line };
    return true;
}

bool scan_blocks(const struct scan *s, struct blocks *out)
{
    size_t cap = 0;
    int depth = 0;

    *out = (struct blocks){ .list = NULL };
    for (size_t i = 0; i + 1 < s->count; i++) {
        const struct token *t = &s->tokens[i];
        bool head = t->column == 1 && looks_like_head(s->text + t->at, line_length(s, t->at));

        if (i == 0 || head || (depth <= 0 && may_start(s, i))) {
            if (!push_block(out, &cap, i, t->line)) {
                free(out->list);
                *out = (struct blocks){ .list = NULL };
                return false;
            }
            depth = 0;
        }
        depth += t->nesting;
    }
    for (size_t i = 0; i < out->count; i++) {
        out->list[i].end = i + 1 < out->count ? out->list[i + 1].first : s->count - 1;
        out->list[i].last_line = i + 1 < out->count ? out->list[i + 1].line - 1 : s->tokens[s->count - 1].line;
    }
    return true;
}
