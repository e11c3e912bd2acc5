/*
 * What the subcommands share: the table that generates help, how arguments are read, how people are talked to.
 *
 * Results go to stdout, everything else to stderr. Exit codes are those of the enum.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lisolo/base/error.h"
#include "lisolo/base/json.h"
#include "lisolo/base/problems.h"
#include "lisolo/control.h"

enum exit_code {
    EXIT_OK = 0, EXIT_PROBLEMS = 1, EXIT_USAGE = 2, EXIT_INTERNAL = 3, EXIT_UNREACHED = 4, EXIT_NO_TESTS = 5, EXIT_INTERRUPTED = 130,
};

enum { OPTIONS_MAX = 24 };

struct option_spec {
    const char *name;       /* "config"; NULL ends the list */
    const char *argument;   /* "FILE"; NULL: a flag */
    const char *help;
};

struct arguments;

struct subcommand {
    const char *name;
    const char *summary;              /* one line */
    const char *const *examples;      /* command line, what it does, …; NULL ends */
    const char *positional;           /* "[FOLDER]"; NULL: none are taken */
    const char *about;                /* a paragraph; NULL */
    const struct option_spec *options;
    int (*run)(const struct arguments *a);
    bool inside;                      /* for our own tests and tools: not in the first help */
};

struct arguments {
    const struct subcommand *command;
    const char *values[OPTIONS_MAX];  /* by place in the command's options; flags hold "" */
    int         count;
    char      **list;                 /* positional ones */
};

/* table.c */
extern const struct subcommand commands[];
const struct subcommand *command_find(const char *name);

/* help.c */
void help_overview(void);
void help_command(const struct subcommand *c);

/* arguments.c */
bool arguments_read(const struct subcommand *c, int argc, char **argv, struct arguments *out);   /* false: told why, exit EXIT_USAGE */
const char *argument(const struct arguments *a, const char *option);                          /* NULL when not given */
bool argument_number(const struct arguments *a, const char *option, long min, long max, long *out);   /* unchanged when not given; false: told why */

/* say.c */
bool say_colour(int fd);
const char *say_bold(int fd);     /* "" where colours are not wanted */
const char *say_dim(int fd);
const char *say_green(int fd);
const char *say_red(int fd);
const char *say_reset(int fd);
void say_words(const char *words, size_t most);   /* somebody's text on one line of stdout, so many bytes at most: it may hold anything */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));   /* "lisolo: …" on stderr */

/* language.c: of --lang or the environment */
enum problem_language say_language(void);
bool say_language_read(const struct arguments *a);                                    /* false: told why, exit EXIT_USAGE */
const char *say_text(const char *english) __attribute__((format_arg(1)));

/* problems.c: excerpt, arrow, hint; `folder` is where the files are read from for the excerpt, and part of every place */
enum problem_form { FORM_HUMAN, FORM_SHORT, FORM_JSON, FORM_GCC, FORM_GITHUB };
bool problem_form(const char *name, enum problem_form *out);                      /* NULL: human. False: no such form */
void show_problems_as(const struct problems *p, const char *folder, enum problem_form form);
void show_problems(const struct problems *p, const char *folder, bool brief);
void show_counts(FILE *out, size_t errors, size_t warnings);                      /* "2 errors, 1 warning" */
bool problems_from_json(const cJSON *list, struct problems *out);

/* conf.c */
bool config_read(const char *path, struct host_config *out, struct error *err);

/* place.c: where a development host lives (./var) and what it wrote down about itself */
struct dev_place {
    char folder[256], database[300], socket[300], file[300];
};
bool dev_place(const char *folder, struct dev_place *out, struct error *err);
cJSON *dev_read(const struct dev_place *p, struct error *err);
/* The socket of --socket, of --config, or of the host that lisolo dev started here. False: told why. */
bool socket_of(const struct arguments *a, char *out, size_t size);

/* subcommands */
int run_dev(const struct arguments *a);
int run_serve(const struct arguments *a);
int run_chat(const struct arguments *a);
int run_check(const struct arguments *a);
int run_test(const struct arguments *a);
int run_explain(const struct arguments *a);
int run_reload(const struct arguments *a);
int run_status(const struct arguments *a);
int run_why(const struct arguments *a);
int run_person(const struct arguments *a);
int run_handover(const struct arguments *a);
int run_bill(const struct arguments *a);
int run_clock(const struct arguments *a);
int run_stand_in(const struct arguments *a);
int run_load(const struct arguments *a);
int run_wording(const struct arguments *a);
int run_init(const struct arguments *a);
int run_reference(const struct arguments *a);
int run_graph(const struct arguments *a);
int run_fmt(const struct arguments *a);
int run_completion(const struct arguments *a);
int run_complete(const struct arguments *a);
int run_version(const struct arguments *a);
int run_help(const struct arguments *a);

#endif
