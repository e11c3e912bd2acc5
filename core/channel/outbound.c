/*
 * A neutral message as the body of POST /{pnid}/messages (whatsapp.md §4). It is written straight into a buffer: this is
 * on the way of every message that leaves.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Text of 4,096 characters is 24 KiB when all of it is escaped; ten rows add 20 KiB. */
enum { REQUEST_BYTES_MAX = 128 * 1024 };

static void raw(struct buf *out, const char *json) { buf_adds(out, json); }

/* "before" and the quoted text. */
static void with(struct buf *out, const char *before, const char *text)
{
    buf_adds(out, before);
    talk_quote(out, text);
}

/* A preview is asked for when there is something to preview (§4.2). */
static bool has_link(const char *text)
{
    for (const char *at = strstr(text, "http"); at != NULL; at = strstr(at + 4, "http")) {
        const char *rest = at + 4 + (at[4] == 's');

        if (strncmp(rest, "://", 3) == 0 && rest[3] != '\0' && strchr(" \n\t\r", rest[3]) == NULL)
            return true;
    }
    return false;
}

static void print_text(struct buf *out, const struct message *m)
{
    with(out, "\"type\":\"text\",\"text\":{\"body\":", m->body);
    raw(out, has_link(m->body) ? ",\"preview_url\":true}" : ",\"preview_url\":false}");
}

/* {"link":…} with a caption and a file name where there are any (§4.3). */
static void media_object(struct buf *out, const char *link, const char *caption, const char *file_name)
{
    with(out, "{\"link\":", link);
    if (caption != NULL && caption[0] != '\0')
        with(out, ",\"caption\":", caption);
    if (file_name != NULL)
        with(out, ",\"filename\":", file_name);
    raw(out, "}");
}

static void print_media(struct buf *out, const struct message *m, const char *type, const char *link)
{
    buf_addf(out, "\"type\":\"%s\",\"%s\":", type, type);
    media_object(out, link, m->body, m->file_name);
}

/* Without wa_id the card says "Invite" where it should say "Message" (§4.7). */
static void print_contacts(struct buf *out, const struct message *m)
{
    raw(out, "\"type\":\"contacts\",\"contacts\":[");
    for (size_t i = 0; i < m->contact_count; i++) {
        const struct message_contact *c = &m->contacts[i];

        with(out, i == 0 ? "{\"name\":{\"formatted_name\":" : ",{\"name\":{\"formatted_name\":", c->name);
        with(out, ",\"first_name\":", c->name);
        with(out, "},\"phones\":[{\"phone\":", c->phone);
        with(out, ",\"type\":\"CELL\",\"wa_id\":", c->phone + 1);
        raw(out, "}]}");
    }
    raw(out, "]");
}

/* ---- interactive (§4.8) ---- */

static void media_header(struct buf *out, const struct message *m)
{
    const char *type = m->image != NULL ? "image" : m->video != NULL ? "video" : "document";
    const char *link = m->image != NULL ? m->image : m->video != NULL ? m->video : m->document;

    if (link == NULL)
        return;
    buf_addf(out, ",\"header\":{\"type\":\"%s\",\"%s\":", type, type);
    media_object(out, link, NULL, m->file_name);
    raw(out, "}");
}

static void interactive(struct buf *out, const char *type, const struct message *m)
{
    raw(out, "\"type\":\"interactive\",\"interactive\":{\"type\":\"");
    raw(out, type);
    raw(out, "\"");
    if (m->header != NULL) {
        with(out, ",\"header\":{\"type\":\"text\",\"text\":", m->header);
        raw(out, "}");
    } else {
        media_header(out, m);
    }
    with(out, ",\"body\":{\"text\":", m->body);
    raw(out, "}");
    if (m->footer != NULL) {
        with(out, ",\"footer\":{\"text\":", m->footer);
        raw(out, "}");
    }
    raw(out, ",\"action\":{");
}

static void print_buttons(struct buf *out, const struct message *m)
{
    interactive(out, "button", m);
    raw(out, "\"buttons\":[");
    for (size_t i = 0; i < m->choice_count; i++) {
        with(out, i == 0 ? "{\"type\":\"reply\",\"reply\":{\"id\":" : ",{\"type\":\"reply\",\"reply\":{\"id\":", m->choices[i].id);
        with(out, ",\"title\":", m->choices[i].title);
        raw(out, "}}");
    }
    raw(out, "]}}");
}

/* One section, which then needs no title. */
static void print_list(struct buf *out, const struct message *m)
{
    interactive(out, "list", m);
    with(out, "\"button\":", m->menu);
    raw(out, ",\"sections\":[{\"rows\":[");
    for (size_t i = 0; i < m->choice_count; i++) {
        const struct message_choice *c = &m->choices[i];

        with(out, i == 0 ? "{\"id\":" : ",{\"id\":", c->id);
        with(out, ",\"title\":", c->title);
        if (c->description != NULL && c->description[0] != '\0')
            with(out, ",\"description\":", c->description);
        raw(out, "}");
    }
    raw(out, "]}]}}");
}

static void print_location_request(struct buf *out, const struct message *m)
{
    interactive(out, "location_request_message", m);
    raw(out, "\"name\":\"send_location\"}}");
}

static void print_link(struct buf *out, const struct message *m)
{
    interactive(out, "cta_url", m);
    with(out, "\"name\":\"cta_url\",\"parameters\":{\"display_text\":", m->url_title);
    with(out, ",\"url\":", m->url);
    raw(out, "}}}");
}

/* ---- templates (§4.9) ---- */

static void print_body_params(struct buf *out, const struct message *m)
{
    raw(out, "{\"type\":\"body\",\"parameters\":[");
    for (size_t i = 0; i < m->param_count; i++) {
        raw(out, i == 0 ? "{\"type\":\"text\"" : ",{\"type\":\"text\"");
        if (m->param_names != NULL)
            with(out, ",\"parameter_name\":", m->param_names[i]);
        with(out, ",\"text\":", m->params[i]);
        raw(out, "}");
    }
    raw(out, "]}");
}

static void print_payload(struct buf *out, const struct message_choice *c, size_t index)
{
    buf_addf(out, "{\"type\":\"button\",\"sub_type\":\"quick_reply\",\"index\":\"%zu\"", index);
    with(out, ",\"parameters\":[{\"type\":\"payload\",\"payload\":", c->id);
    raw(out, "}]}");
}

/* Components without anything to fill in are left out; an image must be given on every send. */
static void print_template(struct buf *out, const struct message *m)
{
    const char *comma = "";

    with(out, "\"type\":\"template\",\"template\":{\"name\":", m->template_name);
    with(out, ",\"language\":{\"code\":", m->language);
    raw(out, "}");
    if (m->image != NULL || m->param_count > 0 || m->choice_count > 0) {
        raw(out, ",\"components\":[");
        if (m->image != NULL) {
            with(out, "{\"type\":\"header\",\"parameters\":[{\"type\":\"image\",\"image\":{\"link\":", m->image);
            raw(out, "}}]}");
            comma = ",";
        }
        if (m->param_count > 0) {
            raw(out, comma);
            print_body_params(out, m);
            comma = ",";
        }
        for (size_t i = 0; i < m->choice_count; i++) {
            raw(out, comma);
            print_payload(out, &m->choices[i], i);
            comma = ",";
        }
        raw(out, "]");
    }
    raw(out, "}");
}

/* ---- the envelope (§4.1) ---- */

/* The number with its +: without it the sender's own country is prepended, and somebody else gets the message. */
static bool print_to(struct buf *out, const struct channel_to *to, struct error *err)
{
    if (to->phone != NULL && to->phone[0] != '\0') {
        size_t digits = strspn(to->phone + 1, "0123456789");

        if (to->phone[0] != '+' || digits == 0 || to->phone[1 + digits] != '\0')
            return error_set(err, "message: the recipient's number is not + and digits");
        with(out, "\"to\":", to->phone);
        return true;
    }
    if (to->bsuid == NULL || to->bsuid[0] == '\0')
        return error_set(err, "message: no recipient");
    with(out, "\"recipient\":", to->bsuid);
    return true;
}

static void print_kind(struct buf *out, const struct message *m)
{
    switch (m->kind) {
    case MESSAGE_TEXT:             print_text(out, m); break;
    case MESSAGE_BUTTONS:          print_buttons(out, m); break;
    case MESSAGE_LIST:             print_list(out, m); break;
    case MESSAGE_LOCATION_REQUEST: print_location_request(out, m); break;
    case MESSAGE_IMAGE:            print_media(out, m, "image", m->image); break;
    case MESSAGE_VIDEO:            print_media(out, m, "video", m->video); break;
    case MESSAGE_DOCUMENT:         print_media(out, m, "document", m->document); break;
    case MESSAGE_AUDIO:            print_media(out, m, "audio", m->audio); break;
    case MESSAGE_STICKER:          print_media(out, m, "sticker", m->sticker); break;
    case MESSAGE_CONTACTS:         print_contacts(out, m); break;
    case MESSAGE_LINK:             print_link(out, m); break;
    case MESSAGE_TEMPLATE:         print_template(out, m); break;
    }
}

char *channel_print_message(const struct message *m, const struct channel_to *to, const char *callback, size_t *len,
                            struct error *err)
{
    struct buf out;
    char *text = NULL;

    buf_init(&out, REQUEST_BYTES_MAX);
    if (!channel_fits(m, err)) {
        error_prefix(err, "message %s", m->source == NULL ? message_kind_name(m->kind) : m->source);
        goto out;
    }
    if (callback != NULL && strlen(callback) > CHANNEL_CALLBACK_MAX) {
        error_set(err, "message: the callback string is longer than %d", CHANNEL_CALLBACK_MAX);
        goto out;
    }
    raw(&out, "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",");
    if (!print_to(&out, to, err))
        goto out;
    if (callback != NULL)
        with(&out, ",\"biz_opaque_callback_data\":", callback);
    raw(&out, ",");
    print_kind(&out, m);
    raw(&out, "}");
    text = buf_take(&out, len);
    if (text == NULL)
        error_set(err, "message: out of memory");
out:
    buf_free(&out);
    return text;
}
