/*
 * The parts of `lisolo test`: what matches, how a file is read, how differences are shown, how a file is rewritten.
 * Whole conversations, right and wrong: tests/e2e/15-chat-tests.sh.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../core/lab/dialog.h"
#include "lisolo/base/file.h"

#define NBSP "\xC2\xA0"

static bool matches(const char *pattern, const char *text, struct captures *c)
{
    char *a = match_fold(pattern), *b = match_fold(text);
    bool ok;

    assert_non_null(a);
    assert_non_null(b);
    ok = match_line(a, b, c);
    free(a);
    free(b);
    return ok;
}

static void only_braces_are_special(void **state)
{
    (void)state;
    assert_true(matches("*gras* ? [x] %d (a|b)", "*gras* ? [x] %d (a|b)", NULL));
    assert_false(matches("*gras*", "gras", NULL));
    assert_true(matches("{*} FCFA", "8 000 FCFA", NULL));
    assert_true(matches("{*}", "", NULL));
    assert_false(matches("{*} FCFA", "8 000 F", NULL));
    assert_true(matches("a {{b} c", "a {b} c", NULL));
    assert_true(matches("{pas un nom}", "{pas un nom}", NULL));
}

static void no_break_spaces_and_blanks_at_the_end_do_not_matter(void **state)
{
    (void)state;
    assert_true(matches("8 000 FCFA", "8" NBSP "000" NBSP "FCFA  ", NULL));
    assert_false(matches("8 000", "8  000", NULL));
}

static void a_capture_is_kept_and_compared_later(void **state)
{
    struct captures c = { 0 };

    (void)state;
    assert_true(matches("*{ref=COUR%-%d+%-%d%d%d}*", "*COUR-20250127-061*", &c));
    assert_int_equal(c.count, 1);
    assert_string_equal(c.names[0], "ref");
    assert_string_equal(c.values[0], "COUR-20250127-061");
    assert_true(matches("Course {=ref}.", "Course COUR-20250127-061.", &c));
    assert_false(matches("Course {=ref}.", "Course COUR-20250127-062.", &c));
    assert_false(matches("{=autre}", "x", &c));
    assert_true(matches("{nom} et {nom2}", "Prisca et Junior", &c));
    assert_int_equal(c.count, 3);
    assert_false(matches("{n=%d+} et {m=%d+}", "12 et x", &c));
    assert_int_equal(c.count, 3);                      /* a match that fails keeps nothing */
    captures_free(&c);
}

static void lua_patterns_take_what_lua_takes(void **state)
{
    (void)state;
    assert_true(matches("{a=[A-F%d]+}-{b=.?}", "12AF-x", NULL));
    assert_false(matches("{a=%a+}", "abc1", NULL));
    assert_true(matches("{a=%a-}1", "abc1", NULL));
    assert_true(matches("{a=[^%s]+} b", "x.y b", NULL));
    assert_false(matches("{a=%u}", "u", NULL));
    assert_false(matches("{a=[x}", "x", NULL));         /* a set that does not end is no pattern */
}

static void a_pattern_that_would_run_for_ever_is_no_match(void **state)
{
    char text[400];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(matches("{a=%a*%a*%a*%a*%a*%a*}b", text, NULL));
}

static void three_dots_stand_for_any_number_of_lines(void **state)
{
    char *want[] = { "a", "...", "d", "..." }, *all[] = { "a", "b", "c", "d" }, *few[] = { "a", "d", "e" }, *none[] = { "a", "b" };
    struct captures c = { 0 };

    (void)state;
    assert_true(match_lines(want, 4, all, 4, &c));
    assert_true(match_lines(want, 4, few, 3, &c));
    assert_false(match_lines(want, 4, none, 2, &c));
    assert_false(match_lines(want, 1, all, 4, &c));
}

static bool json_fits(const char *want, const char *got, char where[64])
{
    struct error err = { "" };
    cJSON *a = json_parse(want, strlen(want), &err), *b = json_parse(got, strlen(got), &err);
    struct captures c = { 0 };
    struct buf at;
    bool ok;

    assert_non_null(a);
    assert_non_null(b);
    buf_init(&at, 4096);
    ok = match_json(a, b, &c, &at);
    (void)snprintf(where, 64, "%s", buf_str(&at));
    buf_free(&at);
    captures_free(&c);
    cJSON_Delete(a);
    cJSON_Delete(b);
    return ok;
}

static void a_body_is_compared_by_the_members_that_the_test_names(void **state)
{
    char where[64];

    (void)state;
    assert_true(json_fits("{\"a\":1}", "{\"a\":1,\"b\":2}", where));
    assert_true(json_fits("{\"a\":{\"x\":\"C-{*}\"}}", "{\"a\":{\"x\":\"C-12\",\"y\":0}}", where));
    assert_false(json_fits("{\"a\":{\"x\":[1,2]}}", "{\"a\":{\"x\":[1,3]}}", where));
    assert_string_equal(where, "a.x[2]");
    assert_false(json_fits("{\"a\":[]}", "{\"a\":[1]}", where));
    assert_false(json_fits("{\"a\":\"1\"}", "{\"a\":1}", where));
    assert_false(json_fits("{\"c\":1}", "{\"a\":1}", where));
    assert_string_equal(where, "c");
}

/* ---- orders ---- */

static void an_order_is_read_whole(void **state)
{
    struct error err = { "" };
    struct order o;

    (void)state;
    assert_true(order_read(" stub POST /missions/ -> 503 {\"a\": \"}\"} after 5 s", &o, &err));
    assert_int_equal(o.kind, ORDER_STUB);
    assert_int_equal(o.number, 503);
    assert_int_equal(o.ms, 5000);
    assert_string_equal(json_str(o.json, "a"), "}");
    order_free(&o);
    assert_true(order_read(" livreur = +242065550099 \"Junior Okemba\" en [ville=\"Pointe Noire\" age=30]", &o, &err));
    assert_int_equal(o.kind, ORDER_PERSON);
    assert_string_equal(o.extra, "Junior Okemba");
    assert_string_equal(o.language, "en");
    assert_int_equal(o.pair_count, 2);
    assert_string_equal(o.values[0], "Pointe Noire");
    order_free(&o);
    assert_true(order_read(" +1.5 h", &o, &err));
    assert_int_equal(o.ms, 5400000);
    order_free(&o);
    assert_true(order_read(" clock 2025-01-27 09:00", &o, &err));
    assert_int_equal(o.ms, 1737964800000);             /* 08:00 UTC */
    order_free(&o);
    assert_true(order_read(" at course.valeur depart={\"adresse\": \"a b\"} nom=Prisca", &o, &err));
    assert_string_equal(o.values[0], "{\"adresse\": \"a b\"}");
    order_free(&o);
}

static void what_is_wrong_with_an_order_is_said_with_a_remedy(void **state)
{
    static const char *const WRONG[][2] = {
        { " sillence", "did you mean '! silence'?" },
        { " clock hier", "! clock 2025-01-27 09:00" },
        { " +10 lunes", "! +10 min" },
        { " stub POST missions -> 200", "! stub POST /path" },
        { " stub POST /missions -> 200 {\"a\": }", "this is not JSON" },
        { " stub POST /missions -> 200 {\"a\": 1", "close its braces" },
        { " stub GET /missions -> 200 {} after nan s", "! stub POST /path" },
        { " client = 066123456", "a person has a number with its country" },
        { " state valeur", "name=value" },
        { " silence now", "'now' is too much here" },
        { " timer x", "! timer course.toujours_la in 10 min" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct error err = { "" };
        struct order o;

        assert_false(order_read(WRONG[i][0], &o, &err));
        if (strstr(err.text, WRONG[i][1]) == NULL)
            fail_msg("'%s' says: %s", WRONG[i][0], err.text);
        order_free(&o);
    }
}

/* ---- files ---- */

struct folder { char path[64]; };

static int make_folder(void **state)
{
    static struct folder f;

    (void)snprintf(f.path, sizeof f.path, "/tmp/lisolo-dialog-XXXXXX");
    *state = &f;
    return mkdtemp(f.path) == NULL;
}

static void put(const struct folder *f, const char *name, const char *text)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", f->path, name);
    assert_true(file_write(path, text, strlen(text), 0600, NULL));
}

static int drop_folder(void **state)
{
    static const char *const NAMES[] = { "a.chat", "b.chat" };
    const struct folder *f = *state;
    char path[128];

    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->path, NAMES[i]);
        (void)unlink(path);
    }
    return rmdir(f->path);
}

static bool read_one(const struct folder *f, const char *text, struct dialog *d, struct error *err)
{
    char path[128];

    put(f, "a.chat", text);
    (void)snprintf(path, sizeof path, "%s/a.chat", f->path);
    return dialog_read(f->path, path, d, err);
}

static void a_file_is_read_with_its_places(void **state)
{
    struct error err = { "" };
    struct dialog d;

    assert_true(read_one(*state, "# Titre\n\n> Bonjour\n| vous\nlivreur< a" NBSP "b  \n| [x] y\n\n# Phase\n# suite\n! silence\n", &d, &err));
    assert_string_equal(d.title, "Titre");
    assert_int_equal(d.count, 4);
    assert_int_equal(d.list[0].kind, ENTRY_INPUT);
    assert_int_equal(d.list[0].count, 2);
    assert_int_equal(d.list[1].line, 5);
    assert_int_equal(d.list[1].last, 6);
    assert_string_equal(d.list[1].who, "livreur");
    assert_string_equal(d.list[1].lines[0], "a b");
    assert_int_equal(d.list[2].kind, ENTRY_PHASE);
    assert_int_equal(d.list[3].order.kind, ORDER_SILENCE);
    dialog_free(&d);
}

static void an_included_file_is_read_in_its_place(void **state)
{
    struct error err = { "" };
    struct dialog d;

    put(*state, "b.chat", "# Ailleurs\n> un\n> deux\n");
    assert_true(read_one(*state, "# Titre\n! include b.chat\n> trois\n", &d, &err));
    assert_int_equal(d.count, 3);
    assert_string_equal(d.list[1].lines[0], "deux");
    assert_int_equal(d.list[1].source, 1);
    assert_int_equal(d.list[2].source, 0);
    dialog_free(&d);
    put(*state, "b.chat", "! include b.chat\n");
    assert_false(read_one(*state, "! include b.chat\n", &d, &err));
    assert_non_null(strstr(err.text, "does one include itself?"));
    dialog_free(&d);
}

static void a_line_that_is_nothing_is_told_with_its_place(void **state)
{
    static const char *const WRONG[][2] = {
        { "# T\nBonjour\n", "a.chat:2: what is this line?" },
        { "# T\n> a\n\n| b\n", "a.chat:4: | continues a message" },
        { "# T\n! restrat\n", "a.chat:2: there is no '! restrat': did you mean '! restart'?" },
        { "# T\n! include nulle/part.chat\n", "a.chat:2: there is no nulle/part.chat" },
    };

    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct error err = { "" };
        struct dialog d;

        assert_false(read_one(*state, WRONG[i][0], &d, &err));
        if (strstr(err.text, WRONG[i][1]) == NULL)
            fail_msg("%s", err.text);
        dialog_free(&d);
    }
}

/* ---- differences ---- */

static void shows(char *const *want, size_t want_count, char *const *got, size_t got_count, const char *expected)
{
    struct buf out;

    buf_init(&out, 4096);
    assert_true(diff_lines(&out, want, want_count, got, got_count, ""));
    assert_string_equal(buf_str(&out), expected);
    buf_free(&out);
}

static void a_difference_is_shown_with_what_surrounds_it(void **state)
{
    char *want[] = { "a", "b", "c", "d", "x", "e", "f", "g" }, *got[] = { "a", "b", "c", "d", "y", "e", "f", "g" };
    char *open[] = { "x", "..." }, *spaces[] = { "a" }, *odd[] = { "a\xE2\x80\x8B" };

    (void)state;
    shows(want, 8, got, 8, "  a\n  …2 identical lines…\n  d\n- x\n+ y\n  e\n  …2 identical lines…\n");
    shows(open, 2, got, 3, "- x\n+ a\n  ...\n");
    shows(spaces, 1, odd, 1, "- a\n+ a‹U+200B›\n");
    shows(NULL, 0, odd, 1, "+ a‹U+200B›\n");
}

static void what_cannot_be_seen_gets_a_shape(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 256);
    diff_visible(&out, "8" NBSP "000\tF ");
    assert_string_equal(buf_str(&out), "8⍽000→F·");
    buf_free(&out);
}

/* ---- rewriting ---- */

static void edits_change_their_lines_and_no_others(void **state)
{
    struct edit edits[] = { { 0, 2, 3, "B\n" }, { 0, 4, 3, "neu\n" }, { 0, 4, 3, "neuer\n" }, { 0, 5, 5, "" }, { 0, 7, 6, "fin\n" } };
    struct buf out;

    (void)state;
    buf_init(&out, 256);
    assert_true(update_text("a\nb\nc\nd\ne\nf\n", edits, 5, &out));
    assert_string_equal(buf_str(&out), "a\nB\nneu\nneuer\nd\nf\nfin\n");
    buf_free(&out);
}

static void what_still_matches_of_a_block_stays(void **state)
{
    char *old_lines[] = { "a {*}", "b", "..." }, *now_lines[] = { "a 12", "c {", "d", "e" };
    struct entry old = { .kind = ENTRY_EXPECT, .lines = old_lines, .count = 3 };
    struct lines now = { now_lines, 4 };
    char *text = update_block(&old, "livreur", &now, NULL);

    (void)state;
    assert_string_equal(text, "livreur< a {*}\n| c {{\n| ...\n");
    free(text);
    text = update_block(NULL, NULL, NULL, "course.depart");
    assert_string_equal(text, "< = course.depart\n");
    free(text);
}

/* ---- messages ---- */

static void a_kind_of_message_that_is_new_is_shown_all_the_same(void **state)
{
    static const char JSON[] = "{\"kind\":\"hologram\",\"body\":\"a\\nb\",\"depth\":3,\"video\":\"https://x/v.mp4\",\"choices\":[{\"id\":\"oui~3~abc\",\"title\":\"Oui\","
                               "\"description\":\"bien\"}],\"contacts\":[{\"name\":\"Junior Okemba\",\"phone\":\"+242066000002\"}]}";
    static const char *const LINES[] = { "@depth 3", "@video https://x/v.mp4", "a", "b", "@contact Junior Okemba :: +242066000002", "[oui] Oui :: bien" };
    struct error err = { "" };
    cJSON *form = json_parse(JSON, strlen(JSON), &err);
    struct lines lines;

    (void)state;
    assert_non_null(form);
    assert_true(block_lines(form, &lines));
    assert_int_equal(lines.count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(lines.list[i], LINES[i]);
    lines_free(&lines);
    cJSON_Delete(form);
}

static void answered(void *ctx, const struct fetch_result *r) { *(int *)ctx = r->status; }

static void stub(struct play *p, const char *text)
{
    struct error err = { "" };
    struct order o;

    assert_true(order_read(text, &o, &err));
    assert_true(play_order(p, &o));
    order_free(&o);
}

/* The list of stubs grows, and moves, while the backend has not answered yet. */
static void a_stub_answers_although_others_came_while_it_waited(void **state)
{
    struct fetch_request request = { .method = "GET", .url = "http://backend/courses/" };
    struct world *w = calloc(1, sizeof *w);
    struct play p = { .w = w };
    struct error err = { "" };
    int status = 0;

    (void)state;
    assert_non_null(w);
    clock_fake_init(&w->clock, 1000);
    stub(&p, " stub GET /courses/ -> 404 {} after 5 s");
    assert_true(net_start(w, &request, answered, &status, &err));
    for (int i = 0; i < 40; i++)
        stub(&p, " stub GET /autre/ -> 200 {}");
    clock_fake_advance(&w->clock, 5000);
    assert_true(net_answer(w));
    assert_int_equal(status, 404);
    net_clear(w);
    free(w->stubs);
    free(w->called);
    free(w->open);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_braces_are_special),
        cmocka_unit_test(no_break_spaces_and_blanks_at_the_end_do_not_matter),
        cmocka_unit_test(a_capture_is_kept_and_compared_later),
        cmocka_unit_test(lua_patterns_take_what_lua_takes),
        cmocka_unit_test(a_pattern_that_would_run_for_ever_is_no_match),
        cmocka_unit_test(three_dots_stand_for_any_number_of_lines),
        cmocka_unit_test(a_body_is_compared_by_the_members_that_the_test_names),
        cmocka_unit_test(an_order_is_read_whole),
        cmocka_unit_test(what_is_wrong_with_an_order_is_said_with_a_remedy),
        cmocka_unit_test(a_stub_answers_although_others_came_while_it_waited),
        cmocka_unit_test_setup_teardown(a_file_is_read_with_its_places, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(an_included_file_is_read_in_its_place, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(a_line_that_is_nothing_is_told_with_its_place, make_folder, drop_folder),
        cmocka_unit_test(a_difference_is_shown_with_what_surrounds_it),
        cmocka_unit_test(what_cannot_be_seen_gets_a_shape),
        cmocka_unit_test(edits_change_their_lines_and_no_others),
        cmocka_unit_test(what_still_matches_of_a_block_stays),
        cmocka_unit_test(a_kind_of_message_that_is_new_is_shown_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
