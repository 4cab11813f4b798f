/* schedule_rows.c - an account's schedules in the store. Before it: account.c;
 * after it: the producer's clock takes what is due. */
#include "common/account.h"
#include "common/schedule.h"
#include "common/schedule_rows.h"

struct daily {
    int64_t id, minute, next_at;
};

/* The daily row behind ID: 1, 0 when there is no more, -1. */
static int next_row(struct store *store, int64_t account, int64_t id,
                    struct daily *out)
{
    struct query *q = store_query(
        store,
        "SELECT id, minute, next_at FROM schedule WHERE account = ?1 "
        "AND id > ?2 AND minute IS NOT NULL ORDER BY id LIMIT 1",
        WITH(INT(account), INT(id)));
    bool found = query_next(q);

    if (found)
        *out =
            (struct daily){query_int(q, 0), query_int(q, 1), query_int(q, 2)};
    return query_end(q) < 0 ? -1 : found;
}

static int put_row(struct store *store, int64_t account, const struct daily *d)
{
    return store_exec(store,
                      "INSERT INTO schedule VALUES (?1, ?2, ?3, ?4, ?5) "
                      "ON CONFLICT (account, id) DO UPDATE SET "
                      "minute = excluded.minute, next_at = excluded.next_at",
                      WITH(INT(account), INT(d->id), INT(SYNC_FULL),
                           INT(d->minute), INT(d->next_at))) < 0
               ? -1
               : 0;
}

/* Is NEXT_AT a run of MINUTE in ZONE? Then it may stay, also when it is past
 * and only waits for the clock to take it. */
static bool is_run(const struct zone *zone, int64_t minute, int64_t next_at)
{
    return schedule_next(zone, (int)minute, next_at - 1) == next_at;
}

int schedules_follow(struct store *store, int64_t account,
                     const struct zone *zone, int minute, int64_t now)
{
    struct daily row = {NIGHTLY_SCHEDULE, minute, INSTANT_NONE};
    int found;

    if (store_get(store, &row.next_at,
                  "SELECT next_at FROM schedule "
                  "WHERE account = ?1 AND id = ?2 AND minute = ?3",
                  WITH(INT(account), INT(NIGHTLY_SCHEDULE), INT(minute))) < 0)
        return -1;
    do {
        if (row.next_at == INSTANT_NONE ||
            !is_run(zone, row.minute, row.next_at)) {
            row.next_at = schedule_next(zone, (int)row.minute, now);
            if (put_row(store, account, &row) < 0)
                return -1;
        }
        found = next_row(store, account, row.id, &row);
    } while (found > 0);
    return found;
}

int schedule_add(struct store *store, int64_t account, enum sync_type type,
                 int minute, int64_t next_at, int64_t *id)
{
    struct value when =
        minute < 0 ? (struct value){.type = VALUE_NULL} : INT(minute);

    if (store_get(store, id,
                  "SELECT coalesce(max(id), 0) + 1 FROM schedule "
                  "WHERE account = ?1",
                  WITH(INT(account))) < 0 ||
        store_exec(
            store, "INSERT INTO schedule VALUES (?1, ?2, ?3, ?4, ?5)",
            WITH(INT(account), INT(*id), INT(type), when, INT(next_at))) < 0)
        return -1;
    return 0;
}

int schedule_remove(struct store *store, int64_t account, int64_t id)
{
    return (int)store_exec(
        store, "DELETE FROM schedule WHERE account = ?1 AND id = ?2",
        WITH(INT(account), INT(id)));
}
