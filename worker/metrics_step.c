/* metrics_step.c - the numbers of items, from the rows of all connections.
 *
 * An item is one SKU of the account, whichever platforms sell or stock it.
 * After a full sync all items are computed, in order of their names; else those
 * whose variants were marked dirty, until none is left. A row is written for
 * each location where the item has stock, sales or something on order.
 * The numbers themselves: common/metrics/.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/metrics/amount.h"
#include "common/metrics/metrics.h"
#include "common/zone.h"
#include "worker/item.h"
#include "worker/process.h"
#include "worker/settings.h"

enum { ITEMS = 200, SETTINGS_MAX = 4096 }; /* items of one chunk */

/* Positions: ITEM and the last item's name, or DIRTY while dirty variants are
 * worked off. */
#define ITEM '='
#define DIRTY "*"

#define NAME(name, type, unit, help) ", " #name
#define MARK(name, type, unit, help) ", ?"
#define SET(name, type, unit, help) ", " #name " = excluded." #name
static const char write_sql[] =
    "INSERT INTO metric (account, item, location, day, gen, "
    "as_of" METRIC_COLUMNS(NAME) ") VALUES (?, ?, ?, ?, ?, ?" METRIC_COLUMNS(
        MARK) ") ON CONFLICT (account, item, location) DO UPDATE "
              "SET day = excluded.day, gen = excluded.gen, as_of = "
              "excluded.as_of" METRIC_COLUMNS(SET);
#undef NAME
#undef MARK
#undef SET

static int write_row(struct chunk *c, const char *item, const char *location,
                     const struct metric_row *row)
{
    struct value values[6 + METRIC_COLUMNS_N] = {
        INT(c->account->id), TEXT(item),         TEXT(location),
        INT(c->today),       INT(c->claim->gen), MAYBE(c->as_of),
    };

    for (size_t i = 0; i < METRIC_COLUMNS_N; i++) {
        int64_t value = metric_value(row, &metric_columns[i]);
        values[6 + i] = value == METRIC_NEVER
                            ? (struct value){.type = VALUE_NULL}
                            : INT(value);
    }
    c->counts.rows++;
    return store_exec(c->store, write_sql, values, ARRAY_LEN(values)) < 0 ? -1
                                                                          : 0;
}

/* Rows of locations that have nothing of the item any more. */
static int drop_others(struct chunk *c, const struct item *item)
{
    struct query *q = store_query(
        c->store,
        "SELECT location FROM metric WHERE account = ?1 AND item = ?2",
        WITH(INT(c->account->id), TEXT(item->name)));
    int result = 0;

    while (query_next(q)) {
        const char *location = query_text(q, 0);
        if (result < 0 || item_has(item, location))
            continue;
        c->counts.removed++;
        if (store_exec(c->store,
                       "DELETE FROM metric WHERE account = ?1 AND item = ?2 "
                       "AND location = ?3",
                       WITH(INT(c->account->id), TEXT(item->name),
                            TEXT(location))) < 0)
            result = -1;
    }
    return query_end(q) < 0 ? -1 : result;
}

static int compute_item(struct chunk *c, const struct item_ask *ask,
                        struct item *item, const char *name)
{
    if (item_read(item, ask, name) < 0)
        return -1;
    for (size_t i = 0; i < item->places_n; i++) {
        struct metric_row row;
        item_compute(item, i, &row);
        if (write_row(c, name, item->places[i].location, &row) < 0)
            return -1;
    }
    return drop_others(c, item);
}

/* Names of the next items: all after the position, in order. */
static int next_of_all(struct chunk *c, char **names, size_t *n)
{
    struct query *q = store_query(
        c->store,
        "SELECT DISTINCT item FROM variant WHERE account = ?1 AND item > ?2 "
        "ORDER BY item LIMIT ?3",
        WITH(INT(c->account->id), TEXT(*c->position ? c->position + 1 : ""),
             INT(ITEMS)));

    while (query_next(q))
        names[(*n)++] = xstrdup(query_text(q, 0));
    return query_end(q);
}

/* The item of a dirty variant; a line that knew only a SKU names it itself. */
static const char dirty_sql[] =
    "SELECT d.connection, d.variant, coalesce(v.item, "
    "CASE WHEN d.variant LIKE 'sku:%' THEN substr(d.variant, 5) END) "
    "FROM dirty d LEFT JOIN variant v ON v.account = d.account "
    "AND v.connection = d.connection AND v.id = d.variant "
    "WHERE d.account = ?1 LIMIT ?2";

static bool is_new(char **names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return false;
    return true;
}

/* How many marks were taken off in TAKEN. */
static int next_of_dirty(struct chunk *c, char **names, size_t *n,
                         size_t *taken)
{
    struct query *q =
        store_query(c->store, dirty_sql, WITH(INT(c->account->id), INT(ITEMS)));
    struct {
        int64_t connection;
        char *variant;
    } marks[ITEMS];
    int result;

    while (query_next(q)) {
        marks[*taken].connection = query_int(q, 0);
        marks[(*taken)++].variant = xstrdup(query_text(q, 1));
        if (!query_null(q, 2) && is_new(names, *n, query_text(q, 2)))
            names[(*n)++] = xstrdup(query_text(q, 2));
    }
    result = query_end(q);
    for (size_t i = 0; i < *taken; i++) {
        if (result == 0 &&
            store_exec(c->store,
                       "DELETE FROM dirty WHERE account = ?1 "
                       "AND connection = ?2 AND variant = ?3",
                       WITH(INT(c->account->id), INT(marks[i].connection),
                            TEXT(marks[i].variant))) < 0)
            result = -1;
        free(marks[i].variant);
    }
    return result;
}

/* After all items: rows of items that nothing stands behind any more, and
 * marks that this run has made superfluous. */
static int clean_up(struct chunk *c)
{
    int64_t removed = store_exec(
        c->store, "DELETE FROM metric WHERE account = ?1 AND gen <> ?2",
        WITH(INT(c->account->id), INT(c->claim->gen)));

    if (removed < 0)
        return -1;
    c->counts.removed += removed;
    return 0;
}

int metrics_chunk(struct chunk *c)
{
    bool all = c->claim->whole && strcmp(c->position, DIRTY) != 0;
    char *names[ITEMS];
    size_t n = 0, taken = 0;
    struct item item = {0};
    struct item_ask ask = {.store = c->store,
                           .account = c->account,
                           .zone = c->zone,
                           .today = c->today};
    int result =
        all ? next_of_all(c, names, &n) : next_of_dirty(c, names, &n, &taken);

    settings_of_account(c->account, &ask.settings);
    for (size_t i = 0; i < n && result == 0; i++)
        result = compute_item(c, &ask, &item, names[i]);
    item_free(&item);
    if (result == 0 && all && n < ITEMS) {
        result = clean_up(c);
        buf_text(&c->next, DIRTY); /* what changed meanwhile */
    } else if (result == 0 && all) {
        buf_printf(&c->next, "%c%s", ITEM, names[n - 1]);
    } else if (taken == ITEMS) {
        buf_text(&c->next, DIRTY);
    }
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    return result;
}
