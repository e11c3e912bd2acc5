/* In which language somebody is spoken to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

static const char LUA[] =
    "commands {\n"
    "  menu     = { words = { 'menu' }, does = 'menu' },\n"
    "  francais = { words = { 'francais', 'bonjour' }, does = 'language', language = 'fr', say = 'change' },\n"
    "  english  = { words = { 'english', 'hello', 'good morning' }, does = 'language', language = 'en', say = 'change' },\n"
    "}\n"
    "menu { say = 'commun.menu', on = { course = 'essai' } }\n"
    "local f = flow 'essai'\n"
    "f.start = 'x'\n"
    "f.words = { 'course' }\n"
    "f:ask 'x' { say = 'q', expect = text {}, save = 'nom' }\n"
    "f:finish 'fin' { say = 'fini' }\n"
    "--- templates/mots.lua\n"
    "message 'commun.menu' { fr = [[\nAu menu\n[course] Course\n]], en = [[\nThe menu\n[course] Delivery\n]] }\n"
    "message 'change' { fr = 'Je parle français.', en = 'I speak English.' }\n"
    "message 'q' { fr = 'Le nom ?', en = 'What name?' }\n"
    "message 'fini' { fr = 'Merci {nom}.', en = 'Thank you {nom}.' }\n";

static struct stage s;

static int open_stage(void **state)
{
    (void)state;
    stage_open(&s, LUA);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    stage_close(&s);
    return 0;
}

static void french_is_spoken_until_something_else_is_known(void **state)
{
    (void)state;
    stage_text(&s, "course");
    assert_string_equal(stage_body(&s, 0), "Le nom ?");
}

static void a_command_changes_the_language_and_asks_again(void **state)
{
    (void)state;
    stage_text(&s, "course");
    stage_text(&s, "English!");
    stage_said(&s, "change + q");
    assert_string_equal(stage_body(&s, 0), "I speak English.");
    assert_string_equal(stage_body(&s, 1), "What name?");
    stage_text(&s, "Prisca");
    assert_string_equal(stage_body(&s, 0), "Thank you Prisca.");
    stage_text(&s, "français");
    stage_said(&s, "change + commun.menu");
    assert_string_equal(stage_body(&s, 1), "Au menu");
}

static void the_first_words_tell_the_language(void **state)
{
    (void)state;
    stage_text(&s, "Good morning, I need a courier");
    stage_said(&s, "commun.menu");
    assert_string_equal(stage_body(&s, 0), "The menu");
    assert_string_equal(stage_var(&s, "lang"), "\"en\"");
}

static void a_greeting_alone_is_a_command(void **state)
{
    (void)state;
    stage_text(&s, "Hello");
    stage_said(&s, "change + commun.menu");
    assert_string_equal(stage_body(&s, 1), "The menu");
}

static void only_the_first_message_tells_by_its_first_word(void **state)
{
    (void)state;
    stage_text(&s, "course");
    stage_text(&s, "Hello Kitty");
    assert_string_equal(stage_body(&s, 0), "Merci Hello Kitty.");
}

static void half_a_word_is_no_greeting(void **state)
{
    (void)state;
    stage_text(&s, "Helloween");
    assert_string_equal(stage_body(&s, 0), "Au menu");
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

/* The button of a language: its title was looked for in words that say which language is spoken now. */
static void the_language_that_is_spoken_is_the_new_one_at_once(void **state)
{
    (void)state;
    stage_close(&s);
    stage_open(&s, "commands { english = { words = { 'english' }, does = 'language', language = 'en' } }\n"
                   "menu { say = 'commun.menu', on = { course = 'essai' } }\nlocal f = flow 'essai'\nf.words = { 'course' }\n"
                   "f:choose 'x' { say = 'q', on = { oui = 'fin' } }\nf:finish 'fin' {}\n--- templates/mots.lua\n"
                   "message 'commun.menu' { fr = [[\nAu menu\n[course] Course\n]], en = [[\nThe menu\n[course] Delivery\n]] }\n"
                   "message 'q' { fr = [[\nLangue : {langue}\n[oui] Oui\n[english] Anglais\n]], en = [[\nLanguage: {langue}\n[oui] Yes\n[english] English\n]] }\n");
    stage_text(&s, "course");
    stage_text(&s, "anglais");
    assert_string_equal(stage_body(&s, 0), "Language: en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(french_is_spoken_until_something_else_is_known),
        EACH(a_command_changes_the_language_and_asks_again),
        EACH(the_first_words_tell_the_language),
        EACH(a_greeting_alone_is_a_command),
        EACH(only_the_first_message_tells_by_its_first_word),
        EACH(half_a_word_is_no_greeting),
        EACH(the_language_that_is_spoken_is_the_new_one_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
