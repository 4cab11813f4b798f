/* finish.c - the end of a generation, good or bad.
 *
 * In one transaction: the stream's generation is done, the parts that waited
 * for it have their outcome, and syncs whose step is complete go on (chain.c).
 * A generation that ended badly leaves the cursor where it was, so the next one
 * reads the same window again.
 */
#include <string.h>

#include "common/protocol.h"

enum { SYNCS_MAX = 8 }; /* running syncs of one account: one of each type */

static const char finish_sql[] =
    "UPDATE stream SET done = gen, owner = NULL, claim_id = NULL, "
    "lease_until = NULL, page = 0, position = '', tries = 0, crashes = 0, "
    "not_before = ?11, whole = 0, "
    "whole_want = CASE WHEN ?7 = 'ok' THEN whole_want "
    "ELSE max(whole_want, whole) END, outcome = ?7, last_error = ?8, "
    "cursor = coalesce(?9, cursor), as_of = coalesce(?10, as_of), "
    "ended_at = ?11, rows = rows + ?12, added = added + ?13, "
    "changed = changed + ?14, removed = removed + ?15, "
    "urgent = CASE WHEN want > gen THEN urgent ELSE 0 END "
    "WHERE account = ?1 AND connection = ?2 AND name = ?3 "
    "AND fence = ?4 AND claim_id = ?5 AND page = ?6";

#define KEY(key) INT((key).account), INT((key).connection), INT((key).stream)

struct result {
    bool again; /* another generation is wanted */
    bool urgent;
    struct counts counts;
};

static int end_generation(struct store *store, const struct claim *claim,
                          const struct ending *e, struct result *result)
{
    int64_t changed =
        store_exec(store, finish_sql,
                   WITH(KEY(claim->key), INT(claim->fence), TEXT(claim->id),
                        INT(claim->page), TEXT(e->outcome), TEXT(e->error),
                        MAYBE(e->cursor), MAYBE(e->as_of), INT(e->now),
                        INT(e->counts.rows), INT(e->counts.added),
                        INT(e->counts.changed), INT(e->counts.removed)));
    struct query *q;
    bool found;

    *result = (struct result){0};
    if (changed != 1)
        return (int)changed;
    q = store_query(store,
                    "SELECT want, rows, added, changed, removed, urgent "
                    "FROM stream WHERE account = ?1 AND connection = ?2 "
                    "AND name = ?3",
                    WITH(KEY(claim->key)));
    found = query_next(q);
    if (found) {
        result->again = query_int(q, 0) > claim->gen;
        result->counts = (struct counts){query_int(q, 1), query_int(q, 2),
                                         query_int(q, 3), query_int(q, 4)};
        result->urgent = query_int(q, 5);
    }
    return query_end(q) < 0 ? -1 : found;
}

/* A whole generation leaves no marks of what it changed (worker/rows_store.h).
 * The sync that asked for it computes all metrics, but another one that shares
 * the generation, or takes it up after a failure, would look only for marks. */
static int note_unmarked(struct store *store, const struct claim *claim)
{
    if (!claim->whole || claim->key.connection == 0 ||
        stream_is_orders(claim->key.stream))
        return 0;
    return store_exec(store,
                      "UPDATE stream SET whole_want = 1 WHERE account = ?1 "
                      "AND connection = 0 AND name = ?2",
                      WITH(INT(claim->key.account), INT(STREAM_METRICS))) < 0
               ? -1
               : 0;
}

/* The account's running syncs: their ids. How many, or -1. The type is named so
 * that their index is used: it has a few rows where the account's history may
 * have thousands. */
static int running_syncs(struct store *store, int64_t account, int64_t *ids)
{
    struct query *q =
        store_query(store,
                    "SELECT id FROM sync WHERE account = ?1 AND type >= 0 "
                    "AND state IN ('running', 'processing')",
                    WITH(INT(account)));
    int n = 0;

    while (query_next(q) && n < SYNCS_MAX)
        ids[n++] = query_int(q, 0);
    return query_end(q) < 0 ? -1 : n;
}

/* 1 when the sync waited for this generation, 0, -1. */
static int64_t note_part(struct store *store, int64_t sync,
                         const struct claim *claim, const struct ending *e,
                         const struct counts *counts)
{
    return store_exec(
        store,
        "UPDATE sync_part SET outcome = ?6, error = ?7, ended_at = ?8, "
        "pages = ?9, rows = ?10, added = ?11, changed = ?12, removed = ?13 "
        "WHERE account = ?1 AND sync = ?2 AND connection = ?3 AND name = ?4 "
        "AND target <= ?5 AND outcome IS NULL",
        WITH(INT(claim->key.account), INT(sync), INT(claim->key.connection),
             INT(claim->key.stream), INT(claim->gen), TEXT(e->outcome),
             TEXT(e->error), INT(e->now), INT(claim->page + 1),
             INT(counts->rows), INT(counts->added), INT(counts->changed),
             INT(counts->removed)));
}

int stream_finish(struct store *store, const struct claim *claim,
                  const struct ending *ending, struct rings *rings)
{
    int64_t ids[SYNCS_MAX];
    struct result result;
    int n = running_syncs(store, claim->key.account, ids);
    int found;

    if (n < 0)
        return -1;
    found = end_generation(store, claim, ending, &result);
    if (found <= 0)
        return found;
    if (note_unmarked(store, claim) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        int64_t noted = note_part(store, ids[i], claim, ending, &result.counts);
        if (noted < 0)
            return -1;
        if (noted > 0 && chain_advance(store, claim->key.account, ids[i],
                                       ending->now, rings) < 0)
            return -1;
    }
    if (result.again) {
        struct ring ring = {.key = claim->key, .urgent = result.urgent};
        memcpy(ring.platform, claim->platform, PLATFORM_NAME);
        rings_add(rings, &ring);
    }
    return 1;
}
