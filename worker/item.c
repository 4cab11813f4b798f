/* item.c - one item's rows from the store, gathered by location. See item.h.
 *
 * Variants of the same SKU add up, of one connection or of several; a connection
 * whose stock another one knows better has "stock": false in its settings.
 */
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/fixed.h"
#include "common/metrics/amount.h"
#include "common/zone.h"
#include "worker/item.h"
#include "worker/settings.h"

#define NO_DAY INT64_C(0x7fffffff) /* as in on_order.c */

struct variant { /* one of the item's; borrowed by the reading below */
    int64_t connection;
    char *id;
};

/* Room for one more element of an array of a place. */
#define GROW(place, kind)                                                      \
    ((place)->kind = grow((place)->kind, (place)->kind##_n,                    \
                          &(place)->kind##_size, sizeof *(place)->kind),       \
     &(place)->kind[(place)->kind##_n++])

static void *grow(void *array, size_t n, size_t *size, size_t each)
{
    if (n < *size)
        return array;
    *size = *size ? 2 * *size : 32;
    return xrealloc(array, *size * each);
}

/* The place of LOCATION; those beyond ITEM_PLACES share the last one. */
static struct place *place_of(struct item *item, const char *location)
{
    struct place *p;

    for (size_t i = 0; i < item->places_n; i++)
        if (strcmp(item->places[i].location, location) == 0)
            return &item->places[i];
    if (item->places_n == ITEM_PLACES)
        return &item->places[ITEM_PLACES - 1];
    p = &item->places[item->places_n++];
    if (item->places_n > item->places_made)
        item->places_made = item->places_n;
    free(p->location);
    p->location = xstrdup(location);
    p->sales_n = p->levels_n = p->arrivals_n = 0;
    p->stock = (struct metric_stock){.price = item->price};
    return p;
}

bool item_has(const struct item *item, const char *location)
{
    for (size_t i = 0; i < item->places_n; i++)
        if (strcmp(item->places[i].location, location) == 0)
            return true;
    return false;
}

#define VARIANT_KEY(ask, v)                                                    \
    INT((ask)->account->id), INT((v)->connection), TEXT((v)->id)

static int read_stock(struct item *item, const struct item_ask *ask,
                      const struct variant *v)
{
    struct query *q = store_query(
        ask->store,
        "SELECT location, on_hand, reserved FROM stock WHERE account = ?1 "
        "AND connection = ?2 AND variant = ?3",
        WITH(VARIANT_KEY(ask, v)));

    while (query_next(q)) {
        struct place *p = place_of(item, query_text(q, 0));
        p->stock.on_hand += query_int(q, 1);
        p->stock.reserved += query_int(q, 2);
    }
    return query_end(q);
}

/* As changes from day to day, for those of several variants to add up. */
static int read_levels(struct item *item, const struct item_ask *ask,
                       const struct variant *v)
{
    struct query *q = store_query(
        ask->store,
        "SELECT location, day, on_hand FROM stock_day WHERE account = ?1 "
        "AND connection = ?2 AND variant = ?3 ORDER BY location, day",
        WITH(VARIANT_KEY(ask, v)));
    struct place *p = NULL;
    char *location = NULL;
    int64_t before = 0;

    while (query_next(q)) {
        int64_t level = query_int(q, 2);
        if (!p || strcmp(location, query_text(q, 0)) != 0) {
            free(location);
            location = xstrdup(query_text(q, 0));
            p = place_of(item, location);
            before = 0;
        }
        *GROW(p, levels) =
            (struct history_level){query_int(q, 1), amount_sub(level, before)};
        before = level;
    }
    free(location);
    return query_end(q);
}

static int by_day(const void *a, const void *b)
{
    const struct history_level *x = a, *y = b;

    return (x->day > y->day) - (x->day < y->day);
}

/* The levels of all variants together, one for each day with a change. */
static void sum_levels(struct place *p)
{
    int64_t sum = 0;
    size_t n = 0;

    if (p->levels_n == 0)
        return;
    qsort(p->levels, p->levels_n, sizeof *p->levels, by_day);
    for (size_t i = 0; i < p->levels_n; i++) {
        sum = amount_add(sum, p->levels[i].level);
        if (n > 0 && p->levels[n - 1].day == p->levels[i].day)
            n--;
        p->levels[n++] = (struct history_level){p->levels[i].day, sum};
    }
    p->levels_n = n;
}

static int read_sales(struct item *item, const struct item_ask *ask,
                      const struct variant *v)
{
    int64_t since = zone_day_start(ask->zone, ask->today - ITEM_DAYS);
    struct query *q =
        store_query(ask->store,
                    "SELECT location, placed_at, quantity, returned, revenue "
                    "FROM sale_line WHERE account = ?1 AND connection = ?2 "
                    "AND variant = ?3 AND counted = 1 AND placed_at >= ?4",
                    WITH(VARIANT_KEY(ask, v), INT(since)));

    while (query_next(q)) {
        struct place *p = place_of(item, query_text(q, 0));
        *GROW(p, sales) = (struct history_sale){
            .day = zone_local_day(ask->zone, query_int(q, 1)),
            .quantity = query_int(q, 2),
            .returned = query_int(q, 3),
            .revenue = query_int(q, 4),
        };
    }
    return query_end(q);
}

static int read_arrivals(struct item *item, const struct item_ask *ask,
                         const struct variant *v)
{
    struct query *q = store_query(
        ask->store,
        "SELECT location, day, quantity FROM on_order WHERE account = ?1 "
        "AND connection = ?2 AND variant = ?3",
        WITH(VARIANT_KEY(ask, v)));

    while (query_next(q)) {
        struct place *p = place_of(item, query_text(q, 0));
        int64_t day = query_int(q, 1);
        *GROW(p, arrivals) = (struct arrival){
            .day = day == NO_DAY ? METRIC_NEVER : day - ask->today,
            .quantity = query_int(q, 2),
        };
    }
    return query_end(q);
}

static int read_variant(struct item *item, const struct item_ask *ask,
                        const struct variant *v)
{
    if (read_stock(item, ask, v) < 0 || read_levels(item, ask, v) < 0 ||
        read_sales(item, ask, v) < 0 || read_arrivals(item, ask, v) < 0)
        return -1;
    return 0;
}

/* Lines that knew only the SKU belong to the item too. */
static int read_by_sku(struct item *item, const struct item_ask *ask,
                       int64_t connection, const char *name)
{
    struct variant v = {.connection = connection,
                        .id = xasprintf("sku:%s", name)};
    int result = read_sales(item, ask, &v);

    if (result == 0)
        result = read_arrivals(item, ask, &v);
    free(v.id);
    return result;
}

/* The item's variants, in FOUND (SIZE of them at most). */
static int read_variants(struct item *item, const struct item_ask *ask,
                         struct variant *found, size_t size, size_t *n)
{
    struct query *q = store_query(
        ask->store,
        "SELECT connection, id, price FROM variant WHERE account = ?1 "
        "AND item = ?2 AND removed_at IS NULL ORDER BY connection, id",
        WITH(INT(ask->account->id), TEXT(item->name)));

    while (*n < size && query_next(q)) {
        found[*n].connection = query_int(q, 0);
        found[(*n)++].id = xstrdup(query_text(q, 1));
        if (item->price == 0 && !query_null(q, 2))
            item->price = query_int(q, 2);
    }
    return query_end(q);
}

int item_read(struct item *item, const struct item_ask *ask, const char *name)
{
    struct variant variants[32];
    size_t n = 0;
    int result;

    free(item->name);
    item->name = xstrdup(name);
    item->places_n = 0;
    item->price = 0;
    item->today = ask->today;
    result = read_variants(item, ask, variants, ARRAY_LEN(variants), &n);
    for (size_t i = 0; i < n; i++) {
        if (result == 0)
            result = read_variant(item, ask, &variants[i]);
        if (result == 0 && *name != '#' &&
            (i == 0 || variants[i].connection != variants[i - 1].connection))
            result = read_by_sku(item, ask, variants[i].connection, name);
        free(variants[i].id);
    }
    for (size_t i = 0; i < item->places_n; i++)
        sum_levels(&item->places[i]);
    if (result == 0)
        result = settings_of_item(ask->store, ask->account->id, name,
                                  &ask->settings, &item->settings);
    return result;
}

void item_compute(const struct item *item, size_t place, struct metric_row *row)
{
    const struct place *p = &item->places[place];
    struct history_day days[ITEM_DAYS];
    struct history history;

    history_start(&history, days, ITEM_DAYS, item->today - 1);
    history_sales(&history, p->sales, p->sales_n);
    history_levels(&history, p->levels, p->levels_n);
    metrics_compute(&history, &p->stock, p->arrivals, p->arrivals_n,
                    &item->settings, row);
}

void item_free(struct item *item)
{
    for (size_t i = 0; i < item->places_made; i++) {
        free(item->places[i].location);
        free(item->places[i].sales);
        free(item->places[i].levels);
        free(item->places[i].arrivals);
    }
    free(item->name);
    *item = (struct item){0};
}
