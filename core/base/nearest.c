#include "lisolo/base/nearest.h"

#include <string.h>

enum { NAME_MAX_BYTES = 64 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

size_t nearest_distance(const char *a, const char *b, size_t max)
{
    size_t rows[3][NAME_MAX_BYTES + 1], n = strlen(a), m = strlen(b);

    if (n > NAME_MAX_BYTES || m > NAME_MAX_BYTES)
        return max + 1;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], two[j - 2] + 1);
        }
    }
    return least(rows[n % 3][m], max + 1);
}

void nearest_offer(struct nearest *n, const char *candidate)
{
    /* A third of the word may be wrong, and never more than three letters: beyond that a guess confuses. */
    size_t max = least(strlen(n->word) / 3 + (strlen(n->word) < 3), 3), d;

    if (n->best != NULL && n->distance <= max)
        max = n->distance == 0 ? 0 : n->distance - 1;
    d = nearest_distance(n->word, candidate, max);
    if (d > max)
        return;
    n->best = candidate;
    n->distance = d;
}
