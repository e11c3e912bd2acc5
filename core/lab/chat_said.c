#include "chat_said.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/utf8.h"

const struct card *history_add(struct history *h, struct card *card)
{
    struct card *place = &h->cards[h->count % HISTORY_KEPT];

    card_free(place);
    card->number = ++h->count;
    *place = *card;
    *card = (struct card){ 0 };
    if (place->choice_count > 0)
        h->tappable = place->number;
    return place;
}

const struct card *history_find(const struct history *h, unsigned number)
{
    if (number == 0 || number > h->count || h->count - number >= HISTORY_KEPT)
        return NULL;
    return &h->cards[(number - 1) % HISTORY_KEPT];
}

void history_free(struct history *h)
{
    for (size_t i = 0; i < HISTORY_KEPT; i++)
        card_free(&h->cards[i]);
}

/* ---- pieces of a line ---- */

static char *skip(char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

/* Cuts the next word, or what stands in quotes, off *rest. NULL at the end. */
static char *next_word(char **rest)
{
    char *p = skip(*rest), *end;

    if (*p == '\0')
        return NULL;
    if (*p == '"') {
        p++;
        end = strchr(p, '"');
        if (end == NULL)
            end = p + strlen(p);
    } else {
        end = p + strcspn(p, " \t");
    }
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return p;
}

static void wrong(struct said *out, const char *words)
{
    out->kind = SAID_WRONG;
    snprintf(out->words, sizeof out->words, "%s", words);
}

/* ---- taps ---- */

static void tap(struct said *out, const struct card *card, size_t index)
{
    out->kind = SAID_TAP;
    out->card = card;
    out->choice = &card->choices[index];
    snprintf(out->words, sizeof out->words, "%s", out->choice->title);
}

static bool whole_number(const char *text, long *out)
{
    char *end;

    if (!isdigit((unsigned char)*text))
        return false;
    *out = strtol(text, &end, 10);
    return *end == '\0';
}

/* A number or a title of the latest choices. */
static bool read_tap(const char *words, const struct history *h, struct said *out)
{
    const struct card *card = history_find(h, h->tappable);
    char said[SAID_WORDS], title[SAID_WORDS];
    long n;

    if (card == NULL)
        return false;
    if (whole_number(words, &n) && n >= 1 && (size_t)n <= card->choice_count) {
        tap(out, card, (size_t)n - 1);
        return true;
    }
    if (!utf8_fold(words, said, sizeof said))
        return false;
    for (size_t i = 0; i < card->choice_count; i++)
        if (utf8_fold(card->choices[i].title, title, sizeof title) && strcmp(title, said) == 0) {
            tap(out, card, i);
            return true;
        }
    return false;
}

/* ---- commands ---- */

/* /tap MESSAGE [CHOICE] */
static void say_tap(char *rest, const struct history *h, bool french, struct said *out)
{
    char *first = next_word(&rest), *second = next_word(&rest);
    const struct card *card = NULL;
    long number, index = 1;

    if (first != NULL && whole_number(first, &number) && number > 0 && number < 1000000)
        card = history_find(h, (unsigned)number);
    if (card == NULL || card->choice_count == 0)
        wrong(out, french ? "/tap MESSAGE [CHOIX] : ce message n'a pas de bouton" : "/tap MESSAGE [CHOICE]: that message has no button");
    else if (second != NULL && (!whole_number(second, &index) || index < 1 || (size_t)index > card->choice_count))
        wrong(out, french ? "/tap MESSAGE [CHOIX] : ce choix n'existe pas" : "/tap MESSAGE [CHOICE]: there is no such choice");
    else
        tap(out, card, (size_t)index - 1);
}

/* /lieu LAT,LON "Name" */
static void say_place(char *rest, const struct history *h, bool french, struct said *out)
{
    char *point = next_word(&rest), *end;

    (void)h;
    if (point != NULL) {
        out->latitude = strtod(point, &end);
        if (end != point && *end == ',') {
            char *second = end + 1;

            out->longitude = strtod(second, &end);
            if (end != second && *end == '\0' && out->latitude >= -90 && out->latitude <= 90 && out->longitude >= -180 && out->longitude <= 180) {
                out->kind = SAID_PLACE;
                out->more = next_word(&rest);
                snprintf(out->words, sizeof out->words, "\xF0\x9F\x93\x8D %s%s%s", out->more == NULL ? "" : out->more,
                         out->more == NULL ? "" : "\n", point);
                return;
            }
        }
    }
    wrong(out, french ? "/lieu LAT,LON \"Nom\", par exemple /lieu -4.2634,15.2429 \"Marché Total\""
                      : "/location LAT,LON \"Name\", for example /location -4.2634,15.2429 \"Marché Total\"");
}

/* /image FILE-or-link "caption" */
static void say_image(char *rest, const struct history *h, bool french, struct said *out)
{
    (void)h;
    out->text = next_word(&rest);
    out->more = next_word(&rest);
    if (out->text == NULL) {
        wrong(out, french ? "/image FICHIER-ou-lien \"légende\"" : "/image FILE-or-link \"caption\"");
        return;
    }
    out->kind = SAID_IMAGE;
    snprintf(out->words, sizeof out->words, "\xF0\x9F\x96\xBC %.300s%s%.160s", out->text, out->more == NULL ? "" : "\n",   /* 🖼 */
             out->more == NULL ? "" : out->more);
}

static void say_text(char *rest, const struct history *h, bool french, struct said *out)
{
    (void)h;
    out->text = skip(rest);
    if (*out->text == '\0') {
        wrong(out, french ? "/texte MOTS" : "/text WORDS");
        return;
    }
    out->kind = SAID_TEXT;
    snprintf(out->words, sizeof out->words, "%s", out->text);
}

static void say_raw(char *rest, const struct history *h, bool french, struct said *out)
{
    (void)h;
    out->text = skip(rest);
    if (*out->text != '{') {
        wrong(out, french ? "/raw {\"type\": …} : un message, ou un webhook entier" : "/raw {\"type\": …}: a message, or a whole webhook");
        return;
    }
    out->kind = SAID_RAW;
    snprintf(out->words, sizeof out->words, "%.80s", out->text);
}

/* /wait [seconds] */
static void say_wait(char *rest, const struct history *h, bool french, struct said *out)
{
    char *word = next_word(&rest);

    (void)h;
    (void)french;
    out->kind = SAID_WAIT;
    out->wait_ms = word == NULL ? 0 : (int64_t)(strtod(word, NULL) * 1000);
}

/* /statut REFERENCE WORD: what the backend does */
static void say_status(char *rest, const struct history *h, bool french, struct said *out)
{
    (void)h;
    out->text = next_word(&rest);
    out->more = next_word(&rest);
    out->kind = SAID_STATUS;
    if (out->more == NULL)
        wrong(out, french ? "/statut RÉFÉRENCE MOT, par exemple /statut COUR-20250127-061 delivered"
                          : "/status REFERENCE WORD, for example /status COUR-20250127-061 delivered");
}

static void say_help(char *rest, const struct history *h, bool french, struct said *out)
{
    (void)rest;
    (void)h;
    (void)french;
    out->kind = SAID_HELP;
}

static void say_quit(char *rest, const struct history *h, bool french, struct said *out)
{
    (void)rest;
    (void)h;
    (void)french;
    out->kind = SAID_QUIT;
}

static const struct { const char *name; void (*say)(char *rest, const struct history *h, bool french, struct said *out); } commands[] = {
    { "/lieu", say_place },  { "/location", say_place }, { "/image", say_image },  { "/tap", say_tap },   { "/texte", say_text },
    { "/text", say_text },   { "/raw", say_raw },        { "/wait", say_wait },    { "/attendre", say_wait }, { "/statut", say_status },
    { "/status", say_status }, { "/aide", say_help },    { "/help", say_help },    { "/quit", say_quit }, { "/quitter", say_quit },
};

void said_read(char *line, const struct history *h, bool french, struct said *out)
{
    size_t len = strlen(line), word;

    *out = (struct said){ .kind = SAID_NOTHING };
    while (len > 0 && isspace((unsigned char)line[len - 1]))
        line[--len] = '\0';
    line = skip(line);
    if (*line == '\0')
        return;
    word = strcspn(line, " \t");
    for (size_t i = 0; *line == '/' && i < sizeof commands / sizeof commands[0]; i++)
        if (strlen(commands[i].name) == word && strncmp(commands[i].name, line, word) == 0) {
            commands[i].say(line + word, h, french, out);
            return;
        }
    if (*line == '/' && isalpha((unsigned char)line[1])) {
        wrong(out, french ? "Commande inconnue ; /aide les montre toutes" : "Unknown command; /help shows them all");
        return;
    }
    if (!read_tap(line, h, out))
        say_text(line, h, french, out);
}

const char *said_help(bool french)
{
    return french ? "Écrivez un message. Un numéro ou un titre touche le bouton du dernier message.\n"
                    "/lieu LAT,LON \"Nom\"      partager une position\n"
                    "/image LIEN \"légende\"    envoyer une photo\n"
                    "/tap MESSAGE [CHOIX]     toucher un ancien bouton (#MESSAGE)\n"
                    "/texte 2                 écrire « 2 » sans toucher de bouton\n"
                    "/statut RÉF MOT          faire avancer une mission du service\n"
                    "/raw {…}                 envoyer ce message tel quel\n"
                    "/wait [s]  /aide  /quit"
                  : "Write a message. A number or a title taps the button of the last message.\n"
                    "/location LAT,LON \"Name\"  share a place\n"
                    "/image LINK \"caption\"     send a picture\n"
                    "/tap MESSAGE [CHOICE]     tap an older button (#MESSAGE)\n"
                    "/text 2                   write \"2\" without tapping a button\n"
                    "/status REF WORD          move a mission of the backend\n"
                    "/raw {…}                  send this message as it is\n"
                    "/wait [s]  /help  /quit";
}
