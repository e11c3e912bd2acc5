/*
 * The contract that every driver of the store passes. A driver's program fills in the table and calls contract_run().
 */
#ifndef TESTS_STORE_CONTRACT_H
#define TESTS_STORE_CONTRACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lisolo/store.h"

struct contract_driver {
    const char   *name;
    struct store *(*open)(const struct store_options *options);   /* empty */
    /* Closes and opens again what is durable. The memory driver, which is gone at close, gives the same store. */
    struct store *(*reopen)(struct store *s, const struct store_options *options);
    void          (*steal)(struct store *s, int64_t conv);         /* as if another process had taken the partition over */
    void          (*fill)(struct store *s, bool full);             /* the disk */
    void          (*end)(void);                                    /* after each test */
};

/* The number of failed tests. */
int contract_run(const struct contract_driver *driver);

/* The promises, by subject. Every test gets a fresh struct world. */
#define CONTRACT(name) const struct CMUnitTest *name(size_t *count)
CONTRACT(contract_events);
CONTRACT(contract_people);
CONTRACT(contract_turns);
CONTRACT(contract_sends);
CONTRACT(contract_work);
CONTRACT(contract_space);
CONTRACT(contract_keep);
CONTRACT(contract_secrets);
CONTRACT(contract_hold);

#define GIVE(tests) \
    do { \
        *count = sizeof tests / sizeof tests[0]; \
        return tests; \
    } while (0)

#endif
