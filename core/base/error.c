#include "lisolo/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_write(struct error *err, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool error_write_before(struct error *err, const char *format, ...)
{
    char said[ERROR_TEXT_MAX];
    va_list args;
    int n;

    if (err == NULL)
        return false;
    memcpy(said, err->text, sizeof said);
    va_start(args, format);
    n = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof err->text)
        (void)snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", said);
    return false;
}
