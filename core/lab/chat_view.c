#include "chat_view.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "chat_text.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 72, MARGIN = 1, PADDING = 1, TIME_WIDTH = 5, MENU_INDENT = 3, ROW_INDENT = 5 };

static const char reset[] = "\033[0m";

struct paint {
    const char *fill, *edge;              /* a bubble: its inside, and half blocks around it */
    const char *words, *accent, *dim, *rule;   /* on that fill; rule: lines that separate */
};

/* WhatsApp's dark theme. Small text is lighter than WhatsApp's own, which falls short of WCAG AA (authoring.md §4.5). */
static const struct paint theirs_true = { "\033[48;2;32;44;51m", "\033[38;2;32;44;51m", "\033[38;2;233;237;239m",
                                          "\033[38;2;83;189;235m", "\033[38;2;160;174;181m", "\033[38;2;74;88;96m" };
static const struct paint ours_true = { "\033[48;2;0;92;75m", "\033[38;2;0;92;75m", "\033[38;2;233;237;239m",
                                        "\033[38;2;83;189;235m", "\033[38;2;190;214;206m", "\033[38;2;42;126;110m" };
static const struct paint theirs_256 = { "\033[48;5;236m", "\033[38;5;236m", "\033[38;5;255m", "\033[38;5;81m", "\033[38;5;249m", "\033[38;5;240m" };
static const struct paint ours_256 = { "\033[48;5;23m", "\033[38;5;23m", "\033[38;5;255m", "\033[38;5;123m", "\033[38;5;152m", "\033[38;5;30m" };
static const struct paint boxes = { "", "", "", "", "\033[2m", "\033[2m" };

/* ---- one bubble while it is drawn ---- */

struct bubble {
    struct view        *view;
    const struct paint *paint;
    int                 left;     /* columns before it */
    int                 inner;    /* columns between its paddings */
};

static void spaces(struct view *v, int n) { fprintf(v->out, "%*s", n < 0 ? 0 : n, ""); }

static bool filled(const struct view *v) { return v->look >= VIEW_COLOUR; }

static void style_on(struct bubble *b, unsigned style)
{
    FILE *out = b->view->out;

    fprintf(out, "%s%s%s", reset, b->paint->fill, style & TEXT_ACCENT ? b->paint->accent : style & TEXT_RULE ? b->paint->rule
                                                             : style & TEXT_DIM ? b->paint->dim : b->paint->words);
    if (style & TEXT_BOLD)
        fputs("\033[1m", out);
    if (style & TEXT_ITALIC)
        fputs("\033[3m", out);
    if (style & TEXT_STRIKE)
        fputs("\033[9m", out);
    if ((style & TEXT_MONO) && !(style & (TEXT_ACCENT | TEXT_DIM)))
        fputs(b->paint->accent, out);
}

static void row_open(struct bubble *b)
{
    spaces(b->view, b->left);
    if (filled(b->view)) {
        fputs(b->paint->fill, b->view->out);
        spaces(b->view, 1 + PADDING);
    } else {
        fputs("\xE2\x94\x82", b->view->out);   /* │ */
        spaces(b->view, PADDING);
    }
}

/* `used`: columns written since row_open(). */
static void row_close(struct bubble *b, int used)
{
    if (filled(b->view)) {
        fprintf(b->view->out, "%s%s", reset, b->paint->fill);
        spaces(b->view, b->inner - used + PADDING + 1);
        fprintf(b->view->out, "%s\n", reset);
    } else {
        fputs(reset, b->view->out);
        spaces(b->view, b->inner - used + PADDING);
        fputs("\xE2\x94\x82\n", b->view->out);
    }
}

static void repeat(struct view *v, const char *what, int times)
{
    for (int i = 0; i < times; i++)
        fputs(what, v->out);
}

static void edge(struct bubble *b, bool top)
{
    const char *const *c = filled(b->view) ? (top ? (const char *[]){ "\xE2\x96\x97", "\xE2\x96\x84", "\xE2\x96\x96" }     /* ▗▄▖ */
                                                  : (const char *[]){ "\xE2\x96\x9D", "\xE2\x96\x80", "\xE2\x96\x98" })    /* ▝▀▘ */
                                           : (top ? (const char *[]){ "\xE2\x95\xAD", "\xE2\x94\x80", "\xE2\x95\xAE" }     /* ╭─╮ */
                                                  : (const char *[]){ "\xE2\x95\xB0", "\xE2\x94\x80", "\xE2\x95\xAF" });   /* ╰─╯ */

    spaces(b->view, b->left);
    fprintf(b->view->out, "%s%s", filled(b->view) ? b->paint->edge : "", c[0]);
    repeat(b->view, c[1], b->inner + 2 * PADDING);
    fprintf(b->view->out, "%s%s\n", c[2], filled(b->view) ? reset : "");
}

static void write_line(struct bubble *b, const struct text *t, const struct text_line *line)
{
    unsigned style = ~0u;

    for (size_t i = line->from; i < line->to; i++) {
        if (t->glyphs[i].style != style) {
            style = t->glyphs[i].style;
            style_on(b, style);
        }
        fwrite(t->glyphs[i].bytes, 1, (size_t)t->glyphs[i].len, b->view->out);
    }
}

/* A paragraph. When `time` fits behind the last line it goes there and true is returned. */
static bool paragraph(struct bubble *b, const char *words, unsigned style, int indent, bool marks, const char *time, int time_width)
{
    struct text t;
    bool placed = false;

    if (!text_layout(&t, words, b->inner - indent, marks, style)) {
        text_free(&t);
        return false;
    }
    for (size_t i = 0; i < t.line_count; i++) {
        int used = t.lines[i].width + indent;

        row_open(b);
        spaces(b->view, indent);
        write_line(b, &t, &t.lines[i]);
        if (time != NULL && i + 1 == t.line_count && used + 2 + time_width <= b->inner) {
            style_on(b, TEXT_DIM);
            spaces(b->view, b->inner - used - time_width);
            fputs(time, b->view->out);
            used = b->inner;
            placed = true;
        }
        row_close(b, used);
    }
    text_free(&t);
    return placed;
}

static void time_line(struct bubble *b, const char *time, int width)
{
    row_open(b);
    style_on(b, TEXT_DIM);
    spaces(b->view, b->inner - width);
    fputs(time, b->view->out);
    row_close(b, b->inner);
}

static void separator(struct bubble *b)
{
    row_open(b);
    style_on(b, TEXT_RULE);
    repeat(b->view, "\xE2\x94\x80", b->inner);   /* ─ */
    row_close(b, b->inner);
}

/* ---- parts of a card ---- */

/* A number that can be typed, and what it taps. */
static void chip(struct bubble *b, int number, const char *title)
{
    char label[16];
    int used = snprintf(label, sizeof label, " %d ", number);
    struct text t;

    if (text_layout(&t, title, b->inner - ROW_INDENT, false, TEXT_ACCENT)) {
        for (size_t i = 0; i < t.line_count; i++) {
            row_open(b);
            if (i == 0) {
                style_on(b, TEXT_ACCENT);
                fprintf(b->view->out, "\033[7m%s\033[27m", label);
            }
            spaces(b->view, ROW_INDENT - (i == 0 ? used : 0));
            write_line(b, &t, &t.lines[i]);
            row_close(b, ROW_INDENT + t.lines[i].width);
        }
    }
    text_free(&t);
}

static void choices(struct bubble *b, const struct card *card)
{
    char menu[128];

    separator(b);
    if (card->menu != NULL) {
        snprintf(menu, sizeof menu, "\xE2\x98\xB0  %.100s", card->menu);   /* ☰ */
        paragraph(b, menu, TEXT_ACCENT | TEXT_BOLD, 0, false, NULL, 0);
    }
    for (size_t i = 0; i < card->choice_count; i++) {
        const struct choice *c = &card->choices[i];

        if (c->section != NULL)
            paragraph(b, c->section, TEXT_DIM, 0, false, NULL, 0);
        chip(b, (int)i + 1, c->title);
        if (c->description != NULL)
            paragraph(b, c->description, TEXT_DIM, ROW_INDENT, false, NULL, 0);
    }
}

static void frame(struct bubble *b, const char *left, const char *label, const char *right)
{
    int used = 2 + text_width(label);

    row_open(b);
    style_on(b, TEXT_RULE);
    fputs(left, b->view->out);
    style_on(b, TEXT_DIM);
    fputs(label, b->view->out);
    style_on(b, TEXT_RULE);
    repeat(b->view, "\xE2\x94\x80", b->inner - used);   /* ─ */
    fputs(right, b->view->out);
    row_close(b, b->inner);
}

/* What the picture is, and as much of its link as goes on a line. */
static void picture(struct bubble *b, const struct card *card)
{
    const char *what = card->file_name == NULL ? card->media : card->file_name;
    char label[128], link[256];
    struct text t;

    snprintf(label, sizeof label, "\xE2\x94\x80 %.*s ", (int)text_cut(what, 20), what);
    snprintf(link, sizeof link, "%.200s", card->link == NULL ? "" : card->link);
    if (text_width(link) > b->inner - 4)
        snprintf(link + text_cut(link, b->inner - 5), 4, "\xE2\x80\xA6");   /* … */
    frame(b, "\xE2\x94\x8C", label, "\xE2\x94\x90");   /* ┌ ┐ */
    if (text_layout(&t, link, b->inner - 4, false, TEXT_ACCENT) && t.line_count > 0) {
        row_open(b);
        style_on(b, TEXT_RULE);
        fputs("\xE2\x94\x82 ", b->view->out);   /* │ */
        write_line(b, &t, &t.lines[0]);
        style_on(b, TEXT_RULE);
        spaces(b->view, b->inner - 4 - t.lines[0].width);
        fputs(" \xE2\x94\x82", b->view->out);
        row_close(b, b->inner);
    }
    text_free(&t);
    frame(b, "\xE2\x94\x94", "", "\xE2\x94\x98");   /* └ ┘ */
}

static void clock_text(int64_t at_ms, char out[TIME_WIDTH + 1])
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;

    if (localtime_r(&seconds, &tm) == NULL || strftime(out, TIME_WIDTH + 1, "%H:%M", &tm) == 0)
        snprintf(out, TIME_WIDTH + 1, "--:--");
}

/* The wider of `least` and `words` laid out in `limit` columns with `extra` columns before them. */
static int widest(const char *words, int limit, int extra, int least)
{
    struct text t;
    int width = least;

    if (words == NULL)
        return least;
    if (text_layout(&t, words, limit - extra, true, 0) && t.width + extra > width)
        width = t.width + extra;
    text_free(&t);
    return width;
}

static const char *location_words(const struct view *v)
{
    return v->french ? "\xF0\x9F\x93\x8D Envoyer la position   /lieu LAT,LON" : "\xF0\x9F\x93\x8D Send location   /location LAT,LON";   /* 📍 */
}

static int card_width(const struct view *v, const struct card *card)
{
    int limit = v->width * 3 / 4, width = widest(card->body, limit, 0, TIME_WIDTH + 2);

    if (card->media != NULL || card->url != NULL)
        return limit;
    width = widest(card->header, limit, 0, width);
    width = widest(card->footer, limit, 0, width);
    width = widest(card->label, limit, 0, width);
    width = widest(card->menu, limit, MENU_INDENT, width);
    width = widest(card->asks_location ? location_words(v) : NULL, limit, 0, width);
    for (size_t i = 0; i < card->choice_count; i++) {
        width = widest(card->choices[i].section, limit, 0, width);
        width = widest(card->choices[i].title, limit, ROW_INDENT, width);
        width = widest(card->choices[i].description, limit, ROW_INDENT, width);
    }
    return width;
}

/* Cards that can be tapped show their number, for /tap. Returns the columns. */
static int card_time(const struct card *card, char out[TIME_WIDTH + 16])
{
    char clock[TIME_WIDTH + 1];

    clock_text(card->at_ms, clock);
    return card->choice_count > 0 ? snprintf(out, TIME_WIDTH + 16, "#%u  %s", card->number, clock)
                                  : snprintf(out, TIME_WIDTH + 16, "%s", clock);
}

static void draw_card(struct view *v, const struct card *card)
{
    struct bubble b = { .view = v, .left = MARGIN, .inner = card_width(v, card),
                        .paint = v->look == VIEW_TRUE ? &theirs_true : v->look == VIEW_COLOUR ? &theirs_256 : &boxes };
    char time[TIME_WIDTH + 16];
    bool placed = false;
    int time_width = card_time(card, time);

    edge(&b, true);
    if (card->label != NULL)
        paragraph(&b, card->label, TEXT_DIM | TEXT_ITALIC, 0, false, NULL, 0);
    if (card->media != NULL)
        picture(&b, card);
    if (card->header != NULL)
        paragraph(&b, card->header, TEXT_BOLD, 0, false, NULL, 0);
    if (card->body != NULL)
        placed = paragraph(&b, card->body, 0, 0, true, card->footer == NULL ? time : NULL, time_width);
    if (card->footer != NULL)
        placed = paragraph(&b, card->footer, TEXT_DIM, 0, false, time, time_width);
    if (!placed)
        time_line(&b, time, time_width);
    if (card->asks_location) {
        separator(&b);
        paragraph(&b, location_words(v), TEXT_ACCENT, 0, false, NULL, 0);
    }
    if (card->url != NULL) {
        separator(&b);
        paragraph(&b, card->url_title == NULL ? "" : card->url_title, TEXT_ACCENT | TEXT_BOLD, 0, false, NULL, 0);
        paragraph(&b, card->url, TEXT_DIM, 0, false, NULL, 0);
    }
    if (card->choice_count > 0)
        choices(&b, card);
    edge(&b, false);
}

static void plain_lines(struct view *v, const char *first, const char *words)
{
    const char *lead = first;

    while (words != NULL) {
        const char *end = strchr(words, '\n');

        fprintf(v->out, "%s%.*s\n", lead, end == NULL ? (int)strlen(words) : (int)(end - words), words);
        words = end == NULL ? NULL : end + 1;
        lead = "| ";
    }
}

static void plain_card(struct view *v, const struct card *card)
{
    const char *lead = "< ";
    char line[2200];

#define LINE(...) (snprintf(line, sizeof line, __VA_ARGS__), plain_lines(v, lead, line), lead = "| ")
    if (card->label != NULL)
        LINE("@%s", card->label);
    if (card->media != NULL)
        LINE("@%s %s%s%s", card->media, card->link == NULL ? "" : card->link, card->file_name == NULL ? "" : " :: ",
             card->file_name == NULL ? "" : card->file_name);
    if (card->header != NULL)
        LINE("@header %s", card->header);
    if (card->body != NULL) {
        plain_lines(v, lead, card->body);
        lead = "| ";
    }
    if (card->footer != NULL)
        LINE("@footer %s", card->footer);
    if (card->asks_location)
        LINE("@ask-location");
    if (card->url != NULL)
        LINE("@link %s :: %s", card->url_title == NULL ? "" : card->url_title, card->url);
    if (card->menu != NULL)
        LINE("@menu %s", card->menu);
    for (size_t i = 0; i < card->choice_count; i++) {
        const struct choice *c = &card->choices[i];

        LINE("[%zu] %s%s%s", i + 1, c->title, c->description == NULL ? "" : " :: ", c->description == NULL ? "" : c->description);
    }
#undef LINE
}

/* ---- what others call ---- */

void view_init(struct view *v, FILE *out, bool french)
{
    const char *term = getenv("TERM"), *colours = getenv("COLORTERM"), *none = getenv("NO_COLOR");
    struct winsize size;

    *v = (struct view){ .out = out, .look = VIEW_PLAIN, .width = WIDTH_MAX, .french = french };
    if (!isatty(fileno(out)) || term == NULL || strcmp(term, "dumb") == 0)
        return;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_col < WIDTH_MAX)
        v->width = size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
    if (none != NULL && *none != '\0')
        v->look = VIEW_BOXES;
    else
        v->look = colours != NULL && (strcmp(colours, "truecolor") == 0 || strcmp(colours, "24bit") == 0) ? VIEW_TRUE : VIEW_COLOUR;
}

void view_title(struct view *v, const char *title, const char *name, const char *phone)
{
    char who[160];
    int used = text_width(title) + 3;
    int wide;

    if (v->look == VIEW_PLAIN)
        return;
    snprintf(who, sizeof who, "%.80s  %.40s", name, phone);
    wide = text_width(who);
    fprintf(v->out, "%s\033[1m  %s \033[22m", v->look == VIEW_TRUE ? "\033[48;2;31;44;51m\033[38;2;233;237;239m"
                                              : v->look == VIEW_COLOUR ? "\033[48;5;235m\033[38;5;255m" : "\033[7m", title);
    spaces(v, v->width - used - wide - 2);
    fprintf(v->out, "%s  %s\n\n", who, reset);
    fflush(v->out);
}

void view_card(struct view *v, const struct card *card)
{
    if (v->look == VIEW_PLAIN)
        plain_card(v, card);
    else
        draw_card(v, card);
    fflush(v->out);
}

void view_own(struct view *v, const char *words, int64_t at_ms, enum view_ticks ticks)
{
    static const char *const marks[] = { "", " \xE2\x9C\x93", " \xE2\x9C\x93\xE2\x9C\x93", " \xE2\x9C\x93\xE2\x9C\x93", " !" };   /* ✓ ✓✓ */
    struct bubble b = { .view = v, .paint = v->look == VIEW_TRUE ? &ours_true : v->look == VIEW_COLOUR ? &ours_256 : &boxes };
    char clock[TIME_WIDTH + 1], time[64];
    int width = TIME_WIDTH + text_width(marks[ticks]), limit = v->width * 3 / 4, one_line;

    if (v->look == VIEW_PLAIN) {
        plain_lines(v, "> ", words);
        fflush(v->out);
        return;
    }
    clock_text(at_ms, clock);
    snprintf(time, sizeof time, "%s%s%s", clock, ticks == TICKS_READ ? b.paint->accent : "", marks[ticks]);
    b.inner = widest(words, limit, 0, width);
    one_line = text_width(words) + 2 + width;
    if (strchr(words, '\n') == NULL && one_line <= limit)
        b.inner = one_line;
    b.left = v->width - b.inner - 2 * PADDING - 2;
    edge(&b, true);
    if (!paragraph(&b, words, 0, 0, true, time, width))
        time_line(&b, time, width);
    edge(&b, false);
    fflush(v->out);
}

void view_note(struct view *v, const char *words)
{
    while (words != NULL) {
        const char *end = strchr(words, '\n');

        fprintf(v->out, "%s%.*s%s\n", v->look == VIEW_PLAIN ? "# " : "\033[2m  ", end == NULL ? (int)strlen(words) : (int)(end - words), words,
                v->look == VIEW_PLAIN ? "" : reset);
        words = end == NULL ? NULL : end + 1;
    }
    fflush(v->out);
}
