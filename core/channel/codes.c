/*
 * Meta's error codes (whatsapp.md §8.2): one row a code, sorted, with what it means for the message and what somebody can do.
 *
 * The class says what becomes of one message. A code that only concerns management calls is PERMANENT here even when the
 * account is at fault: STOP is kept for what no message of this number would survive, because it holds everybody's replies.
 */
#include <stddef.h>

#include "private.h"

static const struct channel_code CODES[] = {
    { 0, 0, ANSWER_STOP, "the token cannot be authenticated", "put a valid token in place", "doc" },
    { 1, 1, ANSWER_AMBIGUOUS, "unknown API error: a bad request or a fault of the server",
      "none; look at the details if it stays", "doc" },
    { 2, 2, ANSWER_AMBIGUOUS, "the service is down or overloaded for some minutes", "none", "doc" },
    { 3, 3, ANSWER_STOP, "the app may not use this method", "give the app the capability", "doc" },
    { 4, 4, ANSWER_THROTTLED, "the app makes too many calls", "none; lower the rate if it stays", "doc" },
    { 10, 10, ANSWER_STOP, "the permission is not granted or was removed", "grant whatsapp_business_messaging", "doc" },
    { 33, 33, ANSWER_STOP, "the number's id is unknown or deleted", "correct the number's id in the configuration", "doc" },
    { 100, 100, ANSWER_PERMANENT, "a parameter is wrong, or the token cannot see the object",
      "a fault in what we sent: report it", "doc" },
    { 190, 190, ANSWER_STOP, "the token has expired", "put a new token in place", "doc" },
    { 200, 299, ANSWER_STOP, "a permission is missing", "give the token its permissions", "doc" },
    { 368, 368, ANSWER_STOP, "the account is blocked for a while for breaking a policy",
      "see the account's alerts at Meta", "doc" },
    { 80007, 80007, ANSWER_THROTTLED, "the business account makes too many calls", "none; lower the rate if it stays", "doc" },
    { 130403, 130403, ANSWER_PERMANENT, "we have blocked this person", "unblock them if that is not wanted", "code" },
    { 130429, 130429, ANSWER_THROTTLED, "the number sends too fast", "none; lower the rate if it stays", "doc" },
    { 130472, 130472, ANSWER_PERMANENT, "the person is part of an experiment of Meta: no marketing",
      "do not repeat; use another channel", "doc" },
    { 130497, 130497, ANSWER_PERMANENT, "the business may not write to that country", "none", "doc" },
    { 131000, 131000, ANSWER_AMBIGUOUS, "unknown failure", "none", "doc" },
    { 131005, 131005, ANSWER_STOP, "access denied", "give the token its permissions", "doc" },
    { 131008, 131008, ANSWER_PERMANENT, "a required parameter is missing", "a fault in what we sent: report it", "doc" },
    { 131009, 131009, ANSWER_PERMANENT, "a parameter is invalid: length, type, target",
      "a fault in what we sent: report it", "doc" },
    { 131016, 131016, ANSWER_AMBIGUOUS, "the service is unavailable", "none", "doc" },
    { 131020, 131020, ANSWER_PERMANENT, "unknown group", "none", "doc" },
    { 131021, 131021, ANSWER_PERMANENT, "the recipient is the sender", "correct the number", "doc" },
    { 131026, 131026, ANSWER_PERMANENT, "cannot be delivered: not on WhatsApp, an old app, or terms not accepted",
      "doubt the number after two or three times", "doc" },
    { 131030, 131030, ANSWER_PERMANENT, "a test number may only write to its list",
      "add the person to the test number's list", "doc" },
    { 131031, 131031, ANSWER_STOP, "the account is locked", "see the account's alerts at Meta", "doc" },
    { 131037, 131037, ANSWER_STOP, "the number's display name is not approved", "have the display name approved", "doc" },
    { 131041, 131041, ANSWER_PERMANENT, "bad group", "none", "doc" },
    { 131042, 131042, ANSWER_STOP, "a problem with the payment method", "correct the payment method at Meta", "doc" },
    { 131044, 131044, ANSWER_PERMANENT, "a problem with the payment method, for calls",
      "correct the payment method at Meta", "doc" },
    { 131045, 131045, ANSWER_STOP, "the number's registration is broken", "register the number again", "doc" },
    { 131047, 131047, ANSWER_WINDOW, "more than 24 hours since the person wrote", "give the message a template", "doc" },
    { 131048, 131048, ANSWER_PERMANENT, "too many people blocked or reported this number",
      "stop notifications and campaigns for some days", "doc" },
    { 131049, 131049, ANSWER_PERMANENT, "the person has had enough marketing, Meta thinks",
      "wait a day at least; do not repeat", "doc" },
    { 131050, 131050, ANSWER_PERMANENT, "the person does not want marketing", "send them no marketing", "doc" },
    { 131051, 131051, ANSWER_PERMANENT, "this type of message is not supported", "a fault in what we sent: report it", "doc" },
    { 131052, 131052, ANSWER_PERMANENT, "the medium could not be downloaded", "check the link", "doc" },
    { 131053, 131053, ANSWER_PERMANENT, "the medium could not be used: type, size, or the server's headers",
      "check the image and its link", "doc" },
    { 131055, 131055, ANSWER_PERMANENT, "this method is not allowed", "a fault in what we sent: report it", "doc" },
    { 131056, 131056, ANSWER_PAIR, "too many messages to this person in a short time", "none; say it in fewer messages", "doc" },
    { 131057, 131057, ANSWER_AMBIGUOUS, "the account is in maintenance for some minutes", "none", "doc" },
    { 131062, 131062, ANSWER_PERMANENT, "this message needs the telephone number", "ask for the number", "doc" },
    { 131063, 131063, ANSWER_PERMANENT, "marketing templates are switched off for this API",
      "use the Marketing Messages API", "doc" },
    { 131064, 131064, ANSWER_PERMANENT, "restricted after templates in the wrong category",
      "wait, and correct the categories", "doc" },
    { 131201, 131215, ANSWER_PERMANENT, "a group cannot do this", "none", "doc" },
    { 132000, 132000, ANSWER_PERMANENT, "not as many parameters as the template has", "compare with the approved template", "doc" },
    { 132001, 132001, ANSWER_PERMANENT, "the template does not exist in this language, or is not approved",
      "compare with the approved template", "doc" },
    { 132005, 132005, ANSWER_PERMANENT, "the text is too long with its parameters", "shorten the parameters", "doc" },
    { 132007, 132007, ANSWER_PERMANENT, "the template breaks a policy", "change the template", "doc" },
    { 132008, 132008, ANSWER_PERMANENT, "a parameter's value is invalid", "compare with the approved template", "code" },
    { 132012, 132012, ANSWER_PERMANENT, "a parameter has the wrong form", "compare with the approved template", "doc" },
    { 132015, 132015, ANSWER_PERMANENT, "the template is paused for its quality",
      "use another template until it is resumed", "doc" },
    { 132016, 132016, ANSWER_PERMANENT, "the template is switched off for good", "make another template", "doc" },
    { 132018, 132018, ANSWER_PERMANENT, "the structure of the parameters is invalid",
      "compare with the approved template", "code" },
    { 132068, 132068, ANSWER_PERMANENT, "the WhatsApp form is blocked", "ask in the chat instead", "doc" },
    { 132069, 132069, ANSWER_PERMANENT, "the WhatsApp form is throttled to 10 an hour", "ask in the chat instead", "doc" },
    { 133000, 133000, ANSWER_STOP, "an earlier deregistration is not finished", "deregister the number again", "doc" },
    { 133004, 133004, ANSWER_AMBIGUOUS, "the server is unavailable for a while", "none", "doc" },
    { 133005, 133006, ANSWER_STOP, "wrong PIN, or the number must be verified", "verify and register the number", "doc" },
    { 133008, 133009, ANSWER_STOP, "PIN guessed too often or too fast", "wait, then register the number", "doc" },
    { 133010, 133010, ANSWER_STOP, "the number is not registered", "register the number", "doc" },
    { 133015, 133015, ANSWER_RETRY, "the number was deleted some minutes ago", "none", "doc" },
    { 133016, 133016, ANSWER_STOP, "the number was registered too often: 72 hours", "wait three days", "doc" },
    { 134011, 134011, ANSWER_PERMANENT, "payments are not set up", "set payments up at Meta", "doc" },
    { 134100, 134102, ANSWER_PERMANENT, "the marketing API is not set up", "set the marketing API up at Meta", "doc" },
    { 135000, 135000, ANSWER_PERMANENT, "the request was not understood", "a fault in what we sent: report it", "doc" },
    { 136024, 136025, ANSWER_PERMANENT, "the verification code could not be asked for or checked", "try again later", "code" },
    { 137000, 137000, ANSWER_PERMANENT, "the person has another identity key", "verify who they are", "doc" },
    { 138000, 138018, ANSWER_PERMANENT, "a call cannot be made", "none", "doc" },
    { 139000, 139006, ANSWER_PERMANENT, "a WhatsApp form cannot be changed", "see the form at Meta", "doc" },
    { 139100, 139103, ANSWER_PERMANENT, "the list of blocked people cannot be changed", "try again later", "doc" },
    { 147001, 147005, ANSWER_PERMANENT, "the business username is refused", "choose another one", "doc" },
    { 2388019, 2388019, ANSWER_PERMANENT, "a template cannot be made: there are too many", "delete some", "doc" },
    { 2388040, 2388040, ANSWER_PERMANENT, "a template cannot be made: too long", "shorten it", "doc" },
    { 2388047, 2388047, ANSWER_PERMANENT, "a template cannot be made: its format", "correct it", "doc" },
    { 2388072, 2388073, ANSWER_PERMANENT, "a template cannot be made: its header or its text", "correct it", "doc" },
    { 2388293, 2388293, ANSWER_PERMANENT, "a template cannot be made: too many variables for its length",
      "write more words", "doc" },
    { 2388299, 2388299, ANSWER_PERMANENT, "a template cannot be made: a variable at its beginning or end",
      "put words around it", "doc" },
    { 2494100, 2494100, ANSWER_AMBIGUOUS, "the account is in maintenance", "none", "doc" },
    { 2593107, 2593108, ANSWER_PERMANENT, "the import of the app's history is limited", "try again later", "doc" },
};
enum { CODE_COUNT = sizeof CODES / sizeof CODES[0] };

const struct channel_code *channel_codes(size_t *count)
{
    *count = CODE_COUNT;
    return CODES;
}

const struct channel_code *channel_code_find(int code)
{
    size_t low = 0, high = CODE_COUNT;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (code > CODES[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < CODE_COUNT && code >= CODES[low].first ? &CODES[low] : NULL;
}

/* What an unknown code means is what its HTTP status means (§8.2, last lines). */
static enum channel_class http_class(int status)
{
    if (status == 0)
        return ANSWER_PERMANENT;       /* a `failed` status: it was not delivered, and nobody knows that it would be */
    if (status == 429)
        return ANSWER_THROTTLED;
    if (status == 401 || status == 403)
        return ANSWER_STOP;
    if (status == 408)
        return ANSWER_AMBIGUOUS;       /* somebody on the way gave up waiting; giving the message up for that would lose it */
    if (status >= 400 && status < 500)
        return ANSWER_PERMANENT;
    return ANSWER_AMBIGUOUS;
}

enum channel_class channel_code_class(int code, int http_status)
{
    const struct channel_code *known = code > 0 ? channel_code_find(code) : NULL;

    return known != NULL ? known->class : http_class(http_status);
}

const char *channel_class_name(enum channel_class class)
{
    switch (class) {
    case ANSWER_ACCEPTED:  return "accepted";
    case ANSWER_RETRY:     return "retry";
    case ANSWER_THROTTLED: return "throttled";
    case ANSWER_PAIR:      return "pair";
    case ANSWER_AMBIGUOUS: return "ambiguous";
    case ANSWER_PERMANENT: return "permanent";
    case ANSWER_WINDOW:    return "window";
    case ANSWER_STOP:      return "stop";
    }
    return "?";
}
