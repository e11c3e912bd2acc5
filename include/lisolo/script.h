/*
 * script - Lua: the sandbox, loading a generation of scripts, calling the authors' functions.
 *
 * Product staff write the scripts, so nothing in them may hang, fill or crash the host (hosts.md §2). A generation is loaded on
 * one thread in a scratch state; each worker then makes its own state from the same sources. A script_worker belongs to one
 * thread at a time; threads that run Lua need an 8 MiB stack (SCRIPT_STACK_BYTES, hosts.md §0.1).
 */
#ifndef LISOLO_SCRIPT_H
#define LISOLO_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lisolo/base/buf.h"
#include "lisolo/base/decl.h"
#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/base/problems.h"
#include "lisolo/flow.h"
#include "lisolo/wording.h"

enum {
    SCRIPT_FILE_BYTES_MAX = 64 * 1024,
    SCRIPT_STACK_BYTES    = 8 * 1024 * 1024,
    SCRIPT_FILES_MAX      = 2000,
};

struct script_limits {             /* all from the configuration; script_limits_default() */
    size_t   memory_bytes;         /* whole state, code included: 32 MiB */
    size_t   block_bytes;          /* largest single string or table part: 1 MiB */
    size_t   churn_bytes;          /* total that a single call may allocate: 128 MiB */
    uint64_t steps;                /* VM instructions plus charged C work, a call: 1,000,000 */
    uint64_t load_steps;           /* the same for loading one file: 5,000,000 */
    uint32_t cpu_ms;               /* backstop: 250 */
};
struct script_limits script_limits_default(void);

/* ---- sources: every file read once ---- */

struct script_source { char *name; char *text; size_t len; };   /* "flows/course.lua" */
struct script_sources { struct script_source *list; size_t count; char digest[65]; };

/* Reads flows/, flows/lib/ and templates/ below `folder` (or below `folder`/scripts), files *.lua, sorted by name. Reads a file twice
 * when it changes meanwhile. False: something was reported, and *out is empty. */
bool script_sources_read(const char *folder, struct script_sources *out, struct problems *problems);
void script_sources_free(struct script_sources *s);

/* ---- a generation: immutable, counted ---- */

struct generation {
    uint64_t              number;      /* set by the engine */
    char                  digest[65];  /* of the definitions */
    struct script_sources sources;
    struct wording       *wording;
    struct flows         *flows;
    struct bill          *bill;        /* what its steps have cost: generation_charge() */
    size_t                function_count;
    struct script_limits  limits;
    char                  country[3];
    _Atomic int           users;
};

/* Compiles, runs the top levels under budget, builds wording and flows. Takes `sources`. NULL when a problem is an error;
 * then `problems` says everything that is wrong, not just the first, sorted. The caller is the first user. Codes of its own: E001
 * syntax, E002 what a file may be and hold, E003 unknown name, E004 error at the top level, E005 limit, E006 a function assigns a
 * local of the file, E007 the same key twice, E008 no definition, E009 library. */
struct generation *generation_load(struct script_sources *sources, const struct script_limits *limits, const char *country, struct problems *problems);
void generation_use(struct generation *g);
void generation_drop(struct generation *g);    /* frees with the last user */

/* ---- the texts of message files, for those who translate them ---- */

struct script_text {           /* one text of a message, template or labels statement */
    const char *file;          /* borrowed from the sources */
    char  *verb, *id;          /* "message", "course.depart" */
    char  *key;                /* "fr" "en" "ln"; "note" */
    char  *text;               /* without the line end of a long string's last line; NULL: not one plain text, as "a" .. "b" */
    int    line;
    size_t at, len;            /* its bytes in the file, quotes included */
    size_t close;              /* of the } that ends its statement */
};

struct script_texts { struct script_text *list; size_t count; };

/* All of a file under templates/, in their order; other files have none. Also of one that does not compile. False: out of memory. */
bool script_texts_read(const struct script_source *file, struct script_texts *out);
void script_texts_free(struct script_texts *t);
const struct script_text *script_texts_find(const struct script_texts *t, const char *verb, const char *id, const char *key);
/* The file with `text` as the `key` of the statement of `french`: in place of the one that is there, else behind the last one.
 * Nothing else is touched. False: out of memory, or the file becomes too large. Free *out with free(). */
bool script_texts_put(const struct script_source *file, const struct script_texts *all, const struct script_text *french,
                      const char *key, const char *text, char **out, size_t *len, struct error *err);

/* All messages as a PO file: msgctxt is the id ("labels statut" for labels), msgid the French, msgstr the text in `language`. */
bool script_export_po(const struct script_sources *sources, const char *language, struct buf *out, struct error *err);

/* Puts the translations of `po` (the file `po_name`, for complaints) into `sources`, whose texts change. What does not fit is
 * reported and left out: M24 when the French has changed since, or the message is gone. *changed has a bit for each file. */
struct po;
struct script_import { size_t put, same, refused, untranslated; bool *changed; /* one for each source; free() */ };
bool script_import_po(struct script_sources *sources, const struct po *po, const char *po_name, struct script_import *out,
                      struct problems *problems, struct error *err);

/* How much there is to read in a language, and what is missing. */
struct script_count {
    const char *language;
    size_t texts, words, missing;      /* missing: of the statements that have French */
    size_t longest;                    /* characters */
    char   longest_id[80];
};
void script_count_texts(const struct script_texts *all, size_t files, const char *language, struct script_count *out);

/* ---- the bill: what the steps of a generation have cost since it was loaded ---- */

struct step_cost {                 /* of one step in one turn */
    const struct step *step;
    unsigned passes;               /* how often the turn came to it; 0: only its answer was read, or its call came back */
    uint64_t steps, memory_bytes;  /* of the authors' functions: VM instructions by the thousand, plus charged C work; bytes allocated */
    int64_t  backend_ms;           /* from the call to its answer */
    unsigned messages;             /* replies */
};

enum bill_kind { BILL_STEPS, BILL_MEMORY, BILL_BACKEND, BILL_MESSAGES, BILL_KINDS };

struct bill_line {
    const struct step *step;
    uint64_t passes, total[BILL_KINDS], most[BILL_KINDS];     /* most: in one turn */
    unsigned over;                 /* a bit for each kind that was over its budget in some turn */
};

/* Adds it up; any thread. The kinds (bits) that are over the step's budget, the first time only: one warning a generation and step. */
unsigned generation_charge(struct generation *g, const struct step_cost *c);
/* The steps that have cost anything, in the order of the scripts; returns how many there are and fills at most `max`. */
size_t generation_bill(const struct generation *g, struct bill_line *out, size_t max);
size_t generation_over_budget(const struct generation *g);    /* steps */
const char *bill_kind_name(enum bill_kind kind);              /* "steps" "memory" "backend" "messages", as in `budget` */

/* ---- calling an author's function ---- */

struct script_worker;

/* NULL: err says why (a state whose definitions differ from the generation's is an error here). Uses the generation. */
struct script_worker *script_worker_new(struct generation *g, struct error *err);
void                  script_worker_free(struct script_worker *w);
struct generation    *script_worker_generation(const struct script_worker *w);

/* Values of JSON are read-only tables in Lua; null is nil in an object and false in a list. A value over 64 KiB, over 32 levels or
 * over 2,000 names in one object is not handed over (SCRIPT_FAILED). */
struct script_context {            /* what `c` shows to the function */
    const cJSON *vars;             /* c.name; the flow's derived `values` are computed on reading */
    const struct flow *flow;       /* whose values; NULL */
    int64_t      now_ms;           /* c.now, in seconds */
    const char  *language;         /* c.langue */
    const char  *name;             /* c.prenom: the profile name's first word; NULL */
    const char  *phone;            /* c.telephone */
    const char  *error;            /* c.error in fail steps; NULL */
    const cJSON *secrets;          /* c.secret, in the `body` of a call only; NULL: it cannot be read */
    const cJSON *session;          /* c.session, in the `body` of a session's refresh only; NULL: it cannot be read */
    bool        *secret_read;      /* set when c.secret was; NULL: nobody asks */
    const cJSON *person;           /* c.person: the declared values that outlive a flow; NULL: none are declared */
};

enum script_status { SCRIPT_DONE, SCRIPT_FAILED, SCRIPT_STOPPED };

struct script_failure {            /* for FAILED and STOPPED */
    char text[512];                /* "flows/course.lua:14: attempt to …" or "flows/course.lua:22: stopped: more than 1,000,000 steps (limit \"steps\")" */
    char hint[256];                /* "" when none */
    char file[128];
    int  line;
};

/* Calls function `index` with (c, argument); without a context (NULL) with the argument alone: a function of that kind sees nobody. Results become JSON: results[0..1], NULL for nil; the caller cJSON_Delete()s them.
 * `argument` and `failure` may be NULL. What the function returned must be plain data, else SCRIPT_FAILED naming the path. Members
 * are sorted by name; integers of 16 or more digits become texts, as in json.h; a table without anything becomes {}, also
 * where a list was meant (an empty list of c comes back as []). */
enum script_status script_call(struct script_worker *w, uint32_t index, const struct script_context *c, const cJSON *argument,
                               cJSON *results[2], struct script_failure *failure);
/* What the last call on this worker took. */
struct script_usage { uint64_t steps; size_t churn_bytes; };
void script_worker_usage(const struct script_worker *w, struct script_usage *out);
const char *script_function_name(const struct generation *g, uint32_t index);   /* "course/envoyer/body" */

/* ---- layout, for `lisolo fmt` ---- */

enum script_layout { SCRIPT_LAYOUT_DONE, SCRIPT_LAYOUT_UNPARSED, SCRIPT_LAYOUT_MEMORY };

/*
 * The same script laid out as the shipped ones are; its words stay, but for blanks at the ends of lines and tabs inside fr, en
 * and ln texts. Laying out twice changes nothing more. UNPARSED: only blanks and quotes that Lua does not know outside texts
 * were made plain. *out is the caller's to free; NULL with MEMORY, which a result over 1 MiB is too.
 */
enum script_layout script_layout(const char *text, size_t len, char **out, size_t *out_len);

/* ---- configuration files: Lua that is only data ---- */

/* Runs `path` in a sandbox with no functions at all except string concatenation; what it returns, or the globals that it
 * assigns, becomes `out` (a DECL_TABLE). Errors name file and line. */
bool script_read_config(const char *path, struct decl *out, struct error *err);

#endif
