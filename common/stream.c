/* stream.c - the names of streams and sync types. See stream.h. */
#include <assert.h>
#include <string.h>

#include "common/stream.h"

static const char *const stream_names[] = {
    [STREAM_VARIANTS] = "variants",
    [STREAM_STOCK] = "stock",
    [STREAM_SALES] = "sales",
    [STREAM_PURCHASE_ORDERS] = "purchase_orders",
    [STREAM_TRANSFER_ORDERS] = "transfer_orders",
    [STREAM_ASSEMBLY_ORDERS] = "assembly_orders",
    [STREAM_ON_ORDER] = "stock_orders",
    [STREAM_METRICS] = "metrics",
};
static_assert(ARRAY_LEN(stream_names) == STREAM_COUNT, "a name for each");

#define BIT(stream) (1u << (stream))
#define ORDERS                                                                 \
    (BIT(STREAM_PURCHASE_ORDERS) | BIT(STREAM_TRANSFER_ORDERS) |               \
     BIT(STREAM_ASSEMBLY_ORDERS))

static const struct {
    const char *name;
    unsigned fetches;
    int steps[3]; /* ended by -1 */
} types[] = {
    [SYNC_FULL] = {"full",
                   BIT(STREAM_VARIANTS) | BIT(STREAM_STOCK) |
                       BIT(STREAM_SALES) | ORDERS,
                   {STREAM_ON_ORDER, STREAM_METRICS, -1}},
    [SYNC_VARIANTS] = {"variants",
                       BIT(STREAM_VARIANTS) | BIT(STREAM_STOCK),
                       {STREAM_METRICS, -1}},
    [SYNC_PURCHASE_ORDERS] = {"purchase_orders",
                              ORDERS,
                              {STREAM_ON_ORDER, STREAM_METRICS, -1}},
};
static_assert(ARRAY_LEN(types) == SYNC_TYPES, "a row for each");

const char *stream_name(enum stream stream)
{
    return stream_names[stream];
}

int stream_find(const char *name)
{
    for (int i = 0; i < STREAM_COUNT; i++)
        if (strcmp(stream_names[i], name) == 0)
            return i;
    return -1;
}

const char *sync_type_name(enum sync_type type)
{
    return types[type].name;
}

int sync_type_find(const char *name)
{
    for (int i = 0; i < SYNC_TYPES; i++)
        if (strcmp(types[i].name, name) == 0)
            return i;
    return -1;
}

bool stream_is_orders(enum stream stream)
{
    return BIT(stream) & ORDERS;
}

bool sync_fetches(enum sync_type type, enum stream stream)
{
    return types[type].fetches & BIT(stream);
}

int sync_step(enum sync_type type, int i)
{
    return types[type].steps[i];
}
