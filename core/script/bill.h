/* bill - the counters behind generation_charge() and generation_bill(). Private to generation.c and bill.c. */
#ifndef LISOLO_SCRIPT_BILL_H
#define LISOLO_SCRIPT_BILL_H

#include "lisolo/script.h"

struct bill *bill_new(const struct flows *f);    /* NULL: out of memory */
void         bill_free(struct bill *b);          /* NULL is fine */

#endif
