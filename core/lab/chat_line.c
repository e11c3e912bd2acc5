#include "chat_line.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "chat_text.h"
#include "lisolo/base/buf.h"

enum { LINE_MAX_BYTES = 256 * 1024, KEPT = 50, CTRL_C = 3 };

struct line {
    int        fd;
    bool       editor, shown, end;
    int        columns;
    const char *prompt;            /* two columns */
    struct buf input;              /* bytes read, not looked at yet */
    struct buf text;               /* the line so far */
    char      *kept[KEPT];         /* earlier lines, the latest last */
    int        kept_count, kept_at;
    enum { KEY_PLAIN, KEY_ESCAPE, KEY_SEQUENCE } key;
};

/* A signal handler can reach nothing else: the terminal as it was, and whose it is. */
static struct termios saved;
static volatile sig_atomic_t saved_fd = -1;

static void give_back(void)
{
    if (saved_fd >= 0)
        tcsetattr((int)saved_fd, TCSADRAIN, &saved);
    saved_fd = -1;
}

static void on_signal(int number)
{
    give_back();
    signal(number, SIG_DFL);
    raise(number);
}

static bool take_terminal(int fd, struct error *err)
{
    struct termios raw;

    if (tcgetattr(fd, &saved) == -1)
        return error_set(err, "terminal: %s", strerror(errno));
    raw = saved;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    saved_fd = fd;
    signal(SIGTERM, on_signal);
    signal(SIGHUP, on_signal);
    if (tcsetattr(fd, TCSADRAIN, &raw) == -1) {
        saved_fd = -1;
        return error_set(err, "terminal: %s", strerror(errno));
    }
    return true;
}

struct line *line_open(int fd, bool editor, const char *prompt, int columns, struct error *err)
{
    struct line *l = calloc(1, sizeof *l);

    if (l == NULL) {
        error_set(err, "out of memory");
        return NULL;
    }
    l->fd = fd;
    l->editor = editor;
    l->columns = columns;
    l->prompt = prompt;
    buf_init(&l->input, LINE_MAX_BYTES);
    buf_init(&l->text, LINE_MAX_BYTES);
    if (editor && !take_terminal(fd, err)) {
        line_close(l);
        return NULL;
    }
    return l;
}

void line_close(struct line *l)
{
    if (l == NULL)
        return;
    if (l->editor) {
        line_hide(l);
        give_back();
        signal(SIGTERM, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
    }
    for (int i = 0; i < l->kept_count; i++)
        free(l->kept[i]);
    buf_free(&l->input);
    buf_free(&l->text);
    free(l);
}

/* ---- drawing ---- */

void line_hide(struct line *l)
{
    if (!l->editor || !l->shown)
        return;
    fputs("\r\033[K", stdout);
    fflush(stdout);
    l->shown = false;
}

void line_show(struct line *l)
{
    const char *tail = buf_str(&l->text);

    if (!l->editor)
        return;
    while (text_width(tail) > l->columns - 4)   /* the end of a long line is what matters while typing */
        tail += text_cut(tail, 8);
    printf("\r\033[K%s%s", l->prompt, tail);
    fflush(stdout);
    l->shown = true;
}

/* ---- keys ---- */

static void set_text(struct line *l, const char *text)
{
    buf_clear(&l->text);
    buf_adds(&l->text, text);
}

static void shorten(struct line *l, size_t len)
{
    char *copy = strndup(buf_str(&l->text), len);

    if (copy != NULL)
        set_text(l, copy);
    free(copy);
}

static void drop_word(struct line *l)
{
    const char *text = buf_str(&l->text);
    size_t len = l->text.len;

    while (len > 0 && text[len - 1] == ' ')
        len--;
    while (len > 0 && text[len - 1] != ' ')
        len--;
    shorten(l, len);
}

static void recall(struct line *l, int step)
{
    int at = l->kept_at + step;

    if (at < 0 || at > l->kept_count)
        return;
    l->kept_at = at;
    set_text(l, at == l->kept_count ? "" : l->kept[at]);
}

static void keep(struct line *l, const char *text)
{
    char *copy = *text == '\0' ? NULL : strdup(text);

    if (copy != NULL) {
        if (l->kept_count == KEPT) {
            free(l->kept[0]);
            memmove(l->kept, l->kept + 1, (KEPT - 1) * sizeof l->kept[0]);
            l->kept_count--;
        }
        l->kept[l->kept_count++] = copy;
    }
    l->kept_at = l->kept_count;
}

static enum line_event finish(struct line *l, char **text)
{
    if (l->editor)
        keep(l, buf_str(&l->text));
    *text = strdup(buf_str(&l->text));
    buf_clear(&l->text);
    return *text == NULL ? LINE_END : LINE_READY;
}

/* One byte in the editor. */
static enum line_event edit(struct line *l, char c, char **text)
{
    if (l->key == KEY_ESCAPE) {
        l->key = c == '[' || c == 'O' ? KEY_SEQUENCE : KEY_PLAIN;
        return LINE_NONE;
    }
    if (l->key == KEY_SEQUENCE) {
        if (c >= '@' && c <= '~') {
            l->key = KEY_PLAIN;
            if (c == 'A' || c == 'B')
                recall(l, c == 'A' ? -1 : 1);
        }
        return LINE_NONE;
    }
    switch (c) {
    case '\033': l->key = KEY_ESCAPE; return LINE_NONE;
    case '\r':
    case '\n':   return finish(l, text);
    case CTRL_C: return LINE_END;
    case 4:      return l->text.len == 0 ? LINE_END : LINE_NONE;        /* Ctrl-D */
    case 8:
    case 127:    shorten(l, text_before_last(buf_str(&l->text))); return LINE_NONE;
    case 21:     set_text(l, ""); return LINE_NONE;                     /* Ctrl-U */
    case 23:     drop_word(l); return LINE_NONE;                        /* Ctrl-W */
    default:
        if ((unsigned char)c >= 0x20)
            buf_addc(&l->text, c);
        return LINE_NONE;
    }
}

bool line_waiting(const struct line *l)
{
    return l->end || (l->input.len > 0 && (l->editor || memchr(l->input.data, '\n', l->input.len) != NULL));
}

bool line_fill(struct line *l)
{
    struct pollfd p = { .fd = l->fd, .events = POLLIN };
    char bytes[4096];
    ssize_t n;

    if (l->end || poll(&p, 1, 0) <= 0)
        return !l->end;
    n = read(l->fd, bytes, sizeof bytes);
    if (n > 0)
        buf_add(&l->input, bytes, (size_t)n);
    l->end = n == 0 || (n < 0 && errno != EINTR);
    return !l->end && !(l->editor && n > 0 && memchr(bytes, CTRL_C, (size_t)n) != NULL);
}

enum line_event line_take(struct line *l, char **text)
{
    enum line_event event = LINE_NONE;
    size_t at = 0;

    while (at < l->input.len && event == LINE_NONE) {
        char c = l->input.data[at++];

        if (l->editor)
            event = edit(l, c, text);
        else if (c == '\n')
            event = finish(l, text);
        else
            buf_addc(&l->text, c);
    }
    if (at > 0) {
        memmove(l->input.data, l->input.data + at, l->input.len - at + 1);
        l->input.len -= at;
    }
    if (event == LINE_NONE && l->end)
        event = !l->editor && l->text.len > 0 ? finish(l, text) : LINE_END;   /* a last line without its end */
    if (event == LINE_NONE)
        line_show(l);
    return event;
}
