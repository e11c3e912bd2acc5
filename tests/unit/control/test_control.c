/*
 * A real host in this process, driven as an operator drives it: over its socket, by signals, and by stopping it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lisolo/base/clock.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/file.h"
#include "lisolo/base/log.h"
#include "lisolo/control.h"

enum { SECONDS_MAX = 120, ASK_MS = 20 * 1000, PEOPLE = 20 };

#define APP_SECRET "control-app-secret"
#define NUMBER     "555000111222333"
#define ECHO_FLOW  "flows/echo.lua"

struct house {
    char               folder[64];
    struct host_config config;
    struct host       *host;
    struct host_config fresh;          /* what a reload reads */
    int                graph;          /* a socket that listens and never answers; -1: nobody is there */
};

static struct house h;

/* ---- the folder ---- */

static char *below(const char *name)
{
    static char path[4][160];
    static unsigned turn;
    char *at = path[turn++ % 4];

    (void)snprintf(at, sizeof path[0], "%s/%s", h.folder, name);
    return at;
}

static void copy_script(const char *name)
{
    char from[160], *text;
    struct error err = { "" };
    size_t len;

    (void)snprintf(from, sizeof from, "tests/fault/scripts/%s", name);
    if (!file_read(AT_FDCWD, from, 64 * 1024, &text, &len, &err) || !file_write(below(name), text, len, 0644, &err))
        fail_msg("%s", err.text);
    free(text);
}

static void make_folder(void)
{
    struct error err;

    (void)snprintf(h.folder, sizeof h.folder, "/tmp/lisolo-control-XXXXXX");
    assert_non_null(mkdtemp(h.folder));
    assert_true(file_make_dir(below("flows"), &err) && file_make_dir(below("templates"), &err));
    copy_script("flows/commandes.lua");
    copy_script(ECHO_FLOW);
    copy_script("templates/textes.lua");
}

static void remove_folder(void)
{
    static const char *const names[] = { "flows/commandes.lua", ECHO_FLOW, "templates/textes.lua", "db", "db-wal", "db-shm", "db.inflight",
                                         "db.lock", "flows", "templates" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)remove(below(names[i]));
    (void)rmdir(h.folder);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;

    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    return ntohs(at.sin_port);
}

static int bound_socket(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_not_equal(fd, -1);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void configure(struct host_config *c)
{
    char base[64];

    (void)snprintf(base, sizeof base, "http://127.0.0.1:%u", port_of(h.graph));
    *c = (struct host_config){ .number_per_s = 1000, .pair_burst = 45, .pair_per_s = 1, .plain_http = true, .workers = 2, .connections = 64,
                               .limits = script_limits_default(), .app_secret_count = 1 };
    c->file = strdup("");
    c->database = strdup(below("db"));
    c->scripts = strdup(h.folder);
    c->country = strdup("CG");
    c->socket = strdup(below("control.sock"));
    c->address = strdup("127.0.0.1");
    c->verify_token = strdup("verify");
    c->app_secrets[0] = strdup(APP_SECRET);
    c->graph_base = strdup(base);
    c->graph_version = strdup("v26.0");
    c->graph_token = strdup("token");
    c->number = strdup(NUMBER);
}

static bool reread(void *ctx, struct host_config *fresh, struct error *err)
{
    (void)ctx;
    (void)err;
    configure(fresh);
    fresh->workers = h.fresh.workers;
    fresh->number_per_s = h.fresh.number_per_s;
    return true;
}

static void start(void)
{
    struct host_options options = { .config = &h.config, .reread = reread };
    struct problems problems;
    struct error err = { "" };

    problems_init(&problems);
    h.host = host_start(&options, &problems, &err);
    if (h.host == NULL)
        fail_msg("%s", err.text);
    problems_free(&problems);
}

/* `graph_listens`: posts get a connection and no answer; else they are refused at once. */
static int open_house(bool graph_listens)
{
    (void)alarm(SECONDS_MAX);
    memset(&h, 0, sizeof h);
    make_folder();
    h.graph = bound_socket();
    if (graph_listens)
        assert_int_equal(listen(h.graph, 64), 0);
    configure(&h.config);
    h.fresh.workers = h.config.workers;
    h.fresh.number_per_s = h.config.number_per_s;
    start();
    return 0;
}

static int close_house(void)
{
    host_stop(h.host);
    host_config_free(&h.config);
    (void)close(h.graph);
    remove_folder();
    return 0;
}

/* ---- the operator ---- */

struct asking {
    const char  *text;
    cJSON       *answer;
    struct error err;
    _Atomic bool done;
};

static void *ask_loop(void *ctx)
{
    struct asking *a = ctx;
    cJSON *request = json_parse(a->text, strlen(a->text), &a->err);

    if (request != NULL)
        a->answer = control_ask(h.config.socket, request, ASK_MS, &a->err);
    cJSON_Delete(request);
    atomic_store(&a->done, true);
    return NULL;
}

static cJSON *ask(const char *text)
{
    struct asking a = { .text = text };
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, ask_loop, &a), 0);
    while (!atomic_load(&a.done))
        assert_true(host_serve(h.host, 20));
    assert_int_equal(pthread_join(thread, NULL), 0);
    if (a.answer == NULL)
        fail_msg("%s", a.err.text);
    return a.answer;
}

static bool answer_is(const char *request, bool ok, const char *key, const char *part)
{
    cJSON *answer = ask(request);
    char *text = cJSON_PrintUnformatted(key == NULL ? answer : cJSON_GetObjectItem(answer, key));
    bool same = cJSON_IsTrue(cJSON_GetObjectItem(answer, "ok")) == ok && (part == NULL || (text != NULL && strstr(text, part) != NULL));

    if (!same)
        print_error("%s: %s\n", request, text == NULL ? "(no such key)" : text);
    cJSON_free(text);
    cJSON_Delete(answer);
    return same;
}

/* A figure of the status: "sender", "accepted". */
static int64_t figure(const char *group, const char *key)
{
    cJSON *answer = ask("{\"do\":\"status\"}");
    int64_t n = -1;

    (void)json_int(cJSON_GetObjectItem(answer, group), key, &n);
    cJSON_Delete(answer);
    return n;
}

static int64_t outbox(const char *state)
{
    cJSON *answer = ask("{\"do\":\"status\"}");
    int64_t n = -1;

    (void)json_int(cJSON_GetObjectItem(cJSON_GetObjectItem(answer, "store"), "outbox"), state, &n);
    cJSON_Delete(answer);
    return n;
}

static void wait_for(int64_t (*look)(const char *group, const char *key), const char *group, const char *key, int64_t wanted)
{
    for (int i = 0; i < 500 && look(group, key) < wanted; i++)
        assert_true(host_serve(h.host, 20));
    assert_int_equal(look(group, key), wanted);
}

/* ---- customers ---- */

static int connect_host(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(host_port(h.host)), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_not_equal(fd, -1);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* Sends a signed message; the caller reads the answer from the socket, or does not. */
static int post(unsigned who, unsigned serial, const char *text)
{
    char body[1024], request[2048], hex[2 * SHA256_BYTES + 1];
    uint8_t digest[SHA256_BYTES];
    int fd = connect_host(), len, n;

    len = snprintf(body, sizeof body,
                   "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{"
                   "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"242060000000\",\"phone_number_id\":"
                   "\"" NUMBER "\"},\"contacts\":[{\"profile\":{\"name\":\"Prisca\"},\"wa_id\":\"2420661%05u\"}],\"messages\":[{\"from\":"
                   "\"2420661%05u\",\"id\":\"wamid.T%u.%u\",\"timestamp\":\"%lld\",\"type\":\"text\",\"text\":{\"body\":\"%s\"}}]}}]}]}",
                   who, who, who, serial, (long long)clock_wall_ms(clock_real()) / 1000, text);
    assert_true(crypto_hmac_sha256(APP_SECRET, strlen(APP_SECRET), body, (size_t)len, digest));
    crypto_hex(digest, sizeof digest, hex);
    n = snprintf(request, sizeof request,
                 "POST /webhooks/whatsapp HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n"
                 "X-Hub-Signature-256: sha256=%s\r\nContent-Length: %d\r\n\r\n%s", hex, len, body);
    assert_int_equal(send(fd, request, (size_t)n, MSG_NOSIGNAL), n);
    return fd;
}

static bool acknowledged(int fd)
{
    char answer[64] = "";
    ssize_t n = recv(fd, answer, sizeof answer - 1, 0);

    (void)close(fd);
    return n > 12 && strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

/* ---- the promises ---- */

static void a_good_reload_goes_live(void **state)
{
    (void)state;
    (void)open_house(false);
    assert_true(answer_is("{\"do\":\"reload\"}", true, "generation", "2"));
    assert_true(answer_is("{\"do\":\"reload\"}", true, "generation", "3"));
    assert_int_equal(figure("scripts", "reloads_ok"), 2);
    (void)close_house();
}

static void a_broken_reload_changes_nothing_and_says_where(void **state)
{
    static const char broken[] = "local f = flow \"echo\"\nf:ask \"suite\" {\n";
    struct error err;

    (void)state;
    (void)open_house(false);
    assert_true(file_write(below(ECHO_FLOW), broken, sizeof broken - 1, 0644, &err));
    assert_true(answer_is("{\"do\":\"reload\"}", false, "problems", "\"file\":\"flows/echo.lua\""));
    assert_int_equal(figure("scripts", "generation"), 1);
    assert_int_equal(figure("scripts", "reloads_refused"), 1);
    assert_true(acknowledged(post(1, 1, "go")));           /* the old scripts still answer */
    wait_for(figure, "engine", "turns", 1);
    assert_int_equal(figure("engine", "script_failures"), 0);
    copy_script(ECHO_FLOW);
    assert_true(answer_is("{\"do\":\"reload\"}", true, "generation", "2"));
    (void)close_house();
}

static void a_reload_names_the_changed_keys_that_need_a_restart(void **state)
{
    (void)state;
    (void)open_house(false);
    assert_true(answer_is("{\"do\":\"reload\"}", true, NULL, NULL));
    h.fresh.workers = 3;
    h.fresh.number_per_s = 20;
    assert_true(answer_is("{\"do\":\"reload\"}", true, "needs_restart", "workers"));
    assert_true(answer_is("{\"do\":\"reload\"}", true, "needs_restart", "graph.messages_per_second"));
    (void)close_house();
}

static void questions_are_answered_and_nonsense_is_refused(void **state)
{
    (void)state;
    (void)open_house(false);
    assert_true(answer_is("{\"do\":\"status\"}", true, "version", LISOLO_VERSION));
    assert_true(answer_is("{\"do\":\"why\"}", false, "error", "name a message id"));
    assert_true(answer_is("{\"do\":\"why\",\"subject\":\"#99\"}", false, "error", "nothing is known"));
    assert_true(answer_is("{\"do\":\"danse\"}", false, "error", "does not know that request"));
    assert_true(answer_is("{}", false, "error", "names nothing to do"));
    assert_true(answer_is("[]", false, "error", NULL));
    assert_true(acknowledged(post(1, 1, "go")));
    wait_for(figure, "engine", "turns", 1);
    assert_true(answer_is("{\"do\":\"why\",\"subject\":\"wamid.T1.1\"}", true, "story", "go"));
    (void)close_house();
}

static void a_person_is_shown_and_forgotten_in_their_turn(void **state)
{
    (void)state;
    (void)open_house(false);
    assert_true(answer_is("{\"do\":\"person\"}", false, "error", "nobody"));
    assert_true(answer_is("{\"do\":\"person\",\"phone\":\"+242066100001\",\"forget\":true}", false, "error", "nobody"));
    assert_int_equal(figure("engine", "turns"), 0);            /* and so nobody was made up */
    assert_true(acknowledged(post(1, 1, "go")));
    wait_for(figure, "engine", "turns", 1);
    assert_true(answer_is("{\"do\":\"person\",\"phone\":\"+242066100001\"}", true, "person", "\"flow\":\"echo\""));
    assert_true(answer_is("{\"do\":\"person\",\"phone\":\"+242066100001\",\"forget\":true}", true, "person", "\"vars\""));
    wait_for(figure, "engine", "turns", 2);
    assert_true(answer_is("{\"do\":\"person\",\"phone\":\"+242066100001\"}", true, "person", "{\"conversation\":1,\"phone\":\"+242066100001\""));
    assert_false(answer_is("{\"do\":\"person\",\"phone\":\"+242066100001\"}", true, "person", "flow"));
    (void)close_house();
}

static void a_conversation_is_taken_and_given_back(void **state)
{
    (void)state;
    (void)open_house(false);
    assert_true(answer_is("{\"do\":\"handover\"}", true, "held", "[]"));
    assert_true(answer_is("{\"do\":\"handover\",\"take\":\"+242066100001\"}", false, "error", "nobody"));
    assert_true(acknowledged(post(1, 1, "go")));
    wait_for(figure, "engine", "turns", 1);
    assert_true(answer_is("{\"do\":\"handover\",\"take\":\"+242066100001\"}", true, "conversation", "1"));
    assert_true(answer_is("{\"do\":\"handover\",\"take\":\"1\"}", false, "error", "already"));
    assert_true(answer_is("{\"do\":\"handover\"}", true, "held", "\"phone\":\"+242…01\""));
    assert_true(answer_is("{\"do\":\"handover\",\"numbers\":true}", true, "held", "\"phone\":\"+242066100001\""));
    assert_true(answer_is("{\"do\":\"handover\"}", true, "held", "\"words\":\"go\""));
    assert_true(answer_is("{\"do\":\"handover\",\"back\":\"1\"}", true, "conversation", "1"));
    assert_true(answer_is("{\"do\":\"handover\",\"back\":\"1\"}", false, "error", "the bot has"));
    assert_true(answer_is("{\"do\":\"handover\"}", true, "held", "[]"));
    (void)close_house();
}

static void the_bill_lists_what_the_steps_cost(void **state)
{
    (void)state;
    (void)open_house(false);
    assert_true(answer_is("{\"do\":\"bill\"}", true, "steps", "[]"));
    assert_true(acknowledged(post(1, 1, "go")));
    wait_for(figure, "engine", "turns", 1);
    assert_true(answer_is("{\"do\":\"bill\",\"by\":\"messages\"}", true, "steps", "\"flow\":\"echo\",\"step\":\"suite\""));
    assert_true(answer_is("{\"do\":\"bill\"}", true, "steps", "\"over\":[]"));
    assert_int_equal(figure("scripts", "over_budget"), 0);
    (void)close_house();
}

static void the_clock_moves_only_in_a_test_host(void **state)
{
    int64_t before;

    (void)state;
    (void)open_house(false);
    assert_true(answer_is("{\"do\":\"clock\",\"ms\":1000}", false, "error", "real time"));
    h.config.test_clock = true;
    before = clock_wall_ms(clock_real());
    assert_true(answer_is("{\"do\":\"clock\",\"ms\":-1}", false, NULL, NULL));
    assert_true(answer_is("{\"do\":\"clock\",\"ms\":7200000}", true, NULL, NULL));
    assert_true(clock_wall_ms(clock_real()) - before >= 7200000);
    (void)close_house();
}

static void hang_up_reloads_and_term_stops(void **state)
{
    (void)state;
    (void)open_house(false);
    assert_int_equal(kill(getpid(), SIGHUP), 0);
    assert_true(host_serve(h.host, 1000));
    assert_int_equal(figure("scripts", "generation"), 2);
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    assert_false(host_serve(h.host, 1000));
    (void)close_house();
}

static void idle_clients_lock_no_operator_out(void **state)
{
    int idle[40];

    (void)state;
    (void)open_house(false);
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        struct sockaddr_un at = { .sun_family = AF_UNIX };

        (void)snprintf(at.sun_path, sizeof at.sun_path, "%s", h.config.socket);
        idle[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(connect(idle[i], (struct sockaddr *)&at, sizeof at), 0);
        assert_true(host_serve(h.host, 20));
    }
    assert_true(answer_is("{\"do\":\"status\"}", true, NULL, NULL));
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++)
        (void)close(idle[i]);
    (void)close_house();
}

/* The Graph API took the requests and never answers: the stop ends all the same, and the next host knows that it does not know. */
static void a_stop_ends_while_messages_are_in_flight_and_leaves_them_in_doubt(void **state)
{
    int64_t began;

    (void)state;
    (void)open_house(true);
    for (unsigned who = 1; who <= PEOPLE; who++)
        assert_true(acknowledged(post(who, 1, "go")));
    wait_for(figure, "sender", "in_flight", PEOPLE);
    began = clock_mono_ms(clock_real());
    host_stop(h.host);
    assert_true(clock_mono_ms(clock_real()) - began < 15 * 1000);
    start();
    assert_int_equal(outbox("unknown"), PEOPLE);
    assert_int_equal(outbox("sending"), 0);
    assert_int_equal(figure("store", "unhandled"), 0);
    (void)close_house();
}

/* Stopped in the middle of everything, again and again; whatever was acknowledged is answered in the end, once. */
static void stops_in_the_middle_lose_nothing(void **state)
{
    unsigned serial = 0, written = 0;
    int fds[PEOPLE];

    (void)state;
    (void)open_house(false);
    for (int round = 0; round < 8; round++) {
        for (unsigned i = 0; i < PEOPLE; i++)
            fds[i] = post(i % 5, ++serial, "go");
        for (int i = 0; i < round; i++)
            assert_true(host_serve(h.host, 1));
        host_stop(h.host);
        for (unsigned i = 0; i < PEOPLE; i++)
            written += acknowledged(fds[i]);
        start();
    }
    for (int i = 0; i < 500 && figure("store", "unhandled") > 0; i++)
        assert_true(host_serve(h.host, 20));
    assert_int_equal(figure("store", "unhandled"), 0);
    assert_true(outbox("ready") + outbox("sending") + outbox("unknown") >= (int64_t)written);
    assert_int_equal(outbox("unknown"), 0);                /* nothing ever left: nobody listens there */
    (void)close_house();
}

static void wrong_scripts_start_nothing(void **state)
{
    struct host_options options = { .config = &h.config };
    struct problems problems;
    struct error err = { "" };

    (void)state;
    (void)open_house(false);
    host_stop(h.host);
    assert_true(file_write(below(ECHO_FLOW), "x =", 3, 0644, &err));
    problems_init(&problems);
    assert_null(host_start(&options, &problems, &err));
    assert_true(problems.errors > 0);
    problems_free(&problems);
    copy_script(ECHO_FLOW);
    start();
    (void)close_house();
}

static void a_port_that_is_taken_is_an_error_and_leaves_nothing_running(void **state)
{
    struct host_options options = { .config = &h.config };
    struct problems problems;
    struct error err = { "" };
    int other = bound_socket();

    (void)state;
    assert_int_equal(listen(other, 1), 0);
    (void)open_house(false);
    host_stop(h.host);
    h.config.port = port_of(other);
    problems_init(&problems);
    assert_null(host_start(&options, &problems, &err));
    assert_true(err.text[0] != '\0');
    problems_free(&problems);
    (void)close(other);
    h.config.port = 0;
    start();
    (void)close_house();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_reload_goes_live),
        cmocka_unit_test(a_broken_reload_changes_nothing_and_says_where),
        cmocka_unit_test(a_reload_names_the_changed_keys_that_need_a_restart),
        cmocka_unit_test(questions_are_answered_and_nonsense_is_refused),
        cmocka_unit_test(a_person_is_shown_and_forgotten_in_their_turn),
        cmocka_unit_test(a_conversation_is_taken_and_given_back),
        cmocka_unit_test(the_bill_lists_what_the_steps_cost),
        cmocka_unit_test(the_clock_moves_only_in_a_test_host),
        cmocka_unit_test(hang_up_reloads_and_term_stops),
        cmocka_unit_test(idle_clients_lock_no_operator_out),
        cmocka_unit_test(a_stop_ends_while_messages_are_in_flight_and_leaves_them_in_doubt),
        cmocka_unit_test(stops_in_the_middle_lose_nothing),
        cmocka_unit_test(wrong_scripts_start_nothing),
        cmocka_unit_test(a_port_that_is_taken_is_an_error_and_leaves_nothing_running),
    };
    struct error err;

    log_set_level(LOG_ERROR);
    if (!host_block_signals(&err))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
