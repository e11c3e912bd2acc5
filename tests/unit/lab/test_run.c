/*
 * The stand-ins as processes: they say where they are once they listen, and end on SIGTERM.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "helper.h"
#include "lisolo/lab.h"

struct process {
    pid_t pid;
    FILE *out;
};

static struct process start(bool graph, uint16_t port)
{
    struct process p;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    p.pid = fork();
    assert_true(p.pid >= 0);
    if (p.pid == 0) {
        struct error err;
        bool ok;

        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        ok = graph ? lab_graph_run(&(struct lab_graph_options){ .token = "T", .number = "5", .port = port, .webhook_url = "http://127.0.0.1:9/",
                                                                .app_secret = "s" }, &err)
                   : lab_backend_run(&(struct lab_backend_options){ .port = port }, &err);
        _exit(ok ? 0 : 4);
    }
    close(ends[1]);
    p.out = fdopen(ends[0], "r");
    return p;
}

static int finish(struct process *p, int number)
{
    int status = 0;

    if (number != 0)
        kill(p->pid, number);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    fclose(p->out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static unsigned ready_port(struct process *p, const char *name)
{
    char line[128] = "", said[16] = "";
    unsigned port = 0;

    assert_non_null(fgets(line, sizeof line, p->out));
    if (sscanf(line, "ready %15s http://127.0.0.1:%u\n", said, &port) != 2 || strcmp(said, name) != 0)
        fail_msg("%s", line);
    return port;
}

static void they_say_where_they_are_and_end_on_a_signal(void **state)
{
    static const int numbers[] = { SIGTERM, SIGINT };

    (void)state;
    for (int i = 0; i < 4; i++) {
        bool graph = i % 2 == 0;
        struct process p = start(graph, 0);
        char url[64];
        struct reply r;

        snprintf(url, sizeof url, "http://127.0.0.1:%u/_lab/stats", ready_port(&p, graph ? "graph" : "backend"));
        r = call("GET", url, NULL, NULL, 5000);
        assert_int_equal(r.status, 200);
        reply_free(&r);
        assert_int_equal(finish(&p, numbers[i / 2]), 0);
    }
}

static void a_port_that_is_taken_is_an_error(void **state)
{
    struct process first = start(true, 0), second;

    (void)state;
    second = start(true, (uint16_t)ready_port(&first, "graph"));
    assert_int_equal(finish(&second, 0), 4);
    assert_int_equal(finish(&first, SIGTERM), 0);
}

static void options_that_are_missing_are_errors(void **state)
{
    struct error err = { "" };

    (void)state;
    assert_false(lab_graph_run(&(struct lab_graph_options){ .number = "5" }, &err));
    assert_non_null(strstr(err.text, "token"));
    assert_false(lab_graph_run(&(struct lab_graph_options){ .token = "T", .number = "5", .webhook_url = "http://127.0.0.1:9/" }, &err));
    assert_non_null(strstr(err.text, "secret"));
    assert_false(lab_graph_run(&(struct lab_graph_options){ .token = "T", .number = "5", .templates_file = "/nowhere.json" }, &err));
    assert_false(lab_backend_run(&(struct lab_backend_options){ .event_url = "http://127.0.0.1:9/", .event_secret = "" }, &err));
    assert_false(lab_chat(&(struct lab_chat_options){ 0 }, &err));
    assert_false(lab_load(&(struct lab_load_options){ 0 }, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_say_where_they_are_and_end_on_a_signal),
        cmocka_unit_test(a_port_that_is_taken_is_an_error),
        cmocka_unit_test(options_that_are_missing_are_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
