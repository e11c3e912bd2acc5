/*
 * Every code that a problem can have has a page in two languages, and its examples are true: the wrong one has exactly this
 * problem, the right one none at all.
 */
#include <stdio.h>
#include <string.h>

#include "../../../core/cli/explain_pages.h"
#include "lisolo/flow.h"
#include "lisolo/wording.h"
#include "project.h"

static int number, failed;

static void tell(bool ok, const char *code, const char *what)
{
    failed += !ok;
    printf("%s %d - %s %s\n", ok ? "ok" : "not ok", ++number, code, what);
}

static void list(const struct problems *p)
{
    for (size_t i = 0; i < p->count; i++)
        printf("#   %s %s:%d:%d %s | %s\n", p->list[i].code, p->list[i].file, p->list[i].line, p->list[i].column, p->list[i].text, p->list[i].hint);
}

static bool put_example(struct project *p, struct span rest)
{
    struct example e;
    char name[128];
    bool any = false;

    while (page_example(&rest, &e)) {
        (void)snprintf(name, sizeof name, "%.*s", (int)e.file.len, e.file.text);
        project_put(p, name, e.text.text, e.text.len);
        any = true;
    }
    return any;
}

/* What nobody uses is told of a whole project; an example is a part of one. */
static bool is_about_the_whole(const struct page *page, const char *code)
{
    return (strcmp(code, "M02") == 0 || strcmp(code, "M04") == 0) && strcmp(page->code, code) != 0;
}

/* More than ten rows are also too many choices: both files are wrong, and each says so. */
static bool belongs_to(const char *code, const char *other)
{
    return strcmp(code, other) == 0 || (strcmp(code, "C133") == 0 && strcmp(other, "M09") == 0);
}

static void try_examples(const struct page *page)
{
    struct problems problems;
    struct project p;
    bool has = false, only = true;

    if (strcmp(page->code, "M24") == 0)          /* about a translator's file, not about scripts */
        return;
    project_open(&p);
    tell(put_example(&p, page->wrong), page->code, "has a wrong example");
    project_check(&p, PROBLEMS_FRENCH, &problems);
    for (size_t i = 0; i < problems.count; i++) {
        has = has || strcmp(problems.list[i].code, page->code) == 0;
        only = only && (belongs_to(page->code, problems.list[i].code) || is_about_the_whole(page, problems.list[i].code));
    }
    tell(has && only, page->code, "is what the wrong example has, and nothing else");
    if (!has || !only)
        list(&problems);
    problems_free(&problems);
    project_free(&p);

    project_open(&p);
    tell(put_example(&p, page->right), page->code, "has a right example");
    project_check(&p, PROBLEMS_FRENCH, &problems);
    has = false;
    for (size_t i = 0; i < problems.count; i++)
        has = has || !is_about_the_whole(page, problems.list[i].code);
    tell(!has, page->code, "has a right example without a problem");
    if (has)
        list(&problems);
    problems_free(&problems);
    project_free(&p);
}

static void need_page(const char *code)
{
    struct page p;
    bool found = page_find(code, &p);

    tell(found && p.title[0].len > 0 && p.title[1].len > 0 && p.body[0].len > 0 && p.body[1].len > 0, code, "has a page in both languages");
}

int main(void)
{
    static const char *const SCRIPT[] = { "E001", "E002", "E003", "E004", "E005", "E006", "E007", "E008", "E009" };
    struct page p;
    size_t count;

    for (size_t i = 0; i < sizeof SCRIPT / sizeof *SCRIPT; i++)
        need_page(SCRIPT[i]);
    for (size_t i = 0; i < (flow_codes(&count), count); i++)
        need_page(flow_codes(&count)[i].code);
    for (size_t i = 0; i < (wording_codes(&count), count); i++)
        need_page(wording_codes(&count)[i].code);
    for (size_t i = 0; page_at(i, &p); i++)
        try_examples(&p);
    printf("1..%d\n", number);
    return failed > 0;
}
