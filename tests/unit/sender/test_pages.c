/*
 * Calls that read a list of many pages, and calls that carry a person's own token.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/talk.h"
#include "world.h"

static struct world w;

/* Everybody calls once: nobody handles the answers here. */
static const char *somebody(void)
{
    static char phone[16];
    static int number;

    (void)snprintf(phone, sizeof phone, "+2420660%05d", number++);
    return phone;
}

static void calling(int pages, const char *path)
{
    world_make_call(&w, somebody(), (struct store_call){ .step = "lire", .method = "GET", .path = path, .key = "k", .timeout_ms = 1000, .pages = pages });
}

static void expect_url(size_t post, const char *url, const char *key)
{
    assert_int_equal(w.count, post + 1);
    assert_string_equal(w.posts[post].url, url);
    assert_string_equal(w.posts[post].key, key);
}

static void give(size_t post, int status, const char *body)
{
    world_answer(&w, post, status, body);
    world_run(&w);
}

/* What the conversation hears as the call's answer. */
static void expect_answer(const char *outcome, const char *data)
{
    struct error err;
    struct event e;
    char *text;

    if (!event_parse(w.heard, strlen(w.heard), &e, &err))
        fail_msg("%s: %s", err.text, w.heard);
    assert_int_equal(e.kind, EVENT_ANSWER);
    assert_string_equal(e.outcome, outcome);
    text = e.data == NULL ? strdup("") : json_print(e.data, NULL);
    assert_string_equal(text, data);
    free(text);
    event_free(&e);
}

static void the_pages_of_a_list_are_one_answer(void **state)
{
    (void)state;
    world_open(&w, NULL);
    calling(5, "/missions/?statut=pending");
    expect_url(0, "http://backend.test/missions/?statut=pending", "k");
    give(0, 200, "{\"count\":5,\"next\":\"http://backend.test/missions/?page=2\",\"previous\":null,\"results\":[1,2]}");
    expect_url(1, "http://backend.test/missions/?page=2", "k-2");
    give(1, 200, "{\"count\":5,\"next\":\"?page=3\",\"previous\":null,\"results\":[3,4]}");
    expect_url(2, "http://backend.test/missions/?page=3", "k-3");
    give(2, 200, "{\"count\":5,\"next\":null,\"previous\":null,\"results\":[5]}");
    expect_answer("ok", "{\"count\":5,\"previous\":null,\"results\":[1,2,3,4,5]}");
    assert_int_equal(w.count, 3);
    world_close(&w);
}

static void no_more_pages_are_read_than_were_asked_for_and_the_answer_says_so(void **state)
{
    (void)state;
    world_open(&w, NULL);
    calling(2, "/x/");
    give(0, 200, "{\"next\":\"/x/?page=2\",\"results\":[1]}");
    give(1, 200, "{\"next\":\"/x/?page=3\",\"results\":[2]}");
    expect_answer("ok", "{\"results\":[1,2],\"truncated\":true}");
    assert_int_equal(w.count, 2);
    world_close(&w);
}

static void a_call_without_pages_is_answered_as_it_comes(void **state)
{
    (void)state;
    world_open(&w, NULL);
    calling(0, "/x/");
    give(0, 200, "{\"next\":\"/x/?page=2\",\"results\":[1]}");
    expect_answer("ok", "{\"next\":\"/x/?page=2\",\"results\":[1]}");
    world_close(&w);
}

static void a_bare_list_and_an_object_without_results_are_their_own_answer(void **state)
{
    (void)state;
    world_open(&w, NULL);
    calling(3, "/a/");
    give(0, 200, "[{\"id\":1},{\"id\":2}]");
    expect_answer("ok", "[{\"id\":1},{\"id\":2}]");
    calling(3, "/b/");
    give(1, 200, "{\"id\":7,\"next\":\"/b/2\"}");
    expect_answer("ok", "{\"id\":7,\"next\":\"/b/2\"}");
    calling(3, "/c/");
    give(2, 200, "");
    expect_answer("ok", "");
    world_close(&w);
}

static void a_page_that_fails_fails_the_call(void **state)
{
    (void)state;
    world_open(&w, NULL);
    calling(3, "/a/");
    give(0, 200, "{\"next\":\"/a/?page=2\",\"results\":[1]}");
    give(1, 503, "{\"detail\":\"panne\"}");
    expect_answer("http_5xx", "{\"detail\":\"panne\"}");
    calling(3, "/b/");
    give(2, 200, "{\"next\":\"/b/?page=2\",\"results\":[1]}");
    give(3, 200, "{\"detail\":\"autre chose\"}");
    expect_answer("other", "");
    world_close(&w);
}

/* A page that surely did not arrive begins the list anew: nothing is there twice. */
static void a_lost_page_is_tried_again_from_the_beginning(void **state)
{
    (void)state;
    world_open(&w, NULL);
    calling(3, "/a/");
    give(0, 200, "{\"next\":\"/a/?page=2\",\"results\":[1]}");
    world_lose(&w, 1, FETCH_NOT_SENT, false);
    world_run(&w);
    world_advance(&w, 10 * 1000);
    expect_url(2, "http://backend.test/a/", "k");
    give(2, 200, "{\"next\":\"/a/?page=2\",\"results\":[1]}");
    give(3, 200, "{\"next\":null,\"results\":[2]}");
    expect_answer("ok", "{\"results\":[1,2]}");
    world_close(&w);
}

/* ---- where `next` may lead ---- */

static void expect_next(const char *base, const char *next, const char *url)
{
    struct sender_options o = { .backend_base = base };
    char body[512];

    world_open(&w, &o);
    calling(3, "/a/?q=1");
    (void)snprintf(body, sizeof body, "{\"next\":\"%s\",\"results\":[1]}", next);
    give(0, 200, body);
    if (url == NULL) {
        assert_int_equal(w.count, 1);
        expect_answer("ok", "{\"results\":[1],\"truncated\":true}");
    } else {
        expect_url(1, url, "k-2");
    }
    world_close(&w);
}

static void whatever_next_names_the_request_goes_to_our_backend(void **state)
{
    (void)state;
    expect_next("http://b.test", "http://169.254.169.254/latest/meta-data/", "http://b.test/latest/meta-data/");
    expect_next("http://b.test", "https://evil.test:8443/a/?page=2", "http://b.test/a/?page=2");
    expect_next("http://b.test", "http://user@evil.test/a/#top", "http://b.test/a/");
    expect_next("http://b.test/api", "http://b.test/api/a/?page=2", "http://b.test/api/a/?page=2");
    expect_next("http://b.test/api/", "/api/a/?page=2", "http://b.test/api//a/?page=2");
    expect_next("http://b.test/api", "?page=2", "http://b.test/api/a/?page=2");
}

static void what_is_not_below_our_base_is_not_read(void **state)
{
    static const char *const elsewhere[] = {
        "http://b.test/admin/", "/admin/", "http://b.test/apix/a/", "//evil.test/api/a/", "ftp://b.test/api/a/", "file:///etc/passwd",
        "/api/../admin/", "/api/%2e%2e/admin/", "/api/.%2E", "/api/./x", "/api/a b", "http://b.test", "javascript:1", "a/?page=2",
    };

    (void)state;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        expect_next("http://b.test/api", elsewhere[i], NULL);
    expect_next("http://b.test/api", "/api/a/?page=../..&x=1", "http://b.test/api/a/?page=../..&x=1");
}

/* ---- size ---- */

static void a_list_is_cut_after_a_whole_item_before_it_is_too_large_for_a_script(void **state)
{
    struct buf body;
    struct error err;
    struct event e;
    const cJSON *results;
    int n;

    (void)state;
    world_open(&w, NULL);
    calling(20, "/a/");
    for (size_t page = 0; page < 4; page++) {
        buf_init(&body, 1 << 20);
        buf_addf(&body, "{\"next\":\"/a/?page=%zu\",\"results\":[", page + 2);
        for (int i = 0; i < 20; i++)
            buf_addf(&body, "%s{\"nom\":\"%01000d\"}", i == 0 ? "" : ",", i);
        buf_adds(&body, "]}");
        give(page, 200, buf_str(&body));
        buf_free(&body);
    }
    assert_int_equal(w.count, 4);
    assert_true(event_parse(w.heard, strlen(w.heard), &e, &err));
    results = json_get(e.data, "results");
    n = cJSON_GetArraySize(results);
    assert_in_range(n, 55, 64);
    assert_int_equal(strlen(json_str(cJSON_GetArrayItem(results, n - 1), "nom")), 1000);
    assert_true(json_bool(e.data, "truncated"));
    event_free(&e);
    world_close(&w);
}

/* ---- tokens ---- */

static void a_call_with_a_token_of_its_own_carries_that_and_no_other(void **state)
{
    struct sender_options o = { .backend_token = "service" };

    (void)state;
    world_open(&w, &o);
    world_make_call(&w, somebody(), (struct store_call){ .step = "a", .method = "GET", .path = "/a/", .key = "k1", .auth = "acc-1", .pages = 2 });
    assert_string_equal(w.posts[0].token, "acc-1");
    give(0, 200, "{\"next\":\"/a/?page=2\",\"results\":[]}");
    assert_string_equal(w.posts[1].token, "acc-1");
    give(1, 200, "{\"results\":[]}");
    world_make_call(&w, somebody(), (struct store_call){ .step = "b", .method = "GET", .path = "/b/", .key = "k2" });
    assert_string_equal(w.posts[2].token, "service");
    give(2, 200, "{}");
    world_close(&w);
}

static void a_token_cannot_write_a_header(void **state)
{
    (void)state;
    world_open(&w, NULL);
    world_make_call(&w, somebody(), (struct store_call){ .step = "a", .method = "GET", .path = "/a/", .key = "k1", .auth = "x\r\nHost: evil" });
    assert_int_equal(w.count, 0);
    expect_answer("network", "");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pages_of_a_list_are_one_answer),
        cmocka_unit_test(no_more_pages_are_read_than_were_asked_for_and_the_answer_says_so),
        cmocka_unit_test(a_call_without_pages_is_answered_as_it_comes),
        cmocka_unit_test(a_bare_list_and_an_object_without_results_are_their_own_answer),
        cmocka_unit_test(a_page_that_fails_fails_the_call),
        cmocka_unit_test(a_lost_page_is_tried_again_from_the_beginning),
        cmocka_unit_test(whatever_next_names_the_request_goes_to_our_backend),
        cmocka_unit_test(what_is_not_below_our_base_is_not_read),
        cmocka_unit_test(a_list_is_cut_after_a_whole_item_before_it_is_too_large_for_a_script),
        cmocka_unit_test(a_call_with_a_token_of_its_own_carries_that_and_no_other),
        cmocka_unit_test(a_token_cannot_write_a_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
