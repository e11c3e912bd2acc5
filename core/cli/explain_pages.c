#include "explain_pages.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lisolo/base/problems.h"

#define FAMILY(name)                                                                                                    \
    __asm__(".pushsection .rodata\n.global explain_" #name "\nexplain_" #name ": .incbin \"core/cli/explain/" #name ".md\"\n.byte 0\n" \
            ".popsection\n");                                                                                           \
    extern const char explain_##name[];

FAMILY(script)
FAMILY(flow)
FAMILY(wording)
FAMILY(template)

static const struct { const char *title, *text; } FAMILIES[] = {
    { "Files and Lua", explain_script }, { "Flows", explain_flow }, { "Messages", explain_wording }, { "Templates", explain_template },
};

static struct span trimmed(const char *from, const char *to)
{
    while (from < to && isspace((unsigned char)*from))
        from++;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    return (struct span){ from, (size_t)(to - from) };
}

/* What stands below "### name" of a page, up to the next heading. */
static struct span section(const char *page, const char *end, const char *name)
{
    char heading[32];
    const char *at, *stop;

    (void)snprintf(heading, sizeof heading, "\n### %s\n", name);
    at = strstr(page, heading);
    if (at == NULL || at >= end)
        return (struct span){ page, 0 };
    at += strlen(heading);
    stop = strstr(at, "\n### ");
    return trimmed(at, stop != NULL && stop < end ? stop : end);
}

/* The first line is the title. */
static void read_words(const char *page, const char *end, const char *name, struct span *title, struct span *body)
{
    struct span all = section(page, end, name);
    const char *line_end = memchr(all.text, '\n', all.len), *stop = all.text + all.len;

    if (line_end == NULL)
        line_end = stop;
    *title = trimmed(all.text, line_end);
    *body = trimmed(line_end, stop);
}

static void read_page(const char *at, const char *family, struct page *out)
{
    const char *end = strstr(at, "\n## ");
    size_t len = strcspn(at + 3, " \n");

    if (end == NULL)
        end = at + strlen(at);
    *out = (struct page){ .family = family };
    (void)snprintf(out->code, sizeof out->code, "%.*s", (int)len, at + 3);
    read_words(at, end, "en", &out->title[PROBLEMS_ENGLISH], &out->body[PROBLEMS_ENGLISH]);
    read_words(at, end, "fr", &out->title[PROBLEMS_FRENCH], &out->body[PROBLEMS_FRENCH]);
    out->wrong = section(at, end, "wrong");
    out->right = section(at, end, "right");
}

bool page_at(size_t index, struct page *out)
{
    for (size_t f = 0; f < sizeof FAMILIES / sizeof *FAMILIES; f++)
        for (const char *at = strstr(FAMILIES[f].text, "\n## "); at != NULL; at = strstr(at + 1, "\n## "))
            if (index-- == 0) {
                read_page(at + 1, FAMILIES[f].title, out);
                return true;
            }
    return false;
}

bool page_find(const char *code, struct page *out)
{
    for (size_t i = 0; page_at(i, out); i++)
        if (strcasecmp(out->code, code) == 0)
            return true;
    return false;
}

bool page_example(struct span *rest, struct example *out)
{
    static const char OPEN[] = "```lua ", CLOSE[] = "\n```";
    const char *end = rest->text + rest->len, *at = strstr(rest->text, OPEN), *line_end, *close;

    if (rest->len == 0 || at == NULL || at >= end)
        return false;
    at += sizeof OPEN - 1;
    line_end = strchr(at, '\n');
    close = line_end == NULL ? NULL : strstr(line_end, CLOSE);
    if (close == NULL || close >= end)
        return false;
    out->file = trimmed(at, line_end);
    out->text = (struct span){ line_end + 1, close >= line_end + 1 ? (size_t)(close - line_end) : 0 };
    *rest = (struct span){ close + sizeof CLOSE - 1, (size_t)(end - close) - (sizeof CLOSE - 1) };
    return true;
}
