/* Passwords that nobody can read, tokens that nobody sees, logins in the middle of something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)

/* A flow that orders with the person's own token, and the login. */
#define SESSION \
    "session 'client' {\n" \
    "  login = 'connexion',\n" \
    "  refresh = { POST = '/auth/refresh/', body = function(c) return { refresh = c.session.refresh } end, save = { token = 'access' } },\n" \
    "}\n"

#define ORDER \
    "local f = flow 'essai'\nf.words = 'essai'\n" SESSION \
    "message 'quoi' { fr = 'Quoi ?' }\nmessage 'fait' { fr = 'Fait : {numero}.' }\nmessage 'non' { fr = 'Refusé.' }\n" \
    "f:ask 'quoi' { say = 'quoi', expect = text {} }\n" \
    "f:call 'commander' { POST = '/commandes/', auth = 'client', body = function(c) return { quoi = c.quoi } end,\n" \
    "  save = { numero = 'numero' }, ok = 'fait', fail = { http_401 = 'non', other = 'panne' } }\n" \
    "f:finish 'fait' { say = 'fait' }\nf:finish 'non' { say = 'non' }\nf:finish 'panne' { say = 'commun.probleme' }\n"

#define LOGIN \
    "--- flows/connexion.lua\n" \
    "local f = flow 'connexion'\n" \
    "message 'mdp' { fr = 'Votre mot de passe ?\\n[aide] Aide\\n[retour] Retour' }\nmessage 'court' { fr = 'Trop court.' }\n" \
    "message 'refuse' { fr = 'Refusé.\\n[encore] Réessayer\\n[assez] Arrêter' }\nmessage 'salut' { fr = 'Bonjour {role}.' }\n" \
    "f:ask 'mot_de_passe' { say = 'mdp', expect = secret { min = 4, max = 20 }, retry = 'court' }\n" \
    "f:call 'entrer' { POST = '/auth/login/', body = function(c) return { username = c.telephone, password = c.secret.mot_de_passe } end,\n" \
    "  opens = 'client', save = { token = 'access', refresh = 'refresh', role = 'user_type' }, ok = 'salut',\n" \
    "  fail = { http_4xx = 'refuse', other = 'encore' } }\n" \
    "f:choose 'refuse' { say = 'refuse', on = { encore = 'mot_de_passe', assez = 'sorti' } }\n" \
    "f:choose 'encore' { say = 'refuse', on = { encore = 'entrer', assez = 'sorti' } }\n" \
    "f:say 'salut' { say = 'salut', next = 'fin' }\n" \
    "f:finish 'sorti' {}\nf:finish 'fin' {}\n"

#define PASSWORD " Brazza 2025 "

static void expect_nowhere(const struct stage *s, const char *words)
{
    char *state = strndup(s->state, s->state_len);

    assert_non_null(state);
    if (strstr(state, words) != NULL)
        fail_msg("%s is in the state: %s", words, state);
    free(state);
    for (size_t i = 0; i < stage_count(s); i++)
        assert_null(strstr(stage_row(s, i), words));
    if (s->last.commit.note != NULL)
        assert_null(strstr(s->last.commit.note, words));
    assert_null(strstr(s->last.failure.text, words));
}

static const char *body_of(const struct stage *s)
{
    static char text[1024];
    struct blob b = stage_call(s)->body;

    (void)snprintf(text, sizeof text, "%.*s", (int)b.len, b.len == 0 ? "" : (const char *)b.data);
    return text;
}

static void log_in(struct stage *s)
{
    stage_text(s, PASSWORD);
    assert_string_equal(stage_call(s)->path, "/auth/login/");
    stage_answer(s, "ok", 200, "{\"access\":\"acc-1\",\"refresh\":\"ref-1\",\"user_type\":\"client\"}");
}

/* ---- secrets ---- */

TEST(a_secret_goes_into_the_body_of_its_call_and_nowhere_else)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    assert_false(s.last.commit.secret_next);
    stage_text(&s, "un sac");
    stage_said(&s, "mdp");
    assert_string_equal(stage_place(&s), "connexion/mot_de_passe");
    assert_true(s.last.commit.secret_next);
    stage_text(&s, PASSWORD);
    assert_string_equal(body_of(&s), "{\"password\":\"" PASSWORD "\",\"username\":\"+242061234567\"}");
    assert_true(stage_call(&s)->seal);
    assert_true(s.last.commit.wipe);
    assert_true(s.last.commit.secret_next);        /* until it has been answered the person may type it once more */
    assert_string_equal(stage_var(&s, "vars"), "");
    assert_string_not_equal(stage_var(&s, "secrets.mot_de_passe"), "");
    expect_nowhere(&s, "Brazza");
    stage_answer(&s, "http_4xx", 400, "{\"detail\":\"non\"}");
    assert_string_equal(stage_var(&s, "secrets"), "");
    assert_false(s.last.commit.secret_next);
    expect_nowhere(&s, "Brazza");
    stage_close(&s);
}

TEST(a_secret_is_kept_while_its_call_has_not_been_decided)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    stage_text(&s, PASSWORD);
    stage_answer(&s, "timeout", 0, NULL);
    stage_said(&s, "refuse");
    stage_tap(&s, "encore");
    assert_non_null(strstr(body_of(&s), PASSWORD));
    stage_answer(&s, "ok", 200, "{\"access\":\"acc-1\",\"refresh\":\"ref-1\",\"user_type\":\"client\"}");
    assert_string_equal(stage_var(&s, "secrets"), "");
    stage_close(&s);
}

TEST(a_secret_ends_with_its_flow)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    stage_text(&s, PASSWORD);
    stage_answer(&s, "timeout", 0, NULL);
    stage_text(&s, "menu");
    assert_string_equal(stage_var(&s, "secrets"), "");
    expect_nowhere(&s, "Brazza");
    stage_close(&s);
}

TEST(a_command_word_is_a_secret_except_menu_and_cancel)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    stage_text(&s, "Aide");                        /* also the title of a button of the question */
    assert_non_null(strstr(body_of(&s), "\"password\":\"Aide\""));
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_tap(&s, "encore");
    stage_text(&s, "retour");
    assert_non_null(strstr(body_of(&s), "\"password\":\"retour\""));
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_tap(&s, "encore");
    stage_text(&s, "annuler");
    assert_string_equal(stage_place(&s), "-");
    stage_close(&s);
}

/* B-21 of the bug diary: the buttons of the question were sent to the backend as passwords. */
TEST(a_button_of_the_question_is_a_button)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    stage_tap(&s, "aide");
    assert_int_equal(s.last.commit.call_count, 0);
    assert_string_equal(stage_place(&s), "connexion/mot_de_passe");
    stage_close(&s);
}

TEST(what_is_no_secret_is_wiped_too)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    stage_text(&s, "abc");
    stage_said(&s, "court");
    assert_true(s.last.commit.wipe);
    assert_true(s.last.commit.secret_next);
    stage_media(&s, "image");
    assert_int_equal(s.last.commit.call_count, 0);
    assert_true(s.last.commit.secret_next);
    stage_text(&s, "aaaaaaaaaaaaaaaaaaaaa");       /* 21 characters */
    stage_said(&s, "court");
    stage_text(&s, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9");     /* four of them */
    assert_int_equal(s.last.commit.call_count, 1);
    stage_close(&s);
}

static void expect_refused(const char *step, const char *words)
{
    char lua[2048];
    struct stage s;

    (void)snprintf(lua, sizeof lua, "local f = flow 'essai'\nf.words = 'essai'\nf.values = { v = function(c) return c.secret.code end }\n"
        "message 'q' { fr = 'Code ?' }\nf:ask 'code' { say = 'q', expect = secret {} }\n%s\nf:finish 'fin' {}\n", step);
    stage_open(&s, lua);
    stage_text(&s, "essai");
    stage_text(&s, "Tsiemé 77");
    assert_true(s.last.script_failed);
    if (strstr(s.last.failure.text, words) == NULL)
        fail_msg("%s", s.last.failure.text);
    expect_nowhere(&s, "77");
    stage_close(&s);
}

TEST(no_other_function_reads_a_secret)
{
    static const char only[] = "can only be read in the `body` of a call";

    (void)state;
    expect_refused("f:set 's' { x = function(c) return c.secret.code end }", only);
    expect_refused("f:set 's' { x = function(c) return c.v end }", only);
    expect_refused("f:branch 's' { { when = function(c) return c.secret.code == '1' end, go = 'fin' } }", only);
    expect_refused("f:call 's' { GET = '/x/', query = { q = function(c) return c.secret.code end }, fail = { other = 'fin' } }", only);
    expect_refused("f:call 's' { POST = '/x/', body = function(c) return { a = c.secret.code, b = c.v } end, fail = { other = 'fin' } }", "a `body` failed");
    expect_refused("f:call 's' { POST = '/x/', body = function(c) return { a = c.session.token } end, fail = { other = 'fin' } }",
                   "c.session can only be read");
}

TEST(an_error_text_does_not_quote_a_secret)
{
    (void)state;
    expect_refused("f:call 's' { POST = '/x/', body = function(c) error('avec ' .. c.secret.code) end, fail = { other = 'fin' } }",
                   "what it said is not shown");
}

TEST(a_body_without_secrets_is_an_ordinary_row)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Code ?' }\n"
                   "f:ask 'code' { say = 'q', expect = secret {} }\n"
                   "f:call 'un' { POST = '/un/', body = function(c) return { a = 1 } end, fail = { other = 'fin' } }\n"
                   "f:call 'deux' { POST = '/deux/', body = function(c) return { a = c.secret.code } end, fail = { other = 'fin' } }\n"
                   "f:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "1234");
    assert_false(stage_call(&s)->seal);
    stage_answer(&s, "ok", 200, "{}");
    assert_string_equal(body_of(&s), "{\"a\":\"1234\"}");      /* the answer of another call ends no secret */
    assert_true(stage_call(&s)->seal);
    stage_close(&s);
}

TEST(going_back_forgets_the_secret)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Code ?' }\nmessage 'n' { fr = 'Nom ?' }\n"
                   "f:ask 'code' { say = 'q', expect = secret {} }\nf:ask 'nom' { say = 'n', expect = text {} }\n"
                   "f:call 'c' { POST = '/x/', body = function(c) return { a = c.secret.code } end, fail = { other = 'fin' } }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "1234");
    assert_string_not_equal(stage_var(&s, "secrets"), "");
    stage_text(&s, "retour");
    assert_string_equal(stage_var(&s, "secrets"), "");
    assert_string_equal(stage_place(&s), "essai/code");
    stage_close(&s);
}

/* ---- sessions ---- */

TEST(a_call_that_needs_a_token_logs_in_first_and_is_then_made_with_the_draft)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    assert_string_equal(stage_var(&s, "vars"), "");
    log_in(&s);
    stage_said(&s, "salut");
    assert_string_equal(stage_body(&s, 0), "Bonjour client.");
    assert_string_equal(stage_place(&s), "essai/commander");
    assert_string_equal(stage_call(&s)->path, "/commandes/");
    assert_string_equal(stage_call(&s)->auth, "acc-1");
    assert_string_equal(body_of(&s), "{\"quoi\":\"un sac\"}");
    assert_string_equal(stage_var(&s, "stack"), "");
    expect_nowhere(&s, "acc-1");
    expect_nowhere(&s, "ref-1");
    stage_answer(&s, "ok", 201, "{\"numero\":\"C-7\"}");
    assert_string_equal(stage_body(&s, 0), "Fait : C-7.");
    stage_text(&s, "essai");                       /* the session outlives the flow */
    stage_text(&s, "deux sacs");
    assert_string_equal(stage_call(&s)->auth, "acc-1");
    stage_close(&s);
}

static void open_session(struct stage *s)
{
    stage_open(s, ORDER LOGIN);
    stage_text(s, "essai");
    stage_text(s, "un sac");
    log_in(s);
    stage_answer(s, "ok", 201, "{\"numero\":\"C-7\"}");
    stage_text(s, "essai");
    stage_text(s, "un sac");
}

TEST(an_expired_token_is_refreshed_once_and_the_call_made_again_under_its_key)
{
    struct stage s;
    char key[65];

    (void)state;
    open_session(&s);
    (void)snprintf(key, sizeof key, "%s", stage_call(&s)->key);
    stage_answer(&s, "http_4xx", 401, "{\"detail\":\"expiré\"}");
    stage_said(&s, "");
    assert_string_equal(stage_call(&s)->path, "/auth/refresh/");
    assert_string_equal(stage_call(&s)->method, "POST");
    assert_string_equal(body_of(&s), "{\"refresh\":\"ref-1\"}");
    assert_true(stage_call(&s)->seal);
    assert_null(stage_call(&s)->auth);
    assert_string_not_equal(stage_call(&s)->key, key);
    stage_answer(&s, "ok", 200, "{\"access\":\"acc-2\"}");
    assert_string_equal(stage_call(&s)->path, "/commandes/");
    assert_string_equal(stage_call(&s)->auth, "acc-2");
    assert_string_equal(stage_call(&s)->key, key);
    expect_nowhere(&s, "acc-2");
    stage_answer(&s, "ok", 201, "{\"numero\":\"C-8\"}");
    assert_string_equal(stage_body(&s, 0), "Fait : C-8.");
    stage_text(&s, "essai");                       /* the same refresh token works the next time */
    stage_text(&s, "x");
    stage_answer(&s, "http_4xx", 401, "{}");
    assert_string_equal(body_of(&s), "{\"refresh\":\"ref-1\"}");
    stage_close(&s);
}

TEST(when_the_refresh_is_refused_the_person_logs_in_and_the_call_keeps_its_key)
{
    struct stage s;
    char key[65];

    (void)state;
    open_session(&s);
    (void)snprintf(key, sizeof key, "%s", stage_call(&s)->key);
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_said(&s, "mdp");
    assert_string_equal(stage_var(&s, "sessions"), "");
    log_in(&s);
    assert_string_equal(stage_call(&s)->path, "/commandes/");
    assert_string_equal(stage_call(&s)->key, key);
    assert_string_equal(body_of(&s), "{\"quoi\":\"un sac\"}");
    stage_close(&s);
}

TEST(a_token_that_is_refused_after_all_that_is_a_failure_of_the_call)
{
    struct stage s;

    (void)state;
    open_session(&s);
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_answer(&s, "ok", 200, "{\"access\":\"acc-2\"}");
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_said(&s, "mdp");
    log_in(&s);
    stage_answer(&s, "http_4xx", 401, "{}");       /* just logged in: neither a refresh nor a login would help */
    stage_said(&s, "non");
    stage_text(&s, "essai");                       /* the next time everything is tried anew */
    stage_text(&s, "un sac");
    assert_string_equal(stage_call(&s)->path, "/auth/refresh/");
    stage_close(&s);
}

TEST(a_backend_that_is_down_during_a_refresh_fails_the_call_and_keeps_the_session)
{
    struct stage s;

    (void)state;
    open_session(&s);
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_answer(&s, "http_5xx", 503, NULL);
    stage_said(&s, "commun.probleme");
    assert_string_not_equal(stage_var(&s, "sessions.client.refresh"), "");
    stage_close(&s);
}

TEST(a_login_that_ends_without_a_session_fails_the_call_as_401)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN);
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    stage_text(&s, PASSWORD);
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_tap(&s, "assez");
    stage_said(&s, "non");
    stage_close(&s);
}

TEST(a_login_answer_without_a_token_is_no_login)
{
    static const char *const answers[] = { "{\"user_type\":\"client\"}", "{\"access\":\"\"}", "{\"access\":7}", "{\"access\":\"a b\"}",
                                           "{\"access\":\"a\\r\\nX: y\"}", "[]", NULL };
    struct stage s;

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        stage_open(&s, ORDER LOGIN);
        stage_text(&s, "essai");
        stage_text(&s, "un sac");
        stage_text(&s, PASSWORD);
        stage_answer(&s, "ok", 200, answers[i]);
        assert_string_equal(stage_place(&s), "connexion/encore");
        assert_string_equal(stage_var(&s, "sessions"), "");
        stage_close(&s);
    }
}

TEST(whoever_leaves_during_a_refresh_gets_no_late_answer)
{
    struct stage s;

    (void)state;
    open_session(&s);
    stage_answer(&s, "http_4xx", 401, "{}");
    stage_text(&s, "menu");
    stage_event(&s, &(struct event){ .kind = EVENT_ANSWER, .at_ms = s.now_ms, .name = "commander", .guard = s.seq - 1, .outcome = "ok", .status = 200 });
    assert_int_equal(s.last.commit.call_count, 0);
    assert_int_equal(stage_count(&s), 0);
    stage_close(&s);
}

TEST(closing_a_session_forgets_its_token)
{
    struct stage s;

    (void)state;
    stage_open(&s, ORDER LOGIN "--- flows/sortie.lua\nlocal f = flow 'sortie'\nf.words = 'sortie'\nf:finish 'sorti' { say = 'non', closes = 'client' }\n");
    stage_text(&s, "essai");
    stage_text(&s, "un sac");
    log_in(&s);
    stage_answer(&s, "ok", 201, "{\"numero\":\"C-7\"}");
    assert_string_not_equal(stage_var(&s, "sessions"), "");
    stage_text(&s, "sortie");
    assert_string_equal(stage_var(&s, "sessions"), "");
    stage_text(&s, "essai");
    stage_text(&s, "x");
    stage_said(&s, "mdp");
    stage_close(&s);
}

TEST(what_else_is_saved_from_a_login_has_no_token_in_it)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nsession 'client' { login = 'essai' }\nmessage 'q' { fr = 'Code ?' }\n"
                   "f:ask 'code' { say = 'q', expect = secret {} }\n"
                   "f:call 'entrer' { POST = '/l/', body = function(c) return { p = c.secret.code } end, opens = 'client',\n"
                   "  save = { token = 'data.access', tout = function(c, r) return r end, nom = 'data.nom' }, fail = { other = 'fin' } }\n"
                   "f:ask 'suite' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    stage_text(&s, "essai");
    stage_text(&s, "1234");
    stage_answer(&s, "ok", 200, "{\"data\":{\"access\":\"acc-9\",\"nom\":\"Prisca\"}}");
    assert_string_equal(stage_var(&s, "vars.tout"), "{\"data\":{\"nom\":\"Prisca\"}}");
    assert_string_equal(stage_var(&s, "vars.nom"), "\"Prisca\"");
    assert_string_not_equal(stage_var(&s, "sessions.client.token"), "");
    expect_nowhere(&s, "acc-9");
    stage_close(&s);
}

TEST(a_token_of_another_key_is_no_token)
{
    struct stage s;

    (void)state;
    open_session(&s);
    stage_answer(&s, "ok", 201, "{\"numero\":\"C-8\"}");
    memset(s.keys.seal, 6, sizeof s.keys.seal);    /* the key file was lost */
    stage_text(&s, "essai");
    stage_text(&s, "x");
    stage_said(&s, "mdp");
    stage_close(&s);
}

TEST(pages_and_the_error_of_a_call_reach_where_they_belong)
{
    struct stage s;

    (void)state;
    stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'e' { fr = 'Panne : {quoi}.' }\n"
                   "f:call 'lire' { GET = '/produits/', pages = 5, save = { produits = 'results' }, fail = { other = 'pourquoi' } }\n"
                   "f:finish 'fin' {}\nf:set 'pourquoi' { quoi = function(c) return c.error end }\nf:finish 'dire' { say = 'e' }\n");
    stage_text(&s, "essai");
    assert_int_equal(stage_call(&s)->pages, 5);
    assert_null(stage_call(&s)->auth);
    stage_answer(&s, "timeout", 0, NULL);
    assert_string_equal(stage_body(&s, 0), "Panne : timeout.");
    stage_close(&s);
}

TEST(the_fields_of_a_list_are_those_of_its_items_bare_or_in_pages)
{
    static const char *const ANSWERS[] = { "[{\"id\":7,\"x\":1},{\"id\":8}]", "{\"count\":2,\"results\":[{\"id\":7,\"x\":1},{\"id\":8}]}" };

    (void)state;
    for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++) {
        struct stage s;

        stage_open(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'e' { fr = 'Deux : {deux}.' }\n"
                       "f:call 'lire' { GET = '/produits/', pages = 5, save = { produits = { 'id' } }, fail = { other = 'rate' } }\n"
                       "f:set 'compter' { deux = function(c) return #c.produits == 2 and c.produits[2].id == 8 and not c.produits[1].x and 'oui' or 'non' end }\n"
                       "f:finish 'fin' { say = 'e' }\nf:finish 'rate' {}\n");
        stage_text(&s, "essai");
        stage_answer(&s, "ok", 200, ANSWERS[i]);
        assert_string_equal(stage_body(&s, 0), "Deux : oui.");
        stage_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_goes_into_the_body_of_its_call_and_nowhere_else),
        cmocka_unit_test(a_secret_is_kept_while_its_call_has_not_been_decided),
        cmocka_unit_test(a_secret_ends_with_its_flow),
        cmocka_unit_test(a_command_word_is_a_secret_except_menu_and_cancel),
        cmocka_unit_test(a_button_of_the_question_is_a_button),
        cmocka_unit_test(what_is_no_secret_is_wiped_too),
        cmocka_unit_test(no_other_function_reads_a_secret),
        cmocka_unit_test(an_error_text_does_not_quote_a_secret),
        cmocka_unit_test(a_body_without_secrets_is_an_ordinary_row),
        cmocka_unit_test(going_back_forgets_the_secret),
        cmocka_unit_test(a_call_that_needs_a_token_logs_in_first_and_is_then_made_with_the_draft),
        cmocka_unit_test(an_expired_token_is_refreshed_once_and_the_call_made_again_under_its_key),
        cmocka_unit_test(when_the_refresh_is_refused_the_person_logs_in_and_the_call_keeps_its_key),
        cmocka_unit_test(a_token_that_is_refused_after_all_that_is_a_failure_of_the_call),
        cmocka_unit_test(a_backend_that_is_down_during_a_refresh_fails_the_call_and_keeps_the_session),
        cmocka_unit_test(a_login_that_ends_without_a_session_fails_the_call_as_401),
        cmocka_unit_test(a_login_answer_without_a_token_is_no_login),
        cmocka_unit_test(whoever_leaves_during_a_refresh_gets_no_late_answer),
        cmocka_unit_test(closing_a_session_forgets_its_token),
        cmocka_unit_test(what_else_is_saved_from_a_login_has_no_token_in_it),
        cmocka_unit_test(a_token_of_another_key_is_no_token),
        cmocka_unit_test(pages_and_the_error_of_a_call_reach_where_they_belong),
        cmocka_unit_test(the_fields_of_a_list_are_those_of_its_items_bare_or_in_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
