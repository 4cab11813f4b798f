/* test_sim.c - is the simulator as honest as the platforms it stands for?
 * Runs the program and asks it over HTTP, as the platforms' adapters do.
 */
#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/instant.h"
#include "common/json.h"
#include "tests/helper_sim.h"

enum { TAKE_MAX = 64 * 1024 * 1024, DEADLINE = 20 };

static const char *url; /* of the simulator that all tests share */

struct got {
    CURLcode code;
    long status;
    struct buf body, headers;
    struct json *json;
    struct json_value root; /* of the body, if it is JSON */
};
static struct got got; /* the last answer */

static size_t take(char *bytes, size_t size, size_t n, void *arg)
{
    struct buf *b = arg;

    if (b->length + size * n > TAKE_MAX)
        return 0;
    buf_add(b, bytes, size * n);
    return size * n;
}

/* Asks and keeps the answer in `got`; a POST if there is a BODY. */
static void ask(const char *user, const char *body, long ms, const char *path)
{
    CURL *curl = curl_easy_init();
    char *full = xasprintf("%s%s", url, path);
    struct curl_slist *headers = NULL;

    if (strncmp(path, "/json/", 6) == 0 && user)
        headers = curl_slist_append(NULL, user);
    buf_clear(&got.body);
    buf_clear(&got.headers);
    curl_easy_setopt(curl, CURLOPT_URL, full);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ms);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &got.headers);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (user && !headers)
        curl_easy_setopt(curl, CURLOPT_USERPWD, user);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    got.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &got.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    free(full);
    if (!got.json)
        got.json = json_new();
    if (json_parse(got.json, got.body.data, got.body.length, &got.root) < 0)
        got.root = (struct json_value){0};
}

static void woo(const char *format, ...) printf_like(1, 2);
static void woo(const char *format, ...)
{
    char path[512] = "/wp-json/wc/v3/";
    va_list args;

    va_start(args, format);
    vsnprintf(path + strlen(path), 400, format, args);
    va_end(args);
    ask("ck_demo:cs_demo", NULL, 20000, path);
}

/* MODEL_METHOD is "stock.quant/search". */
static void odoo(const char *model_method, const char *format, ...)
    printf_like(2, 3);
static void odoo(const char *model_method, const char *format, ...)
{
    char path[128], body[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(body, sizeof body, format, args);
    va_end(args);
    snprintf(path, sizeof path, "/json/2/%s", model_method);
    ask("Authorization: bearer odoo_demo", body, 20000, path);
}

static void control(const char *format, ...) printf_like(1, 2);
static void control(const char *format, ...)
{
    char path[512] = "/sim/";
    va_list args;

    va_start(args, format);
    vsnprintf(path + 5, 500, format, args);
    va_end(args);
    ask(NULL, "", 20000, path);
    ck_assert_msg(got.status == 200, "%s: %ld %s", path, got.status,
                  buf_str(&got.body));
}

static const char *header(const char *name)
{
    static char value[256];
    const char *c = buf_str(&got.headers);
    size_t length = strlen(name);

    value[0] = '\0';
    for (; c; c = strchr(c, '\n') ? strchr(c, '\n') + 1 : NULL)
        if (strncasecmp(c, name, length) == 0 && c[length] == ':')
            snprintf(value, sizeof value, "%.*s",
                     (int)strcspn(c + length + 2, "\r\n"), c + length + 2);
    return value;
}

static int64_t member_int(struct json_value v, const char *path)
{
    int64_t n = -1;

    ck_assert_msg(json_int(json_path(v, path), &n) == 0, "no %s in %s", path,
                  buf_str(&got.body));
    return n;
}

static int64_t first_int(const char *path)
{
    return member_int(json_at(got.root, 0), path);
}

static void first_text(const char *path, char out[64])
{
    const char *text = json_str(json_path(json_at(got.root, 0), path));

    ck_assert_msg(text, "no %s in %s", path, buf_str(&got.body));
    snprintf(out, 64, "%s", text);
}

static int64_t odoo_count(const char *model, const char *domain)
{
    char path[128];
    int64_t n = -1;

    snprintf(path, sizeof path, "%s/search_count", model);
    odoo(path, "{\"domain\":%s}", domain);
    ck_assert_msg(json_int(got.root, &n) == 0, "%s: %s", domain,
                  buf_str(&got.body));
    return n;
}

/* The quantity in stock of SKU at the location in Odoo; 0 if no quant is. */
static int64_t level(const char *sku, const char *location)
{
    double n = 0;

    odoo("stock.quant/search_read",
         "{\"domain\":[[\"product_id.default_code\",\"=\",\"%s\"],"
         "[\"location_id.complete_name\",\"=\",\"%s\"]]}",
         sku, location);
    ck_assert_int_eq(got.status, 200);
    if (json_size(got.root) == 0)
        return 0;
    ck_assert_int_eq(
        json_double(json_path(json_at(got.root, 0), "quantity"), &n), 0);
    return (int64_t)n;
}

/* --- WooCommerce --- */

START_TEST(test_woo_login)
{
    ask(NULL, NULL, 5000, "/wp-json/wc/v3/products");
    ck_assert_int_eq(got.status, 401);
    ck_assert_str_eq(json_str_or(json_get(got.root, "code"), ""),
                     "woocommerce_rest_cannot_view");
    ask("ck_demo:wrong", NULL, 5000, "/wp-json/wc/v3/products");
    ck_assert_int_eq(got.status, 401);
    ask(NULL, NULL, 5000,
        "/wp-json/wc/v3/products?consumer_key=ck_demo&consumer_secret=cs_demo");
    ck_assert_int_eq(got.status, 200);
    ck_assert_uint_eq(json_size(got.root), 10);
}
END_TEST

static const struct {
    const char *query;
    int status;
} refused[] = {
    {"products?per_page=101", 400},
    {"products?per_page=0", 400},
    {"products?page=0", 400},
    {"products?orderby=price", 400},
    {"orders?status=lost", 400},
    {"orders?modified_after=monday", 400},
    {"customers", 404},
    {"products?per_page=100", 200},
    {"orders?status=completed,on-hold", 200},
};

START_TEST(test_woo_parameters)
{
    woo("%s", refused[_i].query);
    ck_assert_int_eq(got.status, refused[_i].status);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* Goes through all pages: each row once, as many as the header says. */
static void walk_woo(const char *query)
{
    int64_t ids[8192];
    size_t n = 0, page = 1, total, pages;

    do {
        struct json_iter it;
        struct json_value v;
        woo("%s&per_page=100&page=%zu", query, page);
        total = strtoul(header("X-WP-Total"), NULL, 10);
        pages = strtoul(header("X-WP-TotalPages"), NULL, 10);
        ck_assert_uint_lt(total, 8192);
        for (it = json_each(got.root); json_next(&it, &v) && n < 8192;)
            ids[n++] = member_int(v, "id");
        ck_assert_int_eq(strstr(header("Link"), "next") != NULL, page < pages);
    } while (page++ < pages);
    ck_assert_uint_eq(n, total);
    qsort(ids, n, sizeof *ids, by_value);
    for (size_t i = 1; i < n; i++)
        ck_assert_int_ne(ids[i], ids[i - 1]);
    woo("%s&per_page=100&page=%zu", query, page);
    ck_assert_int_eq(got.status, 200);
    ck_assert_str_eq(buf_str(&got.body), "[]");
}

START_TEST(test_woo_pages)
{
    walk_woo("products?orderby=id&order=asc");
    walk_woo("variations?orderby=modified&order=asc");
    walk_woo("variations?orderby=modified&order=desc&_fields=id");
    walk_woo("orders?orderby=id&order=desc&status=completed,refunded");
}
END_TEST

START_TEST(test_woo_window_is_exclusive)
{
    char stamp[64], before[INSTANT_TEXT], after[INSTANT_TEXT];
    int64_t at, id;

    control("variant?sku=EXCLUSIVE&title=X");
    woo("products?per_page=1&orderby=modified");
    first_text("date_modified_gmt", stamp);
    id = first_int("id");
    ck_assert_int_eq(instant_parse(stamp, &at), 0);
    ck_assert_int_eq(at % SECOND, 0);
    instant_seconds(at - SECOND, 'T', before);
    instant_seconds(at + SECOND, 'T', after);
    woo("products?include=%d&dates_are_gmt=true&modified_after=%s", (int)id,
        stamp);
    ck_assert_uint_eq(json_size(got.root), 0);
    woo("products?include=%d&dates_are_gmt=true&modified_before=%s", (int)id,
        stamp);
    ck_assert_uint_eq(json_size(got.root), 0);
    woo("products?include=%d&dates_are_gmt=true&modified_after=%s"
        "&modified_before=%s",
        (int)id, before, after);
    ck_assert_uint_eq(json_size(got.root), 1);
    /* The trap: an offset in the value makes it local time, an hour later. */
    woo("products?include=%d&dates_are_gmt=true&modified_after=%sZ", (int)id,
        before);
    ck_assert_uint_eq(json_size(got.root), 0);
    woo("products?include=%d&modified_after=%sZ", (int)id, before);
    ck_assert_uint_eq(json_size(got.root), 1);
}
END_TEST

START_TEST(test_woo_ties_are_in_order_of_ids)
{
    char since[INSTANT_TEXT];
    int64_t last = 0, id;
    size_t n = 0;

    instant_seconds(now_us() - 2 * SECOND, 'T', since);
    control("ties?count=250");
    for (int page = 1; page <= 3; page++) {
        struct json_iter it;
        struct json_value v;
        woo("products?dates_are_gmt=true&modified_after=%s&orderby=modified"
            "&order=asc&per_page=100&page=%d",
            since, page);
        for (it = json_each(got.root); json_next(&it, &v);) {
            if (strncmp(json_str_or(json_get(v, "sku"), ""), "TIE-", 4) != 0)
                continue;
            id = member_int(v, "id");
            ck_assert_int_gt(id, last);
            last = id;
            n++;
        }
    }
    ck_assert_uint_eq(n, 250);
}
END_TEST

START_TEST(test_woo_bin)
{
    int64_t id;

    control("variant?sku=BIN&title=X");
    woo("products?per_page=1");
    id = first_int("id");
    control("trash?sku=BIN");
    woo("products?include=%d", (int)id);
    ck_assert_uint_eq(json_size(got.root), 0);
    woo("products?include=%d&status=trash", (int)id);
    ck_assert_uint_eq(json_size(got.root), 1);
    woo("products?include=%d&status=any,trash", (int)id);
    ck_assert_uint_eq(json_size(got.root), 1);
}
END_TEST

START_TEST(test_woo_sale)
{
    int64_t order;

    control("variant?sku=SOLD&title=Sold");
    control("stock?sku=SOLD&quantity=5&location=Leeds/Stock");
    control("order?sku=SOLD&quantity=2");
    woo("products?per_page=1&orderby=modified");
    ck_assert_str_eq(json_str_or(json_path(json_at(got.root, 0), "sku"), ""),
                     "SOLD");
    ck_assert_int_eq(first_int("stock_quantity"), 3);
    ck_assert_int_eq(level("SOLD", "Leeds/Stock"), 3);
    woo("orders?per_page=1&orderby=id");
    order = first_int("id");
    ck_assert_int_eq(
        member_int(json_at(json_path(json_at(got.root, 0), "line_items"), 0),
                   "quantity"),
        2);
    /* The order outlives the product, but not its SKU. */
    control("delete?sku=SOLD");
    woo("orders?include=%d", (int)order);
    ck_assert(json_type(json_path(
                  json_at(json_path(json_at(got.root, 0), "line_items"), 0),
                  "sku")) == JSON_NULL);
    ck_assert_int_eq(level("SOLD", "Leeds/Stock"), 0);
}
END_TEST

/* --- Odoo --- */

static const struct {
    const char *what, *model, *domain, *same; /* SAME: another with its count;
                                                 NULL: there is none */
} domains[] = {
    {"terms are joined by and", "stock.quant",
     "[[\"location_id\",\"=\",8],[\"quantity\",\">\",3]]",
     "[\"&\",[\"location_id.usage\",\"=\",\"internal\"],\"&\","
     "[\"quantity\",\">\",3.0],[\"location_id\",\"!=\",9]]"},
    {"or", "purchase.order",
     "[\"|\",[\"state\",\"=\",\"draft\"],[\"state\",\"=\",\"sent\"]]",
     "[[\"state\",\"in\",[\"draft\",\"sent\"]]]"},
    {"not", "purchase.order", "[\"!\",[\"state\",\"=\",\"draft\"]]",
     "[[\"state\",\"not in\",[\"draft\"]]]"},
    {"not in front of or", "purchase.order",
     "[\"!\",\"|\",[\"state\",\"=\",\"draft\"],[\"state\",\"=\",\"sent\"]]",
     "[[\"state\",\"!=\",\"draft\"],[\"state\",\"!=\",\"sent\"]]"},
    {"false is null", "stock.move", "[[\"picking_id\",\"=\",false]]",
     "[[\"picking_id\",\"in\",[false]]]"},
    {"not null", "stock.move",
     "[[\"raw_material_production_id\",\"!=\",false]]",
     "[[\"raw_material_production_id.state\",\"!=\",\"nothing\"]]"},
    {"a path through a many2one", "purchase.order.line",
     "[[\"order_id.id\",\"=\",5]]", "[[\"order_id\",\"=\",5]]"},
    {"a path through a one2many", "purchase.order",
     "[[\"order_line.order_id\",\"=\",5]]", "[[\"id\",\"=\",5]]"},
    {"a related field", "purchase.order.line",
     "[[\"state\",\"=\",\"purchase\"]]",
     "[[\"order_id.state\",\"=\",\"purchase\"]]"},
    {"a list of ids", "purchase.order", "[[\"id\",\"in\",[2,4,4,999999]]]",
     "[\"|\",[\"id\",\"=\",2],[\"id\",\"=\",4]]"},
    {"the quants of products", "stock.quant",
     "[[\"product_id\",\"in\",[3001,3002,3003]]]",
     "[[\"product_id.id\",\">=\",3001],[\"product_id.id\",\"<=\",3003]]"},
    {"ids above", "stock.picking", "[[\"id\",\">\",300]]",
     "[[\"id\",\">=\",301]]"},
    {"named active: archived rows, too", "product.product",
     "[[\"active\",\"in\",[true,false]]]",
     "[\"|\",[\"active\",\"=\",true],[\"active\",\"=\",false]]"},
    {"an unknown field", "stock.quant", "[[\"color\",\"=\",1]]", NULL},
    {"an unknown field on a path", "stock.quant",
     "[[\"location_id.color\",\"=\",1]]", NULL},
    {"a related text does not lead on", "product.product",
     "[[\"name.id\",\"=\",1]]", NULL},
    {"a related many2one leads on", "product.product",
     "[[\"categ_id.name\",\"=\",\"Bags\"]]",
     "[[\"product_tmpl_id.categ_id.name\",\"=\",\"Bags\"]]"},
    {"a path that does not lead on", "stock.quant",
     "[[\"quantity.id\",\"=\",1]]", NULL},
    {"an unknown operator", "stock.quant", "[[\"quantity\",\"~\",1]]", NULL},
    {"a lonely operator", "stock.quant", "[\"|\",[\"quantity\",\"=\",1]]",
     NULL},
};

START_TEST(test_odoo_domain)
{
    const char *model = domains[_i].model;
    int64_t n;
    char path[64];

    if (!domains[_i].same) {
        snprintf(path, sizeof path, "%s/search", model);
        odoo(path, "{\"domain\":%s}", domains[_i].domain);
        ck_assert_int_eq(got.status, 422);
        ck_assert(json_str(json_get(got.root, "message")) != NULL);
        return;
    }
    n = odoo_count(model, domains[_i].domain);
    ck_assert_msg(n > 0, "%s: nothing found", domains[_i].what);
    ck_assert_msg(n == odoo_count(model, domains[_i].same), "%s: %ld and %s",
                  domains[_i].what, (long)n, buf_str(&got.body));
    ck_assert_int_ne(n, odoo_count(model, "[]"));
}
END_TEST

static const struct {
    const char *user, *path, *body;
    int status;
} odoo_errors[] = {
    {NULL, "/json/2/stock.quant/search", "{}", 401},
    {"Authorization: bearer x", "/json/2/stock.quant/search", "{}", 401},
    {"Authorization: bearer odoo_demo", "/json/2/no.model/search", "{}", 404},
    {"Authorization: bearer odoo_demo", "/json/2/stock.quant/nope", "{}", 404},
    {"Authorization: bearer odoo_demo", "/json/2/stock.quant/search", "[]",
     400},
    {"Authorization: bearer odoo_demo", "/json/2/stock.quant/search_read",
     "{\"fields\":[\"nope\"]}", 422},
    {"Authorization: bearer odoo_demo", "/json/2/stock.quant/search",
     "{\"order\":\"nope asc\"}", 422},
    {"Authorization: Bearer odoo_demo", "/json/2/stock.quant/search",
     "{\"limit\":1}", 200},
};

START_TEST(test_odoo_error)
{
    ask(odoo_errors[_i].user, odoo_errors[_i].body, 5000, odoo_errors[_i].path);
    ck_assert_int_eq(got.status, odoo_errors[_i].status);
    if (got.status != 200)
        ck_assert(json_str(json_get(got.root, "name")) != NULL &&
                  json_str(json_get(got.root, "debug")) != NULL);
}
END_TEST

START_TEST(test_odoo_archived)
{
    static const char named[] = "[[\"default_code\",\"=\",\"OLD\"]]";

    control("variant?sku=OLD&title=X");
    ck_assert_int_eq(odoo_count("product.product", named), 1);
    control("trash?sku=OLD");
    ck_assert_int_eq(odoo_count("product.product", named), 0);
    ck_assert_int_eq(odoo_count("product.product",
                                "[[\"default_code\",\"=\",\"OLD\"],"
                                "[\"active\",\"=\",false]]"),
                     1);
    odoo("product.product/search_read",
         "{\"domain\":%s,\"context\":{\"active_test\":false}}", named);
    ck_assert_uint_eq(json_size(got.root), 1);
    ck_assert(json_type(json_path(json_at(got.root, 0), "active")) ==
              JSON_BOOL);
}
END_TEST

/* What is shown is cut to the second, what is compared is not. */
START_TEST(test_odoo_stamps_are_cut)
{
    char stamp[64], domain[256];

    do { /* until a stamp has microseconds: practically at once */
        control("variant?sku=CUT&title=X");
        odoo("product.product/search_read",
             "{\"domain\":[[\"default_code\",\"=\",\"CUT\"]],"
             "\"fields\":[\"write_date\",\"barcode\"]}");
        first_text("write_date", stamp);
        ck_assert_uint_eq(strlen(stamp), strlen("2026-11-23 04:00:00"));
        ck_assert(json_type(json_path(json_at(got.root, 0), "barcode")) ==
                  JSON_BOOL);
        snprintf(domain, sizeof domain,
                 "[[\"default_code\",\"=\",\"CUT\"],[\"write_date\",\"=\","
                 "\"%s\"]]",
                 stamp);
    } while (odoo_count("product.product", domain) != 0);
    snprintf(domain, sizeof domain,
             "[[\"default_code\",\"=\",\"CUT\"],[\"write_date\",\"<=\","
             "\"%s\"]]",
             stamp);
    ck_assert_int_eq(odoo_count("product.product", domain), 0);
    snprintf(domain, sizeof domain,
             "[[\"default_code\",\"=\",\"CUT\"],[\"write_date\",\">=\","
             "\"%s\"]]",
             stamp);
    ck_assert_int_ge(odoo_count("product.product", domain), 1);
}
END_TEST

START_TEST(test_odoo_pages)
{
    int64_t last = 0, all = odoo_count("stock.quant", "[]"), n = 0, id = 0;
    struct json_iter it;
    struct json_value v;

    do {
        odoo("stock.quant/search",
             "{\"domain\":[[\"id\",\">\",%ld]],\"order\":\"id asc\","
             "\"limit\":500}",
             (long)last);
        for (it = json_each(got.root); json_next(&it, &v); n++) {
            ck_assert_int_eq(json_int(v, &id), 0);
            ck_assert_int_gt(id, last);
            last = id;
        }
    } while (json_size(got.root) == 500);
    ck_assert_int_eq(n, all);
    odoo("stock.quant/search", "{\"offset\":%ld,\"limit\":500}",
         (long)(all - 3));
    ck_assert_uint_eq(json_size(got.root), 3);
    odoo("stock.quant/search", "{\"order\":\"write_date desc, id desc\","
                               "\"limit\":1}");
    ck_assert_uint_eq(json_size(got.root), 1);
}
END_TEST

START_TEST(test_odoo_empty_quant_vanishes)
{
    int64_t moves;

    control("variant?sku=EMPTY&title=X");
    control("stock?sku=EMPTY&quantity=4");
    ck_assert_int_eq(level("EMPTY", "Rotterdam/Stock"), 4);
    moves = odoo_count("stock.move.line", "[[\"state\",\"=\",\"done\"]]");
    control("order?sku=EMPTY&quantity=4");
    odoo("stock.quant/search_read",
         "{\"domain\":[[\"product_id.default_code\",\"=\",\"EMPTY\"]]}");
    ck_assert_uint_eq(json_size(got.root), 0);
    ck_assert_int_eq(
        odoo_count("stock.move.line", "[[\"state\",\"=\",\"done\"]]"),
        moves + 1);
}
END_TEST

/* A receipt writes the line, not the header. */
START_TEST(test_odoo_receipt)
{
    char name[64], stamp[64], domain[256];

    control("variant?sku=BOUGHT&title=X");
    control("po?sku=BOUGHT&quantity=10&days=-2");
    snprintf(name, sizeof name, "%s",
             json_str_or(json_get(got.root, "po"), ""));
    snprintf(domain, sizeof domain, "{\"domain\":[[\"name\",\"=\",\"%s\"]]}",
             name);
    odoo("purchase.order/search_read", "%s", domain);
    first_text("write_date", stamp);
    control("receive?po=%s&part=1", name);
    ck_assert_int_eq(
        level("BOUGHT", "Rotterdam/Stock") + level("BOUGHT", "Leeds/Stock"), 5);
    odoo("purchase.order/search_read", "%s", domain);
    ck_assert_str_eq(
        json_str_or(json_path(json_at(got.root, 0), "write_date"), ""), stamp);
    snprintf(domain, sizeof domain,
             "[[\"name\",\"=\",\"%s\"],[\"order_line.qty_received\",\"=\",5]]",
             name);
    ck_assert_int_eq(odoo_count("purchase.order", domain), 1);
    control("receive?po=%s", name);
    ck_assert_int_eq(odoo_count("purchase.order", domain), 0);
}
END_TEST

START_TEST(test_odoo_sale)
{
    control("variant?sku=ERPSALE&title=X");
    control("sale?sku=ERPSALE&quantity=3");
    ck_assert_int_eq(
        odoo_count("sale.order",
                   "[[\"order_line.product_id.default_code\",\"=\","
                   "\"ERPSALE\"],[\"state\",\"=\",\"sale\"]]"),
        1);
}
END_TEST

START_TEST(test_late_row)
{
    char since[INSTANT_TEXT], domain[256];

    control("late?sku=LATE&seconds=100");
    instant_seconds(now_us() - 50 * SECOND, ' ', since);
    snprintf(domain, sizeof domain,
             "[[\"default_code\",\"=\",\"LATE\"],[\"write_date\",\">=\","
             "\"%s\"]]",
             since);
    ck_assert_int_eq(odoo_count("product.product", domain), 0);
    instant_seconds(now_us() - 150 * SECOND, ' ', since);
    snprintf(domain, sizeof domain,
             "[[\"default_code\",\"=\",\"LATE\"],[\"write_date\",\">=\","
             "\"%s\"]]",
             since);
    ck_assert_int_eq(odoo_count("product.product", domain), 1);
}
END_TEST

/* --- faults --- */

static const struct {
    const char *fault;
    CURLcode code;
    int status;
    const char *starts; /* the body does so */
    bool is_json;
} faults[] = {
    {"status&arg=503&retry_after=7", CURLE_OK, 503, "{", true},
    {"unauth", CURLE_OK, 401, "{", true},
    {"html", CURLE_OK, 200, "<!DOCTYPE html>", false},
    {"notice", CURLE_OK, 200, "<br />", false},
    {"truncate", CURLE_OK, 200, "[{", false},
    {"cut", CURLE_PARTIAL_FILE, 200, "[{", false},
    {"deep", CURLE_OK, 200, "[[[[", false},
    {"many", CURLE_OK, 200, "[0,0,", true},
    {"wrongtypes", CURLE_OK, 200, "[{", true},
    {"bigint", CURLE_OK, 200, "[{", false},
    {"badutf8", CURLE_OK, 200, "[{", false},
    {"bomb", CURLE_WRITE_ERROR, 200, "      ", false},
    {"redirect&arg=http://127.0.0.2/", CURLE_OK, 302, "", false},
    {"delay&arg=50", CURLE_OK, 200, "[{", true},
    {"drip", CURLE_OPERATION_TIMEDOUT, 200, "", false},
    {"slowheader", CURLE_OPERATION_TIMEDOUT, 0, "", false},
    {"hang", CURLE_OPERATION_TIMEDOUT, 0, "", false},
};

START_TEST(test_fault)
{
    long ms = faults[_i].code == CURLE_OPERATION_TIMEDOUT ? 300 : 20000;

    control("fault?match=products&what=%s", faults[_i].fault);
    ask("ck_demo:cs_demo", NULL, ms, "/wp-json/wc/v3/products");
    ck_assert_int_eq(got.code, faults[_i].code);
    ck_assert_int_eq(got.status, faults[_i].status);
    ck_assert_msg(strncmp(buf_str(&got.body), faults[_i].starts,
                          strlen(faults[_i].starts)) == 0,
                  "body is %.60s", buf_str(&got.body));
    ck_assert_int_eq(json_type(got.root) != JSON_NONE, faults[_i].is_json);
    if (got.status == 503)
        ck_assert_str_eq(header("Retry-After"), "7");
    if (got.status == 302)
        ck_assert_str_eq(header("Location"), "http://127.0.0.2/");
    woo("products"); /* once was asked for: all is well again */
    ck_assert_int_eq(got.status, 200);
    ck_assert_uint_eq(json_size(got.root), 10);
}
END_TEST

START_TEST(test_retry_after_as_a_date)
{
    int64_t at, date;

    control("fault?match=orders&what=status&arg=429&retry_after=date:30");
    woo("orders");
    ck_assert_int_eq(got.status, 429);
    ck_assert_int_eq(instant_parse_http(header("Retry-After"), &at), 0);
    ck_assert_int_eq(instant_parse_http(header("Date"), &date), 0);
    ck_assert_int_eq((at - date) / SECOND, 30);
}
END_TEST

static size_t woo_rows(const char *fault, int page)
{
    if (fault)
        control("fault?match=orders&what=%s", fault);
    woo("orders?per_page=100&page=%d&orderby=id&order=asc&dates_are_gmt=true"
        "&modified_before=2099-01-01T00:00:00",
        page);
    return json_size(got.root);
}

START_TEST(test_faults_of_rows)
{
    int64_t id, after, total;

    ck_assert_uint_eq(woo_rows(NULL, 1), 100);
    total = strtol(header("X-WP-Total"), NULL, 10);
    ck_assert_uint_eq(woo_rows(NULL, 100000), 0);
    ck_assert_uint_gt(woo_rows("repeat", 100000), 0);
    ck_assert_uint_eq(woo_rows("endless", 100000), 100);
    id = first_int("id");
    ck_assert_uint_eq(woo_rows("endless", 100001), 100);
    after = first_int("id");
    ck_assert_int_eq(after, id + 100);
    woo_rows("shrink", 1);
    ck_assert_int_eq(strtol(header("X-WP-Total"), NULL, 10), total / 10);
    control("fault?match=orders&what=ignorefilter");
    woo("orders?dates_are_gmt=true&modified_after=2099-01-01T00:00:00");
    ck_assert_uint_eq(json_size(got.root), 10);
    woo("orders?dates_are_gmt=true&modified_after=2099-01-01T00:00:00");
    ck_assert_uint_eq(json_size(got.root), 0);
    woo_rows("outside", 1);
    ck_assert_str_eq(
        json_str_or(json_path(json_at(got.root, 0), "date_modified_gmt"), ""),
        "2001-01-01T00:00:00");
    /* One row of page 2 is gone and one left the window, so page 2 is
     * another; the walk by page numbers has missed two rows. */
    woo_rows(NULL, 2);
    id = first_int("id");
    woo_rows("midwalk", 1);
    woo_rows(NULL, 2);
    ck_assert_int_eq(first_int("id"), id);
    ck_assert_int_eq(strtol(header("X-WP-Total"), NULL, 10), total - 1);
}
END_TEST

START_TEST(test_odoo_faults_of_rows)
{
    static const char none[] = "{\"domain\":[[\"write_date\",\">=\",\"2099-01-"
                               "01 00:00:00\"]],\"limit\":5}";

    odoo("stock.quant/search", "%s", none);
    ck_assert_uint_eq(json_size(got.root), 0);
    control("fault?match=stock.quant&what=ignorefilter");
    odoo("stock.quant/search", "%s", none);
    ck_assert_uint_eq(json_size(got.root), 5);
    control("fault?match=stock.quant&what=endless&count=2");
    odoo("stock.quant/search",
         "{\"domain\":[[\"id\",\">\",99999999]],\"limit\":7,"
         "\"order\":\"id asc\"}");
    ck_assert_uint_eq(json_size(got.root), 7);
    control("fault?what=clear");
    control("fault?match=stock.quant&what=outside");
    odoo("stock.quant/search_read", "{\"limit\":2}");
    ck_assert_str_eq(
        json_str_or(json_path(json_at(got.root, 0), "write_date"), ""),
        "2001-01-01 00:00:00");
}
END_TEST

START_TEST(test_a_stalled_request_stalls_no_other)
{
    pid_t child;
    int status;

    control("fault?match=products&what=hang&count=1");
    child = fork();
    if (child == 0) {
        ask("ck_demo:cs_demo", NULL, 60000, "/wp-json/wc/v3/products");
        _exit(got.code == CURLE_OK);
    }
    for (int64_t until = mono_us() + DEADLINE * SECOND;;) {
        ask(NULL, NULL, 5000, "/sim/stats");
        ck_assert_int_eq(got.code, CURLE_OK);
        if (member_int(got.root, "concurrent") == 2)
            break;
        ck_assert_int_lt(mono_us(), until);
    }
    woo("products");
    ck_assert_int_eq(got.status, 200);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    for (int64_t until = mono_us() + DEADLINE * SECOND;;) {
        ask(NULL, NULL, 5000, "/sim/stats");
        if (member_int(got.root, "concurrent") == 1)
            break;
        ck_assert_int_lt(mono_us(), until);
    }
}
END_TEST

/* --- life --- */

START_TEST(test_limit)
{
    control("limit?per_minute=3&platform=woo");
    for (int i = 0; i < 3; i++) {
        woo("products");
        ck_assert_int_eq(got.status, 200);
    }
    woo("products");
    ck_assert_int_eq(got.status, 429);
    ck_assert_int_ge(strtol(header("Retry-After"), NULL, 10), 55);
    ck_assert_int_gt(odoo_count("stock.quant", "[]"), 0);
    ask(NULL, NULL, 5000, "/sim/stats");
    ck_assert_int_ge(member_int(got.root, "woo.over"), 1);
    ck_assert_int_ge(member_int(got.root, "woo.statuses.429"), 1);
}
END_TEST

START_TEST(test_selling)
{
    int64_t before, moves;

    ask(NULL, NULL, 5000, "/sim/world");
    before = member_int(got.root, "orders");
    moves = odoo_count("stock.move.line", "[]");
    control("sell?rate=60000");
    for (int64_t until = mono_us() + DEADLINE * SECOND;;) {
        ask(NULL, NULL, 5000, "/sim/world");
        if (member_int(got.root, "orders") > before + 200)
            break;
        ck_assert_int_lt(mono_us(), until);
    }
    control("sell?rate=0");
    ck_assert_int_ge(odoo_count("stock.move.line", "[]"), moves + 200);
}
END_TEST

START_TEST(test_clock)
{
    int64_t date, since = now_us();
    char stamp[64];

    control("clock?offset=7200");
    control("variant?sku=FUTURE&title=X");
    woo("products?per_page=1&orderby=modified");
    ck_assert_int_eq(instant_parse_http(header("Date"), &date), 0);
    ck_assert_int_ge(date, since + 7199 * SECOND);
    first_text("date_modified_gmt", stamp);
    ck_assert_int_eq(instant_parse(stamp, &date), 0);
    ck_assert_int_ge(date, since + 7199 * SECOND);
    control("delete?sku=FUTURE");
}
END_TEST

/* The shop and the ERP tell of the same goods. */
START_TEST(test_both_know_the_same)
{
    struct json_iter it;
    struct json_value v;
    char skus[20][64];
    size_t n = 0;

    ask(NULL, NULL, 5000, "/sim/world");
    it = json_each(json_get(got.root, "skus"));
    while (json_next(&it, &v) && n < ARRAY_LEN(skus))
        snprintf(skus[n++], 64, "%s", json_str_or(v, ""));
    ck_assert_uint_eq(n, 20);
    for (size_t i = 0; i < n; i++) {
        char *domain = xasprintf("[[\"default_code\",\"=\",\"%s\"]]", skus[i]);
        ck_assert_int_eq(odoo_count("product.product", domain), 1);
        free(domain);
    }
}
END_TEST

START_TEST(test_ends_with_its_parent)
{
    int ends[2], status;
    char its_url[64] = "";
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        static const char *const options[] = {"--variants", "50", NULL};
        struct helper_sim *sim = helper_sim_start(options);
        ssize_t n = write(ends[1], helper_sim_url(sim), 64);
        _exit(n != 64);
    }
    ck_assert_int_eq(read(ends[0], its_url, 64), 64);
    waitpid(child, &status, 0);
    url = its_url;
    for (int64_t until = mono_us() + DEADLINE * SECOND;;) {
        ask(NULL, NULL, 5000, "/sim/stats");
        if (got.code == CURLE_COULDNT_CONNECT)
            break;
        ck_assert_int_lt(mono_us(), until);
    }
}
END_TEST

static void calm(void)
{
    control("fault?what=clear");
    control("limit?per_minute=0");
    control("sell?rate=0");
    control("clock?offset=0");
}

static void forget(void)
{
    buf_free(&got.body);
    buf_free(&got.headers);
    json_free(got.json);
    got = (struct got){0};
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("sim");
    TCase *t = tcase_create("sim");

    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, calm, forget);
    tcase_add_test(t, test_woo_login);
    tcase_add_loop_test(t, test_woo_parameters, 0, ARRAY_LEN(refused));
    tcase_add_test(t, test_woo_pages);
    tcase_add_test(t, test_woo_window_is_exclusive);
    tcase_add_test(t, test_woo_ties_are_in_order_of_ids);
    tcase_add_test(t, test_woo_bin);
    tcase_add_test(t, test_woo_sale);
    tcase_add_loop_test(t, test_odoo_domain, 0, ARRAY_LEN(domains));
    tcase_add_loop_test(t, test_odoo_error, 0, ARRAY_LEN(odoo_errors));
    tcase_add_test(t, test_odoo_archived);
    tcase_add_test(t, test_odoo_stamps_are_cut);
    tcase_add_test(t, test_odoo_pages);
    tcase_add_test(t, test_odoo_empty_quant_vanishes);
    tcase_add_test(t, test_odoo_receipt);
    tcase_add_test(t, test_odoo_sale);
    tcase_add_test(t, test_late_row);
    tcase_add_loop_test(t, test_fault, 0, ARRAY_LEN(faults));
    tcase_add_test(t, test_retry_after_as_a_date);
    tcase_add_test(t, test_faults_of_rows);
    tcase_add_test(t, test_odoo_faults_of_rows);
    tcase_add_test(t, test_a_stalled_request_stalls_no_other);
    tcase_add_test(t, test_limit);
    tcase_add_test(t, test_selling);
    tcase_add_test(t, test_clock);
    tcase_add_test(t, test_both_know_the_same);
    tcase_add_test(t, test_ends_with_its_parent);
    suite_add_tcase(suite, t);
    return suite;
}

int main(void)
{
    static const char *const options[] = {"--variants", "600", NULL};
    struct helper_sim *sim = helper_sim_start(options);
    SRunner *runner = srunner_create(make_suite());
    int failed;

    url = helper_sim_url(sim);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    helper_sim_stop(sim);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
