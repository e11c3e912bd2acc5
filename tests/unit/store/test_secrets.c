/* What a thief of the database file, its WAL and an old copy of either would find: nothing. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../core/store/sqlite/sqlite.h"
#include "drivers.h"
#include "lisolo/base/file.h"
#include "lisolo/base/log.h"
#include "world.h"

#define PHONE "+242066123456"
#define PASSWORD "Tsiemé-Moukondo-77"
#define TOKEN "acc-0123456789abcdef"

static const char SAID[] = "{\"kind\":\"text\",\"text\":\"" PASSWORD "\"}";

static int fresh(void **state)
{
    (void)state;
    sqlite_remove_files();
    return 0;
}

static size_t places(const char *suffix, const char *words)
{
    char name[160], *text = NULL;
    struct error err = { "" };
    size_t len = 0, found = 0;

    (void)snprintf(name, sizeof name, "%s%s", sqlite_path(), suffix);
    if (access(name, F_OK) != 0)
        return 0;
    if (!file_read(AT_FDCWD, name, 64 << 20, &text, &len, &err))
        fail_msg("%s", err.text);
    for (const char *at = text; at < text + len && (at = memmem(at, len - (size_t)(at - text), words, strlen(words))) != NULL; at++)
        found++;
    free(text);
    return found;
}

static void expect_unreadable(const char *words)
{
    assert_int_equal(places("", words), 0);
    assert_int_equal(places("-wal", words), 0);
}

static void secret_turn(struct world *w, int64_t conv, uint64_t seq, struct store_call *call)
{
    struct store_turn t = turn_op(w, conv, seq, "{}");

    t.secret_next = call == NULL;
    t.calls = call;
    t.call_count = call != NULL;
    assert_int_equal(submit(w, &t), STORE_OK);
}

static void a_password_and_a_token_never_stand_in_the_file_in_clear(void **state)
{
    static const char body[] = "{\"password\":\"" PASSWORD "\"}", answer[] = "{\"data\":\"" TOKEN "\"}";
    struct store_call call = { .step = "entrer", .method = "POST", .path = "/", .key = "k", .body = { body, sizeof body - 1 },
                               .auth = TOKEN, .seal = true };
    struct store_call_mark m = { .op = { .kind = STORE_CALL_MARK }, .to = CALL_RUNNING, .attempt = 1 };
    struct store_answer a = { .op = { .kind = STORE_ANSWER }, .body = { answer, sizeof answer - 1 } };
    struct world w;
    struct store_item it;

    (void)state;
    world_open(&w, &on_sqlite);
    it = says(&w, PHONE, "{\"text\":\"un mot ordinaire\"}");
    assert_int_equal(places("-wal", "un mot ordinaire"), 1);       /* so a find would be found */
    secret_turn(&w, it.conv, 1, NULL);
    (void)says(&w, PHONE, SAID);
    expect_unreadable(PASSWORD);
    secret_turn(&w, it.conv, 2, &call);
    m.call_id = a.call_id = w.calls[0].id;
    assert_int_equal(submit(&w, &m), STORE_OK);
    assert_int_equal(submit(&w, &a), STORE_OK);
    expect_unreadable(PASSWORD);
    expect_unreadable(TOKEN);
    assert_int_equal(turn(&w, it.conv, 3, "{}"), STORE_OK);
    world_reopen(&w);                                              /* the WAL has been copied into the file */
    expect_unreadable(PASSWORD);
    expect_unreadable(TOKEN);
    assert_int_equal(places(".key", PASSWORD), 0);
    world_close(&w);
}

static void the_key_is_in_a_private_file_of_its_own(void **state)
{
    struct error err = { "" };
    char name[160], *key = NULL;
    uint8_t seal[32];
    struct world w;
    struct stat st;
    size_t len;

    (void)state;
    world_open(&w, &on_sqlite);
    (void)snprintf(name, sizeof name, "%s.key", sqlite_path());
    assert_int_equal(stat(name, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(file_read(AT_FDCWD, name, 64, &key, &len, &err));
    assert_int_equal(len, 32);
    assert_true(store_secret(w.s, "seal", seal));
    assert_memory_equal(seal, key, 32);
    world_reopen(&w);
    assert_true(store_secret(w.s, "seal", seal));
    assert_memory_equal(seal, key, 32);
    world_close(&w);
    free(key);
}

/* The event is handed over empty: its turn is given up, the operator is told, the conversation goes on. */
static void without_its_key_a_secret_is_lost_and_nothing_else(void **state)
{
    struct world w;
    struct store_item it;
    char name[160];

    (void)state;
    world_open(&w, &on_sqlite);
    it = says(&w, PHONE, "{}");
    secret_turn(&w, it.conv, 1, NULL);
    (void)says(&w, PHONE, SAID);
    (void)snprintf(name, sizeof name, "%s.key", sqlite_path());
    assert_int_equal(unlink(name), 0);
    world_reopen(&w);
    assert_int_equal(w.event_count, 1);
    assert_string_equal(last_event(&w)->body, "");
    assert_int_equal(turn(&w, it.conv, 2, "{}"), STORE_OK);
    (void)says(&w, PHONE, "{\"text\":\"encore\"}");
    assert_string_equal(last_event(&w)->body, "{\"text\":\"encore\"}");
    world_close(&w);
}

static void expect_key_refused(const char *key, unsigned mode, const char *words)
{
    struct error err = { "" };
    struct store_options o = { .clock = NULL };
    char name[160];

    (void)snprintf(name, sizeof name, "%s.key", sqlite_path());
    assert_true(file_write(name, key, strlen(key), mode, &err));
    assert_null(sqlite_try(&o, &err));
    if (strstr(err.text, ".key") == NULL || strstr(err.text, words) == NULL)
        fail_msg("%s is not in: %s", words, err.text);
}

static void a_key_file_of_the_wrong_size_is_refused(void **state)
{
    (void)state;
    expect_key_refused("short", 0600, "it must hold 32 bytes; remove it");
    expect_key_refused("thirty-two bytes and a line end:\n", 0600, "it must hold 32 bytes; remove it");
}

static void a_key_that_everybody_can_read_is_refused(void **state)
{
    (void)state;
    expect_key_refused("exactly thirty-two bytes of key.", 0644, "chmod 600");
}

/* It came before the turn that asks for the secret was committed, so it was not sealed. */
static void a_secret_that_came_too_early_is_gone_from_the_file_once_it_is_wiped(void **state)
{
    struct world w;
    struct store_item it;
    struct store_turn t;

    (void)state;
    world_open(&w, &on_sqlite);
    it = says(&w, PHONE, SAID);
    world_reopen(&w);
    assert_int_equal(places("", PASSWORD), 1);
    t = turn_op(&w, it.conv, 1, "{}");
    t.wipe = true;
    assert_int_equal(submit(&w, &t), STORE_OK);
    world_reopen(&w);
    expect_unreadable(PASSWORD);
    world_close(&w);
}

/* A file of version 3 with a call under way, as that version left it. */
static void a_file_of_version_3_is_brought_up_to_date_with_its_calls(void **state)
{
    struct contract_driver keeping = on_sqlite;
    struct world w;
    sqlite3 *db = NULL;

    (void)state;
    keeping.end = NULL;                /* the files stay */
    world_open(&w, &keeping);
    (void)says(&w, PHONE, "{}");
    secret_turn(&w, 1, 1, &(struct store_call){ .step = "lire", .method = "GET", .path = "/x/", .key = "k" });
    world_close(&w);
    assert_int_equal(sqlite3_open_v2(sqlite_path(), &db, SQLITE_OPEN_READWRITE, "unix"), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "ALTER TABLE state DROP COLUMN secret; ALTER TABLE call DROP COLUMN auth;"
                                      "ALTER TABLE call DROP COLUMN pages; PRAGMA user_version = 3", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    world_open(&w, &on_sqlite);
    assert_int_equal(w.call_count, 1);
    assert_string_equal(w.calls[0].path, "/x/");
    w.next_key = 100;                  /* keys are remembered */
    assert_string_equal(w.calls[0].auth, "");
    (void)says(&w, PHONE, "{\"text\":\"bonjour\"}");
    secret_turn(&w, 1, 2, NULL);
    (void)says(&w, PHONE, SAID);
    expect_unreadable(PASSWORD);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_password_and_a_token_never_stand_in_the_file_in_clear, fresh),
        cmocka_unit_test_setup(the_key_is_in_a_private_file_of_its_own, fresh),
        cmocka_unit_test_setup(without_its_key_a_secret_is_lost_and_nothing_else, fresh),
        cmocka_unit_test_setup(a_key_file_of_the_wrong_size_is_refused, fresh),
        cmocka_unit_test_setup(a_key_that_everybody_can_read_is_refused, fresh),
        cmocka_unit_test_setup(a_secret_that_came_too_early_is_gone_from_the_file_once_it_is_wiped, fresh),
        cmocka_unit_test_setup(a_file_of_version_3_is_brought_up_to_date_with_its_calls, fresh),
    };
    int failed;

    log_set_level(LOG_ERROR + 1);
    if (!sqlite_folder_make())
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    sqlite_folder_remove();
    return failed;
}
