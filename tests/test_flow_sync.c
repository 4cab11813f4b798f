/* test_flow_sync.c - syncs from the door to the metrics, with real processes.
 * Does each type bring what it should, all of it, and nothing else? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "tests/helper_world.h"

enum { LONG = 40 };

#define FETCHED_BY_VARIANTS                                                    \
    (STREAM_BIT(STREAM_VARIANTS) | STREAM_BIT(STREAM_STOCK))
#define FETCHED_BY_ORDERS                                                      \
    (STREAM_BIT(STREAM_PURCHASE_ORDERS) | STREAM_BIT(STREAM_TRANSFER_ORDERS) | \
     STREAM_BIT(STREAM_ASSEMBLY_ORDERS))

static struct stack *s;
static int64_t acme, shop, erp;

/* A stack with one account that has both connections, and nobody working. */
static void open_quiet(void)
{
    s = stack_open(NULL);
    acme = stack_account(s, "acme");
    shop = stack_shop(s, acme, "{\"currency\":\"EUR\"}");
    erp = stack_erp(s, acme, NULL);
}

static void open_stack(void)
{
    open_quiet();
    stack_producer(s, "");
    stack_worker(s, "--children 2");
}

static void sync_and_wait(const char *type)
{
    int64_t before = stack_syncs(s, acme, "done");

    stack_ask(s, type, "acme");
    await(LONG, stack_syncs(s, acme, "done") == before + 1);
    await(LONG, stack_idle(s));
}

static void close_stack(void)
{
    stack_check_rest(s);
    stack_close(s);
}

/* A SKU of the simulator's world, by its number in both our lists. */
static void sku_at(int64_t i, char out[64])
{
    snprintf(out, 64, "%s",
             stack_text(s,
                        "SELECT v.sku FROM variant v JOIN variant w "
                        "ON w.account = v.account AND w.sku = v.sku "
                        "JOIN stock k ON k.account = v.account "
                        "AND k.connection = v.connection AND k.variant = v.id "
                        "WHERE v.account = ?1 AND v.connection = ?2 "
                        "AND w.connection = ?3 AND v.sku <> '' "
                        "AND v.active = 1 AND w.active = 1 "
                        "AND k.on_hand >= 20000000 "
                        "AND v.removed_at IS NULL GROUP BY v.sku "
                        "HAVING count(*) = 1 ORDER BY v.sku LIMIT 1 OFFSET ?4",
                        WITH(INT(acme), INT(shop), INT(erp), INT(i))));
}

static int64_t metric_of(const char *sku, const char *location)
{
    return stack_int(s,
                     "SELECT coalesce(sum(on_hand), 0) FROM metric "
                     "WHERE account = ?1 AND item = ?2 AND location = ?3",
                     WITH(INT(acme), TEXT(sku), TEXT(location)));
}

/* ---- the three types ---- */

static int64_t parts(int64_t sync, int64_t step)
{
    return stack_int(s,
                     "SELECT count(*) FROM sync_part WHERE account = ?1 "
                     "AND sync = ?2 AND step = ?3 AND outcome = 'ok'",
                     WITH(INT(acme), INT(sync), INT(step)));
}

static int64_t done_of(int64_t connection, enum stream stream)
{
    return stack_int(s,
                     "SELECT coalesce(max(done), -1) FROM stream "
                     "WHERE account = ?1 AND connection = ?2 AND name = ?3",
                     WITH(INT(acme), INT(connection), INT(stream)));
}

START_TEST(test_full)
{
    open_stack();
    sync_and_wait("full");
    world_check_shop(s, acme, shop, ALL_STREAMS);
    world_check_erp(s, acme, erp, ALL_STREAMS);
    /* Fetches, then stock orders, then metrics, each once. */
    ck_assert_int_eq(parts(1, 0), 8);
    ck_assert_int_eq(parts(1, 1), 1);
    ck_assert_int_eq(parts(1, 2), 1);
    ck_assert_int_eq(parts(1, 3), 0);
    ck_assert_int_eq(done_of(0, STREAM_ON_ORDER), 1);
    ck_assert_int_eq(done_of(0, STREAM_METRICS), 1);
    /* Every item that stands somewhere has its numbers. */
    ck_assert_int_eq(
        stack_int(s,
                  "SELECT count(DISTINCT v.item) FROM variant v JOIN stock k "
                  "ON k.account = v.account AND k.connection = v.connection "
                  "AND k.variant = v.id LEFT JOIN metric m "
                  "ON m.account = v.account AND m.item = v.item "
                  "AND m.location = k.location WHERE v.account = ?1 "
                  "AND v.removed_at IS NULL AND (m.item IS NULL "
                  "OR m.gen <> 1 OR m.as_of IS NULL)",
                  WITH(INT(acme))),
        0);
    ck_assert_int_gt(stack_int(s, "SELECT count(*) FROM metric", WITHOUT), 100);
    close_stack();
}
END_TEST

static const struct {
    const char *type;
    int64_t fetched;
    int64_t step_1, step_2; /* parts */
    const char *stranger;   /* what must have stayed empty */
} types[] = {
    {"variants", FETCHED_BY_VARIANTS, 1, 0,
     "SELECT (SELECT count(*) FROM sale) + (SELECT count(*) FROM stock_order) "
     "+ (SELECT count(*) FROM on_order)"},
    {"purchase_orders", FETCHED_BY_ORDERS, 1, 1,
     "SELECT (SELECT count(*) FROM sale) + (SELECT count(*) FROM variant) "
     "+ (SELECT count(*) FROM stock)"},
};

START_TEST(test_type)
{
    int64_t fetched = types[_i].fetched;

    open_stack();
    sync_and_wait(types[_i].type);
    world_check_shop(s, acme, shop, fetched);
    world_check_erp(s, acme, erp, fetched);
    ck_assert_int_eq(stack_int(s, types[_i].stranger, WITHOUT), 0);
    for (int i = 0; i < STREAM_FETCHED; i++) {
        int64_t want = fetched >> i & 1;
        ck_assert_int_eq(done_of(erp, (enum stream)i), want);
        if (done_of(shop, (enum stream)i) >= 0)
            ck_assert_int_eq(done_of(shop, (enum stream)i), want);
    }
    ck_assert_int_eq(parts(1, 1), types[_i].step_1);
    ck_assert_int_eq(parts(1, 2), types[_i].step_2);
    /* The rest follows when it is asked for. */
    sync_and_wait("full");
    world_check_shop(s, acme, shop, ALL_STREAMS);
    world_check_erp(s, acme, erp, ALL_STREAMS);
    close_stack();
}
END_TEST

START_TEST(test_side_by_side)
{
    open_stack();
    stack_sim(s, "latency?ms=150");
    stack_ask(s, "variants", "acme");
    stack_ask(s, "purchase_orders", "acme");
    await(LONG,
          stack_int(s, "SELECT count(*) FROM sync WHERE state = 'running'",
                    WITHOUT) == 2);
    await(LONG, stack_syncs(s, acme, "done") == 2);
    await(LONG, stack_idle(s));
    world_check_erp(s, acme, erp, FETCHED_BY_VARIANTS | FETCHED_BY_ORDERS);
    close_stack();
}
END_TEST

START_TEST(test_remembered_once)
{
    open_stack();
    stack_sim(s, "latency?ms=100");
    stack_ask(s, "variants", "acme");
    await(LONG, stack_syncs(s, acme, "running") == 1);
    for (int i = 0; i < 5; i++)
        stack_ask(s, "variants", "acme");
    await(LONG, stack_int(s,
                          "SELECT coalesce(sum(hits), 0) FROM sync "
                          "WHERE state = 'waiting'",
                          WITHOUT) == 5);
    await(LONG, stack_idle(s));
    ck_assert_int_eq(stack_syncs(s, acme, "done"), 2);
    /* Right after: in the same transaction. */
    ck_assert_int_eq(stack_int(s,
                               "SELECT count(*) FROM sync a JOIN sync b "
                               "ON a.account = b.account AND a.id = 1 "
                               "AND b.id = 2 AND b.started_at = a.ended_at "
                               "AND a.hits = 1 AND b.hits = 5",
                               WITHOUT),
                     1);
    ck_assert_int_eq(done_of(shop, STREAM_VARIANTS), 2);
    close_stack();
}
END_TEST

START_TEST(test_json_at_the_door)
{
    open_stack();
    stack_ask(s, "variants",
              "{\"account\":\"acme\",\"by\":\"a script\",\"urgent\":false}");
    await(LONG, stack_syncs(s, acme, "done") == 1);
    ck_assert_int_eq(stack_int(s,
                               "SELECT count(*) FROM sync WHERE urgent = 0 "
                               "AND asked_by = 'a script'",
                               WITHOUT),
                     1);
    await(LONG, stack_idle(s));
    close_stack();
}
END_TEST

/* ---- what is new, and nothing else ---- */

static int64_t versions(void)
{
    return stack_int(
        s,
        "SELECT (SELECT sum(rev) FROM variant) + (SELECT sum(rev) FROM stock) "
        "+ (SELECT sum(rev) FROM sale) + (SELECT sum(rev) FROM sale_line) "
        "+ (SELECT sum(rev) FROM stock_order) "
        "+ (SELECT sum(rev) FROM stock_order_line) "
        "+ (SELECT count(*) FROM stock_day) + (SELECT count(*) FROM on_order) "
        "+ 1000000 * (SELECT sum(gen) FROM metric)",
        WITHOUT);
}

/* A window without news costs one request for each list of a stream. */
START_TEST(test_nothing_new)
{
    static const char *const quiet[] = {
        "--variants",  "200", "--order-lines",     "0",
        "--days",      "120", "--purchase-orders", "30",
        "--transfers", "20",  "--assemblies",      "10",
        NULL};
    int64_t before, woo, odoo;

    s = stack_open(quiet);
    acme = stack_account(s, "acme");
    shop = stack_shop(s, acme, NULL);
    erp = stack_erp(s, acme, NULL);
    stack_producer(s, "");
    stack_worker(s, "--children 2");
    sync_and_wait("full");
    sync_and_wait("variants");
    before = versions();
    woo = stack_stat(s, "woo.requests");
    odoo = stack_stat(s, "odoo.requests");
    sync_and_wait("variants");
    sync_and_wait("purchase_orders");
    ck_assert_int_eq(versions(), before);
    /* Products and variations, listed and binned. */
    ck_assert_int_eq(stack_stat(s, "woo.requests") - woo, 4);
    /* Variants; quants and moves; three kinds of orders. */
    ck_assert_int_eq(stack_stat(s, "odoo.requests") - odoo, 6);
    close_stack();
}
END_TEST

static int64_t changed_variants(const char *sku)
{
    return stack_int(s,
                     "SELECT count(*) FROM variant WHERE account = ?1 "
                     "AND sku = ?2 AND rev = 2",
                     WITH(INT(acme), TEXT(sku)));
}

static void receive_a_purchase(void)
{
    stack_sim(s, "receive?po=%s",
              stack_text(s,
                         "SELECT o.number FROM stock_order o "
                         "JOIN stock_order_line l ON l.account = o.account "
                         "AND l.connection = o.connection AND l.kind = o.kind "
                         "AND l.stock_order = o.id WHERE o.kind = 3 "
                         "AND o.status = 'purchase' "
                         "AND l.quantity > l.received ORDER BY o.number "
                         "LIMIT 1",
                         WITHOUT));
}

START_TEST(test_incremental)
{
    char dear[64], sold[64], empty[64], deleted[64], binned[64];
    int64_t variants, sales, received;

    open_stack();
    sync_and_wait("full");
    sku_at(0, dear);
    sku_at(1, sold);
    sku_at(2, empty);
    sku_at(3, deleted);
    sku_at(4, binned);
    variants = stack_int(s, "SELECT count(*) FROM variant", WITHOUT);
    sales = stack_int(s, "SELECT count(*) FROM sale", WITHOUT);
    received = stack_int(
        s, "SELECT sum(received) FROM stock_order_line WHERE kind = 3",
        WITHOUT);
    stack_sim(s, "price?sku=%s&price=77.77", dear);
    stack_sim(s, "order?sku=%s&quantity=3", sold);
    stack_sim(s, "sale?sku=%s&quantity=2", sold);
    stack_sim(s, "stock?sku=%s&quantity=0", empty);
    stack_sim(s, "stock?sku=%s&quantity=0&location=Leeds/Stock", empty);
    stack_sim(s, "variant?sku=BRAND-NEW&title=Brand");
    stack_sim(s, "delete?sku=%s", deleted);
    stack_sim(s, "trash?sku=%s", binned);
    receive_a_purchase();
    sync_and_wait("full");
    world_check_shop(s, acme, shop, ALL_STREAMS);
    world_check_erp(s, acme, erp, ALL_STREAMS);
    /* Exactly those, in both systems. */
    ck_assert_int_eq(changed_variants(dear), 2);
    ck_assert_int_eq(changed_variants(binned), 2);
    ck_assert_int_eq(changed_variants(deleted), 2);
    ck_assert_int_eq(
        stack_int(s, "SELECT count(*) FROM variant WHERE rev <> 1", WITHOUT),
        6);
    ck_assert_int_eq(stack_int(s, "SELECT count(*) FROM variant", WITHOUT),
                     variants + 2);
    ck_assert_int_eq(stack_int(s, "SELECT count(*) FROM sale", WITHOUT),
                     sales + 2);
    ck_assert_int_eq(
        stack_int(s, "SELECT count(*) FROM sale WHERE rev <> 1", WITHOUT), 0);
    ck_assert_int_gt(
        stack_int(s,
                  "SELECT sum(received) FROM stock_order_line WHERE kind = 3",
                  WITHOUT),
        received);
    close_stack();
}
END_TEST

/* Stock that goes to nothing leaves no row behind in the ERP: a page on which
 * nothing but that is said must not be passed over. */
START_TEST(test_stock_to_nothing)
{
    char sku[64];

    open_stack();
    sync_and_wait("full");
    sku_at(0, sku);
    stack_sim(s, "stock?sku=%s&quantity=0", sku);
    stack_sim(s, "stock?sku=%s&quantity=0&location=Leeds/Stock", sku);
    sync_and_wait("variants");
    world_check_erp(s, acme, erp, FETCHED_BY_VARIANTS);
    ck_assert_int_eq(metric_of(sku, "Rotterdam/Stock"), 0);
    close_stack();
}
END_TEST

/* ---- numbers ---- */

static int64_t metric(const char *column_sql, const char *sku,
                      const char *location)
{
    return stack_int(s, column_sql, WITH(INT(acme), TEXT(sku), TEXT(location)));
}
#define METRIC(column, sku, location)                                          \
    metric("SELECT coalesce(" #column ", -1) FROM metric WHERE account = ?1 "  \
           "AND item = ?2 AND location = ?3",                                  \
           sku, location)

/* 12 pieces sold in the shop, 4 a day on three of the last ten days; 20 on
 * hand in the shop; in the ERP 30 in Rotterdam and 40 on order for there. */
START_TEST(test_numbers)
{
    open_quiet();
    stack_sim(s, "clock?offset=-864000");
    stack_sim(s, "variant?sku=HAND-MADE&title=Made");
    for (int day = 10; day >= 2; day -= 4) {
        stack_sim(s, "clock?offset=%d", -day * 86400);
        stack_sim(s, "order?sku=HAND-MADE&quantity=4");
    }
    stack_sim(s, "clock?offset=0");
    stack_sim(s, "stock?sku=HAND-MADE&quantity=30");
    stack_sim(s, "po?sku=HAND-MADE&quantity=40&days=5");
    stack_sim(s, "order?sku=HAND-MADE&quantity=5"); /* of today: not yet */
    stack_producer(s, "");
    stack_worker(s, "");
    sync_and_wait("full");
    ck_assert_int_eq(METRIC(units_7, "HAND-MADE", "shop"), 8 * FIXED_ONE);
    ck_assert_int_eq(METRIC(units_14, "HAND-MADE", "shop"), 12 * FIXED_ONE);
    ck_assert_int_eq(METRIC(revenue_14, "HAND-MADE", "shop"),
                     12 * 25 * FIXED_ONE);
    /* 12 in the 10 days since the first sale. */
    ck_assert_int_eq(METRIC(velocity, "HAND-MADE", "shop"), 1200000);
    ck_assert_int_eq(METRIC(velocity_days, "HAND-MADE", "shop"), 10);
    ck_assert_int_eq(METRIC(on_hand, "HAND-MADE", "Rotterdam/Stock"),
                     25 * FIXED_ONE);
    ck_assert_int_eq(METRIC(on_order, "HAND-MADE", "Rotterdam/Stock"),
                     40 * FIXED_ONE);
    ck_assert_int_eq(METRIC(units_14, "HAND-MADE", "Rotterdam/Stock"), 0);
    close_stack();
}
END_TEST

/* ---- numbers are there when a sync says that it is done ---- */

/* What a full sync's fetch has brought, but not yet computed, belongs to the
 * numbers of a variants sync that ends before it. */
START_TEST(test_variants_inside_full)
{
    char sku[64];

    open_stack();
    sync_and_wait("full");
    sku_at(0, sku);
    stack_sim(s, "stock?sku=%s&quantity=123", sku);
    stack_sim(s, "fault?what=delay&match=/orders&count=2&arg=2500");
    stack_ask(s, "full", "acme");
    await(LONG, done_of(shop, STREAM_VARIANTS) == 2 &&
                    done_of(erp, STREAM_STOCK) == 2);
    stack_ask(s, "variants", "acme");
    await(LONG, stack_syncs(s, acme, "done") == 2);
    ck_assert_int_eq(stack_syncs(s, acme, "running"), 1);
    ck_assert_int_eq(metric_of(sku, "Rotterdam/Stock"), 123 * FIXED_ONE);
    await(LONG, stack_idle(s));
    close_stack();
}
END_TEST

/* After a full sync that could not read a stream, the next sync reads it for
 * both; what it brings must be computed all the same. */
START_TEST(test_variants_after_failed_full)
{
    char sku[64];

    s = stack_open(NULL);
    acme = stack_account(s, "acme");
    shop = erp = stack_erp(s, acme, NULL);
    stack_producer(s, "");
    stack_worker(s, "");
    sync_and_wait("full");
    sku_at(0, sku);
    stack_sim(s, "fault?what=status&match=stock.quant&count=1&arg=403");
    stack_ask(s, "full", "acme");
    await(LONG, stack_syncs(s, acme, "partial") == 1);
    stack_sim(s, "stock?sku=%s&quantity=123", sku);
    sync_and_wait("variants");
    ck_assert_int_eq(metric_of(sku, "Rotterdam/Stock"), 123 * FIXED_ONE);
    close_stack();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow sync");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_full);
    tcase_add_loop_test(tcase, test_type, 0, ARRAY_LEN(types));
    tcase_add_test(tcase, test_side_by_side);
    tcase_add_test(tcase, test_remembered_once);
    tcase_add_test(tcase, test_json_at_the_door);
    tcase_add_test(tcase, test_nothing_new);
    tcase_add_test(tcase, test_incremental);
    tcase_add_test(tcase, test_stock_to_nothing);
    tcase_add_test(tcase, test_numbers);
    tcase_add_test(tcase, test_variants_inside_full);
    tcase_add_test(tcase, test_variants_after_failed_full);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
