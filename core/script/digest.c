#include <inttypes.h>
#include <string.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/crypto.h"
#include "loader.h"

/* Each part is led by its length or count, so that no two definitions can have the same bytes. */
static bool add_text(struct buf *b, const char *text)
{
    if (text == NULL)
        return buf_addc(b, '-');
    return buf_addf(b, "%zu:", strlen(text)) && buf_adds(b, text);
}

static bool add_decl(struct buf *b, const struct decl *d)
{
    switch (d->type) {
    case DECL_NIL:      return buf_addc(b, 'n');
    case DECL_BOOLEAN:  return buf_addc(b, d->boolean ? 't' : 'f');
    case DECL_INTEGER:  return buf_addf(b, "i%" PRId64 ";", d->integer);
    case DECL_NUMBER:   return buf_addf(b, "d%a;", d->number);
    case DECL_STRING:   return buf_addc(b, 's') && add_text(b, d->string);
    case DECL_FUNCTION: return buf_addf(b, "F%" PRIu32 ";", d->function);
    case DECL_TABLE:    break;
    }
    if (!buf_addf(b, "{%zu:", d->count) || !add_text(b, d->tag))
        return false;
    for (size_t i = 0; i < d->count; i++)
        if (!add_text(b, d->entries[i].name) || !add_decl(b, &d->entries[i].value))
            return false;
    return true;
}

bool definitions_digest(struct definitions *d)
{
    uint8_t hash[SHA256_BYTES];
    struct buf b;
    bool ok = true;

    buf_init(&b, DEFINITION_BYTES_MAX * 2);
    for (size_t i = 0; i < d->statements.count && ok; i++) {
        const struct statement *s = &d->statements.list[i];

        ok = add_text(&b, s->verb) && add_text(&b, s->owner) && add_text(&b, s->name) && add_text(&b, s->file) && add_decl(&b, &s->body);
    }
    for (size_t i = 0; i < d->function_count && ok; i++)
        ok = add_text(&b, d->functions[i]);
    ok = ok && buf_ok(&b) && crypto_sha256(buf_str(&b), b.len, hash);
    if (ok)
        crypto_hex(hash, sizeof hash, d->digest);
    buf_free(&b);
    return ok;
}
