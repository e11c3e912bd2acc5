#include <string.h>

#include "lisolo/base/crypto.h"
#include "lisolo/base/log.h"
#include "private.h"

/* Both sides are hashed first, so that the comparison takes the same time whatever the lengths are. */
static bool token_ok(const char *given, const char *wanted)
{
    uint8_t a[SHA256_BYTES], b[SHA256_BYTES];

    return given != NULL && wanted != NULL && wanted[0] != '\0' && crypto_sha256(given, strlen(given), a) &&
           crypto_sha256(wanted, strlen(wanted), b) && crypto_equal(a, b, sizeof a);
}

void whatsapp_verify(struct intake *in, struct web_request *rq)
{
    const char *mode = web_query(rq, "hub.mode"), *challenge = web_query(rq, "hub.challenge");

    if (mode == NULL || strcmp(mode, "subscribe") != 0 || challenge == NULL || !token_ok(web_query(rq, "hub.verify_token"), in->secrets->verify_token))
        web_reply(rq, 403, NULL, NULL, 0);
    else
        web_reply(rq, 200, "text/plain", challenge, strlen(challenge));
}

void whatsapp_receive(const struct post *p)
{
    struct intake *in = p->in;
    struct channel_options options = { .numbers = in->numbers, .number_count = in->number_count, .install = store_install_id(in->store),
                                       .now_ms = clock_wall_ms(in->clock) };
    struct channel_inbound inbound = { 0 };
    struct error err = { "" };
    size_t len = 0;
    const char *body = web_body(p->rq, &len);

    if (!channel_signature_ok(body, len, web_header(p->rq, "X-Hub-Signature-256"), (const char *const *)in->secrets->app, in->secrets->app_count)) {
        post_refuse(p, "whatsapp");
        return;
    }
    if (!channel_read_webhook(body, len, &options, &inbound, &err)) {
        if (inbound.no_memory)
            post_busy(p);
        else
            receive_park(p, "whatsapp", err.text, 200);
        return;
    }
    if (inbound.errors > 0)
        LOG(LOG_WARN, "whatsapp_account", log_int("code", inbound.error_code), log_int("errors", (int64_t)inbound.errors), log_str("request", p->id));
    receive_items(p, &inbound);
}
