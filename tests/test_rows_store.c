/* test_rows_store.c - what a page's rows do to the store: counts, versions,
 * locations, lines that are gone, marks for the metrics; and the sweep. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/fixed.h"
#include "tests/helper_store.h"
#include "worker/rows_store.h"
#include "worker/sweep.h"

#define NOW (1000 * SECOND)
#define TODAY 20000
#define PIECES(n) ((n)*FIXED_ONE)

static struct test_store files;
static struct store *store;
static struct json *json;
static struct rows rows;
static struct rows_target target;

static void setup(void)
{
    static const char map[] = "{\"Lager 2\": \"South\", \"bad\": 7}";

    test_store_make(&files);
    store = test_store_open(&files);
    test_account(store, 1);
    test_connection(store, 1, 1, 0x3f);
    json = json_new();
    rows = (struct rows){.arena = arena_new()};
    target = (struct rows_target){.store = store,
                                  .key = {1, 1, STREAM_VARIANTS},
                                  .location = "Main",
                                  .now = NOW,
                                  .today = TODAY};
    ck_assert_int_eq(json_parse(json, map, sizeof map - 1, &target.locations),
                     0);
}

static void teardown(void)
{
    arena_free(rows.arena);
    json_free(json);
    store_close(store);
    test_store_remove(&files);
}

/* Stores the rows made so far and forgets them. */
static const struct counts *put(void)
{
    ck_assert_int_eq(rows_store(&target, &rows), 0);
    rows_reset(&rows);
    return &target.counts;
}

static void expect_counts(int64_t added, int64_t changed, int64_t removed)
{
    const struct counts *c = put();

    ck_assert_int_eq(c->added, added);
    ck_assert_int_eq(c->changed, changed);
    ck_assert_int_eq(c->removed, removed);
}

static int64_t number(const char *sql)
{
    return test_number(store, sql);
}

/* The marks, in order, joined by blanks; then takes them off. */
static const char *marks(void)
{
    static char out[512];
    struct query *q = store_query(
        store, "SELECT variant FROM dirty ORDER BY variant", WITHOUT);

    out[0] = '\0';
    while (query_next(q)) {
        strncat(out, *out ? " " : "", 2);
        strncat(out, query_text(q, 0), 64);
    }
    ck_assert_int_eq(query_end(q), 0);
    test_exec(store, "DELETE FROM dirty");
    return out;
}

static struct variant_row *variant(const char *id, const char *sku,
                                   int64_t updated_at)
{
    struct variant_row *v = rows_variant(&rows);

    v->id = id;
    v->sku = sku;
    v->updated_at = updated_at;
    return v;
}

static struct stock_row *level(const char *id, const char *location, int64_t n)
{
    struct stock_row *s = rows_stock(&rows);

    s->variant = id;
    s->location = location;
    s->on_hand = PIECES(n);
    return s;
}

static struct sale_row *sale(const char *id, bool counted, int64_t updated_at)
{
    struct sale_row *s = rows_sale(&rows);

    s->id = id;
    s->counted = counted;
    s->placed_at = NOW - 5;
    s->updated_at = updated_at;
    return s;
}

static struct sale_line_row *sale_line(const char *order, const char *id,
                                       const char *of, int64_t n)
{
    struct sale_line_row *l = rows_sale_line(&rows);

    l->sale = order;
    l->id = id;
    l->variant = of;
    l->quantity = PIECES(n);
    return l;
}

static struct stock_order_row *order(const char *id, int64_t updated_at)
{
    struct stock_order_row *o = rows_stock_order(&rows);

    o->id = id;
    o->open = true;
    o->updated_at = updated_at;
    return o;
}

static struct stock_order_line_row *order_line(const char *of, const char *id,
                                               const char *item, int64_t n)
{
    struct stock_order_line_row *l = rows_stock_order_line(&rows);

    l->order = of;
    l->id = id;
    l->variant = item;
    l->inward = true;
    l->quantity = PIECES(n);
    return l;
}

/* -- variants -- */

START_TEST(test_variant_counts)
{
    variant("1", "A", 10);
    variant("2", "B", 10);
    expect_counts(2, 0, 0);
    ck_assert_int_eq(target.counts.rows, 2);
    ck_assert_str_eq(marks(), "1 2");
    variant("1", "A", 10);
    variant("2", "B", 11)->price = PIECES(3);
    expect_counts(0, 1, 0);
    ck_assert_str_eq(marks(), "2");
    ck_assert_int_eq(number("SELECT rev FROM variant WHERE id = '1'"), 1);
    ck_assert_int_eq(number("SELECT rev FROM variant WHERE id = '2'"), 2);
    ck_assert_int_eq(number("SELECT price FROM variant WHERE id = '2'"),
                     PIECES(3));
    ck_assert_int_eq(number("SELECT count(*) FROM variant WHERE cost IS NULL "
                            "AND removed_at IS NULL AND item = sku"),
                     2);
}
END_TEST

/* Every field of a variant makes it another one. */
START_TEST(test_variant_fields)
{
    for (int field = 0; field < 10; field++) {
        struct variant_row *v = variant("1", "A", 10);
        const char **texts[] = {&v->product_id, &v->sku,    &v->barcode,
                                &v->title,      &v->vendor, &v->category,
                                &v->currency};
        if (field == 0) {
            expect_counts(1, 0, 0);
            continue;
        }
        if (field <= 7)
            *texts[field - 1] = "other";
        else if (field == 8)
            v->cost = 0;
        else
            v->active = false;
        expect_counts(0, 1, 0);
    }
}
END_TEST

static const struct {
    const char *what;
    int64_t stored, comes;
    int64_t changed;
} versions[] = {
    {"a newer one", 10, 11, 1},
    {"one of the same time", 10, 10, 1},
    {"an older one", 10, 9, 0},
    {"one that does not say", 10, INSTANT_NONE, 1},
    {"what is stored did not say", INSTANT_NONE, 9, 1},
};

START_TEST(test_versions)
{
    variant("1", "A", versions[_i].stored);
    put();
    variant("1", "A", versions[_i].comes)->title = "other";
    expect_counts(0, versions[_i].changed, 0);

    level("1", "", 5)->updated_at = versions[_i].stored;
    put();
    level("1", "", 6)->updated_at = versions[_i].comes;
    expect_counts(0, versions[_i].changed, 0);
    ck_assert_int_eq(number("SELECT on_hand FROM stock"),
                     PIECES(5 + versions[_i].changed));
}
END_TEST

START_TEST(test_item_of_variant)
{
    variant("1", "", 10);
    variant("2", "S", 10);
    put();
    ck_assert_int_eq(number("SELECT item = '#1:1' FROM variant WHERE id = '1'"),
                     1);
    ck_assert_str_eq(marks(), "1 2");
    /* what it was called before is to be computed again too */
    variant("2", "T", 11);
    put();
    ck_assert_str_eq(marks(), "2 sku:S");
    variant("1", "U", 11);
    variant("2", "T", 12)->title = "same name";
    put();
    ck_assert_str_eq(marks(), "1 2 sku:#1:1");
}
END_TEST

START_TEST(test_variant_gone)
{
    variant("1", "A", 10);
    variant("2", "B", 10);
    put();
    marks();
    rows_gone(&rows, "1");
    rows_gone(&rows, "never seen");
    expect_counts(0, 0, 1);
    ck_assert_str_eq(marks(), "1");
    ck_assert_int_eq(
        number("SELECT count(*) FROM variant WHERE removed_at = 1000000000"),
        1);
    rows_gone(&rows, "1");
    expect_counts(0, 0, 0);
    /* it comes back as it was */
    variant("1", "A", 10);
    expect_counts(0, 1, 0);
    ck_assert_str_eq(marks(), "1");
    ck_assert_int_eq(
        number("SELECT count(*) FROM variant WHERE removed_at IS NULL"), 2);
    /* the platform's bin */
    variant("1", "A", 10)->removed = true;
    expect_counts(0, 1, 0);
    ck_assert_int_eq(
        number("SELECT count(*) FROM variant WHERE removed_at IS NULL"), 1);
    ck_assert_str_eq(marks(), "1");
}
END_TEST

START_TEST(test_gone_means_the_streams_own)
{
    variant("1", "A", 10);
    put();
    target.key.stream = STREAM_STOCK;
    rows_gone(&rows, "1");
    expect_counts(0, 0, 0);
    ck_assert_int_eq(number("SELECT removed_at IS NULL FROM variant"), 1);
}
END_TEST

START_TEST(test_whole_needs_no_marks)
{
    target.whole = true;
    variant("1", "A", 10);
    level("1", "", 3);
    put();
    variant("1", "B", 11);
    rows_gone(&rows, "1");
    put();
    ck_assert_str_eq(marks(), "");
}
END_TEST

/* -- stock -- */

START_TEST(test_stock_counts)
{
    target.key.stream = STREAM_STOCK;
    level("1", "", 5);
    level("1", "Lager 2", 2)->reserved = PIECES(1);
    level("1", "Shop", 0);
    level("2", "bad", 1);
    expect_counts(4, 0, 0);
    ck_assert_str_eq(marks(), "1 2");
    level("1", "", 5);
    level("1", "Lager 2", 2);
    expect_counts(0, 1, 0);
    ck_assert_str_eq(marks(), "1");
    ck_assert_int_eq(
        number("SELECT group_concat(location) = 'Main,Shop,South' FROM "
               "(SELECT location FROM stock WHERE variant = '1' ORDER BY 1)"),
        1);
    ck_assert_int_eq(
        number("SELECT count(*) FROM stock WHERE location = 'bad'"), 1);
    ck_assert_int_eq(
        number("SELECT on_hand FROM stock WHERE location = 'South'"),
        PIECES(2));
}
END_TEST

START_TEST(test_stock_days)
{
    level("1", "", 5);
    put();
    target.today++;
    level("1", "", 5); /* unchanged: a day without a row */
    put();
    target.today++;
    level("1", "", 7);
    put();
    level("1", "", 6); /* the last of a day is its closing level */
    put();
    ck_assert_int_eq(number("SELECT count(*) FROM stock_day"), 2);
    ck_assert_int_eq(number("SELECT on_hand FROM stock_day WHERE day = 20002"),
                     PIECES(6));
    marks();
    /* a platform that keeps history */
    level("1", "", 9)->day = TODAY - 3;
    expect_counts(0, 1, 0);
    ck_assert_str_eq(marks(), "1");
    level("1", "", 9)->day = TODAY - 3;
    expect_counts(0, 0, 0);
    ck_assert_str_eq(marks(), "");
    level("1", "", 8)->day = TODAY + 2; /* its today is a level now */
    expect_counts(0, 1, 0);
    ck_assert_int_eq(number("SELECT on_hand FROM stock"), PIECES(8));
    ck_assert_int_eq(number("SELECT on_hand FROM stock_day WHERE day = 19997"),
                     PIECES(9));
}
END_TEST

START_TEST(test_whole_stock)
{
    level("1", "", 5)->updated_at = 99;
    level("1", "Lager 2", 6);
    level("1", "Shop", 0);
    level("2", "Shop", 4);
    put();
    marks();
    level("1", "Lager 2", 6);
    rows_whole_stock(&rows, "1");
    expect_counts(0, 1, 0);
    ck_assert_str_eq(marks(), "1");
    ck_assert_int_eq(
        number("SELECT on_hand FROM stock WHERE location = 'Main'"), 0);
    ck_assert_int_eq(
        number("SELECT on_hand FROM stock_day WHERE location = 'Main'"), 0);
    ck_assert_int_eq(number("SELECT sum(on_hand) FROM stock"), PIECES(10));
    rows_whole_stock(&rows, "1");
    rows_whole_stock(&rows, "3");
    expect_counts(0, 1, 0);
    ck_assert_int_eq(number("SELECT sum(on_hand) FROM stock"), PIECES(4));
}
END_TEST

START_TEST(test_whole_stock_of_many_places)
{
    for (int i = 0; i < 150; i++)
        level("1", arena_printf(rows.arena, "place %d", i), 1);
    put();
    rows_whole_stock(&rows, "1");
    level("1", "place 149", 1);
    expect_counts(0, 149, 0);
    ck_assert_int_eq(number("SELECT sum(on_hand) FROM stock"), PIECES(1));
}
END_TEST

START_TEST(test_stock_ignored)
{
    target.stock_ignored = true;
    level("1", "", 5);
    rows_whole_stock(&rows, "1");
    expect_counts(0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM stock"), 0);
}
END_TEST

/* -- sales -- */

START_TEST(test_sale_counts)
{
    target.key.stream = STREAM_SALES;
    sale("s1", true, 10);
    sale("s2", false, 10);
    sale_line("s1", "a", "1", 2)->location = "Lager 2";
    sale_line("s1", "b", "2", 1);
    sale_line("s2", "a", "1", 5);
    expect_counts(5, 0, 0);
    ck_assert_str_eq(marks(), "1 2");
    ck_assert_int_eq(number("SELECT sum(quantity * counted) FROM sale_line"),
                     PIECES(3));
    ck_assert_int_eq(number("SELECT count(*) FROM sale_line WHERE location IN "
                            "('South', 'Main') AND placed_at = 999999995"),
                     3);
    sale("s1", true, 10);
    sale_line("s1", "a", "1", 2)->location = "Lager 2";
    sale_line("s1", "b", "2", 4);
    expect_counts(0, 1, 0);
    ck_assert_str_eq(marks(), "2");
}
END_TEST

START_TEST(test_line_without_its_order)
{
    target.key.stream = STREAM_SALES;
    sale_line("s1", "a", "1", 2);
    sale_line("s2", "a", "1", 2);
    put();
    /* nobody knows whether it counts until the order comes */
    ck_assert_int_eq(number("SELECT sum(counted) FROM sale_line"), 0);
    sale("s1", true, 10);
    put();
    sale_line("s1", "a", "1", 2);
    put();
    ck_assert_int_eq(number("SELECT sum(counted) FROM sale_line"), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM sale_line "
                            "WHERE placed_at = 999999995"),
                     1);
}
END_TEST

START_TEST(test_sale_changes_its_lines)
{
    target.key.stream = STREAM_SALES;
    sale("s1", true, 10);
    sale_line("s1", "a", "1", 2);
    sale_line("s1", "b", "2", 2);
    put();
    marks();
    sale("s1", false, 11); /* cancelled; its lines are on another page */
    expect_counts(0, 1, 0);
    ck_assert_str_eq(marks(), "1 2");
    ck_assert_int_eq(number("SELECT sum(counted) FROM sale_line"), 0);
    sale("s1", true, 12);
    put();
    ck_assert_int_eq(number("SELECT sum(counted) FROM sale_line"), 2);
    marks();
    rows_gone(&rows, "s1");
    expect_counts(0, 0, 1);
    ck_assert_str_eq(marks(), "1 2");
    ck_assert_int_eq(number("SELECT sum(counted) FROM sale_line"), 0);
    rows_gone(&rows, "s1");
    expect_counts(0, 0, 0);
    /* back from the bin, as it was */
    sale("s1", true, 12);
    sale_line("s1", "a", "1", 2);
    sale_line("s1", "b", "2", 2);
    put();
    ck_assert_int_eq(number("SELECT sum(counted) FROM sale_line"), 2);
}
END_TEST

START_TEST(test_whole_sale)
{
    target.key.stream = STREAM_SALES;
    sale("s1", true, 10);
    sale_line("s1", "a", "1", 2);
    sale_line("s1", "b", "2", 2);
    sale_line("s1", "c", "2", 2);
    sale("s2", true, 10);
    sale_line("s2", "a", "9", 2);
    rows_whole(&rows, "s1");
    rows_whole(&rows, "s2");
    expect_counts(6, 0, 0);
    marks();
    sale("s2", true, 11);
    sale_line("s2", "a", "9", 2);
    sale("s1", true, 11);
    sale_line("s1", "a", "1", 2);
    sale_line("s1", "b", "3", 2); /* the line is of another variant now */
    rows_whole(&rows, "s1");
    rows_whole(&rows, "s2");
    put();
    ck_assert_str_eq(marks(), "2 3");
    ck_assert_int_eq(number("SELECT sum(quantity * counted) FROM sale_line"),
                     PIECES(6));
    rows_whole(&rows, "s1"); /* all of its lines are gone */
    put();
    ck_assert_str_eq(marks(), "1 3");
    ck_assert_int_eq(number("SELECT sum(quantity * counted) FROM sale_line"),
                     PIECES(2));
}
END_TEST

START_TEST(test_older_sale)
{
    target.key.stream = STREAM_SALES;
    sale("s1", true, 10);
    sale_line("s1", "a", "1", 2);
    sale("s2", true, 10);
    sale_line("s2", "a", "1", 2);
    rows_whole(&rows, "s1");
    put();
    marks();
    sale("s1", true, 9)->number = "as it was";
    sale_line("s1", "x", "1", 7);
    rows_whole(&rows, "s1");
    sale("s2", true, 10);
    sale_line("s2", "a", "2", 3);
    rows_whole(&rows, "s2");
    put();
    ck_assert_str_eq(marks(), "1 2");
    ck_assert_int_eq(number("SELECT sum(quantity * counted) FROM sale_line "
                            "WHERE sale = 's1'"),
                     PIECES(2));
    ck_assert_int_eq(number("SELECT sum(quantity * counted) FROM sale_line "
                            "WHERE sale = 's2'"),
                     PIECES(3));
}
END_TEST

START_TEST(test_sales_of_another_stream)
{
    sale("s1", true, 10);
    sale_line("s1", "a", "1", 2);
    expect_counts(0, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM sale"), 0);
}
END_TEST

/* -- stock orders -- */

START_TEST(test_orders)
{
    struct stock_order_line_row *l;

    target.key.stream = STREAM_TRANSFER_ORDERS;
    order("1", 10);
    l = order_line("1", "a", "v", 4);
    l->from = "";
    l->to = "Lager 2";
    l->outward = true;
    order_line("1", "b", "v", 1)->to = "";
    expect_counts(3, 0, 0);
    ck_assert_str_eq(marks(), ""); /* on_order.c does it */
    ck_assert_int_eq(number("SELECT count(*) FROM stock_order_line "
                            "WHERE from_location = 'Main' "
                            "AND to_location = 'South' AND kind = 4"),
                     1);
    ck_assert_int_eq(number("SELECT count(*) FROM stock_order_line "
                            "WHERE from_location = '' "
                            "AND to_location = 'Main'"),
                     1);
    /* another kind may have the same ids */
    target.key.stream = STREAM_PURCHASE_ORDERS;
    order("1", 10);
    order_line("1", "a", "v", 4);
    expect_counts(2, 0, 0);
    ck_assert_int_eq(number("SELECT count(*) FROM stock_order"), 2);
}
END_TEST

START_TEST(test_whole_orders_drop_lines)
{
    target.key.stream = STREAM_PURCHASE_ORDERS;
    order("1", 10);
    order("2", 10);
    order_line("1", "a", "v", 4);
    order_line("1", "b", "v", 5);
    order_line("2", "a", "v", 6);
    put();
    order("1", 11);
    order_line("1", "b", "v", 7);
    rows_whole(&rows, "1");
    expect_counts(0, 1, 1);
    ck_assert_int_eq(number("SELECT sum(quantity) FROM stock_order_line"),
                     PIECES(13));
    rows_gone(&rows, "1");
    rows_gone(&rows, "99");
    expect_counts(0, 0, 1);
    ck_assert_int_eq(number("SELECT open FROM stock_order WHERE id = '1'"), 0);
    order("1", 11);
    expect_counts(0, 1, 0);
    ck_assert_int_eq(number("SELECT open FROM stock_order WHERE id = '1'"), 1);
}
END_TEST

START_TEST(test_older_order)
{
    target.key.stream = STREAM_PURCHASE_ORDERS;
    order("0", 5);
    order_line("0", "a", "v", 1);
    order("1", 10);
    order_line("1", "a", "v", 4);
    put();
    order("1", 9)->open = false;
    order_line("1", "b", "v", 5);
    rows_whole(&rows, "1");
    order("0", 5);
    order_line("0", "a", "v", 2);
    expect_counts(0, 1, 0);
    ck_assert_int_eq(number("SELECT sum(quantity) FROM stock_order_line"),
                     PIECES(6));
    ck_assert_int_eq(number("SELECT count(*) FROM stock_order_line"), 2);
}
END_TEST

/* -- sweep -- */

static int64_t live(void)
{
    return number("SELECT count(*) FROM variant WHERE removed_at IS NULL");
}

/* N variants are stored. */
static void fill(int n)
{
    for (int i = 0; i < n; i++)
        variant(arena_printf(rows.arena, "%d", i), "", 10);
    put();
    marks();
}

/* A listing that names FROM .. TO - 1; what it removed. */
static int64_t sweep_with(int from, int to, char *note)
{
    for (int i = from; i < to; i++)
        rows_id(&rows, arena_printf(rows.arena, "%d", i));
    put();
    ck_assert_int_eq(number("SELECT count(*) FROM seen"), to - from);
    target.counts = (struct counts){0};
    ck_assert_int_eq(sweep(&target, note), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM seen"), 0);
    return target.counts.removed;
}

START_TEST(test_sweep)
{
    char note[256];

    fill(100);
    ck_assert_int_eq(sweep_with(0, 100, note), 0);
    ck_assert_str_eq(note, "");
    ck_assert_int_eq(sweep_with(10, 90, note), 20);
    ck_assert_str_eq(note, "");
    ck_assert_int_eq(live(), 80);
    ck_assert_int_eq(sweep_with(10, 90, note), 0);
    ck_assert_int_eq(sweep_with(0, 95, note), 0); /* some are back */
    ck_assert_int_eq(live(), 95);
}
END_TEST

START_TEST(test_sweep_is_held_then_believed)
{
    char note[256];

    fill(100);
    ck_assert_int_eq(sweep_with(0, 49, note), 0);
    ck_assert_str_eq(note, "the listing names 49 of 100 stored variants: "
                           "deletions are held until the next full sync says "
                           "the same");
    ck_assert_int_eq(live(), 100);
    ck_assert_int_eq(sweep_with(0, 30, note), 0); /* not the same */
    ck_assert_str_ne(note, "");
    ck_assert_int_eq(sweep_with(0, 30, note), 70);
    ck_assert_str_eq(note, "");
    ck_assert_int_eq(live(), 30);
    ck_assert_int_eq(
        number("SELECT count(*) FROM stream WHERE held IS NOT NULL"), 0);
}
END_TEST

START_TEST(test_sweep_outage_passes)
{
    char note[256];

    fill(100);
    sweep_with(0, 0, note);
    ck_assert_str_ne(note, "");
    ck_assert_int_eq(sweep_with(0, 99, note), 1);
    ck_assert_int_eq(sweep_with(0, 0, note), 0); /* held from the start again */
    ck_assert_str_ne(note, "");
    ck_assert_int_eq(live(), 99);
}
END_TEST

START_TEST(test_sweep_of_few)
{
    char note[256];

    fill(20);
    ck_assert_int_eq(sweep_with(0, 0, note), 20);
    ck_assert_str_eq(note, "");
}
END_TEST

START_TEST(test_sweep_of_orders)
{
    char note[256];

    target.key.stream = STREAM_ASSEMBLY_ORDERS;
    for (int i = 0; i < 5; i++)
        order(arena_printf(rows.arena, "%d", i), 10);
    put();
    target.key.stream = STREAM_PURCHASE_ORDERS;
    order("1", 10);
    put();
    target.key.stream = STREAM_ASSEMBLY_ORDERS;
    ck_assert_int_eq(sweep_with(3, 5, note), 3);
    ck_assert_int_eq(number("SELECT count(*) FROM stock_order WHERE open = 1"),
                     3);
    /* what was taken for gone comes again */
    order("1", 10);
    expect_counts(0, 1, 0);
}
END_TEST

START_TEST(test_forget)
{
    rows_id(&rows, "1");
    put();
    target.key.stream = STREAM_PURCHASE_ORDERS;
    rows_id(&rows, "1");
    put();
    ck_assert_int_eq(sweep_forget(store, &target.key), 0);
    ck_assert_int_eq(number("SELECT name FROM seen"), STREAM_VARIANTS);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("rows_store");
    TCase *c = tcase_create("rows_store");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 30.);
    tcase_add_test(c, test_variant_counts);
    tcase_add_test(c, test_variant_fields);
    tcase_add_loop_test(c, test_versions, 0, ARRAY_LEN(versions));
    tcase_add_test(c, test_item_of_variant);
    tcase_add_test(c, test_variant_gone);
    tcase_add_test(c, test_gone_means_the_streams_own);
    tcase_add_test(c, test_whole_needs_no_marks);
    tcase_add_test(c, test_stock_counts);
    tcase_add_test(c, test_stock_days);
    tcase_add_test(c, test_whole_stock);
    tcase_add_test(c, test_whole_stock_of_many_places);
    tcase_add_test(c, test_stock_ignored);
    tcase_add_test(c, test_sale_counts);
    tcase_add_test(c, test_line_without_its_order);
    tcase_add_test(c, test_sale_changes_its_lines);
    tcase_add_test(c, test_whole_sale);
    tcase_add_test(c, test_older_sale);
    tcase_add_test(c, test_sales_of_another_stream);
    tcase_add_test(c, test_orders);
    tcase_add_test(c, test_whole_orders_drop_lines);
    tcase_add_test(c, test_older_order);
    tcase_add_test(c, test_sweep);
    tcase_add_test(c, test_sweep_is_held_then_believed);
    tcase_add_test(c, test_sweep_outage_passes);
    tcase_add_test(c, test_sweep_of_few);
    tcase_add_test(c, test_sweep_of_orders);
    tcase_add_test(c, test_forget);
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
