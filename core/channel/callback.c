/*
 * The callback string: an id of ours that Meta echoes in every status of the message (whatsapp.md §3), even when the answer
 * to our request was lost. The installation is part of it, because two installations may share one number (staging).
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

void channel_callback(char out[CHANNEL_CALLBACK_SIZE], const char *install, int64_t out_id, int attempt)
{
    int n = snprintf(out, CHANNEL_CALLBACK_SIZE, "v1.%s.%" PRId64 ".%d", install, out_id, attempt);

    assert(n > 0 && n < CHANNEL_CALLBACK_SIZE);
}

bool channel_callback_read(const char *text, const char *install, int64_t *out_id, int *attempt)
{
    char again[CHANNEL_CALLBACK_SIZE];
    size_t install_len;
    long long id;
    long tries;
    char *end;

    if (text == NULL || install == NULL || strlen(text) >= CHANNEL_CALLBACK_SIZE)
        return false;
    install_len = strlen(install);
    if (strncmp(text, "v1.", 3) != 0 || strncmp(text + 3, install, install_len) != 0 || text[3 + install_len] != '.')
        return false;
    errno = 0;
    id = strtoll(text + 3 + install_len + 1, &end, 10);
    if (errno != 0 || id <= 0 || *end != '.')
        return false;
    tries = strtol(end + 1, NULL, 10);
    if (errno != 0 || tries < 0 || tries > INT_MAX)
        return false;
    channel_callback(again, install, id, (int)tries);
    if (strcmp(again, text) != 0)              /* exactly what we write: no spaces, signs, zeros or tail */
        return false;
    *out_id = id;
    *attempt = (int)tries;
    return true;
}
