/*
 * What the tests of `channel` share: people, an envelope, and exact comparisons. Include it instead of cmocka.h.
 */
#ifndef TESTS_CHANNEL_HELP_H
#define TESTS_CHANNEL_HELP_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lisolo/channel.h"

#define NUMBER  "242555000111222"          /* the business number's id */
#define PRISCA  "\"from\":\"242066123456\",\"from_user_id\":\"CG.4815162342\",\"timestamp\":\"1793000000\""
#define AT      "\"at\":1793000000000"
#define NOW_MS  INT64_C(1793000060000)     /* a minute after Prisca wrote */
#define INSTALL "0badcafe"

/* A webhook with one change of our number that holds these members of `value`. Free with free(). */
char *webhook(const char *members);
char *webhook_of(const char *number, const char *field, const char *members);

/* Reads or fails the test. Free with channel_inbound_free(). */
void read_body(const char *body, struct channel_inbound *out);
void read_members(const char *members, struct channel_inbound *out);

/* One message of Prisca (its members after the id) becomes exactly this event (its members after the id). */
void becomes(const char *message, const char *event);

/* The JSON of an item's event. */
const char *event_of(const struct channel_inbound *in, size_t index);

#endif
