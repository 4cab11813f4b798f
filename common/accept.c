/* accept.c - a request becomes durable. Before it: intake.c, clock.c or the
 * command line; after it: chain.c raises what its streams should reach. */
#include <stdlib.h>
#include <string.h>

#include "common/protocol.h"

enum { REJECTED_KEPT = 1000 };

void rings_add(struct rings *rings, const struct ring *ring)
{
    if (rings->n == rings->size) {
        rings->size = rings->size ? 2 * rings->size : 16;
        rings->list = xrealloc(rings->list, rings->size * sizeof *rings->list);
    }
    rings->list[rings->n++] = *ring;
}

/* 1 and when it started, if a sync of the type runs. */
static int running_since(struct store *store, int64_t account,
                         enum sync_type type, int64_t *since)
{
    return store_get(store, since,
                     "SELECT started_at FROM sync WHERE account = ?1 "
                     "AND type = ?2 AND state IN ('running', 'processing')",
                     WITH(INT(account), INT(type)));
}

static int next_id(struct store *store, int64_t account, int64_t *id)
{
    return store_get(store, id,
                     "SELECT coalesce(max(id), 0) + 1 FROM sync "
                     "WHERE account = ?1",
                     WITH(INT(account)));
}

/* However often it is asked for, one run right after this one covers all. */
static int remember(struct store *store, int64_t account, const struct ask *ask,
                    int64_t *id)
{
    int found = store_get(
        store, id,
        "UPDATE sync SET hits = hits + 1, urgent = max(urgent, ?3) "
        "WHERE account = ?1 AND type = ?2 AND state = 'waiting' RETURNING id",
        WITH(INT(account), INT(ask->type), INT(ask->urgent)));

    if (found != 0)
        return found < 0 ? -1 : 0;
    if (next_id(store, account, id) < 0)
        return -1;
    return store_exec(store,
                      "INSERT INTO sync (account, id, type, state, asked_by, "
                      "urgent, asked_at) "
                      "VALUES (?1, ?2, ?3, 'waiting', ?4, ?5, ?6)",
                      WITH(INT(account), INT(*id), INT(ask->type),
                           TEXT(ask->by), INT(ask->urgent), INT(ask->at))) < 0
               ? -1
               : 0;
}

/* Streams on which this type waits overtake as well, if a person asks. */
static int hurry(struct store *store, int64_t account, const struct ask *ask)
{
    if (!ask->urgent)
        return 0;
    return store_exec(store,
                      "UPDATE stream SET urgent = 1 WHERE account = ?1 "
                      "AND want > done AND urgent = 0 AND EXISTS ("
                      "SELECT 1 FROM sync_part p JOIN sync s "
                      "ON s.account = p.account AND s.id = p.sync "
                      "WHERE p.account = ?1 AND s.type = ?2 "
                      "AND s.state IN ('running', 'processing') "
                      "AND p.connection = stream.connection "
                      "AND p.name = stream.name AND p.outcome IS NULL)",
                      WITH(INT(account), INT(ask->type))) < 0
               ? -1
               : 0;
}

int sync_accept(struct store *store, int64_t account, const struct ask *ask,
                struct accepted *out, struct rings *rings)
{
    int found;

    *out = (struct accepted){0};
    found = running_since(store, account, ask->type, &out->since);
    if (found < 0)
        return -1;
    if (found) {
        out->waiting = true;
        return remember(store, account, ask, &out->sync) < 0 ||
                       hurry(store, account, ask) < 0
                   ? -1
                   : 0;
    }
    if (next_id(store, account, &out->sync) < 0 ||
        store_exec(store,
                   "INSERT INTO sync (account, id, type, state, asked_by, "
                   "urgent, asked_at, started_at) "
                   "VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?6, ?6)",
                   WITH(INT(account), INT(out->sync), INT(ask->type),
                        TEXT(ask->by), INT(ask->urgent), INT(ask->at))) < 0)
        return -1;
    return chain_start(store, account, out->sync, ask->type, ask->urgent,
                       ask->at, rings);
}

int request_reject(struct store *store, const char *source, const char *element,
                   const char *reason)
{
    int64_t id = 0;

    if (store_get(store, &id, "SELECT coalesce(max(id), 0) + 1 FROM rejected",
                  WITHOUT) < 0 ||
        store_exec(store, "INSERT INTO rejected VALUES (?1, ?2, ?3, ?4, ?5)",
                   WITH(INT(id), INT(now_us()), TEXT(source), TEXT(element),
                        TEXT(reason))) < 0 ||
        store_exec(store, "DELETE FROM rejected WHERE id <= ?1",
                   WITH(INT(id - REJECTED_KEPT))) < 0)
        return -1;
    return 0;
}
