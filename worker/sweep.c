/* sweep.c - deletions by a listing of all ids. See sweep.h. */
#include <stdio.h>

#include "worker/sweep.h"

enum { SMALL = 20 }; /* so few may all vanish without being doubted */

#define STREAM(key)                                                            \
    INT((key)->account), INT((key)->connection), INT((key)->stream)
#define NOT_SEEN(id)                                                           \
    "NOT EXISTS (SELECT 1 FROM seen WHERE seen.account = ?1 "                  \
    "AND seen.connection = ?2 AND seen.name = ?3 AND seen.id = " id ")"

/* The statements of each kind of stream that sweeps. */
static const struct {
    const char *live, *missing, *remove, *revive;
} sqls[] = {
    {"SELECT count(*) FROM variant WHERE account = ?1 AND connection = ?2 "
     "AND ?3 >= 0 AND removed_at IS NULL",
     "SELECT count(*) FROM variant WHERE account = ?1 AND connection = ?2 "
     "AND removed_at IS NULL AND " NOT_SEEN("variant.id"),
     "UPDATE variant SET removed_at = ?4, hash = 0, rev = rev + 1 "
     "WHERE account = ?1 AND connection = ?2 AND removed_at IS NULL "
     "AND " NOT_SEEN("variant.id"),
     "UPDATE variant SET removed_at = NULL, rev = rev + 1 "
     "WHERE account = ?1 AND connection = ?2 AND removed_at IS NOT NULL "
     "AND NOT " NOT_SEEN("variant.id")},
    {"SELECT count(*) FROM stock_order WHERE account = ?1 "
     "AND connection = ?2 AND kind = ?3 AND status <> 'deleted'",
     "SELECT count(*) FROM stock_order WHERE account = ?1 "
     "AND connection = ?2 AND kind = ?3 AND status <> 'deleted' "
     "AND " NOT_SEEN("stock_order.id"),
     "UPDATE stock_order SET status = 'deleted', open = 0, hash = 0, "
     "rev = rev + 1, updated_at = coalesce(updated_at, ?4) "
     "WHERE account = ?1 AND connection = ?2 AND kind = ?3 "
     "AND status <> 'deleted' AND " NOT_SEEN("stock_order.id"),
     NULL},
};

bool sweep_knows(enum stream stream)
{
    return stream == STREAM_VARIANTS || stream_is_orders(stream);
}

int sweep_forget(struct store *store, const struct stream_key *key)
{
    return store_exec(store,
                      "DELETE FROM seen WHERE account = ?1 "
                      "AND connection = ?2 AND name = ?3",
                      WITH(STREAM(key))) < 0
               ? -1
               : 0;
}

/* The size of the listing that was held back last time; -1 none, -2 error. */
static int64_t held_before(struct rows_target *t)
{
    int64_t held = INSTANT_NONE;

    if (store_get(t->store, &held,
                  "SELECT held FROM stream WHERE account = ?1 "
                  "AND connection = ?2 AND name = ?3",
                  WITH(STREAM(&t->key))) < 0)
        return -2;
    return held == INSTANT_NONE ? -1 : held;
}

static int set_held(struct rows_target *t, int64_t held)
{
    return store_exec(t->store,
                      "UPDATE stream SET held = ?4 WHERE account = ?1 "
                      "AND connection = ?2 AND name = ?3",
                      WITH(STREAM(&t->key), MAYBE(held))) < 0
               ? -1
               : 0;
}

int sweep(struct rows_target *t, char *note)
{
    bool variants = t->key.stream == STREAM_VARIANTS;
    size_t kind = variants ? 0 : 1;
    int64_t live = 0, missing = 0, removed, before = held_before(t);

    *note = '\0';
    if (before == -2 ||
        store_get(t->store, &live, sqls[kind].live, WITH(STREAM(&t->key))) <
            0 ||
        store_get(t->store, &missing, sqls[kind].missing,
                  WITH(STREAM(&t->key))) < 0)
        return -1;
    if (live > SMALL && missing > live / 2 && before != live - missing) {
        snprintf(note, 256,
                 "the listing names %lld of %lld stored %s: deletions are held "
                 "until the next full sync says the same",
                 (long long)(live - missing), (long long)live,
                 stream_name(t->key.stream));
        return set_held(t, live - missing) < 0
                   ? -1
                   : sweep_forget(t->store, &t->key);
    }
    removed = missing == 0 ? 0
                           : store_exec(t->store, sqls[kind].remove,
                                        WITH(STREAM(&t->key), INT(t->now)));
    if (removed < 0 ||
        (sqls[kind].revive &&
         store_exec(t->store, sqls[kind].revive, WITH(STREAM(&t->key))) < 0))
        return -1;
    t->counts.removed += removed;
    if (before >= 0 && set_held(t, INSTANT_NONE) < 0)
        return -1;
    return sweep_forget(t->store, &t->key);
}
