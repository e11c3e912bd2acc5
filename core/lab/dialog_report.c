/*
 * What came of it: for people, or as TAP 14, JUnit's XML (a file is a test case), JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

enum { REPORT_MAX = 64 * 1024 * 1024 };

static const char *place(const struct suite *s, const struct run *r, int *line)
{
    const struct dialog *d = &s->tests[r->test].dialog;

    *line = r->outcome.line;
    return r->outcome.source < d->source_count ? d->sources[r->outcome.source] : d->path;
}

static const char *title(const struct suite *s, const struct run *r)
{
    const struct dialog *d = &s->tests[r->test].dialog;

    return d->title != NULL ? d->title : d->path;
}

void report_failure(struct buf *out, const struct suite *s, const struct run *r)
{
    const struct outcome *o = &r->outcome;
    int line;
    const char *file = place(s, r, &line);

    buf_addf(out, SAY("FAILED  %s", "ÉCHEC  %s"), file);
    if (line > 0)
        buf_addf(out, ":%d", line);
    buf_addf(out, "  %s\n", title(s, r));
    if (o->phases != NULL && o->phases[0] != '\0')
        buf_addf(out, SAY("  phases passed: %s   %.1f ms\n", "  phases passées : %s   %.1f ms\n"), o->phases, (double)o->us / 1000);
    if (o->text != NULL)
        buf_adds(out, o->text);
    if (o->text != NULL && (strstr(o->text, "\n    + ") != NULL || strstr(o->text, "\n    - ") != NULL) && !s->o.chaos)
        buf_addf(out, SAY("  If the new text is meant:  lisolo test --update %s\n", "  Si le nouveau texte est voulu :  lisolo test --update %s\n"), file);
    buf_addc(out, '\n');
}

/* ---- for people ---- */

static void text(const struct suite *s, struct buf *out)
{
    bool legend = false;

    for (size_t i = 0; i < s->run_count; i++) {
        const struct run *r = &s->runs[i];

        if (s->tests[r->test].readable && r->outcome.passed)
            continue;
        if (!legend)
            buf_adds(out, SAY("\n(- what the test expects, + what was sent)\n\n", "\n(- ce que le test attend, + ce qui a été envoyé)\n\n"));
        legend = true;
        report_failure(out, s, r);
    }
    buf_addf(out, SAY("\n%zu conversation%s, %zu turns, %.1f ms (%.0f/s)\n", "\n%zu conversation%s, %zu tours, %.1f ms (%.0f/s)\n"),
             s->run_count, s->run_count == 1 ? "" : "s", s->turns, (double)s->us / 1000, s->us == 0 ? 0 : (double)s->run_count * 1e6 / (double)s->us);
}

/* ---- TAP 14 ---- */

static void indented(struct buf *out, const char *text, const char *margin)
{
    while (text != NULL && *text != '\0') {
        size_t len = strcspn(text, "\n");

        buf_addf(out, "%s%.*s\n", margin, (int)len, text);
        text += len + (text[len] == '\n');
    }
}

/* "#" begins a directive in TAP. */
static void tap_name(struct buf *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '#' || *name == '\\')
            buf_addc(out, '\\');
        buf_addc(out, *name);
    }
}

static void tap(const struct suite *s, struct buf *out)
{
    buf_addf(out, "TAP version 14\n1..%zu\n", s->run_count);
    for (size_t i = 0; i < s->run_count; i++) {
        const struct run *r = &s->runs[i];
        bool ok = r->outcome.passed;
        size_t points = r->outcome.phase_count + !ok;
        int line;
        const char *file = place(s, r, &line);

        buf_addf(out, "# Subtest: %s\n", s->tests[r->test].dialog.path);
        for (size_t k = 1; k <= points; k++)
            buf_addf(out, "    %s %zu\n", ok || k < points ? "ok" : "not ok", k);
        buf_addf(out, "    1..%zu\n%s %zu - ", points, ok ? "ok" : "not ok", i + 1);
        tap_name(out, title(s, r));
        buf_addc(out, '\n');
        if (ok)
            continue;
        buf_addf(out, "  ---\n  at:\n    file: \"%s\"\n    line: %d\n  message: |\n", file, line);
        indented(out, r->outcome.text, "    ");
        buf_adds(out, "  ...\n");
    }
}

/* ---- JUnit ---- */

/* XML has no way to write control characters. */
static void xml(struct buf *out, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        switch (*text) {
        case '<': buf_adds(out, "&lt;"); break;
        case '>': buf_adds(out, "&gt;"); break;
        case '&': buf_adds(out, "&amp;"); break;
        case '"': buf_adds(out, "&quot;"); break;
        default:
            if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t')
                buf_addc(out, *text);
        }
}

static void junit(const struct suite *s, struct buf *out)
{
    buf_addf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"lisolo\" tests=\"%zu\" failures=\"%zu\" time=\"%.6f\">\n",
             s->run_count, s->failed, (double)s->us / 1e6);
    for (size_t i = 0; i < s->run_count; i++) {
        const struct run *r = &s->runs[i];
        int line;
        const char *file = place(s, r, &line);

        buf_adds(out, "  <testcase classname=\"");
        xml(out, s->tests[r->test].dialog.path);
        buf_adds(out, "\" name=\"");
        xml(out, title(s, r));
        buf_addf(out, "\" time=\"%.6f\"", (double)r->outcome.us / 1e6);
        if (r->outcome.passed) {
            buf_adds(out, "/>\n");
            continue;
        }
        buf_adds(out, ">\n    <failure message=\"");
        xml(out, file);
        buf_addf(out, ":%d\">", line);
        xml(out, r->outcome.text);
        buf_adds(out, "</failure>\n  </testcase>\n");
    }
    buf_adds(out, "</testsuite>\n");
}

/* ---- JSON ---- */

static bool json_run(const struct suite *s, const struct run *r, cJSON *list)
{
    cJSON *o = cJSON_CreateObject();
    int line;
    const char *file = place(s, r, &line);
    bool ok = o != NULL && json_add_str(o, "file", s->tests[r->test].dialog.path) && json_add_str(o, "title", title(s, r)) &&
              json_add_bool(o, "passed", r->outcome.passed) && json_add_int(o, "us", r->outcome.us) &&
              json_add_int(o, "turns", (int64_t)r->outcome.turns);

    if (ok && !r->outcome.passed)
        ok = json_add_str(o, "at", file) && json_add_int(o, "line", line) && json_add_str(o, "failure", r->outcome.text);
    if (!ok) {
        cJSON_Delete(o);
        return false;
    }
    return json_add(list, NULL, o);
}

static void json(const struct suite *s, struct buf *out)
{
    cJSON *all = cJSON_CreateObject(), *list = cJSON_CreateArray();
    char *text = NULL;
    bool ok = all != NULL && list != NULL && json_add_int(all, "passed", (int64_t)s->passed) && json_add_int(all, "failed", (int64_t)s->failed) &&
              json_add_int(all, "turns", (int64_t)s->turns) && json_add_int(all, "us", s->us);

    for (size_t i = 0; ok && i < s->run_count; i++)
        ok = json_run(s, &s->runs[i], list);
    if (ok) {
        ok = json_add(all, "tests", list);
        list = NULL;
    }
    if (ok && s->cover != NULL)
        ok = json_add(all, "coverage", cover_json(s->cover));
    if (ok)
        text = json_print(all, NULL);
    buf_addf(out, "%s\n", text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(list);
    cJSON_Delete(all);
}

void report_all(const struct suite *s)
{
    static void (*const FORMS[])(const struct suite *, struct buf *) = {
        [LAB_TEST_TEXT] = text, [LAB_TEST_TAP] = tap, [LAB_TEST_JUNIT] = junit, [LAB_TEST_JSON] = json,
    };
    bool machine = s->o.format == LAB_TEST_JUNIT || s->o.format == LAB_TEST_JSON;
    struct buf out;

    buf_init(&out, REPORT_MAX);
    FORMS[s->o.format](s, &out);
    if (s->cover != NULL && s->o.coverage && s->o.format == LAB_TEST_TEXT)
        cover_text(s->cover, &out);
    (void)fwrite(buf_str(&out), 1, out.len, stdout);
    (void)fflush(stdout);
    (void)fprintf(machine ? stderr : stdout, "%zu passed, %zu failed\n", s->passed, s->failed);
    (void)fflush(stdout);
    buf_free(&out);
}
