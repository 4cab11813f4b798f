/* tryton_rows.c - records of Tryton as rows. Called by tryton.c.
 *
 * Amounts of lines are in their own unit ("dozen"), those of moves in the
 * product's: lines are converted. Dates without a time are noon UTC.
 */
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/fixed.h"
#include "common/instant.h"
#include "worker/platforms/tryton_rows.h"
#include "worker/platforms/tryton_rpc.h"

/* --- Values of records. */

static bool is(struct json_value record, const char *field, const char *value)
{
    return strcmp(json_str_or(json_get(record, field), ""), value) == 0;
}

static bool is_one_of(struct json_value record, const char *field,
                      const char *const *values)
{
    for (; *values; values++)
        if (is(record, field, *values))
            return true;
    return false;
}

/* A boolean; SQLite answers 1 for true. */
static bool is_true(struct json_value v)
{
    int64_t number = 0;

    return json_true(v) || (json_int(v, &number) == 0 && number != 0);
}

static int64_t amount_or(struct json_value v, int64_t otherwise)
{
    int64_t amount;

    return rpc_amount(v, &amount) < 0 ? otherwise : amount;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A sum that stays within the range. */
static int64_t plus(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? INT64_MIN + 1 : INT64_MAX;
    return sum;
}

static int64_t size_of(int64_t amount)
{
    return amount < 0 ? (amount == INT64_MIN ? INT64_MAX : -amount) : amount;
}

/* How many of the product's own unit are one of LINE's? */
static double pieces(struct json_value line)
{
    struct json_value product = json_get(line, "product.");
    double unit = 0, own = 0;

    if (json_double(json_path(json_get(line, "unit."), "factor"), &unit) < 0 ||
        json_double(json_get(json_get(product, "default_uom."), "factor"),
                    &own) < 0 ||
        !(unit > 0) || !(own > 0))
        return 1;
    return unit / own;
}

static int64_t times(int64_t amount, double factor)
{
    int64_t product;

    if (factor == 1 || amount == FIXED_NONE ||
        fixed_from_double(fixed_to_double(amount) * factor, &product) < 0)
        return amount;
    return product;
}

/* The id of the product of a line that we keep: "" for a comment, a subtotal,
 * a service. */
static const char *product_of(struct page *page, struct json_value line)
{
    struct json_value product = json_get(line, "product.");

    if (!is(line, "type", "line") || is(product, "type", "service"))
        return "";
    return page_id(page, json_get(product, "id"));
}

/* --- Variants and sales. */

static const char *barcode_of(struct page *page, struct json_value record)
{
    static const char *const kinds_of_barcode[] = {"ean", "isbn", "upc", NULL};
    struct json_iter it = json_each(json_get(record, "identifiers."));
    struct json_value identifier;

    while (json_next(&it, &identifier))
        if (is_one_of(identifier, "type", kinds_of_barcode))
            return page_text(page, json_get(identifier, "code"));
    return "";
}

void tryton_variant(const struct tryton_reading *r, const char *id,
                    struct json_value v)
{
    struct page *page = r->page;
    struct variant_row *row = rows_variant(&page->rows);
    struct json_value template = json_get(v, "template.");
    struct json_value category = json_at(json_get(v, "categories."), 0);

    row->id = id;
    row->product_id = page_id(page, json_get(template, "id"));
    row->sku = page_text(page, json_get(v, "code"));
    row->barcode = barcode_of(page, v);
    row->title = page_text(page, json_get(v, "name"));
    row->category = page_text(page, json_get(category, "name"));
    row->currency = arena_printf(page->rows.arena, "%s", r->currency);
    row->price = amount_or(json_get(v, "list_price"), FIXED_NONE);
    row->cost = amount_or(json_get(v, "cost_price"), FIXED_NONE);
    row->active = is_true(json_get(v, "active"));
    row->updated_at = later(rpc_written(v), rpc_written(template));
}

/* A return is a line (often in a sale of its own) with a negative quantity:
 * nothing sold, so many given back. */
static void read_sale_line(struct page *page, const char *sale,
                           const char *location, struct json_value line)
{
    const char *product = product_of(page, line);
    int64_t quantity, amount;
    struct sale_line_row *row;

    if (!*product)
        return;
    if (rpc_amount(json_get(line, "quantity"), &quantity) < 0 ||
        rpc_amount(json_get(line, "amount"), &amount) < 0) {
        page_fail(page, PAGE_BROKEN, "sale %s: a line without its numbers",
                  sale);
        return;
    }
    quantity = times(quantity, pieces(line));
    row = rows_sale_line(&page->rows);
    row->sale = sale;
    row->id = page_id(page, json_get(line, "id"));
    row->variant = product;
    row->location = location;
    row->quantity = quantity > 0 ? quantity : 0;
    row->returned = quantity < 0 ? size_of(quantity) : 0;
    row->revenue = quantity > 0 ? amount : 0;
}

void tryton_sale(const struct tryton_reading *r, const char *id,
                 struct json_value v)
{
    static const char *const counted[] = {"confirmed", "processing", "done",
                                          NULL};
    struct page *page = r->page;
    struct json_iter it = json_each(json_get(v, "lines."));
    struct json_value house = json_get(v, "warehouse."), line;
    const char *location = page_text(page, json_get(house, "name"));
    struct sale_row *row = rows_sale(&page->rows);

    row->id = id;
    row->number = page_text(page, json_get(v, "number"));
    row->status = page_text(page, json_get(v, "state"));
    row->currency = page_text(page, json_get(json_get(v, "currency."), "code"));
    row->counted = is_one_of(v, "state", counted);
    row->placed_at = rpc_time(json_get(v, "sale_date"));
    row->updated_at = rpc_written(v);
    rows_whole(&page->rows, id);
    while (json_next(&it, &line))
        read_sale_line(page, id, location, line);
}

/* --- Stock orders. */

static struct stock_order_row *add_order(struct page *page, const char *id,
                                         struct json_value v)
{
    struct stock_order_row *row = rows_stock_order(&page->rows);

    row->id = id;
    row->number = page_text(page, json_get(v, "number"));
    row->status = page_text(page, json_get(v, "state"));
    row->updated_at = rpc_written(v);
    rows_whole(&page->rows, id);
    return row;
}

/* What the done ones of MOVES have moved. */
static int64_t moved(struct json_value moves)
{
    struct json_iter it = json_each(moves);
    struct json_value move;
    int64_t sum = 0;

    while (json_next(&it, &move))
        if (is(move, "state", "done"))
            sum = plus(sum, amount_or(json_get(move, "internal_quantity"), 0));
    return sum;
}

/* A negative quantity goes back to the supplier. */
static void read_purchase_line(struct page *page, const char *order,
                               const char *location, struct json_value line)
{
    const char *product = product_of(page, line);
    double factor = pieces(line);
    struct stock_order_line_row *row;
    int64_t quantity;

    if (!*product)
        return;
    if (rpc_amount(json_get(line, "quantity"), &quantity) < 0) {
        page_fail(page, PAGE_BROKEN, "purchase %s: a line without quantity",
                  order);
        return;
    }
    row = rows_stock_order_line(&page->rows);
    row->order = order;
    row->id = page_id(page, json_get(line, "id"));
    row->variant = product;
    row->inward = quantity >= 0;
    row->outward = quantity < 0;
    *(row->inward ? &row->to : &row->from) = location;
    row->quantity = size_of(times(quantity, factor));
    row->received = moved(json_get(line, "moves."));
    row->sent = row->received;
    row->unit_cost =
        times(amount_or(json_get(line, "unit_price"), FIXED_NONE), 1 / factor);
    row->expected_at = rpc_time(json_get(line, "delivery_date"));
}

/* An order that is received stays "processing" until it is paid. */
void tryton_purchase(const struct tryton_reading *r, const char *id,
                     struct json_value v)
{
    static const char *const going_on[] = {"confirmed", "processing", NULL};
    struct page *page = r->page;
    struct json_iter it = json_each(json_get(v, "lines."));
    struct json_value house = json_get(v, "warehouse."), line;
    const char *location = page_text(page, json_get(house, "name"));
    struct stock_order_row *row = add_order(page, id, v);

    row->supplier = page_text(page, json_get(json_get(v, "party."), "name"));
    row->currency = page_text(page, json_get(json_get(v, "currency."), "code"));
    row->open =
        is_one_of(v, "state", going_on) && !is(v, "shipment_state", "received");
    row->ordered_at = rpc_time(json_get(v, "purchase_date"));
    row->expected_at = rpc_time(json_get(v, "delivery_date"));
    while (json_next(&it, &line))
        read_purchase_line(page, id, location, line);
}

/* A transfer with a transit has two moves for each line, there and on from
 * there; a part sent splits them further. So: one line for each product. */
struct leg {
    int64_t product, quantity;
    bool leaves, arrives, done;
};

static int compare_legs(const void *a, const void *b)
{
    const struct leg *x = a, *y = b;

    return (x->product > y->product) - (x->product < y->product);
}

/* -1 when the move does not count. */
static int read_leg(struct json_value move, int64_t transit, struct leg *leg)
{
    int64_t from = 0, to = 0;

    if (is(move, "state", "cancelled") ||
        rpc_id(json_get(move, "product"), &leg->product) < 0 ||
        rpc_id(json_get(move, "from_location"), &from) < 0 ||
        rpc_id(json_get(move, "to_location"), &to) < 0 ||
        rpc_amount(json_get(move, "internal_quantity"), &leg->quantity) < 0)
        return -1;
    leg->leaves = !transit || from != transit;
    leg->arrives = !transit || to != transit;
    leg->done = is(move, "state", "done");
    return 0;
}

static void add_leg(struct stock_order_line_row *row, const struct leg *leg)
{
    if (leg->leaves)
        row->quantity = plus(row->quantity, leg->quantity);
    if (leg->leaves && leg->done)
        row->sent = plus(row->sent, leg->quantity);
    if (leg->arrives && leg->done)
        row->received = plus(row->received, leg->quantity);
}

static struct stock_order_line_row *
add_transfer_line(struct page *page, const char *order, const char *from,
                  const char *to, int64_t product)
{
    struct stock_order_line_row *row = rows_stock_order_line(&page->rows);

    row->order = order;
    row->variant = arena_printf(page->rows.arena, "%lld", (long long)product);
    row->id = row->variant;
    row->from = from;
    row->to = to;
    row->inward = true;
    row->outward = true;
    return row;
}

void tryton_transfer(const struct tryton_reading *r, const char *id,
                     struct json_value v)
{
    static const char *const going_on[] = {"waiting", "assigned", "shipped",
                                           NULL};
    struct page *page = r->page;
    struct json_value moves = json_get(v, "moves."), move;
    struct json_iter it = json_each(moves);
    struct stock_order_row *row = add_order(page, id, v);
    struct stock_order_line_row *line = NULL;
    const char *from = rpc_place(page, json_get(v, "from_location."));
    const char *to = rpc_place(page, json_get(v, "to_location."));
    struct leg *legs =
        arena_alloc(page->rows.arena, (json_size(moves) + 1) * sizeof *legs);
    int64_t transit = 0;
    size_t n = 0;

    row->open = is_one_of(v, "state", going_on);
    row->ordered_at = rpc_time(json_get(v, "create_date"));
    row->expected_at = rpc_time(json_get(v, "planned_date"));
    if (rpc_id(json_get(v, "transit_location"), &transit) < 0)
        transit = 0;
    while (json_next(&it, &move))
        if (read_leg(move, transit, &legs[n]) == 0)
            n++;
    qsort(legs, n, sizeof *legs, compare_legs);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || legs[i].product != legs[i - 1].product)
            line = add_transfer_line(page, id, from, to, legs[i].product);
        add_leg(line, &legs[i]);
    }
}

/* The moves of a production: its outputs come, its inputs go. */
static void read_moves(struct page *page, const char *order,
                       struct json_value moves, bool inward)
{
    struct json_iter it = json_each(moves);
    struct json_value move;

    while (json_next(&it, &move)) {
        struct json_value at =
            json_get(move, inward ? "to_location." : "from_location.");
        struct stock_order_line_row *row;
        int64_t product, quantity;

        if (is(move, "state", "cancelled") ||
            rpc_id(json_get(move, "product"), &product) < 0 ||
            rpc_amount(json_get(move, "internal_quantity"), &quantity) < 0)
            continue;
        row = rows_stock_order_line(&page->rows);
        row->order = order;
        row->id = page_id(page, json_get(move, "id"));
        row->variant = page_id(page, json_get(move, "product"));
        row->inward = inward;
        row->outward = !inward;
        *(inward ? &row->to : &row->from) = rpc_place(page, at);
        row->quantity = quantity;
        row->received = is(move, "state", "done") ? quantity : 0;
        row->sent = row->received;
    }
}

void tryton_production(const struct tryton_reading *r, const char *id,
                       struct json_value v)
{
    static const char *const going_on[] = {"waiting", "assigned", "running",
                                           NULL};
    struct page *page = r->page;
    struct stock_order_row *row = add_order(page, id, v);

    row->open = is_one_of(v, "state", going_on);
    row->ordered_at = rpc_time(json_get(v, "create_date"));
    row->expected_at = rpc_time(json_get(v, "planned_date"));
    read_moves(page, id, json_get(v, "outputs."), true);
    read_moves(page, id, json_get(v, "inputs."), false);
}
