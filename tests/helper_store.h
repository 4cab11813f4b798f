/* helper_store.h - a store in a folder of its own, and hand-made rows in it.
 *
 *   struct test_store t;
 *   test_store_make(&t);
 *   store = test_store_open(&t);        as often as handles are needed
 *   ...
 *   store_close(store);
 *   test_store_remove(&t);
 *
 * What cannot fail in a good test ends the test here when it does.
 */
#ifndef TESTS_HELPER_STORE_H
#define TESTS_HELPER_STORE_H

#include "common/protocol.h"

struct test_store {
    char directory[64];
    char url[128];
};

/* The folder is in memory where the system has such a place: a test says how
 * durable a commit is nowhere, and waits for no disk. */
void test_store_make(struct test_store *t);
struct store *test_store_open(const struct test_store *t);
void test_store_remove(const struct test_store *t);

/* The first column of the first row of SQL, which has one. */
int64_t test_number(struct store *store, const char *sql);
/* Writes; gives the rows changed. */
int64_t test_exec(struct store *store, const char *sql);

/* An account in UTC with its own steps, and a connection of it whose streams
 * are those of BITS (1 << enum stream). Platform: "echo". */
void test_account(struct store *store, int64_t account);
void test_connection(struct store *store, int64_t account, int64_t connection,
                     unsigned bits);

/* sync_accept() in a transaction of its own; gives whether it waits. */
bool test_accept(struct store *store, int64_t account, enum sync_type type,
                 bool urgent, int64_t at, struct accepted *out);
/* Claims for OWNER, for a minute; false: there is nothing to claim. */
bool test_claim(struct store *store, struct stream_key key, const char *owner,
                int64_t now, struct claim *out);
/* stream_finish() of an ending without rows, in a transaction that is rolled
 * back unless it gives 1. CLAIM's position is freed then. */
int test_finish(struct store *store, struct claim *claim, const char *outcome,
                int64_t now);

#endif
