/* Sessions, secrets and pages: what is read of them, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "author.h"

#define TEST(name) static void name(void **state)

#define HEAD \
    "local f = flow 'course'\n" \
    "f.words = 'course'\n" \
    "message 'q' { fr = 'Quoi ?' } message 'fin' { fr = 'Fini.' }\n"
#define END "f:finish 'fin' { say = 'fin' }\n"
#define LOGIN \
    "--- flows/connexion.lua\nlocal f = flow 'connexion'\n" \
    "f:ask 'code' { say = 'q', expect = secret { min = 4, max = 64 } }\n" \
    "f:call 'entrer' { POST = '/l/', body = function(c) end, opens = 'client', save = { token = 'access', refresh = 'refresh', role = 'role' }, fail = { other = 'fin' } }\n" \
    "f:finish 'fin' {}\n"
#define SESSION \
    "session 'client' { login = 'connexion', refresh = { POST = '/r/', body = function(c) end, save = { token = 'access' } } }\n"

TEST(a_session_and_the_steps_that_use_it_are_read)
{
    struct author a;
    const struct session *session;
    const struct flow *course, *login;
    const struct step *s;

    (void)state;
    author_clean(&a, HEAD SESSION
                 "f:call 'lire' { GET = '/x/', auth = 'client', pages = 5, save = { liste = 'results' }, fail = { other = 'fin' } }\n"
                 "f:finish 'fin' { say = 'fin', closes = 'client' }\n" LOGIN);
    course = flows_find(a.built, "course");
    login = flows_find(a.built, "connexion");
    assert_int_equal(a.built->session_count, 1);
    session = &a.built->sessions[0];
    assert_string_equal(session->name, "client");
    assert_ptr_equal(session->login, login);
    assert_true(session->refreshes);
    assert_string_equal(session->refresh_path, "/r/");
    assert_int_equal(session->refresh_keeps.count, 1);
    assert_string_equal(session->refresh_keeps.list[0].path, "access");
    s = flow_step(course, "lire");
    assert_ptr_equal(s->auth, session);
    assert_null(s->opens);
    assert_int_equal(s->pages, 5);
    assert_ptr_equal(flow_step(course, "fin")->closes, session);
    s = flow_step(login, "entrer");
    assert_ptr_equal(s->opens, session);
    assert_int_equal(s->keeps.count, 2);
    assert_int_equal(s->save_count, 1);            /* the role is a variable, the tokens are not */
    assert_string_equal(s->saves[0].name, "role");
    s = flow_step(login, "code");
    assert_int_equal(s->expect.kind, EXPECT_SECRET);
    assert_int_equal((int)s->expect.min, 4);
    assert_int_equal((int)s->expect.max, 64);
    author_free(&a);
}

TEST(a_session_must_be_able_to_open)
{
    (void)state;
    author_one(HEAD "session 'client' {}\n" END, "C103", "login");
    author_one(HEAD "session 'client' { login = 'nulle' }\n" END, "C111", "nulle");
    author_one(HEAD "session 'client' { login = 'course', refresh = { body = function(c) end, save = { token = 'a' } } }\n" END, "C114", "path");
    author_one(HEAD "session 'client' { login = 'course', refresh = { POST = '/r/', save = { token = 'a' } } }\n" END, "C114", "`body`");
    author_one(HEAD "session 'client' { login = 'course', refresh = { POST = '/r/', body = function(c) end, save = { refresh = 'r' } } }\n" END, "C114",
               "token");
    author_one(HEAD "session 'client' { login = 'course', refresh = { POST = '/r/', body = function(c) end } }\n" END, "C114", "token");
    author_one(HEAD "session 'client' { login = 'course', renew = 1 }\n" END, "C101", "renew");
    author_one(HEAD "session 'client' { login = 'course' }\nsession 'client' { login = 'course' }\n" END, "C153", "client");
}

TEST(a_step_names_a_session_that_exists)
{
    (void)state;
    author_one(HEAD SESSION "f:call 'x' { GET = '/x/', auth = 'clients', fail = { other = 'fin' } }\n" END LOGIN, "C114", "client");
    author_one(HEAD "f:call 'x' { GET = '/x/', auth = 'client', fail = { other = 'fin' } }\n" END, "C114", "session \"client\"");
    author_one(HEAD "f:finish 'fin' { closes = 'client' }\n", "C114", "there is no session");
    author_one(HEAD "session 'client' { login = 'course' }\nf:call 'x' { POST = '/x/', opens = 'client', fail = { other = 'fin' } }\n" END, "C114",
               "where the answer has the token");
    author_one(HEAD "session 'client' { login = 'course' }\nf:call 'x' { POST = '/x/', opens = 'client', save = { token = 7 }, fail = { other = 'fin' } }\n" END,
               "C102", "token");
    author_one(HEAD "session 'client' { login = 'course' }\nf:call 'x' { GET = '/x/', auth = 'client', fail = { other = 'fin' } }\n" END, "C114",
               "is the login of this session itself");
}

TEST(a_login_flow_needs_no_words_to_be_started)
{
    struct author a;

    (void)state;
    author_clean(&a, HEAD SESSION END LOGIN);
    author_free(&a);
}

TEST(pages_are_for_reading_and_have_a_limit)
{
    (void)state;
    author_one(HEAD "f:call 'x' { POST = '/x/', pages = 2, fail = { other = 'fin' } }\n" END, "C102", "GET");
    author_one(HEAD "f:call 'x' { GET = '/x/', pages = 21, fail = { other = 'fin' } }\n" END, "C102", "20");
    author_one(HEAD "f:call 'x' { GET = '/x/', pages = 0, fail = { other = 'fin' } }\n" END, "C102", "1");
}

TEST(whatever_could_look_at_a_secret_is_refused)
{
    (void)state;
    author_one(HEAD "f:ask 'x' { say = 'q', expect = secret {}, check = function(c, v) return true end }\n" END, "C115", "check");
    author_one(HEAD "f:ask 'x' { say = 'q', expect = one_of { secret {}, text {} } }\n" END, "C115", "one_of");
    author_one(HEAD "person { code = 'text' }\nf:ask 'x' { say = 'q', expect = secret {}, save = 'person.code' }\n" END, "C115", "not with the person");
    author_one(HEAD "message 'dire' { fr = 'Le code est {code}.' }\nf:ask 'code' { say = 'q', expect = secret {} }\nf:finish 'fin' { say = 'dire' }\n", "C144",
               "code");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_and_the_steps_that_use_it_are_read),
        cmocka_unit_test(a_session_must_be_able_to_open),
        cmocka_unit_test(a_step_names_a_session_that_exists),
        cmocka_unit_test(a_login_flow_needs_no_words_to_be_started),
        cmocka_unit_test(pages_are_for_reading_and_have_a_limit),
        cmocka_unit_test(whatever_could_look_at_a_secret_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
