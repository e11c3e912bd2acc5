/*
 * What people write, as the events that the channel would make of it:
 *
 *     > text                     > [oui]                    > [✅ Confirmer]
 *     > @location -4.26,15.24 "Marché Total" "Avenue…"      > @contact "Nom" +242…
 *     > @image f.jpg "légende"   > @audio f.ogg             > @video f.mp4   > @document f.pdf   > @sticker
 *     > @reaction 👍             > @unsupported sticker
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

struct input {
    struct event e;
    char   id[40];
    char  *words[4];                   /* what `e` points to */
    size_t word_count;
};

static char *next_word(struct input *in, const char **at)
{
    char *word = in->word_count < 4 ? dialog_word(at) : NULL;

    if (word != NULL)
        in->words[in->word_count++] = word;
    return word;
}

static void input_free(struct input *in)
{
    for (size_t i = 0; i < in->word_count; i++)
        free(in->words[i]);
    cJSON_Delete((cJSON *)(uintptr_t)in->e.data);
}

/* ---- taps ---- */

static bool says(const cJSON *choice, const char *word, bool by_id)
{
    char id[TALK_NAME_MAX + 1];
    const char *signed_id = json_str(choice, "id"), *title = json_str(choice, "title");
    char *a, *b;
    bool same;

    if (by_id) {
        block_choice(signed_id == NULL ? "" : signed_id, id);
        return strcmp(id, word) == 0;
    }
    a = match_fold(word);
    b = match_fold(title == NULL ? "" : title);
    same = a != NULL && b != NULL && strcmp(a, b) == 0;
    free(a);
    free(b);
    return same;
}

/* The newest message of the person that has this button. */
static const cJSON *find_choice(struct play *p, const struct person *who, const char *word, bool by_id, const struct said **from)
{
    struct world *w = p->w;

    for (size_t i = w->said_count; i > 0; i--) {
        const struct said *s = &w->said[i - 1];
        const cJSON *choice;

        if (&w->people[s->person] != who)
            continue;
        cJSON_ArrayForEach(choice, json_get(s->form, "choices"))
            if (says(choice, word, by_id)) {
                *from = s;
                return choice;
            }
    }
    return NULL;
}

static bool read_tap(struct play *p, const struct person *who, const char *text, struct input *in)
{
    const struct said *from = NULL;
    char *word = strndup(text + 1, strlen(text) - 2);
    const cJSON *choice = word == NULL ? NULL : find_choice(p, who, word, true, &from);

    if (choice == NULL && word != NULL)
        choice = find_choice(p, who, word, false, &from);
    if (word != NULL)
        in->words[in->word_count++] = word;
    if (choice == NULL)
        return play_fails(p, SAY("nobody has sent %s a button [%.80s]", "personne n'a envoyé à %s de bouton [%.80s]"), who->who, word == NULL ? "" : word);
    in->e.kind = EVENT_CHOICE;
    in->e.choice = json_str(choice, "id");
    in->e.text = json_str(choice, "title");
    in->e.reply_to = from->wamid;
    return true;
}

/* ---- what is not text ---- */

static bool usage(struct play *p, const char *example)
{
    return play_fails(p, SAY("cannot read this: write it like  > %s", "illisible : écrivez comme  > %s"), example);
}

static bool read_location(struct play *p, const char *at, struct input *in)
{
    char *comma;

    in->e.kind = EVENT_LOCATION;
    in->e.latitude = strtod(at, &comma);
    if (comma == at || *comma != ',')
        return usage(p, "@location -4.26340,15.24290 \"Marché Total\"");
    at = comma + 1;
    in->e.longitude = strtod(at, &comma);
    if (comma == at)
        return usage(p, "@location -4.26340,15.24290 \"Marché Total\"");
    in->e.has_point = true;
    at = comma;
    in->e.place = next_word(in, &at);
    in->e.address = next_word(in, &at);
    return true;
}

static bool read_contact(struct play *p, const char *at, struct input *in)
{
    char *name = next_word(in, &at), *phone = next_word(in, &at);
    cJSON *list = cJSON_CreateArray(), *one = cJSON_CreateObject(), *phones = cJSON_CreateArray();
    bool ok;

    in->e.kind = EVENT_CONTACTS;
    in->e.data = list;
    if (phone == NULL) {
        cJSON_Delete(one);
        cJSON_Delete(phones);
        return usage(p, "@contact \"Junior Okemba\" +242066000002");
    }
    ok = list != NULL && one != NULL && phones != NULL && json_add_str(one, "name", name) && json_add_str(phones, NULL, phone);
    if (!ok)
        cJSON_Delete(phones);
    ok = ok && json_add(one, "phones", phones);
    if (!ok)
        cJSON_Delete(one);
    return (ok && json_add(list, NULL, one)) || play_fails(p, "%s", SAY("out of memory", "mémoire insuffisante"));
}

static const struct { const char *word, *mime; } MEDIA[] = {
    { "image", "image/jpeg" }, { "audio", "audio/ogg" }, { "video", "video/mp4" }, { "document", "application/pdf" }, { "sticker", "image/webp" },
};

static bool read_media(const char *media, const char *mime, const char *at, struct input *in)
{
    char *file = next_word(in, &at);

    in->e.kind = EVENT_MEDIA;
    in->e.media = media;
    in->e.mime = mime;
    in->e.media_id = file == NULL ? media : file;
    in->e.file_name = strcmp(media, "document") == 0 ? file : NULL;
    in->e.voice = strcmp(media, "audio") == 0;
    in->e.text = next_word(in, &at);
    return true;
}

static bool read_reaction(struct play *p, const struct person *who, const char *at, struct input *in)
{
    in->e.kind = EVENT_REACTION;
    in->e.text = next_word(in, &at);
    for (size_t i = p->w->said_count; i > 0 && in->e.reply_to == NULL; i--)
        if (&p->w->people[p->w->said[i - 1].person] == who)
            in->e.reply_to = p->w->said[i - 1].wamid;
    return true;
}

static bool read_special(struct play *p, const struct person *who, const char *text, struct input *in)
{
    const char *at = text + 1;
    char *word = next_word(in, &at);

    if (word == NULL)
        return usage(p, "@image carte.jpg");
    if (strcmp(word, "location") == 0)
        return read_location(p, at, in);
    if (strcmp(word, "contact") == 0)
        return read_contact(p, at, in);
    if (strcmp(word, "reaction") == 0)
        return read_reaction(p, who, at, in);
    for (size_t i = 0; i < sizeof MEDIA / sizeof *MEDIA; i++)
        if (strcmp(word, MEDIA[i].word) == 0)
            return read_media(MEDIA[i].word, MEDIA[i].mime, at, in);
    if (strcmp(word, "unsupported") != 0)
        return play_fails(p, SAY("there is no @%.40s: location, image, audio, video, document, sticker, contact, reaction and unsupported exist",
                                 "@%.40s n'existe pas : il y a location, image, audio, video, document, sticker, contact, reaction et unsupported"), word);
    in->e.kind = EVENT_UNSUPPORTED;
    in->e.name = next_word(in, &at);
    return true;
}

/* ---- the whole ---- */

static bool is_special(const char *text)
{
    return text[0] == '@' && text[1] >= 'a' && text[1] <= 'z';
}

static bool is_tap(const char *text)
{
    size_t len = strlen(text);

    return len > 2 && text[0] == '[' && text[len - 1] == ']';
}

bool play_input(struct play *p, const struct entry *s)
{
    struct person *who = play_who(p, s->who);
    struct input in = { .e = { .kind = EVENT_TEXT, .at_ms = world_now(p->w) } };
    struct buf text;
    bool ok = true;

    if (who == NULL)
        return false;
    buf_init(&text, DIALOG_TEXT_BYTES_MAX);
    for (size_t i = 0; i < s->count; i++)
        buf_addf(&text, "%s%s", i == 0 ? "" : "\n", s->lines[i]);
    (void)snprintf(in.id, sizeof in.id, "wamid.in.%" PRIu64, ++p->w->serial);
    in.e.id = in.id;
    if (is_tap(buf_str(&text)))
        ok = read_tap(p, who, buf_str(&text), &in);
    else if (is_special(buf_str(&text)))
        ok = read_special(p, who, buf_str(&text), &in);
    else
        in.e.text = buf_str(&text);
    ok = ok && world_event(p->w, who, &in.e) && (!p->w->chaos || (world_statuses(p->w) && world_settle(p->w)));
    input_free(&in);
    buf_free(&text);
    return ok;
}
