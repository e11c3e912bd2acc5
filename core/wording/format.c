/*
 * Applying a filter to a value.
 */
#include "format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "lisolo/base/phone.h"
#include "lisolo/base/utf8.h"
#include "private.h"

enum { PHONE_SHOWN_MAX = 64, NUMBER_TEXT_MAX = 32 };

/* A machine's writing of a number, for the formats that show text. */
static const char *atom_text(const struct atom *in, char room[NUMBER_TEXT_MAX])
{
    if (!in->is_number)
        return in->text;
    snprintf(room, NUMBER_TEXT_MAX, in->number == floor(in->number) && fabs(in->number) < 1e15 ? "%.0f" : "%.15g", in->number);
    return room;
}

static bool atom_number(const struct atom *in, double *out)
{
    if (in->is_number) {
        *out = in->number;
        return true;
    }
    return number_read(in->text, out);
}

static bool print_fcfa(const struct format_env *env, const struct atom *in, struct buf *out, const char **why)
{
    double amount;
    int64_t whole;

    if (!atom_number(in, &amount)) {
        if (!amount_read(in->text, &whole)) {
            *why = "not an amount";
            return false;
        }
        amount = (double)whole;
    }
    if (fabs(amount) > 9e15) {
        *why = "too large an amount";
        return false;
    }
    return fcfa_print(env->language, amount, out);
}

static bool print_number(const struct filter *f, const struct format_env *env, const struct atom *in, struct buf *out,
                         const char **why)
{
    double number;

    if (!atom_number(in, &number) || fabs(number) > 9e15) {
        *why = "not a number";
        return false;
    }
    return number_print(env->language, number, f->number, out);
}

static bool print_phone(const struct format_env *env, const char *text, struct buf *out)
{
    char e164[PHONE_MAX], shown[PHONE_SHOWN_MAX];

    if (!phone_parse(text, env->country, e164))
        return buf_adds(out, text);   /* the customer then sees what the backend has */
    phone_show(e164, shown, sizeof shown);
    return buf_adds(out, shown);
}

static bool print_upper(const char *text, struct buf *out)
{
    utf8proc_uint8_t bytes[4];

    for (const char *at = text; *at != '\0';) {
        int32_t c = utf8_next(&at);

        if (c < 0)
            break;
        buf_add(out, bytes, (size_t)utf8proc_encode_char(utf8proc_toupper(c), bytes));
    }
    return buf_ok(out);
}

static bool print_link(const char *text, struct buf *out, const char **why)
{
    if (strncmp(text, "https://", 8) != 0 || text[8] == '\0' || strpbrk(text, " \n\t\"<>") != NULL) {
        *why = "not an https:// link";
        return false;
    }
    return buf_adds(out, text);
}

/* An exact form wins, then the language's own, then other. */
static const struct plural_form *choose_form(const struct filter *f, enum language l, double number)
{
    enum plural wanted = language_plural(l, number);
    const struct plural_form *best = NULL;

    for (size_t i = 0; i < f->form_count; i++) {
        const struct plural_form *form = &f->forms[i];

        if (form->exact) {
            if (form->number == number)
                return form;
        } else if (form->plural == wanted || (form->plural == PLURAL_OTHER && best == NULL)) {
            best = form;
        }
    }
    return best;
}

static bool print_plural(const struct filter *f, const struct format_env *env, const struct atom *in, struct buf *out,
                         const char **why)
{
    const struct plural_form *form;
    double number;

    if (!atom_number(in, &number) || fabs(number) > 9e15) {
        *why = "not a number";
        return false;
    }
    form = choose_form(f, env->language, number);
    if (form == NULL) {
        *why = "no plural form";
        return false;
    }
    for (const char *at = form->text; *at != '\0'; at++) {
        if (*at == '\\' && at[1] == '#')
            buf_addc(out, *++at);
        else if (*at == '#')
            number_print(env->language, number, -1, out);
        else
            buf_addc(out, *at);
    }
    return buf_ok(out);
}

static bool print_label(const struct filter *f, const struct format_env *env, const char *key, struct buf *out)
{
    const struct label *label = labels_get(f->set, env->language, key);

    return buf_adds(out, label != NULL ? label->text : key);
}

bool format_apply(const struct filter *f, const struct format_env *env, const struct atom *in, struct buf *out,
                  const char **why)
{
    char room[NUMBER_TEXT_MAX];
    size_t from = out->len;

    *why = "out of memory";
    switch (f->format) {
    case FORMAT_FCFA:
        return print_fcfa(env, in, out, why);
    case FORMAT_NUMBER:
        return print_number(f, env, in, out, why);
    case FORMAT_PLURAL:
        return print_plural(f, env, in, out, why);
    case FORMAT_DATE:
        return date_print(env, f->date, in, out) || buf_adds(out, atom_text(in, room));
    case FORMAT_TIME:
        return time_print(env, in, out) || buf_adds(out, atom_text(in, room));
    case FORMAT_PHONE:
        return print_phone(env, atom_text(in, room), out);
    case FORMAT_SHORT:
        return buf_adds(out, atom_text(in, room)) && text_shorten(out, from, (size_t)f->number);
    case FORMAT_UPPER:
        return print_upper(atom_text(in, room), out);
    case FORMAT_LINK:
        return print_link(atom_text(in, room), out, why);
    case FORMAT_LABEL:
        return print_label(f, env, atom_text(in, room), out);
    case FORMAT_TIMELINE:
        return timeline_print(f->set, env, atom_text(in, room), out);
    case FORMAT_OR:
        return buf_adds(out, atom_text(in, room));
    case FORMATS:
        break;
    }
    *why = "no such format";
    return false;
}
