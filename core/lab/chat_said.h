/*
 * chat_said - what the person at the terminal means by a line: words, a tap, a place, a picture, a command.
 */
#ifndef LAB_CHAT_SAID_H
#define LAB_CHAT_SAID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat_card.h"
#include "lisolo/base/buf.h"
#include "lisolo/lab.h"

enum { HISTORY_KEPT = 128, SAID_WORDS = 512 };

struct history {
    struct card cards[HISTORY_KEPT];
    unsigned    count;         /* ever shown; card n is at (n - 1) % HISTORY_KEPT */
    unsigned    tappable;      /* number of the card whose choices a bare number taps; 0: none */
};

/* Takes the card and gives it its number. */
const struct card *history_add(struct history *h, struct card *card);
const struct card *history_find(const struct history *h, unsigned number);   /* NULL: never shown, or forgotten */
void               history_free(struct history *h);

enum said_kind {
    SAID_NOTHING, SAID_TEXT, SAID_TAP, SAID_PLACE, SAID_IMAGE, SAID_RAW, SAID_WAIT, SAID_STATUS, SAID_HELP, SAID_QUIT,
    SAID_WRONG,         /* `words` says why */
};

struct said {
    enum said_kind kind;
    const char *text;                 /* TEXT: the words; IMAGE: file or link; RAW: the JSON; STATUS: the reference. Points into the line */
    const char *more;                 /* PLACE: its name; IMAGE: its caption; STATUS: the new word; NULL */
    const struct card   *card;        /* TAP */
    const struct choice *choice;
    double  latitude, longitude;
    int64_t wait_ms;                  /* WAIT; 0: as long as usual */
    char    words[SAID_WORDS];        /* how it looks in the own bubble */
};

/* `line` is cut into pieces. */
void said_read(char *line, const struct history *h, bool french, struct said *out);

/* The help text. */
const char *said_help(bool french);

/* The webhook that Meta would post for it. `wamid` names the message. False: err says why. */
bool said_webhook(const struct said *said, const struct lab_chat_options *options, const char *wamid, struct buf *out, struct error *err);

#endif
