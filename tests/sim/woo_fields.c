/* woo_fields.c - the members of a product, a variation and an order.
 * One table for each kind of row; a small function for each member.
 */
#include <string.h>

#include "tests/sim/out.h"
#include "tests/sim/woo_fields.h"

struct woo_field {
    const char *name; /* as it is written: "\"sku\":" */
    void (*put)(struct buf *b, const struct woo_row *r);
};
struct woo_fields {
    const struct woo_field *fields;
    size_t n;
};

static struct post *post(const struct woo_row *r)
{
    return post_at(r->world, r->row);
}

static struct order *order(const struct woo_row *r)
{
    return order_at(r->world, r->row);
}

/* The goods of a simple product or variation, NULL of a variable one. */
static struct product *goods(const struct woo_row *r)
{
    return post(r)->product == NO_ROW ? NULL
                                      : product_at(r->world, post(r)->product);
}

static struct template *template(const struct woo_row *r)
{
    return template_at(r->world, post(r)->template);
}

static uint32_t post_id(const struct world *w, uint32_t row)
{
    return table_id(&w->tables[T_POST], row);
}

static void put_money(struct buf *b, int64_t amount)
{
    buf_char(b, '"');
    out_money(b, amount);
    buf_char(b, '"');
}

static void put_time(struct buf *b, int64_t instant)
{
    buf_char(b, '"');
    out_time(b, instant, 'T');
    buf_char(b, '"');
}

static void put_post_id(struct buf *b, const struct woo_row *r)
{
    out_int(b, r->id >= 0 ? r->id : post_id(r->world, r->row));
}

static void put_name(struct buf *b, const struct woo_row *r)
{
    if (post(r)->kind == POST_VARIATION)
        out_string(b, goods(r)->attributes);
    else
        out_string(b, template(r)->name);
}

static void put_type(struct buf *b, const struct woo_row *r)
{
    static const char *const types[] = {"\"simple\"", "\"variable\"",
                                        "\"variation\""};
    buf_text(b, types[post(r)->kind]);
}

static void put_post_status(struct buf *b, const struct woo_row *r)
{
    static const char *const statuses[] = {"\"publish\"", "\"draft\"",
                                           "\"private\"", "\"trash\""};
    buf_text(b, statuses[post(r)->status]);
}

static void put_post_created(struct buf *b, const struct woo_row *r)
{
    put_time(b, r->world->tables[T_POST].created[r->row]);
}

static void put_modified_here(struct buf *b, const struct woo_row *r)
{
    put_time(b, r->stamp + WOO_LOCAL);
}

static void put_modified(struct buf *b, const struct woo_row *r)
{
    put_time(b, r->stamp);
}

static void put_sku(struct buf *b, const struct woo_row *r)
{
    out_string(b, goods(r) ? goods(r)->sku : "");
}

static void put_gtin(struct buf *b, const struct woo_row *r)
{
    char text[EAN_TEXT];

    out_string(b, goods(r) ? ean_text(goods(r)->ean, text) : "");
}

static void put_price(struct buf *b, const struct woo_row *r)
{
    put_money(b, post(r)->price);
}

static void put_empty(struct buf *b, const struct woo_row *r)
{
    (void)r;
    OUT(b, "\"\"");
}

static void put_manage_stock(struct buf *b, const struct woo_row *r)
{
    buf_text(b, post(r)->managed == MANAGED ? "true" : "false");
}

static void put_stock(struct buf *b, const struct woo_row *r)
{
    char text[FIXED_TEXT];

    if (post(r)->managed != MANAGED)
        OUT(b, "null");
    else if (post(r)->stock % FIXED_ONE == 0)
        out_int(b, post(r)->stock / FIXED_ONE);
    else
        buf_text(b, fixed_text(post(r)->stock, text));
}

static void put_stock_status(struct buf *b, const struct woo_row *r)
{
    if (post(r)->managed == MANAGED && post(r)->stock <= 0)
        OUT(b, "\"outofstock\"");
    else
        OUT(b, "\"instock\"");
}

static void put_backorders(struct buf *b, const struct woo_row *r)
{
    (void)r;
    OUT(b, "\"no\"");
}

static void put_categories(struct buf *b, const struct woo_row *r)
{
    uint32_t category = template(r)->category;

    OUT(b, "[{\"id\":");
    out_int(b, 15 + category);
    OUT(b, ",\"name\":");
    out_string(b, name_of(r->world, T_CATEGORY, category));
    OUT(b, "}]");
}

static void put_parent_id(struct buf *b, const struct woo_row *r)
{
    uint32_t parent = post(r)->parent;

    out_int(b, parent == NO_ROW ? 0 : post_id(r->world, parent));
}

static void put_variation_ids(struct buf *b, const struct woo_row *r)
{
    const struct template *t = template(r);
    const char *comma = "";

    buf_char(b, '[');
    for (uint32_t i = t->first;
         post(r)->kind == POST_VARIABLE && i < t->first + t->count; i++) {
        uint32_t variation = product_at(r->world, i)->post;
        if (r->world->tables[T_POST].gone[variation] ||
            post_at(r->world, variation)->status == POST_TRASH)
            continue;
        buf_text(b, comma);
        out_int(b, post_id(r->world, variation));
        comma = ",";
    }
    buf_char(b, ']');
}

static void put_cost(struct buf *b, const struct woo_row *r)
{
    OUT(b, "{\"values\":[");
    if (goods(r)) {
        OUT(b, "{\"defined_value\":");
        out_money(b, goods(r)->cost);
        OUT(b, ",\"effective_value\":");
        out_money(b, goods(r)->cost);
        OUT(b, "}");
    }
    OUT(b, "],\"total_value\":");
    out_money(b, goods(r) ? goods(r)->cost : 0);
    OUT(b, "}");
}

static void put_order_id(struct buf *b, const struct woo_row *r)
{
    out_int(b,
            r->id >= 0 ? r->id : table_id(&r->world->tables[T_ORDER], r->row));
}

static void put_number(struct buf *b, const struct woo_row *r)
{
    buf_char(b, '"');
    put_order_id(b, r);
    buf_char(b, '"');
}

static void put_order_status(struct buf *b, const struct woo_row *r)
{
    static const char *const statuses[] = {
        "\"pending\"",   "\"processing\"", "\"on-hold\"", "\"completed\"",
        "\"cancelled\"", "\"refunded\"",   "\"failed\"",  "\"trash\""};
    buf_text(b, statuses[order(r)->status]);
}

static void put_currency(struct buf *b, const struct woo_row *r)
{
    (void)r;
    OUT(b, "\"EUR\"");
}

static void put_order_created(struct buf *b, const struct woo_row *r)
{
    put_time(b, r->world->tables[T_ORDER].created[r->row]);
}

static int64_t line_total(const struct line *line)
{
    return ((int64_t)line->cents * line->quantity - line->discount) *
           (FIXED_ONE / 100);
}

static void put_total(struct buf *b, const struct woo_row *r)
{
    int64_t total = 0;

    for (uint8_t i = 0; i < order(r)->count; i++)
        total += line_total(&r->world->lines[order(r)->first + i]);
    put_money(b, total);
}

/* The ids outlive their product, the SKU is looked up and does not. */
static void put_line_product(struct buf *b, const struct world *w,
                             const struct line *line)
{
    const struct product *p = product_at(w, line->product);
    const struct post *shown = post_at(w, p->post);
    bool simple = shown->parent == NO_ROW;

    OUT(b, ",\"product_id\":");
    out_int(b, post_id(w, simple ? p->post : shown->parent));
    OUT(b, ",\"variation_id\":");
    out_int(b, simple ? 0 : post_id(w, p->post));
    OUT(b, ",\"sku\":");
    if (w->tables[T_POST].gone[p->post])
        OUT(b, "null");
    else
        out_string(b, p->sku);
    OUT(b, ",\"name\":");
    out_string(b, template_at(w, p->template)->name);
}

static void put_line(struct buf *b, const struct world *w, uint32_t row)
{
    const struct line *line = &w->lines[row];
    int64_t each = line->cents * (FIXED_ONE / 100);

    OUT(b, "{\"id\":");
    out_int(b, row + 1);
    put_line_product(b, w, line);
    OUT(b, ",\"quantity\":");
    out_int(b, line->quantity);
    OUT(b, ",\"price\":");
    out_money(b, line_total(line) / line->quantity);
    OUT(b, ",\"subtotal\":");
    put_money(b, each * line->quantity);
    OUT(b, ",\"total\":");
    put_money(b, line_total(line));
    OUT(b, "}");
}

static void put_lines(struct buf *b, const struct woo_row *r)
{
    buf_char(b, '[');
    for (uint8_t i = 0; i < order(r)->count; i++) {
        if (i)
            buf_char(b, ',');
        put_line(b, r->world, order(r)->first + i);
    }
    buf_char(b, ']');
}

static void put_refunds(struct buf *b, const struct woo_row *r)
{
    if (!order(r)->refunded) {
        OUT(b, "[]");
        return;
    }
    OUT(b, "[{\"id\":");
    out_int(b, 800000000 + r->row);
    OUT(b, ",\"reason\":\"\",\"total\":");
    put_money(b, -(int64_t)order(r)->refunded * (FIXED_ONE / 100));
    OUT(b, "}]");
}

static const struct woo_field product_fields[] = {
    {"\"id\":", put_post_id},
    {"\"name\":", put_name},
    {"\"type\":", put_type},
    {"\"status\":", put_post_status},
    {"\"date_created_gmt\":", put_post_created},
    {"\"date_modified\":", put_modified_here},
    {"\"date_modified_gmt\":", put_modified},
    {"\"sku\":", put_sku},
    {"\"global_unique_id\":", put_gtin},
    {"\"price\":", put_price},
    {"\"regular_price\":", put_price},
    {"\"sale_price\":", put_empty},
    {"\"manage_stock\":", put_manage_stock},
    {"\"stock_quantity\":", put_stock},
    {"\"stock_status\":", put_stock_status},
    {"\"backorders\":", put_backorders},
    {"\"parent_id\":", put_parent_id},
    {"\"cost_of_goods_sold\":", put_cost},
    /* not of variations: */
    {"\"categories\":", put_categories},
    {"\"variations\":", put_variation_ids},
};
static const struct woo_field order_fields[] = {
    {"\"id\":", put_order_id},
    {"\"number\":", put_number},
    {"\"status\":", put_order_status},
    {"\"currency\":", put_currency},
    {"\"date_created_gmt\":", put_order_created},
    {"\"date_modified\":", put_modified_here},
    {"\"date_modified_gmt\":", put_modified},
    {"\"total\":", put_total},
    {"\"line_items\":", put_lines},
    {"\"refunds\":", put_refunds},
};
const struct woo_fields woo_products = {product_fields,
                                        ARRAY_LEN(product_fields)};
const struct woo_fields woo_variations = {product_fields,
                                          ARRAY_LEN(product_fields) - 2};
const struct woo_fields woo_orders = {order_fields, ARRAY_LEN(order_fields)};

/* "id" of "\"id\":"; a nested name asks for all of its member. */
static bool is_named(const char *field, const char *name, size_t length)
{
    length = strcspn(name, ".") < length ? strcspn(name, ".") : length;
    return strncmp(field + 1, name, length) == 0 && field[1 + length] == '"';
}

uint64_t woo_choose(const struct woo_fields *fields, const char *list)
{
    uint64_t chosen = 0;

    if (!list)
        return UINT64_MAX;
    while (*list) {
        size_t length = strcspn(list, ",");
        for (size_t i = 0; i < fields->n; i++)
            if (is_named(fields->fields[i].name, list, length))
                chosen |= UINT64_C(1) << i;
        list += length + (list[length] == ',');
    }
    return chosen;
}

void woo_put(struct buf *b, const struct woo_fields *fields, uint64_t chosen,
             const struct woo_row *row)
{
    char before = '{';

    for (size_t i = 0; i < fields->n; i++) {
        if (!(chosen >> i & 1))
            continue;
        buf_char(b, before);
        buf_text(b, fields->fields[i].name);
        fields->fields[i].put(b, row);
        before = ',';
    }
    if (before == '{')
        buf_char(b, '{');
    buf_char(b, '}');
}
