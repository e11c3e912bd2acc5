/* The memory driver keeps the contract. */
#include "contract.h"

#include "../../../core/store/memory/memory.h"

static struct store *open_memory(const struct store_options *options)
{
    struct error err = { "" };
    struct store *s = store_open_memory(options, &err);

    if (s == NULL)
        fail_msg("%s", err.text);
    return s;
}

/* A new process takes over the same memory. */
static struct store *same(struct store *s, const struct store_options *options)
{
    (void)options;
    return s;
}

static void steal(struct store *s, int64_t conv) { memory_of(s)->epoch[conv % STORE_PARTITIONS]++; }

static void fill(struct store *s, bool full) { memory_of(s)->full = full; }

int main(void)
{
    static const struct contract_driver driver = { .name = "memory", .open = open_memory, .reopen = same, .steal = steal,
                                                   .fill = fill };

    return contract_run(&driver);
}
