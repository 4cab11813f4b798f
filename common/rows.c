/* rows.c - what a page brings, in the same form for all. See rows.h. */
#include <string.h>

#include "common/arena.h"
#include "common/instant.h"
#include "common/rows.h"

/* Arrays double: their size is the next power of two of their length, at
 * least FIRST. The old array stays in the arena until the page is done. */
enum { FIRST = 16 };

static void *grow(struct arena *arena, void *array, size_t n, size_t size)
{
    void *bigger;

    if (n != 0 && (n < FIRST || (n & (n - 1)) != 0))
        return array;
    bigger = arena_alloc(arena, (n ? 2 * n : FIRST) * size);
    if (n)
        memcpy(bigger, array, n * size);
    return bigger;
}

#define NEXT(rows, kind)                                                       \
    ((rows)->kind = grow((rows)->arena, (rows)->kind, (rows)->kind##_n,        \
                         sizeof *(rows)->kind),                                \
     &(rows)->kind[(rows)->kind##_n++])

struct variant_row *rows_variant(struct rows *rows)
{
    struct variant_row *row = NEXT(rows, variants);

    *row = (struct variant_row){
        .id = "",
        .product_id = "",
        .sku = "",
        .barcode = "",
        .title = "",
        .vendor = "",
        .category = "",
        .currency = "",
        .price = FIXED_NONE,
        .cost = FIXED_NONE,
        .active = true,
        .updated_at = INSTANT_NONE,
    };
    return row;
}

struct stock_row *rows_stock(struct rows *rows)
{
    struct stock_row *row = NEXT(rows, stock);

    *row = (struct stock_row){
        .variant = "",
        .location = "",
        .updated_at = INSTANT_NONE,
        .day = STOCK_NOW,
    };
    return row;
}

struct sale_row *rows_sale(struct rows *rows)
{
    struct sale_row *row = NEXT(rows, sales);

    *row = (struct sale_row){
        .id = "",
        .number = "",
        .status = "",
        .currency = "",
        .placed_at = INSTANT_NONE,
        .updated_at = INSTANT_NONE,
    };
    return row;
}

struct sale_line_row *rows_sale_line(struct rows *rows)
{
    struct sale_line_row *row = NEXT(rows, sale_lines);

    *row = (struct sale_line_row){
        .sale = "",
        .id = "",
        .variant = "",
        .location = "",
    };
    return row;
}

struct stock_order_row *rows_stock_order(struct rows *rows)
{
    struct stock_order_row *row = NEXT(rows, stock_orders);

    *row = (struct stock_order_row){
        .id = "",
        .number = "",
        .status = "",
        .supplier = "",
        .currency = "",
        .ordered_at = INSTANT_NONE,
        .expected_at = INSTANT_NONE,
        .updated_at = INSTANT_NONE,
    };
    return row;
}

struct stock_order_line_row *rows_stock_order_line(struct rows *rows)
{
    struct stock_order_line_row *row = NEXT(rows, stock_order_lines);

    *row = (struct stock_order_line_row){
        .order = "",
        .id = "",
        .variant = "",
        .from = "",
        .to = "",
        .unit_cost = FIXED_NONE,
        .expected_at = INSTANT_NONE,
    };
    return row;
}

void rows_id(struct rows *rows, const char *id)
{
    NEXT(rows, ids)->id = id;
}

void rows_whole(struct rows *rows, const char *id)
{
    NEXT(rows, whole)->id = id;
}

void rows_gone(struct rows *rows, const char *id)
{
    NEXT(rows, gone)->id = id;
}

void rows_whole_stock(struct rows *rows, const char *id)
{
    NEXT(rows, whole_stock)->id = id;
}

void rows_reset(struct rows *rows)
{
    struct arena *arena = rows->arena;

    arena_reset(arena);
    *rows = (struct rows){.arena = arena};
}

size_t rows_count(const struct rows *rows)
{
    return rows->variants_n + rows->stock_n + rows->sales_n +
           rows->sale_lines_n + rows->stock_orders_n +
           rows->stock_order_lines_n;
}
