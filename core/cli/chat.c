#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "lisolo/lab.h"

int run_chat(const struct arguments *a)
{
    const char *phone = argument(a, "phone"), *name = argument(a, "name");
    struct lab_chat_options options = { .phone = phone == NULL ? "+242066123456" : phone, .name = name == NULL ? "Prisca" : name,
                                        .title = "TokTok Delivery" };
    struct dev_place place;
    struct error err = { "" };
    cJSON *dev = NULL;
    bool ok = dev_place(argument(a, "var"), &place, &err);

    if (phone != NULL && phone[strspn(phone, "+0123456789 ")] != '\0') {
        say_error("chat: --phone is a number with its country, such as +242066123456, not '%s'", phone);
        return EXIT_USAGE;
    }
    if (ok)
        dev = dev_read(&place, &err);
    if (dev == NULL) {
        say_error("%s", err.text);
        return EXIT_UNREACHED;
    }
    options.webhook_url = json_str(dev, "webhook_url");
    options.app_secret = json_str(dev, "app_secret");
    options.graph_url = json_str(dev, "graph_url");
    options.number = json_str(dev, "number");
    options.backend_url = json_str(dev, "backend_url");
    ok = options.webhook_url != NULL && options.app_secret != NULL && options.graph_url != NULL && options.number != NULL;
    if (!ok)
        error_set(&err, "%s is incomplete; start again with: lisolo dev", place.file);
    ok = ok && lab_chat(&options, &err);
    if (!ok && err.text[0] != '\0')
        say_error("%s", err.text);
    cJSON_Delete(dev);
    return ok ? EXIT_OK : EXIT_UNREACHED;
}
