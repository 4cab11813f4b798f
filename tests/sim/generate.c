/* generate.c - a shop's year from a seed: goods, demand, sales, stock.
 * After it: stock_orders.c, which orders what runs short.
 */
#include <math.h>
#include <stdlib.h>

#include "tests/sim/catalog.h"
#include "tests/sim/dice.h"
#include "tests/sim/history.h"

#define DAY (86400 * SECOND)

enum {
    RECENT = 90,   /* days that tell what sells now */
    SHIPPED = 30,  /* days of which the ERP still keeps the deliveries */
    SITTING = 997, /* one shop product in so many has an odd stock */
};

static void add_named(struct world *w, enum table_name table, const char *name)
{
    uint32_t row = table_add(&w->tables[table], w->sold_until - 900 * DAY);

    ((struct named *)(void *)w->tables[table].rows)[row].name = name;
}

static void add_location(struct world *w, const char *name,
                         const char *complete, enum usage usage,
                         uint32_t warehouse)
{
    uint32_t row = table_add(&w->tables[T_LOCATION], w->sold_until - 900 * DAY);

    *location_at(w, row) = (struct location){.name = name,
                                             .complete = complete,
                                             .warehouse = warehouse,
                                             .usage = (uint8_t)usage,
                                             .active = 1};
}

static void add_warehouse(struct world *w, const char *name, const char *code,
                          uint32_t stock)
{
    static const char *const kinds[] = {"Receipts", "Delivery Orders",
                                        "Internal Transfers", "Manufacturing"};
    static const uint32_t from[] = {AT_SUPPLIERS, NO_ROW, NO_ROW, NO_ROW};
    static const uint32_t to[] = {NO_ROW, AT_CUSTOMERS, NO_ROW, NO_ROW};
    int64_t stamp = w->sold_until - 900 * DAY;
    uint32_t row = table_add(&w->tables[T_WAREHOUSE], stamp);

    *warehouse_at(w, row) =
        (struct warehouse){.name = name, .code = code, .stock = stock};
    for (uint32_t i = 0; i < ARRAY_LEN(kinds); i++) {
        uint32_t type = table_add(&w->tables[T_PICKING_TYPE], stamp);
        *picking_type_at(w, type) =
            (struct picking_type){.name = kinds[i],
                                  .warehouse = row,
                                  .from = from[i] == NO_ROW ? stock : from[i],
                                  .to = to[i] == NO_ROW ? stock : to[i],
                                  .code = (uint8_t)i};
    }
}

static void add_company(struct world *w)
{
    static const char *const suppliers[] = {
        "Textil Porto Lda",    "Ningbo Hengda Co., Ltd", "Weverij De Ploeg",
        "Atelier Żółkiewski",  "Anatolia Leather A.Ş.",  "Nordic Wool AS",
        "Kyoto Ceramics 京焼", "Highland Mill Ltd"};
    uint32_t row;

    add_named(w, T_CURRENCY, "EUR");
    row = table_add(&w->tables[T_COMPANY], w->sold_until - 900 * DAY);
    company_at(w, row)->name = "Polder & Co";
    for (size_t i = 0; i < ARRAY_LEN(suppliers); i++)
        add_named(w, T_PARTNER, suppliers[i]);
    for (size_t i = 0; i < catalog_categories(); i++)
        add_named(w, T_CATEGORY, catalog_category(i));
    add_location(w, "Stock", "Rotterdam/Stock", USAGE_INTERNAL, ROTTERDAM);
    add_location(w, "Stock", "Leeds/Stock", USAGE_INTERNAL, LEEDS);
    add_location(w, "Inter-warehouse transit",
                 "Physical Locations/Inter-warehouse transit", USAGE_TRANSIT,
                 NO_ROW);
    add_location(w, "Vendors", "Partners/Vendors", USAGE_SUPPLIER, NO_ROW);
    add_location(w, "Customers", "Partners/Customers", USAGE_CUSTOMER, NO_ROW);
    add_location(w, "Production", "Virtual Locations/Production",
                 USAGE_PRODUCTION, NO_ROW);
    add_location(w, "Inventory adjustment",
                 "Virtual Locations/Inventory adjustment", USAGE_INVENTORY,
                 NO_ROW);
    add_warehouse(w, "Rotterdam", "ROT", AT_ROTTERDAM);
    add_warehouse(w, "Leeds", "LDS", AT_LEEDS);
}

/* How often a product sells, relative to the others. */
static void give_demand(struct world *w, struct product *p, uint32_t percent)
{
    double luck = 0.3 + 1.4 * dice_unit(&w->dice);

    p->class = (uint8_t)(percent < 15   ? FAST
                         : percent < 55 ? SLOW
                         : percent < 75 ? INTERMITTENT
                         : percent < 88 ? SEASONAL
                                        : DEAD);
    p->demand = (float)(p->class == FAST       ? 12 * luck
                        : p->class == SEASONAL ? 5 * luck
                        : p->class == DEAD     ? 0
                                               : luck);
}

static void add_goods(struct world *w, struct history *h, uint32_t variants)
{
    int64_t first = h->start - 40 * DAY;

    for (uint32_t number = 1; w->tables[T_PRODUCT].n < variants; number++) {
        uint32_t done = w->tables[T_PRODUCT].n, percent, template;
        int64_t stamp = first + 40 * DAY / variants * done;
        struct entry e;

        catalog_entry(w->arena, &w->dice, number, &e);
        percent = dice_below(&w->dice, 100);
        template =
            world_template(w, e.title, e.category, e.price, e.count > 1, stamp);
        for (uint32_t i = 0; i < e.count && done + i < variants; i++) {
            struct goods goods = {.sku = e.sku[i],
                                  .attributes = e.attributes[i],
                                  .price = e.price,
                                  .cost = e.cost};
            uint32_t row = world_product(w, template, &goods, stamp);
            struct product *p = product_at(w, row);
            p->ean = dice_percent(&w->dice, 90)
                         ? UINT64_C(871000000000) + row * UINT64_C(7)
                         : 0;
            give_demand(w, p, percent);
        }
    }
}

static void sum_demand(struct world *w)
{
    uint32_t n = w->tables[T_PRODUCT].n;
    double *shares = arena_alloc(w->arena, n * sizeof *shares), sum = 0;

    for (uint32_t i = 0; i < n; i++)
        shares[i] = sum += (double)product_at(w, i)->demand;
    w->shares = shares;
    w->shares_n = n;
}

uint32_t history_buyer_picks(struct world *w)
{
    double wanted =
        dice_unit(&w->dice) * (w->shares_n ? w->shares[w->shares_n - 1] : 0);
    uint32_t low = 0, high = w->shares_n;

    while (low + 1 < high) {
        uint32_t middle = (low + high) / 2;
        if (w->shares[middle - 1] <= wanted)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Would somebody buy this on that day? Seasons, and weeks without interest. */
static bool in_season(struct world *w, uint32_t product, int64_t day)
{
    uint64_t week = product * UINT64_C(1000003) + (uint64_t)day / 10;

    switch (product_at(w, product)->class) {
    case SEASONAL:
        return dice_unit(&w->dice) <
               0.5 + 0.5 * sin(2 * M_PI * (double)(day + product % 7 * 9) /
                               365.0);
    case INTERMITTENT:
        return dice(&week) % 5 == 0;
    default:
        return true;
    }
}

static struct line buy(struct world *w, struct history *h, int64_t stamp)
{
    uint32_t product = history_buyer_picks(w);
    int64_t day = stamp / DAY;
    struct line line;

    for (int i = 0; i < 8 && !in_season(w, product, day); i++)
        product = history_buyer_picks(w);
    line = (struct line){
        .product = product,
        .quantity = dice_percent(&w->dice, 80)
                        ? 1
                        : 2 + (int32_t)dice_below(&w->dice, 4),
        .cents = (int32_t)(product_at(w, product)->price / (FIXED_ONE / 100))};
    if (dice_percent(&w->dice, 12))
        line.discount = line.cents * line.quantity / 10;
    if (stamp > h->now - RECENT * DAY)
        h->recent[product] += (float)line.quantity;
    h->sold_at[product] = stamp;
    return line;
}

static enum order_status status_by_age(struct world *w, int64_t age)
{
    uint32_t luck = dice_below(&w->dice, 1000);

    if (luck < 25)
        return ORDER_CANCELLED;
    if (luck < 35)
        return ORDER_FAILED;
    if (luck < 38)
        return ORDER_TRASH;
    if (age < 2 * DAY)
        return luck < 80 ? ORDER_PENDING : ORDER_PROCESSING;
    if (luck < 45)
        return ORDER_ON_HOLD;
    return luck < 70 ? ORDER_REFUNDED : ORDER_COMPLETED;
}

static void refund(struct world *w, struct order *order)
{
    const struct line *line = w->lines + order->first;

    if (order->status == ORDER_REFUNDED)
        for (uint8_t i = 0; i < order->count; i++, line++)
            order->refunded += line->cents * line->quantity - line->discount;
    else if (order->status == ORDER_COMPLETED && dice_percent(&w->dice, 2))
        order->refunded = line->cents;
}

static void deliver(struct world *w, const struct order *order, int64_t stamp)
{
    uint32_t at = dice_percent(&w->dice, 75) ? AT_ROTTERDAM : AT_LEEDS;
    uint32_t picking = world_picking(w, 4 * at + CODE_OUTGOING, at,
                                     AT_CUSTOMERS, MOVE_DONE, stamp);

    for (uint32_t i = 0; i < order->count; i++) {
        const struct line *line = w->lines + order->first + i;
        int64_t quantity = line->quantity * FIXED_ONE;
        world_move(w, picking, line->product, at, AT_CUSTOMERS, quantity,
                   quantity, MOVE_DONE, stamp);
    }
}

static void add_order(struct world *w, struct history *h, uint8_t count,
                      int64_t stamp)
{
    struct line lines[4];
    int64_t changed = stamp + dice_between(&w->dice, 600, 4 * 86400) * SECOND;
    enum order_status status = status_by_age(w, h->now - stamp);
    struct order *order;
    uint32_t row;

    for (uint8_t i = 0; i < count; i++)
        lines[i] = buy(w, h, stamp);
    row = world_order(w, lines, count, status, stamp);
    order = order_at(w, row);
    refund(w, order);
    if (status != ORDER_PROCESSING && changed < h->now - 60 * SECOND)
        w->tables[T_ORDER].written[row] = changed - changed % SECOND;
    if (status == ORDER_COMPLETED && stamp > h->now - SHIPPED * DAY)
        deliver(w, order, stamp + 3600 * SECOND);
}

/* Evenly over the year, but few people buy at night. */
static int64_t order_time(const struct history *h, double share)
{
    double days = share * (double)h->days, whole = floor(days);
    double hour = days - whole;

    hour += 0.13 * sin(2 * M_PI * hour);
    return h->start + (int64_t)((whole + hour) * (double)DAY);
}

static void add_orders(struct world *w, struct history *h, uint32_t lines)
{
    while (w->lines_n < lines) {
        uint32_t luck = dice_below(&w->dice, 100);
        uint8_t count = luck < 45 ? 1 : luck < 75 ? 2 : luck < 90 ? 3 : 4;
        double share;

        if (count > lines - w->lines_n)
            count = (uint8_t)(lines - w->lines_n);
        share = ((double)w->lines_n + dice_unit(&w->dice) * count) / lines;
        add_order(w, h, count, order_time(h, share));
    }
}

/* Pieces that are left of a product which sold so much lately. */
static int64_t leftover(struct world *w, const struct history *h, uint32_t row)
{
    double daily = (double)h->recent[row] / RECENT;
    uint32_t luck = dice_below(&w->dice, 100);
    int64_t cover;

    if (product_at(w, row)->class == DEAD)
        return dice_between(&w->dice, 0, 30);
    if (luck < 6)
        return 0;
    cover = luck < 16   ? dice_between(&w->dice, 1, 7)
            : luck < 70 ? dice_between(&w->dice, 15, 90)
                        : dice_between(&w->dice, 90, 300);
    return (int64_t)ceil(daily * (double)cover) +
           (luck < 16 ? 0 : dice_between(&w->dice, 0, 3));
}

static void give_stock(struct world *w, struct history *h, uint32_t row)
{
    int64_t pieces = leftover(w, h, row);
    int64_t there = dice_percent(&w->dice, 80)
                        ? pieces * dice_below(&w->dice, 50) / 100
                        : 0;
    struct post *post = post_at(w, product_at(w, row)->post);
    int64_t stamp = h->sold_at[row]
                        ? h->sold_at[row]
                        : dice_between(&w->dice, h->start, h->now - DAY);

    if (row % SITTING == 40)
        there = -4, pieces = -3; /* sold what was not there */
    if (row % SITTING == 41)
        post->managed = UNMANAGED;
    world_put(w, row, AT_ROTTERDAM, (pieces - there) * FIXED_ONE, stamp);
    world_put(w, row, AT_LEEDS, there * FIXED_ONE, stamp);
    if (row % SITTING == 42)
        world_put(w, row, AT_LEEDS, FIXED_ONE / 2 * 5, stamp);
    post->stock =
        world_level(w, row, AT_ROTTERDAM) + world_level(w, row, AT_LEEDS);
    table_touch(&w->tables[T_POST], product_at(w, row)->post,
                stamp - stamp % SECOND);
    if (h->recent[row] < 1 ||
        (double)pieces > (double)h->recent[row] / RECENT * 10)
        return;
    h->low[h->low_n++] = row;
}

/* The ERP's master data: one import wrote a third of it in one transaction. */
static void age_products(struct world *w, const struct history *h, bool bulk)
{
    struct table *products = &w->tables[T_PRODUCT];
    struct table *posts = &w->tables[T_POST];
    int64_t import = h->now - 20 * DAY + 123457;

    for (uint32_t i = 0; i < products->n; i++)
        products->written[i] =
            dice_percent(&w->dice, 33)
                ? import
                : dice_between(&w->dice, h->start, h->now - DAY);
    for (uint32_t i = 0; bulk && i < posts->n; i++)
        if (dice_percent(&w->dice, 60))
            posts->written[i] = import - import % SECOND;
}

/* One was sold and then deleted, one is in the bin, one is only a draft. */
static void age_posts(struct world *w, const struct history *h)
{
    if (w->tables[T_PRODUCT].n < 64)
        return;
    live_delete(w, 50);
    post_at(w, product_at(w, 52)->post)->status = POST_TRASH;
    product_at(w, 52)->active = 0;
    table_touch(&w->tables[T_PRODUCT], 52, h->now - 3 * DAY);
    post_at(w, product_at(w, 54)->post)->status = POST_DRAFT;
}

void generate(struct world *w, const struct world_options *options)
{
    struct history h = {.now = w->sold_until,
                        .days = options->days,
                        .start = w->sold_until - options->days * DAY};

    h.recent = xcalloc(options->variants, sizeof *h.recent);
    h.sold_at = xcalloc(options->variants, sizeof *h.sold_at);
    h.low = xcalloc(options->variants, sizeof *h.low);
    add_company(w);
    add_goods(w, &h, options->variants);
    sum_demand(w);
    add_orders(w, &h, options->order_lines);
    for (uint32_t row = 0; row < options->variants; row++)
        give_stock(w, &h, row);
    history_stock_orders(w, &h, options);
    age_products(w, &h, options->bulk);
    age_posts(w, &h);
    free(h.recent);
    free(h.sold_at);
    free(h.low);
}
