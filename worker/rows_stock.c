/* rows_stock.c - stock levels now, and their closing level of each local day.
 *
 * A day without a row had the level of the day before it. The level seen last
 * on a day is its closing level; a day on which nobody looked is lost for ever,
 * which is why this is kept apart from the level now.
 */
#include <stdlib.h>
#include <string.h>

#include "worker/rows_store.h"

static const char upsert_sql[] =
    "INSERT INTO stock (account, connection, variant, location, on_hand, "
    "reserved, updated_at, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
    "ON CONFLICT (account, connection, variant, location) DO UPDATE SET "
    "on_hand = excluded.on_hand, reserved = excluded.reserved, "
    "updated_at = excluded.updated_at, hash = excluded.hash, "
    "rev = updated(stock.rev) WHERE stock.hash <> excluded.hash "
    "AND (stock.updated_at IS NULL OR excluded.updated_at IS NULL "
    "OR excluded.updated_at >= stock.updated_at)";

static int64_t store_day(struct rows_target *t, const struct stock_row *s,
                         const char *location, int64_t day)
{
    return store_exec(
        t->store,
        "INSERT INTO stock_day VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
        "ON CONFLICT (account, connection, variant, location, day) "
        "DO UPDATE SET on_hand = excluded.on_hand "
        "WHERE stock_day.on_hand <> excluded.on_hand",
        WITH(ROWS_KEY(t), TEXT(s->variant), TEXT(location), INT(day),
             INT(s->on_hand)));
}

/* A closing level of the past, from a platform that keeps history. */
static int store_past(struct rows_target *t, const struct stock_row *s,
                      const char *location)
{
    int64_t written = store_day(t, s, location, s->day);

    t->counts.changed += written > 0;
    if (written > 0 && rows_dirty(t, s->variant) < 0)
        return -1;
    return written < 0 ? -1 : 0;
}

static int store_level(struct rows_target *t, const struct stock_row *s)
{
    const char *location = rows_location(t, s->location);
    uint64_t hash = hash_int(hash_int(HASH_START, s->on_hand), s->reserved);
    int done;

    if (s->day != STOCK_NOW && s->day < t->today)
        return store_past(t, s, location);
    done = store_upsert(t->store, upsert_sql,
                        WITH(ROWS_KEY(t), TEXT(s->variant), TEXT(location),
                             INT(s->on_hand), INT(s->reserved),
                             MAYBE(s->updated_at), INT((int64_t)hash)));
    if (done > UPSERT_SAME && (store_day(t, s, location, t->today) < 0 ||
                               rows_dirty(t, s->variant) < 0))
        return -1;
    return rows_counted(t, done);
}

static bool on_page(const struct rows_target *t, const struct rows *rows,
                    const char *variant, const char *location)
{
    for (size_t i = 0; i < rows->stock_n; i++)
        if (strcmp(rows->stock[i].variant, variant) == 0 &&
            strcmp(rows_location(t, rows->stock[i].location), location) == 0)
            return true;
    return false;
}

static int zero_level(struct rows_target *t, const char *variant,
                      const char *location)
{
    const struct stock_row zero = {.variant = variant,
                                   .location = location,
                                   .updated_at = INSTANT_NONE,
                                   .day = STOCK_NOW};
    struct rows_target named = *t;
    int result;

    named.locations = (struct json_value){0}; /* it is our name already */
    result = store_level(&named, &zero);
    t->counts = named.counts;
    return result;
}

/* The levels of VARIANT that are stored but not on the page are gone: 0. */
static int zero_others(struct rows_target *t, const struct rows *rows,
                       const char *variant)
{
    struct query *q = store_query(
        t->store,
        "SELECT location FROM stock WHERE account = ?1 AND connection = ?2 "
        "AND variant = ?3 AND (on_hand <> 0 OR reserved <> 0)",
        WITH(ROWS_KEY(t), TEXT(variant)));
    char **gone = NULL;
    size_t n = 0;
    int result;

    while (query_next(q))
        if (!on_page(t, rows, variant, query_text(q, 0))) {
            gone = xrealloc(gone, (n + 1) * sizeof *gone);
            gone[n++] = xstrdup(query_text(q, 0));
        }
    result = query_end(q);
    for (size_t i = 0; i < n; i++) {
        if (result == 0)
            result = zero_level(t, variant, gone[i]);
        free(gone[i]);
    }
    free(gone);
    return result;
}

int rows_store_stock(struct rows_target *t, const struct rows *rows)
{
    if (t->stock_ignored)
        return 0;
    for (size_t i = 0; i < rows->stock_n; i++)
        if (store_level(t, &rows->stock[i]) < 0)
            return -1;
    for (size_t i = 0; i < rows->whole_stock_n; i++)
        if (zero_others(t, rows, rows->whole_stock[i].id) < 0)
            return -1;
    return 0;
}
