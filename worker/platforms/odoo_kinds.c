/* odoo_kinds.c - what each stream reads in Odoo, record by record. See odoo.h.
 *
 * What follows from Odoo's ways:
 *   - A header does not change when its lines do, nor a variant when its
 *     product's template does: "touched" names the other write_date that
 *     brings a record. Such a record's own write_date lies before the window,
 *     so its row says no update time rather than one that looks too old.
 *   - Names of locations are those of stock.location ("Rotterdam/Stock"). A
 *     purchase order names only its operation type and a sale only its
 *     warehouse; their locations are asked for once for each page of headers,
 *     unless the setting purchase_location or sales_location names one.
 *   - An assembly's product is on its header, its components are moves; all
 *     lines of an order must be on one page, so what the header says of the
 *     product travels in the position (extra).
 *   - A transfer arrives the moment it leaves: what is received is sent too.
 *   - Returned pieces of a sale are not on its lines: returned stays 0.
 *   - Quantities are taken in the line's unit.
 */
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/fixed.h"
#include "common/instant.h"
#include "worker/platforms/odoo.h"
#include "worker/platforms/position.h"

/* Links (many2one): [7, "Rotterdam/Stock"], or false. */

static const char *link_id(const struct record *r, const char *field)
{
    const char *id;

    if (!record_says(r, field))
        return "";
    id = page_id(r->page, json_at(json_get(r->v, field), 0));
    if (!*id)
        record_fail(r, field, "is no link to a record");
    return id;
}

static const char *link_name(const struct record *r, const char *field)
{
    struct json_value name = json_at(json_get(r->v, field), 1);

    if (record_says(r, field) && !json_str(name))
        record_fail(r, field, "is no link with a name");
    return page_text(r->page, name);
}

/* The number of a link that must be there; 0 when the page is broken. */
static int64_t link_number(const struct record *r, const char *field)
{
    int64_t id;

    if (json_int(json_at(json_get(r->v, field), 0), &id) == 0 && id > 0)
        return id;
    record_fail(r, field, "is no link to a record");
    return 0;
}

/* Entries: what the details are read for. */

static struct odoo_entry *add_entry(struct odoo_reading *reading, int64_t id)
{
    struct odoo_entry *entry = &reading->entries[reading->entries_n++];

    *entry = (struct odoo_entry){id, ""};
    return entry;
}

static int compare_entries(const void *a, const void *b)
{
    const struct odoo_entry *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* The entry that a detail belongs to; NULL (page broken) if it was not asked
 * for. */
static const struct odoo_entry *entry_of(struct odoo_reading *reading,
                                         const struct record *r)
{
    const char *parent = reading->kind->parent;
    struct odoo_entry key = {link_number(r, parent), ""};
    const struct odoo_entry *found =
        bsearch(&key, reading->entries, reading->entries_n,
                sizeof *reading->entries, compare_entries);

    if (!found)
        record_fail(r, parent, "was not asked for");
    return found;
}

static const char *id_text(struct odoo_reading *reading, int64_t id)
{
    return arena_printf(reading->page->rows.arena, "%lld", (long long)id);
}

static void mark_whole(struct odoo_reading *reading,
                       const struct odoo_entry *entry)
{
    rows_whole(&reading->page->rows, id_text(reading, entry->id));
}

/* Variants. */

static int64_t updated_at(struct odoo_reading *reading, const struct record *r)
{
    const struct window *window = &reading->question->window;
    int64_t at;

    if (!record_needs(r, "write_date"))
        return INSTANT_NONE;
    at = record_time(r, "write_date");
    if (window->from == INSTANT_NONE)
        return at;
    /* Odoo shows whole seconds of its microseconds. */
    return at > window->from - SECOND ? at : INSTANT_NONE;
}

/* "[SKU] Name (Blue)" without what the SKU already says. */
static const char *title_of(const struct record *r, const char *sku)
{
    const char *name = record_text(r, "display_name");
    size_t length = strlen(sku);

    if (length && *name == '[' && strncmp(name + 1, sku, length) == 0 &&
        strncmp(name + 1 + length, "] ", 2) == 0)
        return name + length + 3;
    return name;
}

static void read_variant(struct odoo_reading *reading, const struct record *r)
{
    struct variant_row *row = rows_variant(&reading->page->rows);

    row->id = r->id;
    row->product_id = link_id(r, "product_tmpl_id");
    row->sku = record_text(r, "default_code");
    row->barcode = record_text(r, "barcode");
    row->title = title_of(r, row->sku);
    row->category = link_name(r, "categ_id");
    row->currency = link_name(r, "currency_id");
    row->price = record_amount(r, "lst_price", FIXED_NONE);
    row->cost = record_amount(r, "standard_price", FIXED_NONE);
    row->active = json_true(json_get(r->v, "active"));
    if (json_type(json_get(r->v, "active")) != JSON_BOOL)
        record_fail(r, "active", "is neither true nor false");
    row->updated_at = updated_at(reading, r);
}

/* Stock: quants of touched products, summed for each location. */

struct odoo_quant {
    const char *variant, *location;
    int64_t on_hand, reserved;
};

static void read_touched(struct odoo_reading *reading, const struct record *r)
{
    add_entry(reading, link_number(r, "product_id"));
}

static void read_quant(struct odoo_reading *reading, const struct record *r)
{
    struct odoo_quant *quant;

    if (!entry_of(reading, r) || !record_needs(r, "quantity") ||
        !record_needs(r, "location_id"))
        return;
    if (!reading->quants)
        reading->quants = arena_alloc(reading->page->rows.arena,
                                      reading->records_n * sizeof *quant);
    quant = &reading->quants[reading->quants_n++];
    quant->variant = link_id(r, "product_id");
    quant->location = link_name(r, "location_id");
    quant->on_hand = record_amount(r, "quantity", 0);
    quant->reserved = record_amount(r, "reserved_quantity", 0);
}

static int compare_quants(const void *a, const void *b)
{
    const struct odoo_quant *x = a, *y = b;
    int order = strcmp(x->variant, y->variant);

    return order ? order : strcmp(x->location, y->location);
}

/* Lots and packages have quants of their own. */
static void sum_quants(struct odoo_reading *reading)
{
    struct page *page = reading->page;
    const struct odoo_quant *before = NULL;
    struct stock_row *row = NULL;

    if (reading->quants_n)
        qsort(reading->quants, reading->quants_n, sizeof *reading->quants,
              compare_quants);
    for (size_t i = 0; i < reading->quants_n; i++) {
        const struct odoo_quant *quant = &reading->quants[i];
        if (!before || compare_quants(before, quant) != 0) {
            row = rows_stock(&page->rows);
            row->variant = quant->variant;
            row->location = quant->location;
        }
        if (__builtin_add_overflow(row->on_hand, quant->on_hand,
                                   &row->on_hand) ||
            __builtin_add_overflow(row->reserved, quant->reserved,
                                   &row->reserved))
            page_fail(page, PAGE_BROKEN, "product %.40s: too large a quantity",
                      quant->variant);
        before = quant;
    }
}

static void mark_whole_stock(struct odoo_reading *reading,
                             const struct odoo_entry *entry)
{
    rows_whole_stock(&reading->page->rows, id_text(reading, entry->id));
}

/* Orders: the headers. */

static bool is_one_of(const char *text, const char *const *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, set[i]) == 0)
            return true;
    return false;
}

/* What leads to the order's location, unless a setting names it. */
static void add_located(struct odoo_reading *reading, const struct record *r,
                        const char *field)
{
    struct odoo_entry *entry = add_entry(reading, reading->place.last);

    if (!*odoo_location(reading->question, reading->kind))
        entry->extra = link_id(r, field);
}

static void read_sale(struct odoo_reading *reading, const struct record *r)
{
    static const char *const counted[] = {"sale", "done"};
    struct sale_row *row = rows_sale(&reading->page->rows);

    record_needs(r, "state");
    row->id = r->id;
    row->number = record_text(r, "name");
    row->status = record_text(r, "state");
    row->currency = link_name(r, "currency_id");
    row->counted = is_one_of(row->status, counted, ARRAY_LEN(counted));
    row->placed_at = record_time(r, "date_order");
    row->updated_at = updated_at(reading, r);
    add_located(reading, r, "warehouse_id");
}

static struct stock_order_row *read_order(struct odoo_reading *reading,
                                          const struct record *r)
{
    struct stock_order_row *row = rows_stock_order(&reading->page->rows);

    record_needs(r, "state");
    row->id = r->id;
    row->number = record_text(r, "name");
    row->status = record_text(r, "state");
    row->updated_at = updated_at(reading, r);
    return row;
}

static void read_purchase(struct odoo_reading *reading, const struct record *r)
{
    struct stock_order_row *row = read_order(reading, r);
    const char *receipt = record_text(r, "receipt_status");

    row->supplier = link_name(r, "partner_id");
    row->currency = link_name(r, "currency_id");
    row->ordered_at = record_time(r, "date_order");
    row->expected_at = record_time(r, "date_planned");
    /* "done" means locked: many lock an order as soon as it is confirmed. */
    row->open = (strcmp(row->status, "purchase") == 0 ||
                 (strcmp(row->status, "done") == 0 && *receipt)) &&
                strcmp(receipt, "full") != 0;
    add_located(reading, r, "picking_type_id");
}

static void read_transfer(struct odoo_reading *reading, const struct record *r)
{
    static const char *const open[] = {"waiting", "confirmed", "assigned"};
    struct stock_order_row *row = read_order(reading, r);

    row->ordered_at = record_time(r, "create_date");
    row->expected_at = record_time(r, "scheduled_date");
    row->open = is_one_of(row->status, open, ARRAY_LEN(open));
    add_entry(reading, reading->place.last);
}

static void read_assembly(struct odoo_reading *reading, const struct record *r)
{
    static const char *const open[] = {"confirmed", "progress", "to_close"};
    struct stock_order_row *row = read_order(reading, r);
    int64_t product = link_number(r, "product_id");
    int64_t quantity = record_amount(r, "product_qty", 0);
    int64_t made = record_amount(r, "qty_produced", 0);

    record_needs(r, "product_qty");
    row->ordered_at = record_time(r, "create_date");
    row->expected_at = record_time(r, "date_finished");
    if (row->expected_at == INSTANT_NONE)
        row->expected_at = record_time(r, "date_start");
    row->open = is_one_of(row->status, open, ARRAY_LEN(open));
    add_entry(reading, reading->place.last)->extra = arena_printf(
        reading->page->rows.arena, "%lld %lld %lld %s", (long long)product,
        (long long)quantity, (long long)made, link_name(r, "location_dest_id"));
}

/* Orders: the lines. */

static const char *location_of(struct odoo_reading *reading,
                               const struct odoo_entry *entry)
{
    const char *set = odoo_location(reading->question, reading->kind);

    if (*set)
        return arena_text(reading->page->rows.arena, set, strlen(set));
    return entry->extra;
}

/* price_subtotal; where it is not said, what it is made of. */
static int64_t revenue_of(const struct record *r, int64_t quantity)
{
    int64_t price = record_amount(r, "price_unit", 0);
    int64_t percent = record_amount(r, "discount", 0);

    if (record_says(r, "price_subtotal"))
        return record_amount(r, "price_subtotal", 0);
    return fixed_mul(fixed_mul(price, quantity), FIXED_ONE - percent / 100);
}

static void read_sale_line(struct odoo_reading *reading, const struct record *r)
{
    const struct odoo_entry *entry = entry_of(reading, r);
    struct sale_line_row *row;

    /* A section, a note, a down payment: no product. */
    if (!entry || !record_says(r, "product_id") ||
        !record_needs(r, "product_uom_qty"))
        return;
    row = rows_sale_line(&reading->page->rows);
    row->sale = id_text(reading, entry->id);
    row->id = r->id;
    row->variant = link_id(r, "product_id");
    row->location = location_of(reading, entry);
    row->quantity = record_amount(r, "product_uom_qty", 0);
    row->revenue = revenue_of(r, row->quantity);
}

static struct stock_order_line_row *add_line(struct odoo_reading *reading,
                                             const struct odoo_entry *entry,
                                             const struct record *r,
                                             const char *quantity)
{
    struct stock_order_line_row *row =
        rows_stock_order_line(&reading->page->rows);

    record_needs(r, quantity);
    row->order = id_text(reading, entry->id);
    row->id = r->id;
    row->variant = link_id(r, "product_id");
    row->quantity = record_amount(r, quantity, 0);
    return row;
}

static void read_purchase_line(struct odoo_reading *reading,
                               const struct record *r)
{
    const struct odoo_entry *entry = entry_of(reading, r);
    struct stock_order_line_row *row;

    if (!entry || !record_says(r, "product_id"))
        return;
    row = add_line(reading, entry, r, "product_qty");
    row->to = location_of(reading, entry);
    row->inward = true;
    row->received = record_amount(r, "qty_received", 0);
    row->unit_cost = record_amount(r, "price_unit", FIXED_NONE);
    row->expected_at = record_time(r, "date_planned");
}

/* A move of a transfer or of an assembly's component. NULL: no line. */
static struct stock_order_line_row *read_move(struct odoo_reading *reading,
                                              const struct record *r)
{
    const struct odoo_entry *entry = entry_of(reading, r);
    const char *state = record_text(r, "state");
    struct stock_order_line_row *row;

    if (!entry || !record_needs(r, "product_id") ||
        strcmp(state, "cancel") == 0)
        return NULL;
    row = add_line(reading, entry, r, "product_uom_qty");
    row->from = link_name(r, "location_id");
    row->outward = true;
    /* Before it is done, "quantity" is only what is reserved. */
    if (strcmp(state, "done") == 0)
        row->sent = row->received = record_amount(r, "quantity", 0);
    return row;
}

static void read_transfer_line(struct odoo_reading *reading,
                               const struct record *r)
{
    struct stock_order_line_row *row = read_move(reading, r);

    if (!row)
        return;
    row->to = link_name(r, "location_dest_id");
    row->inward = true;
}

static void read_component(struct odoo_reading *reading, const struct record *r)
{
    read_move(reading, r);
}

static void add_product_line(struct odoo_reading *reading,
                             const struct odoo_entry *entry)
{
    struct stock_order_line_row *row;
    const char *at = entry->extra;
    int64_t product, quantity, made;

    mark_whole(reading, entry);
    if (position_number(&at, &product) < 0 ||
        position_number(&at, &quantity) < 0 ||
        position_number(&at, &made) < 0) {
        page_fail(reading->page, PAGE_RESTART, "the position is broken");
        return;
    }
    row = rows_stock_order_line(&reading->page->rows);
    row->order = id_text(reading, entry->id);
    row->id = "product";
    row->variant = id_text(reading, product);
    row->to = at;
    row->inward = true;
    row->quantity = quantity;
    row->received = made;
}

#define MOVE_FIELDS                                                            \
    "\"product_id\",\"product_uom_qty\",\"quantity\",\"state\","               \
    "\"location_id\",\"location_dest_id\""

static const struct odoo_kind kinds[] = {
    {
        .stream = STREAM_VARIANTS,
        .limit = 200,
        .lists = {{
            .model = "product.product",
            .kind = "variant",
            .fields = "[\"default_code\",\"barcode\",\"display_name\","
                      "\"lst_price\",\"standard_price\",\"active\","
                      "\"product_tmpl_id\",\"categ_id\",\"currency_id\","
                      "\"write_date\"]",
            .scope = "",
            .touched = "product_tmpl_id.write_date",
            .company = ODOO_SHARED,
            .read = read_variant,
        }},
        .lists_n = 1,
        .sweeps = true,
    },
    {
        .stream = STREAM_STOCK,
        .limit = 1000,
        .lists = {{
                      .model = "stock.quant",
                      .kind = "quant",
                      .fields = "[\"product_id\"]",
                      .scope = "[\"location_id.usage\",\"=\",\"internal\"],",
                      .company = ODOO_OWN,
                      .read = read_touched,
                  },
                  {
                      .model = "stock.move.line",
                      .kind = "move line",
                      .fields = "[\"product_id\"]",
                      .scope = "[\"state\",\"=\",\"done\"],",
                      .company = ODOO_OWN,
                      .read = read_touched,
                  }},
        .lists_n = 2,
        .batch = 100,
        .details =
            {
                .model = "stock.quant",
                .kind = "quant",
                .fields = "[\"product_id\",\"location_id\",\"quantity\","
                          "\"reserved_quantity\"]",
                .scope = "[\"location_id.usage\",\"=\",\"internal\"],",
                .company = ODOO_OWN,
                .read = read_quant,
            },
        .parent = "product_id",
        .begin = mark_whole_stock,
        .end = sum_quants,
    },
    {
        .stream = STREAM_SALES,
        .limit = 200,
        .lists = {{
            .model = "sale.order",
            .kind = "order",
            .fields = "[\"name\",\"state\",\"date_order\",\"currency_id\","
                      "\"warehouse_id\",\"write_date\"]",
            .scope = "",
            .touched = "order_line.write_date",
            .company = ODOO_OWN,
            .read = read_sale,
        }},
        .lists_n = 1,
        .place_model = "stock.warehouse",
        .place_field = "lot_stock_id",
        .place_setting = "sales_location",
        .batch = 200,
        .details =
            {
                .model = "sale.order.line",
                .kind = "order line",
                .fields = "[\"order_id\",\"product_id\",\"product_uom_qty\","
                          "\"price_unit\",\"discount\",\"price_subtotal\"]",
                .scope = "",
                .read = read_sale_line,
            },
        .parent = "order_id",
        .begin = mark_whole,
    },
    {
        .stream = STREAM_PURCHASE_ORDERS,
        .limit = 200,
        .lists = {{
            .model = "purchase.order",
            .kind = "order",
            .fields = "[\"name\",\"state\",\"receipt_status\",\"partner_id\","
                      "\"currency_id\",\"date_order\",\"date_planned\","
                      "\"picking_type_id\",\"write_date\"]",
            .scope = "",
            .touched = "order_line.write_date",
            .company = ODOO_OWN,
            .read = read_purchase,
        }},
        .lists_n = 1,
        .sweeps = true,
        .place_model = "stock.picking.type",
        .place_field = "default_location_dest_id",
        .place_setting = "purchase_location",
        .batch = 200,
        .details =
            {
                .model = "purchase.order.line",
                .kind = "order line",
                .fields = "[\"order_id\",\"product_id\",\"product_qty\","
                          "\"qty_received\",\"price_unit\",\"date_planned\"]",
                .scope = "",
                .read = read_purchase_line,
            },
        .parent = "order_id",
        .begin = mark_whole,
    },
    {
        .stream = STREAM_TRANSFER_ORDERS,
        .limit = 200,
        .lists = {{
            .model = "stock.picking",
            .kind = "transfer",
            .fields = "[\"name\",\"state\",\"create_date\","
                      "\"scheduled_date\",\"write_date\"]",
            .scope = "[\"picking_type_code\",\"=\",\"internal\"],",
            .touched = "move_ids.write_date",
            .company = ODOO_OWN,
            .read = read_transfer,
        }},
        .lists_n = 1,
        .sweeps = true,
        .batch = 200,
        .details =
            {
                .model = "stock.move",
                .kind = "move",
                .fields = "[\"picking_id\"," MOVE_FIELDS "]",
                .scope = "",
                .read = read_transfer_line,
            },
        .parent = "picking_id",
        .begin = mark_whole,
    },
    {
        .stream = STREAM_ASSEMBLY_ORDERS,
        .limit = 200,
        .lists = {{
            .model = "mrp.production",
            .kind = "production",
            .fields = "[\"name\",\"state\",\"create_date\",\"date_start\","
                      "\"date_finished\",\"product_id\",\"product_qty\","
                      "\"qty_produced\",\"location_dest_id\",\"write_date\"]",
            .scope = "",
            .touched = "move_raw_ids.write_date",
            .company = ODOO_OWN,
            .read = read_assembly,
        }},
        .lists_n = 1,
        .sweeps = true,
        .batch = 200,
        .details =
            {
                .model = "stock.move",
                .kind = "move",
                .fields = "[\"raw_material_production_id\"," MOVE_FIELDS "]",
                .scope = "",
                .read = read_component,
            },
        .parent = "raw_material_production_id",
        .begin = add_product_line,
    },
};

const struct odoo_kind *odoo_kind_of(enum stream stream)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].stream == stream)
            return &kinds[i];
    return NULL;
}

const char *odoo_location(const struct question *question,
                          const struct odoo_kind *kind)
{
    struct json_value settings = question->endpoint->settings;

    if (!kind->place_setting)
        return "";
    return json_str_or(json_get(settings, kind->place_setting), "");
}
