/*
 * What a message can have beside its text and its choices: an image, a video, a document, a sound, a sticker; a link; contact
 * cards.
 */
#include "render.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lisolo/base/phone.h"
#include "lisolo/channel.h"

/* ---- media ---- */

static const struct {
    const char       *key;
    enum message_kind kind;
    bool              words;
} MEDIUM_FACTS[MEDIA] = {
    [MEDIUM_NONE] = { "", MESSAGE_TEXT, false },
    [MEDIUM_IMAGE] = { "image", MESSAGE_IMAGE, true },
    [MEDIUM_VIDEO] = { "video", MESSAGE_VIDEO, true },
    [MEDIUM_DOCUMENT] = { "document", MESSAGE_DOCUMENT, true },
    [MEDIUM_AUDIO] = { "audio", MESSAGE_AUDIO, false },
    [MEDIUM_STICKER] = { "sticker", MESSAGE_STICKER, false },
};

bool medium_has_words(enum medium medium)
{
    return MEDIUM_FACTS[medium].words;
}

const char *medium_key(enum medium medium)
{
    return MEDIUM_FACTS[medium].key;
}

static char **medium_field(struct message *m, enum medium medium)
{
    switch (medium) {
    case MEDIUM_VIDEO:
        return &m->video;
    case MEDIUM_DOCUMENT:
        return &m->document;
    case MEDIUM_AUDIO:
        return &m->audio;
    case MEDIUM_STICKER:
        return &m->sticker;
    default:
        return &m->image;
    }
}

static bool is_link(const char *text)
{
    return text != NULL && strncmp(text, "https://", 8) == 0 && strchr("/?#:", text[8]) == NULL &&
           strpbrk(text, " \"<>\\") == NULL;
}

bool render_media(struct job *j, char **link)
{
    const struct phrase *const choices[] = { &j->m->media, &j->m->spare_media };

    for (size_t i = 0; i < 2 && *link == NULL; i++) {
        if (choices[i]->count > 0 && !render_optional(j, choices[i], CHANNEL_URL_MAX, link))
            return false;
        if (is_link(*link))
            break;
        free(*link);
        *link = NULL;
    }
    return true;
}

bool render_above(struct job *j, struct message *m, char **link)
{
    bool named = *link != NULL && j->m->medium == MEDIUM_DOCUMENT && j->m->file_name.count > 0;

    *medium_field(m, j->m->medium) = *link;
    *link = NULL;
    return !named || render_optional(j, &j->m->file_name, CHANNEL_FILE_NAME_MAX, &m->file_name);
}

bool render_medium(struct job *j, char **link, bool caption)
{
    struct message *m = render_part(j, MEDIUM_FACTS[j->m->medium].kind);

    return m != NULL && render_above(j, m, link) &&
           (!caption || render_block(j, &j->v->text, CHANNEL_BODY_MAX, &m->body));
}

/* ---- a link ---- */

/* What a value is in a path or a query: letters, figures and - . _ ~ as they are, the rest as %XX (RFC 3986, 2.3). */
static void add_encoded(const char *text, struct buf *out)
{
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; s++) {
        if (*s < 0x80 && (isalnum(*s) || strchr("-._~", *s) != NULL))
            buf_addc(out, (char)*s);
        else
            buf_addf(out, "%%%02X", *s);
    }
}

static bool print_url(struct job *j, const struct phrase *url, struct buf *out)
{
    struct buf value;
    bool ok = true;

    buf_init(&value, RENDER_BYTES_MAX);
    for (size_t i = 0; ok && i < url->count; i++) {
        const struct node *node = &url->nodes[i];

        if (node->value == NULL) {
            buf_add(out, node->text, node->len);
            continue;
        }
        buf_clear(&value);
        ok = value_print(&j->print, node->value, &value);
        if (ok)
            add_encoded(buf_str(&value), out);
    }
    buf_free(&value);
    if (ok && (!buf_ok(out) || out->len > CHANNEL_URL_MAX))      /* an address that is cut leads elsewhere */
        ok = error_set(j->err, "%s:%d: the link is longer than %d", j->m->file, url->line, CHANNEL_URL_MAX);
    return ok;
}

bool render_link(struct job *j, struct message *m)
{
    struct buf out;
    bool ok;

    buf_init(&out, RENDER_BYTES_MAX);
    ok = print_url(j, &j->v->link_url, &out);
    if (ok)
        m->url = buf_take(&out, NULL);
    buf_free(&out);
    if (!ok)
        return false;
    return m->url != NULL ? render_line(j, &j->v->link_title, CHANNEL_LINK_TITLE_MAX, &m->url_title) : render_no_memory(j);
}

/* ---- contact cards ---- */

static bool add_contact(struct job *j, struct message **m, const struct contact *c)
{
    enum { NAME_MAX_CHARACTERS = 100, WRITTEN_MAX = 64 };
    char e164[PHONE_MAX], *phone = NULL, *name = NULL;
    bool ok = render_optional(j, &c->phone, WRITTEN_MAX, &phone);

    if (ok && phone != NULL && phone_parse(phone, j->print.env.country, e164)) {
        ok = render_optional(j, &c->name, NAME_MAX_CHARACTERS, &name);
        if (ok && *m == NULL)
            ok = (*m = render_part(j, MESSAGE_CONTACTS)) != NULL;
        if (ok && !message_add_contact(*m, name != NULL ? name : e164, e164))
            ok = render_no_memory(j);
    }
    free(phone);
    free(name);
    return ok;
}

bool render_contacts(struct job *j)
{
    struct message *m = NULL;

    for (size_t i = 0; i < j->v->contact_count; i++)
        if (!add_contact(j, &m, &j->v->contacts[i]))
            return false;
    return true;
}
