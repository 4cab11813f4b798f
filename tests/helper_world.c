/* helper_world.c - is the store what the platforms say? See helper_world.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/fixed.h"
#include "tests/helper_http_client.h"
#include "tests/helper_sim.h"
#include "tests/helper_world.h"

struct lines {
    char **list;
    size_t n, size;
};

static void add_line(struct lines *lines, char *line) /* takes LINE */
{
    if (lines->n == lines->size) {
        lines->size = lines->size ? 2 * lines->size : 256;
        lines->list = xrealloc(lines->list, lines->size * sizeof *lines->list);
    }
    lines->list[lines->n++] = line;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct lines *lines)
{
    if (lines->n)
        qsort(lines->list, lines->n, sizeof *lines->list, compare);
}

static void free_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->n; i++)
        free(lines->list[i]);
    free(lines->list);
    *lines = (struct lines){0};
}

/* Both are used up. */
static void check_equal(const char *what, struct lines *theirs,
                        struct lines *ours)
{
    size_t i = 0;

    sort(theirs);
    sort(ours);
    while (i < theirs->n && i < ours->n &&
           strcmp(theirs->list[i], ours->list[i]) == 0)
        i++;
    ck_assert_msg(i == theirs->n && i == ours->n,
                  "%s: the platform has %zu, we have %zu; the first difference "
                  "is '%s' there, '%s' here",
                  what, theirs->n, ours->n,
                  i < theirs->n ? theirs->list[i] : "-",
                  i < ours->n ? ours->list[i] : "-");
    free_lines(theirs);
    free_lines(ours);
}

/* ---- our side ---- */

/* One line of each row: its columns. */
static struct lines read_store(struct stack *s, const char *sql,
                               const struct value *values, size_t n)
{
    struct query *q = store_query(s->store, sql, values, n);
    struct lines lines = {0};

    while (query_next(q)) {
        struct buf b = {0};
        for (int i = 0; i < query_columns(q); i++)
            buf_printf(&b, "%s%s", i ? "|" : "", query_text(q, i));
        add_line(&lines, b.data);
    }
    ck_assert_int_eq(query_end(q), 0);
    return lines;
}

/* ---- their side ---- */

struct reader {
    struct stack *s;
    struct lines *lines;
    struct told told;
    struct json *json;
    struct json_value root;
};

static void ask(struct reader *r, const char *path, const char *headers,
                const char *body)
{
    char *url = xasprintf("%s%s", helper_sim_url(r->s->sim), path);
    struct http_limits limits = http_limits_default;
    const struct http_call call = {.method = body ? "POST" : "GET",
                                   .url = url,
                                   .headers = headers,
                                   .body = body,
                                   .length = body ? strlen(body) : 0,
                                   .private_allowed = true};
    struct client c;

    told_free(&r->told);
    limits.body = 64 << 20;
    client_open(&c, &limits);
    client_start(&c, &call, &r->told);
    client_run(&c);
    client_close(&c);
    ck_assert_msg(r->told.status == 200, "%s: %d %s", path, r->told.status,
                  r->told.error);
    if (!r->json)
        r->json = json_new();
    ck_assert_int_eq(
        json_parse(r->json, r->told.body, r->told.length, &r->root), 0);
    free(url);
}

static void close_reader(struct reader *r)
{
    told_free(&r->told);
    json_free(r->json);
}

static int64_t number(struct json_value v, const char *path)
{
    int64_t n = 0;

    ck_assert_msg(json_int(json_path(v, path), &n) == 0, "no number %s", path);
    return n;
}

static const char *text(struct json_value v, const char *path)
{
    return json_str_or(json_path(v, path), "");
}

/* "" where there is none. */
static const char *amount(struct json_value v, const char *path, char out[32])
{
    int64_t n;

    *out = '\0';
    if (json_fixed(json_path(v, path), &n) == 0)
        snprintf(out, 32, "%lld", (long long)n);
    return out;
}

/* The id of a link [id, name], 0 for none. */
static int64_t link_of(struct json_value v, const char *name)
{
    int64_t id = 0;

    if (json_int(json_at(json_get(v, name), 0), &id) < 0)
        return 0;
    return id;
}

static const char *link_name(struct json_value v, const char *name)
{
    return json_str_or(json_at(json_get(v, name), 1), "");
}

/* ---- the shop ---- */

typedef void read_row(struct reader *r, struct json_value v);

static void walk_shop(struct reader *r, const char *resource, read_row *read)
{
    static const char *const statuses[] = {"any", "trash"};
    char path[160];

    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        for (int page = 1; page == 1 || json_size(r->root) == 100; page++) {
            struct json_iter it;
            struct json_value v;
            snprintf(path, sizeof path,
                     "/wp-json/wc/v3/%s?status=%s&orderby=id&order=asc"
                     "&per_page=100&page=%d",
                     resource, statuses[i], page);
            /* ck_demo:cs_demo */
            ask(r, path, "Authorization: Basic Y2tfZGVtbzpjc19kZW1v\n", NULL);
            for (it = json_each(r->root); json_next(&it, &v);)
                read(r, v);
        }
}

static bool is_sold(struct json_value v)
{
    return strcmp(text(v, "type"), "variable") != 0;
}

static void shop_variant(struct reader *r, struct json_value v)
{
    char price[32];

    if (is_sold(v))
        add_line(r->lines,
                 xasprintf("%lld|%s|%s|%d", (long long)number(v, "id"),
                           text(v, "sku"), amount(v, "price", price),
                           strcmp(text(v, "status"), "trash") == 0));
}

static void shop_stock(struct reader *r, struct json_value v)
{
    char quantity[32];

    amount(v, "stock_quantity", quantity);
    if (is_sold(v) && json_true(json_get(v, "manage_stock")) && *quantity &&
        strcmp(quantity, "0") != 0)
        add_line(r->lines, xasprintf("%lld|shop|%s", (long long)number(v, "id"),
                                     quantity));
}

static void shop_sale(struct reader *r, struct json_value v)
{
    add_line(r->lines, xasprintf("%lld|%s", (long long)number(v, "id"),
                                 text(v, "status")));
}

static void shop_sale_line(struct reader *r, struct json_value v)
{
    struct json_iter it = json_each(json_get(v, "line_items"));
    struct json_value line;
    char quantity[32], total[32];

    while (json_next(&it, &line)) {
        int64_t variation = number(line, "variation_id");
        int64_t product = number(line, "product_id");
        add_line(r->lines,
                 xasprintf("%lld|%lld|%lld|%s|%s", (long long)number(v, "id"),
                           (long long)number(line, "id"),
                           (long long)(variation ? variation : product),
                           amount(line, "quantity", quantity),
                           amount(line, "total", total)));
    }
}

static const struct {
    const char *what;
    enum stream stream;
    const char *resources[2];
    read_row *read;
    const char *sql;
} shop_kinds[] = {
    {"variants of the shop",
     STREAM_VARIANTS,
     {"products", "variations"},
     shop_variant,
     "SELECT id, sku, price, removed_at IS NOT NULL FROM variant "
     "WHERE account = ?1 AND connection = ?2 AND (removed_at IS NULL "
     "OR hash <> 0)"},
    {"stock of the shop",
     STREAM_VARIANTS, /* its variants carry the stock */
     {"products", "variations"},
     shop_stock,
     "SELECT variant, location, on_hand FROM stock WHERE account = ?1 "
     "AND connection = ?2 AND on_hand <> 0 AND EXISTS (SELECT 1 "
     "FROM variant v WHERE v.account = ?1 AND v.connection = ?2 "
     "AND v.id = stock.variant AND (v.removed_at IS NULL OR v.hash <> 0))"},
    {"sales of the shop",
     STREAM_SALES,
     {"orders"},
     shop_sale,
     "SELECT id, status FROM sale WHERE account = ?1 AND connection = ?2"},
    {"sale lines of the shop",
     STREAM_SALES,
     {"orders"},
     shop_sale_line,
     "SELECT sale, id, variant, quantity, revenue FROM sale_line "
     "WHERE account = ?1 AND connection = ?2"},
};

void world_check_shop(struct stack *s, int64_t account, int64_t connection,
                      int64_t streams)
{
    for (size_t i = 0; i < ARRAY_LEN(shop_kinds); i++) {
        struct lines theirs = {0}, ours;
        struct reader r = {.s = s, .lines = &theirs};
        if (!(streams & STREAM_BIT(shop_kinds[i].stream)))
            continue;
        for (int j = 0; j < 2 && shop_kinds[i].resources[j]; j++)
            walk_shop(&r, shop_kinds[i].resources[j], shop_kinds[i].read);
        close_reader(&r);
        ours = read_store(s, shop_kinds[i].sql,
                          WITH(INT(account), INT(connection)));
        check_equal(shop_kinds[i].what, &theirs, &ours);
    }
}

/* ---- the ERP ---- */

static void erp_variant(struct reader *r, struct json_value v)
{
    char price[32];

    add_line(r->lines,
             xasprintf("%lld|%s|%s|%d", (long long)number(v, "id"),
                       text(v, "default_code"), amount(v, "lst_price", price),
                       json_true(json_get(v, "active"))));
}

static void erp_stock(struct reader *r, struct json_value v)
{
    char quantity[32], reserved[32];

    add_line(r->lines,
             xasprintf("%lld|%s|%s|%s", (long long)link_of(v, "product_id"),
                       link_name(v, "location_id"),
                       amount(v, "quantity", quantity),
                       amount(v, "reserved_quantity", reserved)));
}

static void erp_order(struct reader *r, struct json_value v)
{
    add_line(r->lines, xasprintf("%lld|%s|%s", (long long)number(v, "id"),
                                 text(v, "name"), text(v, "state")));
}

static void erp_sale_line(struct reader *r, struct json_value v)
{
    char quantity[32], total[32];

    add_line(r->lines, xasprintf("%lld|%lld|%lld|%s|%s",
                                 (long long)link_of(v, "order_id"),
                                 (long long)number(v, "id"),
                                 (long long)link_of(v, "product_id"),
                                 amount(v, "product_uom_qty", quantity),
                                 amount(v, "price_subtotal", total)));
}

static void erp_purchase_line(struct reader *r, struct json_value v)
{
    char quantity[32], received[32], price[32];

    add_line(r->lines, xasprintf("%lld|%lld|%lld|%s|%s|%s",
                                 (long long)link_of(v, "order_id"),
                                 (long long)number(v, "id"),
                                 (long long)link_of(v, "product_id"),
                                 amount(v, "product_qty", quantity),
                                 amount(v, "qty_received", received),
                                 amount(v, "price_unit", price)));
}

/* PARENT: picking_id or raw_material_production_id. */
static void move(struct reader *r, struct json_value v, const char *parent)
{
    bool is_done = strcmp(text(v, "state"), "done") == 0;
    char asked[32], moved[32];

    if (link_of(v, parent) == 0 || strcmp(text(v, "state"), "cancel") == 0)
        return;
    amount(v, "quantity", moved);
    add_line(r->lines,
             xasprintf("%lld|%lld|%lld|%s|%s|%s", (long long)link_of(v, parent),
                       (long long)number(v, "id"),
                       (long long)link_of(v, "product_id"),
                       link_name(v, "location_id"),
                       amount(v, "product_uom_qty", asked),
                       is_done ? moved : "0"));
}

static void erp_transfer_line(struct reader *r, struct json_value v)
{
    move(r, v, "picking_id");
}

static void erp_component(struct reader *r, struct json_value v)
{
    move(r, v, "raw_material_production_id");
}

static void erp_made(struct reader *r, struct json_value v)
{
    char quantity[32], made[32];

    add_line(r->lines, xasprintf("%lld|%lld|%s|%s", (long long)number(v, "id"),
                                 (long long)link_of(v, "product_id"),
                                 amount(v, "product_qty", quantity),
                                 amount(v, "qty_produced", made)));
}

#define ORDERS                                                                 \
    "SELECT id, number, status FROM stock_order WHERE account = ?1 "           \
    "AND connection = ?2 AND status <> 'deleted' AND kind = "
#define MOVE_FIELDS                                                            \
    "\"product_id\",\"product_uom_qty\",\"quantity\",\"state\",\"location_"    \
    "id\""
#define MOVES                                                                  \
    "SELECT stock_order, id, variant, from_location, quantity, received "      \
    "FROM stock_order_line WHERE account = ?1 AND connection = ?2 AND kind = "

static const struct {
    const char *what;
    enum stream stream;
    const char *model, *domain, *fields;
    read_row *read;
    const char *sql;
} erp_kinds[] = {
    {"variants of the ERP", STREAM_VARIANTS, "product.product", "",
     "\"default_code\",\"lst_price\",\"active\"", erp_variant,
     "SELECT id, sku, price, active FROM variant WHERE account = ?1 "
     "AND connection = ?2 AND removed_at IS NULL"},
    {"stock of the ERP", STREAM_STOCK, "stock.quant",
     "[\"location_id.usage\",\"=\",\"internal\"]",
     "\"product_id\",\"location_id\",\"quantity\",\"reserved_quantity\"",
     erp_stock,
     "SELECT variant, location, on_hand, reserved FROM stock "
     "WHERE account = ?1 AND connection = ?2 "
     "AND (on_hand <> 0 OR reserved <> 0) AND NOT EXISTS (SELECT 1 "
     "FROM variant v WHERE v.account = ?1 AND v.connection = ?2 "
     "AND v.id = stock.variant AND v.removed_at IS NOT NULL)"},
    {"sales of the ERP", STREAM_SALES, "sale.order", "", "\"name\",\"state\"",
     erp_order,
     "SELECT id, number, status FROM sale WHERE account = ?1 "
     "AND connection = ?2"},
    {"sale lines of the ERP", STREAM_SALES, "sale.order.line", "",
     "\"order_id\",\"product_id\",\"product_uom_qty\",\"price_subtotal\"",
     erp_sale_line,
     "SELECT sale, id, variant, quantity, revenue FROM sale_line "
     "WHERE account = ?1 AND connection = ?2"},
    {"purchases", STREAM_PURCHASE_ORDERS, "purchase.order", "",
     "\"name\",\"state\"", erp_order, ORDERS "3"},
    {"purchase lines", STREAM_PURCHASE_ORDERS, "purchase.order.line", "",
     "\"order_id\",\"product_id\",\"product_qty\",\"qty_received\","
     "\"price_unit\"",
     erp_purchase_line,
     "SELECT stock_order, id, variant, quantity, received, unit_cost "
     "FROM stock_order_line WHERE account = ?1 AND connection = ?2 "
     "AND kind = 3"},
    {"transfers", STREAM_TRANSFER_ORDERS, "stock.picking",
     "[\"picking_type_code\",\"=\",\"internal\"]", "\"name\",\"state\"",
     erp_order, ORDERS "4"},
    {"transfer lines", STREAM_TRANSFER_ORDERS, "stock.move",
     "[\"picking_id.picking_type_code\",\"=\",\"internal\"]",
     "\"picking_id\"," MOVE_FIELDS, erp_transfer_line, MOVES "4"},
    {"assemblies", STREAM_ASSEMBLY_ORDERS, "mrp.production", "",
     "\"name\",\"state\"", erp_order, ORDERS "5"},
    {"what is assembled", STREAM_ASSEMBLY_ORDERS, "mrp.production", "",
     "\"product_id\",\"product_qty\",\"qty_produced\"", erp_made,
     "SELECT stock_order, variant, quantity, received FROM stock_order_line "
     "WHERE account = ?1 AND connection = ?2 AND kind = 5 "
     "AND id = 'product'"},
    {"components", STREAM_ASSEMBLY_ORDERS, "stock.move",
     "[\"raw_material_production_id\",\"!=\",false]",
     "\"raw_material_production_id\"," MOVE_FIELDS, erp_component,
     MOVES "5 AND id <> 'product'"},
};

static void walk_erp(struct reader *r, const char *model, const char *domain,
                     const char *fields, read_row *read)
{
    char *path = xasprintf("/json/2/%s/search_read", model);
    char *body = xasprintf("{\"domain\":[%s],\"fields\":[%s],"
                           "\"order\":\"id asc\","
                           "\"context\":{\"active_test\":false}}",
                           domain, fields);
    struct json_iter it;
    struct json_value v;

    ask(r, path,
        "Authorization: bearer odoo_demo\nContent-Type: application/json\n",
        body);
    for (it = json_each(r->root); json_next(&it, &v);)
        read(r, v);
    free(path);
    free(body);
}

void world_check_erp(struct stack *s, int64_t account, int64_t connection,
                     int64_t streams)
{
    for (size_t i = 0; i < ARRAY_LEN(erp_kinds); i++) {
        struct lines theirs = {0}, ours;
        struct reader r = {.s = s, .lines = &theirs};
        if (!(streams & STREAM_BIT(erp_kinds[i].stream)))
            continue;
        walk_erp(&r, erp_kinds[i].model, erp_kinds[i].domain,
                 erp_kinds[i].fields, erp_kinds[i].read);
        close_reader(&r);
        ours = read_store(s, erp_kinds[i].sql,
                          WITH(INT(account), INT(connection)));
        check_equal(erp_kinds[i].what, &theirs, &ours);
    }
}

/* ---- two accounts ---- */

/* Versions, hashes and times of reading may differ; what is said may not. */
static const struct {
    const char *what, *sql;
} tables[] = {
    {"variant",
     "SELECT connection, id, product, sku, item, barcode, title, vendor, "
     "category, currency, price, cost, active, updated_at FROM variant "
     "WHERE account = ?1 AND removed_at IS NULL"},
    {"stock",
     "SELECT s.connection, variant, location, on_hand, reserved FROM stock s "
     "JOIN variant v ON v.account = s.account "
     "AND v.connection = s.connection AND v.id = s.variant "
     "WHERE s.account = ?1 AND (on_hand <> 0 OR reserved <> 0) "
     "AND removed_at IS NULL"},
    {"sale",
     "SELECT connection, id, number, status, currency, counted, placed_at "
     "FROM sale WHERE account = ?1 AND status <> 'deleted'"},
    {"sale_line",
     "SELECT connection, variant, sale, id, location, quantity, returned, "
     "revenue, counted, placed_at FROM sale_line WHERE account = ?1 "
     "AND quantity <> 0"},
    {"stock_order",
     "SELECT connection, kind, id, number, status, open, supplier, currency, "
     "ordered_at, expected_at FROM stock_order WHERE account = ?1 "
     "AND status <> 'deleted'"},
    {"stock_order_line",
     "SELECT l.connection, l.kind, stock_order, l.id, variant, "
     "from_location, to_location, inward, outward, quantity, sent, received, "
     "unit_cost, l.expected_at FROM stock_order_line l JOIN stock_order o "
     "ON o.account = l.account AND o.connection = l.connection "
     "AND o.kind = l.kind AND o.id = l.stock_order WHERE l.account = ?1 "
     "AND o.status <> 'deleted'"},
    {"on_order",
     "SELECT connection, variant, location, day, kind, quantity, in_transit "
     "FROM on_order WHERE account = ?1"},
    {"metric",
     "SELECT item, location, day, units_7, units_365, revenue_7, "
     "revenue_365, stockout_days_30, velocity, velocity_days, on_hand, "
     "reserved, available, on_order, days_of_cover, replenishment, to_order, "
     "urgency FROM metric WHERE account = ?1"},
};

void world_check_same(struct stack *s, int64_t a, int64_t b)
{
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        struct lines of_a = read_store(s, tables[i].sql, WITH(INT(a)));
        struct lines of_b = read_store(s, tables[i].sql, WITH(INT(b)));
        char *what = xasprintf("%s of accounts %lld and %lld", tables[i].what,
                               (long long)b, (long long)a);
        check_equal(what, &of_b, &of_a);
        free(what);
    }
}
