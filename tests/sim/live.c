/* live.c - what happens while the simulator runs: sales, prices, receipts.
 * Every change stamps just the rows that the real system would stamp.
 */
#include <math.h>
#include <string.h>

#include "tests/sim/dice.h"
#include "tests/sim/history.h"

#define DAY (86400 * SECOND)

enum { ORDERS_AT_ONCE = 5000 }; /* more are not owed after a long silence */

/* WordPress knows whole seconds only. */
static void touch_post(struct world *w, uint32_t post, int64_t stamp)
{
    table_touch(&w->tables[T_POST], post, stamp - stamp % SECOND);
}

static bool is_gone(const struct world *w, uint32_t product)
{
    return w->tables[T_PRODUCT].gone[product];
}

static void add_to_post(struct world *w, uint32_t product, int64_t quantity,
                        int64_t stamp)
{
    uint32_t row = product_at(w, product)->post;
    struct post *post = post_at(w, row);

    if (post->managed != MANAGED)
        return;
    post->stock += quantity;
    touch_post(w, row, stamp);
}

/* A product leaves or enters one of our stock locations by a done picking. */
static uint32_t carry(struct world *w, uint32_t product, uint32_t type,
                      uint32_t from, uint32_t to, int64_t quantity,
                      int64_t stamp)
{
    uint32_t picking = world_picking(w, type, from, to, MOVE_DONE, stamp);

    if (from == AT_ROTTERDAM || from == AT_LEEDS)
        world_put(w, product, from, world_level(w, product, from) - quantity,
                  stamp);
    if (to == AT_ROTTERDAM || to == AT_LEEDS)
        world_put(w, product, to, world_level(w, product, to) + quantity,
                  stamp);
    return world_move(w, picking, product, from, to, quantity, quantity,
                      MOVE_DONE, stamp);
}

static void place(struct world *w, const struct line *lines, uint8_t count,
                  int64_t stamp)
{
    world_order(w, lines, count, ORDER_PROCESSING, stamp);
    for (uint8_t i = 0; i < count; i++) {
        uint32_t product = lines[i].product;
        int64_t quantity = lines[i].quantity * FIXED_ONE;
        uint32_t at = world_level(w, product, AT_ROTTERDAM) >= quantity ||
                              world_level(w, product, AT_LEEDS) < quantity
                          ? AT_ROTTERDAM
                          : AT_LEEDS;
        add_to_post(w, product, -quantity, stamp);
        carry(w, product, 4 * at + CODE_OUTGOING, at, AT_CUSTOMERS, quantity,
              stamp);
    }
}

static struct line line_of(const struct world *w, uint32_t product,
                           int32_t quantity)
{
    int64_t price = post_at(w, product_at(w, product)->post)->price;

    return (struct line){.product = product,
                         .quantity = quantity,
                         .cents = (int32_t)(price / (FIXED_ONE / 100))};
}

void live_sell(struct world *w, uint32_t product, int32_t quantity,
               int64_t stamp)
{
    struct line line = line_of(w, product, quantity);

    place(w, &line, 1, stamp);
}

void live_price(struct world *w, uint32_t product, int64_t price, int64_t stamp)
{
    struct product *p = product_at(w, product);

    p->price = price;
    post_at(w, p->post)->price = price;
    touch_post(w, p->post, stamp);
    table_touch(&w->tables[T_PRODUCT], product, stamp);
}

void live_stock(struct world *w, uint32_t product, uint32_t location,
                int64_t quantity)
{
    int64_t now = world_now(w);
    int64_t more = quantity - world_level(w, product, location);

    if (more == 0)
        return;
    world_put(w, product, location, quantity, now);
    world_move(w, NO_ROW, product, more > 0 ? AT_ADJUSTMENT : location,
               more > 0 ? location : AT_ADJUSTMENT, more > 0 ? more : -more,
               more > 0 ? more : -more, MOVE_DONE, now);
    add_to_post(w, product, more, now);
}

/* Neither system says that it is gone; the parent is not touched either. */
void live_delete(struct world *w, uint32_t product)
{
    struct product *p = product_at(w, product);
    struct template *t = template_at(w, p->template);

    for (uint32_t row = p->quants; row != NO_ROW; row = quant_at(w, row)->next)
        table_remove(&w->tables[T_QUANT], row);
    p->quants = NO_ROW;
    table_remove(&w->tables[T_POST], p->post);
    table_remove(&w->tables[T_PRODUCT], product);
    for (uint32_t i = 0; i < t->count; i++)
        if (!is_gone(w, t->first + i))
            return;
    table_remove(&w->tables[T_POST], t->post);
    table_remove(&w->tables[T_TEMPLATE], p->template);
}

void live_trash(struct world *w, uint32_t product)
{
    struct product *p = product_at(w, product);

    p->active = 0;
    post_at(w, p->post)->status = POST_TRASH;
    touch_post(w, p->post, world_now(w));
    table_touch(&w->tables[T_PRODUCT], product, world_now(w));
}

/* Odoo writes the line's qty_received, not the header. */
static void receive_line(struct world *w, const struct purchase *p,
                         uint32_t row, int64_t quantity, int64_t stamp)
{
    struct purchase_line *line = purchase_line_at(w, row);
    uint32_t type = p->type, to = picking_type_at(w, type)->to, move;

    line->received += quantity;
    table_touch(&w->tables[T_PURCHASE_LINE], row, stamp);
    if (is_gone(w, line->product))
        return;
    add_to_post(w, line->product, quantity, stamp);
    move = carry(w, line->product, type, AT_SUPPLIERS, to, quantity, stamp);
    move_at(w, move)->purchase_line = row;
}

static uint32_t find_purchase(const struct world *w, const char *name)
{
    for (uint32_t row = 0; row < w->tables[T_PURCHASE].n; row++)
        if (strcmp(purchase_at(w, row)->name, name) == 0)
            return row;
    return NO_ROW;
}

/* Pieces that arrived now; 0: it was all there. */
static int64_t receive(struct world *w, uint32_t purchase, bool part,
                       int64_t stamp)
{
    const struct purchase *p = purchase_at(w, purchase);
    int64_t arrived = 0;

    for (uint32_t i = 0; i < p->count; i++) {
        const struct purchase_line *line = purchase_line_at(w, p->first + i);
        int64_t missing = line->quantity - line->received;
        if (part && missing > FIXED_ONE)
            missing = missing / FIXED_ONE / 2 * FIXED_ONE;
        if (missing > 0)
            receive_line(w, p, p->first + i, missing, stamp);
        arrived += missing > 0 ? missing : 0;
    }
    return arrived;
}

int live_receive(struct world *w, const char *purchase, bool part)
{
    uint32_t row = find_purchase(w, purchase);

    if (row == NO_ROW || purchase_at(w, row)->state != PURCHASE_OPEN)
        return -1;
    return receive(w, row, part, world_now(w)) > 0 ? 0 : -1;
}

uint32_t live_purchase(struct world *w, uint32_t product, int64_t quantity,
                       int64_t days)
{
    int64_t now = world_now(w);
    struct purchase_line line = {.product = product,
                                 .quantity = quantity,
                                 .price = product_at(w, product)->cost,
                                 .planned = now + days * DAY};

    return world_purchase(w, &line, 1, PURCHASE_OPEN, now);
}

uint32_t live_product(struct world *w, const char *sku, const char *title,
                      int64_t stamp)
{
    struct goods goods = {.sku = arena_text(w->arena, sku, strlen(sku)),
                          .attributes = "",
                          .price = 25 * FIXED_ONE,
                          .cost = 10 * FIXED_ONE};
    char *name = arena_text(w->arena, title, strlen(title));
    uint32_t template = world_template(w, name, 0, goods.price, false, stamp);

    return world_product(w, template, &goods, stamp);
}

/* An order of the ERP itself: a quotation that was confirmed. */
uint32_t live_erp_sale(struct world *w, uint32_t product, int64_t quantity)
{
    int64_t now = world_now(w);
    uint32_t row = table_add(&w->tables[T_SALE], now);
    uint32_t line = table_add(&w->tables[T_SALE_LINE], now);

    *sale_at(w, row) = (struct sale){.name = world_number(w, "S", row + 1),
                                     .first = line,
                                     .count = 1,
                                     .ordered = now,
                                     .state = SALE_SALE};
    *sale_line_at(w, line) = (struct sale_line){
        .order = row,
        .product = product,
        .quantity = quantity,
        .price = product_at(w, product)->price,
        .subtotal = fixed_mul(quantity, product_at(w, product)->price)};
    return row;
}

/* A product that is there to be sold; NO_ROW after some tries. */
static uint32_t pick_sellable(struct world *w)
{
    for (int i = 0; i < 20 && w->shares_n; i++) {
        uint32_t row = history_buyer_picks(w);
        const struct post *post = post_at(w, product_at(w, row)->post);
        if (!is_gone(w, row) && post->status == POST_PUBLISH &&
            (post->managed != MANAGED || post->stock >= 4 * FIXED_ONE))
            return row;
    }
    return NO_ROW;
}

static void customer_orders(struct world *w, int64_t stamp)
{
    struct line lines[3];
    uint32_t wanted = 1 + dice_below(&w->dice, ARRAY_LEN(lines));
    uint8_t count = 0;

    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t product = pick_sellable(w);
        int32_t pieces = dice_percent(&w->dice, 85) ? 1 : 2;
        if (product != NO_ROW)
            lines[count++] = line_of(w, product, pieces);
    }
    if (count)
        place(w, lines, count, stamp);
}

/* Of the last orders one is done, or cancelled and its pieces come back. */
static void order_goes_on(struct world *w, int64_t stamp)
{
    struct table *orders = &w->tables[T_ORDER];
    uint32_t back = 1 + dice_below(&w->dice, 50);
    struct order *order;

    if (back > orders->n || orders->gone[orders->n - back])
        return;
    order = order_at(w, orders->n - back);
    if (order->status != ORDER_PROCESSING)
        return;
    order->status =
        dice_percent(&w->dice, 85) ? ORDER_COMPLETED : ORDER_CANCELLED;
    table_touch(orders, orders->n - back, stamp - stamp % SECOND);
    if (order->status == ORDER_COMPLETED)
        return;
    for (uint8_t i = 0; i < order->count; i++) {
        const struct line *line = &w->lines[order->first + i];
        int64_t quantity = line->quantity * FIXED_ONE;
        if (is_gone(w, line->product))
            continue;
        add_to_post(w, line->product, quantity, stamp);
        carry(w, line->product, 4 * ROTTERDAM + CODE_INCOMING, AT_CUSTOMERS,
              AT_ROTTERDAM, quantity, stamp);
    }
}

static void delivery_arrives(struct world *w, int64_t stamp)
{
    uint32_t n = w->tables[T_PURCHASE].n;

    for (int i = 0; i < 8 && n; i++) {
        uint32_t row = dice_below(&w->dice, n);
        const struct purchase *p = purchase_at(w, row);
        if (p->state == PURCHASE_OPEN &&
            receive(w, row, dice_percent(&w->dice, 30), stamp) > 0)
            return;
    }
}

static void something_happens(struct world *w, int64_t stamp)
{
    uint32_t luck = dice_below(&w->dice, 100), product;

    customer_orders(w, stamp);
    if (luck < 30)
        order_goes_on(w, stamp);
    else if (luck < 33)
        delivery_arrives(w, stamp);
    else if (luck < 40 && (product = pick_sellable(w)) != NO_ROW)
        live_price(w, product,
                   product_at(w, product)->price / FIXED_ONE *
                       dice_between(&w->dice, 90, 110) / 100 * FIXED_ONE,
                   stamp);
}

void live_run(struct world *w)
{
    int64_t now = world_now(w), passed = now - w->sold_until;
    double due;

    if (w->sell_rate <= 0 || passed <= 0)
        return;
    due = w->sell_debt + (double)passed * w->sell_rate / 60e6;
    w->sold_until = now;
    w->sell_debt = due - floor(due);
    /* Nobody has read since the last time: stamping all now is honest. */
    for (int i = 0; i < (int)fmin(floor(due), ORDERS_AT_ONCE); i++)
        something_happens(w, now);
}

void live_rate(struct world *w, double orders_a_minute)
{
    w->sell_rate = orders_a_minute;
    w->sell_debt = 0;
    w->sold_until = world_now(w);
}
