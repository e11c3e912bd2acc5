/*
 * scripts - where a project's scripts are, and a generation of them for tools that only look.
 */
#ifndef CLI_SCRIPTS_H
#define CLI_SCRIPTS_H

#include "lisolo/script.h"

/* Where flows/ and templates/ are: `folder`, or scripts/ in it, as script_sources_read() looks. False: the path is too long. */
bool scripts_root(const char *folder, char *out, size_t size);

/* Is there such a folder? False: told, exit EXIT_UNREACHED. What is wrong inside it is for problems. */
struct arguments;
bool scripts_there(const struct arguments *a, const char *folder);

/* NULL when there is an error in them; problems hold all, sorted, and are the caller's to free. `country` NULL: CG. */
struct generation *scripts_load(const char *folder, const char *country, struct problems *problems);

#endif
