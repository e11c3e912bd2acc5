/*
 * A wrong or missing setting is one line that names file, key and remedy.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#undef run_test      /* cmocka's, of an older interface; ours is a subcommand */
#include "../../../core/cli/cli.h"

static char folder[32], conf[64], secret[64];

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/lisolo-conf-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(conf, sizeof conf, "%s/lisolo.conf.lua", folder);
    (void)snprintf(secret, sizeof secret, "%s/secret", folder);
    put(secret, "s3cret-value\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(conf);
    (void)unlink(secret);
    return rmdir(folder);
}

static const char *const lines[] = {
    "database = \"/var/lib/lisolo/lisolo.db\"",
    "scripts = \"scripts\"",
    "country = \"CG\"",
    "listen = { address = \"127.0.0.1\", port = 8080 }",
    "control = { socket = \"/run/lisolo/control.sock\" }",
    "webhook = { verify_token = { file = \"%s\" }, app_secrets = { { file = \"%s\" }, { file = \"%s\" } } }",
    "graph = { base = \"https://graph.facebook.com\", version = \"v26.0\", number = \"555000111222333\", token = { file = \"%s\" } }",
    "backend = { base = \"https://api.example.org\", token = { file = \"%s\" } }",
    "sources = { toktok = { path = \"/events/toktok\", subject = \"data.x\", secrets = { { file = \"%s\" } } } }",
};

/* Puts the secret's path for each %s. */
static void add_line(char *text, size_t size, const char *line)
{
    const char *at;

    while ((at = strstr(line, "%s")) != NULL) {
        (void)snprintf(text + strlen(text), size - strlen(text), "%.*s%s", (int)(at - line), line, secret);
        line = at + 2;
    }
    (void)snprintf(text + strlen(text), size - strlen(text), "%s\n", line);
}

/* The whole good file, with line `skip` left out and `extra` added. */
static void write_conf(int skip, const char *extra)
{
    char text[4096] = "";

    for (int i = 0; i < (int)(sizeof lines / sizeof lines[0]); i++)
        if (i != skip)
            add_line(text, sizeof text, lines[i]);
    if (extra != NULL)
        add_line(text, sizeof text, extra);
    put(conf, text);
}

static void refused(const char *part1, const char *part2)
{
    struct host_config c;
    struct error err = { "" };

    assert_false(config_read(conf, &c, &err));
    if (strstr(err.text, "lisolo.conf.lua") == NULL || strstr(err.text, part1) == NULL || strstr(err.text, part2) == NULL)
        fail_msg("the message should name '%s' and '%s': %s", part1, part2, err.text);
    assert_null(strchr(err.text, '\n'));
}

static void a_complete_file_is_read_whole(void **state)
{
    struct host_config c;
    struct error err = { "" };

    (void)state;
    write_conf(-1, "limits = { steps = 500000 }");
    if (!config_read(conf, &c, &err))
        fail_msg("%s", err.text);
    assert_string_equal(c.database, "/var/lib/lisolo/lisolo.db");
    assert_string_equal(c.app_secrets[1], "s3cret-value");
    assert_int_equal(c.app_secret_count, 2);
    assert_string_equal(c.graph_token, "s3cret-value");
    assert_string_equal(c.sources[0].name, "toktok");
    assert_string_equal(c.sources[0].secrets[0], "s3cret-value");
    assert_int_equal(c.port, 8080);
    assert_int_equal(c.limits.steps, 500000);
    assert_false(c.plain_http);
    host_config_free(&c);
}

static void every_missing_key_is_named_with_its_remedy(void **state)
{
    static const char *const names[] = { "database", "scripts", "country", "listen", "control", "webhook", "graph" };

    (void)state;
    for (int i = 0; i < 7; i++) {
        write_conf(i, NULL);
        refused(names[i], "is missing; write: ");
    }
}

static void an_unknown_key_is_refused_with_the_nearest(void **state)
{
    (void)state;
    write_conf(0, "databse = \"x.db\"");
    refused("databse", "did you mean 'database'");
}

static void a_secret_in_the_file_is_refused(void **state)
{
    (void)state;
    write_conf(6, "graph = { base = \"https://graph.facebook.com\", version = \"v26.0\", number = \"5\", token = \"EAAB\" }");
    refused("graph.token", "{ file = \"/path\" }");
}

static void a_secret_that_is_not_there_is_named(void **state)
{
    (void)state;
    write_conf(7, "backend = { base = \"https://api.example.org\", token = { file = \"/nowhere/token\" } }");
    refused("backend.token", "/nowhere/token");
}

static void a_secret_that_everybody_reads_is_refused(void **state)
{
    (void)state;
    write_conf(-1, NULL);
    assert_int_equal(chmod(secret, 0644), 0);
    refused("webhook.verify_token", "chmod 640");
    assert_int_equal(chmod(secret, 0600), 0);
}

static void plain_http_needs_to_be_asked_for(void **state)
{
    struct host_config c;
    struct error err = { "" };
    const char *plain = "graph = { base = \"http://127.0.0.1:1\", version = \"v26.0\", number = \"5\", token = { file = \"%s\" } }";
    char both[512];

    (void)state;
    write_conf(6, plain);
    refused("graph.base", "https://");
    (void)snprintf(both, sizeof both, "%s\nallow_plain_http = true", plain);
    write_conf(6, both);
    if (!config_read(conf, &c, &err))
        fail_msg("%s", err.text);
    assert_true(c.plain_http);
    host_config_free(&c);
}

static void wrong_types_name_the_line(void **state)
{
    (void)state;
    write_conf(3, "listen = { address = \"127.0.0.1\", port = \"8080\" }");
    refused(":9:", "listen.port");
    write_conf(3, "listen = { address = \"127.0.0.1\", port = 808080 }");
    refused("listen.port", "port = 8080");
    write_conf(2, "country = \"XX\"");
    refused("country", "two letters");
    write_conf(8, "sources = { toktok = { path = \"events\", secrets = { { file = \"%s\" } } } }");
    refused("sources.toktok", "begins with /");
}

static void a_file_that_does_something_is_refused(void **state)
{
    (void)state;
    write_conf(0, "database = os.getenv(\"HOME\")");
    refused(":9:", "os");
    write_conf(0, "while true do end");
    refused("stopped", "loop");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_complete_file_is_read_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(every_missing_key_is_named_with_its_remedy, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_key_is_refused_with_the_nearest, setup, teardown),
        cmocka_unit_test_setup_teardown(a_secret_in_the_file_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_secret_that_is_not_there_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_secret_that_everybody_reads_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(plain_http_needs_to_be_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_types_name_the_line, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_does_something_is_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
