/* model.c - Odoo's models. See model.h. */
#include <string.h>

#include "tests/sim/model.h"
#include "tests/sim/out.h"

static const char *const usages[] = {"internal", "transit",    "supplier",
                                     "customer", "production", "inventory"};
static const char *const codes[] = {"incoming", "outgoing", "internal",
                                    "mrp_operation"};
static const char *const sale_states[] = {"draft", "sent", "sale", "cancel"};
static const char *const purchase_states[] = {"draft",    "sent", "to approve",
                                              "purchase", "done", "cancel"};
static const char *const move_states[] = {"draft",    "waiting", "confirmed",
                                          "assigned", "done",    "cancel"};
static const char *const production_states[] = {
    "draft", "confirmed", "progress", "to_close", "done", "cancel"};

/* --- texts that are made when asked for --- */

static void show_named(const struct world *w, enum table_name table,
                       uint32_t row, struct buf *out)
{
    buf_text(out, name_of(w, table, row));
}

static void show_currency(const struct world *w, uint32_t row, struct buf *out)
{
    show_named(w, T_CURRENCY, row, out);
}

static void show_partner(const struct world *w, uint32_t row, struct buf *out)
{
    show_named(w, T_PARTNER, row, out);
}

static void show_category(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, "All / ");
    show_named(w, T_CATEGORY, row, out);
}

static void show_company(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, company_at(w, row)->name);
}

static void show_warehouse(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, warehouse_at(w, row)->name);
}

static void show_location(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, location_at(w, row)->complete);
}

static void show_type(const struct world *w, uint32_t row, struct buf *out)
{
    const struct picking_type *type = picking_type_at(w, row);

    show_warehouse(w, type->warehouse, out);
    buf_text(out, ": ");
    buf_text(out, type->name);
}

static void show_template(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, template_at(w, row)->name);
}

static void show_product(const struct world *w, uint32_t row, struct buf *out)
{
    const struct product *p = product_at(w, row);

    if (*p->sku) {
        buf_char(out, '[');
        buf_text(out, p->sku);
        buf_text(out, "] ");
    }
    show_template(w, p->template, out);
    if (*p->attributes) {
        buf_text(out, " (");
        buf_text(out, p->attributes);
        buf_char(out, ')');
    }
}

static void show_barcode(const struct world *w, uint32_t row, struct buf *out)
{
    char text[EAN_TEXT];

    buf_text(out, ean_text(product_at(w, row)->ean, text));
}

static void show_quant(const struct world *w, uint32_t row, struct buf *out)
{
    show_location(w, quant_at(w, row)->location, out);
}

static void show_sale(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, sale_at(w, row)->name);
}

static void show_sale_line(const struct world *w, uint32_t row, struct buf *out)
{
    show_sale(w, sale_line_at(w, row)->order, out);
    buf_text(out, " - ");
    show_product(w, sale_line_at(w, row)->product, out);
}

static void show_purchase(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, purchase_at(w, row)->name);
}

/* What of it has arrived; "" (false) while nothing is on the way. */
static void show_receipt(const struct world *w, uint32_t row, struct buf *out)
{
    const struct purchase *p = purchase_at(w, row);
    bool all = true, some = false;

    if (p->state != PURCHASE_OPEN && p->state != PURCHASE_DONE)
        return;
    for (uint32_t i = p->first; i < p->first + p->count; i++) {
        const struct purchase_line *line = purchase_line_at(w, i);
        all &= line->received >= line->quantity;
        some |= line->received > 0;
    }
    buf_text(out, all ? "full" : some ? "partial" : "pending");
}

static void show_purchase_line(const struct world *w, uint32_t row,
                               struct buf *out)
{
    show_product(w, purchase_line_at(w, row)->product, out);
}

static void show_picking(const struct world *w, uint32_t row, struct buf *out)
{
    buf_text(out, picking_at(w, row)->name);
}

static void show_move(const struct world *w, uint32_t row, struct buf *out)
{
    show_product(w, move_at(w, row)->product, out);
}

static void show_move_line(const struct world *w, uint32_t row, struct buf *out)
{
    show_product(w, move_line_at(w, row)->product, out);
}

static void show_production(const struct world *w, uint32_t row,
                            struct buf *out)
{
    buf_text(out, production_at(w, row)->name);
}

/* --- the fields --- */

#define TEXT(n, type, m)                                                       \
    {                                                                          \
        .name = n, .kind = FIELD_TEXT, .at = offsetof(type, m)                 \
    }
#define CHOICE(n, type, m, list)                                               \
    {                                                                          \
        .name = n, .kind = FIELD_CHOICE, .at = offsetof(type, m),              \
        .choices = list                                                        \
    }
#define BOOL(n, type, m)                                                       \
    {                                                                          \
        .name = n, .kind = FIELD_BOOL, .at = offsetof(type, m)                 \
    }
#define AMOUNT(n, type, m)                                                     \
    {                                                                          \
        .name = n, .kind = FIELD_AMOUNT, .at = offsetof(type, m)               \
    }
#define TIME(n, type, m)                                                       \
    {                                                                          \
        .name = n, .kind = FIELD_TIME, .at = offsetof(type, m)                 \
    }
#define ONE(n, type, m, table)                                                 \
    {                                                                          \
        .name = n, .kind = FIELD_ONE, .at = offsetof(type, m), .target = table \
    }
#define MANY(n, type, m, c, table)                                             \
    {                                                                          \
        .name = n, .kind = FIELD_MANY, .at = offsetof(type, m),                \
        .count_at = offsetof(type, c), .target = table                         \
    }
#define CALL(n, f)                                                             \
    {                                                                          \
        .name = n, .kind = FIELD_CALL, .call = f                               \
    }
#define VIA(n, type, m, table, field)                                          \
    {                                                                          \
        .name = n, .kind = FIELD_VIA, .at = offsetof(type, m),                 \
        .target = table, .via = field                                          \
    }
#define COMPANY(type) ONE("company_id", type, company, T_COMPANY)

static const struct field common_fields[] = {
    {.name = "id", .kind = FIELD_ID},
    {.name = "create_date", .kind = FIELD_CREATED},
    {.name = "write_date", .kind = FIELD_WRITTEN},
};
static const struct field named_fields[] = {TEXT("name", struct named, name)};
static const struct field company_fields[] = {
    TEXT("name", struct company, name),
    ONE("currency_id", struct company, currency, T_CURRENCY),
};
static const struct field warehouse_fields[] = {
    TEXT("name", struct warehouse, name),
    TEXT("code", struct warehouse, code),
    COMPANY(struct warehouse),
    ONE("lot_stock_id", struct warehouse, stock, T_LOCATION),
};
static const struct field location_fields[] = {
    TEXT("name", struct location, name),
    TEXT("complete_name", struct location, complete),
    CHOICE("usage", struct location, usage, usages),
    BOOL("active", struct location, active),
    COMPANY(struct location),
    ONE("warehouse_id", struct location, warehouse, T_WAREHOUSE),
};
static const struct field type_fields[] = {
    TEXT("name", struct picking_type, name),
    CHOICE("code", struct picking_type, code, codes),
    ONE("warehouse_id", struct picking_type, warehouse, T_WAREHOUSE),
    ONE("default_location_src_id", struct picking_type, from, T_LOCATION),
    ONE("default_location_dest_id", struct picking_type, to, T_LOCATION),
};
static const struct field template_fields[] = {
    TEXT("name", struct template, name),
    AMOUNT("list_price", struct template, price),
    BOOL("active", struct template, active),
    ONE("categ_id", struct template, category, T_CATEGORY),
    MANY("product_variant_ids", struct template, first, count, T_PRODUCT),
};
static const struct field product_fields[] = {
    TEXT("default_code", struct product, sku),
    CALL("barcode", show_barcode),
    VIA("name", struct product, template, T_TEMPLATE, "name"),
    AMOUNT("lst_price", struct product, price),
    AMOUNT("standard_price", struct product, cost),
    BOOL("active", struct product, active),
    COMPANY(struct product),
    ONE("currency_id", struct product, currency, T_CURRENCY),
    ONE("product_tmpl_id", struct product, template, T_TEMPLATE),
    VIA("categ_id", struct product, template, T_TEMPLATE, "categ_id"),
};
static const struct field quant_fields[] = {
    ONE("product_id", struct quant, product, T_PRODUCT),
    ONE("location_id", struct quant, location, T_LOCATION),
    COMPANY(struct quant),
    AMOUNT("quantity", struct quant, quantity),
    AMOUNT("reserved_quantity", struct quant, reserved),
};
static const struct field sale_fields[] = {
    TEXT("name", struct sale, name),
    CHOICE("state", struct sale, state, sale_states),
    TIME("date_order", struct sale, ordered),
    ONE("partner_id", struct sale, partner, T_PARTNER),
    COMPANY(struct sale),
    ONE("currency_id", struct sale, currency, T_CURRENCY),
    ONE("warehouse_id", struct sale, warehouse, T_WAREHOUSE),
    MANY("order_line", struct sale, first, count, T_SALE_LINE),
};
static const struct field sale_line_fields[] = {
    ONE("order_id", struct sale_line, order, T_SALE),
    ONE("product_id", struct sale_line, product, T_PRODUCT),
    AMOUNT("product_uom_qty", struct sale_line, quantity),
    AMOUNT("qty_delivered", struct sale_line, delivered),
    AMOUNT("price_unit", struct sale_line, price),
    AMOUNT("discount", struct sale_line, discount),
    AMOUNT("price_subtotal", struct sale_line, subtotal),
    VIA("state", struct sale_line, order, T_SALE, "state"),
};
static const struct field purchase_fields[] = {
    TEXT("name", struct purchase, name),
    CHOICE("state", struct purchase, state, purchase_states),
    TIME("date_order", struct purchase, ordered),
    TIME("date_planned", struct purchase, planned),
    CALL("receipt_status", show_receipt),
    ONE("partner_id", struct purchase, partner, T_PARTNER),
    COMPANY(struct purchase),
    ONE("currency_id", struct purchase, currency, T_CURRENCY),
    ONE("picking_type_id", struct purchase, type, T_PICKING_TYPE),
    MANY("order_line", struct purchase, first, count, T_PURCHASE_LINE),
};
static const struct field purchase_line_fields[] = {
    ONE("order_id", struct purchase_line, order, T_PURCHASE),
    ONE("product_id", struct purchase_line, product, T_PRODUCT),
    AMOUNT("product_qty", struct purchase_line, quantity),
    AMOUNT("qty_received", struct purchase_line, received),
    AMOUNT("price_unit", struct purchase_line, price),
    TIME("date_planned", struct purchase_line, planned),
    VIA("state", struct purchase_line, order, T_PURCHASE, "state"),
};
static const struct field picking_fields[] = {
    TEXT("name", struct picking, name),
    CHOICE("state", struct picking, state, move_states),
    CHOICE("picking_type_code", struct picking, code, codes),
    TIME("scheduled_date", struct picking, scheduled),
    TIME("date_done", struct picking, done),
    COMPANY(struct picking),
    ONE("picking_type_id", struct picking, type, T_PICKING_TYPE),
    ONE("location_id", struct picking, from, T_LOCATION),
    ONE("location_dest_id", struct picking, to, T_LOCATION),
    MANY("move_ids", struct picking, first, count, T_MOVE),
};
static const struct field move_fields[] = {
    CHOICE("state", struct move, state, move_states),
    TIME("date", struct move, date),
    COMPANY(struct move),
    ONE("picking_id", struct move, picking, T_PICKING),
    ONE("product_id", struct move, product, T_PRODUCT),
    ONE("location_id", struct move, from, T_LOCATION),
    ONE("location_dest_id", struct move, to, T_LOCATION),
    ONE("raw_material_production_id", struct move, raw_of, T_PRODUCTION),
    ONE("production_id", struct move, made_by, T_PRODUCTION),
    ONE("purchase_line_id", struct move, purchase_line, T_PURCHASE_LINE),
    AMOUNT("product_uom_qty", struct move, asked),
    AMOUNT("quantity", struct move, quantity),
};
static const struct field move_line_fields[] = {
    CHOICE("state", struct move_line, state, move_states),
    TIME("date", struct move_line, date),
    COMPANY(struct move_line),
    ONE("move_id", struct move_line, move, T_MOVE),
    ONE("picking_id", struct move_line, picking, T_PICKING),
    ONE("product_id", struct move_line, product, T_PRODUCT),
    ONE("location_id", struct move_line, from, T_LOCATION),
    ONE("location_dest_id", struct move_line, to, T_LOCATION),
    AMOUNT("quantity", struct move_line, quantity),
};
static const struct field production_fields[] = {
    TEXT("name", struct production, name),
    CHOICE("state", struct production, state, production_states),
    TIME("date_start", struct production, start),
    TIME("date_finished", struct production, finished),
    COMPANY(struct production),
    ONE("product_id", struct production, product, T_PRODUCT),
    ONE("picking_type_id", struct production, type, T_PICKING_TYPE),
    ONE("location_src_id", struct production, from, T_LOCATION),
    ONE("location_dest_id", struct production, to, T_LOCATION),
    AMOUNT("product_qty", struct production, quantity),
    AMOUNT("qty_produced", struct production, produced),
    MANY("move_raw_ids", struct production, first, count, T_MOVE),
    MANY("move_finished_ids", struct production, made, made_n, T_MOVE),
};

#define FIELDS(list) list, ARRAY_LEN(list)
static const struct model models[] = {
    {"res.currency", T_CURRENCY, FIELDS(named_fields), show_currency},
    {"res.company", T_COMPANY, FIELDS(company_fields), show_company},
    {"res.partner", T_PARTNER, FIELDS(named_fields), show_partner},
    {"product.category", T_CATEGORY, FIELDS(named_fields), show_category},
    {"stock.warehouse", T_WAREHOUSE, FIELDS(warehouse_fields), show_warehouse},
    {"stock.location", T_LOCATION, FIELDS(location_fields), show_location},
    {"stock.picking.type", T_PICKING_TYPE, FIELDS(type_fields), show_type},
    {"product.template", T_TEMPLATE, FIELDS(template_fields), show_template},
    {"product.product", T_PRODUCT, FIELDS(product_fields), show_product},
    {"stock.quant", T_QUANT, FIELDS(quant_fields), show_quant},
    {"sale.order", T_SALE, FIELDS(sale_fields), show_sale},
    {"sale.order.line", T_SALE_LINE, FIELDS(sale_line_fields), show_sale_line},
    {"purchase.order", T_PURCHASE, FIELDS(purchase_fields), show_purchase},
    {"purchase.order.line", T_PURCHASE_LINE, FIELDS(purchase_line_fields),
     show_purchase_line},
    {"stock.picking", T_PICKING, FIELDS(picking_fields), show_picking},
    {"stock.move", T_MOVE, FIELDS(move_fields), show_move},
    {"stock.move.line", T_MOVE_LINE, FIELDS(move_line_fields), show_move_line},
    {"mrp.production", T_PRODUCTION, FIELDS(production_fields),
     show_production},
};

const struct model *model_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(models); i++)
        if (strcmp(models[i].name, name) == 0)
            return &models[i];
    return NULL;
}

const struct model *model_of(enum table_name table)
{
    for (size_t i = 0; i < ARRAY_LEN(models); i++)
        if (models[i].table == table)
            return &models[i];
    die("table %d has no model", (int)table);
}

/* --- reading a row --- */

/* A field of every model: made by its display(). */
static const struct field display_name = {.name = "display_name",
                                          .kind = FIELD_CALL};

const struct field *model_field(const struct model *model, const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(common_fields); i++)
        if (strcmp(common_fields[i].name, name) == 0)
            return &common_fields[i];
    for (size_t i = 0; i < model->fields_n; i++)
        if (strcmp(model->fields[i].name, name) == 0)
            return &model->fields[i];
    return strcmp(display_name.name, name) == 0 ? &display_name : NULL;
}

static const void *member(const struct world *w, const struct field *f,
                          enum table_name table, uint32_t row)
{
    const struct table *t = &w->tables[table];

    return t->rows + (size_t)row * t->stride + f->at;
}

static uint32_t read32(const void *at)
{
    return *(const uint32_t *)at;
}

static int64_t read64(const void *at)
{
    return *(const int64_t *)at;
}

uint32_t field_row(const struct world *w, const struct field *field,
                   enum table_name table, uint32_t row)
{
    return read32(member(w, field, table, row));
}

static const char *made_text(const struct world *w, const struct field *field,
                             enum table_name table, uint32_t row,
                             struct buf *scratch)
{
    buf_clear(scratch);
    if (field->call)
        field->call(w, row, scratch);
    else
        model_of(table)->display(w, row, scratch);
    return buf_str(scratch);
}

static struct value number(int64_t n)
{
    return (struct value){.kind = VALUE_NUMBER, .n = n};
}

static struct value text_value(const char *text)
{
    return (struct value){.kind = *text ? VALUE_TEXT : VALUE_NULL,
                          .text = text};
}

static struct value via_value(const struct world *w, const struct field *f,
                              uint32_t to, struct buf *scratch)
{
    if (to == NO_ROW)
        return (struct value){.kind = VALUE_NULL};
    return field_value(w, model_field(model_of(f->target), f->via), f->target,
                       to, scratch);
}

struct value field_value(const struct world *w, const struct field *field,
                         enum table_name table, uint32_t row,
                         struct buf *scratch)
{
    const struct table *t = &w->tables[table];
    const void *at = member(w, field, table, row);
    static const struct value null = {.kind = VALUE_NULL};

    switch (field->kind) {
    case FIELD_ID:
        return number(table_id(t, row));
    case FIELD_CREATED:
        return number(t->created[row]);
    case FIELD_WRITTEN:
        return number(t->written[row]);
    case FIELD_TEXT:
        return text_value(*(const char *const *)at);
    case FIELD_CHOICE:
        return text_value(field->choices[*(const uint8_t *)at]);
    case FIELD_BOOL:
        return number(*(const uint8_t *)at);
    case FIELD_AMOUNT:
        return number(read64(at));
    case FIELD_TIME:
        return read64(at) == INSTANT_NONE ? null : number(read64(at));
    case FIELD_ONE:
        return read32(at) == NO_ROW
                   ? null
                   : number(table_id(&w->tables[field->target], read32(at)));
    case FIELD_MANY:
        return (struct value){
            .kind = VALUE_MANY,
            .first = read32(at),
            .n = read32((const char *)at - field->at + field->count_at)};
    case FIELD_CALL:
        return text_value(made_text(w, field, table, row, scratch));
    case FIELD_VIA:
        return via_value(w, field, read32(at), scratch);
    }
    return null;
}

/* --- writing it --- */

static void put_time(struct buf *out, int64_t instant)
{
    buf_char(out, '"');
    out_time(out, instant, ' ');
    buf_char(out, '"');
}

static void put_text(struct buf *out, const char *text)
{
    if (*text)
        out_string(out, text);
    else
        OUT(out, "false");
}

/* [id, "name"] */
static void put_one(struct buf *out, const struct world *w,
                    const struct field *field, uint32_t to)
{
    struct buf name = {0};

    if (to == NO_ROW) {
        OUT(out, "false");
        return;
    }
    model_of(field->target)->display(w, to, &name);
    buf_char(out, '[');
    out_int(out, table_id(&w->tables[field->target], to));
    buf_char(out, ',');
    out_string(out, buf_str(&name));
    buf_char(out, ']');
    buf_free(&name);
}

static void put_many(struct buf *out, const struct world *w,
                     const struct field *field, const struct value *v)
{
    const struct table *t = &w->tables[field->target];
    const char *comma = "";

    buf_char(out, '[');
    for (uint32_t row = v->first; row < v->first + v->n; row++) {
        if (t->gone[row])
            continue;
        buf_text(out, comma);
        out_int(out, table_id(t, row));
        comma = ",";
    }
    buf_char(out, ']');
}

static void put_made(struct buf *out, const struct world *w,
                     const struct field *field, enum table_name table,
                     uint32_t row)
{
    struct buf text = {0};

    put_text(out, made_text(w, field, table, row, &text));
    buf_free(&text);
}

void field_put(struct buf *out, const struct world *w,
               const struct field *field, enum table_name table, uint32_t row,
               const struct shown *shown)
{
    static const struct shown itself = {-1, -1};
    const void *at = member(w, field, table, row);
    struct value v;

    switch (field->kind) {
    case FIELD_ONE:
        put_one(out, w, field, read32(at));
        return;
    case FIELD_VIA:
        field_put(out, w, model_field(model_of(field->target), field->via),
                  field->target, read32(at), &itself);
        return;
    case FIELD_CALL:
        put_made(out, w, field, table, row);
        return;
    default:
        break;
    }
    v = field_value(w, field, table, row, NULL);
    if (field->kind == FIELD_ID)
        out_int(out, shown->id >= 0 ? shown->id : v.n);
    else if (v.kind == VALUE_NULL)
        OUT(out, "false");
    else if (field->kind == FIELD_WRITTEN)
        put_time(out, shown->stamp >= 0 ? shown->stamp : v.n);
    else if (field->kind == FIELD_CREATED || field->kind == FIELD_TIME)
        put_time(out, v.n);
    else if (field->kind == FIELD_BOOL)
        buf_text(out, v.n ? "true" : "false");
    else if (field->kind == FIELD_AMOUNT)
        out_float(out, v.n);
    else if (field->kind == FIELD_MANY)
        put_many(out, w, field, &v);
    else
        put_text(out, v.text);
}
