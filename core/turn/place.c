/*
 * Where a conversation stands. Its state names a flow and a step; a reload may have renamed or removed either, and nobody
 * may be stranded by that (decisions.md, reload).
 */
#include <stdio.h>
#include <string.h>

#include "private.h"

enum { RENAMES_MAX = 8 };              /* a chain longer than this is a circle */

const struct step *place_step(const struct flow *f, const char *name)
{
    const struct step *s = flow_step(f, name);

    for (int i = 0; s == NULL && i < RENAMES_MAX; i++) {
        name = flow_moved(f, name);
        if (name == NULL)
            return NULL;
        s = flow_step(f, name);
    }
    return s;
}

bool turn_find_place(struct turn *t)
{
    t->flow = NULL;
    t->step = NULL;
    t->moved = false;
    if (t->st.flow[0] == '\0')
        return true;
    t->flow = flows_find(t->flows, t->st.flow);
    if (t->flow != NULL)
        t->step = place_step(t->flow, t->st.step);
    if (t->flow != NULL && t->step == NULL) {
        t->step = trail_pop(t);        /* the last answered question that still exists is asked again */
        t->moved = t->step != NULL;
        t->st.calling = false;
    }
    if (t->broken)
        return false;
    if (t->step == NULL)
        return turn_end(t);            /* nothing of it is left: the menu */
    (void)snprintf(t->st.step, sizeof t->st.step, "%s", t->step->name);
    return true;
}
