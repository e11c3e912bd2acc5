/*
 * lisolo chat: one customer at a terminal. See lab.h; its parts are chat_line (typing), chat_said (meaning), chat_link
 * (the wire), chat_card and chat_view (what is shown).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat_card.h"
#include "chat_line.h"
#include "chat_link.h"
#include "chat_said.h"
#include "chat_view.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/crypto.h"
#include "lisolo/base/phone.h"
#include "lisolo/lab.h"
#include "wire.h"

enum {
    BODY_MAX   = 3 * 1024 * 1024,
    READ_MS    = 250,      /* how long an own bubble waits for the host's read mark before it is drawn without blue ticks */
    POST_TTY_MS = 60000, POST_SCRIPT_MS = 10000,
    IDLE_MS    = 1000,
    ARRIVED_MAX = 64,
};

struct own {                       /* what the person said last, until its bubble is drawn */
    bool    active, acked, failed, read;
    int64_t at_ms, draw_at_ms;
    char    wamid[WIRE_WAMID_SIZE];
    char    words[SAID_WORDS];
};

struct chat {
    struct lab_chat_options options;   /* defaults filled in */
    bool           french, terminal, quit, failed;
    struct view    view;
    struct line   *line;
    struct link   *link;
    struct history history;
    struct own     own;
    uint64_t       run, said;
    struct card    arrived[ARRIVED_MAX];   /* in the order of arrival, behind the own bubble */
    size_t         arrived_count;
    int64_t        wait_until_ms;          /* without a terminal: nothing is read before; 0: not waiting */
    bool           answered;               /* something arrived since the wait began */
};

static int64_t mono(void) { return clock_mono_ms(clock_real()); }

static const char *say(const struct chat *c, const char *fr, const char *en) { return c->french ? fr : en; }

static void note(struct chat *c, const char *words)
{
    line_hide(c->line);
    view_note(&c->view, words);
    line_show(c->line);
}

/* ---- what arrives ---- */

static void draw_own(struct chat *c)
{
    struct own *own = &c->own;

    line_hide(c->line);
    if (c->terminal)
        view_own(&c->view, own->words, own->at_ms, own->failed ? TICKS_FAILED : own->read ? TICKS_READ : TICKS_DELIVERED);
    own->active = false;
    line_show(c->line);
}

static void draw_arrived(struct chat *c)
{
    line_hide(c->line);
    for (size_t i = 0; i < c->arrived_count; i++)
        view_card(&c->view, history_add(&c->history, &c->arrived[i]));
    c->arrived_count = 0;
    line_show(c->line);
}

static void on_item(void *ctx, cJSON *item)
{
    struct chat *c = ctx;
    const char *kind = json_str(item, "kind"), *wamid = json_str(item, "wamid");

    if (kind != NULL && strcmp(kind, "read") == 0) {
        if (c->own.active && wamid != NULL && strcmp(wamid, c->own.wamid) == 0)
            c->own.read = true;
        cJSON_Delete(item);
        return;
    }
    if (c->arrived_count == ARRIVED_MAX)
        draw_arrived(c);
    if (card_read(item, link_templates(c->link), &c->arrived[c->arrived_count]))
        c->arrived_count++;
    c->answered = true;
    if (c->wait_until_ms != 0)
        c->wait_until_ms = mono() + c->options.quiet_ms;
}

static void on_posted(void *ctx, bool ok, const char *why)
{
    struct chat *c = ctx;
    char text[300];

    c->own.acked = true;
    c->own.failed = !ok;
    c->own.draw_at_ms = mono() + READ_MS;
    if (ok) {
        if (!c->answered && c->wait_until_ms != 0)
            c->wait_until_ms = mono() + c->options.wait_ms;
        return;
    }
    c->failed = true;
    c->wait_until_ms = 0;
    draw_own(c);
    snprintf(text, sizeof text, "%s: %s", say(c, "Non distribué", "Not delivered"), why);
    note(c, text);
}

static void on_state(void *ctx, bool ok, const char *why)
{
    struct chat *c = ctx;
    bool host = strcmp(why, "host") == 0;

    if (ok)
        note(c, say(c, "De nouveau en ligne", "Back online"));
    else
        note(c, host ? say(c, "L'hôte ne répond pas ; nouvel essai…", "The host does not answer; trying again…")
                     : say(c, "Le simulateur Graph ne répond pas ; nouvel essai…", "The Graph stand-in does not answer; trying again…"));
}

static void on_advanced(void *ctx, bool ok, const char *answer)
{
    struct chat *c = ctx;
    char text[300];

    if (ok)
        return;
    snprintf(text, sizeof text, "%s: %.200s", say(c, "Le service refuse", "The backend refuses"), answer);
    note(c, text);
}

/* ---- what is said ---- */

static void wait_for_quiet(struct chat *c, int64_t wait_ms)
{
    if (c->terminal)
        return;
    c->answered = false;
    c->wait_until_ms = mono() + wait_ms;
}

static void send(struct chat *c, const struct said *said)
{
    struct own *own = &c->own;
    struct error err;
    struct buf b;

    *own = (struct own){ .active = true, .at_ms = clock_wall_ms(clock_real()) };
    wire_wamid(own->wamid, c->run, ++c->said, 0);
    snprintf(own->words, sizeof own->words, "%s", said->words);
    buf_init(&b, BODY_MAX);
    if (!said_webhook(said, &c->options, own->wamid, &b, &err) || !link_post(c->link, buf_str(&b), b.len, &err)) {
        own->active = false;
        note(c, err.text);
        c->failed = true;
    } else {
        c->history.tappable = 0;
        wait_for_quiet(c, POST_SCRIPT_MS + c->options.wait_ms);
    }
    buf_free(&b);
}

static void obey(struct chat *c, char *line)
{
    struct said said;
    struct error err;

    if (!c->terminal && line[0] == '#')   /* a comment in a script */
        return;
    said_read(line, &c->history, c->french, &said);
    if (!c->terminal && said.kind != SAID_NOTHING && said.kind != SAID_WAIT && said.kind != SAID_QUIT && said.kind != SAID_WRONG)
        view_own(&c->view, said.kind == SAID_STATUS ? said.text : said.words, 0, TICKS_NONE);
    switch (said.kind) {
    case SAID_NOTHING:
        break;
    case SAID_WRONG:
        c->failed = true;
        note(c, said.words);
        break;
    case SAID_HELP:
        note(c, said_help(c->french));
        break;
    case SAID_QUIT:
        c->quit = true;
        break;
    case SAID_WAIT:
        wait_for_quiet(c, said.wait_ms > 0 ? said.wait_ms : c->options.wait_ms);
        break;
    case SAID_STATUS:
        if (!link_advance(c->link, said.text, said.more, &err))
            note(c, err.text);
        wait_for_quiet(c, c->options.wait_ms);
        break;
    default:
        send(c, &said);
    }
}

static bool may_read(const struct chat *c)
{
    return !c->quit && !c->own.active && !link_posting(c->link) && link_ready(c->link) && c->wait_until_ms == 0;
}

static void read_lines(struct chat *c)
{
    char *text = NULL;
    enum line_event event;

    while (may_read(c) && (event = line_take(c->line, &text)) != LINE_NONE) {
        if (event == LINE_END) {
            c->quit = true;
            return;
        }
        line_hide(c->line);
        obey(c, text);
        free(text);
        text = NULL;
        line_show(c->line);
    }
}

/* ---- the loop ---- */

static void show_due(struct chat *c)
{
    struct own *own = &c->own;

    if (own->active && own->acked && (own->read || c->arrived_count > 0 || !c->terminal || mono() >= own->draw_at_ms))
        draw_own(c);
    if (!own->active && c->arrived_count > 0)
        draw_arrived(c);
    if (c->wait_until_ms != 0 && mono() >= c->wait_until_ms && !link_posting(c->link))
        c->wait_until_ms = 0;
}

static int next_ms(const struct chat *c)
{
    int64_t next = IDLE_MS, at = mono();

    if (c->own.active && c->own.acked && c->own.draw_at_ms - at < next)
        next = c->own.draw_at_ms - at;
    if (c->wait_until_ms != 0 && c->wait_until_ms - at < next)
        next = c->wait_until_ms - at;
    if (may_read(c) && line_waiting(c->line))
        next = 0;
    return next < 0 ? 0 : (int)next;
}

/* Keys are read as they come, lines are obeyed when it is their turn; a script is read no faster than it is obeyed. */
static void read_input(struct chat *c)
{
    if ((c->terminal || (may_read(c) && !line_waiting(c->line))) && !line_fill(c->line) && c->terminal)
        c->quit = true;
    if (!c->quit)
        read_lines(c);
}

static void run(struct chat *c)
{
    while (!c->quit) {
        bool listen = may_read(c);
        int wait = next_ms(c);

        /* epoll knows no regular files, so a script is looked at again and again, and a terminal is watched. */
        if (listen && !c->terminal && wait > 20)
            wait = 20;
        link_step(c->link, wait);
        show_due(c);
        read_input(c);
    }
    show_due(c);
}

static bool french_by_environment(const char *language)
{
    const char *names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

    for (size_t i = 0; language == NULL && i < 3; i++) {
        language = getenv(names[i]);
        if (language != NULL && *language == '\0')
            language = NULL;
    }
    return language == NULL || strncmp(language, "en", 2) != 0;
}

static bool set_up(struct chat *c, const struct lab_chat_options *o, struct error *err)
{
    struct link_events events = { .item = on_item, .posted = on_posted, .state = on_state, .advanced = on_advanced, .ctx = c };

    if (o->webhook_url == NULL || o->app_secret == NULL || o->graph_url == NULL || o->number == NULL)
        return error_set(err, "chat: webhook_url, app_secret, graph_url and number are required");
    c->options = *o;
    c->options.phone = o->phone == NULL ? "+242066123456" : o->phone;
    c->options.name = o->name == NULL ? "Prisca" : o->name;
    c->options.title = o->title == NULL ? "Lisolo" : o->title;
    c->options.quiet_ms = o->quiet_ms == 0 ? 400 : o->quiet_ms;
    c->options.wait_ms = o->wait_ms == 0 ? 5000 : o->wait_ms;
    if (wire_phone(c->options.phone) == 0)
        return error_set(err, "chat: %s: not a phone number", c->options.phone);
    c->french = french_by_environment(o->language);
    crypto_random(&c->run, sizeof c->run);
    view_init(&c->view, stdout, c->french);
    c->terminal = c->view.look != VIEW_PLAIN && isatty(STDIN_FILENO);
    if (!c->terminal)
        c->view.look = VIEW_PLAIN;
    c->link = link_open(&c->options, c->terminal ? POST_TTY_MS : POST_SCRIPT_MS, &events, err);
    if (c->link == NULL)
        return false;
    c->line = line_open(STDIN_FILENO, c->terminal, c->view.look == VIEW_BOXES ? "> " : "\033[1;32m\xE2\x9D\xAF\033[0m ", c->view.width, err);
    if (c->line == NULL)
        return false;
    return !c->terminal || link_watch(c->link, STDIN_FILENO) || error_set(err, "chat: the terminal cannot be watched");
}

bool lab_chat(const struct lab_chat_options *options, struct error *err)
{
    struct chat *c = calloc(1, sizeof *c);
    char shown[64];
    bool ok = false;

    if (c == NULL)
        return error_set(err, "chat: out of memory");
    signal(SIGPIPE, SIG_IGN);
    if (set_up(c, options, err)) {
        phone_show(c->options.phone, shown, sizeof shown);
        view_title(&c->view, c->options.title, c->options.name, shown);
        if (c->terminal)
            view_note(&c->view, say(c, "Écrivez, ou tapez le numéro d'un bouton. /aide\n", "Write, or type the number of a button. /help\n"));
        line_show(c->line);
        run(c);
        ok = c->terminal || !c->failed || error_set(err, "chat: a line could not be carried out");
    }
    for (size_t i = 0; i < c->arrived_count; i++)
        card_free(&c->arrived[i]);
    line_close(c->line);
    link_close(c->link);
    history_free(&c->history);
    free(c);
    return ok;
}
