/* claim.c - a worker takes a stream, shows that it lives, lets go of it.
 *
 * A claim is proved by fence and claim id together: after a store was restored
 * from an older image the fence alone could be given twice.
 */
#include <stdlib.h>
#include <string.h>

#include "common/protocol.h"

/* A new generation starts when none is under way; else it goes on where its
 * last stored page ended. */
static const char claim_sql[] =
    "UPDATE stream SET fence = fence + 1, claim_id = ?4, owner = ?5, "
    "beat = beat + 1, lease_until = ?6, tries = tries + 1, "
    "gen = done + 1, "
    "page = CASE WHEN gen = done THEN 0 ELSE page END, "
    "position = CASE WHEN gen = done THEN '' ELSE position END, "
    "started_at = CASE WHEN gen = done THEN ?7 ELSE started_at END, "
    "whole = CASE WHEN gen = done THEN whole_want ELSE whole END, "
    "whole_want = CASE WHEN gen = done THEN 0 ELSE whole_want END, "
    "rows = CASE WHEN gen = done THEN 0 ELSE rows END, "
    "added = CASE WHEN gen = done THEN 0 ELSE added END, "
    "changed = CASE WHEN gen = done THEN 0 ELSE changed END, "
    "removed = CASE WHEN gen = done THEN 0 ELSE removed END "
    "WHERE account = ?1 AND connection = ?2 AND name = ?3 "
    "AND want > done AND owner IS NULL AND not_before <= ?7";

/* Not RETURNING: SQLite keeps what it returns in a table made for the
 * statement, which costs as much as the claim itself. */
static const char claimed_sql[] =
    "SELECT fence, gen, page, position, window_from, window_to, whole, "
    "cursor, tries, crashes, urgent, platform FROM stream "
    "WHERE account = ?1 AND connection = ?2 AND name = ?3";

#define MINE                                                                   \
    "WHERE account = ?1 AND connection = ?2 AND name = ?3 "                    \
    "AND fence = ?4 AND claim_id = ?5"
#define KEY(key) INT((key).account), INT((key).connection), INT((key).stream)

static void read_claim(struct query *q, struct claim *out)
{
    out->fence = query_int(q, 0);
    out->gen = query_int(q, 1);
    out->page = query_int(q, 2);
    out->position = xstrdup(query_text(q, 3));
    out->window.from = query_int(q, 4);
    out->window.to = query_int(q, 5);
    out->whole = query_int(q, 6);
    out->window.sweep = out->whole;
    out->windowed = out->page > 0;
    out->cursor = query_int(q, 7);
    out->tries = query_int(q, 8);
    out->crashes = query_int(q, 9);
    out->urgent = query_int(q, 10);
    strncat(out->platform, query_text(q, 11), PLATFORM_NAME - 1);
}

int stream_claim(struct store *store, const struct stream_key *key,
                 const char *owner, int64_t now, int64_t lease,
                 struct claim *out)
{
    struct query *q;
    int64_t changed;
    bool found;

    *out = (struct claim){.key = *key};
    random_hex(out->id, CLAIM_ID);
    changed = store_exec(store, claim_sql,
                         WITH(KEY(*key), TEXT(out->id), TEXT(owner),
                              INT(now + lease), INT(now)));
    if (changed != 1)
        return (int)changed;
    q = store_query(store, claimed_sql, WITH(KEY(*key)));
    found = query_next(q);
    if (found)
        read_claim(q, out);
    return query_end(q) < 0 ? -1 : found;
}

void claim_free(struct claim *claim)
{
    free(claim->position);
    claim->position = NULL;
}

struct claim claim_copy(const struct claim *claim)
{
    struct claim copy = *claim;

    copy.position = xstrdup(claim->position);
    return copy;
}

int claim_holds(struct store *store, const struct claim *claim)
{
    int64_t one;

    return store_get(store, &one, "SELECT 1 FROM stream " MINE " AND page = ?6",
                     WITH(KEY(claim->key), INT(claim->fence), TEXT(claim->id),
                          INT(claim->page)));
}

int claim_beat(struct store *store, const struct claim *claim,
               int64_t lease_until)
{
    return (int)store_exec(
        store, "UPDATE stream SET beat = beat + 1, lease_until = ?6 " MINE,
        WITH(KEY(claim->key), INT(claim->fence), TEXT(claim->id),
             INT(lease_until)));
}

int claim_give_back(struct store *store, const struct claim *claim,
                    int64_t not_before, const char *error, int64_t failed)
{
    return (int)store_exec(
        store,
        "UPDATE stream SET owner = NULL, claim_id = NULL, lease_until = NULL, "
        "not_before = ?6, last_error = coalesce(?7, last_error), "
        "tries = tries - 1 + ?8 " MINE,
        WITH(KEY(claim->key), INT(claim->fence), TEXT(claim->id),
             INT(not_before), TEXT(error), INT(failed)));
}
