/* The two drivers as the contract wants them. */
#ifndef TESTS_STORE_DRIVERS_H
#define TESTS_STORE_DRIVERS_H

#include "contract.h"

extern const struct contract_driver on_memory, on_sqlite;

/* Where the file of on_sqlite is: a folder of its own, in memory when possible. Once, before anything else. */
bool        sqlite_folder_make(void);
void        sqlite_folder_remove(void);
const char *sqlite_path(void);
void        sqlite_remove_files(void);
struct store *sqlite_try(const struct store_options *options, struct error *err);

#endif
