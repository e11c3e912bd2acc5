/*
 * When the n-th allocation fails, for every n: the turn gives no result, or an apology, or its result; it never crashes, never
 * leaks, and never commits half of what it should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "lisolo/base/crypto.h"
#include "stage.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int main(void)
{
    puts("skipped: the sanitizers own malloc");
    return 0;
}
#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void  __libc_free(void *p);

static long countdown = -1;            /* allocations until one fails; negative: none */
static long living;                    /* blocks, while counting */
static bool counting;

static bool refuse(void) { return countdown >= 0 && countdown-- == 0; }

void *malloc(size_t size)
{
    void *p = refuse() ? NULL : __libc_malloc(size);

    living += counting && p != NULL;
    return p;
}

void *calloc(size_t count, size_t size)
{
    void *p = refuse() ? NULL : __libc_calloc(count, size);

    living += counting && p != NULL;
    return p;
}

void *realloc(void *old, size_t size)
{
    void *p = refuse() ? NULL : __libc_realloc(old, size);

    living += counting && old == NULL && p != NULL;
    return p;
}

void free(void *p)
{
    living -= counting && p != NULL;
    __libc_free(p);
}

/* The whole result; or an apology; or words that could not be folded were not understood. Never a part of it. */
static void check(const struct turn_result *r, size_t sends, size_t calls)
{
    if (r->script_failed || r->commit.call_count < calls) {
        assert_int_equal(r->commit.call_count, 0);
        assert_true(calls == 0 || r->commit.send_count > 0);
        return;
    }
    assert_int_equal(r->commit.send_count, sends);
    assert_int_equal(r->commit.call_count, calls);
}

/* `lua`: functions of authors run, whose state keeps what it has allocated, so that blocks cannot be counted. */
static void survive(struct stage *s, const struct event *e, bool lua)
{
    struct turn_input in = { .worker = s->w, .keys = &s->keys, .state = { s->state, s->state_len }, .event = e, .person = s->routing ? NULL : &s->person, .conv = 12, .seq = 99, .now_ms = s->now_ms };
    struct turn_result r;
    struct error err;
    size_t sends, calls;
    uint8_t mac[SHA256_BYTES];
    bool whole = false;
    long n = 0;

    assert_true(turn_run(&in, &r, &err));
    sends = r.commit.send_count;
    calls = r.commit.call_count;
    if (r.script_failed)
        fail_msg("%s", r.failure.text);
    turn_result_free(&r);
    assert_true(crypto_hmac_sha256("key", 3, "text", 4, mac));
    for (; !whole && n < 20000; n++) {
        bool ok;

        living = 0;
        counting = true;
        countdown = n;
        ok = turn_run(&in, &r, &err);
        whole = countdown >= 0;        /* the failure is still to come: nothing failed */
        countdown = -1;
        if (ok) {
            counting = false;
            check(&r, sends, calls);
            counting = true;
            turn_result_free(&r);
        }
        ERR_clear_error();             /* what libcrypto keeps, of failures and between two MACs, is no leak of ours */
        assert_true(crypto_hmac_sha256("key", 3, "text", 4, mac));
        counting = false;
        if (!lua && living != 0)
            fail_msg("allocation %ld: %ld blocks were left", n, living);
    }
    assert_true(n > 20);
    assert_true(whole);
}

static void a_turn_survives_every_allocation_that_fails(void **state)
{
    struct stage s;
    cJSON *notice = cJSON_Parse("{\"numero_mission\":\"C-1\",\"statut\":\"accepted\",\"livreur_nom\":\"Luc\"}");

    (void)state;
    stage_open_scripts(&s);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "bonjour" }, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "course" }, false);
    stage_text(&s, "course");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "Rond-point Moungali" }, false);
    survive(&s, &(struct event){ .kind = EVENT_LOCATION, .has_point = true, .latitude = 1, .longitude = 2 }, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "abc" }, false);
    survive(&s, &(struct event){ .kind = EVENT_NOTICE, .name = "mission.status_changed", .id = "e", .data = notice }, false);
    stage_text(&s, "Rond-point Moungali");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "retour" }, false);
    stage_text(&s, "12 rue Mbochi, Poto-Poto");
    stage_text(&s, "Junior Okemba");
    stage_text(&s, "06 612 34 56");
    stage_text(&s, "Deux pagnes et une enveloppe");
    stage_text(&s, "8 000");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "modifier" }, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "confirmer" }, true);
    cJSON_Delete(notice);
    stage_close(&s);
}

#define TALK \
    "local f = flow 'essai'\nf.words = 'essai'\nf.late = 'jump'\n" \
    "f.afterwards = { keep = { 'lieu' }, on = { { words = 'suivi', flow = 'suivi', give = { ou = 'lieu' } }, { words = 'merci', say = 'ici' } } }\n" \
    "message 'm' { fr = 'Quand ?\\n[tot] Tôt\\n[tard] Tard' }\nmessage 'l' { fr = 'Où ?' }\nmessage 'p' { fr = 'Photos ?' }\nmessage 'ici' { fr = 'À {lieu.adresse}.' }\nmessage 's' { fr = 'Vers {ou.adresse}.' }\n" \
    "f:choose 'quand' { say = 'm', on = { tot = 'lieu', tard = 'lieu' }, save = 'quand' }\n" \
    "f:ask 'lieu' { say = 'l', expect = one_of { location(), text { max = 80 } }, gather = '3 s' }\n" \
    "f:ask 'photos' { say = 'p', expect = one_of { photo {}, text { max = 80 } }, gather = '3 s' }\nf:finish 'fin' { say = 'ici' }\n" \
    "--- flows/suivi.lua\nlocal f = flow 'suivi'\nf.takes = { 'ou' }\nf:finish 'fin' { say = 's' }\n"

/* A login in the middle of a call, and a token that is refreshed. */
static void secrets_and_sessions_survive_them_too(void **state)
{
    struct stage s;
    cJSON *tokens = cJSON_Parse("{\"access\":\"acc-1\",\"refresh\":\"ref-1\"}");
    struct event answer = { .kind = EVENT_ANSWER, .name = "entrer", .outcome = "ok", .status = 200, .data = tokens };

    (void)state;
    stage_open(&s,
        "local f = flow 'essai'\nf.words = 'essai'\n"
        "session 'client' { login = 'connexion', refresh = { POST = '/r/', body = function(c) return { r = c.session.refresh } end, save = { token = 'access' } } }\n"
        "message 'q' { fr = 'Mot de passe ?' }\n"
        "f:call 'lire' { GET = '/x/', auth = 'client', fail = { other = 'fin' } }\nf:finish 'fin' {}\n"
        "--- flows/connexion.lua\nlocal f = flow 'connexion'\nf:ask 'code' { say = 'q', expect = secret {} }\n"
        "f:call 'entrer' { POST = '/l/', body = function(c) return { p = c.secret.code } end, opens = 'client',\n"
        "  save = { token = 'access', refresh = 'refresh', tout = 'access' }, fail = { other = 'fin' } }\nf:finish 'fin' {}\n");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "essai" }, false);
    stage_text(&s, "essai");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "Brazza 2025" }, true);
    stage_text(&s, "Brazza 2025");
    answer.guard = s.seq;
    survive(&s, &answer, true);      /* libcrypto keeps blocks of its own when one of its allocations fails */
    stage_event(&s, &answer);
    stage_text(&s, "menu");
    stage_text(&s, "essai");
    survive(&s, &(struct event){ .kind = EVENT_ANSWER, .name = "lire", .guard = s.seq, .outcome = "http_4xx", .status = 401 }, true);
    cJSON_Delete(tokens);
    stage_close(&s);
}

static void answers_in_pieces_old_buttons_and_what_lives_on_survive_them_too(void **state)
{
    struct stage s;
    const struct event place = { .kind = EVENT_LOCATION, .has_point = true, .latitude = 1, .longitude = 2, .place = "Marché" };
    const struct event words = { .kind = EVENT_TEXT, .text = "portail bleu" }, thanks = { .kind = EVENT_TEXT, .text = "oui merci" };
    const struct event photo = { .kind = EVENT_MEDIA, .media = "image", .media_id = "m1", .text = "devant" };
    struct event timer = { .kind = EVENT_TIMER, .name = "gather" }, tap = { .kind = EVENT_CHOICE, .text = "Tard" };
    char id[256];

    (void)state;
    stage_open(&s, TALK);
    stage_text(&s, "essai");
    (void)snprintf(id, sizeof id, "%s", stage_choice(&s, "tard"));
    tap.choice = id;
    stage_tap(&s, "tot");
    survive(&s, &tap, false);
    survive(&s, &place, false);
    stage_event(&s, &place);
    survive(&s, &words, false);
    stage_event(&s, &words);
    timer.guard = s.seq;
    survive(&s, &timer, false);
    stage_event(&s, &timer);
    survive(&s, &photo, false);
    stage_event(&s, &photo);
    stage_event(&s, &words);
    timer.guard = s.seq;
    survive(&s, &timer, false);
    stage_event(&s, &timer);
    stage_said(&s, "ici");
    survive(&s, &thanks, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "mon suivi ?" }, false);
    stage_close(&s);
}

#define LATER \
    "local f = flow 'essai'\nf.words = 'essai'\nperson { adresse = text {}, panier = list {} }\nshared 't' { prix = 3 }\n" \
    "message 'q' { fr = 'Où ?' }\nmessage 'avis' { fr = 'Alors, {nom}, à {shared.t.prix} ?' }\n" \
    "f:ask 'nom' { say = 'q', expect = text {} }\n" \
    "f:ask 'ou' { say = 'q', expect = text {}, save = 'person.adresse', plan = { every '2 h' { name = 'avis', say = 'avis', last = '2 d', unless = 'person.adresse' }, cancel 'vieux' } }\n" \
    "f:set 's' { person = { panier = function(c) return {} end } }\nf:finish 'fin' {}\n" \
    "on 'e' { to = 'to', say = 'avis', vars = { nom = 'n' } }\nevery 'day 08:00' { name = 'jour', event = 'e', data = { to = 'x', n = 'x' } }\n"   /* nobody: the key of a notice is a hash, and that aborts without memory */

static void plans_and_what_outlives_a_flow_survive_them_too(void **state)
{
    struct stage s;
    struct event plan = { .kind = EVENT_TIMER, .name = "plan:avis" }, schedule = { .kind = EVENT_TIMER, .name = TURN_SCHEDULE_TIMER "jour" };

    (void)state;
    stage_open(&s, LATER);
    stage_text(&s, "essai");
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "Prisca" }, false);
    stage_text(&s, "Prisca");
    plan.guard = s.seq;
    survive(&s, &plan, false);
    survive(&s, &(struct event){ .kind = EVENT_TEXT, .text = "Bacongo" }, true);
    stage_text(&s, "Bacongo");
    survive(&s, &plan, false);
    survive(&s, &(struct event){ .kind = EVENT_FORGET }, false);
    stage_close(&s);
    stage_open(&s, LATER);
    s.routing = true;
    survive(&s, &schedule, false);
    stage_event(&s, &schedule);
    schedule.guard = s.seq;
    survive(&s, &schedule, false);
    stage_close(&s);
}

static void handing_over_and_coming_back_survive_them_too(void **state)
{
    struct stage s;
    const struct event take = { .kind = EVENT_STAFF, .outcome = "take" }, back = { .kind = EVENT_STAFF, .outcome = "back" };
    const struct event name = { .kind = EVENT_TEXT, .text = "Prisca" }, menu = { .kind = EVENT_TEXT, .text = "menu" };
    struct event notice = { .kind = EVENT_NOTICE, .id = "e1", .name = "a", .text = "a" }, timer = { .kind = EVENT_TIMER, .name = "staff" };
    cJSON *data = cJSON_Parse("{\"ref\":\"C1\"}");

    (void)state;
    notice.data = data;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Ton nom ?' }\nmessage 'passe' { fr = 'Un collègue.' }\n"
                   "message 'retour' { fr = 'Me revoilà.' }\nmessage 'notif' { fr = 'Accepté.' }\n"
                   "f:ask 'nom' { say = 'q', expect = text {} }\nf:finish 'fin' { say = 'passe', handover = { back = 'retour' } }\n"
                   "on 'a' { to = 't', say = 'notif', when_asking = 'after' }\n");
    stage_text(&s, "essai");
    survive(&s, &notice, false);
    survive(&s, &name, false);
    s.person.held_until_ms = s.now_ms + 3600000;
    survive(&s, &take, false);
    stage_event(&s, &take);
    survive(&s, &name, false);
    survive(&s, &menu, false);
    s.person.held_until_ms = 0;
    survive(&s, &back, false);
    timer.guard = s.seq;
    survive(&s, &timer, false);
    stage_close(&s);
    cJSON_Delete(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_and_what_outlives_a_flow_survive_them_too),
        cmocka_unit_test(a_turn_survives_every_allocation_that_fails),
        cmocka_unit_test(secrets_and_sessions_survive_them_too),
        cmocka_unit_test(answers_in_pieces_old_buttons_and_what_lives_on_survive_them_too),
        cmocka_unit_test(handing_over_and_coming_back_survive_them_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
