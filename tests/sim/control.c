/* control.c - /sim/...: tests make the platforms live, lie and fail.
 * main.c lists the calls. Each answers a small JSON object.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/out.h"
#include "tests/sim/sim.h"

static double number(const struct exchange *x, const char *name,
                     double otherwise)
{
    const char *text = exchange_param(x, name);

    return text ? strtod(text, NULL) : otherwise;
}

static int64_t whole(const struct exchange *x, const char *name,
                     int64_t otherwise)
{
    const char *text = exchange_param(x, name);

    return text ? strtoll(text, NULL, 10) : otherwise;
}

/* A decimal parameter as fixed point; false (answered) if it is none. */
static bool amount(struct exchange *x, const char *name, int64_t *out)
{
    if (fixed_parse(exchange_param_or(x, name, ""), out) == 0)
        return true;
    exchange_refuse(x, 400, "%s must be a number", name);
    return false;
}

/* The product that the parameter sku names; NO_ROW (answered) if none. */
static uint32_t product(struct sim *s, struct exchange *x)
{
    const char *sku = exchange_param_or(x, "sku", "");
    uint32_t row = world_find(s->world, sku);

    if (row == NO_ROW)
        exchange_refuse(x, 404, "no product has the SKU %s", sku);
    return row;
}

static void done(struct exchange *x)
{
    OUT(&x->out, "{\"done\":true}\n");
}

static void stats(struct sim *s, struct exchange *x)
{
    stats_print(&s->stats, &x->out, mono_us());
}

/* How many rows each table has, and some products to play with. */
static void world(struct sim *s, struct exchange *x)
{
    const struct world *w = s->world;
    uint32_t shown = 0;

    buf_printf(&x->out,
               "{\"posts\":%u,\"orders\":%u,\"order_lines\":%u,\"products\":%u,"
               "\"quants\":%u,\"purchases\":%u,\"pickings\":%u,"
               "\"productions\":%u,\"skus\":[",
               w->tables[T_POST].alive, w->tables[T_ORDER].alive, w->lines_n,
               w->tables[T_PRODUCT].alive, w->tables[T_QUANT].alive,
               w->tables[T_PURCHASE].alive, w->tables[T_PICKING].alive,
               w->tables[T_PRODUCTION].alive);
    for (uint32_t i = 0; i < w->tables[T_PRODUCT].n && shown < 20; i++) {
        const char *sku = product_at(w, i)->sku;
        if (w->tables[T_PRODUCT].gone[i] || !*sku)
            continue;
        buf_text(&x->out, shown++ ? "," : "");
        out_string(&x->out, sku);
    }
    OUT(&x->out, "]}\n");
}

static void sell(struct sim *s, struct exchange *x)
{
    live_rate(s->world, number(x, "rate", 0));
    done(x);
}

static void order(struct sim *s, struct exchange *x)
{
    uint32_t row = product(s, x);
    int64_t count = whole(x, "count", 1);

    if (row == NO_ROW)
        return;
    for (int64_t i = 0; i < count; i++)
        live_sell(s->world, row, (int32_t)whole(x, "quantity", 1),
                  world_now(s->world));
    done(x);
}

static void sale(struct sim *s, struct exchange *x)
{
    uint32_t row = product(s, x);

    if (row == NO_ROW)
        return;
    live_erp_sale(s->world, row, whole(x, "quantity", 1) * FIXED_ONE);
    done(x);
}

static void price(struct sim *s, struct exchange *x)
{
    uint32_t row = product(s, x);
    int64_t value;

    if (row == NO_ROW || !amount(x, "price", &value))
        return;
    live_price(s->world, row, value, world_now(s->world));
    done(x);
}

static void stock(struct sim *s, struct exchange *x)
{
    const char *name = exchange_param_or(x, "location", "Rotterdam/Stock");
    uint32_t row = product(s, x), location;
    int64_t value;

    if (row == NO_ROW || !amount(x, "quantity", &value))
        return;
    for (location = AT_ROTTERDAM; location <= AT_LEEDS; location++)
        if (strcmp(location_at(s->world, location)->complete, name) == 0)
            break;
    if (location > AT_LEEDS) {
        exchange_refuse(x, 404, "no stock location is called %s", name);
        return;
    }
    live_stock(s->world, row, location, value);
    done(x);
}

static void delete (struct sim *s, struct exchange *x)
{
    uint32_t row = product(s, x);

    if (row == NO_ROW)
        return;
    live_delete(s->world, row);
    done(x);
}

static void trash(struct sim *s, struct exchange *x)
{
    uint32_t row = product(s, x);

    if (row == NO_ROW)
        return;
    live_trash(s->world, row);
    done(x);
}

static void receive(struct sim *s, struct exchange *x)
{
    const char *name = exchange_param_or(x, "po", "");

    if (live_receive(s->world, name, whole(x, "part", 0) != 0) < 0)
        exchange_refuse(x, 404, "%s is no open purchase", name);
    else
        done(x);
}

static void purchase(struct sim *s, struct exchange *x)
{
    uint32_t row = product(s, x);
    int64_t quantity;

    if (row == NO_ROW || !amount(x, "quantity", &quantity))
        return;
    row = live_purchase(s->world, row, quantity, whole(x, "days", 14));
    OUT(&x->out, "{\"po\":");
    out_string(&x->out, purchase_at(s->world, row)->name);
    OUT(&x->out, "}\n");
}

static void variant(struct sim *s, struct exchange *x)
{
    live_product(s->world, exchange_param_or(x, "sku", ""),
                 exchange_param_or(x, "title", "A new thing"),
                 world_now(s->world));
    done(x);
}

/* A long transaction ends: what it wrote shows only now, with an old stamp. */
static void late(struct sim *s, struct exchange *x)
{
    const char *sku = exchange_param_or(x, "sku", "");
    uint32_t row = world_find(s->world, sku);
    int64_t stamp = world_now(s->world) - whole(x, "seconds", 60) * SECOND;

    if (row == NO_ROW)
        live_product(s->world, sku, "Late Arrival", stamp);
    else
        live_price(s->world, row, product_at(s->world, row)->price + FIXED_ONE,
                   stamp);
    done(x);
}

static void ties(struct sim *s, struct exchange *x)
{
    int64_t stamp = world_now(s->world), count = whole(x, "count", 1000);
    char sku[32], title[64];

    for (int64_t i = 0; i < count; i++) {
        snprintf(sku, sizeof sku, "TIE-%u", s->world->tables[T_PRODUCT].n);
        snprintf(title, sizeof title, "Imported Thing %u",
                 s->world->tables[T_PRODUCT].n);
        live_product(s->world, sku, title, stamp);
    }
    done(x);
}

static void clock_offset(struct sim *s, struct exchange *x)
{
    s->world->clock = whole(x, "offset", 0) * SECOND;
    live_rate(s->world, s->world->sell_rate);
    done(x);
}

static void limit(struct sim *s, struct exchange *x)
{
    int64_t n = whole(x, "per_minute", 0);
    const char *name = exchange_param(x, "platform");
    int which = name ? platform_named(name) : -1;

    if (n < 0 || n > LIMIT_MAX || (name && which < 0)) {
        exchange_refuse(x, 400, "per_minute is 0..%d, platform woo or odoo",
                        LIMIT_MAX);
        return;
    }
    for (int i = 0; i < PLATFORMS; i++)
        if (which < 0 || which == i)
            limit_set(&s->limits[i], (int)n);
    done(x);
}

static void latency(struct sim *s, struct exchange *x)
{
    s->latency = whole(x, "ms", 0) * 1000;
    done(x);
}

static void fault(struct sim *s, struct exchange *x)
{
    const char *what = exchange_param_or(x, "what", "");
    int kind = fault_find(what);
    struct pending_fault f = {.count = whole(x, "count", 1)};

    if (strcmp(what, "clear") == 0) {
        s->faults = (struct faults){.invented = s->faults.invented};
        done(x);
        return;
    }
    f.fault.kind = (enum fault_kind)(kind < 0 ? FAULT_NONE : kind);
    snprintf(f.match, sizeof f.match, "%s", exchange_param_or(x, "match", ""));
    snprintf(f.fault.arg, sizeof f.fault.arg, "%s",
             exchange_param_or(x, "arg", kind == FAULT_STATUS ? "503" : ""));
    snprintf(f.fault.retry_after, sizeof f.fault.retry_after, "%s",
             exchange_param_or(x, "retry_after", ""));
    if (kind == FAULT_STATUS &&
        (atoi(f.fault.arg) < 200 || atoi(f.fault.arg) >= STATUS_MAX))
        exchange_refuse(x, 400, "arg is a status from 200 to 599");
    else if (kind < 0 || f.count < 1)
        exchange_refuse(x, 400, "no such fault or count: %s", what);
    else if (fault_add(&s->faults, &f) < 0)
        exchange_refuse(x, 409, "%d faults are pending already", FAULTS_MAX);
    else
        done(x);
}

static const struct {
    const char *path, *method;
    void (*run)(struct sim *s, struct exchange *x);
} calls[] = {
    {"/sim/stats", "GET", stats},         {"/sim/world", "GET", world},
    {"/sim/sell", "POST", sell},          {"/sim/order", "POST", order},
    {"/sim/sale", "POST", sale},          {"/sim/price", "POST", price},
    {"/sim/stock", "POST", stock},        {"/sim/delete", "POST", delete},
    {"/sim/trash", "POST", trash},        {"/sim/receive", "POST", receive},
    {"/sim/po", "POST", purchase},        {"/sim/variant", "POST", variant},
    {"/sim/late", "POST", late},          {"/sim/ties", "POST", ties},
    {"/sim/clock", "POST", clock_offset}, {"/sim/limit", "POST", limit},
    {"/sim/latency", "POST", latency},    {"/sim/fault", "POST", fault},
};

void control_answer(struct sim *s, struct exchange *x)
{
    live_run(s->world);
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        if (strcmp(calls[i].path, x->path) != 0)
            continue;
        if (strcmp(calls[i].method, x->method) != 0)
            exchange_refuse(x, 405, "%s wants %s", x->path, calls[i].method);
        else
            calls[i].run(s, x);
        return;
    }
    exchange_refuse(x, 404, "no such call: %s", x->path);
}
