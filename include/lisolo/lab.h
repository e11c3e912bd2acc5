/*
 * lab - what people and tests try a host with: stand-ins for the Graph API and for the backend, the terminal chat,
 * the load generator. Only `cli` may include it.
 *
 * The stand-ins share nothing with `channel` on purpose: limits, validators and signers are their own, because that second
 * opinion is what tests the first one. They listen on loopback, without TLS, and are not for strangers.
 *
 * Each lab_*_run() owns the calling thread until SIGTERM or SIGINT; it must be called before other threads are started.
 * When it listens it prints one line on stdout and flushes it:
 *
 *     ready graph http://127.0.0.1:41873
 *
 * Strings in options are borrowed for the call. 0 or NULL means the default that stands beside the field.
 */
#ifndef LISOLO_LAB_H
#define LISOLO_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/error.h"

/* ---- the Graph API stand-in ----
 *
 *   POST /{version}/{number}/messages       as strict as Meta (whatsapp.md §4, §8), answers with a wamid
 *   GET  /_lab/messages?after=N&wait_ms=M   what was accepted after number N, in order; waits for something when M > 0.
 *                                           limit=L (default 1,000); reads=1 also lists read marks
 *   GET  /_lab/stats                        counters; "doubles" counts callbacks accepted more than once
 *   POST /_lab/behave                       one rule, or {"rules": […]}, added after the rules that stand (graph_rules.h)
 *   POST /_lab/reset                        {"what": "rules" | "all"}
 *   POST /_lab/people                       {"to": "+242…", "last_message_ms": T | "window": "open" | "closed" | "unknown"}
 *   GET, POST /_lab/templates               the list that template sends are checked against
 *
 * A rule is tried on messages and read marks in the order given; the first that matches applies:
 *   who:    "to": "+242…", "type": "text", "skip": N, "count": N, "probability": 0…1
 *   what:   "latency_ms": N
 *           "fault": "refuse" | "fail_after_accept" | "reset_before" | "reset_after" | "silence_before" | "silence_after"
 *           "status": HTTP status, "code": Meta's code, "retry_after_s": N, "body": the whole answer as a string
 *           "statuses": "off" | "duplicate" | "reordered" | "failed" (with "failed_code"), "status_delay_ms": N
 * `status` or `code` without `fault` means "refuse". "before" is before the message is accepted and recorded, "after" is after.
 */
struct lab_graph_options {
    const char *address;         /* "127.0.0.1" */
    uint16_t    port;            /* any free one */
    const char *token;           /* the bearer token; required */
    const char *number;          /* phone_number_id; required */
    const char *display_number;  /* the number's digits, "242060000000" */
    const char *waba;            /* "100200300400500" */
    const char *webhook_url;     /* where statuses go; NULL: none are made */
    const char *app_secret;      /* signs them; required with webhook_url */
    const char *templates_file;  /* JSON, Meta's form or the short one (graph_templates.h); NULL: any template of the right shape passes */
    size_t      record_max;      /* accepted messages kept: 100,000 */
    double      number_per_s;    /* 80, as Meta; below 0: no limit (130429) */
    double      pair_per_s;      /* 1/6, as Meta; below 0: no limit (131056) */
    double      pair_burst;      /* 45 */
    int         sent_ms;         /* from accepted to each status: 20; below 0: never */
    int         delivered_ms;    /* 120 */
    int         read_ms;         /* 400 */
    unsigned    status_batch;    /* most statuses in one POST: 1; Meta goes to 1,000 */
    int         idle_ms;         /* a connection with nothing on it is closed after: 30,000. Short: stale connections at the host */
};

bool lab_graph_run(const struct lab_graph_options *options, struct error *err);

/* ---- the backend stand-in ----
 *
 * A small server; what it knows and how it answers is Lua (core/lab/backend.lua is built in, `script` replaces it).
 *
 *   /api/v1/…                  login, client profile, courier missions (toktok.md §2.1 rows 1-2, §2.2 rows 11-13)
 *   GET  /_lab/calls?after=N   what it was sent
 *   GET  /_lab/stats           counters, idempotency replays among them
 *   POST /_lab/advance         {"numero_mission", "statut"}: changes the mission and posts the signed event
 *   POST /_lab/behave          rules: {"method", "path", "skip", "count", "latency_ms", "status", "body", "silence": "before" | "after",
 *                              "reset": "before" | "after", "missing_ids": true}
 *   POST /_lab/vocabulary      {"words": "en" | "fr"}
 *   POST /_lab/reset
 */
struct lab_backend_options {
    const char *address;         /* "127.0.0.1" */
    uint16_t    port;            /* any free one */
    const char *token;           /* the service's bearer token; "backend-token" */
    const char *event_url;       /* where events go; NULL: none are posted */
    const char *event_secret;    /* "whsec_…" or bare base64 (Standard Webhooks); required with event_url */
    const char *script;          /* a Lua file in place of the built-in one; NULL */
    const char *vocabulary;      /* "en" or "fr": the language of status words; "en" */
};

bool lab_backend_run(const struct lab_backend_options *options, struct error *err);

/* ---- the terminal chat ----
 *
 * Plays one customer: posts signed webhooks to the host, shows what the Graph stand-in accepted for that customer.
 * When stdin or stdout is no terminal it reads lines, prints plain text, and waits after each line until the host is quiet.
 */
struct lab_chat_options {
    const char *webhook_url;     /* the host's WhatsApp webhook; required */
    const char *app_secret;      /* required */
    const char *graph_url;       /* the Graph stand-in, "http://127.0.0.1:41873"; required */
    const char *number;          /* phone_number_id; required */
    const char *display_number;  /* "242060000000" */
    const char *waba;            /* "100200300400500" */
    const char *phone;           /* the customer, "+242066123456" */
    const char *name;            /* "Prisca" */
    const char *title;           /* of the business, shown on top: "Lisolo" */
    const char *backend_url;     /* the backend stand-in, for /statut; NULL */
    const char *language;        /* "fr" or "en" for prompts and help; from LANG */
    int         quiet_ms;        /* without a terminal: silence that ends a wait, 400 */
    int         wait_ms;         /* without a terminal: longest wait for a first reply, 5,000 */
};

/* True when it ended by /quit or the end of input; without a terminal false also when a line could not be delivered. */
bool lab_chat(const struct lab_chat_options *options, struct error *err);

/* ---- the load generator ----
 *
 * Plays many people at once and the Graph API for them, in one thread: signed webhooks out, replies in, so that a reply is timed
 * where it arrives. One message a person is under way. Prints a JSON report on stdout.
 *
 * The host must be told to use http://127.0.0.1:<graph_port> as graph_base, and its limits must be raised.
 */
struct lab_load_options {
    const char *webhook_url;      /* http://127.0.0.1:port/path; required */
    const char *app_secret;       /* required */
    const char *token;            /* what the host sends as bearer; required */
    const char *number;           /* phone_number_id; required */
    const char *display_number;
    const char *waba;
    uint16_t    graph_port;       /* where the host sends its replies; any free one */
    unsigned    people;           /* 1,000 */
    unsigned    connections;      /* to the host: 64 */
    double      rate;             /* messages a second; 0: closed loop, each person writes again as soon as they have their reply */
    unsigned    replies;          /* messages that answer each of ours: 1; below, see `ack_only` */
    bool        ack_only;         /* wait for no reply: measures intake alone */
    double      warm_s;           /* not counted: 2 */
    double      seconds;          /* counted: 10 */
    uint64_t    messages;         /* stop after so many counted ones; 0: no limit */
    const char *const *texts;     /* what each person writes, in turn; NULL ends. Default "Bonjour" */
    bool        statuses;         /* also post sent, delivered and read for every reply */
    int         graph_ms;         /* each reply is accepted so much later, as the real Graph API would: 0 */
    int         reply_timeout_ms; /* a person whose reply is later is counted as lost and goes on: 10,000 */
};

bool lab_load(const struct lab_load_options *options, struct error *err);

/* ---- conversations as tests ----
 *
 * Plays `.chat` files (authoring.md §3.2) against the product's own engine, sender and memory store, in process: no ports, no
 * sleeps, a fake clock. Prints to stdout; the last line is `N passed, N failed` (on stderr where stdout is XML or JSON).
 */
enum lab_test_format { LAB_TEST_TEXT, LAB_TEST_TAP, LAB_TEST_JUNIT, LAB_TEST_JSON };
enum lab_test_verdict {
    LAB_TEST_PASSED, LAB_TEST_FAILED, LAB_TEST_NONE,
    LAB_TEST_SCRIPTS,              /* the scripts have errors: see `problems` */
    LAB_TEST_BROKEN,               /* err says why */
};

struct lab_test_options {
    const char *scripts;           /* folder: "scripts" */
    const char *const *paths;      /* files and folders; NULL: "tests/chat" */
    size_t      path_count;
    const char *country;           /* "CG" */
    const char *only;              /* files whose path or title holds this; NULL: all */
    enum lab_test_format format;
    bool        french;
    bool        update;            /* rewrites what differs, in place; never when `dry` */
    bool        review;            /* the same, asking for each change on the terminal */
    bool        dry;               /* CI: nothing is ever written */
    bool        chaos;             /* each message twice, statuses shuffled, a restart before every turn */
    bool        shuffle;
    uint64_t    seed;
    unsigned    jobs;              /* threads: 1 */
    unsigned    repeat;            /* 1 */
    bool        coverage;
    int         min_coverage;      /* percent; 0: none */
    bool        watch;             /* again whenever a file changes, for ever */
};

struct problems;
enum lab_test_verdict lab_test(const struct lab_test_options *options, struct problems *problems, struct error *err);

#endif
