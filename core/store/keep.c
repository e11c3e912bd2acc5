/*
 * What is kept, and for how long: parked bodies, and retention.
 */
#include <string.h>

#include "lisolo/base/fail.h"
#include "private.h"

enum { LOOKS_MAX = 10 * SWEEP_ROWS };  /* rows that a slice looks at: old ones that are not finished stay, and cost this */
#define KEEP_MS (30LL * 24 * 3600 * 1000)   /* bodies, messages, parked: reliability.md §6, retention */

bool store_do_park(struct store *s, struct store_park *p)
{
    FAIL_HERE("store.item.park");
    return s->driver->park(s, p, &p->fresh);
}

/*
 * One slice. Each table is walked from its oldest row; `at` is where the walk stands, 0 when it must start again, so that
 * old rows which cannot go yet (unhandled, held) do not stop those behind them.
 */
bool store_do_sweep(struct store *s, struct store_sweep *w)
{
    size_t looks = LOOKS_MAX;

    w->deleted = 0;
    for (int table = 0; table < SWEPT_TABLES; table++) {
        int64_t before = w->now_ms - (table == SWEPT_KEYS ? STORE_SEEN_MS : KEEP_MS);

        while (w->deleted < SWEEP_ROWS && looks > 0) {
            size_t limit = SWEEP_ROWS - w->deleted, deleted = 0;

            if (limit > looks)
                limit = looks;
            if (!s->driver->sweep(s, (enum swept)table, &s->sweep_at[table], before, limit, &deleted))
                return false;
            w->deleted += deleted;
            looks -= limit;
            if (s->sweep_at[table] == 0)
                break;
        }
    }
    return true;
}
