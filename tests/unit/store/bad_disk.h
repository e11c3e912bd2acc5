/*
 * A disk under SQLite that can fill up or fail. It answers every system call's place, so the code above sees what it would
 * see of a real one.
 */
#ifndef TESTS_STORE_BAD_DISK_H
#define TESTS_STORE_BAD_DISK_H

enum disk { DISK_GOOD, DISK_FULL, DISK_NO_SYNC, DISK_NO_WRITE };

/* Becomes the default for files opened from now on. */
void bad_disk_install(void);
void bad_disk_is(enum disk state);

#endif
