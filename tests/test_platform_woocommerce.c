/* test_platform_woocommerce.c - requests and pages from bytes, and whole walks
 * against a shop in this process that filters and sorts as WooCommerce does. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "tests/helper_walk.h"
#include "worker/platforms/list.h"

static const struct platform *const woo = &platform_woocommerce;
static struct json *json;
static struct page page;
static struct endpoint endpoint;

static void setup(void)
{
    json = json_new();
    page_init(&page);
    endpoint = (struct endpoint){
        .path = "/shop",
        .user = "ck_1",
        .secret = "cs_2",
        .settings = walk_settings(json, "{\"currency\":\"EUR\"}"),
    };
}

static void teardown(void)
{
    page_free(&page);
    json_free(json);
}

static struct question ask(enum stream stream, const char *position, bool sweep)
{
    return (struct question){
        .endpoint = &endpoint,
        .stream = stream,
        .window = {.from = at("2026-11-23T04:00:00.25Z"),
                   .to = at("2026-11-23T05:00:00.75Z"),
                   .sweep = sweep},
        .position = position,
        .session = "",
    };
}

/* Seconds of the window's ends: 1795406400 is 2026-11-23T04:00:00Z. */
#define LIST "/shop/wp-json/wc/v3/"
#define WALK "&per_page=100&orderby=modified&order=asc&dates_are_gmt=true"

static const struct {
    enum stream stream;
    const char *position, *path;
} requests[] = {
    {STREAM_VARIANTS, "",
     LIST "products?status=any" WALK "&modified_after=2026-11-23T03%3A59%3A59"
          "&modified_before=2026-11-23T05%3A00%3A01"},
    {STREAM_SALES, "",
     LIST "orders?status=any" WALK "&modified_after=2026-11-23T03%3A59%3A59"
          "&modified_before=2026-11-23T05%3A00%3A01"},
    {STREAM_VARIANTS, "1 1795406405 -9223372036854775808 0 -1 3600",
     LIST "products?status=trash" WALK "&modified_after=2026-11-23T04%3A00%3A04"
          "&modified_before=2026-11-23T05%3A00%3A01"},
    {STREAM_VARIANTS, "2 1795406405 1795406405 200 250 0",
     LIST "variations?status=any&per_page=100&offset=190&orderby=modified"
          "&order=asc&dates_are_gmt=true"
          "&modified_after=2026-11-23T04%3A00%3A04"
          "&modified_before=2026-11-23T04%3A00%3A06"},
    {STREAM_VARIANTS, "2 -9223372036854775808 -9223372036854775808 0 -1 0",
     LIST "variations?status=any" WALK
          "&modified_before=2026-11-23T05%3A00%3A01"},
    {STREAM_VARIANTS, "5 0 0 100 150 0", NULL},
    {STREAM_VARIANTS, "5 1795406405 -9223372036854775808 100 150 0",
     LIST "variations?status=any&per_page=100&offset=90&orderby=id&order=asc"
          "&_fields=id,type"},
    {STREAM_SALES, "7 1795406405 -9223372036854775808 0 -1 0",
     LIST "orders?status=trash" WALK "&modified_after=2026-11-23T04%3A00%3A04"
          "&modified_before=2026-11-23T05%3A00%3A01"},
    /* Not ours: another stream's phase, too few, too many, no numbers. */
    {STREAM_SALES, "0 1795406405 -9223372036854775808 -1 -1 0", NULL},
    {STREAM_VARIANTS, "6 1795406405 -9223372036854775808 0 -1 0", NULL},
    {STREAM_VARIANTS, "8 1795406405 -9223372036854775808 0 -1 0", NULL},
    {STREAM_VARIANTS, "-1 1795406405 -9223372036854775808 0 -1 0", NULL},
    {STREAM_VARIANTS, "0 1795406405 -9223372036854775808 -1 -1 0", NULL},
    {STREAM_VARIANTS, "0 1795406405 -9223372036854775808 0 -1", NULL},
    {STREAM_VARIANTS, "0 1795406405 -9223372036854775808 0 -1 0 1", NULL},
    {STREAM_VARIANTS, "0 99999999999999 -9223372036854775808 0 -1 0", NULL},
    {STREAM_VARIANTS, "0 179540640500000000000 1 1 -1 0", NULL},
    {STREAM_VARIANTS, "products", NULL},
    {STREAM_STOCK, "", NULL},
};

START_TEST(test_requests)
{
    struct question question =
        ask(requests[_i].stream, requests[_i].position, true);
    struct request request = {0};
    char error[256] = "";
    int result = woo->request(&question, &request, error);

    if (!requests[_i].path) {
        ck_assert_int_eq(result, -1);
        ck_assert_str_ne(error, "");
    } else {
        ck_assert_msg(result == 0, "%s", error);
        ck_assert_str_eq(request.method, "GET");
        ck_assert_str_eq(buf_str(&request.path), requests[_i].path);
        ck_assert_str_eq(buf_str(&request.headers),
                         "Authorization: Basic Y2tfMTpjc18y\n"
                         "Accept: application/json\n");
    }
    request_free(&request);
}
END_TEST

START_TEST(test_products)
{
    struct question question = ask(STREAM_VARIANTS, "", false);
    const struct variant_row *row;

    walk_page(
        woo, &question, "X-WP-Total: 4\r\n",
        "[{\"id\":7,\"type\":\"simple\",\"status\":\"publish\",\"sku\":\"T-1\","
        "\"name\":\"Tee \\u00e9\",\"global_unique_id\":\"400638133393\","
        "\"price\":\"19.90\",\"cost_of_goods_sold\":{\"total_value\":7.5},"
        "\"categories\":[{\"id\":1,\"name\":\"Shirts\"}],"
        "\"brands\":[{\"name\":\"Loom\"}],\"manage_stock\":true,"
        "\"stock_quantity\":12.5,\"date_modified\":\"2026-11-23T05:10:00\","
        "\"date_modified_gmt\":\"2026-11-23T04:10:00\"},"
        "{\"id\":8,\"type\":\"variable\",\"manage_stock\":true,"
        "\"stock_quantity\":3,\"date_modified_gmt\":\"2026-11-23T04:11:00\"},"
        "{\"id\":9,\"type\":\"simple\",\"status\":\"trash\",\"sku\":\"\","
        "\"price\":\"\",\"manage_stock\":false,\"stock_quantity\":null,"
        "\"date_modified_gmt\":\"2026-11-23T04:12:00\"},"
        "{\"id\":10,\"type\":\"external\",\"status\":\"draft\","
        "\"date_modified_gmt\":\"2026-11-23T04:12:00\"}]",
        &page);

    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.variants_n, 3);
    row = &page.rows.variants[0];
    ck_assert_str_eq(row->id, "7");
    ck_assert_str_eq(row->product_id, "7");
    ck_assert_str_eq(row->sku, "T-1");
    ck_assert_str_eq(row->title, "Tee \xc3\xa9");
    ck_assert_str_eq(row->barcode, "400638133393");
    ck_assert_str_eq(row->category, "Shirts");
    ck_assert_str_eq(row->vendor, "Loom");
    ck_assert_str_eq(row->currency, "EUR");
    ck_assert_int_eq(row->price, 19900000);
    ck_assert_int_eq(row->cost, 7500000);
    ck_assert(row->active);
    ck_assert(!row->removed);
    ck_assert_int_eq(row->updated_at, at("2026-11-23T04:10:00Z"));
    row = &page.rows.variants[1];
    ck_assert_str_eq(row->id, "9");
    ck_assert(row->removed);
    ck_assert(row->price == FIXED_NONE);
    ck_assert(!page.rows.variants[2].active);
    ck_assert_uint_eq(page.rows.stock_n, 1);
    ck_assert_str_eq(page.rows.stock[0].variant, "7");
    ck_assert_str_eq(page.rows.stock[0].location, "");
    ck_assert_int_eq(page.rows.stock[0].on_hand, 12500000);
    ck_assert_int_eq(page.rows.stock[0].updated_at, at("2026-11-23T04:10:00Z"));
    /* One that is no longer managed has no level any more. */
    ck_assert_uint_eq(page.rows.whole_stock_n, 3);
    ck_assert_str_eq(page.next, "1 1795406400 -9223372036854775808 0 -1 "
                                "-9223372036854775808");
}
END_TEST

START_TEST(test_variations)
{
    struct question question =
        ask(STREAM_VARIANTS, "3 1795406400 -9223372036854775808 0 -1 0", false);
    const struct variant_row *row;

    walk_page(woo, &question, "",
              "[{\"id\":71,\"parent_id\":7,\"type\":\"variation\",\"status\":"
              "\"private\",\"sku\":\"T-1-L\",\"name\":\"L\",\"price\":\"20\","
              "\"manage_stock\":\"parent\",\"stock_quantity\":4,"
              "\"date_modified_gmt\":\"2026-11-23T04:10:00\"}]",
              &page);

    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.variants_n, 1);
    row = &page.rows.variants[0];
    ck_assert_str_eq(row->id, "71");
    ck_assert_str_eq(row->product_id, "7");
    ck_assert_str_eq(row->title, "L");
    ck_assert(!row->active);
    ck_assert_uint_eq(page.rows.stock_n, 0);
    ck_assert_uint_eq(page.rows.whole_stock_n, 1);
    ck_assert_ptr_null(page.next); /* no sweep asked for */
}
END_TEST

static const struct {
    const char *status;
    bool counted;
} states[] = {
    {"processing", true}, {"completed", true},      {"on-hold", true},
    {"refunded", true},   {"shipped", true},        {"pending", false},
    {"failed", false},    {"cancelled", false},     {"trash", false},
    {"draft", false},     {"checkout-draft", false}};

START_TEST(test_which_orders_count)
{
    struct question question = ask(STREAM_SALES, "", false);
    char body[256];

    snprintf(body, sizeof body,
             "[{\"id\":1,\"status\":\"%s\",\"line_items\":[],"
             "\"date_modified_gmt\":\"2026-11-23T04:10:00\"}]",
             states[_i].status);
    walk_page(woo, &question, "", body, &page);
    ck_assert_uint_eq(page.rows.sales_n, 1);
    ck_assert_msg(page.rows.sales[0].counted == states[_i].counted, "%s",
                  states[_i].status);
}
END_TEST

START_TEST(test_orders)
{
    struct question question = ask(STREAM_SALES, "", false);
    const struct sale_line_row *line;
    const struct sale_row *row;

    walk_page(
        woo, &question, "",
        "[{\"id\":90,\"number\":\"1090\",\"status\":\"completed\","
        "\"currency\":\"GBP\",\"date_created_gmt\":\"2026-11-20T10:00:00\","
        "\"date_modified_gmt\":\"2026-11-23T04:10:00\",\"line_items\":["
        "{\"id\":1,\"product_id\":7,\"variation_id\":71,\"quantity\":3,"
        "\"total\":\"30.00\",\"sku\":\"T-1-L\"},"
        "{\"id\":2,\"product_id\":9,\"variation_id\":0,\"quantity\":1,"
        "\"total\":\"5\",\"sku\":\"T-9\"},"
        "{\"id\":3,\"product_id\":0,\"variation_id\":0,\"quantity\":2,"
        "\"total\":\"4\",\"sku\":\"GONE\"},"
        "{\"id\":4,\"product_id\":0,\"quantity\":1,\"total\":\"1\"}],"
        "\"refunds\":[{\"id\":5,\"total\":\"-20\",\"line_items\":[{\"id\":6,"
        "\"quantity\":-2,\"meta_data\":[{\"key\":\"x\",\"value\":[]},"
        "{\"key\":\"_refunded_item_id\",\"value\":\"1\"}]}]}]},"
        "{\"id\":91,\"status\":\"refunded\","
        "\"date_modified_gmt\":\"2026-11-23T04:10:01\","
        "\"line_items\":[{\"id\":1,\"product_id\":9,\"quantity\":4,"
        "\"total\":\"20\"}]},"
        "{\"id\":92,\"status\":\"checkout-draft\",\"line_items\":[],"
        "\"date_modified_gmt\":\"2026-11-23T04:10:01\"}]",
        &page);

    ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
    ck_assert_uint_eq(page.rows.sales_n, 3);
    row = &page.rows.sales[0];
    ck_assert_str_eq(row->id, "90");
    ck_assert_str_eq(row->number, "1090");
    ck_assert_str_eq(row->status, "completed");
    ck_assert_str_eq(row->currency, "GBP");
    ck_assert(row->counted);
    ck_assert_int_eq(row->placed_at, at("2026-11-20T10:00:00Z"));
    ck_assert_int_eq(row->updated_at, at("2026-11-23T04:10:00Z"));
    ck_assert(page.rows.sales[1].counted);
    ck_assert(!page.rows.sales[2].counted);
    ck_assert_uint_eq(page.rows.sale_lines_n, 4);
    line = page.rows.sale_lines;
    ck_assert_str_eq(line[0].sale, "90");
    ck_assert_str_eq(line[0].id, "1");
    ck_assert_str_eq(line[0].variant, "71");
    ck_assert_int_eq(line[0].quantity, 3 * FIXED_ONE);
    ck_assert_int_eq(line[0].returned, 2 * FIXED_ONE);
    ck_assert_int_eq(line[0].revenue, 30 * FIXED_ONE);
    ck_assert_str_eq(line[1].variant, "9");
    ck_assert_int_eq(line[1].returned, 0);
    ck_assert_str_eq(line[2].variant, "sku:GONE");
    ck_assert_str_eq(line[3].sale, "91");
    ck_assert_int_eq(line[3].returned, 4 * FIXED_ONE);
    ck_assert_uint_eq(page.rows.whole_n, 3);
    ck_assert_str_eq(page.rows.whole[2].id, "92");
}
END_TEST

static const struct {
    const char *position, *body, *error;
} wrongs[] = {
    {"", "<html>", "HTML"},
    {"", "[{\"id\":1}", "broken JSON"},
    {"", "{\"code\":\"x\"}", "no list of products"},
    {"", "[7]", "product number 1 of the page has no id"},
    {"", "[{\"id\":{}}]", "has no id"},
    {"", "[{\"id\":1}]", "product 1: date_modified_gmt is missing"},
    {"", "[{\"id\":1,\"date_modified_gmt\":7}]", "is not a time"},
    {"", "[{\"id\":1,\"date_modified_gmt\":\"yesterday\"}]", "is not a time"},
    {"", "[{\"id\":1,\"price\":{},\"date_modified_gmt\":\"2026-11-23\"}]",
     "product 1: price is not a number"},
    {"", "[{\"id\":1,\"sku\":[],\"date_modified_gmt\":\"2026-11-23\"}]",
     "product 1: sku is not a text"},
    {"",
     "[{\"id\":1,\"manage_stock\":true,\"stock_quantity\":\"many\","
     "\"date_modified_gmt\":\"2026-11-23\"}]",
     "stock_quantity is not a number"},
    {"5 1795406405 -9223372036854775808 100 150 0", "[{\"type\":\"x\"}]",
     "variation number 1 of the page has no id"},
    {"5 1795406405 -9223372036854775808 100 150 0", "[{\"id\":1,\"type\":[1]}]",
     "type is not a text"},
};

START_TEST(test_wrong_types)
{
    struct question question = ask(STREAM_VARIANTS, wrongs[_i].position, true);

    walk_page(woo, &question, "", wrongs[_i].body, &page);
    ck_assert_int_eq(page.class, PAGE_BROKEN);
    ck_assert_msg(strstr(page.error, wrongs[_i].error) != NULL, "%s: %s",
                  wrongs[_i].body, page.error);
}
END_TEST

static const char *const wrong_orders[] = {
    "[{\"id\":1,\"date_modified_gmt\":\"2026-11-23\"}]",
    "[{\"id\":1,\"status\":\"x\",\"date_modified_gmt\":\"2026-11-23\","
    "\"line_items\":[{\"product_id\":1}]}]",
    "[{\"id\":1,\"status\":\"x\",\"date_modified_gmt\":\"2026-11-23\","
    "\"line_items\":[{\"id\":1,\"product_id\":1}]}]",
    "[{\"id\":1,\"status\":\"x\",\"date_modified_gmt\":\"2026-11-23\","
    "\"line_items\":[{\"id\":1,\"product_id\":1,\"quantity\":\"x\"}]}]",
    "[{\"id\":1,\"status\":\"x\",\"date_modified_gmt\":\"2026-11-23\","
    "\"line_items\":[{\"id\":1,\"product_id\":1,\"quantity\":1,"
    "\"total\":[]}]}]",
    "[{\"id\":1,\"status\":\"x\",\"date_modified_gmt\":\"2026-11-23\","
    "\"line_items\":[{\"id\":1,\"product_id\":1,\"quantity\":1}],"
    "\"refunds\":[{\"line_items\":[{\"quantity\":null,\"meta_data\":[{"
    "\"key\":\"_refunded_item_id\",\"value\":1}]}]}]}]",
};

START_TEST(test_wrong_orders)
{
    struct question question = ask(STREAM_SALES, "", true);

    walk_page(woo, &question, "", wrong_orders[_i], &page);
    ck_assert_int_eq(page.class, PAGE_BROKEN);
    ck_assert_msg(strstr(page.error, "1: ") || strstr(page.error, "number 1"),
                  "%s", page.error);
}
END_TEST

START_TEST(test_refused)
{
    struct question question =
        ask(STREAM_VARIANTS, "2 1795406405 -9223372036854775808 0 -1 0", true);
    struct answer answer = {
        .status = 404,
        .headers = "",
        .body = "{\"code\":\"rest_no_route\",\"message\":\"No route\"}",
    };

    answer.length = strlen(answer.body);
    woo->refused(&question, &answer, &page);
    ck_assert_int_eq(page.class, PAGE_REFUSED);
    ck_assert_ptr_nonnull(strstr(page.error, "10.3"));
    question.position = "";
    page_reset(&page);
    woo->refused(&question, &answer, &page);
    ck_assert_ptr_nonnull(strstr(page.error, "No route"));
}
END_TEST

START_TEST(test_check)
{
    char error[256] = "";

    ck_assert_int_eq(woo->check(&endpoint, error), 0);
    endpoint.settings = walk_settings(json, "{\"currency\":7}");
    ck_assert_int_eq(woo->check(&endpoint, error), -1);
    ck_assert_ptr_nonnull(strstr(error, "currency"));
}
END_TEST

/* A shop that filters, sorts and pages as WooCommerce does. */

enum { ROWS_MAX = 1200, SECOND_0 = 1795406400 };

struct thing {
    const char *resource;
    bool trash;
    int id;
    int64_t second;
    int64_t offset; /* of the shop's clock then */
    const char *type;
};

struct shop {
    struct thing things[ROWS_MAX];
    int n;
    int requests;
    void (*before)(struct shop *shop); /* each request */
    bool no_total;
    int seen[ROWS_MAX], named[ROWS_MAX], removed[ROWS_MAX]; /* by id */
};

static struct shop shop;
static bool by_id;

static void stock(const char *resource, int count, int64_t second)
{
    for (int i = 0; i < count; i++, shop.n++)
        shop.things[shop.n] = (struct thing){.resource = resource,
                                             .id = shop.n + 1,
                                             .second = SECOND_0 + second,
                                             .type = "simple"};
}

static bool parameter(const char *path, const char *name, char *out)
{
    char key[40];
    const char *found;

    snprintf(key, sizeof key, "%s=", name);
    found = strstr(path, key);
    if (!found)
        return false;
    for (found += strlen(key); *found && *found != '&'; found++)
        if (strncmp(found, "%3A", 3) == 0) {
            *out++ = ':';
            found += 2;
        } else {
            *out++ = *found;
        }
    *out = '\0';
    return true;
}

static int64_t bound(const char *path, const char *name, int64_t otherwise)
{
    char text[64];

    return parameter(path, name, text) ? at(text) / SECOND : otherwise;
}

static int compare(const void *a, const void *b)
{
    const struct thing *const *x = a, *const *y = b;
    int64_t i = (*x)->second + (*x)->offset, j = (*y)->second + (*y)->offset;

    if (by_id || i == j)
        return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
    return (i > j) - (i < j);
}

static void put(struct buf *body, const struct thing *thing)
{
    char utc[INSTANT_TEXT], local[INSTANT_TEXT];

    instant_seconds(thing->second * SECOND, 'T', utc);
    instant_seconds((thing->second + thing->offset) * SECOND, 'T', local);
    buf_printf(body,
               "%s{\"id\":%d,\"type\":\"%s\",\"status\":\"%s\","
               "\"date_modified_gmt\":\"%s\",\"date_modified\":\"%s\"}",
               body->length > 1 ? "," : "", thing->id, thing->type,
               thing->trash ? "trash" : "publish", utc, local);
}

static void serve(void *arg, const struct request *request, struct buf *headers,
                  struct buf *body)
{
    static const struct thing *found[ROWS_MAX];
    const char *path = buf_str(&request->path);
    int64_t after = bound(path, "modified_after", INT64_MIN);
    int64_t before = bound(path, "modified_before", INT64_MAX);
    char text[64];
    int n = 0, start;

    (void)arg;
    shop.requests++;
    if (shop.before)
        shop.before(&shop);
    by_id = strstr(path, "orderby=id") != NULL;
    for (int i = 0; i < shop.n; i++) {
        const struct thing *thing = &shop.things[i];
        snprintf(text, sizeof text, "/%s?status=%s&", thing->resource,
                 thing->trash ? "trash" : "any");
        if (strstr(path, text) && thing->second > after &&
            thing->second < before)
            found[n++] = thing;
    }
    qsort(found, (size_t)n, sizeof *found, compare);
    if (!shop.no_total)
        buf_printf(headers, "X-WP-Total: %d\r\n", n);
    start = parameter(path, "offset", text) ? atoi(text) : 0;
    buf_char(body, '[');
    for (int i = start; i < n && i < start + 100; i++)
        put(body, found[i]);
    buf_char(body, ']');
}

static void note(void *arg, const struct page *seen)
{
    const struct rows *rows = &seen->rows;

    (void)arg;
    for (size_t i = 0; i < rows->variants_n; i++) {
        shop.seen[atoi(rows->variants[i].id)]++;
        shop.removed[atoi(rows->variants[i].id)] += rows->variants[i].removed;
    }
    for (size_t i = 0; i < rows->sales_n; i++)
        shop.seen[atoi(rows->sales[i].id)]++;
    for (size_t i = 0; i < rows->ids_n; i++)
        shop.named[atoi(rows->ids[i].id)]++;
}

static struct walk walk_shop(bool sweep)
{
    struct walk walk = {
        .platform = woo,
        .endpoint = endpoint,
        .stream = STREAM_VARIANTS,
        .window = {.from = SECOND_0 * SECOND,
                   .to = (SECOND_0 + 86400) * SECOND,
                   .sweep = sweep},
        .serve = serve,
        .seen = note,
        .requests_max = 100,
    };

    walk_run(&walk);
    return walk;
}

static void all_seen(void)
{
    for (int i = 0; i < shop.n; i++)
        ck_assert_msg(shop.seen[shop.things[i].id] > 0, "lost row %d at %lld",
                      shop.things[i].id, (long long)shop.things[i].second);
}

START_TEST(test_walk_of_a_tie)
{
    struct walk walk;

    shop.no_total = _i == 1;
    stock("products", 30, 10);
    stock("products", 250, 20);
    stock("products", 40, 30);
    stock("variations", 400, 20);
    walk = walk_shop(false);
    all_seen();
    ck_assert_int_le(walk.requests, 18);
}
END_TEST

START_TEST(test_walk_of_many_seconds)
{
    for (int i = 0; i < 550; i++)
        stock("products", 1, i / 7);
    walk_shop(false);
    all_seen();
    /* 7 rows a second at most are read again at each of 5 borders. */
    for (int i = 1; i <= shop.n; i++)
        ck_assert_int_le(shop.seen[i], 2);
}
END_TEST

START_TEST(test_walk_since_ever)
{
    struct walk walk = {
        .platform = woo,
        .endpoint = endpoint,
        .stream = STREAM_SALES,
        .window = {.from = INSTANT_NONE, .to = (SECOND_0 + 86400) * SECOND},
        .serve = serve,
        .seen = note,
        .requests_max = 20,
    };

    stock("orders", 250, 20);
    for (int i = 0; i < 50; i++) {
        stock("orders", 1, 30 + i);
        shop.things[shop.n - 1].trash = true;
    }
    walk_run(&walk);
    all_seen();
}
END_TEST

/* Rows of the tie that were read are changed, and move away. */
static void touch_few(struct shop *s)
{
    if (s->requests == 4)
        s->things[5].second = SECOND_0 + 5000;
}

static void touch_many(struct shop *s)
{
    for (int i = 0; s->requests == 5 && i < 130; i++)
        s->things[i].second = SECOND_0 + 5000;
}

/* Before each request one: an endless walk if that started anew. */
static void touch_always(struct shop *s)
{
    if (s->requests < 60)
        s->things[s->requests].second = SECOND_0 + 100000; /* leaves */
}

static void (*const touches[])(struct shop *s) = {touch_few, touch_many,
                                                  touch_always};

START_TEST(test_rows_changed_while_walking)
{
    struct walk walk;

    stock("products", 700, 20);
    shop.before = touches[_i];
    walk = walk_shop(false);
    for (int i = 0; i < shop.n; i++)
        ck_assert_msg(shop.seen[i + 1] > 0 ||
                          shop.things[i].second != SECOND_0 + 20,
                      "lost row %d", i + 1);
    ck_assert_int_le(walk.requests, 20);
}
END_TEST

/* The shop's clock goes back an hour at second 3600 of the window: rows from
 * after it are sorted among those from before. */
START_TEST(test_clock_set_back)
{
    for (int i = 0; i < 600; i++) {
        stock("products", 1, i * 12);
        shop.things[i].offset =
            shop.things[i].second - SECOND_0 < 3600 ? 7200 : 3600;
    }
    walk_shop(false);
    all_seen();
}
END_TEST

START_TEST(test_bin)
{
    stock("products", 3, 20);
    stock("variations", 3, 20);
    shop.things[1].trash = true;
    shop.things[4].trash = true;
    walk_shop(false);
    all_seen();
    for (int i = 0; i < shop.n; i++)
        ck_assert_int_eq(shop.removed[i + 1] > 0, shop.things[i].trash);
}
END_TEST

/* Much that the first pages of ids listed is deleted before the next. */
static void delete_in_sweep(struct shop *s)
{
    for (int i = 10; s->requests == 7 && i < 60; i++)
        s->things[i].resource = "deleted";
}

START_TEST(test_sweep)
{
    stock("products", 350, -50); /* outside the window, but existing */
    stock("variations", 120, -50);
    shop.things[7].type = "variable";
    shop.things[8].type = "grouped";
    if (_i == 1)
        shop.before = delete_in_sweep;
    walk_shop(true);
    for (int i = 0; i < shop.n; i++)
        if (strcmp(shop.things[i].resource, "deleted") == 0)
            continue;
        else if (i == 7 || i == 8)
            ck_assert_int_eq(shop.named[i + 1], 0);
        else
            ck_assert_msg(shop.named[i + 1] > 0, "not named: %d", i + 1);
}
END_TEST

START_TEST(test_order_ignored)
{
    struct question question = ask(STREAM_VARIANTS, "", false);
    struct buf body = {0};

    buf_char(&body, '[');
    for (int i = 0; i < 100; i++)
        put(&body, &(struct thing){.id = i + 1,
                                   .type = "simple",
                                   .second = SECOND_0 + (i * 37) % 100});
    buf_char(&body, ']');
    walk_page(woo, &question, "", buf_str(&body), &page);
    ck_assert_int_eq(page.class, PAGE_BROKEN);
    ck_assert_ptr_nonnull(strstr(page.error, "order"));
    buf_free(&body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("platform_woocommerce");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_requests, 0, (int)ARRAY_LEN(requests));
    tcase_add_test(tcase, test_products);
    tcase_add_test(tcase, test_variations);
    tcase_add_test(tcase, test_orders);
    tcase_add_loop_test(tcase, test_which_orders_count, 0, ARRAY_LEN(states));
    tcase_add_loop_test(tcase, test_which_orders_count, 0, ARRAY_LEN(states));
    tcase_add_loop_test(tcase, test_wrong_types, 0, (int)ARRAY_LEN(wrongs));
    tcase_add_loop_test(tcase, test_wrong_orders, 0,
                        (int)ARRAY_LEN(wrong_orders));
    tcase_add_test(tcase, test_refused);
    tcase_add_test(tcase, test_check);
    tcase_add_loop_test(tcase, test_walk_of_a_tie, 0, 2);
    tcase_add_test(tcase, test_walk_of_many_seconds);
    tcase_add_test(tcase, test_walk_since_ever);
    tcase_add_loop_test(tcase, test_rows_changed_while_walking, 0,
                        (int)ARRAY_LEN(touches));
    tcase_add_test(tcase, test_clock_set_back);
    tcase_add_test(tcase, test_bin);
    tcase_add_loop_test(tcase, test_sweep, 0, 2);
    tcase_add_test(tcase, test_order_ignored);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
