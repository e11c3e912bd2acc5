/*
 * graph_refusal - a "no" of the Graph API: HTTP status, code, texts, in Meta's error shape (whatsapp.md §0, §8.2).
 */
#ifndef LAB_GRAPH_REFUSAL_H
#define LAB_GRAPH_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

enum {
    CODE_TOKEN = 190, CODE_PARAMETER = 100, CODE_SERVICE = 2, CODE_GRAPH = 2500,
    CODE_THROUGHPUT = 130429, CODE_MISSING = 131008, CODE_VALUE = 131009, CODE_SELF = 131021, CODE_GROUP = 131041,
    CODE_WINDOW = 131047, CODE_TYPE = 131051, CODE_PAIR = 131056,
    CODE_PARAM_COUNT = 132000, CODE_NO_TEMPLATE = 132001, CODE_TEMPLATE_LONG = 132005, CODE_PARAM_FORMAT = 132012,
    CODE_TEMPLATE_PAUSED = 132015, CODE_TEMPLATE_DISABLED = 132016, CODE_PARAM_VALUE = 132018,
};

struct refusal {
    int  status;
    int  code;
    char details[320];
};

/* Fills `why` with the status that belongs to the code, and returns false. */
bool refuse(struct refusal *why, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The HTTP status and the title of a code; 400 and "An unknown error occurred" for codes that are not in the table. */
int         refusal_status(int code);
const char *refusal_title(int code);

/* Meta's error body. `trace` is any number. Free with free(). NULL: out of memory. */
char *refusal_print(const struct refusal *why, unsigned long long trace, size_t *len);

#endif
