/* world.h - a shop and an ERP that know the same goods, row by row.
 *
 *   generate.c   a year of history from a seed
 *   live.c       what happens now: sales, prices, receipts, deletions
 *   woo.c        shows the shop's tables; odoo.c (model.c) the ERP's
 *
 * A product row is one sellable variant, in both systems under one SKU; its
 * post is how the shop shows it. References between rows are row numbers,
 * NO_ROW for none. Quantities and money are fixed point (common/fixed.h).
 * Texts are literals or live in the arena as long as the world.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "common/arena.h"
#include "common/fixed.h"
#include "common/instant.h"
#include "tests/sim/table.h"

enum table_name {
    T_POST, /* of the shop: products and variations */
    T_ORDER,
    T_CURRENCY, /* of the ERP, from here on */
    T_COMPANY,
    T_PARTNER,
    T_CATEGORY,
    T_WAREHOUSE,
    T_LOCATION,
    T_PICKING_TYPE,
    T_TEMPLATE,
    T_PRODUCT,
    T_QUANT,
    T_SALE,
    T_SALE_LINE,
    T_PURCHASE,
    T_PURCHASE_LINE,
    T_PICKING,
    T_MOVE,
    T_MOVE_LINE,
    T_PRODUCTION,
    T_COUNT
};

/* The fixed rows of small tables. */
enum { ROTTERDAM, LEEDS, WAREHOUSES };
enum {
    AT_ROTTERDAM,
    AT_LEEDS, /* the two stock locations: same numbers as the warehouses */
    AT_TRANSIT,
    AT_SUPPLIERS,
    AT_CUSTOMERS,
    AT_PRODUCTION,
    AT_ADJUSTMENT
};
enum usage {
    USAGE_INTERNAL,
    USAGE_TRANSIT,
    USAGE_SUPPLIER,
    USAGE_CUSTOMER,
    USAGE_PRODUCTION,
    USAGE_INVENTORY
};
/* A picking type is 4 x warehouse + code. */
enum code { CODE_INCOMING, CODE_OUTGOING, CODE_INTERNAL, CODE_MANUFACTURE };

enum post_kind { POST_SIMPLE, POST_VARIABLE, POST_VARIATION };
enum post_status { POST_PUBLISH, POST_DRAFT, POST_PRIVATE, POST_TRASH };
enum post_managed { MANAGED, UNMANAGED };

struct post {
    uint32_t product;  /* NO_ROW: the variable parent of variations */
    uint32_t template; /* its siblings are the template's products */
    uint32_t parent;   /* post of a variation's parent, else NO_ROW */
    uint8_t kind, status, managed;
    int64_t stock, price;
};

enum order_status {
    ORDER_PENDING,
    ORDER_PROCESSING,
    ORDER_ON_HOLD,
    ORDER_COMPLETED,
    ORDER_CANCELLED,
    ORDER_REFUNDED,
    ORDER_FAILED,
    ORDER_TRASH,
    ORDER_STATUSES
};
struct order {
    uint32_t first; /* of its lines */
    uint8_t count, status;
    int32_t refunded; /* cents */
};
struct line { /* of a shop order; no table: nobody asks for lines alone */
    uint32_t product;
    int32_t quantity, cents; /* cents for one */
    int32_t discount;        /* cents off the whole line */
};

struct named { /* currency, partner, category */
    const char *name;
};
struct company {
    const char *name;
    uint32_t currency;
};
struct warehouse {
    const char *name, *code;
    uint32_t company, stock;
};
struct location {
    const char *name, *complete;
    uint32_t company, warehouse;
    uint8_t usage, active;
};
struct picking_type {
    const char *name;
    uint32_t warehouse, from, to;
    uint8_t code;
};

enum demand { FAST, SLOW, INTERMITTENT, DEAD, SEASONAL };

struct template
{
    const char *name;
    uint32_t category, post; /* post: the variable or the only simple one */
    uint32_t first, count;   /* its products */
    int64_t price;
    uint8_t active;
};
struct product {
    const char *sku;        /* "" if it has none */
    const char *attributes; /* "Navy, M"; "" of a simple product */
    uint32_t template, post;
    uint32_t quants; /* the first; they are chained */
    uint32_t company, currency;
    int64_t price, cost;
    uint64_t ean;
    float demand; /* its weight among all */
    uint8_t class, active;
};
struct quant {
    uint32_t product, location, company, next;
    int64_t quantity, reserved;
};

enum sale_state { SALE_DRAFT, SALE_SENT, SALE_SALE, SALE_CANCEL };
struct sale {
    const char *name;
    uint32_t partner, company, currency, warehouse, first, count;
    int64_t ordered;
    uint8_t state;
};
struct sale_line {
    uint32_t order, product;
    int64_t quantity, delivered, price, discount, subtotal;
};

enum purchase_state {
    PURCHASE_DRAFT,
    PURCHASE_SENT,
    PURCHASE_TO_APPROVE,
    PURCHASE_OPEN, /* "purchase" */
    PURCHASE_DONE,
    PURCHASE_CANCEL
};
struct purchase {
    const char *name;
    uint32_t partner, company, currency, type, first, count;
    int64_t ordered, planned;
    uint8_t state;
};
struct purchase_line {
    uint32_t order, product;
    int64_t quantity, received, price, planned;
};

enum move_state {
    MOVE_DRAFT,
    MOVE_WAITING,
    MOVE_CONFIRMED,
    MOVE_ASSIGNED,
    MOVE_DONE,
    MOVE_CANCEL
};
struct picking {
    const char *name, *origin;
    uint32_t company, type, from, to, first, count;
    int64_t scheduled, done;
    uint8_t state, code;
};
struct move {
    uint32_t picking, product, from, to, company;
    uint32_t raw_of, made_by; /* productions */
    uint32_t purchase_line;
    int64_t asked, quantity, date;
    uint8_t state;
};
struct move_line {
    uint32_t move, picking, product, from, to, company;
    int64_t quantity, date;
    uint8_t state;
};

enum production_state {
    PRODUCTION_DRAFT,
    PRODUCTION_CONFIRMED,
    PRODUCTION_PROGRESS,
    PRODUCTION_TO_CLOSE,
    PRODUCTION_DONE,
    PRODUCTION_CANCEL
};
struct production {
    const char *name;
    uint32_t product, company, type, from, to;
    uint32_t first, count; /* the moves of its components */
    uint32_t made;         /* the move of what it makes; made_n of them */
    uint32_t made_n;
    int64_t quantity, produced, start, finished;
    uint8_t state;
};

struct world_options {
    uint64_t seed;
    uint32_t variants, order_lines, days;
    uint32_t purchases, transfers, assemblies;
    bool bulk; /* most posts share one second of change */
};

struct world {
    struct table tables[T_COUNT];
    struct line *lines;
    uint32_t lines_n, lines_room;
    struct arena *arena;
    uint64_t dice;
    int64_t clock;    /* us that the platforms' clock is ahead */
    double sell_rate; /* orders a minute; 0: nothing happens by itself */
    double sell_debt; /* orders due, a part of one */
    int64_t sold_until;
    const double *shares; /* running sums of demand: who is bought */
    uint32_t shares_n;
};

#define WORLD_ROWS(type, table)                                                \
    static inline struct type *type##_at(const struct world *w, uint32_t row)  \
    {                                                                          \
        return (struct type *)(void *)(w->tables[table].rows +                 \
                                       (size_t)row * sizeof(struct type));     \
    }
WORLD_ROWS(post, T_POST)
WORLD_ROWS(order, T_ORDER)
WORLD_ROWS(company, T_COMPANY)
WORLD_ROWS(warehouse, T_WAREHOUSE)
WORLD_ROWS(location, T_LOCATION)
WORLD_ROWS(picking_type, T_PICKING_TYPE)
WORLD_ROWS(template, T_TEMPLATE)
WORLD_ROWS(product, T_PRODUCT)
WORLD_ROWS(quant, T_QUANT)
WORLD_ROWS(sale, T_SALE)
WORLD_ROWS(sale_line, T_SALE_LINE)
WORLD_ROWS(purchase, T_PURCHASE)
WORLD_ROWS(purchase_line, T_PURCHASE_LINE)
WORLD_ROWS(picking, T_PICKING)
WORLD_ROWS(move, T_MOVE)
WORLD_ROWS(move_line, T_MOVE_LINE)
WORLD_ROWS(production, T_PRODUCTION)
#undef WORLD_ROWS

static inline const char *name_of(const struct world *w, enum table_name table,
                                  uint32_t row)
{
    return ((struct named *)(void *)w->tables[table].rows)[row].name;
}

/* The 13 digits of an EAN from its first twelve, with the check digit; "" of
 * 0. Gives OUT. */
enum { EAN_TEXT = 24 };
const char *ean_text(uint64_t twelve, char out[EAN_TEXT]);

struct world *world_new(const struct world_options *options);
void world_free(struct world *w);
int64_t world_now(const struct world *w); /* by the platforms' clock */

/* --- parts that generate.c and live.c share: world.c --- */

/* The product with SKU, NO_ROW if none is left. */
uint32_t world_find(const struct world *w, const char *sku);
/* A product of a template of its own; both systems get it, without stock. */
struct goods {
    const char *title, *sku, *attributes;
    uint32_t category;
    int64_t price, cost;
};
uint32_t world_template(struct world *w, const char *title, uint32_t category,
                        int64_t price, bool variable, int64_t stamp);
uint32_t world_product(struct world *w, uint32_t template,
                       const struct goods *goods, int64_t stamp);
/* What is at LOCATION becomes QUANTITY; a quant of nothing is deleted. */
void world_put(struct world *w, uint32_t product, uint32_t location,
               int64_t quantity, int64_t stamp);
int64_t world_level(const struct world *w, uint32_t product, uint32_t location);
void world_reserve(struct world *w, uint32_t product, uint32_t location,
                   int64_t more);
/* One document of the warehouse with room for its moves to follow at once. */
uint32_t world_picking(struct world *w, uint32_t type, uint32_t from,
                       uint32_t to, enum move_state state, int64_t stamp);
/* A move and, when it is done, its line; levels are not touched. */
uint32_t world_move(struct world *w, uint32_t picking, uint32_t product,
                    uint32_t from, uint32_t to, int64_t asked, int64_t done,
                    enum move_state state, int64_t stamp);
/* An order with COUNT lines of these pieces; stock is not touched. */
uint32_t world_order(struct world *w, const struct line *lines, uint8_t count,
                     enum order_status status, int64_t stamp);
uint32_t world_purchase(struct world *w, const struct purchase_line *lines,
                        uint32_t count, enum purchase_state state,
                        int64_t stamp);
const char *world_number(struct world *w, const char *prefix, uint32_t number);

/* generate.c: fills an empty world. */
void generate(struct world *w, const struct world_options *options);

/* --- what happens now: live.c --- */

/* Lets the orders that are due arrive; cheap when none is. */
void live_run(struct world *w);
void live_rate(struct world *w, double orders_a_minute);
void live_sell(struct world *w, uint32_t product, int32_t quantity,
               int64_t stamp);
void live_price(struct world *w, uint32_t product, int64_t price,
                int64_t stamp);
void live_stock(struct world *w, uint32_t product, uint32_t location,
                int64_t quantity);
void live_delete(struct world *w, uint32_t product);
void live_trash(struct world *w, uint32_t product);
/* What is still missing of the purchase arrives, or only half of it; 0, or -1
 * if there is no such open purchase. */
must_check int live_receive(struct world *w, const char *purchase, bool part);
uint32_t live_purchase(struct world *w, uint32_t product, int64_t quantity,
                       int64_t days);
uint32_t live_erp_sale(struct world *w, uint32_t product, int64_t quantity);
uint32_t live_product(struct world *w, const char *sku, const char *title,
                      int64_t stamp);

#endif
