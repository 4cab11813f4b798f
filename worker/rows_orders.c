/* rows_orders.c - purchase, transfer and assembly orders and their lines. Which
 * of them says the stream. What they add up to is made by on_order.c. The lines
 * of an order that is older than the stored one are left out like it. */
#include <stdlib.h>
#include <string.h>

#include "worker/rows_store.h"

static const char order_sql[] =
    "INSERT INTO stock_order (account, connection, kind, id, number, status, "
    "open, supplier, currency, ordered_at, expected_at, updated_at, hash) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
    "ON CONFLICT (account, connection, kind, id) DO UPDATE SET "
    "number = excluded.number, status = excluded.status, "
    "open = excluded.open, supplier = excluded.supplier, "
    "currency = excluded.currency, ordered_at = excluded.ordered_at, "
    "expected_at = excluded.expected_at, updated_at = excluded.updated_at, "
    "hash = excluded.hash, rev = updated(stock_order.rev) "
    "WHERE stock_order.hash <> excluded.hash "
    "AND (stock_order.updated_at IS NULL OR excluded.updated_at IS NULL "
    "OR excluded.updated_at >= stock_order.updated_at)";

static const char line_sql[] =
    "INSERT INTO stock_order_line (account, connection, kind, stock_order, "
    "id, variant, from_location, to_location, inward, outward, quantity, "
    "sent, received, unit_cost, expected_at, hash) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
    "?15, ?16) "
    "ON CONFLICT (account, connection, kind, stock_order, id) DO UPDATE SET "
    "variant = excluded.variant, from_location = excluded.from_location, "
    "to_location = excluded.to_location, inward = excluded.inward, "
    "outward = excluded.outward, quantity = excluded.quantity, "
    "sent = excluded.sent, received = excluded.received, "
    "unit_cost = excluded.unit_cost, expected_at = excluded.expected_at, "
    "hash = excluded.hash, rev = updated(stock_order_line.rev) "
    "WHERE stock_order_line.hash <> excluded.hash";

#define KIND(t) INT((int64_t)(t)->key.stream)

/* 1 when a newer version of it is stored, 0, -1. */
static int is_older(struct rows_target *t, const struct stock_order_row *o)
{
    int64_t one;

    if (o->updated_at == INSTANT_NONE)
        return 0;
    return store_get(
        t->store, &one,
        "SELECT 1 FROM stock_order WHERE account = ?1 "
        "AND connection = ?2 AND kind = ?3 AND id = ?4 "
        "AND updated_at > ?5",
        WITH(ROWS_KEY(t), KIND(t), TEXT(o->id), INT(o->updated_at)));
}

/* 1 when the store has a newer version, 0, -1. */
static int store_order(struct rows_target *t, const struct stock_order_row *o)
{
    uint64_t h = HASH_START;
    int done;

    h = hash_text(hash_text(h, o->number), o->status);
    h = hash_text(hash_text(h, o->supplier), o->currency);
    h = hash_int(hash_int(h, o->open), o->ordered_at);
    h = hash_int(h, o->expected_at);
    done = store_upsert(t->store, order_sql,
                        WITH(ROWS_KEY(t), KIND(t), TEXT(o->id), TEXT(o->number),
                             TEXT(o->status), INT(o->open), TEXT(o->supplier),
                             TEXT(o->currency), MAYBE(o->ordered_at),
                             MAYBE(o->expected_at), MAYBE(o->updated_at),
                             INT((int64_t)h)));
    if (rows_counted(t, done) < 0)
        return -1;
    return done == UPSERT_SAME ? is_older(t, o) : 0;
}

static int store_line(struct rows_target *t,
                      const struct stock_order_line_row *l)
{
    const char *from = l->outward ? rows_location(t, l->from) : l->from;
    const char *to = l->inward ? rows_location(t, l->to) : l->to;
    uint64_t h = HASH_START;

    h = hash_text(hash_text(hash_text(h, l->variant), from), to);
    h = hash_int(hash_int(h, l->inward), l->outward);
    h = hash_int(hash_int(hash_int(h, l->quantity), l->sent), l->received);
    h = hash_int(hash_int(h, l->unit_cost), l->expected_at);
    return rows_counted(
        t,
        store_upsert(t->store, line_sql,
                     WITH(ROWS_KEY(t), KIND(t), TEXT(l->order), TEXT(l->id),
                          TEXT(l->variant), TEXT(from), TEXT(to),
                          INT(l->inward), INT(l->outward), INT(l->quantity),
                          INT(l->sent), INT(l->received), MAYBE(l->unit_cost),
                          MAYBE(l->expected_at), INT((int64_t)h))));
}

static bool on_page(const struct rows *rows, const char *order, const char *id)
{
    for (size_t i = 0; i < rows->stock_order_lines_n; i++) {
        const struct stock_order_line_row *l = &rows->stock_order_lines[i];
        if (strcmp(l->order, order) == 0 && strcmp(l->id, id) == 0)
            return true;
    }
    return false;
}

/* Lines of ORDER that are stored but not on the page were taken off it. */
static int drop_others(struct rows_target *t, const struct rows *rows,
                       const char *order)
{
    struct query *q =
        store_query(t->store,
                    "SELECT id FROM stock_order_line WHERE account = ?1 "
                    "AND connection = ?2 AND kind = ?3 AND stock_order = ?4",
                    WITH(ROWS_KEY(t), KIND(t), TEXT(order)));
    int result = 0;

    while (query_next(q)) {
        const char *id = query_text(q, 0);
        int64_t gone;
        if (result < 0 || on_page(rows, order, id))
            continue;
        gone = store_exec(t->store,
                          "DELETE FROM stock_order_line WHERE account = ?1 "
                          "AND connection = ?2 AND kind = ?3 "
                          "AND stock_order = ?4 AND id = ?5",
                          WITH(ROWS_KEY(t), KIND(t), TEXT(order), TEXT(id)));
        result = gone < 0 ? -1 : 0;
        t->counts.removed += gone > 0;
    }
    return query_end(q) < 0 ? -1 : result;
}

static int drop_orders(struct rows_target *t, const struct rows *rows)
{
    for (size_t i = 0; i < rows->gone_n; i++) {
        int64_t gone = store_exec(
            t->store,
            "UPDATE stock_order SET status = 'deleted', open = 0, hash = 0, "
            "rev = rev + 1 WHERE account = ?1 AND connection = ?2 "
            "AND kind = ?3 AND id = ?4 AND status <> 'deleted'",
            WITH(ROWS_KEY(t), KIND(t), TEXT(rows->gone[i].id)));
        if (gone < 0)
            return -1;
        t->counts.removed += gone;
    }
    return 0;
}

/* Whether ORDER is on the page and older than what is stored. *AT is where to
 * start looking: lines follow their orders. */
static bool left_out(const struct rows *rows, const bool *older,
                     const char *order, size_t *at)
{
    for (size_t n = 0; n < rows->stock_orders_n; n++) {
        size_t i = (*at + n) % rows->stock_orders_n;
        if (strcmp(rows->stock_orders[i].id, order) == 0)
            return older[*at = i];
    }
    return false;
}

static int store_all(struct rows_target *t, const struct rows *rows,
                     bool *older)
{
    size_t at = 0;

    for (size_t i = 0; i < rows->stock_orders_n; i++) {
        int result = store_order(t, &rows->stock_orders[i]);
        if (result < 0)
            return -1;
        older[i] = result;
    }
    for (size_t i = 0; i < rows->stock_order_lines_n; i++) {
        const struct stock_order_line_row *l = &rows->stock_order_lines[i];
        if (!left_out(rows, older, l->order, &at) && store_line(t, l) < 0)
            return -1;
    }
    for (size_t i = 0; i < rows->whole_n; i++)
        if (!left_out(rows, older, rows->whole[i].id, &at) &&
            drop_others(t, rows, rows->whole[i].id) < 0)
            return -1;
    return drop_orders(t, rows);
}

int rows_store_orders(struct rows_target *t, const struct rows *rows)
{
    bool *older;
    int result;

    if (!stream_is_orders(t->key.stream))
        return 0;
    older = xcalloc(rows->stock_orders_n, sizeof *older);
    result = store_all(t, rows, older);
    free(older);
    return result;
}
