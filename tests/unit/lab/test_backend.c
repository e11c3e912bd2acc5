/*
 * The backend stand-in: the habits of a Django REST service (toktok.md §2), its misbehaviour, its signed events.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../core/lab/backend.h"
#include "helper.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/log.h"

struct scene {
    struct backend *backend;
    struct runner  *runner;
    struct host    *host;
    char            hook[64];
};

static const char service[] = "Authorization: Bearer backend-token";

static void step(void *ctx, int timeout_ms) { backend_step(ctx, timeout_ms); }

static void wake(void *ctx) { backend_wake(ctx); }

static void begin(struct scene *s, struct lab_backend_options *o, struct host *host)
{
    struct error err = { "" };

    *s = (struct scene){ .host = host };
    if (host != NULL) {
        snprintf(s->hook, sizeof s->hook, "http://127.0.0.1:%u/in/backend", (unsigned)host_port(host));
        o->event_url = s->hook;
        o->event_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";   /* bytes 00 to 17 */
    }
    s->backend = backend_open(o, &err);
    if (s->backend == NULL)
        fail_msg("%s", err.text);
    s->runner = runner_start(step, wake, s->backend);
}

static void end(struct scene *s)
{
    runner_stop(s->runner);
    backend_close(s->backend);
    if (s->host != NULL)
        host_stop(s->host);
}

static struct reply ask_as(struct scene *s, const char *method, const char *path, const char *header, const char *body, int timeout_ms)
{
    char url[256];

    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)backend_port(s->backend), path);
    return call(method, url, header, body, timeout_ms);
}

static struct reply ask(struct scene *s, const char *method, const char *path, const char *body)
{
    return ask_as(s, method, path, service, body, 5000);
}

static void post(struct scene *s, const char *path, const char *body, int status)
{
    struct reply r = ask(s, "POST", path, body);

    if (r.status != status)
        fail_msg("%s %s: %d %s", path, body, r.status, r.text);
    reply_free(&r);
}

static int64_t stat(struct scene *s, const char *name)
{
    struct reply r = ask(s, "GET", "/_lab/stats", NULL);
    int64_t value = -1;

    assert_true(json_int(r.json, name, &value));
    reply_free(&r);
    return value;
}

#define MISSION(extra) \
    "{\"entreprise_demandeur\":\"Prisca Moukala\",\"contact_entreprise\":\"+242066123456\",\"adresse_recuperation\":\"12 rue Loby\"," \
    "\"coordonnees_recuperation\":\"\",\"adresse_livraison\":\"25 rue Malanda\",\"coordonnees_livraison\":\"-4.26,15.24\"," \
    "\"nom_client_final\":\"Junior Okemba\",\"telephone_client_final\":\"+242069876543\",\"description_produit\":\"Un colis\"," \
    "\"type_paiement\":\"entreprise_paie\"" extra "}"

static void login_gives_tokens_that_open_the_profile(void **state)
{
    struct scene s;
    struct reply r;
    char header[256];

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    r = ask_as(&s, "POST", "/api/v1/auth/login/", NULL, "{\"username\":\"+242066123456\",\"password\":\"Brazza-2025\"}", 5000);
    assert_int_equal(r.status, 200);
    assert_non_null(json_str(r.json, "refresh"));
    assert_string_equal(json_str(r.json, "user_type"), "client");
    assert_string_equal(json_str(json_get(r.json, "user"), "first_name"), "Prisca");
    snprintf(header, sizeof header, "Authorization: Bearer %s", json_str(r.json, "access"));
    reply_free(&r);
    r = ask_as(&s, "GET", "/api/v1/auth/clients/my_profile/", header, NULL, 5000);
    assert_int_equal(r.status, 200);
    assert_string_equal(json_str(json_get(r.json, "user"), "username"), "+242066123456");
    reply_free(&r);
    post(&s, "/_lab/expire", "{}", 200);
    r = ask_as(&s, "GET", "/api/v1/auth/clients/my_profile/", header, NULL, 5000);
    assert_int_equal(r.status, 401);
    reply_free(&r);
    end(&s);
}

static void login_refuses_like_django(void **state)
{
    struct scene s;
    struct reply r;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    r = ask_as(&s, "POST", "/api/v1/auth/login/", NULL, "{\"username\":\"+242066123456\",\"password\":\"wrong\"}", 5000);
    assert_int_equal(r.status, 401);
    assert_non_null(json_str(r.json, "detail"));
    reply_free(&r);
    r = ask_as(&s, "POST", "/api/v1/auth/login/", NULL, "{\"username\":\"+242066123456\"}", 5000);
    assert_int_equal(r.status, 400);
    assert_non_null(json_str(r.json, "message"));
    assert_true(cJSON_IsArray(json_get(json_get(r.json, "details"), "password")));
    reply_free(&r);
    r = ask_as(&s, "GET", "/api/v1/coursier/missions/", NULL, NULL, 5000);
    assert_int_equal(r.status, 401);
    assert_non_null(json_str(r.json, "detail"));
    reply_free(&r);
    r = ask(&s, "GET", "/api/v1/nothing/", NULL);
    assert_int_equal(r.status, 404);
    assert_non_null(json_str(r.json, "detail"));
    reply_free(&r);
    r = ask(&s, "DELETE", "/api/v1/coursier/missions/", NULL);
    assert_int_equal(r.status, 405);
    reply_free(&r);
    end(&s);
}

static void a_mission_gets_the_next_number_of_the_day(void **state)
{
    struct scene s;
    struct reply r;
    char day[16], expected[64];
    time_t now = (time_t)(clock_wall_ms(clock_real()) / 1000) + 3600;
    struct tm tm;
    int64_t id;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    strftime(day, sizeof day, "%Y%m%d", gmtime_r(&now, &tm));
    for (int i = 1; i <= 2; i++) {
        r = ask(&s, "POST", "/api/v1/coursier/missions/", MISSION(",\"valeur_produit\":\"8000\""));
        assert_int_equal(r.status, 201);
        snprintf(expected, sizeof expected, "COUR-%s-%03d", day, i);
        assert_string_equal(json_str(r.json, "numero_mission"), expected);
        assert_string_equal(json_str(r.json, "statut"), "pending");
        assert_string_equal(json_str(r.json, "valeur_produit"), "8000.00");     /* decimals are strings */
        assert_string_equal(json_str(r.json, "montant_coursier"), "1500.00");
        assert_true(json_int(r.json, "id", &id));
        reply_free(&r);
    }
    snprintf(expected, sizeof expected, "/api/v1/coursier/missions/%d/", (int)id);
    r = ask(&s, "GET", expected, NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(json_str(r.json, "adresse_livraison"), "25 rue Malanda");
    assert_true(cJSON_IsNull(json_get(r.json, "livreur_nom")));
    reply_free(&r);
    r = ask(&s, "GET", "/api/v1/coursier/missions/9999/", NULL);
    assert_int_equal(r.status, 404);
    reply_free(&r);
    end(&s);
}

static void bad_missions_are_refused_by_field(void **state)
{
    static const struct { const char *body, *field; } cases[] = {
        { MISSION(""), "valeur_produit" },
        { MISSION(",\"valeur_produit\":\"2 500 FCFA\""), "valeur_produit" },
        { MISSION(",\"valeur_produit\":\"123456789\""), "valeur_produit" },
        { MISSION(",\"valeur_produit\":\"1.234\""), "valeur_produit" },
        { "{\"valeur_produit\":\"1\"}", "adresse_livraison" },
        { "{\"valeur_produit\":\"1\",\"nom_client_final\":\"\"}", "nom_client_final" },
        { "{\"valeur_produit\":\"1\",\"nom_client_final\":5}", "nom_client_final" },
        { "{\"valeur_produit\":\"1\",\"contact_entreprise\":\"+242066123456789012345\"}", "contact_entreprise" },
        { "{\"valeur_produit\":\"1\",\"type_paiement\":\"troc\"}", "type_paiement" },
        { "[]", "adresse_livraison" },
        { "not json", "non_field_errors" },
    };
    struct scene s;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r = ask(&s, "POST", "/api/v1/coursier/missions/", cases[i].body);

        if (r.status != 400 || json_str(r.json, "message") == NULL || !cJSON_IsArray(json_get(json_get(r.json, "details"), cases[i].field)))
            fail_msg("%s: %d %s", cases[i].body, r.status, r.text);
        reply_free(&r);
    }
    assert_int_equal(stat(&s, "missions"), 0);
    end(&s);
}

static void lists_come_in_pages(void **state)
{
    struct scene s;
    struct reply r;
    int64_t count;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    post(&s, "/_lab/missions", "{\"count\":60,\"contact_entreprise\":\"+242050000000\"}", 201);
    r = ask(&s, "GET", "/api/v1/coursier/missions/", NULL);
    assert_int_equal(cJSON_GetArraySize(json_get(r.json, "results")), 20);
    assert_true(json_int(r.json, "count", &count));
    assert_int_equal(count, 63);
    assert_non_null(strstr(json_str(r.json, "next"), "/api/v1/coursier/missions/?page=2"));
    assert_true(cJSON_IsNull(json_get(r.json, "previous")));
    reply_free(&r);
    r = ask(&s, "GET", "/api/v1/coursier/missions/?page=4", NULL);
    assert_int_equal(cJSON_GetArraySize(json_get(r.json, "results")), 3);
    assert_true(cJSON_IsNull(json_get(r.json, "next")));
    reply_free(&r);
    r = ask(&s, "GET", "/api/v1/coursier/missions/?page=5", NULL);
    assert_int_equal(r.status, 404);
    reply_free(&r);
    end(&s);
}

static void one_idempotency_key_makes_one_mission(void **state)
{
    struct scene s;
    struct reply r;
    char *first;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    r = ask_as(&s, "POST", "/api/v1/coursier/missions/", "Authorization: Bearer backend-token\nIdempotency-Key: 3f9a", MISSION(",\"valeur_produit\":\"1\""), 5000);
    first = strdup(r.text);
    assert_int_equal(r.status, 201);
    reply_free(&r);
    r = ask_as(&s, "POST", "/api/v1/coursier/missions/", "Authorization: Bearer backend-token\nIdempotency-Key: 3f9a", MISSION(",\"valeur_produit\":\"1\""), 5000);
    assert_int_equal(r.status, 201);
    assert_string_equal(r.text, first);
    reply_free(&r);
    r = ask_as(&s, "POST", "/api/v1/coursier/missions/", "Authorization: Bearer backend-token\nIdempotency-Key: 3f9a", MISSION(",\"valeur_produit\":\"2\""), 5000);
    assert_string_equal(r.text, first);
    reply_free(&r);
    r = ask_as(&s, "POST", "/api/v1/coursier/missions/", "Authorization: Bearer backend-token\nIdempotency-Key: other", MISSION(",\"valeur_produit\":\"1\""), 5000);
    assert_string_not_equal(r.text, first);
    reply_free(&r);
    assert_int_equal(stat(&s, "missions"), 2);
    assert_int_equal(stat(&s, "replays"), 2);
    assert_int_equal(stat(&s, "key_mismatches"), 1);
    free(first);
    end(&s);
}

static void what_it_was_sent_is_listed(void **state)
{
    struct scene s;
    struct reply r;
    const cJSON *call;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    post(&s, "/api/v1/coursier/missions/", MISSION(",\"valeur_produit\":\"1\""), 201);
    post(&s, "/api/v1/coursier/missions/", "{}", 400);
    r = ask(&s, "GET", "/_lab/calls?after=1", NULL);
    assert_int_equal(cJSON_GetArraySize(json_get(r.json, "calls")), 1);
    reply_free(&r);
    r = ask(&s, "GET", "/_lab/calls", NULL);
    call = json_path(r.json, "calls.1");
    assert_string_equal(json_str(call, "method"), "POST");
    assert_string_equal(json_str(json_get(call, "body"), "nom_client_final"), "Junior Okemba");
    assert_string_equal(json_str(call, "as"), "service");
    reply_free(&r);
    end(&s);
}

static void advancing_posts_a_signed_event_until_it_is_taken(void **state)
{
    unsigned char key[24];
    struct scene s;
    struct reply r;
    struct error err;
    cJSON *tree;

    (void)state;
    for (unsigned char i = 0; i < sizeof key; i++)
        key[i] = i;
    begin(&s, &(struct lab_backend_options){ 0 }, host_start(key, sizeof key, true, 2, 503));
    r = ask(&s, "POST", "/_lab/advance", "{\"numero_mission\":\"COUR-20250127-060\",\"statut\":\"accepted\"}");
    assert_int_equal(r.status, 200);
    assert_int_equal(host_wait(s.host, 1, 5000), 1);
    assert_int_equal(host_bad_signatures(s.host), 0);
    assert_string_equal(host_id(s.host, 0), json_str(r.json, "event"));
    tree = json_parse(host_body(s.host, 0), strlen(host_body(s.host, 0)), &err);
    assert_string_equal(json_str(tree, "type"), "mission.status_changed");
    assert_string_equal(json_str(json_get(tree, "data"), "numero_mission"), "COUR-20250127-060");
    assert_string_equal(json_str(json_get(tree, "data"), "statut"), "accepted");
    assert_string_equal(json_str(json_get(tree, "data"), "livreur_nom"), "Junior Okemba");
    assert_string_equal(json_str(json_get(tree, "data"), "contact_entreprise"), "+242055010203");
    cJSON_Delete(tree);
    reply_free(&r);
    r = ask(&s, "POST", "/_lab/advance", "{\"numero_mission\":\"COUR-20250127-060\",\"statut\":\"delivered\",\"times\":2}");
    assert_int_equal(host_wait(s.host, 3, 5000), 3);
    assert_string_equal(host_id(s.host, 1), host_id(s.host, 2));
    reply_free(&r);
    post(&s, "/_lab/advance", "{\"numero_mission\":\"COUR-20250127-060\",\"statut\":\"teleported\"}", 400);
    post(&s, "/_lab/advance", "{\"numero_mission\":\"COUR-1\",\"statut\":\"accepted\"}", 404);
    end(&s);
}

static void both_vocabularies_are_spoken(void **state)
{
    struct scene s;
    struct reply r;

    (void)state;
    begin(&s, &(struct lab_backend_options){ .vocabulary = "fr" }, NULL);
    r = ask(&s, "GET", "/api/v1/coursier/missions/3/", NULL);
    assert_string_equal(json_str(r.json, "statut"), "en_route");
    reply_free(&r);
    post(&s, "/_lab/vocabulary", "{\"words\":\"en\"}", 200);
    r = ask(&s, "GET", "/api/v1/coursier/missions/3/", NULL);
    assert_string_equal(json_str(r.json, "statut"), "in_transit");
    reply_free(&r);
    r = ask(&s, "POST", "/_lab/advance", "{\"numero_mission\":\"COUR-20250127-061\",\"statut\":\"livree\"}");
    assert_string_equal(json_str(r.json, "statut"), "delivered");
    assert_false(json_bool(r.json, "posted"));   /* no event_url */
    reply_free(&r);
    post(&s, "/_lab/vocabulary", "{\"words\":\"de\"}", 400);
    end(&s);
}

static void every_fault_does_what_it_says(void **state)
{
    static const struct { const char *rule; enum fetch_outcome outcome; int status; bool made; } cases[] = {
        { "{\"method\":\"POST\",\"count\":1,\"status\":503}", FETCH_ANSWERED, 503, false },
        { "{\"path\":\"missions\",\"count\":1,\"silence\":\"before\"}", FETCH_UNKNOWN, 0, false },
        { "{\"path\":\"missions\",\"count\":1,\"silence\":\"after\"}", FETCH_UNKNOWN, 0, true },
        { "{\"path\":\"missions\",\"count\":1,\"reset\":\"before\"}", FETCH_UNKNOWN, 0, false },
        { "{\"path\":\"missions\",\"count\":1,\"reset\":\"after\"}", FETCH_UNKNOWN, 0, true },
        { "{\"path\":\"missions\",\"count\":1,\"body\":\"<html>\"}", FETCH_ANSWERED, 201, true },
        { "{\"path\":\"login\",\"count\":1,\"status\":500}", FETCH_ANSWERED, 201, true },   /* another path */
    };
    struct scene s;
    int64_t made = 0;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply r;

        post(&s, "/_lab/behave", cases[i].rule, 200);
        r = ask_as(&s, "POST", "/api/v1/coursier/missions/", service, MISSION(",\"valeur_produit\":\"1\""), 300);
        made += cases[i].made;
        if (r.outcome != cases[i].outcome || r.status != cases[i].status || stat(&s, "missions") != made)
            fail_msg("%s: %d %d %s", cases[i].rule, (int)r.outcome, r.status, r.text);
        reply_free(&r);
    }
    post(&s, "/_lab/behave", "{\"statu\":500}", 400);
    post(&s, "/_lab/behave", "{\"silence\":\"often\"}", 400);
    end(&s);
}

static void ids_can_be_missing_and_answers_late(void **state)
{
    struct scene s;
    struct reply r;
    int64_t start;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    post(&s, "/_lab/behave", "{\"rules\":[{\"count\":1,\"method\":\"POST\",\"missing_ids\":true},{\"count\":1,\"latency_ms\":200}]}", 200);
    r = ask(&s, "POST", "/api/v1/coursier/missions/", MISSION(",\"valeur_produit\":\"1\""));
    assert_int_equal(r.status, 201);
    assert_null(json_get(r.json, "id"));
    assert_null(json_get(r.json, "numero_mission"));
    assert_non_null(json_get(r.json, "statut"));
    reply_free(&r);
    start = clock_mono_ms(clock_real());
    r = ask(&s, "GET", "/api/v1/coursier/missions/1/", NULL);
    assert_int_equal(r.status, 200);
    assert_in_range(clock_mono_ms(clock_real()) - start, 195, 3000);
    reply_free(&r);
    end(&s);
}

static void reset_brings_the_first_data_back(void **state)
{
    struct scene s;

    (void)state;
    begin(&s, &(struct lab_backend_options){ 0 }, NULL);
    post(&s, "/api/v1/coursier/missions/", MISSION(",\"valeur_produit\":\"1\""), 201);
    assert_int_equal(stat(&s, "stored"), 4);
    post(&s, "/_lab/reset", "{}", 200);
    assert_int_equal(stat(&s, "stored"), 3);
    assert_int_equal(stat(&s, "calls"), 0);
    end(&s);
}

/* ---- the script around it ---- */

static const char *script_file(const char *text)
{
    static char name[] = "/tmp/lisolo-test-XXXXXX";
    int fd;

    memcpy(name + strlen(name) - 6, "XXXXXX", 6);
    fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return name;
}

static void a_script_of_ones_own_replaces_the_built_in_one(void **state)
{
    const char *name = script_file("return function(r) if r.path == '/boom' then error('boom') end\n"
                                   " return { status = 418, json = { path = r.path, q = r.query.q, none = lab.null, list = lab.list {}, n = 1.5,\n"
                                   "  body = r.json, words = options.vocabulary }, header = 'X-Made-By', header_value = 'test' } end");
    struct scene s;
    struct reply r;

    (void)state;
    begin(&s, &(struct lab_backend_options){ .script = name }, NULL);
    unlink(name);
    r = ask(&s, "POST", "/a%20b?q=%C3%A9", "{\"deep\":[1,{\"x\":null}],\"big\":12345678901234567890}");
    assert_int_equal(r.status, 418);
    assert_string_equal(r.text, "{\"body\":{\"big\":\"12345678901234567890\",\"deep\":[1,{\"x\":null}]},\"list\":[],\"n\":1.5,\"none\":null,"
                                "\"path\":\"\\/a b\",\"q\":\"\\u00e9\",\"words\":\"en\"}");
    reply_free(&r);
    r = ask(&s, "GET", "/boom", NULL);
    assert_int_equal(r.status, 500);
    reply_free(&r);
    r = ask(&s, "GET", "/still-there", NULL);
    assert_int_equal(r.status, 418);
    reply_free(&r);
    end(&s);
}

static void scripts_that_cannot_work_are_errors_at_start(void **state)
{
    static const char *const scripts[] = { "return 5", "syntax error here", "error('no')", "return { f = 1 }" };
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const char *name = script_file(scripts[i]);

        assert_null(backend_open(&(struct lab_backend_options){ .script = name }, &err));
        unlink(name);
    }
    assert_null(backend_open(&(struct lab_backend_options){ .script = "/nowhere/at/all.lua" }, &err));
    assert_null(backend_open(&(struct lab_backend_options){ .event_url = "http://127.0.0.1:1/" }, &err));
    assert_null(backend_open(&(struct lab_backend_options){ .vocabulary = "de" }, &err));
}

static void answers_that_are_no_json_are_500(void **state)
{
    static const char *const scripts[] = { "return function() return { json = { f = print } } end", "return function() return { json = { [1.5] = 1 } } end",
                                           "return function() local t = {} t.t = t return { json = t } end", "return function() return 5 end",
                                           "return function() return { json = { 0/0 } } end" };
    struct scene s;

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        const char *name = script_file(scripts[i]);
        struct reply r;

        begin(&s, &(struct lab_backend_options){ .script = name }, NULL);
        unlink(name);
        r = ask(&s, "GET", "/", NULL);
        assert_int_equal(r.status, 500);
        reply_free(&r);
        end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(login_gives_tokens_that_open_the_profile),
        cmocka_unit_test(login_refuses_like_django),
        cmocka_unit_test(a_mission_gets_the_next_number_of_the_day),
        cmocka_unit_test(bad_missions_are_refused_by_field),
        cmocka_unit_test(lists_come_in_pages),
        cmocka_unit_test(one_idempotency_key_makes_one_mission),
        cmocka_unit_test(what_it_was_sent_is_listed),
        cmocka_unit_test(advancing_posts_a_signed_event_until_it_is_taken),
        cmocka_unit_test(both_vocabularies_are_spoken),
        cmocka_unit_test(every_fault_does_what_it_says),
        cmocka_unit_test(ids_can_be_missing_and_answers_late),
        cmocka_unit_test(reset_brings_the_first_data_back),
        cmocka_unit_test(a_script_of_ones_own_replaces_the_built_in_one),
        cmocka_unit_test(scripts_that_cannot_work_are_errors_at_start),
        cmocka_unit_test(answers_that_are_no_json_are_500),
    };

    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
