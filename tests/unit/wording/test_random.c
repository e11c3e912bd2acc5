/*
 * The promise behind all the checks: a message in which nothing is wrong is accepted by WhatsApp, whatever its values turn out
 * to be. Bodies and values are put together at random, the same ones in every run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lisolo/channel.h"
#include "source.h"

enum { ROUNDS = 3000 };

static const char *const PIECES[] = {
    "[a] ", "[b] ", "[c] ", "[d] ", "[row] ", "@menu ", "@header ", "@footer ", "@ask-location", "@if x: ", "@if not y: ", "@each l: ", "@each l max 2: ",
    "{x}", "{y|short 12}", "{z|fcfa}", "{l.1}", "{x|upper}", "{.}", "{s|plural one:\"# a\" other:\"# b\"}", "{y|or \"rien\"}", "{d|date}", "{t|time}", "{p|phone}",
    "\n", "\n", "\n", "\n", "\n\n", " ", "Bonjour", " :: ", "*gras*", "?", " !", "«", "»", "https://a.cg/?a=b", "```", "`", "\\", "\\{", "}", "{", "@", "[", "]", "|", "\"", "é", "👍", "12:30", ":)", "un texte plus long qu'un titre",
};

static const char *const VALUES[] = {
    "\"Prisca\"", "\"\"", "null", "0", "8000", "-1.5", "1e300", "true", "false", "[]", "{}", "[1,2,3]", "\"👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍\"", "\"\\n\\n\\t x \\n\"", "\"\\u0007\\u202E\\uFEFF\"",
    "\"2025-01-27T09:02:00Z\"", "\"06 612 34 56\"", "\"une valeur bien plus longue que tout ce qui peut entrer dans un titre, une description ou un pied de message\"", "[\"a\",{\"x\":\"b\"},null]", "\"*\"", "\"[a] {x}\"",
};

static unsigned long seed;

static size_t pick(size_t n)
{
    seed = seed * 6364136223846793005ul + 1442695040888963407ul;
    return (size_t)(seed >> 33) % n;
}

static void random_body(char *out, size_t size)
{
    size_t pieces = 1 + pick(14);

    out[0] = '\0';
    for (size_t i = 0; i < pieces; i++)
        snprintf(out + strlen(out), size - strlen(out), "%s", PIECES[pick(sizeof PIECES / sizeof *PIECES)]);
}

static void random_values(char *out, size_t size)
{
    static const char NAMES[] = "xyzlsdtp";

    snprintf(out, size, "{\"id\":1");
    for (size_t i = 0; i < sizeof NAMES - 1; i++)
        if (pick(4) > 0)
            snprintf(out + strlen(out), size - strlen(out), ",\"%c\":%s", NAMES[i], VALUES[pick(sizeof VALUES / sizeof *VALUES)]);
    snprintf(out + strlen(out), size - strlen(out), "}");
}

static struct wording *build(struct decl_entry *entries, size_t count, const char *verb, struct problems *problems)
{
    struct statement s = { .verb = (char *)(uintptr_t)verb, .name = (char *)(uintptr_t)"m", .file = (char *)(uintptr_t)"templates/t.lua", .line = 1,
                           .body = { .type = DECL_TABLE, .entries = entries, .count = count } };
    struct statements all = { .list = &s, .count = 1 };
    struct wording *w;

    problems_init(problems);
    w = wording_build(&all, "CG", problems);
    assert_non_null(w);
    return w;
}

static struct decl_entry entry(const char *name, char *text)
{
    return (struct decl_entry){ .name = (char *)(uintptr_t)name, .line = 1, .value = { .type = DECL_STRING, .line = 2, .column = 1, .string = text, .length = strlen(text) } };
}

static const cJSON *get(void *ctx, const char *name)
{
    return json_get(ctx, name);
}

/* Renders with a few sets of values. Returns how often it was possible. */
static size_t render_some(const struct wording *w, const char *body)
{
    size_t sent = 0;

    for (int i = 0; i < 4; i++) {
        char vars[2048], rows[2100];
        struct wording_output out;
        struct error err;
        cJSON *values, *list;
        struct wording_context c = { .language = i % 2 == 0 ? "fr" : "en", .values = { get, NULL } };

        random_values(vars, sizeof vars);
        snprintf(rows, sizeof rows, "[%s]", vars);
        values = json_parse(vars, strlen(vars), &err);
        list = json_parse(rows, strlen(rows), &err);
        assert_non_null(values);
        c.values.ctx = values;
        c.rows = list;
        if (wording_render(w, wording_find(w, "m"), &c, &out, &err)) {
            sent++;
            for (size_t p = 0; p < out.count; p++)
                if (!channel_fits(&out.parts[p], &err))
                    fail_msg("%s\nwith %s\npart %zu: %s", body, vars, p, err.text);
            wording_output_free(&out);
        } else {
            assert_true(strncmp(err.text, "templates/t.lua:", 16) == 0);
        }
        cJSON_Delete(values);
        cJSON_Delete(list);
    }
    return sent;
}

static void what_has_no_error_is_accepted_by_whatsapp(void **state)
{
    size_t sent = 0, good = 0;

    (void)state;
    seed = 20250127;
    for (int i = 0; i < ROUNDS; i++) {
        char body[2048], image[] = "{x}";
        struct decl_entry entries[2];
        struct problems problems;
        struct wording *w;

        random_body(body, sizeof body);
        entries[0] = entry("fr", body);
        entries[1] = entry("image", image);
        w = build(entries, 1 + pick(2), "message", &problems);
        if (problems.errors == 0) {
            good++;
            sent += render_some(w, body);
        }
        wording_free(w);
        problems_free(&problems);
    }
    assert_true(good > ROUNDS / 10);      /* else the pieces no longer make messages, and nothing was tried */
    assert_true(sent > good);
}

static void templates_with_no_error_are_accepted_by_whatsapp(void **state)
{
    size_t sent = 0, good = 0;

    (void)state;
    seed = 61;
    for (int i = 0; i < ROUNDS; i++) {
        char body[2048], text[4096], category[] = "utility", x[] = "x", y[] = "y";
        struct decl_entry params[2] = { entry(NULL, x), entry(NULL, y) };
        struct decl list = { .type = DECL_TABLE, .entries = params, .count = 2 };
        struct decl_entry entries[4];
        struct problems problems;
        struct wording *w;

        random_body(body, sizeof body);
        snprintf(text, sizeof text, "Bonjour, votre course {x} est acceptée, et le livreur {y|short 40} arrive bientôt.\n%s\nMerci", body);
        entries[0] = entry("fr", text);
        entries[1] = entry("category", category);
        entries[2] = (struct decl_entry){ .name = (char *)(uintptr_t)"params", .value = list };
        entries[3] = (struct decl_entry){ .name = (char *)(uintptr_t)"example", .value = list };
        w = build(entries, 4, "template", &problems);
        if (problems.errors == 0) {
            good++;
            sent += render_some(w, text);
        }
        wording_free(w);
        problems_free(&problems);
    }
    assert_true(good > ROUNDS / 20);
    assert_true(sent > good / 2);    /* x and y are often missing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_no_error_is_accepted_by_whatsapp),
        cmocka_unit_test(templates_with_no_error_are_accepted_by_whatsapp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
