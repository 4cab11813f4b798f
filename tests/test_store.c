/* test_store.c - the store: values, upserts, queries inside queries,
 * transactions, several processes, migration, a disk that is full. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/schema.h"
#include "tests/helper_store.h"

enum { WRITERS = 3, WRITES = 150, OPENERS = 6 };

static struct test_store files;
static struct store *store;

static void setup(void)
{
    test_store_make(&files);
    store = test_store_open(&files);
    test_exec(store, "CREATE TABLE thing (id BIGINT PRIMARY KEY, text TEXT, "
                     "n BIGINT, rev BIGINT NOT NULL DEFAULT 1)");
}

static void teardown(void)
{
    store_close(store);
    test_store_remove(&files);
}

static void put(int64_t id, const char *text, int64_t n)
{
    ck_assert_int_eq(
        store_exec(store, "INSERT INTO thing (id, text, n) VALUES (?1, ?2, ?3)",
                   WITH(INT(id), TEXT(text), MAYBE(n))),
        1);
}

/* -- statements and values -- */

START_TEST(test_nulls_and_texts)
{
    struct query *q;
    char *text = NULL;
    int64_t n;

    put(1, NULL, INSTANT_NONE);
    put(2, "", 0);
    put(3, "\xc3\xa4'\"; DROP TABLE thing; --", INT64_MAX);
    q = store_query(store, "SELECT text, n, id FROM thing ORDER BY id",
                    WITHOUT);
    ck_assert_int_eq(query_columns(q), 3);
    ck_assert_str_eq(query_column(q, 1), "n");
    ck_assert(query_next(q));
    ck_assert(query_null(q, 0) && query_null(q, 1));
    ck_assert_str_eq(query_text(q, 0), "");
    ck_assert_int_eq(query_int(q, 1), INSTANT_NONE);
    ck_assert(query_next(q));
    ck_assert(!query_null(q, 0));
    ck_assert_str_eq(query_text(q, 0), "");
    ck_assert_int_eq(query_int(q, 1), 0);
    ck_assert(query_next(q));
    ck_assert_str_eq(query_text(q, 0), "\xc3\xa4'\"; DROP TABLE thing; --");
    ck_assert_int_eq(query_int(q, 1), INT64_MAX);
    ck_assert(!query_next(q));
    ck_assert(!query_next(q));
    ck_assert_int_eq(query_end(q), 0);
    ck_assert_int_eq(
        store_get(store, &n, "SELECT n FROM thing WHERE id = 9", WITHOUT), 0);
    ck_assert_int_eq(store_get_text(store, &text,
                                    "SELECT text FROM thing WHERE id = ?1",
                                    WITH(INT(3))),
                     1);
    ck_assert_int_eq(strlen(text) > 20, 1);
    free(text);
}
END_TEST

START_TEST(test_errors_are_results)
{
    int64_t n = 7;
    char *text = NULL;
    struct query *q;

    ck_assert_int_eq(store_exec(store, "NONSENSE", WITHOUT), -1);
    ck_assert_int_eq(store_get(store, &n, "SELECT x FROM y", WITHOUT), -1);
    ck_assert_int_eq(store_get_text(store, &text, "SELECT", WITHOUT), -1);
    ck_assert_int_eq(store_upsert(store, "INSERT INTO y", WITHOUT), -1);
    ck_assert_int_eq(n, 7);
    ck_assert_ptr_null(text);
    q = store_query(store, "SELECT x FROM y", WITHOUT);
    ck_assert(!query_next(q));
    ck_assert_int_eq(query_columns(q), 0);
    ck_assert_int_eq(query_end(q), -1);
    put(1, "a", 1);
    ck_assert_int_eq(
        store_exec(store, "INSERT INTO thing (id) VALUES (1)", WITHOUT), -1);
    /* it is fit for use again */
    ck_assert_int_eq(
        store_exec(store, "INSERT INTO thing (id) VALUES (2)", WITHOUT), 1);
}
END_TEST

START_TEST(test_upsert)
{
    static const char sql[] =
        "INSERT INTO thing (id, n) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE "
        "SET n = excluded.n, rev = updated(thing.rev) "
        "WHERE thing.n <> excluded.n";

    ck_assert_int_eq(store_upsert(store, sql, WITH(INT(1), INT(5))),
                     UPSERT_ADDED);
    ck_assert_int_eq(store_upsert(store, sql, WITH(INT(1), INT(5))),
                     UPSERT_SAME);
    ck_assert_int_eq(store_upsert(store, sql, WITH(INT(1), INT(6))),
                     UPSERT_CHANGED);
    ck_assert_int_eq(store_upsert(store, sql, WITH(INT(1), INT(5))),
                     UPSERT_CHANGED);
    ck_assert_int_eq(test_number(store, "SELECT n * 10 + rev FROM thing"), 53);
}
END_TEST

START_TEST(test_counts_of_changes)
{
    int64_t before;

    for (int64_t i = 0; i < 5; i++)
        put(i, "x", i);
    before = store_writes(store);
    ck_assert_int_eq(
        store_exec(store, "UPDATE thing SET n = 9 WHERE id > 1", WITHOUT), 3);
    ck_assert_int_eq(
        store_exec(store, "UPDATE thing SET n = 9 WHERE id > 8", WITHOUT), 0);
    ck_assert_int_eq(store_exec(store, "DELETE FROM thing", WITHOUT), 5);
    ck_assert_int_eq(store_writes(store) - before, 3);
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM thing"), 0);
    ck_assert_int_eq(store_writes(store) - before, 3);
}
END_TEST

/* The query inside is the same statement with another value. */
START_TEST(test_queries_inside_the_same_query)
{
    static const char sql[] = "SELECT id FROM thing WHERE id > ?1 ORDER BY id";
    struct query *outer, *inner;
    int64_t pairs = 0, last = 0;

    for (int64_t i = 1; i <= 7; i++)
        put(i, "x", i);
    outer = store_query(store, sql, WITH(INT(0)));
    while (query_next(outer)) {
        ck_assert_int_eq(query_int(outer, 0), ++last);
        inner = store_query(store, sql, WITH(INT(last)));
        for (int64_t i = last; query_next(inner); pairs++)
            ck_assert_int_eq(query_int(inner, 0), ++i);
        ck_assert_int_eq(query_end(inner), 0);
    }
    ck_assert_int_eq(query_end(outer), 0);
    ck_assert_int_eq(last, 7);
    ck_assert_int_eq(pairs, 6 + 5 + 4 + 3 + 2 + 1);
}
END_TEST

START_TEST(test_write_inside_a_query)
{
    struct query *q;
    int n = 0;

    for (int64_t i = 1; i <= 20; i++)
        put(i, "x", i);
    q = store_query(store, "SELECT id FROM thing ORDER BY id", WITHOUT);
    for (; query_next(q); n++)
        ck_assert_int_eq(store_exec(store, "DELETE FROM thing WHERE id = ?1",
                                    WITH(INT(query_int(q, 0)))),
                         1);
    ck_assert_int_eq(query_end(q), 0);
    ck_assert_int_eq(n, 20);
}
END_TEST

/* A RETURNING that is read only in part is done nevertheless. */
START_TEST(test_returning_in_part)
{
    struct query *q;

    put(1, "x", 1);
    put(2, "x", 2);
    q = store_query(store, "UPDATE thing SET n = n + 10 RETURNING n", WITHOUT);
    ck_assert(query_next(q));
    ck_assert_int_eq(query_end(q), 0);
    ck_assert_int_eq(test_number(store, "SELECT sum(n) FROM thing"), 23);
}
END_TEST

/* More statements than fit at their first place of the cache; each of them is
 * found again with its own values. */
START_TEST(test_many_statements)
{
    static char sqls[400][48];

    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 400; i++) {
            int64_t n = -1;
            snprintf(sqls[i], sizeof sqls[i], "SELECT ?1 + %d", i);
            ck_assert_int_eq(store_get(store, &n, sqls[i], WITH(INT(round))),
                             1);
            ck_assert_int_eq(n, i + round);
        }
}
END_TEST

/* -- transactions -- */

START_TEST(test_rollback)
{
    struct store *other = test_store_open(&files);

    ck_assert_int_eq(store_begin(store), 0);
    put(1, "x", 1);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM thing"), 0);
    store_rollback(store);
    store_rollback(store); /* fine when none is open */
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM thing"), 0);
    ck_assert_int_eq(store_begin(store), 0);
    put(2, "x", 1);
    ck_assert_int_eq(
        store_exec(store, "INSERT INTO thing (id) VALUES (2)", WITHOUT), -1);
    store_rollback(store);
    ck_assert_int_eq(store_begin(store), 0);
    put(3, "x", 1);
    ck_assert_int_eq(store_commit(store), 0);
    ck_assert_int_eq(store_commit(store), -1); /* none is open */
    ck_assert_int_eq(test_number(other, "SELECT id FROM thing"), 3);
    store_close(other);
}
END_TEST

START_TEST(test_commit_fails)
{
    test_exec(store, "PRAGMA foreign_keys = ON");
    test_exec(store, "CREATE TABLE part (thing BIGINT REFERENCES thing (id) "
                     "DEFERRABLE INITIALLY DEFERRED)");
    ck_assert_int_eq(store_begin(store), 0);
    put(1, "x", 1);
    test_exec(store, "INSERT INTO part VALUES (2)");
    ck_assert_int_eq(store_commit(store), -1);
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM thing"), 0);
    ck_assert_int_eq(store_begin(store), 0);
    put(1, "x", 1);
    ck_assert_int_eq(store_commit(store), 0);
}
END_TEST

START_TEST(test_close_rolls_back)
{
    ck_assert_int_eq(store_begin(store), 0);
    put(1, "x", 1);
    store_close(store);
    store = test_store_open(&files);
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM thing"), 0);
    store_close(NULL);
}
END_TEST

/* A transaction whose connection is gone leaves nothing: kill -9. */
START_TEST(test_killed_writer)
{
    int status;
    pid_t pid;

    store_close(store);
    pid = fork();
    if (pid == 0) {
        store = store_open(files.url);
        if (store_begin(store) == 0 &&
            store_exec(store, "INSERT INTO thing (id) VALUES (1)", WITHOUT) ==
                1)
            raise(SIGKILL);
        _exit(1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    store = test_store_open(&files);
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM thing"), 0);
    ck_assert_int_eq(store_begin(store), 0); /* nor a lock */
    store_rollback(store);
}
END_TEST

/* -- several processes -- */

static int write_often(int id)
{
    struct store *mine = store_open(files.url);
    int result = mine ? 0 : 1;

    for (int i = 0; i < WRITES && result == 0; i++) {
        int64_t n = 0;
        if (store_begin(mine) < 0 ||
            store_get(mine, &n, "SELECT n FROM thing WHERE id = 1", WITHOUT) !=
                1 ||
            store_exec(mine, "UPDATE thing SET n = ?1 WHERE id = 1",
                       WITH(INT(n + id))) != 1 ||
            store_commit(mine) < 0)
            result = 1;
    }
    store_close(mine);
    return result;
}

static void wait_all(const pid_t *pids, int n)
{
    for (int i = 0; i < n; i++) {
        int status;
        ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
                      "child %d: status %#x", i, (unsigned)status);
    }
}

START_TEST(test_busy_writers)
{
    pid_t pids[WRITERS];

    put(1, "x", 0);
    for (int i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(write_often(i + 1));
    }
    wait_all(pids, WRITERS);
    /* none was lost, none was done twice */
    ck_assert_int_eq(test_number(store, "SELECT n FROM thing"),
                     (1 + 2 + 3) * WRITES);
}
END_TEST

/* -- opening -- */

START_TEST(test_openers_at_once)
{
    pid_t pids[OPENERS];
    struct test_store fresh;
    int gate[2];

    test_store_make(&fresh);
    ck_assert_int_eq(pipe(gate), 0);
    for (int i = 0; i < OPENERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            char c;
            close(gate[1]);
            if (read(gate[0], &c, 1) == 0) /* all at once */
                store = store_open(fresh.url);
            _exit(store ? 0 : 1);
        }
    }
    close(gate[0]);
    close(gate[1]);
    wait_all(pids, OPENERS);
    store_close(store);
    store = test_store_open(&fresh);
    ck_assert_int_eq(test_number(store, "PRAGMA user_version"),
                     schema_version());
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM sync"), 0);
    store_close(store);
    test_store_remove(&fresh);
    store = test_store_open(&files);
}
END_TEST

START_TEST(test_newer_schema)
{
    test_exec(store, "PRAGMA user_version = 1000");
    ck_assert_ptr_null(store_open(files.url));
}
END_TEST

START_TEST(test_schema_is_not_made_twice)
{
    ck_assert_ptr_nonnull(schema_piece(0, 0));
    ck_assert_ptr_null(schema_piece(schema_version(), 0));
    ck_assert_ptr_null(schema_piece(0, 1000));
    test_exec(store, "INSERT INTO rejected VALUES (1, 1, '', '', '')");
    store_close(store);
    store = test_store_open(&files);
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM rejected"), 1);
}
END_TEST

START_TEST(test_migration_is_whole_or_not_at_all)
{
    /* as if another schema had been there: its second piece cannot be made */
    struct test_store fresh;
    struct store *raw;
    sqlite3 *db;
    char path[128];

    test_store_make(&fresh);
    snprintf(path, sizeof path, "%s/s.db", fresh.directory);
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(db, "CREATE TABLE schedule (x)", NULL, NULL, NULL),
        SQLITE_OK);
    ck_assert_ptr_null(store_open(fresh.url));
    ck_assert_int_eq(
        sqlite3_exec(db, "SELECT * FROM account", NULL, NULL, NULL),
        SQLITE_ERROR);
    ck_assert_int_eq(sqlite3_exec(db, "DROP TABLE schedule", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    raw = test_store_open(&fresh);
    store_close(raw);
    test_store_remove(&fresh);
}
END_TEST

static const char *const bad_urls[] = {
    "",
    "/tmp/x.db",
    "postgresql://host/db",
    "sqlite:/nonexistent/folder/s.db",
};

START_TEST(test_bad_url)
{
    ck_assert_ptr_null(store_open(bad_urls[_i]));
}
END_TEST

START_TEST(test_not_a_database)
{
    char path[128], url[160];
    int fd;

    snprintf(path, sizeof path, "%s/text", files.directory);
    snprintf(url, sizeof url, "sqlite:%s", path);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(write(fd, "this is a file of text\n", 23), 23);
    close(fd);
    ck_assert_ptr_null(store_open(url));
    unlink(path);
}
END_TEST

START_TEST(test_durable)
{
    char *text = store_describe(store);

    ck_assert_ptr_nonnull(strstr(text, "journal wal"));
    ck_assert_ptr_nonnull(strstr(text, "durable at every commit"));
    free(text);
}
END_TEST

/* -- a full disk -- */

/* Files may not grow beyond what they are plus some kilobytes. */
static void fill_disk(void)
{
    static char big[8192];
    const struct rlimit limit = {512 * 1024, 512 * 1024};
    int64_t rows = 0;

    memset(big, 'x', sizeof big - 1);
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
        _exit(2);
    for (;; rows++) {
        if (store_begin(store) < 0)
            _exit(3);
        if (store_exec(store, "INSERT INTO thing (id, text) VALUES (?1, ?2)",
                       WITH(INT(rows), TEXT(big))) < 0) {
            store_rollback(store);
            break;
        }
        if (store_commit(store) < 0)
            break;
        if (rows > 10000)
            _exit(4);
    }
    /* it goes on reading, and says no to writing without dying */
    if (test_number(store, "SELECT count(*) FROM thing") != rows)
        _exit(5);
    _exit(rows > 3 ? 0 : 6);
}

START_TEST(test_full_disk)
{
    int status;
    pid_t pid;

    store_close(store);
    pid = fork();
    if (pid == 0) {
        store = store_open(files.url);
        fill_disk();
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x",
                  (unsigned)status);
    store = test_store_open(&files);
    ck_assert_int_gt(test_number(store, "SELECT count(*) FROM thing"), 3);
    put(-1, "room again", 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("store");
    TCase *c = tcase_create("store");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60.);
    tcase_add_test(c, test_nulls_and_texts);
    tcase_add_test(c, test_errors_are_results);
    tcase_add_test(c, test_upsert);
    tcase_add_test(c, test_counts_of_changes);
    tcase_add_test(c, test_queries_inside_the_same_query);
    tcase_add_test(c, test_write_inside_a_query);
    tcase_add_test(c, test_returning_in_part);
    tcase_add_test(c, test_many_statements);
    tcase_add_test(c, test_rollback);
    tcase_add_test(c, test_commit_fails);
    tcase_add_test(c, test_close_rolls_back);
    tcase_add_test(c, test_killed_writer);
    tcase_add_test(c, test_busy_writers);
    tcase_add_test(c, test_openers_at_once);
    tcase_add_test(c, test_newer_schema);
    tcase_add_test(c, test_schema_is_not_made_twice);
    tcase_add_test(c, test_migration_is_whole_or_not_at_all);
    tcase_add_loop_test(c, test_bad_url, 0, ARRAY_LEN(bad_urls));
    tcase_add_test(c, test_not_a_database);
    tcase_add_test(c, test_durable);
    tcase_add_test(c, test_full_disk);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
