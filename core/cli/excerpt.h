/* excerpt - the lines around a place with an arrow below it. */
#ifndef CLI_EXCERPT_H
#define CLI_EXCERPT_H

/* Two lines before `at`, one behind; `column` in code points, 0: no arrow. On stdout. */
void excerpt_show(const char *text, int at, int column);

/* Columns of a terminal that the first `points` code points of a line take. */
int excerpt_width(const char *line, int len, int points);
/* How many code points belong to what starts at `column`: a word, a text in quotes, a {value}, a [button]; at least 1. */
int excerpt_points(const char *line, int len, int column);

#endif
