/* item.h - one item's rows from the store, gathered by location, and its
 * metrics. Before it: metrics_step.c. After it: common/metrics/.
 */
#ifndef ITEM_H
#define ITEM_H

#include "common/metrics/history.h"
#include "common/metrics/metrics.h"
#include "common/metrics/supply.h"
#include "common/store.h"

struct account;
struct zone;

enum { ITEM_DAYS = 366, ITEM_PLACES = 64 };

struct place { /* what the item has at one location */
    char *location;
    struct metric_stock stock;
    struct history_sale *sales;
    struct history_level *levels;
    struct arrival *arrivals;
    size_t sales_n, sales_size, levels_n, levels_size, arrivals_n,
        arrivals_size;
};

struct item { /* zero-initialise; memory is used again by the next item */
    char *name;
    struct place places[ITEM_PLACES];
    size_t places_n, places_made;
    struct metric_settings settings;
    int64_t today, price;
};

struct item_ask { /* borrowed */
    struct store *store;
    const struct account *account;
    const struct zone *zone;
    int64_t today;                   /* local day */
    struct metric_settings settings; /* the account's */
};

/* Reads the rows of the item called NAME. No variant of that name that is not
 * removed: no places. 0, -1. */
must_check int item_read(struct item *item, const struct item_ask *ask,
                         const char *name);
bool item_has(const struct item *item, const char *location);
void item_compute(const struct item *item, size_t place,
                  struct metric_row *row);
void item_free(struct item *item);

#endif
