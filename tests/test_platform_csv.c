/* test_platform_csv.c - files of all streams from bytes, and long ones in
 * pages. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "tests/helper_walk.h"
#include "worker/platforms/list.h"

static const struct platform *const csv = &platform_csv;
static struct json *json;
static struct page page;
static struct endpoint endpoint;

static void setup(void)
{
    json = json_new();
    page_init(&page);
    endpoint = (struct endpoint){
        .path = "/export",
        .user = "",
        .secret = "",
        .settings = walk_settings(json, "{}"),
    };
}

static void teardown(void)
{
    page_free(&page);
    json_free(json);
}

static struct question ask(enum stream stream, const char *position)
{
    return (struct question){
        .endpoint = &endpoint,
        .stream = stream,
        .window = {.from = INSTANT_NONE, .to = at("2026-11-23T05:00:00Z")},
        .position = position,
        .session = "",
    };
}

static void read_file(enum stream stream, const char *body)
{
    struct question question = ask(stream, "");

    walk_page(csv, &question, "", body, &page);
}

static void read_good(enum stream stream, const char *body)
{
    read_file(stream, body);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
}

static const struct {
    enum stream stream;
    const char *settings, *position, *path;
} requests[] = {
    {STREAM_VARIANTS, "{}", "", "/export/variants.csv"},
    {STREAM_STOCK, "{}", "", "/export/stock.csv"},
    {STREAM_SALES, "{}", "5000 123456 99", "/export/sales.csv"},
    {STREAM_PURCHASE_ORDERS, "{}", "", "/export/purchase_orders.csv"},
    {STREAM_TRANSFER_ORDERS, "{}", "", "/export/transfer_orders.csv"},
    {STREAM_ASSEMBLY_ORDERS, "{}", "", "/export/assembly_orders.csv"},
    {STREAM_SALES, "{\"files\":{\"sales\":\"out/s-1_a.txt\"}}", "",
     "/export/out/s-1_a.txt"},
    {STREAM_STOCK, "{\"files\":{\"sales\":\"a.csv\"}}", "",
     "/export/stock.csv"},
    {STREAM_SALES, "{\"files\":{\"sales\":\"../a.csv\"}}", "", NULL},
    {STREAM_SALES, "{\"files\":{\"sales\":\"a/../../a.csv\"}}", "", NULL},
    {STREAM_SALES, "{\"files\":{\"sales\":\"/etc/passwd\"}}", "", NULL},
    {STREAM_SALES, "{\"files\":{\"sales\":\"a b.csv\"}}", "", NULL},
    {STREAM_SALES, "{\"files\":{\"sales\":\"\"}}", "", NULL},
    {STREAM_SALES, "{\"files\":{\"sales\":7}}", "", NULL},
    {STREAM_SALES, "{\"files\":{\"metrics\":\"a.csv\"}}", "", NULL},
    {STREAM_SALES, "{\"files\":{\"orders\":\"a.csv\"}}", "", NULL},
    {STREAM_SALES, "{\"files\":\"a.csv\"}", "", NULL},
    {STREAM_SALES, "{\"decimal\":\";\"}", "", NULL},
    {STREAM_SALES, "{}", "5000 123456", NULL},
    {STREAM_SALES, "{}", "-1 123456 99", NULL},
};

START_TEST(test_requests)
{
    struct question question = ask(requests[_i].stream, requests[_i].position);
    struct request request = {0};
    char error[256] = "";
    int result;

    endpoint.settings = walk_settings(json, requests[_i].settings);
    result = csv->request(&question, &request, error);
    if (!requests[_i].path) {
        ck_assert_int_eq(result, -1);
        ck_assert_str_ne(error, "");
    } else {
        ck_assert_msg(result == 0, "%s", error);
        ck_assert_str_eq(request.method, "GET");
        ck_assert_str_eq(buf_str(&request.path), requests[_i].path);
        ck_assert_str_eq(buf_str(&request.headers), "");
    }
    request_free(&request);
}
END_TEST

START_TEST(test_password)
{
    struct question question = ask(STREAM_SALES, "");
    struct request request = {0};

    endpoint.user = "u";
    endpoint.secret = "p";
    walk_request(csv, &question, &request);
    ck_assert_str_eq(buf_str(&request.headers), "Authorization: Basic dTpw\n");
    request_free(&request);
}
END_TEST

START_TEST(test_variants)
{
    const struct variant_row *row;

    read_good(STREAM_VARIANTS,
              "SKU,Product ID,Name,EAN,Brand,Category,Currency,Price,Cost,"
              "Active,Colour\r\n"
              "T-2,,,,,,,,,no,\r\n"
              "T-1,P1,\"Tee, \"\"blue\"\"\",400,Loom,Shirts,EUR,19.90,7.25,"
              "YES,red\r\n");
    ck_assert_uint_eq(page.rows.variants_n, 2);
    row = page.rows.variants;
    ck_assert_str_eq(row[0].id, "T-1");
    ck_assert_str_eq(row[0].sku, "T-1");
    ck_assert_str_eq(row[0].product_id, "P1");
    ck_assert_str_eq(row[0].title, "Tee, \"blue\"");
    ck_assert_str_eq(row[0].barcode, "400");
    ck_assert_str_eq(row[0].vendor, "Loom");
    ck_assert_str_eq(row[0].category, "Shirts");
    ck_assert_str_eq(row[0].currency, "EUR");
    ck_assert_int_eq(row[0].price, 19900000);
    ck_assert_int_eq(row[0].cost, 7250000);
    ck_assert(row[0].active);
    ck_assert(row[1].price == FIXED_NONE);
    ck_assert(!row[1].active);
    ck_assert(row[1].updated_at == INSTANT_NONE);
    ck_assert_uint_eq(page.rows.ids_n, 0);
    ck_assert_ptr_null(page.next);
}
END_TEST

START_TEST(test_stock)
{
    const struct stock_row *row;

    read_good(STREAM_STOCK, "sku;on hand;location;reserved;date\n"
                            "T-1;4;Berlin;;2026-11-20\n"
                            "T-1;5;Berlin;2;\n"
                            "T-2;7;;;2026-11-20\n"
                            "T-1;6;Rotterdam;;\n");
    ck_assert_uint_eq(page.rows.stock_n, 4);
    row = page.rows.stock;
    ck_assert_str_eq(row[0].variant, "sku:T-1");
    ck_assert_str_eq(row[0].location, "Berlin");
    ck_assert_int_eq(row[0].on_hand, 5 * FIXED_ONE);
    ck_assert_int_eq(row[0].reserved, 2 * FIXED_ONE);
    ck_assert(row[0].day == STOCK_NOW);
    ck_assert_str_eq(row[1].location, "Rotterdam");
    ck_assert_int_eq(row[2].day, days_from_civil(2026, 11, 20));
    ck_assert_int_eq(row[2].on_hand, 4 * FIXED_ONE);
    ck_assert_str_eq(row[3].variant, "sku:T-2");
    /* Of T-2 only the past is told. */
    ck_assert_uint_eq(page.rows.whole_stock_n, 1);
    ck_assert_str_eq(page.rows.whole_stock[0].id, "sku:T-1");
}
END_TEST

START_TEST(test_sales)
{
    const struct sale_line_row *line;

    /* Lines of an order need not stand together. */
    read_good(STREAM_SALES,
              "\xef\xbb\xbforder\tdate\tsku\tqty\ttotal\treturned\tstatus\t"
              "warehouse\tcurrency\n"
              "2\t2026-11-20T10:00:00+01:00\tT-1\t3\t30\t1\tshipped\tBerlin\t"
              "EUR\n"
              "1\t2026-11-19\tT-1\t1\t10\t\tCancelled\t\t\n"
              "2\t2026-11-20T10:00:00+01:00\tT-2\t2\t5.5\t\tshipped\t\tEUR\n");
    ck_assert_uint_eq(page.rows.sales_n, 2);
    ck_assert_str_eq(page.rows.sales[0].id, "1");
    ck_assert(!page.rows.sales[0].counted);
    ck_assert_int_eq(page.rows.sales[0].placed_at, at("2026-11-19T00:00:00Z"));
    ck_assert_str_eq(page.rows.sales[1].number, "2");
    ck_assert_str_eq(page.rows.sales[1].status, "shipped");
    ck_assert_str_eq(page.rows.sales[1].currency, "EUR");
    ck_assert(page.rows.sales[1].counted);
    ck_assert_int_eq(page.rows.sales[1].placed_at, at("2026-11-20T09:00:00Z"));
    ck_assert_uint_eq(page.rows.sale_lines_n, 3);
    line = page.rows.sale_lines;
    ck_assert_str_eq(line[1].sale, "2");
    ck_assert_str_eq(line[1].id, "1");
    ck_assert_str_eq(line[1].variant, "sku:T-1");
    ck_assert_str_eq(line[1].location, "Berlin");
    ck_assert_int_eq(line[1].quantity, 3 * FIXED_ONE);
    ck_assert_int_eq(line[1].returned, FIXED_ONE);
    ck_assert_int_eq(line[1].revenue, 30 * FIXED_ONE);
    ck_assert_str_eq(line[2].id, "2");
    ck_assert_int_eq(line[2].revenue, 5500000);
    ck_assert_uint_eq(page.rows.whole_n, 2);
}
END_TEST

START_TEST(test_purchases)
{
    const struct stock_order_line_row *line;
    const struct stock_order_row *row;

    read_good(STREAM_PURCHASE_ORDERS,
              "order,line,sku,quantity,received,expected,location,supplier,"
              "status,unit_cost,ordered,currency\n"
              "A,x,T-1,10,10,2026-12-01,Berlin,Loom,sent,4.5,2026-11-01,EUR\n"
              "A,y,T-1,10,3,2026-12-02,Berlin,Loom,sent,4,2026-11-01,EUR\n"
              "B,x,T-1,10,10,,,,sent,,,\n"
              "C,x,T-1,10,,,,,Closed,,,\n");
    ck_assert_uint_eq(page.rows.stock_orders_n, 3);
    row = page.rows.stock_orders;
    ck_assert_str_eq(row[0].id, "A");
    ck_assert_str_eq(row[0].supplier, "Loom");
    ck_assert_str_eq(row[0].status, "sent");
    ck_assert_str_eq(row[0].currency, "EUR");
    ck_assert_int_eq(row[0].ordered_at, at("2026-11-01"));
    ck_assert_int_eq(row[0].expected_at, at("2026-12-01"));
    ck_assert(row[0].open);
    ck_assert(!row[1].open); /* all is there */
    ck_assert(!row[2].open);
    line = page.rows.stock_order_lines;
    ck_assert_str_eq(line[0].order, "A");
    ck_assert_str_eq(line[0].id, "x");
    ck_assert_str_eq(line[0].variant, "sku:T-1");
    ck_assert_str_eq(line[0].to, "Berlin");
    ck_assert_str_eq(line[0].from, "");
    ck_assert(line[0].inward && !line[0].outward);
    ck_assert_int_eq(line[0].quantity, 10 * FIXED_ONE);
    ck_assert_int_eq(line[0].received, 10 * FIXED_ONE);
    ck_assert_int_eq(line[0].unit_cost, 4500000);
    ck_assert_str_eq(line[1].id, "y");
    ck_assert_int_eq(line[1].expected_at, at("2026-12-02"));
    ck_assert(line[2].unit_cost == FIXED_NONE);
    ck_assert_uint_eq(page.rows.whole_n, 3);
}
END_TEST

START_TEST(test_transfers)
{
    const struct stock_order_line_row *line;

    read_good(STREAM_TRANSFER_ORDERS,
              "order,sku,quantity,received,sent,from,location\n"
              "A,T-1,10,2,6,Berlin,Rotterdam\n"
              "A,T-2,10,2,,Berlin,Rotterdam\n");
    line = page.rows.stock_order_lines;
    ck_assert_str_eq(line[0].from, "Berlin");
    ck_assert_str_eq(line[0].to, "Rotterdam");
    ck_assert(line[0].inward && line[0].outward);
    ck_assert_int_eq(line[0].sent, 6 * FIXED_ONE);
    ck_assert_int_eq(line[0].received, 2 * FIXED_ONE);
    ck_assert_int_eq(line[1].sent, 2 * FIXED_ONE);
    ck_assert(page.rows.stock_orders[0].open);
}
END_TEST

START_TEST(test_assemblies)
{
    const struct stock_order_line_row *line;

    read_good(STREAM_ASSEMBLY_ORDERS, "order,sku,quantity,received,location,"
                                      "role\n"
                                      "A,KIT,10,4,Berlin,\n"
                                      "A,T-1,20,8,Berlin,component\n");
    line = page.rows.stock_order_lines;
    ck_assert_str_eq(line[0].to, "Berlin");
    ck_assert(line[0].inward && !line[0].outward);
    ck_assert_str_eq(line[1].from, "Berlin");
    ck_assert_str_eq(line[1].to, "");
    ck_assert(!line[1].inward && line[1].outward);
    ck_assert_int_eq(line[1].sent, 8 * FIXED_ONE);
}
END_TEST

START_TEST(test_decimal_comma)
{
    endpoint.settings = walk_settings(json, "{\"decimal\":\",\"}");
    read_good(STREAM_VARIANTS, "sku;price\nT-1;19,90\nT-2;5\n");
    ck_assert_int_eq(page.rows.variants[0].price, 19900000);
    ck_assert_int_eq(page.rows.variants[1].price, 5 * FIXED_ONE);
    read_file(STREAM_VARIANTS, "sku;price\nT-1;1.234,50\n");
    ck_assert_int_eq(page.class, PAGE_BROKEN);
}
END_TEST

static const char *const same[] = {
    "sku,title\nT-1,x\nT-2,y\n",
    "sku,title\r\nT-1,x\r\nT-2,y", /* no line end at the end */
    "sku,title\rT-1,x\rT-2,y\r",
    "\n\nsku,title\n\nT-1,x\n\r\nT-2,y\n\n",
    "\"sku\",\"title\"\n\"T-1\",\"x\"\n\"T-2\",\"y\"",
    " sku ; title \n T-1 ; x \n T-2 ; y \n",
    "title\tSKU\nx\tT-1\ny\tT-2\n",
    "\xef\xbb\xbfitem,name\nT-2,y\nT-1,x\n",
};

START_TEST(test_forms)
{
    read_good(STREAM_VARIANTS, same[_i]);
    ck_assert_uint_eq(page.rows.variants_n, 2);
    ck_assert_str_eq(page.rows.variants[0].sku, "T-1");
    ck_assert_str_eq(page.rows.variants[0].title, "x");
    ck_assert_str_eq(page.rows.variants[1].sku, "T-2");
    ck_assert_str_eq(page.rows.variants[1].title, "y");
}
END_TEST

START_TEST(test_line_end_in_quotes)
{
    read_file(STREAM_VARIANTS, "sku,title,price\nT-1,\"a\r\nb\",1\nT-2,y,x\n");
    ck_assert_str_eq(page.error,
                     "variants.csv line 4: price 'x' is not a number");
}
END_TEST

static const struct {
    enum stream stream;
    const char *body, *error;
} wrongs[] = {
    {STREAM_VARIANTS, "", "variants.csv: no line with column names"},
    {STREAM_VARIANTS, "\n\n", "no line with column names"},
    {STREAM_VARIANTS, "<html>", "variants.csv: no column 'sku'"},
    {STREAM_STOCK, "sku\nT-1\n", "stock.csv: no column 'on_hand'"},
    {STREAM_SALES, "order,date,sku,qty\n", "no column 'revenue'"},
    {STREAM_VARIANTS, "sku,price\nT-1,1\nT-2\n",
     "variants.csv line 3: has 1 fields where the first line has 2"},
    {STREAM_VARIANTS, "sku,price\nT-1,1,2\n", "line 2: has 3 fields"},
    {STREAM_VARIANTS, "sku,price\n,1\n", "line 2: sku '' is empty"},
    {STREAM_VARIANTS, "sku,price\nT-1,1\nT-2,1\nT-1,1\n",
     "variants.csv line 4: 'T-1' again, as in line 2"},
    {STREAM_VARIANTS, "sku,title\nT-1,\xe9\n", "title '' is not UTF-8"},
    {STREAM_VARIANTS, "sku,title\nT-1,\"a\n", "line 2: a quote is not closed"},
    {STREAM_VARIANTS, "sku,title\nT-1,\"a\"b\n", "behind a closing quote"},
    {STREAM_VARIANTS, "sku,active\nT-1,maybe\n",
     "active 'maybe' is neither yes nor no"},
    {STREAM_STOCK, "sku,on_hand\nT-1,\n", "on_hand '' is empty"},
    {STREAM_STOCK, "sku,on_hand\nT-1,1\nT-1,2\n",
     "stock.csv line 3: 'T-1' again, as in line 2"},
    {STREAM_STOCK, "sku,on_hand,date\nT-1,1,20.11.2026\n",
     "date '20.11.2026' is not a time"},
    {STREAM_SALES,
     "order,date,sku,quantity,revenue\n1,2026-11-20,T-1,2,3\n"
     "1,2026-11-20,T-1,x,3\n",
     "sales.csv line 3: quantity 'x' is not a number"},
    {STREAM_SALES, "order,date,sku,quantity,revenue\n1,,T-1,2,3\n",
     "line 2: date '' is empty"},
    {STREAM_SALES, "order,date,sku,quantity,revenue\n1,2026-11-20,,2,3\n",
     "line 2: sku '' is empty"},
    {STREAM_SALES,
     "order,line,date,sku,quantity,revenue\n1,a,2026-11-20,T-1,2,3\n"
     "1,a,2026-11-20,T-2,2,3\n",
     "sales.csv line 3: '1' again, as in line 2"},
    {STREAM_SALES, "order,date,sku,quantity,revenue\n1,2026-11-20,T,2,1,5\n",
     "has 6 fields"},
    {STREAM_SALES, "order;date;sku;quantity;revenue\n1;2026-11-20;T;2;1,5\n",
     "revenue '1,5' is not a number"},
    {STREAM_ASSEMBLY_ORDERS, "order,sku,quantity,role\nA,T,1,part\n",
     "role 'part' is neither"},
};

START_TEST(test_wrong_files)
{
    read_file(wrongs[_i].stream, wrongs[_i].body);
    ck_assert_int_eq(page.class, PAGE_BROKEN);
    ck_assert_msg(strstr(page.error, wrongs[_i].error) != NULL, "%s",
                  page.error);
}
END_TEST

START_TEST(test_too_many_columns)
{
    struct buf body = {0};

    for (int i = 0; i < 70; i++)
        buf_text(&body, "sku,");
    read_file(STREAM_VARIANTS, buf_str(&body));
    ck_assert_int_eq(page.class, PAGE_BROKEN);
    ck_assert_ptr_nonnull(strstr(page.error, "too many columns"));
    buf_free(&body);
}
END_TEST

/* A file of 4,000 orders with 3 lines each, the lines of an order far apart. */

enum { ORDERS = 4000, LINES = 3 };

static struct buf file;
static int lines_seen[ORDERS], wholes[ORDERS], named[ORDERS], pages_seen;

static void serve(void *arg, const struct request *request, struct buf *headers,
                  struct buf *body)
{
    (void)arg;
    (void)headers;
    ck_assert_str_eq(buf_str(&request->path), "/export/sales.csv");
    buf_text(body, buf_str(&file));
}

static void note(void *arg, const struct page *seen)
{
    const struct rows *rows = &seen->rows;

    (void)arg;
    pages_seen++;
    ck_assert_uint_le(rows->sale_lines_n, 5002);
    for (size_t i = 0; i < rows->whole_n; i++)
        wholes[atoi(rows->whole[i].id)]++;
    for (size_t i = 0; i < rows->ids_n; i++)
        named[atoi(rows->ids[i].id)]++;
    for (size_t i = 0; i < rows->sale_lines_n; i++) {
        int order = atoi(rows->sale_lines[i].sale);
        ck_assert_int_gt(wholes[order], 0);
        /* Numbered as they stand in the order. */
        ck_assert_int_eq(atoi(rows->sale_lines[i].id), ++lines_seen[order]);
    }
}

static void write_file(void)
{
    buf_text(&file, "order,date,sku,quantity,revenue\n");
    for (int line = 0; line < LINES; line++)
        for (int order = 0; order < ORDERS; order++)
            buf_printf(&file, "%d,2026-11-20,T-%d,1,2\n", order, line);
}

START_TEST(test_long_file)
{
    struct walk walk = {
        .platform = csv,
        .endpoint = endpoint,
        .stream = STREAM_SALES,
        .window = {.from = INSTANT_NONE, .to = 0, .sweep = true},
        .serve = serve,
        .seen = note,
    };

    write_file();
    walk_run(&walk);
    ck_assert_int_eq(walk.requests, 3);
    for (int i = 0; i < ORDERS; i++) {
        ck_assert_int_eq(lines_seen[i], LINES);
        ck_assert_int_eq(wholes[i], 1);
        ck_assert_int_eq(named[i], 1);
    }
    buf_free(&file);
}
END_TEST

START_TEST(test_changed_file)
{
    struct question question = ask(STREAM_SALES, "");
    char *position;

    write_file();
    walk_page(csv, &question, "", buf_str(&file), &page);
    ck_assert_ptr_nonnull(page.next);
    position = xstrdup(page.next);
    question.position = position;
    file.data[file.length - 2] = '3'; /* the last revenue: same length */
    walk_page(csv, &question, "", buf_str(&file), &page);
    ck_assert_int_eq(page.class, PAGE_RESTART);
    free(position);
    buf_free(&file);
}
END_TEST

START_TEST(test_position_beyond)
{
    /* Of this very file, but with more lines given than it has. */
    struct question question = ask(STREAM_VARIANTS, "7 8 2625571594030399906");

    walk_page(csv, &question, "", "sku\nT-1\n", &page);
    ck_assert_int_eq(page.class, PAGE_RESTART);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("platform_csv");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_requests, 0, (int)ARRAY_LEN(requests));
    tcase_add_test(tcase, test_password);
    tcase_add_test(tcase, test_variants);
    tcase_add_test(tcase, test_stock);
    tcase_add_test(tcase, test_sales);
    tcase_add_test(tcase, test_purchases);
    tcase_add_test(tcase, test_transfers);
    tcase_add_test(tcase, test_assemblies);
    tcase_add_test(tcase, test_decimal_comma);
    tcase_add_loop_test(tcase, test_forms, 0, (int)ARRAY_LEN(same));
    tcase_add_test(tcase, test_line_end_in_quotes);
    tcase_add_loop_test(tcase, test_wrong_files, 0, (int)ARRAY_LEN(wrongs));
    tcase_add_test(tcase, test_too_many_columns);
    tcase_add_test(tcase, test_long_file);
    tcase_add_test(tcase, test_changed_file);
    tcase_add_test(tcase, test_position_beyond);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
