/*
 * names - what editors read: the language as LuaLS types, and the names of one project. The sandbox reads neither file: they
 * stand beside flows/ and templates/, not in them.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "lisolo/base/buf.h"
#include "lisolo/script.h"

enum { NAMES_FILE_MAX = 4 * 1024 * 1024 };

#define NAMES_LANGUAGE_FILE "lisolo.d.lua"
#define NAMES_PROJECT_FILE  "names.d.lua"

void names_language(struct buf *out, bool french);
void names_project(struct buf *out, const struct generation *g);

/* Both into `folder`. */
bool names_write(const char *folder, const struct generation *g, bool french, struct error *err);

#endif
