/* rows_variants.c - variants, by their platform's id.
 *
 * The item is what joins the variants of several platforms: the SKU, or for a
 * variant that has none its own name, which nothing else can have.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/arena.h"
#include "worker/rows_store.h"

static const char upsert_sql[] =
    "INSERT INTO variant (account, connection, id, product, sku, item, "
    "barcode, title, vendor, category, currency, price, cost, active, "
    "updated_at, removed_at, hash) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
    "?15, ?16, ?17) "
    "ON CONFLICT (account, connection, id) DO UPDATE SET "
    "product = excluded.product, sku = excluded.sku, item = excluded.item, "
    "barcode = excluded.barcode, title = excluded.title, "
    "vendor = excluded.vendor, category = excluded.category, "
    "currency = excluded.currency, price = excluded.price, "
    "cost = excluded.cost, active = excluded.active, "
    "updated_at = excluded.updated_at, removed_at = excluded.removed_at, "
    "hash = excluded.hash, rev = updated(variant.rev) "
    "WHERE variant.hash <> excluded.hash "
    "AND (variant.updated_at IS NULL OR excluded.updated_at IS NULL "
    "OR excluded.updated_at >= variant.updated_at)";

static uint64_t hash_variant(const struct variant_row *v)
{
    uint64_t h = HASH_START;

    h = hash_text(hash_text(h, v->product_id), v->sku);
    h = hash_text(hash_text(h, v->barcode), v->title);
    h = hash_text(hash_text(h, v->vendor), v->category);
    h = hash_int(hash_int(hash_text(h, v->currency), v->price), v->cost);
    return hash_int(hash_int(h, v->active), v->removed);
}

/* A variant that gets another SKU leaves its old item, whose numbers must be
 * made without it. After a full sync all items are computed anyway. */
static int leave_old_item(struct rows_target *t, const struct variant_row *v,
                          const char *item)
{
    char *old = NULL, *mark;
    int result;

    if (t->whole)
        return 0;
    result = store_get_text(t->store, &old,
                            "SELECT item FROM variant WHERE account = ?1 "
                            "AND connection = ?2 AND id = ?3 AND item <> ?4",
                            WITH(ROWS_KEY(t), TEXT(v->id), TEXT(item)));
    if (result > 0) {
        mark = xasprintf("sku:%s", old);
        result = rows_dirty(t, mark);
        free(mark);
    }
    free(old);
    return result < 0 ? -1 : 0;
}

static int store_variant(struct rows_target *t, const struct variant_row *v)
{
    char own[300];
    const char *item = v->sku;
    int done;

    if (!*item) {
        snprintf(own, sizeof own, "#%lld:%.256s", (long long)t->key.connection,
                 v->id);
        item = own;
    }
    if (leave_old_item(t, v, item) < 0)
        return -1;
    done = store_upsert(t->store, upsert_sql,
                        WITH(ROWS_KEY(t), TEXT(v->id), TEXT(v->product_id),
                             TEXT(v->sku), TEXT(item), TEXT(v->barcode),
                             TEXT(v->title), TEXT(v->vendor), TEXT(v->category),
                             TEXT(v->currency), MAYBE(v->price), MAYBE(v->cost),
                             INT(v->active), MAYBE(v->updated_at),
                             MAYBE(v->removed ? t->now : INSTANT_NONE),
                             INT((int64_t)hash_variant(v))));
    if (done > UPSERT_SAME && rows_dirty(t, v->id) < 0)
        return -1;
    return rows_counted(t, done);
}

int rows_store_variants(struct rows_target *t, const struct rows *rows)
{
    for (size_t i = 0; i < rows->variants_n; i++)
        if (store_variant(t, &rows->variants[i]) < 0)
            return -1;
    if (t->key.stream != STREAM_VARIANTS)
        return 0;
    for (size_t i = 0; i < rows->gone_n; i++) {
        int64_t removed = store_exec(
            t->store,
            "UPDATE variant SET removed_at = ?4, hash = 0, rev = rev + 1 "
            "WHERE account = ?1 AND connection = ?2 AND id = ?3 "
            "AND removed_at IS NULL",
            WITH(ROWS_KEY(t), TEXT(rows->gone[i].id), INT(t->now)));
        if (removed < 0 || (removed > 0 && rows_dirty(t, rows->gone[i].id) < 0))
            return -1;
        t->counts.removed += removed;
    }
    return 0;
}
