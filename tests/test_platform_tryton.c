/* test_platform_tryton.c - Tryton from recorded and from broken answers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "tests/helper_recorded.h"
#include "worker/platforms/list.h"

#define FROM (INT64_C(1795392000) * SECOND + 417184) /* 2026-11-23 00:00 */
#define NOON (INT64_C(1795435200) * SECOND)          /* the same day, 12:00 */

static struct recorded r;

static void open_stream(enum stream stream)
{
    recorded_open(&r, &platform_tryton, stream, "{\"company\":3}");
    r.endpoint.path = "/db";
    strcpy(r.session, "me:1:key");
}

static void setup(void)
{
    open_stream(STREAM_VARIANTS);
}

static void teardown(void)
{
    recorded_close(&r);
}

static void restart(enum stream stream)
{
    teardown();
    open_stream(stream);
}

/* --- Requests. */

#define STAMP                                                                  \
    "{\"__class__\":\"datetime\",\"year\":2026,\"month\":11,\"day\":23,"       \
    "\"hour\":0,\"minute\":0,\"second\":0,\"microsecond\":417184}"
#define LEVELS                                                                 \
    "{\"step\":\"levels\",\"source\":\"moves\",\"last\":9,\"more\":true,"      \
    "\"places\":[[3,\"A\"],[10,\"B\"]],\"at\":1,\"found\":[[4,0,2000000]],"    \
    "\"ids\":[4,5]}"

static const struct {
    const char *what;
    enum stream stream;
    bool delta;
    const char *position;
    const char *wanted; /* in the body; NULL: the position is refused */
} requests[] = {
    {"variants ask for the currency first", STREAM_VARIANTS, true, "",
     "model.company.company.search_read\",\"params\":[[[\"id\",\"=\",3]],0,1,"},
    {"a first load has no dates", STREAM_VARIANTS, false, "rows 0 GBP",
     "\"params\":[[[\"id\",\">\",0],[\"type\",\"!=\",\"service\"]],0,200,"
     "[[\"id\",\"ASC\"]],[\"write_date\""},
    {"a delta asks for the template's dates, too", STREAM_VARIANTS, true,
     "rows 17 GBP",
     "[[\"id\",\">\",17],[\"type\",\"!=\",\"service\"],"
     "[\"OR\",[\"write_date\",\">=\"," STAMP "],[\"create_date\",\">=\"," STAMP
     "],[\"template.write_date\",\">=\"," STAMP "]"},
    {"a part receipt moves only moves", STREAM_PURCHASE_ORDERS, true, "",
     "[\"lines.moves.write_date\",\">=\"," STAMP "]"},
    {"orders are the company's", STREAM_SALES, false, "",
     "[[\"id\",\">\",0],[\"company\",\"=\",3]],0,100,"},
    {"archived records count", STREAM_TRANSFER_ORDERS, false, "",
     "],{\"company\":3,\"active_test\":false}]}"},
    {"a sweep asks for ids alone", STREAM_ASSEMBLY_ORDERS, true, "ids 5 -",
     "{\"id\":1,\"method\":\"model.production.search\",\"params\":["
     "[[\"id\",\">\",5],[\"company\",\"=\",3]],0,1000,[[\"id\",\"ASC\"]],"
     "{\"company\":3"},
    {"stock begins with the places", STREAM_STOCK, true, "",
     "model.stock.location.search_read"},
    {"then asks which products moved", STREAM_STOCK, true,
     "{\"step\":\"moves\",\"source\":\"moves\",\"last\":7,"
     "\"places\":[[3,\"A\"]]}",
     "\"model.stock.move.search_read\",\"params\":[[[\"id\",\">\",7],"
     "[\"state\",\"=\",\"done\"],[\"company\",\"=\",3],[\"OR\",[\"write_"
     "date\""},
    {"or for all of them", STREAM_STOCK, true,
     "{\"step\":\"products\",\"source\":\"products\",\"last\":7,"
     "\"places\":[[3,\"A\"]]}",
     "\"model.product.product.search\",\"params\":[[[\"id\",\">\",7],"
     "[\"type\",\"!=\",\"service\"]],0,200,"},
    {"then for their levels at one place", STREAM_STOCK, true, LEVELS,
     "[[\"id\",\"in\",[4,5]]],0,null,[[\"id\",\"ASC\"]],[\"quantity\"],"
     "{\"company\":3,\"active_test\":false,\"locations\":[10],"
     "\"with_childs\":false}]}"},
    {"no position", STREAM_SALES, true, "x", NULL},
    {"an unknown step", STREAM_SALES, true, "moves 1 -", NULL},
    {"something behind", STREAM_SALES, true, "rows 1 - x", NULL},
    {"a negative id", STREAM_SALES, true, "rows -1 -", NULL},
    {"stock: not JSON", STREAM_STOCK, true, "rows 1 -", NULL},
    {"stock: no places", STREAM_STOCK, true,
     "{\"step\":\"moves\",\"source\":\"moves\",\"last\":7}", NULL},
    {"stock: a place beyond the end", STREAM_STOCK, true,
     "{\"step\":\"levels\",\"source\":\"moves\",\"last\":7,\"at\":1,"
     "\"places\":[[3,\"A\"]]}",
     NULL},
};

START_TEST(test_request)
{
    const char *body;
    int result;

    restart(requests[_i].stream);
    if (requests[_i].delta)
        r.question.window.from = FROM;
    r.question.position = requests[_i].position;
    result = recorded_request(&r);
    body = buf_str(&r.request.body);
    if (!requests[_i].wanted) {
        ck_assert_msg(result < 0, "%s: not refused", requests[_i].what);
        ck_assert_str_ne(r.error, "");
        return;
    }
    ck_assert_msg(result == 0, "%s: %s", requests[_i].what, r.error);
    ck_assert_str_eq(buf_str(&r.request.path), "/db/");
    ck_assert_str_eq(buf_str(&r.request.headers),
                     "Content-Type: application/json\n"
                     "Authorization: Session bWU6MTprZXk=\n");
    ck_assert_msg(strstr(body, requests[_i].wanted) != NULL, "%s: %s",
                  requests[_i].what, body);
}
END_TEST

/* --- Recorded pages. */

START_TEST(test_variants)
{
    const struct variant_row *row;

    r.question.window.sweep = true;
    recorded_page(&r, "tryton/currency.json");
    ck_assert_str_eq(r.page.next, "rows 0 GBP");
    ck_assert(recorded_next(&r));
    recorded_page(&r, "tryton/variants.json");
    ck_assert_uint_eq(r.page.rows.variants_n, 10);
    row = &r.page.rows.variants[0];
    ck_assert_str_eq(row->id, "1");
    ck_assert_str_eq(row->product_id, "1");
    ck_assert_str_eq(row->sku, "P00000-A");
    ck_assert_str_eq(row->title, "Product 00000");
    ck_assert_str_eq(row->barcode, "4006381333931");
    ck_assert_str_eq(row->currency, "GBP");
    ck_assert_int_eq(row->price, 10500000);
    ck_assert_int_eq(row->cost, 5000000);
    ck_assert(row->active);
    ck_assert(row->updated_at > FROM);
    ck_assert(!r.page.rows.variants[9].active);
    ck_assert_str_eq(r.page.next, "ids 0 GBP");
}
END_TEST

static const struct sale_line_row *sale_line(const char *id)
{
    for (size_t i = 0; i < r.page.rows.sale_lines_n; i++)
        if (strcmp(r.page.rows.sale_lines[i].id, id) == 0)
            return &r.page.rows.sale_lines[i];
    ck_abort_msg("no line %s", id);
}

START_TEST(test_sales)
{
    const struct sale_row *sale;

    restart(STREAM_SALES);
    recorded_page(&r, "tryton/sales.json");
    ck_assert_uint_eq(r.page.rows.sales_n, 4);
    ck_assert_uint_eq(r.page.rows.whole_n, 4);
    sale = &r.page.rows.sales[0];
    ck_assert_str_eq(sale->status, "draft");
    ck_assert_str_eq(sale->number, "");
    ck_assert(!sale->counted);
    ck_assert(!r.page.rows.sales[1].counted); /* cancelled */
    sale = &r.page.rows.sales[3];
    ck_assert(sale->counted);
    ck_assert_str_eq(sale->number, "3");
    ck_assert_str_eq(sale->currency, "GBP");
    ck_assert_int_eq(sale->placed_at, NOON);

    /* Two dozen. */
    ck_assert_str_eq(sale_line("7")->sale, "4");
    ck_assert_str_eq(sale_line("7")->variant, "4");
    ck_assert_str_eq(sale_line("7")->location, "Warehouse");
    ck_assert_int_eq(sale_line("7")->quantity, 24 * FIXED_ONE);
    ck_assert_int_eq(sale_line("7")->revenue, 24680000);
    /* One comes back. */
    ck_assert_int_eq(sale_line("6")->quantity, 0);
    ck_assert_int_eq(sale_line("6")->returned, FIXED_ONE);
    ck_assert_int_eq(sale_line("6")->revenue, 0);
    ck_assert_ptr_null(r.page.next);
}
END_TEST

static const struct stock_order_line_row *order_line(const char *order,
                                                     const char *id)
{
    for (size_t i = 0; i < r.page.rows.stock_order_lines_n; i++)
        if (strcmp(r.page.rows.stock_order_lines[i].order, order) == 0 &&
            strcmp(r.page.rows.stock_order_lines[i].id, id) == 0)
            return &r.page.rows.stock_order_lines[i];
    ck_abort_msg("order %s has no line %s", order, id);
}

START_TEST(test_purchases)
{
    static const bool open[] = {false, false, true, true};
    const struct stock_order_line_row *line;

    restart(STREAM_PURCHASE_ORDERS);
    recorded_page(&r, "tryton/purchases.json");
    ck_assert_uint_eq(r.page.rows.stock_orders_n, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert(r.page.rows.stock_orders[i].open == open[i]);
    ck_assert_str_eq(r.page.rows.stock_orders[3].supplier, "Supplier 3");
    ck_assert_int_eq(r.page.rows.stock_orders[3].ordered_at, NOON);
    /* 4 of 10 have come. */
    line = order_line("4", "11");
    ck_assert(line->inward && !line->outward);
    ck_assert_str_eq(line->from, "");
    ck_assert_str_eq(line->to, "Second Warehouse");
    ck_assert_int_eq(line->quantity, 10 * FIXED_ONE);
    ck_assert_int_eq(line->received, 4 * FIXED_ONE);
    ck_assert_int_eq(line->unit_cost, 4500000);
    ck_assert_int_eq(line->expected_at, NOON);
    /* 10 dozen at 4.50 a dozen. */
    line = order_line("4", "10");
    ck_assert_int_eq(line->quantity, 120 * FIXED_ONE);
    ck_assert_int_eq(line->received, 0);
    ck_assert_int_eq(line->unit_cost, 375000);
}
END_TEST

START_TEST(test_transfers)
{
    const struct stock_order_line_row *line;

    restart(STREAM_TRANSFER_ORDERS);
    recorded_page(&r, "tryton/transfers.json");
    ck_assert_uint_eq(r.page.rows.stock_orders_n, 4);
    /* In transit: four moves, two lines. */
    ck_assert_str_eq(r.page.rows.stock_orders[2].status, "shipped");
    ck_assert(r.page.rows.stock_orders[2].open);
    line = order_line("3", "1");
    ck_assert(line->inward && line->outward);
    ck_assert_str_eq(line->from, "Warehouse");
    ck_assert_str_eq(line->to, "Second Warehouse");
    ck_assert_int_eq(line->quantity, 5 * FIXED_ONE);
    ck_assert_int_eq(line->sent, 5 * FIXED_ONE);
    ck_assert_int_eq(line->received, 0);
    /* At once: sent is received. */
    ck_assert(!r.page.rows.stock_orders[3].open);
    ck_assert_int_eq(order_line("4", "5")->received, 5 * FIXED_ONE);
    /* Draft, cancelled (its moves do not count), shipped, done. */
    ck_assert_uint_eq(r.page.rows.stock_order_lines_n, 6);
}
END_TEST

START_TEST(test_productions)
{
    const struct stock_order_line_row *line;

    restart(STREAM_ASSEMBLY_ORDERS);
    recorded_page(&r, "tryton/productions.json");
    ck_assert_uint_eq(r.page.rows.stock_order_lines_n, 12);
    ck_assert_str_eq(r.page.rows.stock_orders[3].status, "running");
    line = order_line("4", "52");
    ck_assert(line->inward && !line->outward);
    ck_assert_str_eq(line->to, "Warehouse");
    ck_assert_int_eq(line->quantity, 4 * FIXED_ONE);
    ck_assert_int_eq(line->received, 0);
    line = order_line("4", "47");
    ck_assert(!line->inward && line->outward);
    ck_assert_str_eq(line->from, "Warehouse");
    ck_assert_str_eq(line->variant, "6");
    ck_assert_int_eq(line->sent, 8 * FIXED_ONE);
}
END_TEST

/* Six places: the levels come on the last one's page, all of a product. */
START_TEST(test_stock)
{
    static const char *const levels[] = {
        "tryton/levels_1.json", "tryton/levels_1.json",
        "tryton/levels_3.json", "tryton/levels_10.json",
        "tryton/levels_1.json", "tryton/levels_1.json"};
    const struct rows *rows = &r.page.rows;

    restart(STREAM_STOCK);
    recorded_page(&r, "tryton/places.json");
    ck_assert(recorded_next(&r));
    ck_assert_ptr_nonnull(strstr(r.position, "[3,\"Warehouse\"]"));
    ck_assert_ptr_nonnull(
        strstr(r.position, "[11,\"Second Warehouse: Input Zone\"]"));
    ck_assert_ptr_null(strstr(r.position, "Transit"));
    recorded_page(&r, "tryton/products.json");
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        ck_assert_uint_eq(rows->stock_n, 0);
        ck_assert(recorded_next(&r));
        recorded_page(&r, levels[i]);
    }
    ck_assert_ptr_null(r.page.next);
    ck_assert_uint_eq(rows->whole_stock_n, 10);
    ck_assert_uint_eq(rows->stock_n, 12); /* those of 0 are not named */
    ck_assert_str_eq(rows->stock[0].location, "Warehouse");
    ck_assert_str_eq(rows->stock[0].variant, "1");
    ck_assert_int_eq(rows->stock[0].on_hand, 995 * FIXED_ONE);
    ck_assert_str_eq(rows->stock[11].location, "Second Warehouse");
    ck_assert_str_eq(rows->stock[11].variant, "6");
}
END_TEST

/* --- Stock, step by step. */

#define PLACE(date)                                                            \
    "{\"result\":[{\"id\":3,\"type\":\"storage\",\"active\":true,\"name\":"    \
    "\"S\",\"create_date\":{\"__class__\":\"datetime\",\"year\":" date         \
    ",\"month\":1,\"day\":1,\"hour\":0,\"minute\":0,\"second\":0,"             \
    "\"microsecond\":0},\"write_date\":null,\"warehouse.\":{\"id\":5,"         \
    "\"name\":\"W\",\"storage_location\":3}}]}"

START_TEST(test_changed_places_mean_everything)
{
    restart(STREAM_STOCK);
    recorded_body(&r, PLACE("2020"));
    ck_assert_ptr_nonnull(strstr(r.page.next, "\"step\":\"products\""));
    r.question.window.from = FROM;
    recorded_body(&r, PLACE("2020"));
    ck_assert_ptr_nonnull(strstr(r.page.next, "\"step\":\"moves\""));
    recorded_body(&r, PLACE("2027"));
    ck_assert_ptr_nonnull(strstr(r.page.next, "\"step\":\"products\""));
    recorded_body(&r, "{\"result\":[]}"); /* nowhere to look */
    ck_assert_int_eq(r.page.class, PAGE_GOOD);
    ck_assert_ptr_null(r.page.next);
}
END_TEST

START_TEST(test_moved_products)
{
    restart(STREAM_STOCK);
    r.question.window.from = FROM;
    r.question.position = "{\"step\":\"moves\",\"source\":\"moves\",\"last\":7,"
                          "\"places\":[[3,\"A\"]]}";
    recorded_body(&r, "{\"result\":[{\"id\":8,\"product\":6},"
                      "{\"id\":9,\"product\":2},{\"id\":12,\"product\":6}]}");
    ck_assert_str_eq(
        r.page.next,
        "{\"step\":\"levels\",\"source\":\"moves\",\"last\":12,\"more\":false,"
        "\"places\":[[3,\"A\"]],\"at\":0,\"found\":[],\"ids\":[2,6]}");
    recorded_body(&r, "{\"result\":[]}");
    ck_assert_ptr_null(r.page.next);
    recorded_body(&r, "{\"result\":[{\"id\":7,\"product\":6}]}");
    ck_assert_int_eq(r.page.class, PAGE_BROKEN); /* asked for ids behind 7 */
}
END_TEST

START_TEST(test_levels_go_on_with_the_next_batch)
{
    restart(STREAM_STOCK);
    r.question.window.from = FROM;
    r.question.position = LEVELS;
    recorded_body(&r, "{\"result\":[{\"id\":4,\"quantity\":0.0},"
                      "{\"id\":5,\"quantity\":-1.5}]}");
    ck_assert_uint_eq(r.page.rows.whole_stock_n, 2);
    ck_assert_uint_eq(r.page.rows.stock_n, 2);
    ck_assert_str_eq(r.page.rows.stock[0].location, "B");
    ck_assert_int_eq(r.page.rows.stock[0].on_hand, -1500000);
    ck_assert_str_eq(r.page.rows.stock[1].location, "A");
    ck_assert_int_eq(r.page.rows.stock[1].on_hand, 2000000);
    ck_assert_str_eq(r.page.next,
                     "{\"step\":\"moves\",\"source\":\"moves\",\"last\":9,"
                     "\"more\":true,\"places\":[[3,\"A\"],[10,\"B\"]]}");
    recorded_body(&r, "{\"result\":[{\"id\":4,\"quantity\":null}]}");
    ck_assert_int_eq(r.page.class, PAGE_BROKEN);
}
END_TEST

/* --- Paging and sweeps. */

START_TEST(test_sweep)
{
    restart(STREAM_SALES);
    r.question.window.sweep = true;
    recorded_page(&r, "tryton/sales.json");
    ck_assert_str_eq(r.page.next, "ids 0 -");
    ck_assert(recorded_next(&r));
    recorded_page(&r, "tryton/sale_ids.json");
    ck_assert_uint_eq(r.page.rows.ids_n, 4);
    ck_assert_str_eq(r.page.rows.ids[3].id, "4");
    ck_assert_ptr_null(r.page.next);
}
END_TEST

START_TEST(test_a_full_page_goes_on)
{
    struct buf b = {0};

    restart(STREAM_SALES);
    r.question.window.sweep = true;
    r.question.position = "ids 0 -";
    buf_text(&b, "{\"result\":[1");
    for (int i = 2; i <= 1000; i++)
        buf_printf(&b, ",%d", 3 * i);
    buf_text(&b, "]}");
    recorded_body(&r, buf_str(&b));
    ck_assert_str_eq(r.page.next, "ids 3000 -");
    buf_free(&b);
}
END_TEST

/* --- What is not a page. */

#define LINE(fields)                                                           \
    "{\"result\":[{\"id\":1,\"lines.\":[{\"type\":\"line\",\"id\":1,"          \
    "\"product.\":{\"id\":2}" fields "}]}]}"

static const struct {
    const char *what;
    enum stream stream;
    const char *body;
    enum page_class class;
} bad[] = {
    {"the user's mistake", STREAM_SALES,
     "{\"id\":2,\"error\":[\"UserError\",[\"To delete sale \\\"4\\\" you must "
     "cancel it.\",\"\",null]]}",
     PAGE_REFUSED},
    {"ours", STREAM_SALES, "{\"id\":2,\"error\":[\"'nosuch'\",\"\"]}",
     PAGE_REFUSED},
    {"two at once", STREAM_SALES,
     "{\"id\":2,\"error\":[\"ConcurrencyException\",[\"x\"]]}", PAGE_RETRY},
    {"busy", STREAM_SALES,
     "{\"id\":2,\"error\":[\"database is locked\",\"Traceback\"]}", PAGE_RETRY},
    {"not logged in", STREAM_SALES, "{\"id\":2,\"error\":[\"NotLogged\",\"\"]}",
     PAGE_LOGIN},
    {"an error of another form", STREAM_SALES, "{\"error\":{}}", PAGE_REFUSED},
    {"an error without a word", STREAM_SALES, "{\"error\":[\"\"]}",
     PAGE_REFUSED},
    {"HTML", STREAM_SALES, "<!doctype html>", PAGE_BROKEN},
    {"cut off", STREAM_SALES, "{\"id\":1,\"result\":[", PAGE_BROKEN},
    {"no list", STREAM_SALES, "{\"id\":1,\"result\":7}", PAGE_BROKEN},
    {"no object", STREAM_STOCK, "[]", PAGE_BROKEN},
    {"a record without an id", STREAM_SALES, "{\"result\":[{}]}", PAGE_BROKEN},
    {"an id that is not new", STREAM_SALES,
     "{\"result\":[{\"id\":2},{\"id\":2}]}", PAGE_BROKEN},
    {"no such company", STREAM_VARIANTS, "{\"result\":[]}", PAGE_REFUSED},
    {"a line without quantity", STREAM_SALES,
     LINE(",\"amount\":{\"__class__\":\"Decimal\",\"decimal\":\"1\"}"),
     PAGE_BROKEN},
    {"a line without amount", STREAM_SALES, LINE(",\"quantity\":1.0"),
     PAGE_BROKEN},
    {"a purchase line without quantity", STREAM_PURCHASE_ORDERS, LINE(""),
     PAGE_BROKEN},
    {"units without sense", STREAM_PURCHASE_ORDERS,
     LINE(",\"quantity\":1e12,\"unit.\":{\"factor\":1e300}"), PAGE_GOOD},
    {"other types are absent", STREAM_SALES,
     "{\"result\":[{\"id\":2,\"number\":7,\"state\":[],\"sale_date\":\"x\","
     "\"lines.\":[{\"type\":\"comment\"},7,null]}]}",
     PAGE_GOOD},
    {"dates without sense are absent", STREAM_TRANSFER_ORDERS,
     "{\"result\":[{\"id\":2,\"planned_date\":{\"__class__\":\"date\","
     "\"year\":2026,\"month\":13,\"day\":1},\"moves.\":[{\"product\":true}]}]}",
     PAGE_GOOD},
};

START_TEST(test_bad)
{
    restart(bad[_i].stream);
    recorded_body(&r, bad[_i].body);
    ck_assert_msg(r.page.class == bad[_i].class, "%s: class %d, %s",
                  bad[_i].what, (int)r.page.class, r.page.error);
    if (bad[_i].class != PAGE_GOOD)
        ck_assert_str_ne(r.page.error, "");
}
END_TEST

START_TEST(test_statuses)
{
    recorded_refused(&r, 401, "");
    ck_assert_int_eq(r.page.class, PAGE_LOGIN);
    recorded_refused(&r, 403, "<html>");
    ck_assert_int_eq(r.page.class, PAGE_REFUSED);
    recorded_refused(&r, 429, "");
    ck_assert_int_eq(r.page.class, PAGE_THROTTLED);
}
END_TEST

START_TEST(test_login)
{
    ck_assert_int_eq(recorded_login_request(&r), 0);
    ck_assert_str_eq(buf_str(&r.request.path), "/db/");
    ck_assert_str_eq(buf_str(&r.request.body),
                     "{\"id\":1,\"method\":\"common.db.login\",\"params\":["
                     "\"me\",{\"password\":\"s3\"},\"en\"]}");
    recorded_login(&r, "", "{\"id\":1,\"result\":[7,\"abc\"]}");
    ck_assert_int_eq(r.page.class, PAGE_GOOD);
    ck_assert_str_eq(r.session, "me:7:abc");
    recorded_login(&r, "", "{\"id\":1,\"result\":null}");
    ck_assert_int_eq(r.page.class, PAGE_BROKEN);
    recorded_login(&r, "", "{\"id\":1,\"result\":[\"x\",7]}");
    ck_assert_int_eq(r.page.class, PAGE_BROKEN);
}
END_TEST

static const struct {
    const char *settings, *path;
    int result;
} checks[] = {
    {"{}", "/db", 0},
    {"{\"company\":2}", "/db", 0},
    {"{\"company\":\"2\"}", "/db", -1},
    {"{\"company\":0}", "/db", -1},
    {"{}", "", -1},
};

START_TEST(test_check)
{
    teardown();
    recorded_open(&r, &platform_tryton, STREAM_SALES, checks[_i].settings);
    r.endpoint.path = checks[_i].path;
    ck_assert_msg(platform_tryton.check(&r.endpoint, r.error) ==
                      checks[_i].result,
                  "%s", checks[_i].settings);
}
END_TEST

static void add_tests(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_request, 0, ARRAY_LEN(requests));
    tcase_add_test(tcase, test_variants);
    tcase_add_test(tcase, test_sales);
    tcase_add_test(tcase, test_purchases);
    tcase_add_test(tcase, test_transfers);
    tcase_add_test(tcase, test_productions);
    tcase_add_test(tcase, test_stock);
    tcase_add_test(tcase, test_changed_places_mean_everything);
    tcase_add_test(tcase, test_moved_products);
    tcase_add_test(tcase, test_levels_go_on_with_the_next_batch);
    tcase_add_test(tcase, test_sweep);
    tcase_add_test(tcase, test_a_full_page_goes_on);
    tcase_add_loop_test(tcase, test_bad, 0, ARRAY_LEN(bad));
    tcase_add_test(tcase, test_statuses);
    tcase_add_test(tcase, test_login);
    tcase_add_loop_test(tcase, test_check, 0, ARRAY_LEN(checks));
}

int main(void)
{
    Suite *suite = suite_create("platform_tryton");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    add_tests(tcase);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
