#include "contract.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lisolo/base/log.h"
#include "world.h"

enum { SECONDS_MAX = 300 };

static const struct contract_driver *driver;

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL)
        return -1;
    world_open(w, driver);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

int contract_run(const struct contract_driver *d)
{
    static const struct CMUnitTest *(*const subjects[])(size_t *) = { contract_events, contract_people, contract_turns,
                                                                      contract_sends, contract_work, contract_space,
                                                                      contract_keep, contract_hold, contract_secrets };
    struct CMUnitTest all[200];
    size_t count = 0, n;

    driver = d;
    (void)alarm(SECONDS_MAX);          /* a test that failed leaves its operations on a stack that is gone: closing may hang */
    log_set_level(LOG_ERROR + 1);
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const struct CMUnitTest *tests = subjects[i](&n);

        for (size_t j = 0; j < n && count < sizeof all / sizeof all[0]; j++) {
            all[count] = tests[j];
            all[count].setup_func = set_up;
            all[count++].teardown_func = tear_down;
        }
    }
    return _cmocka_run_group_tests(d->name, all, count, NULL, NULL);
}
