#include "graph_refusal.h"

#include <stdarg.h>
#include <stdio.h>

#include "wire.h"

/* whatsapp.md §8.2. Throttling is 429, as the newer revision of Meta's page has it. */
static const struct { int code, status; const char *title; } table[] = {
    { 0,      401, "The application could not be authenticated" },
    { 1,      400, "An unknown error occurred" },
    { 2,      503, "Service temporarily unavailable" },
    { 3,      500, "This method needs a permission that is missing" },
    { 4,      429, "Application request limit reached" },
    { 10,     403, "Permission denied" },
    { 33,     400, "Parameter value is not valid" },
    { 100,    400, "Invalid parameter" },
    { 190,    401, "Invalid OAuth access token" },
    { 200,    403, "Permission denied" },
    { 368,    403, "Temporarily blocked for policies violations" },
    { 2500,   400, "Unknown path components" },
    { 80007,  429, "Rate limit issues" },
    { 130429, 429, "Rate limit hit" },
    { 131000, 500, "Something went wrong" },
    { 131005, 403, "Access denied" },
    { 131008, 400, "Required parameter is missing" },
    { 131009, 400, "Parameter value is not valid" },
    { 131016, 500, "Service unavailable" },
    { 131021, 400, "Recipient cannot be sender" },
    { 131026, 400, "Message undeliverable" },
    { 131031, 403, "Account has been locked" },
    { 131041, 400, "Unknown group" },
    { 131042, 400, "Business eligibility payment issue" },
    { 131045, 500, "Incorrect certificate" },
    { 131047, 400, "Re-engagement message" },
    { 131048, 429, "Spam rate limit hit" },
    { 131049, 400, "Message not delivered to maintain a healthy ecosystem" },
    { 131050, 400, "User has stopped receiving marketing messages" },
    { 131051, 400, "Unsupported message type" },
    { 131052, 400, "Media download error" },
    { 131053, 400, "Media upload error" },
    { 131056, 429, "Pair rate limit hit" },
    { 131057, 500, "Account in maintenance mode" },
    { 132000, 400, "Template parameter count mismatch" },
    { 132001, 404, "Template does not exist" },
    { 132005, 400, "Template hydrated text too long" },
    { 132007, 400, "Template format character policy violated" },
    { 132012, 400, "Template parameter format mismatch" },
    { 132015, 400, "Template is paused" },
    { 132016, 400, "Template is disabled" },
    { 132018, 400, "Template parameter value is not valid" },
    { 133004, 503, "Server temporarily unavailable" },
    { 133010, 400, "Phone number not registered" },
    { 135000, 400, "Generic user error" },
};

enum { TABLE_COUNT = sizeof table / sizeof table[0] };

int refusal_status(int code)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (table[i].code == code)
            return table[i].status;
    return 400;
}

const char *refusal_title(int code)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (table[i].code == code)
            return table[i].title;
    return "An unknown error occurred";
}

bool refuse(struct refusal *why, int code, const char *format, ...)
{
    va_list args;

    why->code = code;
    why->status = refusal_status(code);
    va_start(args, format);
    vsnprintf(why->details, sizeof why->details, format, args);
    va_end(args);
    return false;
}

char *refusal_print(const struct refusal *why, unsigned long long trace, size_t *len)
{
    char message[400];
    struct buf b;

    /* Graph's own code 100 tells the fault in the message; WhatsApp's codes have a title there and the fault in details. */
    snprintf(message, sizeof message, "(#%d) %s", why->code,
             why->code == CODE_PARAMETER || why->code == CODE_GRAPH ? why->details : refusal_title(why->code));
    buf_init(&b, 4096);
    buf_adds(&b, "{\"error\":{\"message\":");
    wire_string(&b, message);
    buf_addf(&b, ",\"type\":\"OAuthException\",\"code\":%d,\"error_data\":{\"messaging_product\":\"whatsapp\",\"details\":",
             why->code);
    wire_string(&b, why->details);
    buf_addf(&b, "},\"fbtrace_id\":\"A%016llx\"}}", trace);
    return buf_take(&b, len);
}
