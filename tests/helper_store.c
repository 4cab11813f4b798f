/* helper_store.c - a store in a folder of its own. See helper_store.h. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/helper_store.h"

void test_store_make(struct test_store *t)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    snprintf(t->directory, sizeof t->directory, "%s/test_store.XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(t->directory));
    snprintf(t->url, sizeof t->url, "sqlite:%s/s.db", t->directory);
}

struct store *test_store_open(const struct test_store *t)
{
    struct store *store = store_open(t->url);

    ck_assert_ptr_nonnull(store);
    return store;
}

void test_store_remove(const struct test_store *t)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char path[128];

    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        snprintf(path, sizeof path, "%s/s.db%s", t->directory, ends[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(t->directory), 0);
}

int64_t test_number(struct store *store, const char *sql)
{
    int64_t n = -1;

    ck_assert_msg(store_get(store, &n, sql, WITHOUT) == 1, "%s", sql);
    return n;
}

int64_t test_exec(struct store *store, const char *sql)
{
    int64_t changed = store_exec(store, sql, WITHOUT);

    ck_assert_msg(changed >= 0, "%s", sql);
    return changed;
}

static void stream_row(struct store *store, int64_t account, int64_t connection,
                       int64_t name, const char *platform)
{
    ck_assert_int_eq(
        store_exec(
            store,
            "INSERT INTO stream (account, connection, name, platform) "
            "VALUES (?1, ?2, ?3, ?4)",
            WITH(INT(account), INT(connection), INT(name), TEXT(platform))),
        1);
}

void test_account(struct store *store, int64_t account)
{
    ck_assert_int_eq(
        store_exec(store,
                   "INSERT INTO account (id, name, zone, created_at) "
                   "VALUES (?1, 'account' || ?1, 'UTC', 0)",
                   WITH(INT(account))),
        1);
    stream_row(store, account, 0, STREAM_ON_ORDER, "");
    stream_row(store, account, 0, STREAM_METRICS, "");
}

void test_connection(struct store *store, int64_t account, int64_t connection,
                     unsigned bits)
{
    ck_assert_int_eq(
        store_exec(store,
                   "INSERT INTO connection (account, id, name, platform, url, "
                   "created_at) VALUES (?1, ?2, 'shop' || ?2, 'echo', '', 0)",
                   WITH(INT(account), INT(connection))),
        1);
    for (int s = 0; s < STREAM_FETCHED; s++)
        if (bits >> s & 1)
            stream_row(store, account, connection, s, "echo");
}

bool test_accept(struct store *store, int64_t account, enum sync_type type,
                 bool urgent, int64_t at, struct accepted *out)
{
    const struct ask ask = {
        .type = type, .by = "test", .urgent = urgent, .at = at};
    struct rings rings = {0};
    struct accepted accepted;

    ck_assert_int_eq(store_begin(store), 0);
    ck_assert_int_eq(sync_accept(store, account, &ask, &accepted, &rings), 0);
    ck_assert_int_eq(store_commit(store), 0);
    free(rings.list);
    if (out)
        *out = accepted;
    return accepted.waiting;
}

bool test_claim(struct store *store, struct stream_key key, const char *owner,
                int64_t now, struct claim *out)
{
    int got = stream_claim(store, &key, owner, now, 60 * SECOND, out);

    ck_assert_int_ge(got, 0);
    return got;
}

int test_finish(struct store *store, struct claim *claim, const char *outcome,
                int64_t now)
{
    const bool good = *outcome == 'o';
    const struct ending ending = {.outcome = outcome,
                                  .error = good ? NULL : "made to fail",
                                  .cursor = good ? now : INSTANT_NONE,
                                  .as_of = good ? now : INSTANT_NONE,
                                  .now = now};
    struct rings rings = {0};
    int done;

    ck_assert_int_eq(store_begin(store), 0);
    done = stream_finish(store, claim, &ending, &rings);
    ck_assert_int_ge(done, 0);
    if (done) {
        ck_assert_int_eq(store_commit(store), 0);
        claim_free(claim);
    } else {
        store_rollback(store);
    }
    free(rings.list);
    return done;
}
