/*
 * What the Graph API answered to POST /{pnid}/messages (whatsapp.md §0, §4.1). The code decides, never a text; the HTTP
 * status only where no code is known.
 */
#include <stdio.h>
#include <string.h>

#include "lisolo/base/utf8.h"
#include "private.h"

/* The refusal for a closed window was also seen under other codes (§7), so its sentence is looked for too. */
static bool says_window(const char *text)
{
    return text != NULL && strstr(text, "outside the 24-hour window") != NULL;
}

static void copy_text(struct channel_answer *out, const char *first, const char *second)
{
    int n = snprintf(out->text, sizeof out->text, "%s%s%s", first == NULL ? "" : first,
                     first != NULL && second != NULL ? ": " : "", second == NULL ? "" : second);

    if (n >= (int)sizeof out->text) {
        size_t len = sizeof out->text - 1;

        while (len > 0 && !utf8_valid(out->text, len))     /* cut inside a character: at most three steps back */
            len--;
        out->text[len] = '\0';
    }
}

static void read_error(int http_status, const cJSON *error, struct channel_answer *out)
{
    const char *message = wa_some(error, "message");
    const char *details = wa_some(json_get(error, "error_data"), "details");
    int64_t code = 0;
    bool has_code = json_int(error, "code", &code) && code >= 0 && code <= INT32_MAX;

    out->code = has_code ? (int)code : 0;
    out->class = channel_code_class(out->code, http_status);
    if (has_code && code == 0 && http_status < 500)
        out->class = channel_code_find(0)->class;
    if (out->class == ANSWER_PERMANENT && (says_window(message) || says_window(details)))
        out->class = ANSWER_WINDOW;
    copy_text(out, message, details);
}

/* 200 with an id is the only answer that says that Meta has it. */
static void read_accepted(const cJSON *tree, struct channel_answer *out)
{
    const cJSON *messages = json_get(tree, "messages");
    const cJSON *message = cJSON_IsArray(messages) ? messages->child : NULL;
    const char *wamid = wa_some(message, "id");

    out->class = ANSWER_AMBIGUOUS;
    if (wamid == NULL || strlen(wamid) >= sizeof out->wamid) {
        copy_text(out, wamid == NULL ? "accepted without an id" : "accepted with an id that is too long", NULL);
        return;
    }
    memcpy(out->wamid, wamid, strlen(wamid) + 1);
    out->class = ANSWER_ACCEPTED;
    copy_text(out, wa_some(message, "message_status"), NULL);
}

void channel_read_answer(int http_status, const char *body, size_t len, struct channel_answer *out)
{
    struct error err;
    cJSON *tree = body == NULL ? NULL : json_parse(body, len, &err);
    const cJSON *error = json_get(tree, "error");
    bool ok = http_status >= 200 && http_status < 300;

    memset(out, 0, sizeof *out);
    if (cJSON_IsObject(error) && !(ok && cJSON_IsArray(json_get(tree, "messages")))) {
        read_error(http_status, error, out);
    } else if (ok && tree != NULL) {
        read_accepted(tree, out);
    } else {
        out->class = channel_code_class(0, http_status);
        copy_text(out, ok ? "the answer is not JSON" : "an error without a code", NULL);
    }
    cJSON_Delete(tree);
}
