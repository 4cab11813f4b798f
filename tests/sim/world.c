/* world.c - the rows' own rules, for the history and for what happens now. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/dice.h"
#include "tests/sim/world.h"

/* First ids differ so that an id of the wrong table is noticed. */
static const struct {
    size_t stride;
    uint32_t first_id;
} tables[T_COUNT] = {
    [T_POST] = {sizeof(struct post), 101},
    [T_ORDER] = {sizeof(struct order), 500001},
    [T_CURRENCY] = {sizeof(struct named), 1},
    [T_COMPANY] = {sizeof(struct company), 1},
    [T_PARTNER] = {sizeof(struct named), 7},
    [T_CATEGORY] = {sizeof(struct named), 4},
    [T_WAREHOUSE] = {sizeof(struct warehouse), 1},
    [T_LOCATION] = {sizeof(struct location), 8},
    [T_PICKING_TYPE] = {sizeof(struct picking_type), 1},
    [T_TEMPLATE] = {sizeof(struct template), 21},
    [T_PRODUCT] = {sizeof(struct product), 3001},
    [T_QUANT] = {sizeof(struct quant), 9001},
    [T_SALE] = {sizeof(struct sale), 11},
    [T_SALE_LINE] = {sizeof(struct sale_line), 31},
    [T_PURCHASE] = {sizeof(struct purchase), 1},
    [T_PURCHASE_LINE] = {sizeof(struct purchase_line), 71},
    [T_PICKING] = {sizeof(struct picking), 201},
    [T_MOVE] = {sizeof(struct move), 1201},
    [T_MOVE_LINE] = {sizeof(struct move_line), 2201},
    [T_PRODUCTION] = {sizeof(struct production), 41},
};

const char *ean_text(uint64_t twelve, char out[EAN_TEXT])
{
    unsigned sum = 0, weight = 3;

    out[0] = '\0';
    if (!twelve)
        return out;
    for (uint64_t rest = twelve; rest; rest /= 10, weight = 4 - weight)
        sum += (unsigned)(rest % 10) * weight;
    snprintf(out, EAN_TEXT, "%012" PRIu64 "%u", twelve, (10 - sum % 10) % 10);
    return out;
}

struct world *world_new(const struct world_options *options)
{
    struct world *w = xcalloc(1, sizeof *w);

    for (int i = 0; i < T_COUNT; i++)
        table_init(&w->tables[i], tables[i].stride, tables[i].first_id);
    w->arena = arena_new();
    w->dice = options->seed;
    w->sold_until = now_us();
    generate(w, options);
    for (int i = 0; i < T_COUNT; i++)
        table_link(&w->tables[i]);
    return w;
}

void world_free(struct world *w)
{
    if (!w)
        return;
    for (int i = 0; i < T_COUNT; i++)
        table_free(&w->tables[i]);
    free(w->lines);
    arena_free(w->arena);
    free(w);
}

int64_t world_now(const struct world *w)
{
    return now_us() + w->clock;
}

const char *world_number(struct world *w, const char *prefix, uint32_t number)
{
    return arena_printf(w->arena, "%s%05u", prefix, number);
}

uint32_t world_find(const struct world *w, const char *sku)
{
    const struct table *t = &w->tables[T_PRODUCT];

    for (uint32_t row = 0; row < t->n; row++)
        if (!t->gone[row] && strcmp(product_at(w, row)->sku, sku) == 0)
            return row;
    return NO_ROW;
}

static uint32_t add_post(struct world *w, const struct post *post,
                         int64_t stamp)
{
    /* WordPress knows whole seconds only. */
    uint32_t row = table_add(&w->tables[T_POST], stamp - stamp % SECOND);

    *post_at(w, row) = *post;
    return row;
}

uint32_t world_template(struct world *w, const char *title, uint32_t category,
                        int64_t price, bool variable, int64_t stamp)
{
    uint32_t row = table_add(&w->tables[T_TEMPLATE], stamp);
    uint32_t post = NO_ROW;

    if (variable)
        post = add_post(w,
                        &(struct post){.product = NO_ROW,
                                       .template = row,
                                       .parent = NO_ROW,
                                       .kind = POST_VARIABLE,
                                       .managed = UNMANAGED,
                                       .price = price},
                        stamp);
    *template_at(w, row) = (struct template){.name = title,
                                             .category = category,
                                             .post = post,
                                             .first = w->tables[T_PRODUCT].n,
                                             .price = price,
                                             .active = 1};
    return row;
}

uint32_t world_product(struct world *w, uint32_t template,
                       const struct goods *goods, int64_t stamp)
{
    uint32_t row = table_add(&w->tables[T_PRODUCT], stamp);
    struct template *t = template_at(w, template);
    bool simple = t->post == NO_ROW;
    uint32_t post =
        add_post(w,
                 &(struct post){.product = row,
                                .template = template,
                                .parent = t->post,
                                .kind = simple ? POST_SIMPLE : POST_VARIATION,
                                .price = goods->price},
                 stamp);

    *product_at(w, row) = (struct product){.sku = goods->sku,
                                           .attributes = goods->attributes,
                                           .template = template,
                                           .post = post,
                                           .quants = NO_ROW,
                                           .company = NO_ROW,
                                           .price = goods->price,
                                           .cost = goods->cost,
                                           .active = 1};
    if (simple)
        t->post = post;
    t->count++;
    return row;
}

static uint32_t find_quant(const struct world *w, uint32_t product,
                           uint32_t location)
{
    uint32_t row = product_at(w, product)->quants;

    while (row != NO_ROW && quant_at(w, row)->location != location)
        row = quant_at(w, row)->next;
    return row;
}

int64_t world_level(const struct world *w, uint32_t product, uint32_t location)
{
    uint32_t row = find_quant(w, product, location);

    return row == NO_ROW ? 0 : quant_at(w, row)->quantity;
}

static void drop_quant(struct world *w, uint32_t row)
{
    const struct quant *gone = quant_at(w, row);
    uint32_t *link = &product_at(w, gone->product)->quants;

    while (*link != row)
        link = &quant_at(w, *link)->next;
    *link = gone->next;
    table_remove(&w->tables[T_QUANT], row);
}

void world_put(struct world *w, uint32_t product, uint32_t location,
               int64_t quantity, int64_t stamp)
{
    uint32_t row = find_quant(w, product, location);

    if (row != NO_ROW && quantity == 0) {
        drop_quant(w, row);
    } else if (row != NO_ROW) {
        quant_at(w, row)->quantity = quantity;
        table_touch(&w->tables[T_QUANT], row, stamp);
    } else if (quantity != 0) {
        row = table_add(&w->tables[T_QUANT], stamp);
        *quant_at(w, row) =
            (struct quant){.product = product,
                           .location = location,
                           .next = product_at(w, product)->quants,
                           .quantity = quantity};
        product_at(w, product)->quants = row;
    }
}

void world_reserve(struct world *w, uint32_t product, uint32_t location,
                   int64_t more)
{
    uint32_t row = find_quant(w, product, location);

    if (row != NO_ROW)
        quant_at(w, row)->reserved += more;
}

uint32_t world_picking(struct world *w, uint32_t type, uint32_t from,
                       uint32_t to, enum move_state state, int64_t stamp)
{
    static const char *const prefixes[] = {"ROT/IN/",  "ROT/OUT/", "ROT/INT/",
                                           "ROT/MO/",  "LDS/IN/",  "LDS/OUT/",
                                           "LDS/INT/", "LDS/MO/"};
    uint32_t row = table_add(&w->tables[T_PICKING], stamp);

    *picking_at(w, row) = (struct picking){
        .name = world_number(w, prefixes[type], row + 1),
        .type = type,
        .code = picking_type_at(w, type)->code,
        .from = from,
        .to = to,
        .state = (uint8_t)state,
        .first = w->tables[T_MOVE].n,
        .scheduled = stamp,
        .done = state == MOVE_DONE ? stamp : INSTANT_NONE,
    };
    return row;
}

uint32_t world_move(struct world *w, uint32_t picking, uint32_t product,
                    uint32_t from, uint32_t to, int64_t asked, int64_t done,
                    enum move_state state, int64_t stamp)
{
    uint32_t move = table_add(&w->tables[T_MOVE], stamp), line;

    *move_at(w, move) = (struct move){.picking = picking,
                                      .product = product,
                                      .from = from,
                                      .to = to,
                                      .raw_of = NO_ROW,
                                      .made_by = NO_ROW,
                                      .purchase_line = NO_ROW,
                                      .asked = asked,
                                      .quantity = done,
                                      .date = stamp,
                                      .state = (uint8_t)state};
    if (picking != NO_ROW)
        picking_at(w, picking)->count++;
    if (state != MOVE_DONE)
        return move;
    line = table_add(&w->tables[T_MOVE_LINE], stamp);
    *move_line_at(w, line) = (struct move_line){.move = move,
                                                .picking = picking,
                                                .product = product,
                                                .from = from,
                                                .to = to,
                                                .quantity = done,
                                                .date = stamp,
                                                .state = MOVE_DONE};
    return move;
}

uint32_t world_order(struct world *w, const struct line *lines, uint8_t count,
                     enum order_status status, int64_t stamp)
{
    uint32_t row = table_add(&w->tables[T_ORDER], stamp - stamp % SECOND);

    if (w->lines_n + count > w->lines_room) {
        w->lines_room = 2 * w->lines_room + 1024;
        w->lines = xrealloc(w->lines, w->lines_room * sizeof *w->lines);
    }
    memcpy(w->lines + w->lines_n, lines, count * sizeof *lines);
    *order_at(w, row) = (struct order){
        .first = w->lines_n, .count = count, .status = (uint8_t)status};
    w->lines_n += count;
    return row;
}

uint32_t world_purchase(struct world *w, const struct purchase_line *lines,
                        uint32_t count, enum purchase_state state,
                        int64_t stamp)
{
    uint32_t row = table_add(&w->tables[T_PURCHASE], stamp);
    uint32_t partners = w->tables[T_PARTNER].n;

    *purchase_at(w, row) = (struct purchase){
        .name = world_number(w, "P", row + 1),
        .partner = dice_below(&w->dice, partners),
        .type = dice_percent(&w->dice, 70) ? 4 * ROTTERDAM : 4 * LEEDS,
        .first = w->tables[T_PURCHASE_LINE].n,
        .count = count,
        .ordered = stamp,
        .planned = lines[0].planned,
        .state = (uint8_t)state,
    };
    for (uint32_t i = 0; i < count; i++) {
        uint32_t line = table_add(&w->tables[T_PURCHASE_LINE], stamp);
        *purchase_line_at(w, line) = lines[i];
        purchase_line_at(w, line)->order = row;
    }
    return row;
}
