/* test_platform_vendure.c - Vendure from recorded and from broken answers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "tests/helper_recorded.h"
#include "worker/platforms/list.h"

#define FROM (INT64_C(1795392000) * SECOND) /* 2026-11-23 00:00 */

static struct recorded r;

static void open_stream(enum stream stream)
{
    recorded_open(&r, &platform_vendure, stream, "{}");
    strcpy(r.session, "token");
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

static const struct {
    const char *what;
    enum stream stream;
    bool delta;
    const char *position;
    const char *wanted; /* in the body; NULL: the position is refused */
} requests[] = {
    {"a first load has no filter", STREAM_VARIANTS, false, "",
     "\"filter\":{},\"sort\":{\"id\":\"ASC\"},\"skip\":0,\"take\":200"},
    {"a window has a millisecond more on each side", STREAM_VARIANTS, true, "",
     "\"filter\":{\"updatedAt\":{\"between\":{"
     "\"start\":\"2026-11-22T23:59:59.999Z\","
     "\"end\":\"2026-11-23T08:00:00.001Z\"}}}"},
    {"the next page asks for the last row again", STREAM_VARIANTS, false,
     "{\"phase\":\"variants\",\"skip\":200,\"last\":\"7\",\"restarts\":0}",
     "\"skip\":199,\"take\":201"},
    {"stock is never filtered", STREAM_STOCK, true, "",
     "\"filter\":{},\"sort\":{\"id\":\"ASC\"},\"skip\":0,\"take\":500"},
    {"only placed orders", STREAM_SALES, false, "",
     "\"filter\":{\"orderPlacedAt\":{\"isNull\":false}}"},
    {"orders placed recently, whatever their date of update", STREAM_SALES,
     true, "",
     "{\"orderPlacedAt\":{\"between\":{"
     "\"start\":\"2026-11-08T23:59:59.999Z\""},
    {"orders that go on", STREAM_SALES, true, "", "\"PartiallyShipped\""},
    {"not JSON", STREAM_SALES, true, "7", NULL},
    {"another stream's phase", STREAM_SALES, true,
     "{\"phase\":\"stock\",\"skip\":0,\"last\":\"\",\"restarts\":0}", NULL},
    {"a phase that is not due", STREAM_VARIANTS, false,
     "{\"phase\":\"products\",\"skip\":0,\"last\":\"\",\"restarts\":0}", NULL},
    {"a skip without the last id", STREAM_SALES, true,
     "{\"phase\":\"orders\",\"skip\":1,\"last\":\"\",\"restarts\":0}", NULL},
    {"a negative skip", STREAM_SALES, true,
     "{\"phase\":\"orders\",\"skip\":-1,\"last\":\"\",\"restarts\":0}", NULL},
    {"a stream that Vendure has not", STREAM_PURCHASE_ORDERS, true, "", NULL},
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
    ck_assert_msg(strstr(body, requests[_i].wanted) != NULL, "%s: %s",
                  requests[_i].what, body);
}
END_TEST

START_TEST(test_session_and_key)
{
    static const char settings[] = "{\"auth\":\"api-key\",\"channel\":\"eu\"}";

    ck_assert_int_eq(recorded_request(&r), 0);
    ck_assert_str_eq(buf_str(&r.request.path), "/admin-api");
    ck_assert_str_eq(buf_str(&r.request.headers),
                     "Content-Type: application/json\n"
                     "Authorization: Bearer token\n");
    ck_assert_int_eq(recorded_login_request(&r), 0);
    ck_assert_ptr_nonnull(
        strstr(buf_str(&r.request.body), "{\"u\":\"me\",\"p\":\"s3\"}"));

    teardown();
    recorded_open(&r, &platform_vendure, STREAM_SALES, settings);
    r.endpoint.path = "/shop/admin-api";
    ck_assert_int_eq(recorded_login_request(&r), 0);
    ck_assert_ptr_null(r.request.method); /* a key needs no login */
    ck_assert_int_eq(recorded_request(&r), 0);
    ck_assert_str_eq(buf_str(&r.request.path), "/shop/admin-api");
    ck_assert_str_eq(buf_str(&r.request.headers),
                     "Content-Type: application/json\n"
                     "vendure-token: eu\nvendure-api-key: s3\n");
}
END_TEST

/* --- Recorded pages. */

START_TEST(test_variants)
{
    const struct variant_row *row;

    recorded_page(&r, "vendure/variants.json");
    ck_assert_uint_eq(r.page.rows.variants_n, 6);
    row = &r.page.rows.variants[2];
    ck_assert_str_eq(row->id, "3");
    ck_assert_str_eq(row->product_id, "2");
    ck_assert_str_eq(row->sku, "P00001-S");
    ck_assert_str_eq(row->title, "Product P00001 S");
    ck_assert_str_eq(row->currency, "GBP");
    ck_assert_int_eq(row->price, 10100000);
    ck_assert_int_eq(row->cost, FIXED_NONE);
    ck_assert(row->active);
    ck_assert(row->updated_at > FROM);
    ck_assert(!r.page.rows.variants[4].active);
    ck_assert_ptr_null(r.page.next);
}
END_TEST

/* The phases of a delta with a sweep: by variants, by products, all ids. */
START_TEST(test_phases)
{
    r.question.window.from = FROM;
    r.question.window.sweep = true;
    recorded_page(&r, "vendure/variants.json");
    ck_assert(recorded_next(&r));
    ck_assert_int_eq(recorded_request(&r), 0);
    ck_assert_ptr_nonnull(strstr(buf_str(&r.request.body), "list:products("));
    recorded_page(&r, "vendure/products.json");
    ck_assert_uint_eq(r.page.rows.variants_n, 6);
    ck_assert_str_eq(r.page.rows.variants[5].id, "6");
    ck_assert(recorded_next(&r));
    recorded_page(&r, "vendure/ids.json");
    ck_assert_uint_eq(r.page.rows.ids_n, 6);
    ck_assert_uint_eq(rows_count(&r.page.rows), 0);
    ck_assert(!recorded_next(&r));
}
END_TEST

START_TEST(test_stock)
{
    restart(STREAM_STOCK);
    recorded_page(&r, "vendure/stock.json");
    ck_assert_uint_eq(r.page.rows.stock_n, 18);
    ck_assert_uint_eq(r.page.rows.whole_stock_n, 6);
    ck_assert_str_eq(r.page.rows.stock[1].variant, "1");
    ck_assert_str_eq(r.page.rows.stock[1].location, "Leeds");
    ck_assert_int_eq(r.page.rows.stock[1].on_hand, 1001 * FIXED_ONE);
    /* Ordered 2 + 2, sent none of them. */
    ck_assert_str_eq(r.page.rows.stock[6].variant, "3");
    ck_assert_int_eq(r.page.rows.stock[6].reserved, 3 * FIXED_ONE);
}
END_TEST

START_TEST(test_orders)
{
    const struct rows *rows = &r.page.rows;

    restart(STREAM_SALES);
    recorded_page(&r, "vendure/orders.json");
    ck_assert_uint_eq(rows->sales_n, 3);
    ck_assert_uint_eq(rows->whole_n, 3);
    ck_assert_uint_eq(rows->sale_lines_n, 6);
    ck_assert_str_eq(rows->sales[2].number, "A64E2DVNVNX8BJME");
    ck_assert_str_eq(rows->sales[2].status, "PaymentSettled");
    ck_assert(rows->sales[2].counted);
    ck_assert_int_eq(rows->sales[2].placed_at,
                     INT64_C(1795420544) * SECOND + 597000);
    /* Two ordered at 10.10, one of them cancelled. */
    ck_assert_str_eq(rows->sale_lines[4].sale, "3");
    ck_assert_str_eq(rows->sale_lines[4].variant, "3");
    ck_assert_int_eq(rows->sale_lines[4].quantity, 2 * FIXED_ONE);
    ck_assert_int_eq(rows->sale_lines[4].returned, FIXED_ONE);
    ck_assert_int_eq(rows->sale_lines[4].revenue, 20200000);
}
END_TEST

/* --- Amounts. */

#define ORDER(state, decimals, quantity, placed, unit, line)                   \
    "{\"data\":{\"globalSettings\":{\"serverConfig\":{"                        \
    "\"moneyStrategyPrecision\":" decimals                                     \
    "}},\"list\":{\"totalItems\":1,\"items\":[{\"id\":\"9\",\"code\":\"C\","   \
    "\"state\":\"" state "\",\"currencyCode\":\"JPY\",\"updatedAt\":"          \
    "\"2026-11-23T07:55:44.000Z\",\"orderPlacedAt\":null,\"lines\":[{"         \
    "\"id\":\"1\",\"quantity\":" quantity ",\"orderPlacedQuantity\":" placed   \
    ",\"proratedUnitPrice\":" unit ",\"proratedLinePrice\":" line              \
    ",\"productVariant\":{\"id\":\"4\"}}]}]}}}"

static const struct {
    const char *what, *body;
    bool counted;
    int64_t quantity, returned, revenue; /* pieces, pieces, 1e-6 */
} amounts[] = {
    {"untouched", ORDER("Delivered", "2", "3", "3", "333", "1000"), true, 3, 0,
     10000000},
    {"discounts spread over the units that are left",
     ORDER("Delivered", "2", "2", "3", "333", "667"), true, 3, 1, 10005000},
    {"nothing is left", ORDER("PaymentSettled", "2", "0", "3", "500", "0"),
     true, 3, 3, 15000000},
    {"more than were placed",
     ORDER("PaymentSettled", "2", "6", "2", "10", "60"), true, 6, 0, 600000},
    {"a line added later", ORDER("Shipped", "2", "1", "0", "10", "10"), true, 1,
     0, 100000},
    {"no decimals", ORDER("Shipped", "0", "1", "1", "10", "10"), true, 1, 0,
     10000000},
    {"three decimals", ORDER("Shipped", "3", "1", "1", "10", "10"), true, 1, 0,
     10000},
    {"nonsense decimals mean two", ORDER("Shipped", "99", "1", "1", "10", "10"),
     true, 1, 0, 100000},
    {"cancelled", ORDER("Cancelled", "2", "0", "1", "10", "0"), false, 1, 1,
     100000},
    {"not paid", ORDER("ArrangingPayment", "2", "1", "0", "10", "10"), false, 1,
     0, 100000},
};

START_TEST(test_amounts)
{
    const struct sale_line_row *line;

    restart(STREAM_SALES);
    recorded_body(&r, amounts[_i].body);
    ck_assert_msg(r.page.class == PAGE_GOOD, "%s: %s", amounts[_i].what,
                  r.page.error);
    line = &r.page.rows.sale_lines[0];
    ck_assert_msg(r.page.rows.sales[0].counted == amounts[_i].counted,
                  "%s: counted", amounts[_i].what);
    ck_assert_int_eq(line->quantity, amounts[_i].quantity * FIXED_ONE);
    ck_assert_int_eq(line->returned, amounts[_i].returned * FIXED_ONE);
    ck_assert_msg(line->revenue == amounts[_i].revenue, "%s: %lld",
                  amounts[_i].what, (long long)line->revenue);
}
END_TEST

/* --- Paging. */

#define IDS(total, ids)                                                        \
    "{\"data\":{\"list\":{\"totalItems\":" total ",\"items\":[" ids "]}}}"
#define ID(n) "{\"id\":\"" n "\"}"

static void sweep_from(const char *position)
{
    r.question.window.sweep = true;
    r.question.position = position;
}

START_TEST(test_pages_join)
{
    sweep_from("{\"phase\":\"ids\",\"skip\":0,\"last\":\"\",\"restarts\":0}");
    recorded_body(&r, IDS("3", ID("1") "," ID("2")));
    ck_assert_str_eq(
        r.page.next,
        "{\"phase\":\"ids\",\"skip\":2,\"last\":\"2\",\"restarts\":0}");
    ck_assert(recorded_next(&r));
    recorded_body(&r, IDS("3", ID("2") "," ID("3")));
    ck_assert_uint_eq(r.page.rows.ids_n, 1); /* not the known one again */
    ck_assert_str_eq(r.page.rows.ids[0].id, "3");
    ck_assert_ptr_null(r.page.next);
}
END_TEST

/* Somebody deleted row 1 and added another: the total is the same. */
START_TEST(test_a_shift_begins_anew)
{
    static const char shifted[] = IDS("5", ID("3") "," ID("4"));

    sweep_from("{\"phase\":\"ids\",\"skip\":2,\"last\":\"2\",\"restarts\":0}");
    recorded_body(&r, shifted);
    ck_assert_uint_eq(r.page.rows.ids_n, 0);
    ck_assert_str_eq(
        r.page.next,
        "{\"phase\":\"ids\",\"skip\":0,\"last\":\"\",\"restarts\":1}");

    /* After three times we take what comes, all of it. */
    sweep_from("{\"phase\":\"ids\",\"skip\":2,\"last\":\"2\",\"restarts\":3}");
    recorded_body(&r, shifted);
    ck_assert_uint_eq(r.page.rows.ids_n, 2);
    ck_assert_str_eq(
        r.page.next,
        "{\"phase\":\"ids\",\"skip\":3,\"last\":\"4\",\"restarts\":3}");
}
END_TEST

START_TEST(test_paging_ends)
{
    sweep_from("{\"phase\":\"ids\",\"skip\":2,\"last\":\"2\",\"restarts\":3}");
    recorded_body(&r, IDS("5", "")); /* less than promised */
    ck_assert_int_eq(r.page.class, PAGE_GOOD);
    ck_assert_ptr_null(r.page.next);
    recorded_body(&r, IDS("5", ID("2")));
    ck_assert_ptr_null(r.page.next);
}
END_TEST

/* --- What is not a page. */

#define ERROR(code)                                                            \
    "{\"errors\":[{\"message\":\"no\",\"extensions\":{\"code\":\"" code        \
    "\"}}],\"data\":null}"
#define VARIANT(fields)                                                        \
    "{\"data\":{\"list\":{\"totalItems\":1,\"items\":[{" fields "}]}}}"

static const struct {
    const char *what;
    enum stream stream;
    const char *body;
    enum page_class class;
} bad[] = {
    {"no session any more", STREAM_SALES, ERROR("FORBIDDEN"), PAGE_LOGIN},
    {"their trouble", STREAM_SALES, ERROR("INTERNAL_SERVER_ERROR"), PAGE_RETRY},
    {"too fast", STREAM_SALES, ERROR("TOO_MANY_REQUESTS"), PAGE_THROTTLED},
    {"our mistake", STREAM_SALES, ERROR("USER_INPUT_ERROR"), PAGE_REFUSED},
    {"an error of another form", STREAM_SALES, "{\"errors\":[7]}",
     PAGE_REFUSED},
    {"HTML", STREAM_SALES, "<html>", PAGE_BROKEN},
    {"cut off", STREAM_SALES, "{\"data\":{\"list\"", PAGE_BROKEN},
    {"no list", STREAM_SALES, "{\"data\":{}}", PAGE_BROKEN},
    {"no total", STREAM_SALES, "{\"data\":{\"list\":{\"items\":[]}}}",
     PAGE_BROKEN},
    {"items are no list", STREAM_SALES,
     "{\"data\":{\"list\":{\"totalItems\":1,\"items\":{}}}}", PAGE_BROKEN},
    {"a variant without an id", STREAM_VARIANTS, VARIANT("\"sku\":\"x\""),
     PAGE_BROKEN},
    {"an item that is none", STREAM_VARIANTS, IDS("1", "7"), PAGE_BROKEN},
    {"fields of other types are absent", STREAM_VARIANTS,
     VARIANT("\"id\":\"1\",\"sku\":7,\"price\":\"x\",\"product\":[]"),
     PAGE_GOOD},
    {"stock without levels", STREAM_STOCK, VARIANT("\"id\":\"1\""),
     PAGE_BROKEN},
    {"a level without numbers", STREAM_STOCK,
     VARIANT("\"id\":\"1\",\"stockLevels\":[{\"stockOnHand\":null}]"),
     PAGE_BROKEN},
    {"an order without lines", STREAM_SALES, VARIANT("\"id\":\"1\""),
     PAGE_BROKEN},
    {"a line without quantity", STREAM_SALES,
     ORDER("Shipped", "2", "null", "1", "10", "10"), PAGE_BROKEN},
    {"a negative quantity", STREAM_SALES,
     ORDER("Shipped", "2", "-9000000000000", "9000000000000", "10", "10"),
     PAGE_BROKEN},
    {"a line without price", STREAM_SALES,
     ORDER("Shipped", "2", "1", "1", "10", "null"), PAGE_BROKEN},
};

START_TEST(test_bad)
{
    restart(bad[_i].stream);
    strcpy(r.session, "token");
    recorded_body(&r, bad[_i].body);
    ck_assert_msg(r.page.class == bad[_i].class, "%s: class %d, %s",
                  bad[_i].what, (int)r.page.class, r.page.error);
    if (bad[_i].class != PAGE_GOOD)
        ck_assert_str_ne(r.page.error, "");
}
END_TEST

START_TEST(test_refused)
{
    r.session[0] = '\0'; /* a key: nothing to log in with */
    recorded_body(&r, ERROR("FORBIDDEN"));
    ck_assert_int_eq(r.page.class, PAGE_REFUSED);
    recorded_refused(&r, 400, ERROR("GRAPHQL_VALIDATION_FAILED"));
    ck_assert_int_eq(r.page.class, PAGE_REFUSED);
    ck_assert_str_eq(r.page.error, "GRAPHQL_VALIDATION_FAILED: no");
    recorded_refused(&r, 404, "<html>");
    ck_assert_int_eq(r.page.class, PAGE_REFUSED);
    recorded_refused(&r, 503, ERROR("FORBIDDEN"));
    ck_assert_int_eq(r.page.class, PAGE_RETRY);
}
END_TEST

START_TEST(test_login)
{
    recorded_login(&r, "vendure-auth-token: abc\r\n",
                   "{\"data\":{\"login\":{\"__typename\":\"CurrentUser\"}}}");
    ck_assert_int_eq(r.page.class, PAGE_GOOD);
    ck_assert_str_eq(r.session, "abc");
    recorded_login(&r, "Content-Length: 7\r\n",
                   "{\"data\":{\"login\":{\"__typename\":\"CurrentUser\"}}}");
    ck_assert_int_eq(r.page.class, PAGE_REFUSED);
    recorded_login(&r, "vendure-auth-token: abc\r\n",
                   "{\"data\":{\"login\":{\"errorCode\":"
                   "\"INVALID_CREDENTIALS_ERROR\",\"message\":\"no\"}}}");
    ck_assert_int_eq(r.page.class, PAGE_REFUSED);
    ck_assert_ptr_nonnull(strstr(r.page.error, "INVALID_CREDENTIALS_ERROR"));
}
END_TEST

static const struct {
    const char *settings, *user;
    int result;
} checks[] = {
    {"{}", "me", 0},
    {"{\"auth\":\"login\"}", "me", 0},
    {"{\"auth\":\"api-key\"}", "", 0},
    {"{}", "", -1},
    {"{\"auth\":\"magic\"}", "me", -1},
    {"{\"channel\":\"a\\nb\"}", "me", -1},
};

START_TEST(test_check)
{
    teardown();
    recorded_open(&r, &platform_vendure, STREAM_SALES, checks[_i].settings);
    r.endpoint.user = checks[_i].user;
    ck_assert_msg(platform_vendure.check(&r.endpoint, r.error) ==
                      checks[_i].result,
                  "%s", checks[_i].settings);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("platform_vendure");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_request, 0, ARRAY_LEN(requests));
    tcase_add_test(tcase, test_session_and_key);
    tcase_add_test(tcase, test_variants);
    tcase_add_test(tcase, test_phases);
    tcase_add_test(tcase, test_stock);
    tcase_add_test(tcase, test_orders);
    tcase_add_loop_test(tcase, test_amounts, 0, ARRAY_LEN(amounts));
    tcase_add_test(tcase, test_pages_join);
    tcase_add_test(tcase, test_a_shift_begins_anew);
    tcase_add_test(tcase, test_paging_ends);
    tcase_add_loop_test(tcase, test_bad, 0, ARRAY_LEN(bad));
    tcase_add_test(tcase, test_refused);
    tcase_add_test(tcase, test_login);
    tcase_add_loop_test(tcase, test_check, 0, ARRAY_LEN(checks));
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
