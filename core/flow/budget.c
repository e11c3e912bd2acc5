/*
 * `budget`: what one pass of a step may cost before the bill shows it. f.budget holds for every step of the flow; a step's own
 * `budget` takes the place of the figures that it names.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* More than a call may use at all is no budget: script_limits_default() and TURN_SENDS_MAX, with room for other configurations. */
enum { MESSAGES_MAX = 12 };
static const int64_t STEPS_MAX = 1000000000, MEMORY_MAX = (int64_t)1 << 30;

/* "256 KiB", "1 MiB", "4096" bytes */
static bool read_memory(struct build *b, const struct statement *s, const struct decl_entry *e, uint64_t *out)
{
    static const struct { const char *unit; int shift; } UNITS[] = { { "KiB", 10 }, { "MiB", 20 } };
    const char *text = e->value.type == DECL_STRING ? e->value.string : "";
    char *end;
    long long n = strtoll(text, &end, 10);

    while (*end == ' ')
        end++;
    for (size_t i = 0; end != text && n > 0 && i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (strcmp(end, UNITS[i].unit) != 0 || n > MEMORY_MAX >> UNITS[i].shift)
            continue;
        *out = (uint64_t)n << UNITS[i].shift;
        return true;
    }
    flow_report(b, CODE_SIZE, flow_at_value(s, &e->value), "memory = \"256 KiB\"", "\"%.40s\" is not an amount of memory", text);
    return false;
}

void flow_read_budget(struct build *b, const struct statement *s, const struct decl_entry *e, struct budget *out)
{
    const struct decl_entry *memory, *backend;
    int64_t n = 0;

    if (!flow_read_table(b, s, e))
        return;
    flow_read_keys(b, s, &e->value, "budget");
    memory = decl_entry(&e->value, "memory");
    backend = decl_entry(&e->value, "backend");
    if (flow_read_integer(b, s, decl_entry(&e->value, "steps"), 1, STEPS_MAX, &n))
        out->steps = (uint64_t)n;
    if (memory != NULL)
        (void)read_memory(b, s, memory, &out->memory_bytes);
    if (backend != NULL)
        (void)flow_read_duration(b, s, &backend->value, &out->backend_ms);
    if (flow_read_integer(b, s, decl_entry(&e->value, "messages"), 1, MESSAGES_MAX, &n))
        out->messages = (int)n;
}
