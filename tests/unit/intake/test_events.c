/*
 * Signed backend events: Standard Webhooks 1.0.0 to the letter (reliability.md §1.2), kept in the order of their subject.
 */
#include "house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/log.h"

#define BODY "{\"type\":\"mission.status_changed\",\"data\":{\"numero_mission\":\"COUR-1\",\"statut\":\"assigned\"}}"
#define NOW_TEXT "1793000060"

static int post_at(struct house *h, const char *id, int64_t seconds)
{
    char time[32], signature[64];

    (void)snprintf(time, sizeof time, "%lld", (long long)seconds);
    sign_event(KEY_A, id, time, BODY, strlen(BODY), signature);
    return post_event(h, id, time, signature, BODY, strlen(BODY));
}

static int post_list(struct house *h, const char *signatures) { return post_event(h, "evt_1", NOW_TEXT, signatures, BODY, strlen(BODY)); }

/* ---- what becomes of an event ---- */

static void a_signed_event_becomes_an_event_of_its_subject(void **state)
{
    struct house h;
    struct heard e;

    (void)state;
    house_open(&h);
    assert_int_equal(post_signed(&h, "evt_1", BODY), 200);
    assert_int_equal(house_heard(&h), 1);
    e = house_event(&h, 0);
    assert_false(e.person);
    assert_string_equal(e.body, "{\"kind\":\"backend\",\"at\":1793000060000,\"id\":\"evt_1\",\"name\":\"mission.status_changed\","
                                "\"data\":{\"numero_mission\":\"COUR-1\",\"statut\":\"assigned\"}}");
    assert_int_equal(house_count(&h, "accepted"), 1);
    house_close(&h);
}

static void events_of_one_subject_share_a_conversation(void **state)
{
    struct intake_secrets s;
    struct house h;

    (void)state;
    house_open(&h);
    assert_int_equal(post_signed(&h, "a", "{\"type\":\"t\",\"data\":{\"numero_mission\":\"COUR-1\"}}"), 200);
    assert_int_equal(post_signed(&h, "b", "{\"type\":\"t\",\"data\":{\"numero_mission\":\"COUR-2\"}}"), 200);
    assert_int_equal(post_signed(&h, "c", "{\"type\":\"t\",\"data\":{\"numero_mission\":\"COUR-1\"}}"), 200);
    assert_int_equal(post_signed(&h, "d", "{\"type\":\"t\",\"data\":{\"numero_mission\":61}}"), 200);
    assert_int_equal(post_signed(&h, "e", "{\"type\":\"t\",\"data\":{\"numero_mission\":\"61\"}}"), 200);
    assert_int_equal(post_signed(&h, "f", "{\"type\":\"t\",\"data\":{}}"), 200);
    assert_int_equal(post_signed(&h, "g", "{\"type\":\"t\",\"data\":{\"numero_mission\":\"\"}}"), 200);
    assert_int_equal(post_signed(&h, "i", "{\"type\":\"t\",\"data\":{\"numero_mission\":[1]}}"), 200);
    assert_int_equal(house_heard(&h), 8);
    assert_int_not_equal(house_event(&h, 0).conv, house_event(&h, 1).conv);
    assert_int_equal(house_event(&h, 0).conv, house_event(&h, 2).conv);
    assert_int_equal(house_event(&h, 2).seq, 2);
    assert_int_equal(house_event(&h, 3).conv, house_event(&h, 4).conv);
    assert_int_not_equal(house_event(&h, 5).conv, house_event(&h, 6).conv);      /* by their ids */
    assert_int_not_equal(house_event(&h, 6).conv, house_event(&h, 7).conv);
    house_close(&h);

    house_secrets(&s);
    s.sources[0].subject = NULL;
    house_open_with(&h, &s, 0);
    assert_int_equal(post_signed(&h, "a", BODY), 200);
    assert_int_equal(post_signed(&h, "b", BODY), 200);
    assert_int_not_equal(house_event(&h, 0).conv, house_event(&h, 1).conv);
    house_close(&h);
}

static void an_event_without_data_is_its_own_data(void **state)
{
    struct house h;

    (void)state;
    house_open(&h);
    assert_int_equal(post_signed(&h, "a", "{\"type\":\"promo\",\"titre\":\"Soldes\"}"), 200);
    assert_int_equal(post_signed(&h, "b", "{\"type\":\"promo\",\"data\":null}"), 200);
    assert_non_null(strstr(house_event(&h, 0).body, "\"data\":{\"type\":\"promo\",\"titre\":\"Soldes\"}"));
    assert_non_null(strstr(house_event(&h, 1).body, "\"data\":{\"type\":\"promo\",\"data\":null}"));
    house_close(&h);
}

/* The id is stable over the attempts, the timestamp and so the signature are not. */
static void a_later_attempt_is_a_duplicate_and_another_id_is_not(void **state)
{
    struct house h;

    (void)state;
    house_open(&h);
    assert_int_equal(post_at(&h, "evt_1", NOW_S - 60), 200);
    assert_int_equal(post_at(&h, "evt_1", NOW_S), 200);
    clock_fake_advance(&h.clock, 7 * 24 * 3600 * 1000LL);
    assert_int_equal(post_at(&h, "evt_1", NOW_S + 7 * 24 * 3600), 200);
    assert_int_equal(house_heard(&h), 1);
    assert_int_equal(house_count(&h, "duplicate"), 2);
    assert_int_equal(post_at(&h, "evt_2", NOW_S + 7 * 24 * 3600), 200);
    assert_int_equal(house_heard(&h), 2);
    house_close(&h);
}

/* ---- the signature ---- */

/* Made with openssl dgst -sha256 -mac HMAC, so that it is not our own word for it. */
static void a_known_signature_is_accepted(void **state)
{
    static const char body[] = "{\"type\":\"mission.status_changed\"}";
    struct house h;

    (void)state;
    house_open(&h);
    assert_int_equal(post_event(&h, "evt_1", NOW_TEXT, "v1,y1D2MkEgsOZ5eANiNWJrgYRAt6bZTnXXzJuuN8ri1zY=", body, sizeof body - 1), 200);
    house_close(&h);
}

static void every_header_is_needed(void **state)
{
    char good[64];
    struct house h;

    (void)state;
    sign_event(KEY_A, "evt_1", NOW_TEXT, BODY, strlen(BODY), good);
    house_open(&h);
    assert_int_equal(post_event(&h, NULL, NOW_TEXT, good, BODY, strlen(BODY)), 401);
    assert_int_equal(post_event(&h, "evt_1", NULL, good, BODY, strlen(BODY)), 401);
    assert_int_equal(post_event(&h, "evt_1", NOW_TEXT, NULL, BODY, strlen(BODY)), 401);
    assert_int_equal(post_event(&h, "", NOW_TEXT, good, BODY, strlen(BODY)), 401);
    assert_int_equal(post_event(&h, "evt_1", NOW_TEXT, "", BODY, strlen(BODY)), 401);
    assert_int_equal(house_count(&h, "bad_signature"), 5);
    assert_int_equal(house_heard(&h), 0);
    house_close(&h);
}

static void a_part_of_a_signature_is_none(void **state)
{
    char good[64], part[80];
    struct house h;

    (void)state;
    sign_event(KEY_A, "evt_1", NOW_TEXT, BODY, strlen(BODY), good);
    house_open(&h);
    assert_int_equal(post_list(&h, "v1,"), 401);
    assert_int_equal(post_list(&h, "v1"), 401);
    assert_int_equal(post_list(&h, good + 3), 401);
    for (size_t len = 4; len < strlen(good); len += 5) {
        (void)snprintf(part, sizeof part, "%.*s", (int)len, good);
        assert_int_equal(post_list(&h, part), 401);
    }
    (void)snprintf(part, sizeof part, "%sA", good);
    assert_int_equal(post_list(&h, part), 401);
    (void)snprintf(part, sizeof part, "V1,%s", good + 3);
    assert_int_equal(post_list(&h, part), 401);
    (void)snprintf(part, sizeof part, "v1a,%s", good + 3);
    assert_int_equal(post_list(&h, part), 401);
    (void)snprintf(part, sizeof part, "v2,%s", good + 3);
    assert_int_equal(post_list(&h, part), 401);
    assert_int_equal(post_list(&h, good), 200);
    house_close(&h);
}

static void one_good_signature_among_others_is_enough(void **state)
{
    char good[64], list[512];
    const char *const wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const struct { const char *before, *between, *after; } shapes[] = {
        { "", " ", "" }, { "v1a,Ko0W8Q== v9 ", " ", "" }, { "", "  garbage , ", "" }, { " ", " ", " " },
    };
    struct house h;

    (void)state;
    sign_event(KEY_A, "evt_1", NOW_TEXT, BODY, strlen(BODY), good);
    house_open(&h);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        for (int which = 0; which < 3; which++) {
            (void)snprintf(list, sizeof list, "%s%s%s%s%s", shapes[i].before, which == 0 ? good : wrong, shapes[i].between,
                           which == 1 ? good : wrong, shapes[i].after);
            assert_int_equal(post_list(&h, list), which < 2 ? 200 : 401);
        }
    }
    (void)snprintf(list, sizeof list, "%s,%s", wrong, good);      /* a comma does not separate signatures */
    assert_int_equal(post_list(&h, list), 401);
    house_close(&h);
}

static void a_timestamp_is_good_for_five_minutes_both_ways(void **state)
{
    struct house h;

    (void)state;
    house_open(&h);
    assert_int_equal(post_at(&h, "a", NOW_S - 300), 200);
    assert_int_equal(post_at(&h, "b", NOW_S + 300), 200);
    assert_int_equal(post_at(&h, "c", NOW_S - 301), 401);
    assert_int_equal(post_at(&h, "d", NOW_S + 301), 401);
    assert_int_equal(post_at(&h, "e", 0), 401);
    assert_int_equal(post_at(&h, "f", INT64_MAX), 401);
    clock_fake_advance(&h.clock, 999);                             /* the same second */
    assert_int_equal(post_at(&h, "g", NOW_S - 300), 200);
    clock_fake_advance(&h.clock, 1);
    assert_int_equal(post_at(&h, "i", NOW_S - 300), 401);
    house_close(&h);
}

static void a_timestamp_is_digits_only(void **state)
{
    const char *const wrong[] = { "1793000060.0", "+1793000060", "-1793000060", "1793000060000", "0x6adef77c", "1.793e9", "now", "1793000060 1" };
    char signature[64];
    struct house h;

    (void)state;
    house_open(&h);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        sign_event(KEY_A, "evt_1", wrong[i], BODY, strlen(BODY), signature);
        assert_int_equal(post_event(&h, "evt_1", wrong[i], signature, BODY, strlen(BODY)), 401);
    }
    house_close(&h);
}

static void an_id_has_no_dot_and_a_length(void **state)
{
    char *id = malloc(300);
    struct house h;

    (void)state;
    assert_non_null(id);
    house_open(&h);
    assert_int_equal(post_at(&h, "evt.1", NOW_S), 401);
    memset(id, 'i', 300);
    id[256] = '\0';
    assert_int_equal(post_at(&h, id, NOW_S), 200);
    id[256] = 'i';
    id[257] = '\0';
    assert_int_equal(post_at(&h, id, NOW_S), 401);
    free(id);
    house_close(&h);
}

static void another_body_id_time_or_key_is_refused(void **state)
{
    char signature[64];
    struct house h;

    (void)state;
    sign_event(KEY_A, "evt_1", NOW_TEXT, BODY, strlen(BODY), signature);
    house_open(&h);
    assert_int_equal(post_event(&h, "evt_1", NOW_TEXT, signature, BODY " ", strlen(BODY) + 1), 401);
    assert_int_equal(post_event(&h, "evt_2", NOW_TEXT, signature, BODY, strlen(BODY)), 401);
    assert_int_equal(post_event(&h, "evt_1", "1793000061", signature, BODY, strlen(BODY)), 401);
    sign_event(KEY_B, "evt_1", NOW_TEXT, BODY, strlen(BODY), signature);
    assert_int_equal(post_event(&h, "evt_1", NOW_TEXT, signature, BODY, strlen(BODY)), 401);
    house_close(&h);
}

/* ---- secrets ---- */

static int post_key(struct house *h, const char *key, const char *id)
{
    char signature[64];

    sign_event(key, id, NOW_TEXT, BODY, strlen(BODY), signature);
    return post_event(h, id, NOW_TEXT, signature, BODY, strlen(BODY));
}

static void a_secret_is_read_with_and_without_its_prefix(void **state)
{
    const char *const forms[] = { KEY_A, KEY_A + 6 };
    struct intake_secrets s;
    struct house h;

    (void)state;
    for (int i = 0; i < 2; i++) {
        house_secrets(&s);
        s.sources[0].secrets[0] = forms[i];
        house_open_with(&h, &s, 0);
        assert_int_equal(post_key(&h, KEY_A, "evt_1"), 200);
        house_close(&h);
    }
}

static void secrets_rotate_without_a_gap(void **state)
{
    struct intake_secrets s;
    struct error err = { "" };
    struct house h;

    (void)state;
    house_secrets(&s);
    house_open_with(&h, &s, 0);
    assert_int_equal(post_key(&h, KEY_A, "1"), 200);
    assert_int_equal(post_key(&h, KEY_B, "2"), 401);
    s.sources[0].secrets[1] = KEY_B;
    s.sources[0].secret_count = 2;
    assert_true(intake_set_secrets(h.in, &s, &err));
    assert_int_equal(post_key(&h, KEY_A, "3"), 200);
    assert_int_equal(post_key(&h, KEY_B, "4"), 200);
    s.sources[0].secrets[0] = "whsec_short";
    assert_false(intake_set_secrets(h.in, &s, &err));
    assert_non_null(strstr(err.text, "sources.toktok: a secret must be base64"));
    assert_null(strstr(err.text, "short"));
    assert_int_equal(post_key(&h, KEY_A, "5"), 200);               /* nothing changed */
    s.sources[0].secrets[0] = KEY_B;
    s.sources[0].secret_count = 1;
    s.sources[0].path = "/elsewhere";                              /* needs a restart */
    assert_true(intake_set_secrets(h.in, &s, &err));
    assert_true(intake_set_secrets(h.in, &s, &err));
    assert_int_equal(post_key(&h, KEY_A, "6"), 401);
    assert_int_equal(post_key(&h, KEY_B, "7"), 200);
    s.source_count = 0;
    assert_true(intake_set_secrets(h.in, &s, &err));
    assert_int_equal(post_key(&h, KEY_B, "8"), 401);
    house_close(&h);
}

static bool refuses(const struct intake_source *source, const char *why)
{
    struct clock_fake clock;
    struct store_options so = { .clock = &clock.clock };
    struct intake_options io = { .clock = &clock.clock };
    struct error err = { "" };
    struct intake *in;

    clock_fake_init(&clock, NOW_MS);
    io.store = store_open_memory(&so, &err);
    assert_non_null(io.store);
    house_secrets(&io.secrets);
    io.secrets.sources[1] = *source;
    io.secrets.source_count = 2;
    in = intake_open(&io, &err);
    if (in != NULL)
        intake_close(in, 0);
    store_close(io.store);
    return in == NULL && strstr(err.text, why) != NULL;
}

static void a_source_that_cannot_work_is_refused_at_the_start(void **state)
{
    (void)state;
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = "/a", .secrets = { "whsec_" }, .secret_count = 1 }, "sources.a: a secret"));
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = "/a", .secrets = { "" }, .secret_count = 1 }, "sources.a: a secret"));
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = "/a", .secrets = { "AQIDBAUGBwgJCgsMDQ4PEBESExQVFg==" }, .secret_count = 1 }, "24 to 64"));
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = "/a", .secrets = { "not base64 at all, not at all!!!!" }, .secret_count = 1 }, "sources.a"));
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = SOURCE }, "another source's"));
    assert_true(refuses(&(struct intake_source){ .name = "toktok", .path = "/b" }, "another source's"));
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = "/healthz" }, "sources.a: the path"));
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = INTAKE_WHATSAPP_PATH }, "sources.a: the path"));
    assert_true(refuses(&(struct intake_source){ .name = "a", .path = "events" }, "sources.a: the path"));
    assert_true(refuses(&(struct intake_source){ .name = "a b", .path = "/a" }, "a name may hold"));
    assert_true(refuses(&(struct intake_source){ .name = NULL, .path = "/a" }, "a name may hold"));
}

/* ---- what cannot be used ---- */

static void what_is_signed_and_no_event_is_kept_for_an_operator(void **state)
{
    const char *const bodies[] = { "", "not json", "[]", "7", "{}", "{\"type\":\"\"}", "{\"type\":7}", "{\"data\":{\"type\":\"x\"}}",
                                   "{\"type\":\"a\",\"type\":\"b\"}", "{\"type\":\"\xff\"}" };
    char id[16];
    struct house h;

    (void)state;
    house_open(&h);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        (void)snprintf(id, sizeof id, "evt_%zu", i);
        assert_int_equal(post_signed(&h, id, bodies[i]), 200);
    }
    assert_int_equal(house_count(&h, "parked"), sizeof bodies / sizeof bodies[0]);
    assert_int_equal(house_heard(&h), 0);
    house_close(&h);
}

static void an_event_has_a_size(void **state)
{
    enum { MAX = 256 * 1024 };
    char *body = malloc(MAX + 2), signature[64];
    struct house h;

    (void)state;
    assert_non_null(body);
    memset(body, ' ', MAX + 1);
    memcpy(body, "{\"type\":\"t\",\"a\":\"é\"}", strlen("{\"type\":\"t\",\"a\":\"é\"}"));
    body[MAX + 1] = '\0';
    house_open(&h);
    sign_event(KEY_A, "evt_1", NOW_TEXT, body, MAX, signature);
    assert_int_equal(post_event(&h, "evt_1", NOW_TEXT, signature, body, MAX), 200);
    assert_int_equal(post_event(&h, "evt_2", NOW_TEXT, signature, NULL, MAX + 1), 413);
    assert_int_equal(house_count(&h, "too_large"), 1);
    assert_int_equal(house_heard(&h), 1);
    free(body);
    house_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_event_becomes_an_event_of_its_subject),
        cmocka_unit_test(events_of_one_subject_share_a_conversation),
        cmocka_unit_test(an_event_without_data_is_its_own_data),
        cmocka_unit_test(a_later_attempt_is_a_duplicate_and_another_id_is_not),
        cmocka_unit_test(a_known_signature_is_accepted),
        cmocka_unit_test(every_header_is_needed),
        cmocka_unit_test(a_part_of_a_signature_is_none),
        cmocka_unit_test(one_good_signature_among_others_is_enough),
        cmocka_unit_test(a_timestamp_is_good_for_five_minutes_both_ways),
        cmocka_unit_test(a_timestamp_is_digits_only),
        cmocka_unit_test(an_id_has_no_dot_and_a_length),
        cmocka_unit_test(another_body_id_time_or_key_is_refused),
        cmocka_unit_test(a_secret_is_read_with_and_without_its_prefix),
        cmocka_unit_test(secrets_rotate_without_a_gap),
        cmocka_unit_test(a_source_that_cannot_work_is_refused_at_the_start),
        cmocka_unit_test(what_is_signed_and_no_event_is_kept_for_an_operator),
        cmocka_unit_test(an_event_has_a_size),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
