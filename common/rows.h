/* rows.h - what a page of a platform brings, in the same form for all.
 *
 * Texts are borrowed from the page's arena; an absent text is "" (never NULL).
 * Times are us UTC or INSTANT_NONE; money and quantities fixed point (1e-6),
 * FIXED_NONE where the platform does not say. Ids are the platform's own, as
 * text. A line that names a variant only by its SKU has the id "sku:<SKU>".
 * Locations are named (not numbered): the name is what joins the locations of
 * several platforms of an account, as the SKU joins their variants.
 * LOCATION_DEFAULT ("") stands for the connection's default location.
 */
#ifndef ROWS_H
#define ROWS_H

#include "common/base.h"

struct arena;

#define FIXED_NONE INT64_MIN

struct variant_row {
    const char *id, *product_id;
    const char *sku, *barcode, *title, *vendor, *category;
    const char *currency;
    int64_t price, cost;
    bool active;  /* for sale or at least not archived */
    bool removed; /* in the platform's bin: as good as deleted */
    int64_t updated_at;
};

/* The level of one variant at one location now. */
struct stock_row {
    const char *variant, *location;
    int64_t on_hand;
    int64_t reserved; /* of on_hand, promised to orders; 0 if not said */
    int64_t updated_at;
    int64_t day; /* days since 1970 when it is a past closing level (csv), else
                    STOCK_NOW */
};
#define STOCK_NOW INT64_MIN

/* A customer's order. */
struct sale_row {
    const char *id, *number, *status, *currency;
    bool counted; /* a sale that counts: neither draft, cancelled nor binned */
    int64_t placed_at, updated_at;
};

struct sale_line_row {
    const char *sale, *id; /* the order's id; the line's, unique within it */
    const char *variant, *location;
    int64_t quantity; /* gross pieces ordered */
    int64_t returned; /* of them, given back */
    int64_t revenue;  /* of the line after discounts, before tax and returns */
};

/* A purchase, transfer or assembly order; which one says the stream. */
struct stock_order_row {
    const char *id, *number, *status, *supplier, *currency;
    bool open; /* more may still arrive */
    int64_t ordered_at, expected_at, updated_at;
};

/* Pieces that go FROM one place TO another; "" is the world outside. A purchase
 * line comes from outside; an assembly has its product coming (from "") and
 * its components going (to ""). */
struct stock_order_line_row {
    const char *order, *id;
    const char *variant;
    const char *from, *to;
    bool inward, outward; /* does TO gain, does FROM lose pieces we own? */
    int64_t quantity;     /* ordered */
    int64_t sent;         /* of them, have left FROM (transfers in transit) */
    int64_t received;     /* of them, have arrived at TO */
    int64_t unit_cost;
    int64_t expected_at; /* INSTANT_NONE: as the order says */
};

/* An id that the id listing of a sweep names as existing. */
struct id_row {
    const char *id;
};

/* One growing array for each kind; the arena owns everything. */
struct rows {
    struct arena *arena;
    struct variant_row *variants;
    struct stock_row *stock;
    struct sale_row *sales;
    struct sale_line_row *sale_lines;
    struct stock_order_row *stock_orders;
    struct stock_order_line_row *stock_order_lines;
    struct id_row *ids;   /* sweep pages only: "these exist" */
    struct id_row *whole; /* orders all of whose lines are on this page: lines
                             stored for them earlier and not here are gone */
    struct id_row *gone;  /* variants or orders the platform says are deleted */
    struct id_row
        *whole_stock; /* variants all of whose stock levels are on this
                             page: a level stored earlier and not here is 0 */
    size_t variants_n, stock_n, sales_n, sale_lines_n, stock_orders_n,
        stock_order_lines_n, ids_n, whole_n, gone_n, whole_stock_n;
};

/* Each adds one zeroed row whose texts are "", whose amounts and times are
 * NONE where that exists (quantities and reserved: 0), and lends it. The
 * pointer is valid until the next row of that kind. */
struct variant_row *rows_variant(struct rows *rows);
struct stock_row *rows_stock(struct rows *rows);
struct sale_row *rows_sale(struct rows *rows);
struct sale_line_row *rows_sale_line(struct rows *rows);
struct stock_order_row *rows_stock_order(struct rows *rows);
struct stock_order_line_row *rows_stock_order_line(struct rows *rows);
void rows_id(struct rows *rows, const char *id);    /* ID: arena's or literal */
void rows_whole(struct rows *rows, const char *id); /* likewise */
void rows_gone(struct rows *rows, const char *id);  /* likewise */
void rows_whole_stock(struct rows *rows, const char *id); /* likewise */

/* Forgets all rows and resets ARENA, which stays in use. */
void rows_reset(struct rows *rows);
/* All rows of the page, of every kind but ids, whole, gone. */
size_t rows_count(const struct rows *rows);

#endif
