/*
 * fail - failpoints: named places where a test can make the process die, err or wait.
 *
 * Compiled in only with -DLISOLO_FAILPOINTS (the `fault` build). Read once from the environment:
 *     LISOLO_FAIL="store.commit.before=3*kill;sender.post.after=1%kill;store.fsync=err(5)"
 * Actions: off, kill (SIGKILL to ourselves), err(n) (FAIL_ERR returns n), sleep(ms); a prefix `P%`
 * makes it happen with that probability, `N*` only on the N-th hit (1-based). With LISOLO_FAIL_SEED=n the
 * same hits of a point act in every run; without it they differ.
 * Each hit that acts appends one line to the file LISOLO_FAIL_LOG (name, pid), so that a campaign
 * counts the kills that landed inside.
 */
#ifndef LISOLO_BASE_FAIL_H
#define LISOLO_BASE_FAIL_H

#ifdef LISOLO_FAILPOINTS
/* 0, or the n of err(n). */
int fail_hit(const char *name);
#define FAIL_HERE(name) ((void)fail_hit(name))
#define FAIL_ERR(name) fail_hit(name)
#else
#define FAIL_HERE(name) ((void)0)
#define FAIL_ERR(name) 0
#endif

#endif
