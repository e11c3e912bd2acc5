/*
 * What the person said as the webhook that Meta would post: whatsapp.md §1.2 and §2.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chat_said.h"
#include "lisolo/base/clock.h"
#include "lisolo/base/file.h"
#include "wire.h"

enum { IMAGE_MAX = 16 * 1024 * 1024, HASH_BYTES = 32 };

static const char *display(const struct lab_chat_options *o) { return o->display_number == NULL ? "242060000000" : o->display_number; }

static const char *phone(const struct lab_chat_options *o) { return o->phone == NULL ? "+242066123456" : o->phone; }

static int64_t seconds(void) { return clock_wall_ms(clock_real()) / 1000; }

static void add_context(struct buf *b, const struct said *said, const struct lab_chat_options *o)
{
    buf_adds(b, ",\"context\":{\"from\":");
    wire_string(b, display(o));
    buf_adds(b, ",\"id\":");
    wire_string(b, said->card->wamid);
    buf_addc(b, '}');
}

static void add_tap(struct buf *b, const struct said *said, const struct lab_chat_options *o)
{
    const struct choice *c = said->choice;
    const char *reply = c->kind == CHOICE_ROW ? "list_reply" : "button_reply";

    add_context(b, said, o);
    if (c->kind == CHOICE_QUICK_REPLY) {
        buf_adds(b, ",\"type\":\"button\",\"button\":{\"payload\":");
        wire_string(b, c->id);
        buf_adds(b, ",\"text\":");
        wire_string(b, c->title);
        buf_addc(b, '}');
        return;
    }
    buf_addf(b, ",\"type\":\"interactive\",\"interactive\":{\"type\":\"%s\",\"%s\":{\"id\":", reply, reply);
    wire_string(b, c->id);
    buf_adds(b, ",\"title\":");
    wire_string(b, c->title);
    if (c->description != NULL) {
        buf_adds(b, ",\"description\":");
        wire_string(b, c->description);
    }
    buf_adds(b, "}}");
}

static void add_place(struct buf *b, const struct said *said)
{
    buf_addf(b, ",\"type\":\"location\",\"location\":{\"latitude\":%.8g,\"longitude\":%.8g", said->latitude, said->longitude);
    if (said->more != NULL) {
        buf_adds(b, ",\"name\":");
        wire_string(b, said->more);
    }
    buf_addc(b, '}');
}

static const char *mime(const char *name)
{
    const char *dot = strrchr(name, '.');

    if (dot != NULL && strcasecmp(dot, ".png") == 0)
        return "image/png";
    return dot != NULL && strcasecmp(dot, ".webp") == 0 ? "image/webp" : "image/jpeg";
}

static bool add_image(struct buf *b, const struct said *said, struct error *err)
{
    bool link = strncmp(said->text, "http://", 7) == 0 || strncmp(said->text, "https://", 8) == 0;
    unsigned char hash[HASH_BYTES];
    char text[4 * HASH_BYTES / 3 + 4];
    size_t len = strlen(said->text);
    char *bytes = NULL;

    if (!link && !file_read(AT_FDCWD, said->text, IMAGE_MAX, &bytes, &len, err))
        return false;
    if (EVP_Digest(link ? said->text : bytes, len, hash, NULL, EVP_sha256(), NULL) != 1) {
        free(bytes);
        return error_set(err, "%s: cannot be hashed", said->text);
    }
    free(bytes);
    EVP_EncodeBlock((unsigned char *)text, hash, HASH_BYTES);
    buf_addf(b, ",\"type\":\"image\",\"image\":{\"id\":\"7%012" PRIu64 "\",\"mime_type\":\"%s\",\"sha256\":",
             wire_hash(said->text, strlen(said->text), 0) % 1000000000000u, mime(said->text));
    wire_string(b, text);
    if (said->more != NULL) {
        buf_adds(b, ",\"caption\":");
        wire_string(b, said->more);
    }
    if (link) {
        buf_adds(b, ",\"url\":");
        wire_string(b, said->text);
    }
    return buf_addc(b, '}');
}

static bool add_said(struct buf *b, const struct said *said, const struct lab_chat_options *o, struct error *err)
{
    switch (said->kind) {
    case SAID_TAP:
        add_tap(b, said, o);
        return true;
    case SAID_PLACE:
        add_place(b, said);
        return true;
    case SAID_IMAGE:
        return add_image(b, said, err);
    default:
        buf_adds(b, ",\"type\":\"text\",\"text\":{\"body\":");
        wire_string(b, said->text);
        return buf_addc(b, '}');
    }
}

static void open_envelope(struct buf *b, const struct lab_chat_options *o)
{
    buf_adds(b, "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":");
    wire_string(b, o->waba == NULL ? "100200300400500" : o->waba);
    buf_adds(b, ",\"changes\":[{\"field\":\"messages\",\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":");
    wire_string(b, display(o));
    buf_adds(b, ",\"phone_number_id\":");
    wire_string(b, o->number);
    buf_adds(b, "},\"contacts\":[{\"profile\":{\"name\":");
    wire_string(b, o->name == NULL ? "Prisca" : o->name);
    buf_addf(b, "},\"wa_id\":\"%" PRIu64 "\"}],\"messages\":[", wire_phone(phone(o)));
}

/* A message gets the fields that it lacks; a whole webhook goes out byte for byte. */
static bool add_raw(struct buf *b, const struct said *said, const struct lab_chat_options *o, const char *wamid, struct error *err)
{
    cJSON *tree = json_parse(said->text, strlen(said->text), err);
    char number[32], time[32], *text = NULL;
    bool ok = false;
    size_t len;

    if (tree == NULL)
        return false;
    if (json_get(tree, "object") != NULL) {
        ok = buf_adds(b, said->text);
        goto out;
    }
    snprintf(number, sizeof number, "%" PRIu64, wire_phone(phone(o)));
    snprintf(time, sizeof time, "%" PRId64, seconds());
    if ((json_get(tree, "from") == NULL && !json_add_str(tree, "from", number)) ||
        (json_get(tree, "id") == NULL && !json_add_str(tree, "id", wamid)) ||
        (json_get(tree, "timestamp") == NULL && !json_add_str(tree, "timestamp", time)) || (text = json_print(tree, &len)) == NULL) {
        error_set(err, "out of memory");
        goto out;
    }
    open_envelope(b, o);
    buf_add(b, text, len);
    ok = buf_adds(b, "]}}]}]}");
out:
    free(text);
    cJSON_Delete(tree);
    return ok;
}

bool said_webhook(const struct said *said, const struct lab_chat_options *options, const char *wamid, struct buf *out, struct error *err)
{
    if (said->kind == SAID_RAW)
        return add_raw(out, said, options, wamid, err);
    open_envelope(out, options);
    buf_addf(out, "{\"from\":\"%" PRIu64 "\",\"id\":", wire_phone(phone(options)));
    wire_string(out, wamid);
    buf_addf(out, ",\"timestamp\":\"%" PRId64 "\"", seconds());
    if (!add_said(out, said, options, err))
        return false;
    buf_adds(out, "}]}}]}]}");
    return buf_ok(out) || error_set(err, "message too long");
}
