/* sync_info.c - syncs as the store has them. See sync_info.h; printing them is
 * in sync_print.c. */
#include <stdio.h>
#include <string.h>

#include "producer/cli/sync_info.h"

/* A part that has not ended counts as far as its stream has come, once the
 * stream is at the generation that the part waits for. The account's own steps
 * do not count: what they write was read already. */
#define SO_FAR(part, stream)                                                   \
    "coalesce(sum(CASE WHEN p.connection = 0 THEN 0 "                          \
    "WHEN p.outcome IS NOT NULL THEN p." part                                  \
    " WHEN t.gen >= p.target THEN t." stream " ELSE 0 END), 0)"
#define PAGES SO_FAR("pages", "page")
#define ROWS SO_FAR("rows", "rows")
#define ADDED SO_FAR("added", "added")
#define CHANGED SO_FAR("changed", "changed")
#define REMOVED SO_FAR("removed", "removed")
#define SYNCS                                                                  \
    "SELECT s.account, s.id, s.type, a.name, a.zone, s.state, s.asked_by, "    \
    "s.hits, s.asked_at, s.started_at, s.ended_at, "                           \
    "count(p.target), count(p.outcome), "                                      \
    "coalesce(sum(p.outcome <> 'ok'), 0), "                                    \
    "coalesce(sum(p.outcome IS NULL AND t.owner IS NOT NULL), 0), " PAGES      \
    ", " ROWS ", " ADDED ", " CHANGED ", " REMOVED " "                         \
    "FROM sync s JOIN account a ON a.id = s.account "                          \
    "LEFT JOIN sync_part p ON p.account = s.account AND p.sync = s.id "        \
    "LEFT JOIN stream t ON t.account = p.account "                             \
    "AND t.connection = p.connection AND t.name = p.name "
#define GROUPED "GROUP BY s.account, s.id "

bool sync_is_open(const struct sync_info *s)
{
    return strcmp(s->state, "waiting") == 0 ||
           strcmp(s->state, "running") == 0 ||
           strcmp(s->state, "processing") == 0;
}

bool sync_info_next(struct query *q, struct sync_info *out)
{
    if (!query_next(q))
        return false;
    *out = (struct sync_info){
        .account = query_int(q, 0),
        .id = query_int(q, 1),
        .type = (enum sync_type)query_int(q, 2),
        .hits = query_int(q, 7),
        .asked_at = query_int(q, 8),
        .started_at = query_int(q, 9),
        .ended_at = query_int(q, 10),
        .parts = query_int(q, 11),
        .parts_ended = query_int(q, 12),
        .parts_failed = query_int(q, 13),
        .held = query_int(q, 14),
        .pages = query_int(q, 15),
        .rows = query_int(q, 16),
        .added = query_int(q, 17),
        .changed = query_int(q, 18),
        .removed = query_int(q, 19),
    };
    snprintf(out->account_name, sizeof out->account_name, "%s",
             query_text(q, 3));
    snprintf(out->zone, sizeof out->zone, "%s", query_text(q, 4));
    snprintf(out->state, sizeof out->state, "%s", query_text(q, 5));
    snprintf(out->asked_by, sizeof out->asked_by, "%s", query_text(q, 6));
    return true;
}

int sync_info_read(struct store *store, int64_t account, int64_t id,
                   struct sync_info *out)
{
    struct query *q =
        store_query(store, SYNCS "WHERE s.account = ?1 AND s.id = ?2 " GROUPED,
                    WITH(INT(account), INT(id)));
    bool found = sync_info_next(q, out);

    return query_end(q) < 0 ? -1 : found;
}

struct query *syncs_open(struct store *store, int64_t account)
{
    return store_query(store,
                       SYNCS
                       "WHERE s.state IN ('running', 'processing', 'waiting') "
                       "AND (?1 = 0 OR s.account = ?1) " GROUPED
                       "ORDER BY a.name, s.type, s.id",
                       WITH(INT(account)));
}

struct query *syncs_ended_after(struct store *store, int64_t instant)
{
    return store_query(
        store, SYNCS "WHERE s.ended_at > ?1 " GROUPED "ORDER BY s.ended_at",
        WITH(INT(instant)));
}

struct query *syncs_newest(struct store *store, int64_t account, int64_t limit)
{
    return store_query(store,
                       SYNCS "WHERE s.account = ?1 " GROUPED
                             "ORDER BY s.id DESC LIMIT ?2",
                       WITH(INT(account), INT(limit)));
}

struct query *syncs_last(struct store *store, int64_t account)
{
    return store_query(
        store,
        SYNCS "WHERE s.account = ?1 AND s.id IN (SELECT max(l.id) FROM sync l "
              "WHERE l.account = ?1 AND l.ended_at IS NOT NULL "
              "GROUP BY l.type) " GROUPED "ORDER BY s.type",
        WITH(INT(account)));
}
