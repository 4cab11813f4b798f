/* test_platform_odoo.c - requests and pages from bytes, and whole walks against
 * an Odoo in this process that knows just enough of domains. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "tests/helper_walk.h"
#include "worker/platforms/list.h"

static const struct platform *const odoo = &platform_odoo;
static struct json *json, *body_json;
static struct page page;
static struct endpoint endpoint;

static void setup(void)
{
    json = json_new();
    body_json = json_new();
    page_init(&page);
    endpoint = (struct endpoint){
        .path = "",
        .user = "",
        .secret = "key",
        .settings = walk_settings(json, "{}"),
    };
}

static void teardown(void)
{
    page_free(&page);
    json_free(json);
    json_free(body_json);
}

static struct question ask(enum stream stream, const char *position)
{
    return (struct question){
        .endpoint = &endpoint,
        .stream = stream,
        .window = {.from = at("2026-11-23T04:00:00.25Z"),
                   .to = at("2026-11-23T05:00:00.75Z"),
                   .sweep = true},
        .position = position,
        .session = "",
    };
}

#define FROM "\">=\",\"2026-11-23 04:00:00\"]"
#define TO "\"<=\",\"2026-11-23 05:00:01\"]"
#define WINDOW(field) "\"&\",[\"" field "\"," FROM ",[\"" field "\"," TO
#define TAIL ",\"order\":\"id asc\",\"context\":{\"active_test\":false}}"

static const struct {
    enum stream stream;
    const char *position, *path, *body;
} requests[] = {
    {STREAM_VARIANTS, "", "/json/2/product.product/search_read",
     "{\"domain\":[[\"id\",\">\",0],\"|\"," WINDOW("write_date") "," WINDOW(
         "product_tmpl_id.write_date") "],\"fields\":[\"default_code\","
                                       "\"barcode\",\"display_name\",\"lst_"
                                       "price\",\"standard_price\","
                                       "\"active\",\"product_tmpl_id\",\"categ_"
                                       "id\",\"currency_id\","
                                       "\"write_date\"],\"limit\":200" TAIL},
    {STREAM_VARIANTS, "9 0 1 5000 0", "/json/2/product.product/search",
     "{\"domain\":[[\"id\",\">\",5000]],\"limit\":1000" TAIL},
    {STREAM_STOCK, "", "/json/2/stock.quant/search_read",
     "{\"domain\":[[\"id\",\">\",0],[\"location_id.usage\",\"=\","
     "\"internal\"]," WINDOW("write_date") "],\"fields\":[\"product_id\"],"
                                           "\"limit\":1000" TAIL},
    {STREAM_STOCK, "1 0 1 77 100", "/json/2/stock.move.line/search_read",
     "{\"domain\":[[\"id\",\">\",77],[\"state\",\"=\",\"done\"]," WINDOW(
         "write_date") "],\"fields\":[\"product_id\"],\"limit\":1000" TAIL},
    {STREAM_STOCK, "1 2 1 77 2 5 6 7", "/json/2/stock.quant/search_read",
     "{\"domain\":[[\"location_id.usage\",\"=\",\"internal\"],"
     "[\"product_id\",\"in\",[5,6]]],\"fields\":[\"product_id\","
     "\"location_id\",\"quantity\",\"reserved_quantity\"],\"limit\":4001" TAIL},
    {STREAM_STOCK, "1 2 1 77 1 5 6 7", "/json/2/stock.quant/search_read",
     "{\"domain\":[[\"location_id.usage\",\"=\",\"internal\"],"
     "[\"product_id\",\"in\",[5]]],\"fields\":[\"product_id\","
     "\"location_id\",\"quantity\",\"reserved_quantity\"]" TAIL},
    {STREAM_TRANSFER_ORDERS, "", "/json/2/stock.picking/search_read",
     "{\"domain\":[[\"id\",\">\",0],[\"picking_type_code\",\"=\","
     "\"internal\"],\"|\"," WINDOW("write_date") "," WINDOW(
         "move_ids.write_date") "],\"fields\":[\"name\",\"state\","
                                "\"create_date\",\"scheduled_date\",\"write_"
                                "date\"],\"limit\":200" TAIL},
    {STREAM_TRANSFER_ORDERS, "9 0 0 3 200", "/json/2/stock.picking/search",
     "{\"domain\":[[\"id\",\">\",3],[\"picking_type_code\",\"=\","
     "\"internal\"]],\"limit\":1000" TAIL},
    {STREAM_PURCHASE_ORDERS, "0 1 0 9 200 8:3 9:4",
     "/json/2/stock.picking.type/search_read",
     "{\"domain\":[[\"id\",\"in\",[3,4]]],"
     "\"fields\":[\"default_location_dest_id\"]" TAIL},
    {STREAM_PURCHASE_ORDERS, "0 2 0 9 200 8:A%2FStock 9",
     "/json/2/purchase.order.line/search_read",
     "{\"domain\":[[\"order_id\",\"in\",[8,9]]],\"fields\":[\"order_id\","
     "\"product_id\",\"product_qty\",\"qty_received\",\"price_unit\","
     "\"date_planned\"],\"limit\":4001" TAIL},
    {STREAM_ASSEMBLY_ORDERS, "0 2 0 9 200 8:7%201%200%20A",
     "/json/2/stock.move/search_read",
     "{\"domain\":[[\"raw_material_production_id\",\"in\",[8]]],"
     "\"fields\":[\"raw_material_production_id\",\"product_id\","
     "\"product_uom_qty\",\"quantity\",\"state\",\"location_id\","
     "\"location_dest_id\"],\"limit\":4001" TAIL},
    /* Broken positions. */
    {STREAM_VARIANTS, "1 0 0 0 0", NULL, NULL},
    {STREAM_VARIANTS, "0 2 0 0 0 5", NULL, NULL},
    {STREAM_STOCK, "0 2 0 0 100", NULL, NULL},
    {STREAM_STOCK, "0 2 0 0 101 5", NULL, NULL},
    {STREAM_STOCK, "0 2 0 0 0 5", NULL, NULL},
    {STREAM_STOCK, "0 1 0 0 100 5", NULL, NULL},
    {STREAM_STOCK, "0 3 0 0 100 5", NULL, NULL},
    {STREAM_PURCHASE_ORDERS, "0 1 0 9 201 8:3", NULL, NULL},
    {STREAM_STOCK, "9 0 0 0 100", NULL, NULL},
    {STREAM_STOCK, "0 2 0 0 100 5 x", NULL, NULL},
    {STREAM_STOCK, "0 2 0 0 100 -5", NULL, NULL},
    {STREAM_STOCK, "0 0 0 -1 100", NULL, NULL},
    {STREAM_STOCK, "x", NULL, NULL},
};

START_TEST(test_requests)
{
    struct question question = ask(requests[_i].stream, requests[_i].position);
    struct request request = {0};
    char error[256] = "";
    int result = odoo->request(&question, &request, error);

    if (!requests[_i].path) {
        ck_assert_int_eq(result, -1);
        ck_assert_str_ne(error, "");
    } else {
        ck_assert_msg(result == 0, "%s", error);
        ck_assert_str_eq(request.method, "POST");
        ck_assert_str_eq(buf_str(&request.path), requests[_i].path);
        ck_assert_str_eq(buf_str(&request.body), requests[_i].body);
        ck_assert_str_eq(buf_str(&request.headers),
                         "Authorization: bearer key\n"
                         "Content-Type: application/json\n"
                         "Accept: application/json\n");
        walk_settings(body_json, buf_str(&request.body)); /* is JSON */
    }
    request_free(&request);
}
END_TEST

START_TEST(test_settings)
{
    struct question question = ask(STREAM_SALES, "");
    struct request request = {0};

    endpoint.settings =
        walk_settings(json, "{\"database\":\"prod\",\"company\":3}");
    question.window.from = INSTANT_NONE;
    walk_request(odoo, &question, &request);
    ck_assert_ptr_nonnull(
        strstr(buf_str(&request.headers), "X-Odoo-Database: prod\n"));
    ck_assert_ptr_nonnull(
        strstr(buf_str(&request.body),
               "\"domain\":[[\"id\",\">\",0],[\"company_id\",\"=\",3],\"|\","
               "[\"write_date\"," TO ",[\"order_line.write_date\"," TO "]"));
    ck_assert_ptr_nonnull(
        strstr(buf_str(&request.body), "\"allowed_company_ids\":[3]"));
    request_free(&request);
}
END_TEST

static const struct {
    const char *settings, *secret;
    int result;
} checks[] = {
    {"{}", "key", 0},
    {"{\"database\":\"a\",\"company\":1,\"sales_location\":\"A\"}", "key", 0},
    {"{\"company\":\"1\"}", "key", -1},
    {"{\"company\":0}", "key", -1},
    {"{\"database\":\"a\\nX: y\"}", "key", -1},
    {"{\"purchase_location\":7}", "key", -1},
    {"{}", "key\nX: y", -1},
};

START_TEST(test_check)
{
    char error[256] = "";

    endpoint.settings = walk_settings(json, checks[_i].settings);
    endpoint.secret = checks[_i].secret;
    ck_assert_int_eq(odoo->check(&endpoint, error), checks[_i].result);
    ck_assert_int_eq(*error != '\0', checks[_i].result < 0);
}
END_TEST

START_TEST(test_variants)
{
    struct question question = ask(STREAM_VARIANTS, "");
    const struct variant_row *row = NULL;

    walk_page(
        odoo, &question, "",
        "[{\"id\":5,\"default_code\":\"T-1\",\"barcode\":\"400\","
        "\"display_name\":\"[T-1] Tee (Blue)\",\"lst_price\":19.9,"
        "\"standard_price\":7.25,\"active\":true,"
        "\"product_tmpl_id\":[2,\"Tee\"],\"categ_id\":[3,\"All / Shirts\"]"
        ",\"currency_id\":[1,\"EUR\"],"
        "\"write_date\":\"2026-11-23 04:00:00\"},"
        "{\"id\":6,\"default_code\":false,\"barcode\":false,"
        "\"display_name\":\"Tee\",\"lst_price\":0.0,\"active\":false,"
        "\"product_tmpl_id\":[2,\"Tee\"],\"categ_id\":false,"
        "\"write_date\":\"2026-01-01 00:00:00\"}]",
        &page);

    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.variants_n, 2);
    row = page.rows.variants;
    ck_assert_str_eq(row[0].id, "5");
    ck_assert_str_eq(row[0].product_id, "2");
    ck_assert_str_eq(row[0].sku, "T-1");
    ck_assert_str_eq(row[0].barcode, "400");
    ck_assert_str_eq(row[0].title, "Tee (Blue)");
    ck_assert_str_eq(row[0].category, "All / Shirts");
    ck_assert_str_eq(row[0].currency, "EUR");
    ck_assert_int_eq(row[0].price, 19900000);
    ck_assert_int_eq(row[0].cost, 7250000);
    ck_assert(row[0].active);
    ck_assert_int_eq(row[0].updated_at, at("2026-11-23T04:00:00Z"));
    ck_assert_str_eq(row[1].sku, "");
    ck_assert_str_eq(row[1].title, "Tee");
    ck_assert(!row[1].active);
    ck_assert_int_eq(row[1].price, 0);
    ck_assert(row[1].cost == FIXED_NONE);
    /* It came because its template changed. */
    ck_assert(row[1].updated_at == INSTANT_NONE);
    ck_assert_str_eq(page.next, "9 0 0 0 0");
}
END_TEST

START_TEST(test_stock)
{
    struct question question = ask(STREAM_STOCK, "");

    walk_page(odoo, &question, "",
              "[{\"id\":3,\"product_id\":[7,\"b\"]},"
              "{\"id\":4,\"product_id\":[5,\"a\"]},"
              "{\"id\":9,\"product_id\":[7,\"b\"]}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(rows_count(&page.rows), 0);
    ck_assert_str_eq(page.next, "0 2 0 9 100 5 7");

    question.position = "0 2 0 9 100 5 7";
    walk_page(odoo, &question, "",
              "[{\"id\":9,\"product_id\":[7,\"b\"],\"location_id\":"
              "[8,\"Rotterdam/Stock\"],\"quantity\":3.5,"
              "\"reserved_quantity\":1.0},"
              "{\"id\":10,\"product_id\":[7,\"b\"],\"location_id\":"
              "[9,\"Berlin/Stock\"],\"quantity\":2.0},"
              "{\"id\":11,\"product_id\":[7,\"b\"],\"location_id\":"
              "[8,\"Rotterdam/Stock\"],\"quantity\":4.0,"
              "\"reserved_quantity\":2.0}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.stock_n, 2);
    ck_assert_str_eq(page.rows.stock[0].variant, "7");
    ck_assert_str_eq(page.rows.stock[0].location, "Berlin/Stock");
    ck_assert_int_eq(page.rows.stock[0].on_hand, 2 * FIXED_ONE);
    ck_assert_str_eq(page.rows.stock[1].location, "Rotterdam/Stock");
    ck_assert_int_eq(page.rows.stock[1].on_hand, 7500000);
    ck_assert_int_eq(page.rows.stock[1].reserved, 3 * FIXED_ONE);
    /* Product 5 has no quant left: zero everywhere. */
    ck_assert_uint_eq(page.rows.whole_stock_n, 2);
    ck_assert_str_eq(page.rows.whole_stock[0].id, "5");
    ck_assert_str_eq(page.rows.whole_stock[1].id, "7");
    ck_assert_str_eq(page.next, "1 0 0 0 100"); /* the moves */

    /* On a first load the quants name all products there are. */
    question.window.from = INSTANT_NONE;
    walk_page(odoo, &question, "", "[]", &page);
    ck_assert_ptr_null(page.next);
}
END_TEST

START_TEST(test_sales)
{
    struct question question = ask(STREAM_SALES, "");
    const struct sale_line_row *line;
    const struct sale_row *row;

    walk_page(odoo, &question, "",
              "[{\"id\":8,\"name\":\"S008\",\"state\":\"sale\","
              "\"date_order\":\"2026-11-22 10:00:00\",\"currency_id\":"
              "[1,\"EUR\"],\"warehouse_id\":[4,\"Rotterdam\"],"
              "\"write_date\":\"2026-11-23 04:30:00\"},"
              "{\"id\":9,\"name\":\"S009\",\"state\":\"cancel\","
              "\"date_order\":false,\"currency_id\":false,"
              "\"warehouse_id\":false,"
              "\"write_date\":\"2026-11-23 04:30:00\"}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.sales_n, 2);
    row = page.rows.sales;
    ck_assert_str_eq(row[0].id, "8");
    ck_assert_str_eq(row[0].number, "S008");
    ck_assert_str_eq(row[0].status, "sale");
    ck_assert_str_eq(row[0].currency, "EUR");
    ck_assert(row[0].counted);
    ck_assert_int_eq(row[0].placed_at, at("2026-11-22T10:00:00Z"));
    ck_assert_int_eq(row[0].updated_at, at("2026-11-23T04:30:00Z"));
    ck_assert(!row[1].counted);
    ck_assert(row[1].placed_at == INSTANT_NONE);
    ck_assert_uint_eq(page.rows.whole_n, 0);
    ck_assert_str_eq(page.next, "0 1 0 9 200 8:4 9");

    question.position = "0 1 0 9 200 8:4 9";
    walk_page(odoo, &question, "",
              "[{\"id\":4,\"lot_stock_id\":[11,\"R dam/Stock:1\"]}]", &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_str_eq(page.next, "0 2 0 9 200 8:R%20dam%2FStock%3A1 9");

    question.position = "0 2 0 9 200 8:R%20dam%2FStock%3A1 9";
    walk_page(odoo, &question, "",
              "[{\"id\":80,\"order_id\":[8,\"S008\"],\"product_id\":[5,\"T\"],"
              "\"product_uom_qty\":3.0,\"price_unit\":10.0,\"discount\":50.0,"
              "\"price_subtotal\":14.0},"
              "{\"id\":81,\"order_id\":[8,\"S008\"],\"product_id\":false,"
              "\"product_uom_qty\":0},"
              "{\"id\":90,\"order_id\":[9,\"S009\"],\"product_id\":[6,\"U\"],"
              "\"product_uom_qty\":2.0,\"price_unit\":10.0,"
              "\"discount\":25.0}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.sale_lines_n, 2);
    line = page.rows.sale_lines;
    ck_assert_str_eq(line[0].sale, "8");
    ck_assert_str_eq(line[0].id, "80");
    ck_assert_str_eq(line[0].variant, "5");
    ck_assert_str_eq(line[0].location, "R dam/Stock:1");
    ck_assert_int_eq(line[0].quantity, 3 * FIXED_ONE);
    ck_assert_int_eq(line[0].revenue, 14 * FIXED_ONE);
    ck_assert_int_eq(line[0].returned, 0);
    ck_assert_str_eq(line[1].location, "");
    ck_assert_int_eq(line[1].revenue, 15 * FIXED_ONE);
    ck_assert_uint_eq(page.rows.whole_n, 2);
    ck_assert_ptr_null(page.next); /* sales are not swept */
}
END_TEST

START_TEST(test_purchases)
{
    struct question question = ask(STREAM_PURCHASE_ORDERS, "");
    const struct stock_order_line_row *line;
    const struct stock_order_row *row;

    endpoint.settings =
        walk_settings(json, "{\"purchase_location\":\"Depot\"}");
    walk_page(odoo, &question, "",
              "[{\"id\":8,\"name\":\"P008\",\"state\":\"purchase\","
              "\"receipt_status\":\"partial\",\"partner_id\":[3,\"Loom\"],"
              "\"currency_id\":[1,\"EUR\"],"
              "\"date_order\":\"2026-11-01 10:00:00\","
              "\"date_planned\":\"2026-12-01 10:00:00\","
              "\"picking_type_id\":[2,\"Rotterdam: Receipts\"],"
              "\"write_date\":\"2026-11-23 04:30:00\"},"
              "{\"id\":9,\"state\":\"done\",\"receipt_status\":\"pending\","
              "\"write_date\":\"2026-11-23 04:30:00\"},"
              "{\"id\":10,\"state\":\"done\",\"receipt_status\":\"full\","
              "\"write_date\":\"2026-11-23 04:30:00\"},"
              "{\"id\":11,\"state\":\"draft\",\"receipt_status\":false,"
              "\"write_date\":\"2026-11-23 04:30:00\"},"
              "{\"id\":12,\"state\":\"purchase\","
              "\"write_date\":\"2026-11-23 04:30:00\"}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.stock_orders_n, 5);
    row = page.rows.stock_orders;
    ck_assert_str_eq(row[0].id, "8");
    ck_assert_str_eq(row[0].number, "P008");
    ck_assert_str_eq(row[0].status, "purchase");
    ck_assert_str_eq(row[0].supplier, "Loom");
    ck_assert_str_eq(row[0].currency, "EUR");
    ck_assert_int_eq(row[0].ordered_at, at("2026-11-01T10:00:00Z"));
    ck_assert_int_eq(row[0].expected_at, at("2026-12-01T10:00:00Z"));
    ck_assert(row[0].open);
    ck_assert(row[1].open);
    ck_assert(!row[2].open);
    ck_assert(!row[3].open);
    ck_assert(row[4].open);
    /* The setting makes asking for operation types needless. */
    ck_assert_str_eq(page.next, "0 2 0 12 200 8 9 10 11 12");

    question.position = "0 2 1 9 1 8 9";
    walk_page(odoo, &question, "",
              "[{\"id\":80,\"order_id\":[8,\"P008\"],\"product_id\":[5,\"T\"],"
              "\"product_qty\":30.0,\"qty_received\":10.0,\"price_unit\":4.5,"
              "\"date_planned\":\"2026-12-02 10:00:00\"}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.stock_order_lines_n, 1);
    line = page.rows.stock_order_lines;
    ck_assert_str_eq(line->order, "8");
    ck_assert_str_eq(line->id, "80");
    ck_assert_str_eq(line->variant, "5");
    ck_assert_str_eq(line->from, "");
    ck_assert_str_eq(line->to, "Depot");
    ck_assert(line->inward);
    ck_assert(!line->outward);
    ck_assert_int_eq(line->quantity, 30 * FIXED_ONE);
    ck_assert_int_eq(line->received, 10 * FIXED_ONE);
    ck_assert_int_eq(line->unit_cost, 4500000);
    ck_assert_int_eq(line->expected_at, at("2026-12-02T10:00:00Z"));
    ck_assert_uint_eq(page.rows.whole_n, 1);
    ck_assert_str_eq(page.next, "0 2 1 9 2 9");

    question.position = "0 2 1 9 2 9";
    walk_page(odoo, &question, "", "[]", &page);
    ck_assert_uint_eq(page.rows.whole_n, 1);
    ck_assert_str_eq(page.next, "0 0 0 9 200"); /* on with the list */
}
END_TEST

START_TEST(test_transfers)
{
    struct question question = ask(STREAM_TRANSFER_ORDERS, "");
    const struct stock_order_line_row *line;

    walk_page(odoo, &question, "",
              "[{\"id\":8,\"name\":\"INT/8\",\"state\":\"assigned\","
              "\"create_date\":\"2026-11-20 10:00:00\","
              "\"scheduled_date\":\"2026-11-25 10:00:00\","
              "\"write_date\":\"2026-11-23 04:30:00\"},"
              "{\"id\":9,\"state\":\"done\","
              "\"write_date\":\"2026-11-23 04:30:00\"}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert(page.rows.stock_orders[0].open);
    ck_assert(!page.rows.stock_orders[1].open);
    ck_assert_int_eq(page.rows.stock_orders[0].ordered_at,
                     at("2026-11-20T10:00:00Z"));
    ck_assert_int_eq(page.rows.stock_orders[0].expected_at,
                     at("2026-11-25T10:00:00Z"));
    ck_assert_str_eq(page.next, "0 2 0 9 200 8 9");

    question.position = "0 2 0 9 200 8 9";
#define PLACES                                                                 \
    "\"location_id\":[1,\"A/Stock\"],\"location_dest_id\":[2,\"B/Stock\"]"
    walk_page(odoo, &question, "",
              "[{\"id\":80,\"picking_id\":[8,\"\"],\"product_id\":[5,\"T\"],"
              "\"product_uom_qty\":3.0,\"quantity\":3.0,"
              "\"state\":\"assigned\"," PLACES "},"
              "{\"id\":81,\"picking_id\":[8,\"\"],\"product_id\":[5,\"T\"],"
              "\"product_uom_qty\":3.0,\"state\":\"cancel\"," PLACES "},"
              "{\"id\":90,\"picking_id\":[9,\"\"],\"product_id\":[5,\"T\"],"
              "\"product_uom_qty\":3.0,\"quantity\":2.0,"
              "\"state\":\"done\"," PLACES "}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.stock_order_lines_n, 2);
    line = page.rows.stock_order_lines;
    ck_assert_str_eq(line[0].from, "A/Stock");
    ck_assert_str_eq(line[0].to, "B/Stock");
    ck_assert(line[0].inward && line[0].outward);
    ck_assert_int_eq(line[0].received, 0);
    ck_assert_int_eq(line[0].sent, 0);
    ck_assert_int_eq(line[1].received, 2 * FIXED_ONE);
    ck_assert_int_eq(line[1].sent, 2 * FIXED_ONE);
    ck_assert_uint_eq(page.rows.whole_n, 2);
    ck_assert_str_eq(page.next, "9 0 0 0 200");
}
END_TEST

START_TEST(test_assemblies)
{
    struct question question = ask(STREAM_ASSEMBLY_ORDERS, "");
    const struct stock_order_line_row *line;

    walk_page(odoo, &question, "",
              "[{\"id\":8,\"name\":\"MO/8\",\"state\":\"progress\","
              "\"create_date\":\"2026-11-20 10:00:00\","
              "\"date_start\":\"2026-11-21 10:00:00\","
              "\"date_finished\":\"2026-11-25 10:00:00\","
              "\"product_id\":[50,\"Kit\"],\"product_qty\":10.0,"
              "\"qty_produced\":4.0,\"location_dest_id\":[1,\"A/Stock 1\"],"
              "\"write_date\":\"2026-11-23 04:30:00\"}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert(page.rows.stock_orders[0].open);
    ck_assert_int_eq(page.rows.stock_orders[0].expected_at,
                     at("2026-11-25T10:00:00Z"));
    ck_assert_str_eq(page.next,
                     "0 2 0 8 200 8:50%2010000000%204000000%20A%2FStock%201");

    question.position = "0 2 0 8 200 8:50%2010000000%204000000%20A%2FStock%201";
    walk_page(odoo, &question, "",
              "[{\"id\":80,\"raw_material_production_id\":[8,\"\"],"
              "\"product_id\":[5,\"T\"],\"product_uom_qty\":20.0,"
              "\"quantity\":8.0,\"state\":\"done\"," PLACES "}]",
              &page);
    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.stock_order_lines_n, 2);
    line = page.rows.stock_order_lines;
    ck_assert_str_eq(line[0].id, "product");
    ck_assert_str_eq(line[0].variant, "50");
    ck_assert_str_eq(line[0].from, "");
    ck_assert_str_eq(line[0].to, "A/Stock 1");
    ck_assert(line[0].inward && !line[0].outward);
    ck_assert_int_eq(line[0].quantity, 10 * FIXED_ONE);
    ck_assert_int_eq(line[0].received, 4 * FIXED_ONE);
    ck_assert_str_eq(line[1].id, "80");
    ck_assert_str_eq(line[1].from, "A/Stock");
    ck_assert_str_eq(line[1].to, "");
    ck_assert(!line[1].inward && line[1].outward);
    ck_assert_int_eq(line[1].quantity, 20 * FIXED_ONE);
    ck_assert_int_eq(line[1].sent, 8 * FIXED_ONE);
    ck_assert_uint_eq(page.rows.whole_n, 1);
}
END_TEST

#define DATED ",\"write_date\":\"2026-11-23 04:30:00\""
#define MOVE "[{\"id\":1,\"picking_id\":[8,\"\"],\"product_id\":[5,\"\"],"

static const struct {
    enum stream stream;
    const char *position, *body, *error;
} wrongs[] = {
    {STREAM_VARIANTS, "", "<html>", "HTML"},
    {STREAM_VARIANTS, "", "{\"x\":1}", "product.product: answered no list"},
    {STREAM_VARIANTS, "", "[7]", "variant number 1 of the page has no id"},
    {STREAM_VARIANTS, "", "[{\"id\":\"x\"}]", "ascending"},
    {STREAM_VARIANTS, "0 0 0 9 0", "[{\"id\":9}]", "ascending"},
    {STREAM_VARIANTS, "", "[{\"id\":1,\"active\":true}]",
     "variant 1: write_date is missing"},
    {STREAM_VARIANTS, "", "[{\"id\":1,\"active\":7" DATED "}]", "active"},
    {STREAM_VARIANTS, "",
     "[{\"id\":1,\"active\":true,\"lst_price\":[]" DATED "}]",
     "lst_price is not a number"},
    {STREAM_VARIANTS, "",
     "[{\"id\":1,\"active\":true,\"product_tmpl_id\":7" DATED "}]",
     "product_tmpl_id is no link"},
    {STREAM_VARIANTS, "",
     "[{\"id\":1,\"active\":true,\"categ_id\":[1]" DATED "}]",
     "categ_id is no link with a name"},
    {STREAM_VARIANTS, "", "[{\"id\":1,\"active\":true,\"write_date\":5}]",
     "write_date is not a time"},
    {STREAM_VARIANTS, "9 0 0 5 0", "[4]", "ascending"},
    {STREAM_VARIANTS, "9 0 0 5 0", "[\"6\"]", "ascending"},
    {STREAM_STOCK, "", "[{\"id\":1,\"product_id\":false}]",
     "quant 1: product_id is no link"},
    {STREAM_STOCK, "0 2 0 9 100 5", "[{\"id\":1,\"product_id\":[6,\"\"]}]",
     "quant 1: product_id was not asked for"},
    {STREAM_STOCK, "0 2 0 9 100 5", "[{\"id\":1,\"product_id\":[5,\"\"]}]",
     "quantity is missing"},
    {STREAM_STOCK, "0 2 0 9 100 5",
     "[{\"id\":1,\"product_id\":[5,\"\"],\"quantity\":1}]",
     "location_id is missing"},
    {STREAM_STOCK, "0 2 0 9 100 5",
     "[{\"id\":1,\"product_id\":[5,\"\"],\"quantity\":9e12,"
     "\"location_id\":[1,\"A\"]},{\"id\":2,\"product_id\":[5,\"\"],"
     "\"quantity\":9e12,\"location_id\":[1,\"A\"]}]",
     "too large"},
    {STREAM_SALES, "", "[{\"id\":1" DATED "}]", "order 1: state is missing"},
    {STREAM_SALES, "0 2 0 9 200 8",
     "[{\"id\":1,\"order_id\":[8,\"\"],\"product_id\":[5,\"\"]}]",
     "order line 1: product_uom_qty is missing"},
    {STREAM_SALES, "0 1 0 9 200 8:4", "[{\"name\":\"x\"}]", "has no id"},
    {STREAM_ASSEMBLY_ORDERS, "",
     "[{\"id\":1,\"state\":\"draft\",\"product_id\":[5,\"\"]" DATED "}]",
     "product_qty is missing"},
    {STREAM_TRANSFER_ORDERS, "0 2 0 9 200 8", MOVE "\"state\":\"done\"}]",
     "product_uom_qty is missing"},
    {STREAM_TRANSFER_ORDERS, "0 2 0 9 200 8",
     MOVE "\"product_uom_qty\":1,\"quantity\":\"x\",\"state\":\"done\"}]",
     "quantity is not a number"},
    {STREAM_TRANSFER_ORDERS, "0 2 0 9 200 8",
     MOVE "\"product_uom_qty\":1,\"location_id\":\"x\"}]",
     "location_id is no link"},
};

START_TEST(test_wrong_types)
{
    struct question question = ask(wrongs[_i].stream, wrongs[_i].position);

    walk_page(odoo, &question, "", wrongs[_i].body, &page);
    ck_assert_int_eq(page.class, PAGE_BROKEN);
    ck_assert_msg(strstr(page.error, wrongs[_i].error) != NULL, "%s: %s",
                  wrongs[_i].body, page.error);
}
END_TEST

START_TEST(test_broken_product_line)
{
    struct question question = ask(STREAM_ASSEMBLY_ORDERS, "0 2 0 8 200 8:50");

    walk_page(odoo, &question, "", "[]", &page);
    ck_assert_int_eq(page.class, PAGE_RESTART);
}
END_TEST

static const struct {
    int status;
    const char *body;
    enum page_class class;
    const char *error;
} refusals[] = {
    {403,
     "{\"name\":\"odoo.exceptions.AccessError\",\"message\":\"You may not "
     "read this\"}",
     PAGE_REFUSED,
     "status 403 AccessError on sale.order: You may not read this"},
    {401,
     "{\"name\":\"werkzeug.exceptions.Unauthorized\",\"message\":\"Invalid "
     "apikey\"}",
     PAGE_REFUSED, "Invalid apikey"},
    {500,
     "{\"name\":\"psycopg2.errors.SerializationFailure\",\"message\":\"x\"}",
     PAGE_RETRY, "SerializationFailure"},
    {400,
     "{\"name\":\"psycopg2.errors.SerializationFailure\",\"message\":\"x\"}",
     PAGE_RETRY, "SerializationFailure"},
    {503, "busy", PAGE_RETRY, "status 503"},
    {429, "{}", PAGE_THROTTLED, "status 429"},
};

START_TEST(test_refused)
{
    struct question question = ask(STREAM_SALES, "");
    struct answer answer = {
        .status = refusals[_i].status,
        .headers = "",
        .body = refusals[_i].body,
        .length = strlen(refusals[_i].body),
    };

    odoo->refused(&question, &answer, &page);
    ck_assert_int_eq(page.class, refusals[_i].class);
    ck_assert_msg(strstr(page.error, refusals[_i].error) != NULL, "%s",
                  page.error);
}
END_TEST

/* An Odoo of ORDERS sale orders, ids from 1, the I-th of which has LINES(i)
 * lines, all written in one transaction. */

enum { ORDERS = 450 };

static int lines_of[ORDERS + 1];
static int headers_seen[ORDERS + 1], lines_seen[ORDERS + 1], wholes[ORDERS + 1];

/* The operand of the term [FIELD, OP, operand] of the domain. */
static struct json_value term(struct json_value body, const char *field,
                              const char *op)
{
    struct json_iter it = json_each(json_get(body, "domain"));
    struct json_value v, none = {0};

    while (json_next(&it, &v))
        if (strcmp(json_str_or(json_at(v, 0), ""), field) == 0 &&
            strcmp(json_str_or(json_at(v, 1), ""), op) == 0)
            return json_at(v, 2);
    return none;
}

static int64_t limit_of(struct json_value body)
{
    int64_t limit = INT64_MAX;

    if (json_int(json_get(body, "limit"), &limit) < 0)
        return INT64_MAX;
    return limit;
}

static void serve_orders(struct json_value body, struct buf *out)
{
    int64_t after = 0, limit = limit_of(body);
    const char *comma = "";

    ck_assert_int_eq(json_int(term(body, "id", ">"), &after), 0);
    for (int id = (int)after + 1; id <= ORDERS && limit > 0; id++, limit--) {
        buf_printf(out,
                   "%s{\"id\":%d,\"state\":\"sale\",\"warehouse_id\":[%d,"
                   "\"W\"],\"write_date\":\"2026-11-23 04:30:00\"}",
                   comma, id, id % 3 + 1);
        comma = ",";
    }
}

static void serve_lines(struct json_value body, struct buf *out)
{
    struct json_iter it = json_each(term(body, "order_id", "in"));
    int64_t order, limit = limit_of(body);
    struct json_value v;
    const char *comma = "";

    while (json_next(&it, &v)) {
        ck_assert_int_eq(json_int(v, &order), 0);
        for (int i = 0; i < lines_of[order] && limit > 0; i++, limit--) {
            buf_printf(out,
                       "%s{\"id\":%d,\"order_id\":[%d,\"S\"],\"product_id\":"
                       "[1,\"T\"],\"product_uom_qty\":1}",
                       comma, (int)order * 10000 + i, (int)order);
            comma = ",";
        }
    }
}

static void serve(void *arg, const struct request *request, struct buf *headers,
                  struct buf *body)
{
    struct json_value root = walk_settings(body_json, buf_str(&request->body));
    const char *path = buf_str(&request->path);

    (void)arg;
    (void)headers;
    buf_char(body, '[');
    if (strstr(path, "/sale.order/"))
        serve_orders(root, body);
    else if (strstr(path, "/sale.order.line/"))
        serve_lines(root, body);
    else if (strstr(path, "/stock.warehouse/"))
        buf_text(body, "{\"id\":1,\"lot_stock_id\":[1,\"A/Stock\"]},"
                       "{\"id\":2,\"lot_stock_id\":[2,\"B/Stock\"]},"
                       "{\"id\":3,\"lot_stock_id\":false}");
    else
        ck_abort_msg("asked for %s", path);
    buf_char(body, ']');
}

static void note(void *arg, const struct page *seen)
{
    static const char *const locations[] = {"A/Stock", "B/Stock", ""};
    const struct rows *rows = &seen->rows;

    (void)arg;
    ck_assert_uint_le(rows->sale_lines_n, 6000);
    for (size_t i = 0; i < rows->sales_n; i++)
        headers_seen[atoi(rows->sales[i].id)]++;
    for (size_t i = 0; i < rows->whole_n; i++)
        wholes[atoi(rows->whole[i].id)]++;
    for (size_t i = 0; i < rows->sale_lines_n; i++) {
        const struct sale_line_row *line = &rows->sale_lines[i];
        int order = atoi(line->sale);
        ck_assert_str_eq(line->location, locations[order % 3]);
        ck_assert_int_gt(wholes[order], 0); /* on the same page */
        lines_seen[order]++;
    }
}

START_TEST(test_walk_of_orders)
{
    struct walk walk = {
        .platform = odoo,
        .endpoint = endpoint,
        .stream = STREAM_SALES,
        .window = {.from = at("2026-11-23T04:00:00Z"),
                   .to = at("2026-11-23T05:00:00Z")},
        .serve = serve,
        .seen = note,
        .requests_max = 60,
    };

    for (int i = 1; i <= ORDERS; i++)
        lines_of[i] = i % 4;
    lines_of[120] = 5900; /* alone more than fits */
    lines_of[300] = 3000; /* two, together more than fit */
    lines_of[301] = 3000;
    walk_run(&walk);
    for (int i = 1; i <= ORDERS; i++) {
        ck_assert_int_eq(headers_seen[i], 1);
        ck_assert_int_eq(wholes[i], 1);
        ck_assert_int_eq(lines_seen[i], lines_of[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("platform_odoo");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_requests, 0, (int)ARRAY_LEN(requests));
    tcase_add_test(tcase, test_settings);
    tcase_add_loop_test(tcase, test_check, 0, (int)ARRAY_LEN(checks));
    tcase_add_test(tcase, test_variants);
    tcase_add_test(tcase, test_stock);
    tcase_add_test(tcase, test_sales);
    tcase_add_test(tcase, test_purchases);
    tcase_add_test(tcase, test_transfers);
    tcase_add_test(tcase, test_assemblies);
    tcase_add_loop_test(tcase, test_wrong_types, 0, (int)ARRAY_LEN(wrongs));
    tcase_add_test(tcase, test_broken_product_line);
    tcase_add_loop_test(tcase, test_refused, 0, (int)ARRAY_LEN(refusals));
    tcase_add_test(tcase, test_walk_of_orders);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
