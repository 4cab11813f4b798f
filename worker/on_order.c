/* on_order.c - the roll-up of stock orders: what is still to come, for each
 * variant and location, by the local day it is expected on.
 *
 *   coming = ordered - received, of the inward lines of open orders
 *   in transit = sent - received, the part that has left its place
 *
 * One connection is one chunk. Rows that stay the same are not written; a
 * variant whose rows changed is marked for the metrics.
 */
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/zone.h"
#include "worker/process.h"

#define NO_DAY INT64_C(0x7fffffff) /* expected, but nobody says when */

struct coming {
    char *variant, *location;
    int64_t day, kind, quantity, in_transit;
};

struct list {
    struct coming *rows;
    size_t n, size;
};

static void list_free(struct list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->rows[i].variant);
        free(list->rows[i].location);
    }
    free(list->rows);
}

static struct coming *list_add(struct list *list)
{
    if (list->n == list->size) {
        list->size = list->size ? 2 * list->size : 64;
        list->rows = xrealloc(list->rows, list->size * sizeof *list->rows);
    }
    return &list->rows[list->n++];
}

static int compare(const void *a, const void *b)
{
    const struct coming *x = a, *y = b;
    int order = strcmp(x->variant, y->variant);

    if (order == 0)
        order = strcmp(x->location, y->location);
    if (order == 0)
        order = (x->day > y->day) - (x->day < y->day);
    if (order == 0)
        order = (x->kind > y->kind) - (x->kind < y->kind);
    return order;
}

static int64_t positive(int64_t n)
{
    return n > 0 ? n : 0;
}

/* The lines that are open, each with its day, in LIST. */
static int read_lines(struct chunk *c, int64_t connection, struct list *list)
{
    struct query *q = store_query(
        c->store,
        "SELECT l.variant, l.to_location, l.kind, l.quantity - l.received, "
        "l.sent - l.received, coalesce(l.expected_at, o.expected_at) "
        "FROM stock_order o JOIN stock_order_line l "
        "ON l.account = o.account AND l.connection = o.connection "
        "AND l.kind = o.kind AND l.stock_order = o.id "
        "WHERE o.account = ?1 AND o.connection = ?2 AND o.open = 1 "
        "AND l.inward = 1 AND l.quantity > l.received",
        WITH(INT(c->account->id), INT(connection)));

    while (query_next(q)) {
        int64_t at = query_int(q, 5);
        *list_add(list) = (struct coming){
            .variant = xstrdup(query_text(q, 0)),
            .location = xstrdup(query_text(q, 1)),
            .day = at == INSTANT_NONE ? NO_DAY : zone_local_day(c->zone, at),
            .kind = query_int(q, 2),
            .quantity = query_int(q, 3),
            .in_transit = positive(query_int(q, 4)),
        };
    }
    return query_end(q);
}

/* Sorts, and adds up lines of the same variant, location, day and kind. */
static void add_up(struct list *list)
{
    size_t kept = 0;

    if (list->n == 0)
        return;
    qsort(list->rows, list->n, sizeof *list->rows, compare);
    for (size_t i = 1; i < list->n; i++) {
        struct coming *last = &list->rows[kept], *row = &list->rows[i];
        if (compare(last, row) == 0) {
            last->quantity += row->quantity;
            last->in_transit += row->in_transit;
            free(row->variant);
            free(row->location);
        } else {
            list->rows[++kept] = *row;
        }
    }
    list->n = kept + 1;
}

static int read_stored(struct chunk *c, int64_t connection, struct list *list)
{
    struct query *q =
        store_query(c->store,
                    "SELECT variant, location, day, kind, quantity, in_transit "
                    "FROM on_order WHERE account = ?1 AND connection = ?2",
                    WITH(INT(c->account->id), INT(connection)));

    while (query_next(q))
        *list_add(list) = (struct coming){
            .variant = xstrdup(query_text(q, 0)),
            .location = xstrdup(query_text(q, 1)),
            .day = query_int(q, 2),
            .kind = query_int(q, 3),
            .quantity = query_int(q, 4),
            .in_transit = query_int(q, 5),
        };
    if (list->n)
        qsort(list->rows, list->n, sizeof *list->rows, compare);
    return query_end(q);
}

static int touch(struct chunk *c, int64_t connection, const char *variant)
{
    return store_exec(
               c->store,
               "INSERT INTO dirty VALUES (?1, ?2, ?3) "
               "ON CONFLICT DO NOTHING",
               WITH(INT(c->account->id), INT(connection), TEXT(variant))) < 0
               ? -1
               : 0;
}

static int write_row(struct chunk *c, int64_t connection,
                     const struct coming *r)
{
    c->counts.changed++;
    if (touch(c, connection, r->variant) < 0)
        return -1;
    return store_exec(c->store,
                      "INSERT INTO on_order VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                      "?7, ?8) ON CONFLICT (account, connection, variant, "
                      "location, day, kind) DO UPDATE SET "
                      "quantity = excluded.quantity, "
                      "in_transit = excluded.in_transit",
                      WITH(INT(c->account->id), INT(connection),
                           TEXT(r->variant), TEXT(r->location), INT(r->day),
                           INT(r->kind), INT(r->quantity),
                           INT(r->in_transit))) < 0
               ? -1
               : 0;
}

static int drop_row(struct chunk *c, int64_t connection, const struct coming *r)
{
    c->counts.removed++;
    if (touch(c, connection, r->variant) < 0)
        return -1;
    return store_exec(c->store,
                      "DELETE FROM on_order WHERE account = ?1 "
                      "AND connection = ?2 AND variant = ?3 AND location = ?4 "
                      "AND day = ?5 AND kind = ?6",
                      WITH(INT(c->account->id), INT(connection),
                           TEXT(r->variant), TEXT(r->location), INT(r->day),
                           INT(r->kind))) < 0
               ? -1
               : 0;
}

/* Walks both sorted lists at once and writes only the differences. */
static int write_differences(struct chunk *c, int64_t connection,
                             const struct list *now, const struct list *stored)
{
    size_t i = 0, j = 0;
    int result = 0;

    while (result == 0 && (i < now->n || j < stored->n)) {
        int order = i == now->n      ? 1
                    : j == stored->n ? -1
                                     : compare(&now->rows[i], &stored->rows[j]);
        if (order > 0) {
            result = drop_row(c, connection, &stored->rows[j++]);
            continue;
        }
        if (order < 0 || now->rows[i].quantity != stored->rows[j].quantity ||
            now->rows[i].in_transit != stored->rows[j].in_transit)
            result = write_row(c, connection, &now->rows[i]);
        i++;
        j += order == 0;
    }
    return result;
}

int on_order_chunk(struct chunk *c)
{
    int64_t last = strtoll(c->position, NULL, 10), connection = 0;
    struct list now = {0}, stored = {0};
    int found, result = -1;

    found = store_get(c->store, &connection,
                      "SELECT id FROM connection WHERE account = ?1 "
                      "AND id > ?2 ORDER BY id LIMIT 1",
                      WITH(INT(c->account->id), INT(last)));
    if (found <= 0)
        return found;
    if (read_lines(c, connection, &now) == 0 &&
        read_stored(c, connection, &stored) == 0) {
        add_up(&now);
        c->counts.rows = (int64_t)now.n;
        result = write_differences(c, connection, &now, &stored);
    }
    list_free(&now);
    list_free(&stored);
    buf_printf(&c->next, "%lld", (long long)connection);
    return result;
}
