/* One answer in several messages: gather = "3 s". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define TEST(name) static void name(void **state)

#define ASK(expect) \
    "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'r' { fr = 'Et ?' }\nmessage 'non' { fr = 'Non.' }\n" \
    "f:ask 'x' { say = 'q', retry = 'non', gather = '3 s', expect = " expect " }\nf:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' {}\n"

static void fire(struct stage *s)
{
    const struct store_timer *timer = stage_timer_set(s);

    assert_non_null(timer);
    assert_string_equal(timer->name, "gather");
    s->now_ms = timer->due_ms;
    stage_event(s, &(struct event){ .kind = EVENT_TIMER, .at_ms = s->now_ms, .name = "gather", .guard = timer->guard });
}

static void photo(struct stage *s, const char *id, const char *caption)
{
    stage_event(s, &(struct event){ .kind = EVENT_MEDIA, .media = "image", .media_id = id, .mime = "image/jpeg", .text = caption });
}

static void open_and_ask(struct stage *s, const char *lua)
{
    stage_open(s, lua);
    stage_text(s, "essai");
    stage_said(s, "q");
}

TEST(fragments_of_text_are_one_answer)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("text {}"));
    stage_text(&s, "Un carton,");
    stage_said(&s, "");
    assert_int_equal(s.last.commit.timer_count, 1);
    assert_int_equal(stage_timer_set(&s)->due_ms, s.now_ms + 3000);
    assert_int_equal(stage_timer_set(&s)->guard, s.seq);
    assert_false(stage_timer_set(&s)->after_send);
    s.now_ms += 2000;
    stage_text(&s, "fragile");
    stage_said(&s, "");
    assert_int_equal(stage_timer_set(&s)->due_ms, s.now_ms + 3000);
    fire(&s);
    stage_said(&s, "r");
    assert_string_equal(stage_var(&s, "vars.x"), "\"Un carton,\\nfragile\"");
    assert_string_equal(stage_var(&s, "parts"), "");
    assert_string_equal(stage_var(&s, "gather"), "");
    stage_close(&s);
}

TEST(one_message_alone_is_taken_as_it_would_be_without_gather)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("text { min = 3, max = 10 }"));
    stage_text(&s, "  abcd ");
    fire(&s);
    assert_string_equal(stage_var(&s, "vars.x"), "\"abcd\"");
    stage_close(&s);
    open_and_ask(&s, ASK("text { min = 3, max = 10 }"));
    stage_text(&s, "abcdef");
    stage_text(&s, "ghijkl");                    /* too long together */
    fire(&s);
    stage_said(&s, "non");
    assert_string_equal(stage_place(&s), "essai/x");
    assert_string_equal(stage_var(&s, "parts"), "");
    stage_text(&s, "abc");
    fire(&s);
    assert_string_equal(stage_var(&s, "vars.x"), "\"abc\"");
    stage_close(&s);
}

TEST(a_timer_of_an_earlier_piece_does_nothing)
{
    struct stage s;
    struct event early;

    (void)state;
    open_and_ask(&s, ASK("text {}"));
    stage_text(&s, "un");
    early = (struct event){ .kind = EVENT_TIMER, .name = "gather", .guard = s.seq };
    stage_text(&s, "deux");                      /* handled before the timer that fired meanwhile */
    stage_event(&s, &early);
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "essai/x");
    stage_event(&s, &(struct event){ .kind = EVENT_TIMER, .name = "gather", .guard = s.seq - 1 });
    stage_said(&s, "r");
    assert_string_equal(stage_var(&s, "vars.x"), "\"un\\ndeux\"");
    stage_event(&s, &(struct event){ .kind = EVENT_TIMER, .name = "gather", .guard = s.seq - 2 });
    stage_said(&s, "");                          /* and twice it does nothing either */
    stage_close(&s);
}

TEST(an_album_is_a_list_of_photos)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("photo {}"));
    photo(&s, "m1", NULL);
    photo(&s, "m2", "le dos");
    photo(&s, "m3", NULL);
    stage_said(&s, "");
    fire(&s);
    stage_said(&s, "r");
    assert_string_equal(stage_var(&s, "vars.x.1.id"), "\"m1\"");
    assert_string_equal(stage_var(&s, "vars.x.2.legende"), "\"le dos\"");
    assert_string_equal(stage_var(&s, "vars.x.3.id"), "\"m3\"");
    stage_close(&s);
    open_and_ask(&s, ASK("photo {}"));
    photo(&s, "m1", NULL);                       /* a single one too: its readers must not ask which it is */
    fire(&s);
    assert_string_equal(stage_var(&s, "vars.x.1.id"), "\"m1\"");
    stage_close(&s);
}

TEST(what_is_no_piece_of_the_answer_is_answered_at_once)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("photo {}"));
    photo(&s, "m1", NULL);
    stage_text(&s, "voilà");
    stage_said(&s, "non");
    assert_int_equal(s.last.commit.timers[0].guard, 1);      /* only the wait begins anew */
    stage_media(&s, "audio");
    stage_said(&s, "commun.non_pris_en_charge + non");
    stage_event(&s, &(struct event){ .kind = EVENT_TIMER, .name = "gather", .guard = 2 });
    assert_string_equal(stage_var(&s, "vars.x.1.id"), "\"m1\"");
    stage_close(&s);
}

TEST(words_beside_photos_are_the_caption_of_the_first)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("one_of { photo {}, text {} }"));
    photo(&s, "m1", "devant");
    stage_text(&s, "C'est abîmé");
    photo(&s, "m2", NULL);
    fire(&s);
    assert_string_equal(stage_var(&s, "vars.x.1.legende"), "\"devant\\nC'est abîmé\"");
    assert_string_equal(stage_var(&s, "vars.x.2.id"), "\"m2\"");
    stage_close(&s);
    open_and_ask(&s, ASK("one_of { photo {}, text {} }"));
    stage_text(&s, "pas de");
    stage_text(&s, "photo");
    fire(&s);
    assert_string_equal(stage_var(&s, "vars.x"), "\"pas de\\nphoto\"");
    stage_close(&s);
}

TEST(a_place_and_the_words_about_it_are_one_address)
{
    static const char *const ORDERS[] = { ASK("one_of { location(), text { min = 5 } }"), ASK("one_of { text { min = 5 }, location() }") };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stage s;

        open_and_ask(&s, ORDERS[i]);
        stage_location(&s, -4.2634, 15.2429, NULL);
        stage_text(&s, "portail bleu,");
        stage_text(&s, "après la pharmacie");
        fire(&s);
        assert_string_equal(stage_var(&s, "vars.x"), "{\"point\":\"-4.26340,15.24290\",\"adresse\":\"portail bleu,\\naprès la pharmacie\"}");
        stage_close(&s);
        open_and_ask(&s, ORDERS[i]);
        stage_text(&s, "portail bleu");
        stage_location(&s, -4.2634, 15.2429, "Marché Total");
        fire(&s);
        assert_string_equal(stage_var(&s, "vars.x.adresse"), "\"Marché Total\\nportail bleu\"");
        stage_close(&s);
        open_and_ask(&s, ORDERS[i]);
        stage_location(&s, -4.2634, 15.2429, "Marché Total");
        stage_text(&s, "ok");                    /* too short to be an address: the place is one */
        fire(&s);
        assert_string_equal(stage_var(&s, "vars.x.adresse"), "\"Marché Total\"");
        stage_close(&s);
        open_and_ask(&s, ORDERS[i]);
        stage_text(&s, "12 rue des");
        stage_text(&s, "Manguiers");
        fire(&s);
        assert_string_equal(stage_var(&s, "vars.x"), "{\"adresse\":\"12 rue des\\nManguiers\"}");
        stage_close(&s);
    }
}

TEST(a_command_passes_at_once_and_drops_the_pieces)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("text {}"));
    stage_text(&s, "un");
    stage_text(&s, "aide");
    stage_said(&s, "commun.aide + q");
    assert_string_equal(stage_var(&s, "parts"), "");
    assert_int_equal(s.last.commit.timer_count, 2);          /* the wait, and the timer that is taken away */
    assert_string_equal(s.last.commit.timers[1].name, "gather");
    assert_int_equal(s.last.commit.timers[1].due_ms, 0);
    stage_text(&s, "deux");
    fire(&s);
    assert_string_equal(stage_var(&s, "vars.x"), "\"deux\"");
    stage_text(&s, "retour");
    stage_text(&s, "trois");
    stage_text(&s, "annuler");
    stage_said(&s, "commun.annule");
    assert_string_equal(stage_var(&s, "parts"), "");
    assert_string_equal(s.last.commit.timers[s.last.commit.timer_count - 1].name, "gather");
    stage_close(&s);
}

TEST(a_tap_and_a_typed_title_pass_at_once)
{
    struct stage s;

    (void)state;
    for (int i = 0; i < 2; i++) {
        open_and_ask(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?\\n[passer] Je ne sais pas' }\nmessage 'r' { fr = 'Et ?' }\n"
                         "f:ask 'x' { say = 'q', gather = '3 s', expect = text {}, on = { passer = 'y' } }\nf:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' {}\n");
        if (i == 0)
            stage_tap(&s, "passer");
        else
            stage_text(&s, "je ne sais pas");
        stage_said(&s, "r");
        assert_string_equal(stage_var(&s, "vars.x"), "");
        stage_close(&s);
    }
}

TEST(what_is_too_much_is_taken_at_once)
{
    struct stage s;
    char *big = calloc(1, 5000);

    (void)state;
    assert_non_null(big);
    open_and_ask(&s, ASK("text { max = 4096 }"));
    for (int i = 0; i < 20; i++) {
        stage_said(&s, i == 0 ? "q" : "");
        stage_text(&s, "mot");
    }
    stage_said(&s, "r");
    assert_int_equal(strlen(stage_var(&s, "vars.x")), 2 + 20 * 3 + 19 * 2);
    assert_string_equal(s.last.commit.timers[s.last.commit.timer_count - 1].name, "gather");
    assert_int_equal(s.last.commit.timers[s.last.commit.timer_count - 1].due_ms, 0);
    stage_close(&s);
    open_and_ask(&s, ASK("text { max = 4096 }"));
    memset(big, 'x', 4090);
    stage_text(&s, big);
    stage_said(&s, "");
    stage_text(&s, big);
    stage_said(&s, "non");                       /* 8 KiB are together, and too long */
    assert_string_equal(stage_var(&s, "parts"), "");
    stage_close(&s);
    free(big);
}

TEST(the_check_sees_the_whole_answer)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'peu' { fr = 'Deux photos, merci.' }\nmessage 'r' { fr = 'Et ?' }\n"
                     "f:ask 'x' { say = 'q', gather = '3 s', expect = photo {}, check = function(c, v)\n  if #v < 2 then return nil, 'peu' end\n  return true\nend }\n"
                     "f:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' {}\n");
    photo(&s, "m1", NULL);
    fire(&s);
    stage_said(&s, "peu");
    photo(&s, "m1", NULL);
    photo(&s, "m2", NULL);
    fire(&s);
    stage_said(&s, "r");
    stage_close(&s);
}

TEST(a_check_that_fails_on_the_whole_answer_is_apologized_for)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, "local f = flow 'essai'\nf.words = 'essai'\nmessage 'q' { fr = 'Quoi ?' }\n"
                     "f:ask 'x' { say = 'q', gather = '3 s', expect = text {}, check = function(c, v) return c.rien.du.tout end }\nf:finish 'fin' {}\n");
    stage_text(&s, "un");
    fire(&s);
    stage_said(&s, "commun.probleme");
    assert_true(s.last.script_failed);
    assert_string_equal(stage_place(&s), "essai/x");
    assert_string_equal(stage_var(&s, "parts"), "");
    stage_text(&s, "deux");
    fire(&s);
    stage_said(&s, "commun.probleme + commun.menu");
    stage_close(&s);
}

TEST(pieces_survive_a_reload_and_what_became_of_their_question)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("text {}"));
    stage_text(&s, "un");
    stage_reload(&s, "local f = flow 'essai'\nf.words = 'essai'\nf.moved = { x = 'xx' }\nmessage 'q' { fr = 'Quoi ?' }\nmessage 'r' { fr = 'Et ?' }\n"
                     "f:ask 'xx' { say = 'q', expect = text {} }\nf:ask 'y' { say = 'r', expect = text {} }\nf:finish 'fin' {}\n");
    fire(&s);
    stage_said(&s, "r");
    assert_string_equal(stage_var(&s, "vars.xx"), "\"un\"");
    stage_close(&s);
    open_and_ask(&s, ASK("text {}"));
    stage_text(&s, "un");
    fire(&s);
    stage_text(&s, "retour");
    stage_text(&s, "un");
    stage_reload(&s, "menu { say = 'commun.aide' }\n--- flows/autre.lua\nlocal f = flow 'autre'\nf.words = 'autre'\nmessage 'q' { fr = 'Quoi ?' }\nf:ask 'xx' { say = 'q', expect = text {} }\nf:finish 'fin' {}\n");
    fire(&s);
    stage_said(&s, "");
    assert_string_equal(stage_place(&s), "-");
    assert_string_equal(stage_var(&s, "parts"), "");
    stage_close(&s);
}

TEST(an_end_of_waiting_takes_the_answer_that_has_begun)
{
    struct stage s;

    (void)state;
    open_and_ask(&s, ASK("text {}"));
    s.now_ms += 24 * 3600 * 1000 - 1000;
    stage_text(&s, "un");
    s.now_ms += 1000;
    stage_timer(&s);
    stage_said(&s, "r");
    assert_string_equal(stage_var(&s, "vars.x"), "\"un\"");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_of_text_are_one_answer),
        cmocka_unit_test(one_message_alone_is_taken_as_it_would_be_without_gather),
        cmocka_unit_test(a_timer_of_an_earlier_piece_does_nothing),
        cmocka_unit_test(an_album_is_a_list_of_photos),
        cmocka_unit_test(what_is_no_piece_of_the_answer_is_answered_at_once),
        cmocka_unit_test(words_beside_photos_are_the_caption_of_the_first),
        cmocka_unit_test(a_place_and_the_words_about_it_are_one_address),
        cmocka_unit_test(a_command_passes_at_once_and_drops_the_pieces),
        cmocka_unit_test(a_tap_and_a_typed_title_pass_at_once),
        cmocka_unit_test(what_is_too_much_is_taken_at_once),
        cmocka_unit_test(the_check_sees_the_whole_answer),
        cmocka_unit_test(a_check_that_fails_on_the_whole_answer_is_apologized_for),
        cmocka_unit_test(pieces_survive_a_reload_and_what_became_of_their_question),
        cmocka_unit_test(an_end_of_waiting_takes_the_answer_that_has_begun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
