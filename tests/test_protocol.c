/* test_protocol.c - accept, claim, commit, finish, chain, reap: one rule each,
 * with two handles on one store, as two processes would have.
 * Their interplay under faults: test_protocol_chaos.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helper_store.h"

#define NOW (1000 * SECOND)
#define ALL 0x3fu /* every fetched stream */
#define BITS(stream) (1u << (stream))

static struct test_store files;
static struct store *store, *other;

static void setup(void)
{
    test_store_make(&files);
    store = test_store_open(&files);
    other = test_store_open(&files);
    test_account(store, 1);
    test_connection(store, 1, 1, ALL);
}

static void teardown(void)
{
    store_close(store);
    store_close(other);
    test_store_remove(&files);
}

static struct stream_key fetched(enum stream stream)
{
    return (struct stream_key){1, 1, stream};
}

static struct stream_key step_of(enum stream stream)
{
    return (struct stream_key){1, 0, stream};
}

static const char *state(int64_t sync)
{
    static char out[16];
    char *text = NULL;

    ck_assert_int_eq(store_get_text(other, &text,
                                    "SELECT state FROM sync "
                                    "WHERE account = 1 AND id = ?1",
                                    WITH(INT(sync))),
                     1);
    snprintf(out, sizeof out, "%s", text);
    free(text);
    return out;
}

static int64_t read_column(struct stream_key key, const char *sql)
{
    int64_t value = -1;

    ck_assert_int_eq(
        store_get(other, &value, sql,
                  WITH(INT(key.account), INT(key.connection), INT(key.stream))),
        1);
    return value;
}

/* A column of a stream's row, as another process sees it. */
#define column(key, name)                                                      \
    read_column(key, "SELECT " name " FROM stream WHERE account = ?1 "         \
                     "AND connection = ?2 AND name = ?3")

/* One whole generation of one page. */
static void run(struct stream_key key, const char *outcome, int64_t now)
{
    struct claim claim;

    ck_assert_msg(test_claim(store, key, "runner", now, &claim),
                  "no claim of %s", stream_name(key.stream));
    ck_assert_int_eq(test_finish(store, &claim, outcome, now), 1);
}

static int put_page(struct store *s, struct claim *claim, const char *position)
{
    const struct window window = {.from = NOW - 9, .to = NOW};
    const struct counts counts = {3, 2, 1, 0};

    return stream_page(s, claim, position, &window, &counts, NOW + 1);
}

static void run_all(const enum stream *streams, size_t n, const char *outcome)
{
    for (size_t i = 0; i < n; i++)
        run(streams[i] < STREAM_FETCHED ? fetched(streams[i])
                                        : step_of(streams[i]),
            outcome, NOW);
}
#define RUN(outcome, ...)                                                      \
    run_all((const enum stream[]){__VA_ARGS__},                                \
            sizeof((const enum stream[]){__VA_ARGS__}) / sizeof(enum stream),  \
            outcome)

/* -- accept -- */

START_TEST(test_accept_starts)
{
    const struct ask ask = {SYNC_VARIANTS, "somebody", true, NOW};
    struct rings rings = {0};
    struct accepted a;

    ck_assert_int_eq(sync_accept(store, 1, &ask, &a, &rings), 0);
    ck_assert_int_eq(a.sync, 1);
    ck_assert(!a.waiting);
    ck_assert_str_eq(state(1), "running");
    ck_assert_uint_eq(rings.n, 2);
    ck_assert_int_eq(rings.list[0].key.stream, STREAM_VARIANTS);
    ck_assert_int_eq(rings.list[1].key.stream, STREAM_STOCK);
    ck_assert(rings.list[0].urgent);
    ck_assert_str_eq(rings.list[0].platform, "echo");
    ck_assert_int_eq(column(fetched(STREAM_VARIANTS), "want"), 1);
    ck_assert_int_eq(column(fetched(STREAM_SALES), "want"), 0);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM sync_part "
                                        "WHERE sync = 1 AND step = 0 "
                                        "AND target = 1"),
                     2);
    free(rings.list);
}
END_TEST

START_TEST(test_accept_remembers_once)
{
    struct accepted a, b, c;

    ck_assert(!test_accept(store, 1, SYNC_VARIANTS, false, NOW, &a));
    ck_assert(test_accept(other, 1, SYNC_VARIANTS, false, NOW + 1, &b));
    ck_assert_int_eq(b.since, NOW);
    ck_assert_int_ne(a.sync, b.sync);
    ck_assert_int_eq(test_number(other, "SELECT urgent FROM sync WHERE id = 2"),
                     0);
    ck_assert(test_accept(store, 1, SYNC_VARIANTS, true, NOW + 2, &c));
    ck_assert_int_eq(c.sync, b.sync);
    ck_assert_str_eq(state(b.sync), "waiting");
    ck_assert_int_eq(
        test_number(other, "SELECT hits * 10 + urgent FROM sync WHERE id = 2"),
        21);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM sync"), 2);
    /* the person who asks lends urgency to what runs already */
    ck_assert_int_eq(column(fetched(STREAM_STOCK), "urgent"), 1);
    ck_assert_int_eq(column(fetched(STREAM_SALES), "urgent"), 0);
    /* and has not raised what the streams want */
    ck_assert_int_eq(column(fetched(STREAM_STOCK), "want"), 1);
}
END_TEST

START_TEST(test_types_side_by_side)
{
    struct accepted a;

    ck_assert(!test_accept(store, 1, SYNC_VARIANTS, false, NOW, &a));
    ck_assert(!test_accept(store, 1, SYNC_PURCHASE_ORDERS, false, NOW, &a));
    ck_assert(!test_accept(store, 1, SYNC_FULL, false, NOW, &a));
    ck_assert(test_accept(store, 1, SYNC_FULL, false, NOW, &a));
    /* none has been started, so all three share one generation of each */
    ck_assert_int_eq(test_number(other, "SELECT max(want) FROM stream "
                                        "WHERE connection = 1"),
                     1);
    ck_assert_int_eq(test_number(other, "SELECT min(target) * 10 + max(target) "
                                        "FROM sync_part"),
                     11);
    ck_assert_int_eq(
        store_exec(store, "UPDATE sync SET type = 1 WHERE id = 3", WITHOUT),
        -1); /* the lock is the index */
}
END_TEST

START_TEST(test_running_generation_is_too_old)
{
    struct claim claim;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, fetched(STREAM_STOCK), "w", NOW, &claim));
    test_accept(other, 1, SYNC_FULL, false, NOW + 1, NULL);
    ck_assert_int_eq(column(fetched(STREAM_STOCK), "want"), 2);
    ck_assert_int_eq(column(fetched(STREAM_STOCK), "gen"), 1);
    ck_assert_int_eq(column(fetched(STREAM_VARIANTS), "want"), 1);
    ck_assert_int_eq(test_number(other,
                                 "SELECT target FROM sync_part WHERE sync = 2 "
                                 "AND name = 1"),
                     2);
    ck_assert_int_eq(test_finish(store, &claim, "ok", NOW + 2), 1);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM sync_part "
                                        "WHERE outcome = 'ok' AND sync = 1"),
                     1);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM sync_part "
                                        "WHERE outcome = 'ok' AND sync = 2"),
                     0);
}
END_TEST

START_TEST(test_nothing_to_fetch)
{
    test_account(store, 2);
    test_connection(store, 2, 1, BITS(STREAM_SALES));
    test_exec(store, "UPDATE connection SET enabled = 0 WHERE account = 2");
    ck_assert(!test_accept(store, 2, SYNC_FULL, false, NOW, NULL));
    ck_assert_int_eq(test_number(other,
                                 "SELECT want FROM stream WHERE account = 2 "
                                 "AND connection = 1"),
                     0);
    run((struct stream_key){2, 0, STREAM_ON_ORDER}, "ok", NOW);
    run((struct stream_key){2, 0, STREAM_METRICS}, "ok", NOW);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM sync "
                                        "WHERE account = 2 AND state = 'done'"),
                     1);
}
END_TEST

/* -- claim -- */

START_TEST(test_claim_is_exclusive)
{
    struct stream_key key = fetched(STREAM_SALES);
    struct claim a, b;

    ck_assert(!test_claim(store, key, "one", NOW, &a)); /* nothing wanted */
    test_accept(store, 1, SYNC_FULL, true, NOW, NULL);
    ck_assert(test_claim(store, key, "one", NOW, &a));
    ck_assert(!test_claim(other, key, "two", NOW, &b));
    ck_assert_int_eq(a.fence, 1);
    ck_assert_int_eq(a.gen, 1);
    ck_assert_int_eq(a.tries, 1);
    ck_assert_int_eq(a.page, 0);
    ck_assert_int_eq(a.cursor, INSTANT_NONE);
    ck_assert(a.whole && a.urgent && !a.windowed);
    ck_assert_str_eq(a.platform, "echo");
    ck_assert_str_eq(a.position, "");
    ck_assert_uint_eq(strlen(a.id), 2 * CLAIM_ID);
    ck_assert_int_eq(claim_holds(other, &a), 1);
    ck_assert_int_eq(claim_give_back(store, &a, NOW, NULL, 0), 1);
    ck_assert(test_claim(other, key, "two", NOW, &b));
    ck_assert_int_eq(b.fence, 2);
    ck_assert_int_eq(b.tries, 1); /* the first one did not fail */
    ck_assert_str_ne(a.id, b.id);
    ck_assert_int_eq(claim_holds(other, &a), 0);
    claim_free(&a);
    claim_free(&b);
}
END_TEST

START_TEST(test_give_back_waits)
{
    struct stream_key key = fetched(STREAM_STOCK);
    struct claim a;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, key, "w", NOW, &a));
    ck_assert_int_eq(claim_give_back(store, &a, NOW + 50, "too busy", 2), 1);
    ck_assert_int_eq(claim_give_back(store, &a, NOW, NULL, 0), 0);
    claim_free(&a);
    ck_assert(!test_claim(store, key, "w", NOW + 49, &a));
    /* asked for again meanwhile: still not before its time */
    test_accept(store, 1, SYNC_FULL, true, NOW + 10, NULL);
    ck_assert(!test_claim(store, key, "w", NOW + 49, &a));
    ck_assert(test_claim(store, key, "w", NOW + 50, &a));
    ck_assert_int_eq(a.tries, 3);
    ck_assert_int_eq(column(key, "last_error = 'too busy' AND owner = 'w'"), 1);
    claim_free(&a);
}
END_TEST

/* -- pages -- */

START_TEST(test_page_goes_on)
{
    struct stream_key key = fetched(STREAM_VARIANTS);
    struct claim a, b;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, key, "w", NOW, &a));
    ck_assert_int_eq(put_page(store, &a, "after 7"), 1);
    ck_assert_int_eq(a.page, 1);
    ck_assert_str_eq(a.position, "after 7");
    ck_assert_int_eq(put_page(store, &a, "after 9"), 1);
    ck_assert_int_eq(claim_give_back(store, &a, NOW, NULL, 0), 1);
    ck_assert(test_claim(other, key, "x", NOW, &b));
    ck_assert_int_eq(b.gen, 1);
    ck_assert_int_eq(b.page, 2);
    ck_assert_str_eq(b.position, "after 9");
    ck_assert(b.windowed);
    ck_assert_int_eq(b.window.from, NOW - 9);
    ck_assert_int_eq(b.window.to, NOW);
    ck_assert_int_eq(column(key, "rows * 100 + added * 10 + changed"), 642);
    ck_assert_int_eq(test_finish(other, &b, "ok", NOW), 1);
    ck_assert_int_eq(
        test_number(other, "SELECT pages * 1000 + rows * 100 + added * 10 + "
                           "changed FROM sync_part WHERE name = 0"),
        3642);
    claim_free(&a);
}
END_TEST

/* How a claim can be not ours any more. */
static const struct {
    const char *what;
    int64_t fence, page;
    bool other_id;
} not_ours[] = {
    {"an older fence", -1, 0, false},
    {"a fence of a store that was restored", 1, 0, false},
    {"the id of another claim", 0, 0, true},
    {"a page before", 0, -1, false},
    {"a page after", 0, 1, false},
};

START_TEST(test_not_ours)
{
    struct stream_key key = fetched(STREAM_VARIANTS);
    struct claim mine, bad;
    int64_t before;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, key, "w", NOW, &mine));
    ck_assert_int_eq(put_page(store, &mine, "1"), 1);
    ck_assert_int_eq(put_page(store, &mine, "2"), 1);
    bad = mine;
    bad.position = xstrdup(mine.position);
    bad.fence += not_ours[_i].fence;
    bad.page += not_ours[_i].page;
    if (not_ours[_i].other_id)
        bad.id[5] = bad.id[5] == 'a' ? 'b' : 'a';

    before = column(key, "fence * 1000 + beat * 100 + page * 10 + tries");
    ck_assert_int_eq(put_page(other, &bad, "x"), 0);
    ck_assert_int_eq(test_finish(other, &bad, "ok", NOW), 0);
    ck_assert_int_eq(claim_holds(other, &bad), 0);
    if (not_ours[_i].page == 0) {
        ck_assert_int_eq(claim_beat(other, &bad, NOW), 0);
        ck_assert_int_eq(claim_give_back(other, &bad, NOW, NULL, 0), 0);
    }
    ck_assert_int_eq(
        column(key, "fence * 1000 + beat * 100 + page * 10 + tries"), before);
    ck_assert_int_eq(column(key, "position = '2' AND done = 0"), 1);
    ck_assert_int_eq(put_page(store, &mine, "3"), 1);
    claim_free(&bad);
    claim_free(&mine);
}
END_TEST

START_TEST(test_rows_go_with_their_page)
{
    struct claim old, now;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, fetched(STREAM_STOCK), "w", NOW, &old));
    ck_assert_int_eq(claim_give_back(other, &old, NOW, NULL, 0), 1);
    ck_assert(test_claim(other, fetched(STREAM_STOCK), "x", NOW, &now));
    ck_assert_int_eq(store_begin(store), 0);
    test_exec(store, "INSERT INTO seen VALUES (1, 1, 1, 'a row')");
    ck_assert_int_eq(put_page(store, &old, "x"), 0);
    store_rollback(store);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM seen"), 0);
    claim_free(&old);
    claim_free(&now);
}
END_TEST

/* -- finish and chain -- */

START_TEST(test_chain_of_full)
{
    test_accept(store, 1, SYNC_FULL, true, NOW, NULL);
    RUN("ok", STREAM_VARIANTS, STREAM_STOCK, STREAM_SALES,
        STREAM_PURCHASE_ORDERS, STREAM_TRANSFER_ORDERS);
    ck_assert_int_eq(column(step_of(STREAM_ON_ORDER), "want"), 0);
    RUN("ok", STREAM_ASSEMBLY_ORDERS);
    ck_assert_str_eq(state(1), "processing");
    ck_assert_int_eq(column(step_of(STREAM_ON_ORDER), "want"), 1);
    ck_assert_int_eq(column(step_of(STREAM_METRICS), "want"), 0);
    RUN("ok", STREAM_ON_ORDER);
    ck_assert_int_eq(column(step_of(STREAM_METRICS),
                            "want * 100 + urgent * 10 + whole_want"),
                     111);
    ck_assert_str_eq(state(1), "processing");
    RUN("ok", STREAM_METRICS);
    ck_assert_str_eq(state(1), "done");
    ck_assert_int_eq(
        test_number(other, "SELECT ended_at FROM sync WHERE id = 1"), NOW);
    ck_assert_int_eq(column(fetched(STREAM_SALES), "cursor"), NOW);
    ck_assert_int_eq(column(fetched(STREAM_SALES), "urgent"), 0);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM stream "
                                        "WHERE owner IS NOT NULL "
                                        "OR want <> 1 OR done <> 1"),
                     0);
}
END_TEST

START_TEST(test_chains_of_the_others)
{
    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    RUN("ok", STREAM_STOCK, STREAM_VARIANTS, STREAM_METRICS);
    ck_assert_str_eq(state(1), "done");
    ck_assert_int_eq(column(step_of(STREAM_ON_ORDER), "want"), 0);
    test_accept(store, 1, SYNC_PURCHASE_ORDERS, false, NOW, NULL);
    RUN("ok", STREAM_ASSEMBLY_ORDERS, STREAM_PURCHASE_ORDERS,
        STREAM_TRANSFER_ORDERS, STREAM_ON_ORDER, STREAM_METRICS);
    ck_assert_str_eq(state(2), "done");
    ck_assert_int_eq(column(step_of(STREAM_METRICS), "done"), 2);
    ck_assert_int_eq(column(step_of(STREAM_METRICS), "whole_want"), 0);
}
END_TEST

START_TEST(test_end_promotes)
{
    struct claim early;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    test_accept(store, 1, SYNC_VARIANTS, true, NOW + 1, NULL);
    RUN("ok", STREAM_VARIANTS, STREAM_STOCK);
    /* a full sync has started the next generation of the stock meanwhile */
    test_accept(store, 1, SYNC_FULL, false, NOW + 2, NULL);
    ck_assert(test_claim(store, fetched(STREAM_STOCK), "w", NOW + 2, &early));
    ck_assert_str_eq(state(2), "waiting");
    RUN("ok", STREAM_METRICS);
    ck_assert_str_eq(state(1), "done");
    ck_assert_str_eq(state(2), "running");
    ck_assert_int_eq(
        test_number(other, "SELECT started_at FROM sync WHERE id = 2"), NOW);
    ck_assert_int_eq(test_number(other, "SELECT target FROM sync_part "
                                        "WHERE sync = 2 AND name = 0"),
                     2);
    ck_assert_int_eq(test_number(other, "SELECT target FROM sync_part "
                                        "WHERE sync = 2 AND name = 1"),
                     3);
    ck_assert_int_eq(column(fetched(STREAM_VARIANTS), "urgent"), 1);
    claim_free(&early);
}
END_TEST

START_TEST(test_bad_ending_keeps_the_cursor)
{
    struct stream_key key = fetched(STREAM_STOCK);
    struct claim claim;

    test_accept(store, 1, SYNC_FULL, false, NOW, NULL);
    run(key, "ok", NOW);
    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, key, "w", NOW + 5, &claim));
    ck_assert_int_eq(claim.cursor, NOW);
    ck_assert_int_eq(put_page(store, &claim, "on the way"), 1);
    ck_assert_int_eq(test_finish(store, &claim, OUTCOME_DEAD, NOW + 6), 1);
    ck_assert_int_eq(column(key, "cursor"), NOW);
    ck_assert_int_eq(column(key, "as_of"), NOW);
    ck_assert_int_eq(column(key, "page + tries + crashes"), 0);
    ck_assert_int_eq(column(key,
                            "position = '' AND outcome = 'dead' AND done = 2 "
                            "AND last_error = 'made to fail'"),
                     1);
}
END_TEST

static const struct {
    const char *what, *variants, *stock, *metrics, *state;
} endings[] = {
    {"all went well", "ok", "ok", "ok", "done"},
    {"one platform failed", "failed", "ok", "ok", "partial"},
    {"one page was deadly", "ok", "dead", "ok", "partial"},
    {"no fetch went well", "failed", "dead", "ok", "failed"},
    {"the processing failed", "ok", "ok", "failed", "partial"},
};

START_TEST(test_states_at_the_end)
{
    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    run(fetched(STREAM_VARIANTS), endings[_i].variants, NOW);
    run(fetched(STREAM_STOCK), endings[_i].stock, NOW);
    run(step_of(STREAM_METRICS), endings[_i].metrics, NOW);
    ck_assert_msg(strcmp(state(1), endings[_i].state) == 0, "%s: %s",
                  endings[_i].what, state(1));
}
END_TEST

START_TEST(test_whole_until_it_went_well)
{
    struct stream_key key = fetched(STREAM_VARIANTS);
    struct claim claim;

    test_accept(store, 1, SYNC_FULL, false, NOW, NULL);
    ck_assert(test_claim(store, key, "w", NOW, &claim));
    ck_assert(claim.whole && claim.window.sweep);
    ck_assert_int_eq(test_finish(store, &claim, OUTCOME_FAILED, NOW), 1);
    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, key, "w", NOW, &claim));
    ck_assert(claim.whole);
    ck_assert_int_eq(test_finish(store, &claim, OUTCOME_OK, NOW), 1);
    run(fetched(STREAM_STOCK), "ok", NOW);
    ck_assert_str_eq(state(2), "processing");
    /* what came without marks is computed by the sync that brought it */
    ck_assert(test_claim(store, step_of(STREAM_METRICS), "w", NOW, &claim));
    ck_assert(claim.whole);
    ck_assert_int_eq(test_finish(store, &claim, OUTCOME_OK, NOW), 1);
    ck_assert_str_eq(state(2), "done");
    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, key, "w", NOW, &claim));
    ck_assert(!claim.whole);
    claim_free(&claim);
}
END_TEST

START_TEST(test_again_rings)
{
    const struct ending ending = {
        .outcome = "ok", .cursor = NOW, .as_of = NOW, .now = NOW};
    struct rings rings = {0};
    struct claim claim;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert(test_claim(store, fetched(STREAM_STOCK), "w", NOW, &claim));
    test_accept(store, 1, SYNC_FULL, true, NOW, NULL);
    ck_assert_int_eq(stream_finish(store, &claim, &ending, &rings), 1);
    ck_assert_uint_eq(rings.n, 1);
    ck_assert_int_eq(rings.list[0].key.stream, STREAM_STOCK);
    ck_assert(rings.list[0].urgent);
    ck_assert_str_eq(rings.list[0].platform, "echo");
    free(rings.list);
    claim_free(&claim);
}
END_TEST

/* -- leases -- */

START_TEST(test_beat_and_reap)
{
    struct stream_key key = fetched(STREAM_VARIANTS);
    struct rings rings = {0};
    struct lease seen[4], old;
    struct claim claim;

    test_accept(store, 1, SYNC_VARIANTS, true, NOW, NULL);
    ck_assert(test_claim(store, key, "host:1", NOW, &claim));
    ck_assert_int_eq(lease_list(other, NULL, seen, 4), 1);
    old = seen[0];
    ck_assert_str_eq(old.owner, "host:1");
    ck_assert_str_eq(old.platform, "echo");
    ck_assert(old.urgent);
    ck_assert_int_eq(lease_list(other, "host:2", seen, 4), 0);
    ck_assert_int_eq(claim_beat(store, &claim, NOW + 77), 1);
    ck_assert_int_eq(column(key, "lease_until"), NOW + 77);
    ck_assert_int_eq(lease_reap(other, &old, false, &rings), 0); /* it lives */
    ck_assert_int_eq(lease_list(other, "host:1", seen, 4), 1);
    old = seen[0];
    old.fence--; /* of a store that was restored */
    ck_assert_int_eq(lease_reap(other, &old, true, &rings), 0);
    ck_assert_int_eq(lease_reap(other, &seen[0], true, &rings), 1);
    ck_assert_int_eq(lease_reap(other, &seen[0], true, &rings), 0);
    ck_assert_uint_eq(rings.n, 1);
    ck_assert_int_eq(claim_beat(store, &claim, NOW), 0);
    ck_assert_int_eq(put_page(store, &claim, "x"), 0);
    claim_free(&claim);
    ck_assert(test_claim(store, key, "host:2", NOW, &claim));
    ck_assert_int_eq(claim.crashes, 1);
    ck_assert_int_eq(claim.tries, 2);
    ck_assert_int_eq(claim.fence, 2);
    /* what was seen of the first holder says nothing of the second */
    ck_assert_int_eq(lease_reap(other, &seen[0], true, &rings), 0);
    ck_assert_int_eq(put_page(store, &claim, "x"), 1);
    ck_assert_int_eq(column(key, "crashes * 10 + tries"), 1);
    claim_free(&claim);
    free(rings.list);
}
END_TEST

START_TEST(test_crashes_count_to_a_dead_letter)
{
    struct stream_key key = fetched(STREAM_STOCK);
    struct rings rings = {0};
    struct lease seen;
    struct claim claim;

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    for (int i = 0; i < CRASHES_MAX; i++) {
        ck_assert(test_claim(store, key, "w", NOW, &claim));
        ck_assert_int_eq(claim.crashes, i);
        claim_free(&claim);
        ck_assert_int_eq(lease_list(store, "w", &seen, 1), 1);
        ck_assert_int_eq(lease_reap(store, &seen, true, &rings), 1);
    }
    ck_assert(test_claim(store, key, "w", NOW, &claim));
    ck_assert_int_eq(claim.crashes, CRASHES_MAX);
    ck_assert_int_eq(test_finish(store, &claim, OUTCOME_DEAD, NOW), 1);
    ck_assert_int_eq(column(key, "crashes"), 0);
    free(rings.list);
}
END_TEST

/* -- what is runnable -- */

#define MINUTE (60 * SECOND)

START_TEST(test_runnable_order)
{
    static const enum stream order[] = {
        STREAM_SALES,           /* nightly, 20 minutes: as urgent as a person */
        STREAM_VARIANTS,        /* urgent, since 2 minutes */
        STREAM_STOCK,           /* urgent, since 1 minute */
        STREAM_TRANSFER_ORDERS, /* nightly, 10 minutes */
        STREAM_PURCHASE_ORDERS, /* nightly, 5 minutes */
    };
    struct ring rings[8];

    test_accept(store, 1, SYNC_FULL, false, NOW, NULL);
    test_exec(store, "UPDATE stream SET urgent = name < 2, not_before = "
                     "1000000000 - 60000000 * CASE name WHEN 2 THEN 20 "
                     "WHEN 0 THEN 2 WHEN 1 THEN 1 WHEN 4 THEN 10 WHEN 3 THEN 5 "
                     "ELSE -1 END WHERE connection = 1");
    ck_assert_int_eq(runnable_list(other, NOW, rings, 8),
                     (int)ARRAY_LEN(order));
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        ck_assert_str_eq(stream_name(rings[i].key.stream),
                         stream_name(order[i]));
        ck_assert_int_eq(rings[i].urgent, i < 3);
    }
    ck_assert_int_eq(runnable_list(other, NOW, rings, 2), 2);
    ck_assert_int_eq(rings[1].key.stream, STREAM_VARIANTS);
    ck_assert_int_eq(runnable_list(other, NOW + MINUTE, rings, 8), 6);
}
END_TEST

START_TEST(test_runnable_is_claimable)
{
    struct claim claim;
    struct ring rings[8];

    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert_int_eq(runnable_list(other, NOW, rings, 8), 2);
    ck_assert(test_claim(store, rings[0].key, "w", NOW, &claim));
    ck_assert_int_eq(runnable_list(other, NOW, rings, 8), 1);
    ck_assert_int_eq(claim_give_back(store, &claim, NOW + 1, NULL, 0), 1);
    ck_assert_int_eq(runnable_list(other, NOW, rings, 8), 1);
    ck_assert_int_eq(runnable_list(other, NOW + 1, rings, 8), 2);
    claim_free(&claim);
}
END_TEST

/* -- what was refused -- */

START_TEST(test_rejected_is_capped)
{
    ck_assert_int_eq(store_begin(store), 0);
    for (int i = 0; i < 1005; i++)
        ck_assert_int_eq(
            request_reject(store, "sync:full", i ? "?" : "first", "unknown"),
            0);
    ck_assert_int_eq(store_commit(store), 0);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM rejected"), 1000);
    ck_assert_int_eq(test_number(other, "SELECT min(id) FROM rejected"), 6);
    ck_assert_int_eq(test_number(other, "SELECT count(*) FROM rejected "
                                        "WHERE element = 'first'"),
                     0);
}
END_TEST

/* -- the schema says no to what may not be -- */

static const char *const forbidden[] = {
    "UPDATE stream SET done = 1",
    "UPDATE stream SET gen = 1",
    "UPDATE stream SET want = 2",
    "UPDATE stream SET want = 2, gen = 2",
    "INSERT INTO sync (account, id, type, state, asked_by, asked_at) "
    "VALUES (1, 9, 1, 'running', 'me', 0)",
    "INSERT INTO sync (account, id, type, state, asked_by, asked_at) "
    "VALUES (1, 9, 1, 'waiting', 'me', 0)",
};

START_TEST(test_forbidden)
{
    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    test_accept(store, 1, SYNC_VARIANTS, false, NOW, NULL);
    ck_assert_int_eq(store_exec(store, forbidden[_i], WITHOUT), -1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("protocol");
    TCase *c = tcase_create("protocol");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 30.);
    tcase_add_test(c, test_accept_starts);
    tcase_add_test(c, test_accept_remembers_once);
    tcase_add_test(c, test_types_side_by_side);
    tcase_add_test(c, test_running_generation_is_too_old);
    tcase_add_test(c, test_nothing_to_fetch);
    tcase_add_test(c, test_claim_is_exclusive);
    tcase_add_test(c, test_give_back_waits);
    tcase_add_test(c, test_page_goes_on);
    tcase_add_loop_test(c, test_not_ours, 0, ARRAY_LEN(not_ours));
    tcase_add_test(c, test_rows_go_with_their_page);
    tcase_add_test(c, test_chain_of_full);
    tcase_add_test(c, test_chains_of_the_others);
    tcase_add_test(c, test_end_promotes);
    tcase_add_test(c, test_bad_ending_keeps_the_cursor);
    tcase_add_loop_test(c, test_states_at_the_end, 0, ARRAY_LEN(endings));
    tcase_add_test(c, test_whole_until_it_went_well);
    tcase_add_test(c, test_again_rings);
    tcase_add_test(c, test_beat_and_reap);
    tcase_add_test(c, test_crashes_count_to_a_dead_letter);
    tcase_add_test(c, test_runnable_order);
    tcase_add_test(c, test_runnable_is_claimable);
    tcase_add_test(c, test_rejected_is_capped);
    tcase_add_loop_test(c, test_forbidden, 0, ARRAY_LEN(forbidden));
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
