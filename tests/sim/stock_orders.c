/* stock_orders.c - the year's purchases, transfers and assemblies in the ERP.
 * Old ones are done; of the newer ones most are open, some late, some partly
 * there. Before it: generate.c, which knows what runs short.
 */
#include "tests/sim/dice.h"
#include "tests/sim/history.h"

#define DAY (86400 * SECOND)

/* What runs short is ordered first, then anything. */
static uint32_t pick_needed(struct world *w, struct history *h)
{
    if (h->low_n && dice_percent(&w->dice, 85))
        return h->low[dice_below(&w->dice, h->low_n)];
    return dice_below(&w->dice, w->tables[T_PRODUCT].n);
}

static int64_t pieces(struct world *w, const struct history *h, uint32_t row)
{
    int64_t month = (int64_t)h->recent[row] / 3;

    return (month + dice_between(&w->dice, 5, 40)) * FIXED_ONE;
}

/* The first N percent of COUNT are long over; the others are of this month. */
static int64_t document_time(struct world *w, const struct history *h,
                             uint32_t i, uint32_t count, uint32_t old)
{
    int64_t span = h->days > 80 ? (h->days - 40) * DAY : h->days * DAY / 2;
    uint32_t border = count * old / 100;

    if (i < border)
        return h->start + span / border * i;
    return h->now - 35 * DAY + 30 * DAY / (count - border) * (i - border) +
           dice_between(&w->dice, 0, 3600 * SECOND);
}

static enum purchase_state purchase_state(struct world *w, bool old)
{
    uint32_t luck = dice_below(&w->dice, 100);

    if (luck < 4)
        return PURCHASE_CANCEL;
    if (old)
        return luck < 50 ? PURCHASE_DONE : PURCHASE_OPEN;
    return luck < 12   ? PURCHASE_DRAFT
           : luck < 20 ? PURCHASE_SENT
           : luck < 23 ? PURCHASE_TO_APPROVE
                       : PURCHASE_OPEN;
}

/* Half of the first line is there; the header does not show it. */
static void receive_part(struct world *w, const struct history *h,
                         uint32_t purchase)
{
    const struct purchase *p = purchase_at(w, purchase);
    uint32_t row = p->first, type = p->type, picking, move;
    uint32_t to = picking_type_at(w, type)->to;
    struct purchase_line *line = purchase_line_at(w, row);
    int64_t half = line->quantity / FIXED_ONE / 2 * FIXED_ONE;
    int64_t stamp = h->now - dice_between(&w->dice, 3600, 3 * 86400) * SECOND;

    line->received = half;
    table_touch(&w->tables[T_PURCHASE_LINE], row, stamp);
    picking = world_picking(w, type, AT_SUPPLIERS, to, MOVE_DONE, stamp);
    move = world_move(w, picking, line->product, AT_SUPPLIERS, to,
                      line->quantity, half, MOVE_DONE, stamp);
    move_at(w, move)->purchase_line = row;
}

static void add_purchase(struct world *w, struct history *h, uint32_t i,
                         uint32_t all)
{
    struct purchase_line lines[6];
    uint32_t count = 1 + dice_below(&w->dice, ARRAY_LEN(lines)), row;
    bool old = i < all * 55 / 100;
    int64_t ordered = document_time(w, h, i, all, 55);
    int64_t planned = ordered + dice_between(&w->dice, 14, 45) * DAY;
    enum purchase_state state = purchase_state(w, old);

    if (!old && i % 5 == 0) /* late: should have come days ago */
        planned = h->now - dice_between(&w->dice, 1, 9) * DAY;
    for (uint32_t n = 0; n < count; n++) {
        uint32_t product = pick_needed(w, h);
        lines[n] = (struct purchase_line){
            .product = product,
            .quantity = pieces(w, h, product),
            .price = product_at(w, product)->cost,
            .planned = planned + n % 2 * DAY,
        };
        if (old && state != PURCHASE_CANCEL)
            lines[n].received = lines[n].quantity;
    }
    row = world_purchase(w, lines, count, state, ordered);
    if (!old && state == PURCHASE_OPEN && i % 4 == 0)
        receive_part(w, h, row);
}

static enum move_state transfer_state(struct world *w, bool old)
{
    uint32_t luck = dice_below(&w->dice, 100);

    if (luck < 5)
        return MOVE_CANCEL;
    if (old)
        return MOVE_DONE;
    return luck < 15 ? MOVE_DRAFT : luck < 40 ? MOVE_CONFIRMED : MOVE_ASSIGNED;
}

static void add_leg(struct world *w, uint32_t product, uint32_t from,
                    uint32_t to, int64_t quantity, enum move_state state,
                    int64_t stamp, int64_t scheduled)
{
    uint32_t type = from == AT_TRANSIT ? to : from;
    uint32_t picking =
        world_picking(w, 4 * type + CODE_INTERNAL, from, to, state, stamp);

    picking_at(w, picking)->scheduled = scheduled;
    world_move(w, picking, product, from, to, quantity,
               state == MOVE_DONE ? quantity : 0, state, stamp);
    if (state == MOVE_ASSIGNED)
        world_reserve(w, product, from, quantity);
}

/* Some go in one step, some have left and are on the road. */
static void add_transfer(struct world *w, struct history *h, uint32_t i,
                         uint32_t all)
{
    bool old = i < all * 60 / 100;
    int64_t stamp = document_time(w, h, i, all, 60);
    int64_t due = stamp + dice_between(&w->dice, 3, 12) * DAY;
    enum move_state state = transfer_state(w, old);
    uint32_t from = dice_percent(&w->dice, 70) ? AT_ROTTERDAM : AT_LEEDS;
    uint32_t to = from == AT_ROTTERDAM ? AT_LEEDS : AT_ROTTERDAM;
    uint32_t product = dice_below(&w->dice, w->tables[T_PRODUCT].n);
    int64_t quantity;

    for (int tries = 0; tries < 40; tries++) {
        if (world_level(w, product, from) >= 4 * FIXED_ONE)
            break;
        product = dice_below(&w->dice, w->tables[T_PRODUCT].n);
    }
    quantity = dice_between(&w->dice, 1, 4) * FIXED_ONE;
    if (state != MOVE_ASSIGNED || i % 2) {
        add_leg(w, product, from, to, quantity, state, stamp, due);
        return;
    }
    add_leg(w, product, from, AT_TRANSIT, quantity, MOVE_DONE, stamp, stamp);
    world_put(w, product, AT_TRANSIT,
              world_level(w, product, AT_TRANSIT) + quantity, stamp);
    add_leg(w, product, AT_TRANSIT, to, quantity, MOVE_ASSIGNED, stamp, due);
}

static enum production_state production_state(struct world *w, bool old)
{
    uint32_t luck = dice_below(&w->dice, 100);

    if (luck < 5)
        return PRODUCTION_CANCEL;
    if (old)
        return PRODUCTION_DONE;
    return luck < 15   ? PRODUCTION_DRAFT
           : luck < 50 ? PRODUCTION_CONFIRMED
           : luck < 90 ? PRODUCTION_PROGRESS
                       : PRODUCTION_TO_CLOSE;
}

static void add_components(struct world *w, uint32_t row, int64_t stamp)
{
    static const enum move_state states[] = {MOVE_DRAFT,    MOVE_CONFIRMED,
                                             MOVE_ASSIGNED, MOVE_ASSIGNED,
                                             MOVE_DONE,     MOVE_CANCEL};
    struct production p = *production_at(w, row);
    enum move_state state = states[p.state];
    uint32_t count = 2 + dice_below(&w->dice, 2), move;

    p.first = w->tables[T_MOVE].n;
    p.count = count;
    for (uint32_t i = 0; i < count; i++) {
        int64_t each = 1 + dice_below(&w->dice, 3);
        uint32_t part = dice_below(&w->dice, w->tables[T_PRODUCT].n);
        move = world_move(w, NO_ROW, part, p.from, AT_PRODUCTION,
                          each * p.quantity, each * p.produced, state, stamp);
        move_at(w, move)->raw_of = row;
    }
    p.made = w->tables[T_MOVE].n;
    p.made_n = 1;
    move = world_move(w, NO_ROW, p.product, AT_PRODUCTION, p.to, p.quantity,
                      p.produced, state, stamp);
    move_at(w, move)->made_by = row;
    *production_at(w, row) = p;
}

static void add_assembly(struct world *w, struct history *h, uint32_t i,
                         uint32_t all)
{
    bool old = i < all * 50 / 100;
    int64_t stamp = document_time(w, h, i, all, 50);
    int64_t quantity = dice_between(&w->dice, 10, 60) * FIXED_ONE;
    enum production_state state = production_state(w, old);
    uint32_t row = table_add(&w->tables[T_PRODUCTION], stamp);
    uint32_t product = pick_needed(w, h);
    uint32_t at = dice_percent(&w->dice, 80) ? AT_ROTTERDAM : AT_LEEDS;

    *production_at(w, row) = (struct production){
        .name =
            world_number(w, at == AT_LEEDS ? "LDS/MO/" : "ROT/MO/", row + 1),
        .product = product,
        .type = 4 * at + CODE_MANUFACTURE,
        .from = at,
        .to = at,
        .quantity = quantity,
        .produced = state == PRODUCTION_DONE ? quantity
                    : state == PRODUCTION_PROGRESS
                        ? quantity / FIXED_ONE / 3 * FIXED_ONE
                        : 0,
        .start = stamp + 2 * DAY,
        .finished = stamp + dice_between(&w->dice, 5, 40) * DAY,
        .state = (uint8_t)state,
    };
    add_components(w, row, stamp);
}

void history_stock_orders(struct world *w, struct history *h,
                          const struct world_options *options)
{
    for (uint32_t i = 0; i < options->purchases; i++)
        add_purchase(w, h, i, options->purchases);
    for (uint32_t i = 0; i < options->transfers; i++)
        add_transfer(w, h, i, options->transfers);
    for (uint32_t i = 0; i < options->assemblies; i++)
        add_assembly(w, h, i, options->assemblies);
}
