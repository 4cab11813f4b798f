/* test_process.c - the account's own steps: the roll-up of stock orders and the
 * metrics, over hand-made rows and over random changes; then as a process that
 * claims, goes on, is stopped and fails. The formulas: test_metrics.c. */
#include <check.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/arena.h"
#include "common/fixed.h"
#include "common/zone.h"
#include "tests/helper_store.h"
#include "tests/sim/dice.h"
#include "worker/desk.h"
#include "worker/process.h"
#include "worker/rows_store.h"

#define DAY (86400 * SECOND)
#define TODAY INT64_C(20000)
#define NOW (TODAY * DAY + 10 * 3600 * SECOND)
#define PIECES(n) ((n)*FIXED_ONE)

static struct test_store files;
static struct store *store;
static struct account account;
static const struct zone *zone;
static struct counts counts; /* of the last step */
static int chunks;           /* of it */
static int64_t gen;

static void setup(void)
{
    char why[ZONE_ERROR];

    test_store_make(&files);
    store = test_store_open(&files);
    test_account(store, 1);
    test_connection(store, 1, 1, 0x3f);
    test_connection(store, 1, 2, 0x3f);
    ck_assert_int_eq(account_read(store, 1, &account), 1);
    zone = zone_get("UTC", why);
    ck_assert_msg(zone != NULL, "%s", why);
    gen = 0;
}

static void teardown(void)
{
    account_free(&account);
    store_close(store);
    test_store_remove(&files);
}

static int64_t number(const char *sql)
{
    return test_number(store, sql);
}

/* A step to its end, chunk by chunk, as process.c does it. */
static void run_step(process_step *step, bool whole)
{
    struct claim claim = {.gen = ++gen, .whole = whole};
    char *position = xstrdup("");
    bool more = true;

    counts = (struct counts){0};
    for (chunks = 0; more; chunks++) {
        struct chunk c = {.store = store,
                          .account = &account,
                          .zone = zone,
                          .claim = &claim,
                          .position = position,
                          .now = NOW,
                          .today = TODAY,
                          .as_of = NOW - SECOND};
        ck_assert_int_lt(chunks, 1000);
        ck_assert_int_eq(store_begin(store), 0);
        ck_assert_int_eq(step(&c), 0);
        ck_assert_int_eq(store_commit(store), 0);
        counts.rows += c.counts.rows;
        counts.changed += c.counts.changed;
        counts.removed += c.counts.removed;
        more = c.next.length > 0;
        free(position);
        position = xstrdup(buf_str(&c.next));
        buf_free(&c.next);
    }
    free(position);
}

/* -- rows by hand -- */

static void variant(int64_t connection, const char *id, const char *item)
{
    ck_assert_int_eq(
        store_exec(store,
                   "INSERT INTO variant (account, connection, id, product, "
                   "sku, item, barcode, title, vendor, category, currency, "
                   "active, hash) VALUES (1, ?1, ?2, '', ?3, ?3, '', '', '', "
                   "'', '', 1, 0)",
                   WITH(INT(connection), TEXT(id), TEXT(item))),
        1);
}

static void stock(int64_t connection, const char *id, const char *location,
                  int64_t on_hand, int64_t reserved)
{
    ck_assert_int_eq(
        store_exec(store,
                   "INSERT INTO stock (account, connection, variant, location, "
                   "on_hand, reserved, hash) VALUES (1, ?1, ?2, ?3, ?4, ?5, 0)",
                   WITH(INT(connection), TEXT(id), TEXT(location),
                        INT(PIECES(on_hand)), INT(PIECES(reserved)))),
        1);
}

static void level(int64_t connection, const char *id, const char *location,
                  int64_t days_ago, int64_t on_hand)
{
    ck_assert_int_eq(
        store_exec(store,
                   "INSERT INTO stock_day VALUES (1, ?1, ?2, ?3, "
                   "?4, ?5)",
                   WITH(INT(connection), TEXT(id), TEXT(location),
                        INT(TODAY - days_ago), INT(PIECES(on_hand)))),
        1);
}

static void sold(int64_t connection, const char *id, const char *location,
                 int64_t days_ago, int64_t pieces)
{
    static int64_t line;

    ck_assert_int_eq(
        store_exec(store,
                   "INSERT INTO sale_line (account, connection, variant, sale, "
                   "id, location, quantity, returned, revenue, counted, "
                   "placed_at, hash) VALUES (1, ?1, ?2, 's', ?3, ?4, ?5, 0, "
                   "?6, 1, ?7, 0)",
                   WITH(INT(connection), TEXT(id), INT(++line), TEXT(location),
                        INT(PIECES(pieces)), INT(PIECES(10 * pieces)),
                        INT(NOW - days_ago * DAY))),
        1);
}

static void order(const char *id, int64_t open, int64_t expected)
{
    ck_assert_int_eq(
        store_exec(
            store,
            "INSERT INTO stock_order (account, connection, kind, id, "
            "number, status, open, supplier, currency, expected_at, "
            "hash) VALUES (1, 1, 3, ?1, '', '', ?2, '', '', ?3, 0)",
            WITH(TEXT(id), INT(open),
                 MAYBE(expected == INSTANT_NONE ? expected
                                                : NOW + expected * DAY))),
        1);
}

static void line(const char *of, const char *id, int64_t quantity, int64_t sent,
                 int64_t received, int64_t expected)
{
    ck_assert_int_eq(
        store_exec(
            store,
            "INSERT INTO stock_order_line (account, connection, kind, "
            "stock_order, id, variant, from_location, to_location, "
            "inward, outward, quantity, sent, received, expected_at, "
            "hash) VALUES (1, 1, 3, ?1, ?2, 'v', '', 'Main', 1, 0, ?3, "
            "?4, ?5, ?6, 0)",
            WITH(TEXT(of), TEXT(id), INT(PIECES(quantity)), INT(PIECES(sent)),
                 INT(PIECES(received)),
                 MAYBE(expected == INSTANT_NONE ? expected
                                                : NOW + expected * DAY))),
        1);
}

static void mark(int64_t connection, const char *id)
{
    ck_assert_int_eq(store_exec(store, "INSERT INTO dirty VALUES (1, ?1, ?2)",
                                WITH(INT(connection), TEXT(id))),
                     1);
}

/* A metric of an item at a location; NULL is INSTANT_NONE. */
#define metric(name, item, location)                                           \
    read_metric("SELECT " name " FROM metric WHERE item = ?1 "                 \
                "AND location = ?2",                                           \
                item, location)
static int64_t read_metric(const char *sql, const char *item,
                           const char *location)
{
    int64_t value = -1;

    ck_assert_int_eq(
        store_get(store, &value, sql, WITH(TEXT(item), TEXT(location))), 1);
    return value;
}

/* -- the roll-up of stock orders -- */

START_TEST(test_roll_up)
{
    order("a", 1, 5);
    line("a", "1", 10, 7, 4, INSTANT_NONE); /* 6 to come, 3 on the way */
    line("a", "2", 3, 0, 0, INSTANT_NONE);  /* the same day: 9 and 3 */
    line("a", "3", 8, 0, 0, 9);             /* the line knows better */
    line("a", "4", 5, 5, 5, INSTANT_NONE);  /* has arrived */
    line("a", "5", 5, 0, 6, INSTANT_NONE);  /* more than that */
    order("b", 0, 5);
    line("b", "1", 99, 0, 0, INSTANT_NONE); /* closed */
    order("c", 1, INSTANT_NONE);
    line("c", "1", 2, 1, 0, INSTANT_NONE); /* nobody knows when */
    order("d", 1, 1);
    line("d", "1", 50, 0, 0, 1);
    test_exec(store, "UPDATE stock_order_line SET inward = 0, outward = 1 "
                     "WHERE stock_order = 'd'");
    run_step(on_order_chunk, false);
    ck_assert_int_eq(counts.rows, 3);
    ck_assert_int_eq(counts.changed, 3);
    ck_assert_int_eq(number("SELECT count(*) FROM on_order"), 3);
    ck_assert_int_eq(number("SELECT quantity FROM on_order WHERE day = 20005"),
                     PIECES(9));
    ck_assert_int_eq(
        number("SELECT in_transit FROM on_order WHERE day = 20005"), PIECES(3));
    ck_assert_int_eq(number("SELECT quantity FROM on_order WHERE day = 20009"),
                     PIECES(8));
    ck_assert_int_eq(
        number("SELECT quantity FROM on_order WHERE day = 2147483647"),
        PIECES(2));
    ck_assert_int_eq(number("SELECT count(*) FROM dirty"), 1);
}
END_TEST

START_TEST(test_roll_up_writes_differences)
{
    order("a", 1, 5);
    line("a", "1", 10, 0, 0, INSTANT_NONE);
    order("b", 1, 6);
    line("b", "1", 1, 0, 0, INSTANT_NONE);
    run_step(on_order_chunk, false);
    test_exec(store, "DELETE FROM dirty");
    run_step(on_order_chunk, false);
    ck_assert_int_eq(counts.changed + counts.removed, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM dirty"), 0);
    test_exec(store, "UPDATE stock_order_line SET received = 1000000 "
                     "WHERE stock_order = 'a'");
    test_exec(store, "UPDATE stock_order SET open = 0 WHERE id = 'b'");
    run_step(on_order_chunk, false);
    ck_assert_int_eq(counts.changed, 1);
    ck_assert_int_eq(counts.removed, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM dirty"), 1);
    ck_assert_int_eq(number("SELECT sum(quantity) FROM on_order"), PIECES(9));
    ck_assert_int_eq(chunks, 3); /* a connection each, and that was all */
}
END_TEST

START_TEST(test_roll_up_by_local_day)
{
    char why[ZONE_ERROR];

    zone = zone_get("Pacific/Kiritimati", why); /* UTC+14 */
    ck_assert_ptr_nonnull(zone);
    order("a", 1, 5); /* 10:00 UTC is the day after there */
    line("a", "1", 10, 0, 0, INSTANT_NONE);
    run_step(on_order_chunk, false);
    ck_assert_int_eq(number("SELECT day FROM on_order"), TODAY + 6);
}
END_TEST

/* -- metrics -- */

START_TEST(test_numbers_by_hand)
{
    variant(1, "v", "A");
    stock(1, "v", "Main", 10, 2);
    sold(1, "v", "Main", 10, 18);
    sold(1, "v", "Main", 5, 12);
    sold(1, "v", "Main", 0, 7); /* today is not complete */
    order("a", 1, 3);
    line("a", "1", 5, 0, 0, INSTANT_NONE);
    order("b", 1, -2);
    line("b", "1", 4, 0, 0, INSTANT_NONE);
    run_step(on_order_chunk, true);
    run_step(metrics_chunk, true);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 1);
    ck_assert_int_eq(metric("units_7", "A", "Main"), PIECES(12));
    ck_assert_int_eq(metric("units_14", "A", "Main"), PIECES(30));
    ck_assert_int_eq(metric("units_365", "A", "Main"), PIECES(30));
    ck_assert_int_eq(metric("revenue_30", "A", "Main"), PIECES(300));
    /* 30 pieces in the 10 days since the first sale */
    ck_assert_int_eq(metric("velocity", "A", "Main"), PIECES(3));
    ck_assert_int_eq(metric("velocity_days", "A", "Main"), 10);
    ck_assert_int_eq(metric("available", "A", "Main"), PIECES(8));
    ck_assert_int_eq(metric("on_order", "A", "Main"), PIECES(9));
    ck_assert_int_eq(metric("overdue_on_order", "A", "Main"), PIECES(4));
    /* 8 pieces of 3 a day */
    ck_assert_int_eq(metric("days_of_cover", "A", "Main"), 2666667);
    /* 14 days to come and 30 days to last, 3 a day */
    ck_assert_int_eq(metric("forecast_planning_period", "A", "Main"),
                     PIECES(44 * 3));
    ck_assert_int_eq(metric("day", "A", "Main"), TODAY);
    ck_assert_int_eq(metric("gen", "A", "Main"), gen);
    ck_assert_int_eq(metric("as_of", "A", "Main"), NOW - SECOND);
}
END_TEST

START_TEST(test_item_of_two_shops)
{
    variant(1, "v", "A");
    variant(2, "w", "A");
    variant(2, "x", "");
    stock(1, "v", "Main", 10, 0);
    stock(2, "w", "Main", 5, 1);
    stock(2, "w", "South", 7, 0);
    sold(1, "v", "Main", 3, 2);
    sold(2, "w", "Main", 3, 4);
    sold(2, "sku:A", "Main", 3, 1); /* a line that knew no more */
    run_step(metrics_chunk, true);
    ck_assert_int_eq(metric("on_hand", "A", "Main"), PIECES(15));
    ck_assert_int_eq(metric("available", "A", "Main"), PIECES(14));
    ck_assert_int_eq(metric("units_7", "A", "Main"), PIECES(7));
    ck_assert_int_eq(metric("on_hand", "A", "South"), PIECES(7));
    ck_assert_int_eq(metric("units_7", "A", "South"), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 2);
}
END_TEST

/* Two variants of one SKU at one place: it is out when both are. */
START_TEST(test_levels_add_up)
{
    variant(1, "v", "A");
    variant(1, "w", "A");
    sold(1, "v", "Main", 20, 30);
    level(1, "v", "Main", 40, 9);
    level(1, "w", "Main", 30, 2);
    level(1, "w", "Main", 12, 0); /* v still has 9 */
    level(1, "v", "Main", 8, 0);  /* nothing for 4 days */
    level(1, "w", "Main", 4, 1);
    run_step(metrics_chunk, true);
    ck_assert_int_eq(metric("known_days_30", "A", "Main"), 30);
    ck_assert_int_eq(metric("stockout_days_30", "A", "Main"), 4);
}
END_TEST

START_TEST(test_rules)
{
    ck_assert_int_eq(store_exec(store,
                                "INSERT INTO item_rule VALUES (1, 'B', "
                                "'{\"lead_time\": 4, \"moq\": \"100\"}')",
                                WITHOUT),
                     1);
    free(account.settings);
    account.settings = xstrdup("{\"lead_time\": 10, \"days_of_stock\": 20}");
    variant(1, "v", "A");
    variant(1, "w", "B");
    sold(1, "v", "Main", 1, 2);
    sold(1, "w", "Main", 1, 2);
    run_step(metrics_chunk, true);
    ck_assert_int_eq(metric("forecast_planning_period", "A", "Main"),
                     PIECES(60));
    ck_assert_int_eq(metric("forecast_planning_period", "B", "Main"),
                     PIECES(48));
    ck_assert_int_eq(metric("to_order", "B", "Main"), PIECES(100));
}
END_TEST

START_TEST(test_only_what_is_marked)
{
    variant(1, "v", "A");
    variant(1, "w", "B");
    stock(1, "v", "Main", 1, 0);
    stock(1, "w", "Main", 1, 0);
    run_step(metrics_chunk, true);
    test_exec(store, "UPDATE stock SET on_hand = 9000000");
    mark(1, "w");
    mark(1, "not stored yet");
    mark(2, "sku:A2");
    run_step(metrics_chunk, false);
    ck_assert_int_eq(metric("on_hand", "A", "Main"), PIECES(1));
    ck_assert_int_eq(metric("on_hand", "B", "Main"), PIECES(9));
    ck_assert_int_eq(number("SELECT count(*) FROM dirty"), 0);
    ck_assert_int_eq(counts.rows, 1);
}
END_TEST

START_TEST(test_vanished)
{
    variant(1, "v", "A");
    variant(1, "w", "B");
    variant(1, "x", "C");
    stock(1, "v", "Main", 1, 0);
    stock(1, "v", "South", 1, 0);
    stock(1, "w", "Main", 1, 0);
    stock(1, "x", "Main", 1, 0);
    run_step(metrics_chunk, true);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 4);
    test_exec(store, "DELETE FROM stock WHERE location = 'South'");
    test_exec(store, "UPDATE variant SET removed_at = 1 WHERE id = 'w'");
    test_exec(store, "DELETE FROM variant WHERE id = 'x'");
    mark(1, "v");
    mark(1, "w");
    run_step(metrics_chunk, false);
    ck_assert_int_eq(counts.removed, 2);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 2);
    /* nothing stands behind C at all: a run over all items finds that */
    run_step(metrics_chunk, true);
    ck_assert_int_eq(counts.removed, 1);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 1);
}
END_TEST

START_TEST(test_many_items)
{
    char id[16], item[16];

    ck_assert_int_eq(store_begin(store), 0);
    for (int i = 0; i < 450; i++) {
        snprintf(id, sizeof id, "%d", i);
        snprintf(item, sizeof item, "%c%d", i % 3 ? '*' : 'A', i);
        variant(1, id, i == 7 ? "*" : item);
        stock(1, id, "Main", i, 0);
    }
    ck_assert_int_eq(store_commit(store), 0);
    run_step(metrics_chunk, true);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 450);
    ck_assert_int_eq(chunks, 4);
    ck_assert_int_eq(counts.rows, 450);
    test_exec(store, "INSERT INTO dirty SELECT 1, 1, id FROM variant");
    test_exec(store, "UPDATE stock SET on_hand = 1000000");
    run_step(metrics_chunk, false);
    ck_assert_int_eq(chunks, 3);
    ck_assert_int_eq(number("SELECT sum(on_hand) FROM metric"), PIECES(450));
    ck_assert_int_eq(number("SELECT count(*) FROM dirty"), 0);
}
END_TEST

/* -- incremental is the same as whole, whatever changes -- */

enum { ROUNDS = 60, CHANGES = 12 };

static uint64_t chance;

static const char *pick(struct arena *a, const char *prefix, uint32_t n)
{
    return arena_printf(a, "%s%u", prefix, dice_below(&chance, n));
}

static void random_row(struct rows *rows, enum stream stream)
{
    struct arena *a = rows->arena;

    if (stream == STREAM_VARIANTS && dice_percent(&chance, 20)) {
        rows_gone(rows, pick(a, "v", 12));
    } else if (stream == STREAM_VARIANTS) {
        struct variant_row *v = rows_variant(rows);
        v->id = pick(a, "v", 12);
        v->sku = dice_percent(&chance, 20) ? "" : pick(a, "SKU", 8);
        v->removed = dice_percent(&chance, 10);
        v->price = PIECES(dice_below(&chance, 3));
    } else if (stream == STREAM_STOCK) {
        struct stock_row *s = rows_stock(rows);
        s->variant = pick(a, "v", 12);
        s->location = pick(a, "place", 3);
        s->on_hand = PIECES(dice_below(&chance, 5));
        if (dice_percent(&chance, 30))
            s->day = TODAY - dice_between(&chance, 0, 40);
        if (dice_percent(&chance, 10))
            rows_whole_stock(rows, s->variant);
    } else {
        struct stock_order_row *o = rows_stock_order(rows);
        struct stock_order_line_row *l = rows_stock_order_line(rows);
        o->id = l->order = pick(a, "o", 5);
        o->open = dice_percent(&chance, 80);
        l->id = pick(a, "l", 3);
        l->variant = dice_percent(&chance, 20) ? pick(a, "sku:SKU", 8)
                                               : pick(a, "v", 12);
        l->to = pick(a, "place", 3);
        l->inward = true;
        l->quantity = PIECES(dice_below(&chance, 9));
        l->expected_at = NOW + dice_between(&chance, -9, 40) * DAY;
        if (dice_percent(&chance, 30))
            rows_whole(rows, o->id);
    }
}

static void random_sale(struct rows *rows)
{
    struct arena *a = rows->arena;
    struct sale_row *s = rows_sale(rows);
    const char *id = s->id = pick(a, "s", 10);

    s->counted = dice_percent(&chance, 80);
    s->placed_at = NOW - dice_between(&chance, 0, 60) * DAY;
    for (uint32_t n = dice_below(&chance, 4); n > 0; n--) {
        struct sale_line_row *l = rows_sale_line(rows);
        l->sale = id;
        l->id = arena_printf(a, "%u", n);
        l->variant = dice_percent(&chance, 20) ? pick(a, "sku:SKU", 8)
                                               : pick(a, "v", 12);
        l->location = pick(a, "place", 3);
        l->quantity = PIECES(1 + dice_below(&chance, 9));
        l->revenue = 3 * l->quantity;
    }
    if (dice_percent(&chance, 70))
        rows_whole(rows, id);
    if (dice_percent(&chance, 10))
        rows_gone(rows, pick(a, "s", 10));
}

static void random_page(struct rows *rows)
{
    struct rows_target target = {
        .store = store,
        .key = {1, 1 + dice_below(&chance, 2),
                (enum stream)dice_below(&chance, STREAM_FETCHED)},
        .location = "place0",
        .now = NOW,
        .today = TODAY,
    };

    for (uint32_t n = dice_below(&chance, CHANGES); n > 0; n--) {
        if (target.key.stream == STREAM_SALES)
            random_sale(rows);
        else
            random_row(rows, target.key.stream);
    }
    ck_assert_int_eq(rows_store(&target, rows), 0);
    rows_reset(rows);
}

/* The metrics as text, without what tells by which run they were made. */
static void dump(struct buf *out)
{
    struct query *q = store_query(
        store, "SELECT * FROM metric ORDER BY item, location", WITHOUT);

    buf_clear(out);
    for (; query_next(q); buf_char(out, '\n'))
        for (int i = 0; i < query_columns(q); i++)
            if (strcmp(query_column(q, i), "gen") != 0)
                buf_printf(out, "%s=%s ", query_column(q, i), query_text(q, i));
    ck_assert_int_eq(query_end(q), 0);
}

START_TEST(test_incremental_is_whole)
{
    const char *seed = getenv("SEED");
    uint64_t start = seed ? strtoull(seed, NULL, 10) : (uint64_t)now_us();
    struct rows rows = {.arena = arena_new()};
    struct buf marked = {0}, all = {0};

    chance = start;
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t n = 1 + dice_below(&chance, 3); n > 0; n--)
            random_page(&rows);
        run_step(on_order_chunk, false);
        run_step(metrics_chunk, false);
        dump(&marked);
        run_step(metrics_chunk, true);
        dump(&all);
        ck_assert_msg(strcmp(buf_str(&marked), buf_str(&all)) == 0,
                      "SEED=%llu round %d:\nmarked:\n%s\nall:\n%s",
                      (unsigned long long)start, round, buf_str(&marked),
                      buf_str(&all));
    }
    ck_assert_int_gt(number("SELECT count(*) FROM metric"), 3);
    buf_free(&marked);
    buf_free(&all);
    arena_free(rows.arena);
}
END_TEST

/* -- as a process on the desk -- */

static int ended_n;

static void on_ended(void *arg, struct process *process)
{
    (void)arg;
    (void)process;
    ended_n++;
}

static void on_rang(void *arg, const struct rings *rings)
{
    (void)rings;
    ++*(int *)arg;
}

/* Runs CLAIM until it ended; after STOP_AFTER turns of the loop it is told to
 * stop. */
static void run_process(struct claim *claim, int stop_after)
{
    const struct config config = {.lease = 60 * SECOND};
    struct ev_loop *loop = ev_loop_new(0);
    int rang = 0;
    struct fetch_env env = {.config = &config, .loop = loop, .store = store};
    struct process *p;

    env.desk = desk_open(loop, store, on_rang, &rang);
    ended_n = 0;
    p = process_start(&env, claim, on_ended, NULL);
    ck_assert_int_eq(ended_n, 0);
    for (int turn = 0; turn < 1000 && ended_n == 0; turn++) {
        if (turn == stop_after)
            process_stop(p);
        desk_flush(env.desk);
    }
    ck_assert_int_eq(ended_n, 1);
    desk_close(env.desk);
    ev_loop_destroy(loop);
}

static void claim_metrics(struct claim *claim)
{
    struct stream_key key = {1, 0, STREAM_METRICS};

    test_exec(store, "UPDATE stream SET want = done + 1, whole_want = 1 "
                     "WHERE connection = 0 AND name = 7");
    ck_assert(test_claim(store, key, "w", now_us() + SECOND, claim));
}

#define ROW(columns)                                                           \
    number("SELECT " columns " FROM stream WHERE connection = 0 AND name = 7")

START_TEST(test_process_as_of)
{
    struct claim claim;

    variant(1, "v", "A");
    stock(1, "v", "Main", 1, 0);
    claim_metrics(&claim);
    run_process(&claim, -1);
    ck_assert_int_eq(ROW("done = 1 AND owner IS NULL AND outcome = 'ok'"), 1);
    ck_assert_int_eq(ROW("as_of IS NULL"), 1); /* one input never came */
    test_exec(store, "UPDATE stream SET as_of = 100 + connection * 10 + name "
                     "WHERE connection > 0");
    claim_metrics(&claim);
    run_process(&claim, -1);
    ck_assert_int_eq(ROW("as_of"), 110);
    ck_assert_int_eq(metric("as_of", "A", "Main"), 110);
    /* a connection that is switched off has no say */
    test_exec(store, "UPDATE connection SET enabled = 0 WHERE id = 1");
    claim_metrics(&claim);
    run_process(&claim, -1);
    ck_assert_int_eq(ROW("as_of"), 120);
}
END_TEST

static void many_items(void)
{
    char id[16];

    ck_assert_int_eq(store_begin(store), 0);
    for (int i = 0; i < 450; i++) {
        snprintf(id, sizeof id, "%03d", i);
        variant(1, id, id);
        stock(1, id, "Main", 1, 0);
    }
    ck_assert_int_eq(store_commit(store), 0);
}

START_TEST(test_process_stops_and_goes_on)
{
    struct claim claim;

    many_items();
    claim_metrics(&claim);
    run_process(&claim, 1);
    ck_assert_int_eq(ROW("done * 10 + (owner IS NULL)"), 1);
    ck_assert_int_gt(ROW("page"), 0);
    ck_assert_int_lt(number("SELECT count(*) FROM metric"), 450);
    ck_assert(test_claim(store, (struct stream_key){1, 0, STREAM_METRICS}, "x",
                         now_us() + SECOND, &claim));
    run_process(&claim, -1);
    ck_assert_int_eq(ROW("done * 10 + (owner IS NULL)"), 11);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 450);
    ck_assert_int_eq(ROW("rows"), 450);
}
END_TEST

START_TEST(test_process_lost_its_claim)
{
    struct rings rings = {0};
    struct lease lease;
    struct claim claim;

    many_items();
    claim_metrics(&claim);
    ck_assert_int_eq(lease_list(store, "w", &lease, 1), 1);
    ck_assert_int_eq(lease_reap(store, &lease, false, &rings), 1);
    run_process(&claim, -1);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 0);
    ck_assert_int_eq(ROW("done"), 0);
    free(rings.list);
}
END_TEST

START_TEST(test_process_crashed_too_often)
{
    struct claim claim;

    many_items();
    claim_metrics(&claim);
    claim.crashes = CRASHES_MAX;
    run_process(&claim, -1);
    ck_assert_int_eq(ROW("done = 1 AND outcome = 'failed' AND last_error = "
                         "'metrics crashed its worker 3 times'"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM metric"), 0);
}
END_TEST

START_TEST(test_process_refused_by_the_store)
{
    struct claim claim;

    variant(1, "v", "A");
    stock(1, "v", "Main", 1, 0);
    test_exec(store, "ALTER TABLE metric RENAME TO elsewhere");
    claim_metrics(&claim);
    run_process(&claim, -1);
    ck_assert_int_eq(ROW("done = 1 AND outcome = 'failed' AND whole_want = 1"),
                     1);
    ck_assert_int_eq(
        number("SELECT count(*) FROM stream WHERE owner IS NOT NULL"), 0);
}
END_TEST

START_TEST(test_process_of_no_account)
{
    struct claim claim;

    test_exec(store, "UPDATE account SET zone = 'Nowhere/Land'");
    claim_metrics(&claim);
    run_process(&claim, -1);
    ck_assert_int_eq(ROW("outcome = 'failed'"), 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("process");
    TCase *c = tcase_create("process");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60.);
    tcase_add_test(c, test_roll_up);
    tcase_add_test(c, test_roll_up_writes_differences);
    tcase_add_test(c, test_roll_up_by_local_day);
    tcase_add_test(c, test_numbers_by_hand);
    tcase_add_test(c, test_item_of_two_shops);
    tcase_add_test(c, test_levels_add_up);
    tcase_add_test(c, test_rules);
    tcase_add_test(c, test_only_what_is_marked);
    tcase_add_test(c, test_vanished);
    tcase_add_test(c, test_many_items);
    tcase_add_test(c, test_incremental_is_whole);
    tcase_add_test(c, test_process_as_of);
    tcase_add_test(c, test_process_stops_and_goes_on);
    tcase_add_test(c, test_process_lost_its_claim);
    tcase_add_test(c, test_process_crashed_too_often);
    tcase_add_test(c, test_process_refused_by_the_store);
    tcase_add_test(c, test_process_of_no_account);
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
