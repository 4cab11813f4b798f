/* rows_sales.c - customers' orders and their lines.
 *
 * A line repeats what metrics need of its order (does it count, when was it
 * placed), so that the history of a variant is one range of the table. The
 * lines of an order that is older than the stored one are left out like it.
 */
#include <stdlib.h>
#include <string.h>

#include "worker/rows_store.h"

static const char sale_sql[] =
    "INSERT INTO sale (account, connection, id, number, status, currency, "
    "counted, placed_at, updated_at, hash) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
    "ON CONFLICT (account, connection, id) DO UPDATE SET "
    "number = excluded.number, status = excluded.status, "
    "currency = excluded.currency, counted = excluded.counted, "
    "placed_at = excluded.placed_at, updated_at = excluded.updated_at, "
    "hash = excluded.hash, rev = updated(sale.rev) "
    "WHERE sale.hash <> excluded.hash "
    "AND (sale.updated_at IS NULL OR excluded.updated_at IS NULL "
    "OR excluded.updated_at >= sale.updated_at)";

static const char line_sql[] =
    "INSERT INTO sale_line (account, connection, variant, sale, id, location, "
    "quantity, returned, revenue, counted, placed_at, hash) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
    "ON CONFLICT (account, connection, variant, sale, id) DO UPDATE SET "
    "location = excluded.location, quantity = excluded.quantity, "
    "returned = excluded.returned, revenue = excluded.revenue, "
    "counted = excluded.counted, placed_at = excluded.placed_at, "
    "hash = excluded.hash, rev = updated(sale_line.rev) "
    "WHERE sale_line.hash <> excluded.hash";

/* What an order of the page is to the store. */
enum known { KNOWN, NEW, OLDER };

/* What a line takes from its order. */
struct head {
    const char *sale; /* NULL: none yet */
    size_t at;        /* its place in rows->sales, or sales_n */
    int64_t counted, placed_at;
};

/* The order stands for lines that are stored and may not be on this page. */
static int touch_lines(struct rows_target *t, const char *sale, int64_t counted,
                       int64_t placed_at)
{
    if (!t->whole &&
        store_exec(t->store,
                   "INSERT INTO dirty SELECT DISTINCT account, connection, "
                   "variant FROM sale_line WHERE account = ?1 "
                   "AND connection = ?2 AND sale = ?3 ON CONFLICT DO NOTHING",
                   WITH(ROWS_KEY(t), TEXT(sale))) < 0)
        return -1;
    return store_exec(t->store,
                      "UPDATE sale_line SET counted = ?4, "
                      "placed_at = coalesce(?5, placed_at), hash = 0 "
                      "WHERE account = ?1 AND connection = ?2 AND sale = ?3 "
                      "AND (counted <> ?4 OR placed_at IS NOT ?5)",
                      WITH(ROWS_KEY(t), TEXT(sale), INT(counted),
                           MAYBE(placed_at))) < 0
               ? -1
               : 0;
}

/* 1 when a newer version of it is stored, 0, -1. */
static int is_older(struct rows_target *t, const struct sale_row *s)
{
    int64_t one;

    if (s->updated_at == INSTANT_NONE)
        return 0;
    return store_get(t->store, &one,
                     "SELECT 1 FROM sale WHERE account = ?1 "
                     "AND connection = ?2 AND id = ?3 AND updated_at > ?4",
                     WITH(ROWS_KEY(t), TEXT(s->id), INT(s->updated_at)));
}

static int store_sale(struct rows_target *t, const struct sale_row *s,
                      enum known *known)
{
    uint64_t h = HASH_START;
    int done, older = 0;

    h = hash_text(hash_text(hash_text(h, s->number), s->status), s->currency);
    h = hash_int(hash_int(h, s->counted), s->placed_at);
    done = store_upsert(t->store, sale_sql,
                        WITH(ROWS_KEY(t), TEXT(s->id), TEXT(s->number),
                             TEXT(s->status), TEXT(s->currency),
                             INT(s->counted), MAYBE(s->placed_at),
                             MAYBE(s->updated_at), INT((int64_t)h)));
    if (done == UPSERT_CHANGED &&
        touch_lines(t, s->id, s->counted, s->placed_at) < 0)
        return -1;
    if (done == UPSERT_SAME && (older = is_older(t, s)) < 0)
        return -1;
    *known = older ? OLDER : done == UPSERT_ADDED ? NEW : KNOWN;
    return rows_counted(t, done);
}

/* The order of SALE: on this page (its lines follow its order), else stored. */
static int find_head(struct rows_target *t, const struct rows *rows,
                     const char *sale, struct head *head)
{
    struct query *q;

    for (size_t n = 0; n < rows->sales_n; n++) {
        size_t at = (head->at + n) % rows->sales_n;
        if (strcmp(rows->sales[at].id, sale) == 0) {
            *head = (struct head){sale, at, rows->sales[at].counted,
                                  rows->sales[at].placed_at};
            return 0;
        }
    }
    *head = (struct head){
        .sale = sale, .at = rows->sales_n, .placed_at = INSTANT_NONE};
    q = store_query(t->store,
                    "SELECT counted, placed_at FROM sale WHERE account = ?1 "
                    "AND connection = ?2 AND id = ?3",
                    WITH(ROWS_KEY(t), TEXT(sale)));
    if (query_next(q)) {
        head->counted = query_int(q, 0);
        head->placed_at = query_int(q, 1);
    }
    return query_end(q);
}

static int store_line(struct rows_target *t, const struct sale_line_row *l,
                      const struct head *head)
{
    const char *location = rows_location(t, l->location);
    uint64_t h = hash_text(HASH_START, location);
    int done;

    h = hash_int(hash_int(hash_int(h, l->quantity), l->returned), l->revenue);
    h = hash_int(hash_int(h, head->counted), head->placed_at);
    done =
        store_upsert(t->store, line_sql,
                     WITH(ROWS_KEY(t), TEXT(l->variant), TEXT(l->sale),
                          TEXT(l->id), TEXT(location), INT(l->quantity),
                          INT(l->returned), INT(l->revenue), INT(head->counted),
                          MAYBE(head->placed_at), INT((int64_t)h)));
    if (done > UPSERT_SAME && rows_dirty(t, l->variant) < 0)
        return -1;
    return rows_counted(t, done);
}

static bool on_page(const struct rows *rows, const char *sale,
                    const char *variant, const char *id)
{
    for (size_t i = 0; i < rows->sale_lines_n; i++) {
        const struct sale_line_row *l = &rows->sale_lines[i];
        if (strcmp(l->sale, sale) == 0 && strcmp(l->id, id) == 0 &&
            strcmp(l->variant, variant) == 0)
            return true;
    }
    return false;
}

/* Lines of SALE that are stored but not on the page were taken off it. */
static int drop_others(struct rows_target *t, const struct rows *rows,
                       const char *sale)
{
    struct query *q =
        store_query(t->store,
                    "SELECT variant, id FROM sale_line WHERE account = ?1 "
                    "AND connection = ?2 AND sale = ?3",
                    WITH(ROWS_KEY(t), TEXT(sale)));
    int result = 0;

    while (query_next(q)) {
        const char *variant = query_text(q, 0), *id = query_text(q, 1);
        if (result < 0 || on_page(rows, sale, variant, id))
            continue;
        t->counts.removed++;
        if (rows_dirty(t, variant) < 0 ||
            store_exec(t->store,
                       "DELETE FROM sale_line WHERE account = ?1 "
                       "AND connection = ?2 AND variant = ?3 AND sale = ?4 "
                       "AND id = ?5",
                       WITH(ROWS_KEY(t), TEXT(variant), TEXT(sale), TEXT(id))) <
                0)
            result = -1;
    }
    return query_end(q) < 0 ? -1 : result;
}

static int store_lines(struct rows_target *t, const struct rows *rows,
                       const enum known *known)
{
    struct head head = {0};

    for (size_t i = 0; i < rows->sale_lines_n; i++) {
        const struct sale_line_row *l = &rows->sale_lines[i];
        if ((!head.sale || strcmp(head.sale, l->sale) != 0) &&
            find_head(t, rows, l->sale, &head) < 0)
            return -1;
        if (head.at < rows->sales_n && known[head.at] == OLDER)
            continue;
        if (store_line(t, l, &head) < 0)
            return -1;
    }
    return 0;
}

static int drop_lines(struct rows_target *t, const struct rows *rows,
                      const enum known *known)
{
    size_t at = 0;

    for (size_t i = 0; i < rows->whole_n; i++) {
        const char *sale = rows->whole[i].id;
        while (at < rows->sales_n && strcmp(rows->sales[at].id, sale) != 0)
            at++;
        if (at < rows->sales_n && known[at] != KNOWN)
            continue; /* a new order has no lines yet */
        if (at == rows->sales_n)
            at = 0; /* not in the page's order: look from the start again */
        if (drop_others(t, rows, sale) < 0)
            return -1;
    }
    return 0;
}

static int drop_sales(struct rows_target *t, const struct rows *rows)
{
    for (size_t i = 0; i < rows->gone_n; i++) {
        const char *id = rows->gone[i].id;
        int64_t gone = store_exec(
            t->store,
            "UPDATE sale SET status = 'deleted', counted = 0, hash = 0, "
            "rev = rev + 1 WHERE account = ?1 AND connection = ?2 "
            "AND id = ?3 AND status <> 'deleted'",
            WITH(ROWS_KEY(t), TEXT(id)));
        if (gone < 0 || (gone > 0 && touch_lines(t, id, 0, INSTANT_NONE) < 0))
            return -1;
        t->counts.removed += gone;
    }
    return 0;
}

int rows_store_sales(struct rows_target *t, const struct rows *rows)
{
    enum known *known;
    int result = 0;

    if (t->key.stream != STREAM_SALES)
        return 0;
    known = xcalloc(rows->sales_n, sizeof *known);
    for (size_t i = 0; i < rows->sales_n && result == 0; i++)
        result = store_sale(t, &rows->sales[i], &known[i]);
    if (result == 0 &&
        (store_lines(t, rows, known) < 0 || drop_lines(t, rows, known) < 0 ||
         drop_sales(t, rows) < 0))
        result = -1;
    free(known);
    return result;
}
