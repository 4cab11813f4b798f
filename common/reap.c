/* reap.c - leases and what is runnable: the readers behind bells, and the one
 * conditional UPDATE that frees what a dead worker held. */
#include <string.h>

#include "common/protocol.h"

#define NIGHTLY_PATIENCE (15 * 60 * SECOND)

int lease_list(struct store *store, const char *owner, struct lease *out,
               size_t size)
{
    struct query *q = store_query(
        store,
        "SELECT account, connection, name, fence, beat, owner, platform, "
        "urgent FROM stream WHERE owner IS NOT NULL "
        "AND (?1 IS NULL OR owner = ?1) LIMIT ?2",
        WITH(TEXT(owner), INT((int64_t)size)));
    size_t n = 0;

    while (n < size && query_next(q)) {
        struct lease *l = &out[n++];
        *l = (struct lease){
            .key = {query_int(q, 0), query_int(q, 1),
                    (enum stream)query_int(q, 2)},
            .fence = query_int(q, 3),
            .beat = query_int(q, 4),
            .urgent = query_int(q, 7),
        };
        strncat(l->owner, query_text(q, 5), sizeof l->owner - 1);
        strncat(l->platform, query_text(q, 6), PLATFORM_NAME - 1);
    }
    return query_end(q) < 0 ? -1 : (int)n;
}

int lease_reap(struct store *store, const struct lease *seen, bool crashed,
               struct rings *rings)
{
    struct ring ring = {.key = seen->key, .urgent = seen->urgent};
    int64_t freed = store_exec(
        store,
        "UPDATE stream SET owner = NULL, claim_id = NULL, lease_until = NULL, "
        "crashes = crashes + ?6 "
        "WHERE account = ?1 AND connection = ?2 AND name = ?3 "
        "AND fence = ?4 AND beat = ?5 AND owner IS NOT NULL",
        WITH(INT(seen->key.account), INT(seen->key.connection),
             INT(seen->key.stream), INT(seen->fence), INT(seen->beat),
             INT(crashed)));

    memcpy(ring.platform, seen->platform, PLATFORM_NAME);
    if (freed > 0)
        rings_add(rings, &ring);
    return (int)freed;
}

/* Each half in the order of its index, then both by how urgent they are. */
#define RUNNABLE(urgency)                                                      \
    "SELECT * FROM (SELECT account, connection, name, platform, "              \
    "not_before, " urgency " OR not_before < ?2 AS pressing FROM stream "      \
    "WHERE want > done AND owner IS NULL AND urgent = " urgency " "            \
    "AND not_before <= ?1 ORDER BY not_before LIMIT ?3)"

#define URGENT_ONES RUNNABLE("1")
#define THE_OTHERS RUNNABLE("0")
static const char runnable_sql[] =
    "SELECT account, connection, name, platform, pressing "
    "FROM (" URGENT_ONES " UNION ALL " THE_OTHERS ") "
    "ORDER BY pressing DESC, not_before LIMIT ?3";

int runnable_list(struct store *store, int64_t now, struct ring *out,
                  size_t size)
{
    struct query *q = store_query(
        store, runnable_sql,
        WITH(INT(now), INT(now - NIGHTLY_PATIENCE), INT((int64_t)size)));
    size_t n = 0;

    while (n < size && query_next(q)) {
        struct ring *r = &out[n++];
        *r = (struct ring){
            .key = {query_int(q, 0), query_int(q, 1),
                    (enum stream)query_int(q, 2)},
            .urgent = query_int(q, 4) > 0,
        };
        strncat(r->platform, query_text(q, 3), PLATFORM_NAME - 1);
    }
    return query_end(q) < 0 ? -1 : (int)n;
}
