/* chain.c - the steps of a sync: fetches first, then processing, one by one.
 *
 * Chains are rows, not messages: who ends the last part of a step raises the
 * want of the next one's stream in the same transaction, so there is nothing
 * between two steps that could get lost. Before it: accept.c, finish.c.
 */
#include <string.h>

#include "common/protocol.h"

/* want := NEXT. An UPDATE that is already there changes nothing but flags. */
#define RAISE                                                                  \
    "UPDATE stream SET "                                                       \
    "want = CASE WHEN gen > done THEN gen + 1 ELSE done + 1 END, "             \
    "urgent = max(urgent, ?3), whole_want = max(whole_want, ?4), "             \
    "not_before = CASE WHEN want > done THEN not_before ELSE ?5 END "
/* With the same condition; not RETURNING, see claim.c. */
#define RAISED                                                                 \
    "SELECT connection, name, want, platform, urgent, owner FROM stream "
#define OF_TYPE                                                                \
    "WHERE account = ?1 AND connection > 0 AND (?2 >> name) & 1 "              \
    "AND connection IN (SELECT id FROM connection "                            \
    "WHERE account = ?1 AND enabled = 1)"
#define OF_STEP "WHERE account = ?1 AND connection = 0 AND name = ?2"

struct part {
    int64_t account, sync;
    int step;
};

/* Notes each raised stream as a part of the sync, and whom to ring. */
static int note_parts(struct store *store, struct query *raised,
                      const struct part *part, struct rings *rings)
{
    int result = 0;

    while (query_next(raised)) {
        struct ring ring = {
            .key = {part->account, query_int(raised, 0),
                    (enum stream)query_int(raised, 1)},
            .urgent = query_int(raised, 4),
        };
        if (result == 0 &&
            store_exec(store,
                       "INSERT INTO sync_part "
                       "(account, sync, step, connection, name, target) "
                       "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                       WITH(INT(part->account), INT(part->sync),
                            INT(part->step), INT(ring.key.connection),
                            INT(ring.key.stream), INT(query_int(raised, 2)))) <
                0)
            result = -1;
        strncat(ring.platform, query_text(raised, 3), PLATFORM_NAME - 1);
        if (query_null(raised, 5))
            rings_add(rings, &ring);
    }
    return query_end(raised) < 0 ? -1 : result;
}

static int64_t fetched_by(enum sync_type type)
{
    int64_t bits = 0;

    for (int s = 0; s < STREAM_FETCHED; s++)
        bits |= (int64_t)sync_fetches(type, (enum stream)s) << s;
    return bits;
}

int chain_start(struct store *store, int64_t account, int64_t id,
                enum sync_type type, bool urgent, int64_t now,
                struct rings *rings)
{
    const struct part part = {account, id, 0};
    int64_t streams = fetched_by(type);

    if (store_exec(store, RAISE OF_TYPE,
                   WITH(INT(account), INT(streams), INT(urgent),
                        INT(type == SYNC_FULL), INT(now))) < 0 ||
        note_parts(store,
                   store_query(store, RAISED OF_TYPE,
                               WITH(INT(account), INT(streams))),
                   &part, rings) < 0)
        return -1;
    return chain_advance(store, account, id, now, rings);
}

static int start_step(struct store *store, const struct part *part,
                      enum stream stream, bool urgent, bool whole, int64_t now,
                      struct rings *rings)
{
    if (store_exec(store,
                   "UPDATE sync SET step = ?3, state = 'processing' "
                   "WHERE account = ?1 AND id = ?2",
                   WITH(INT(part->account), INT(part->sync), INT(part->step))) <
            0 ||
        store_exec(store, RAISE OF_STEP,
                   WITH(INT(part->account), INT(stream), INT(urgent),
                        INT(whole), INT(now))) < 0)
        return -1;
    return note_parts(store,
                      store_query(store, RAISED OF_STEP,
                                  WITH(INT(part->account), INT(stream))),
                      part, rings);
}

/* The waiting sync of the type, if there is one, runs now. */
static int promote(struct store *store, int64_t account, enum sync_type type,
                   int64_t now, struct rings *rings)
{
    struct query *q =
        store_query(store,
                    "SELECT id, urgent FROM sync WHERE account = ?1 "
                    "AND type = ?2 AND state = 'waiting'",
                    WITH(INT(account), INT(type)));
    bool found = query_next(q);
    int64_t id = found ? query_int(q, 0) : 0;
    bool urgent = found && query_int(q, 1);

    if (query_end(q) < 0)
        return -1;
    if (!found)
        return 0;
    if (store_exec(store,
                   "UPDATE sync SET state = 'running', started_at = ?3 "
                   "WHERE account = ?1 AND id = ?2",
                   WITH(INT(account), INT(id), INT(now))) < 0)
        return -1;
    return chain_start(store, account, id, type, urgent, now, rings);
}

/* done: all went well. failed: no fetch did. partial: the rest. */
static int end_sync(struct store *store, int64_t account, int64_t id,
                    enum sync_type type, int64_t now, struct rings *rings)
{
    if (store_exec(
            store,
            "UPDATE sync SET ended_at = ?3, state = CASE "
            "WHEN NOT EXISTS (SELECT 1 FROM sync_part p "
            " WHERE p.account = ?1 AND p.sync = ?2 AND p.outcome <> 'ok') "
            "THEN 'done' "
            "WHEN NOT EXISTS (SELECT 1 FROM sync_part p "
            " WHERE p.account = ?1 AND p.sync = ?2 AND p.step = 0 "
            " AND p.outcome = 'ok') "
            "THEN 'failed' ELSE 'partial' END "
            "WHERE account = ?1 AND id = ?2",
            WITH(INT(account), INT(id), INT(now))) < 0)
        return -1;
    return promote(store, account, type, now, rings);
}

struct state { /* of a sync that runs */
    enum sync_type type;
    int step;
    bool urgent;
    bool open; /* parts of its step have not ended */
};

/* 1, 0 when it has ended, -1. */
static int read_state(struct store *store, int64_t account, int64_t id,
                      struct state *out)
{
    struct query *q = store_query(
        store,
        "SELECT type, step, urgent, EXISTS (SELECT 1 FROM sync_part p "
        "WHERE p.account = ?1 AND p.sync = ?2 AND p.step = sync.step "
        "AND p.outcome IS NULL) FROM sync WHERE account = ?1 AND id = ?2 "
        "AND state IN ('running', 'processing')",
        WITH(INT(account), INT(id)));
    bool found = query_next(q);

    if (found)
        *out = (struct state){(enum sync_type)query_int(q, 0),
                              (int)query_int(q, 1), query_int(q, 2),
                              query_int(q, 3)};
    return query_end(q) < 0 ? -1 : found;
}

int chain_advance(struct store *store, int64_t account, int64_t id, int64_t now,
                  struct rings *rings)
{
    struct state s = {0};
    int next, found = read_state(store, account, id, &s);

    if (found <= 0 || s.open)
        return found < 0 ? -1 : 0;
    next = sync_step(s.type, s.step);
    if (next < 0)
        return end_sync(store, account, id, s.type, now, rings);
    return start_step(store, &(struct part){account, id, s.step + 1},
                      (enum stream)next, s.urgent, s.type == SYNC_FULL, now,
                      rings);
}
