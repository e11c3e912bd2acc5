/*
 * Choices: rows that come from data, page by page, and what somebody meant who typed instead of tapping.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

static const char PAGE_ROW[] = "suite";   /* the row of a message that turns the page: flow/buttons.c knows it too */

enum { TITLE_BYTES_MAX = 512 };

/* ---- lists from data ---- */

static bool list_rows(struct turn *t, const struct step *s, cJSON **rows)
{
    cJSON *results[2];

    *rows = NULL;
    if (!turn_script(t, s->list, NULL, results))
        return false;
    cJSON_Delete(results[1]);
    *rows = results[0];
    if (*rows == NULL)
        return turn_fail(t, s->file, s->line, "`list` of the step \"%.64s\" gave nothing", s->name);
    if (cJSON_IsObject(*rows) && (*rows)->child == NULL) {   /* an empty Lua table says nothing about what it would hold */
        cJSON_Delete(*rows);
        *rows = cJSON_CreateArray();
        return *rows != NULL || turn_broken(t);
    }
    return cJSON_IsArray(*rows) || turn_fail(t, s->file, s->line,
                                             "`list` of the step \"%.64s\" must give a list", s->name);
}

/* The rows of this page. The last row of a page turns it, and the last page leads back to the first. */
static cJSON *page_of(struct turn *t, const struct step *s, const cJSON *rows, bool *turns)
{
    int count = cJSON_GetArraySize(rows), room = TALK_CHOICES_MAX - (int)wording_choice_count(s->say), first, i = 0;
    bool has_row = false;
    cJSON *page = cJSON_CreateArray();
    const cJSON *row;

    for (size_t k = 0; k < wording_choice_count(s->say); k++)
        has_row = has_row || strcmp(wording_choice_id(s->say, k), PAGE_ROW) == 0;
    *turns = count > room;
    if (page == NULL || room < 1 || (*turns && !has_row)) {
        cJSON_Delete(page);
        if (page == NULL)
            (void)turn_broken(t);
        else
            (void)turn_fail(t, s->file, s->line,
                            "the list of the step \"%.64s\" has %d rows, \"%.100s\" has room for %d; a line [%s] … lets it turn pages", s->name, count,
                            wording_id(s->say), room < 0 ? 0 : room, PAGE_ROW);
        return NULL;
    }
    if (t->st.page * room >= count)
        t->st.page = 0;
    first = t->st.page * room;
    cJSON_ArrayForEach(row, rows) {
        if (i >= first && i < first + room && !cJSON_AddItemReferenceToArray(page, (cJSON *)row)) {
            cJSON_Delete(page);
            (void)turn_broken(t);
            return NULL;
        }
        i++;
    }
    return page;
}

static void drop_page_row(struct wording_output *out)
{
    for (size_t i = 0; i < out->count; i++) {
        struct message *m = &out->parts[i];

        for (size_t k = 0; k < m->choice_count; k++) {
            if (strcmp(m->choices[k].id, PAGE_ROW) != 0)
                continue;
            free(m->choices[k].id);
            free(m->choices[k].title);
            free(m->choices[k].description);
            memmove(&m->choices[k], &m->choices[k + 1], (m->choice_count - k - 1) * sizeof *m->choices);
            m->choice_count--;
            break;
        }
    }
}

static bool render_page(struct turn *t, const struct step *s, const cJSON *rows, struct wording_output *out, bool *turns)
{
    cJSON *page = page_of(t, s, rows, turns);
    bool ok;

    if (page == NULL)
        return false;
    ok = turn_render(t, s->say, page, out);
    cJSON_Delete(page);
    if (ok && !*turns)
        drop_page_row(out);
    return ok;
}

bool choose_render(struct turn *t, const struct step *s, struct wording_output *out, cJSON **rows)
{
    bool turns;

    return list_rows(t, s, rows) && render_page(t, s, *rows, out, &turns);
}

const cJSON *row_find(const cJSON *rows, const char *id)
{
    const cJSON *row;
    char own[TALK_NAME_MAX + 1];

    cJSON_ArrayForEach(row, rows)
        if (turn_scalar(json_get(row, "id"), own, sizeof own) && strcmp(own, id) == 0)
            return row;
    return NULL;
}

/* ---- typed instead of tapped ---- */

/* Pictures: arrows and symbols, dingbats, emoji, and what joins and varies them. Nobody types those with the words. */
static bool is_picture(int32_t c)
{
    return c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x2190 && c <= 0x2BFF) || c >= 0x1F000
        || c == 0x20E3;
}

/* The words of a title, folded. */
static bool title_words(const char *title, char out[TITLE_BYTES_MAX])
{
    char plain[TITLE_BYTES_MAX];
    size_t len = 0;

    for (const char *at = title; *at != '\0';) {
        const char *from = at;
        int32_t c = utf8_next(&at);

        if (c < 0)
            return false;
        if (is_picture(c))
            continue;
        if (len + (size_t)(at - from) >= sizeof plain)
            return false;
        memcpy(plain + len, from, (size_t)(at - from));
        len += (size_t)(at - from);
    }
    plain[len] = '\0';
    return utf8_fold(plain, out, TITLE_BYTES_MAX);
}

struct typed { const char *words; long number; char *choice; bool found; };

static bool meant(const struct message_choice *c, const struct typed *typed)
{
    char title[TITLE_BYTES_MAX];
    bool digits = strspn(typed->words, "0123456789") == strlen(typed->words);

    /* The ids of data are numbers that nobody sees: a number is a title or a place. */
    if (!digits && title_words(c->id, title) && strcmp(title, typed->words) == 0)
        return true;
    return title_words(c->title, title) && title[0] != '\0' && strcmp(title, typed->words) == 0;
}

static void match(const struct wording_output *out, struct typed *typed)
{
    const struct message_choice *numbered = NULL, *named = NULL;
    long n = 0;

    for (size_t i = 0; i < out->count; i++)
        for (size_t k = 0; k < out->parts[i].choice_count; k++) {
            const struct message_choice *c = &out->parts[i].choices[k];

            if (++n == typed->number)
                numbered = c;
            if (named == NULL && meant(c, typed))
                named = c;
        }
    if (named == NULL)
        named = numbered;              /* a title that is a number is meant before a place in the list */
    typed->found = named != NULL && strlen(named->id) <= TALK_NAME_MAX;
    if (typed->found)
        memcpy(typed->choice, named->id, strlen(named->id) + 1);
}

static long whole_number(const char *word)
{
    size_t len = strlen(word);

    return len >= 1 && len <= 2 && strspn(word, "0123456789") == len ? strtol(word, NULL, 10) : 0;
}

/* A title may be known from another page; a number counts on the page that is shown. */
static bool typed_in_list(struct turn *t, const struct step *s, struct typed *typed)
{
    const int room = TALK_CHOICES_MAX - (int)wording_choice_count(s->say);
    struct wording_output out;
    bool turns, ok;
    cJSON *rows;
    int shown;

    ok = list_rows(t, s, &rows) && render_page(t, s, rows, &out, &turns);
    shown = t->st.page;
    if (ok) {
        match(&out, typed);
        wording_output_free(&out);
    }
    typed->number = 0;
    for (int page = 0; ok && turns && !typed->found && page * room < cJSON_GetArraySize(rows); page++) {
        bool again;

        t->st.page = page;
        ok = render_page(t, s, rows, &out, &again);
        if (ok) {
            match(&out, typed);
            wording_output_free(&out);
        }
    }
    t->st.page = shown;
    cJSON_Delete(rows);
    return ok;
}

/* True: `choice` is the id. False: none was meant, or the message could not be rendered (t->failed). */
bool choose_typed(struct turn *t, const struct wording_message *say, const struct step *s, bool numbers,
                  char choice[TALK_NAME_MAX + 1])
{
    char words[TITLE_BYTES_MAX];
    struct typed typed = { .words = words, .choice = choice };
    struct wording_output out;

    if (t->word == NULL || !title_words(t->word, words) || words[0] == '\0')
        return false;
    typed.number = numbers ? whole_number(words) : 0;
    if (s != NULL && s->list != DECL_NO_FUNCTION)
        return typed_in_list(t, s, &typed) && typed.found;
    if (!turn_render(t, say, NULL, &out))
        return false;
    match(&out, &typed);
    wording_output_free(&out);
    return typed.found;
}

/* ---- typed at a question ---- */

/* A number is a value where a value may be typed, else a place in the list. */
static bool takes_numbers(const struct expect *e)
{
    switch (e->kind) {
    case EXPECT_TEXT:     return e->only_count == 0;
    case EXPECT_LOCATION: case EXPECT_PHOTO: case EXPECT_AUDIO: case EXPECT_DOCUMENT: case EXPECT_CONTACT:
        return false;
    case EXPECT_ONE_OF:
        for (size_t i = 0; i < e->choice_count; i++)
            if (takes_numbers(&e->choices[i]))
                return true;
        return false;
    default:
        return true;
    }
}

static bool asks_number(const struct expect *e)
{
    for (size_t i = 0; i < e->choice_count; i++)
        if (asks_number(&e->choices[i]))
            return true;
    return e->kind == EXPECT_NUMBER || e->kind == EXPECT_AMOUNT;
}

bool choose_answer(struct turn *t, const struct step *s, char choice[TALK_NAME_MAX + 1])
{
    bool chooses = s->kind == STEP_CHOOSE;

    if (secret_awaited(s))
        return false;                  /* "Aide" may be somebody's password; a button is tapped */
    if (!chooses && (s->on_count == 0 || t->word == NULL))
        return false;
    if (!chooses && asks_number(&s->expect) && strspn(t->word, "0123456789") == strlen(t->word))
        return false;
    return choose_typed(t, s->say, s, chooses || !takes_numbers(&s->expect), choice);
}
