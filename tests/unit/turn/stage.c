#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char HOUSE[] =
    "message 'commun.pas_compris' { fr = 'Pas compris.' }\n"
    "message 'commun.probleme' { fr = 'Un souci.' }\n"
    "message 'commun.bouton_ancien' { fr = 'Trop tard.' }\n"
    "message 'commun.aide' { fr = 'Voici comment faire.' }\n"
    "message 'commun.non_pris_en_charge' { fr = 'Des mots, merci.' }\n"
    "message 'commun.annule' { fr = 'Annulé.' }\n";
static const char MENU[] =
    "message 'commun.menu' { fr = 'Bonjour.\\n[essai] Essayer' }\n"
    "menu { say = 'commun.menu', on = { essai = 'essai' } }\n"
    "commands {\n"
    "  menu = { words = 'menu', does = 'menu' }, annuler = { words = 'annuler', does = 'cancel', say = 'commun.annule' },\n"
    "  retour = { words = 'retour', does = 'back' }, aide = { words = { 'aide', '?' }, does = 'help', say = 'commun.aide' } }\n";

/* ---- scripts ---- */

static void add_source(struct script_sources *all, const char *name, const char *text, size_t len)
{
    struct script_source *one;

    all->list = realloc(all->list, (all->count + 1) * sizeof *one);
    assert_non_null(all->list);
    one = &all->list[all->count++];
    one->name = strdup(name);
    one->text = strndup(text, len);
    one->len = len;
    assert_non_null(one->name);
    assert_non_null(one->text);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct script_source *)a)->name, ((const struct script_source *)b)->name);
}

static void split(struct script_sources *all, const char *lua)
{
    char file[64] = "flows/essai.lua";

    *all = (struct script_sources){ 0 };
    add_source(all, "templates/commun.lua", HOUSE, strlen(HOUSE));
    if (strstr(lua, "menu {") == NULL)
        add_source(all, "flows/commandes.lua", MENU, strlen(MENU));
    while (lua != NULL) {
        const char *mark = strstr(lua, "\n--- ");

        add_source(all, file, lua, mark == NULL ? strlen(lua) : (size_t)(mark - lua) + 1);
        if (mark != NULL)
            (void)snprintf(file, sizeof file, "%.*s", (int)strcspn(mark + 5, "\n"), mark + 5);
        lua = mark == NULL ? NULL : strchr(mark + 1, '\n') + 1;
    }
    qsort(all->list, all->count, sizeof *all->list, by_name);
}

static void load(struct stage *s, struct script_sources *sources)
{
    struct script_limits limits = script_limits_default();
    struct problems problems;
    struct error err;

    problems_init(&problems);
    s->g = generation_load(sources, &limits, "CG", &problems);
    for (size_t i = 0; i < problems.count && s->g == NULL; i++)
        print_message("%s:%d: %s %s (%s)\n", problems.list[i].file, problems.list[i].line, problems.list[i].code, problems.list[i].text, problems.list[i].hint);
    problems_free(&problems);
    assert_non_null(s->g);
    s->g->number = 7;
    s->w = script_worker_new(s->g, &err);
    if (s->w == NULL)
        fail_msg("%s", err.text);
}

static void begin(struct stage *s)
{
    *s = (struct stage){ .now_ms = STAGE_START, .person = { .conv = 12, .number = "100", .phone = "+242061234567", .name = "Prisca Ngoma" } };
    memset(s->keys.current, 7, sizeof s->keys.current);
    memset(s->keys.seal, 5, sizeof s->keys.seal);
}

void stage_open(struct stage *s, const char *lua)
{
    struct script_sources sources;

    begin(s);
    split(&sources, lua);
    load(s, &sources);
}

void stage_open_scripts(struct stage *s)
{
    struct script_sources sources;
    struct problems problems;

    begin(s);
    problems_init(&problems);
    assert_true(script_sources_read("scripts", &sources, &problems));
    problems_free(&problems);
    load(s, &sources);
}

static void unload(struct stage *s)
{
    script_worker_free(s->w);
    if (s->g != NULL)
        generation_drop(s->g);
}

void stage_reload(struct stage *s, const char *lua)
{
    struct script_sources sources;

    unload(s);
    split(&sources, lua);
    load(s, &sources);
}

void stage_close(struct stage *s)
{
    turn_result_free(&s->last);
    free(s->state);
    unload(s);
}

/* ---- events ---- */

static void same_blob(struct blob a, struct blob b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.data, b.data, a.len);
}

static void same(const struct store_turn *a, const struct store_turn *b)
{
    same_blob(a->state, b->state);
    assert_int_equal(a->send_count, b->send_count);
    assert_int_equal(a->call_count, b->call_count);
    assert_int_equal(a->timer_count, b->timer_count);
    assert_int_equal(a->notice_count, b->notice_count);
    for (size_t i = 0; i < a->send_count; i++) {
        same_blob(a->sends[i].body, b->sends[i].body);
        assert_string_equal(a->sends[i].source, b->sends[i].source);
    }
    for (size_t i = 0; i < a->call_count; i++) {
        same_blob(a->calls[i].body, b->calls[i].body);
        assert_string_equal(a->calls[i].key, b->calls[i].key);
        assert_string_equal(a->calls[i].path, b->calls[i].path);
    }
    for (size_t i = 0; i < a->timer_count; i++)
        assert_memory_equal(&a->timers[i], &b->timers[i], sizeof a->timers[i]);
    for (size_t i = 0; i < a->notice_count; i++) {
        same_blob(a->notices[i].body, b->notices[i].body);
        assert_memory_equal(a->notices[i].key, b->notices[i].key, STORE_KEY_BYTES);
    }
}

void stage_event(struct stage *s, const struct event *e)
{
    struct turn_input in = { .worker = s->w, .keys = &s->keys, .state = { s->state, s->state_len }, .event = e, .person = s->routing ? NULL : &s->person,
                             .conv = s->person.conv, .seq = ++s->seq, .now_ms = s->now_ms };
    struct turn_result again;
    struct error err;

    if (event_from_person(e->kind))
        s->person.heard_ms = s->now_ms;
    turn_result_free(&s->last);
    if (!turn_run(&in, &s->last, &err))
        fail_msg("%s", err.text);
    assert_true(turn_run(&in, &again, &err));
    same(&s->last.commit, &again.commit);
    turn_result_free(&again);
    assert_true(s->last.commit.state.len <= STORE_STATE_MAX);
    free(s->state);
    s->state_len = s->last.commit.state.len;
    s->state = malloc(s->state_len + 1);
    assert_non_null(s->state);
    memcpy(s->state, s->last.commit.state.data, s->state_len);
}

void stage_text(struct stage *s, const char *text)
{
    stage_event(s, &(struct event){ .kind = EVENT_TEXT, .at_ms = s->now_ms, .id = "wamid.x", .text = text });
}

void stage_tap_id(struct stage *s, const char *id, const char *title)
{
    stage_event(s, &(struct event){ .kind = EVENT_CHOICE, .at_ms = s->now_ms, .id = "wamid.x", .choice = id, .text = title });
}

void stage_tap(struct stage *s, const char *choice)
{
    char id[256];
    const char *found = stage_choice(s, choice);

    if (found == NULL)
        fail_msg("there is no button [%s] in the last messages", choice);
    (void)snprintf(id, sizeof id, "%s", found);
    stage_tap_id(s, id, "un titre que personne ne reconnaît");
}

void stage_location(struct stage *s, double latitude, double longitude, const char *place)
{
    stage_event(s, &(struct event){ .kind = EVENT_LOCATION, .at_ms = s->now_ms, .has_point = true, .latitude = latitude, .longitude = longitude, .place = place });
}

void stage_media(struct stage *s, const char *media)
{
    stage_event(s, &(struct event){ .kind = EVENT_MEDIA, .at_ms = s->now_ms, .media = media, .media_id = "m1", .mime = "x/y", .text = "légende" });
}

void stage_answer(struct stage *s, const char *outcome, int status, const char *json)
{
    char step[80];
    const char *name = stage_var(s, "step");
    cJSON *data = json == NULL ? NULL : cJSON_Parse(json);

    (void)snprintf(step, sizeof step, "%.*s", (int)(strlen(name) > 2 ? strlen(name) - 2 : 0), name + 1);
    stage_event(s, &(struct event){ .kind = EVENT_ANSWER, .at_ms = s->now_ms, .name = step, .guard = strtoull(stage_var(s, "turn"), NULL, 10), .outcome = outcome,
                                    .status = status, .data = data });
    cJSON_Delete(data);
}

void stage_timer(struct stage *s)
{
    stage_event(s, &(struct event){ .kind = EVENT_TIMER, .at_ms = s->now_ms, .name = "wait", .guard = strtoull(stage_var(s, "turn"), NULL, 10) });
}

void stage_notice(struct stage *s, const char *type, const char *id, const char *json)
{
    cJSON *data = cJSON_Parse(json);

    assert_non_null(data);
    stage_event(s, &(struct event){ .kind = EVENT_NOTICE, .at_ms = s->now_ms, .id = id, .name = type, .text = type, .data = data });
    cJSON_Delete(data);
}

void stage_later(struct stage *s, int64_t minutes) { s->now_ms += minutes * 60 * 1000; }

/* ---- what happened ---- */

size_t stage_count(const struct stage *s) { return s->last.commit.send_count; }

const char *stage_row(const struct stage *s, size_t index)
{
    assert_true(index < s->last.commit.send_count);
    return s->last.commit.sends[index].body.data;
}

bool stage_is(const struct stage *s, size_t index, const char *message)
{
    const char *source = s->last.commit.sends[index].source;

    return index < s->last.commit.send_count && strncmp(source, message, strlen(message)) == 0 && source[strlen(message)] == ' ';
}

void stage_said(const struct stage *s, const char *messages)
{
    char got[1024] = "";

    for (size_t i = 0; i < s->last.commit.send_count; i++) {
        const char *source = s->last.commit.sends[i].source;
        size_t len = strlen(got);

        (void)snprintf(got + len, sizeof got - len, "%s%.*s", i > 0 ? " + " : "", (int)strcspn(source, " "), source);
    }
    if (s->last.script_failed && strstr(messages, "probleme") == NULL)
        print_message("script failed: %s\n", s->last.failure.text);
    assert_string_equal(got, messages);
}

/* Spaces that may not break a line are spaces to a reader. */
static void plain_spaces(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0';) {
        size_t wide = strncmp(from, "\xC2\xA0", 2) == 0 ? 2 : strncmp(from, "\xE2\x80\xAF", 3) == 0 ? 3 : 0;

        *to++ = wide > 0 ? ' ' : *from;
        from += wide > 0 ? wide : 1;
    }
    *to = '\0';
}

const char *stage_body(const struct stage *s, size_t index)
{
    static char text[8192];
    cJSON *tree = cJSON_Parse(stage_row(s, index));
    const char *body = json_str(json_get(tree, "free"), "body");

    (void)snprintf(text, sizeof text, "%s", body == NULL ? "" : body);
    cJSON_Delete(tree);
    plain_spaces(text);
    return text;
}

const char *stage_choice(const struct stage *s, const char *choice)
{
    static char id[256];
    bool found = false;

    for (size_t i = 0; i < s->last.commit.send_count; i++) {
        cJSON *tree = cJSON_Parse(stage_row(s, i));
        const cJSON *form, *c;

        cJSON_ArrayForEach(form, tree)
            cJSON_ArrayForEach(c, json_get(form, "choices")) {
                const char *own = json_str(c, "id");

                if (own != NULL && strncmp(own, choice, strlen(choice)) == 0 && own[strlen(choice)] == '~') {
                    (void)snprintf(id, sizeof id, "%s", own);
                    found = true;
                }
            }
        cJSON_Delete(tree);
    }
    return found ? id : NULL;
}

const char *stage_place(const struct stage *s)
{
    static char place[160];

    if (s->last.commit.flow[0] == '\0')
        return "-";
    (void)snprintf(place, sizeof place, "%s/%s", s->last.commit.flow, s->last.commit.step);
    return place;
}

const char *stage_var(const struct stage *s, const char *path)
{
    static char text[8192];
    cJSON *tree = cJSON_ParseWithLength(s->state, s->state_len);
    const cJSON *found = json_path(tree, path);
    char *printed = found == NULL ? NULL : cJSON_PrintUnformatted(found);

    (void)snprintf(text, sizeof text, "%s", printed == NULL ? "" : printed);
    free(printed);
    cJSON_Delete(tree);
    return text;
}

const struct store_call *stage_call(const struct stage *s)
{
    assert_int_equal(s->last.commit.call_count, 1);
    return &s->last.commit.calls[0];
}

const struct store_timer *stage_timer_set(const struct stage *s)
{
    return s->last.commit.timer_count == 0 ? NULL : &s->last.commit.timers[0];
}
