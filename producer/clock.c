/* clock.c - syncs by the clock: nightly, at further times of day, and once.
 *
 * The store keeps for each schedule the instant of its next run. What is due is
 * accepted and its next instant stored in one transaction: two producers are
 * safe, a crash repeats nothing, and who was down for three nights catches up
 * with one sync. Rules: common/schedule.h. After it: common/accept.c.
 */
#include <ev.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/schedule.h"
#include "producer/producer.h"

#define TICK 1.
#define CORRECT_EVERY (600 * SECOND)
#define ZONES_EVERY (3600 * SECOND)

enum { BATCH = 500, ONCE = -1 };

struct clock {
    struct producer *producer;
    ev_timer tick;
    int64_t corrected, zones_read; /* monotonic */
};

struct due {
    int64_t account, id, type, minute, next_at;
    char *zone;
};

static const char due_sql[] =
    "SELECT s.account, s.id, s.type, coalesce(s.minute, -1), s.next_at, "
    "a.zone FROM schedule s JOIN account a ON a.id = s.account "
    "WHERE s.next_at <= ?1 ORDER BY s.next_at LIMIT ?2";
static const char daily_sql[] =
    "SELECT s.account, s.id, s.type, s.minute, s.next_at, a.zone "
    "FROM schedule s JOIN account a ON a.id = s.account "
    "WHERE s.minute IS NOT NULL AND s.next_at > ?1 LIMIT ?2";

static int list_schedules(struct store *store, const char *sql, int64_t at,
                          int64_t most, struct due *out)
{
    struct query *q = store_query(store, sql, WITH(INT(at), INT(most)));
    int n = 0;

    while (query_next(q))
        out[n++] = (struct due){query_int(q, 0), query_int(q, 1),
                                query_int(q, 2), query_int(q, 3),
                                query_int(q, 4), xstrdup(query_text(q, 5))};
    return query_end(q) < 0 ? -1 : n;
}

static int set_next(struct store *store, const struct due *due, int64_t next_at)
{
    return store_exec(store,
                      "UPDATE schedule SET next_at = ?3 "
                      "WHERE account = ?1 AND id = ?2",
                      WITH(INT(due->account), INT(due->id), INT(next_at))) < 0
               ? -1
               : 0;
}

static int go_on(struct store *store, const struct due *due, int64_t now)
{
    char error[ZONE_ERROR];
    const struct zone *zone;

    if (due->minute == ONCE)
        return store_exec(store,
                          "DELETE FROM schedule WHERE account = ?1 "
                          "AND id = ?2",
                          WITH(INT(due->account), INT(due->id))) < 0
                   ? -1
                   : 0;
    zone = zone_get(due->zone, error);
    if (!zone) {
        /* Its data is gone from this machine: try again in an hour, loudly. */
        log_error("account %lld: %s", (long long)due->account, error);
        return set_next(store, due, now + ZONES_EVERY);
    }
    return set_next(store, due, schedule_next(zone, (int)due->minute, now));
}

static int run_due(struct store *store, const struct due *due, int64_t now,
                   struct rings *rings)
{
    const struct ask ask = {
        .type = (enum sync_type)due->type, .by = "clock", .at = now};
    struct accepted accepted;
    int64_t connections = 0;

    if (store_get(store, &connections,
                  "SELECT count(*) FROM connection WHERE account = ?1 "
                  "AND enabled = 1",
                  WITH(INT(due->account))) < 0)
        return -1;
    if (connections > 0 &&
        sync_accept(store, due->account, &ask, &accepted, rings) < 0)
        return -1;
    return go_on(store, due, now);
}

/* How many were due, or -1. */
static int run_batch(struct store *store, int64_t now, struct rings *rings)
{
    struct due list[BATCH];
    int n, result = 0;

    if (store_begin(store) < 0)
        return -1;
    n = list_schedules(store, due_sql, now, BATCH, list);
    for (int i = 0; i < n; i++) {
        if (result == 0)
            result = run_due(store, &list[i], now, rings);
        free(list[i].zone);
    }
    if (n < 0 || result < 0) {
        store_rollback(store);
        return -1;
    }
    return store_commit(store) < 0 ? -1 : n;
}

static void run_all_due(struct clock *clock, int64_t now)
{
    struct producer *p = clock->producer;
    int n = BATCH;

    while (n == BATCH) {
        struct rings rings = {0};
        n = run_batch(p->store, now, &rings);
        if (n < 0)
            rings.n = 0;
        else
            log_info("clock: %d syncs were due", n);
        producer_ring(p, &rings);
    }
}

/* ALL: the zones' data changed; else only what lies too far ahead, which shows
 * that the clock was ahead when it was computed. */
static void correct(struct clock *clock, int64_t now, bool all)
{
    struct store *store = clock->producer->store;
    struct due list[BATCH];
    int64_t after = all ? now : now + 27 * 3600 * SECOND;
    int n;

    if (store_begin(store) < 0)
        return;
    n = list_schedules(store, daily_sql, after, BATCH, list);
    for (int i = 0; i < n; i++) {
        if (go_on(store, &list[i], now) < 0)
            n = -1;
        free(list[i].zone);
    }
    if (n < 0 || store_commit(store) < 0)
        store_rollback(store);
}

static void on_tick(struct ev_loop *loop, ev_timer *w, int events)
{
    struct clock *clock = w->data;
    int64_t now = now_us(), mono = mono_us(), one;

    (void)loop;
    (void)events;
    if (store_get(clock->producer->store, &one,
                  "SELECT 1 FROM schedule WHERE next_at <= ?1 LIMIT 1",
                  WITH(INT(now))) > 0)
        run_all_due(clock, now);
    if (mono - clock->zones_read > ZONES_EVERY) {
        clock->zones_read = mono;
        if (zone_refresh() > 0)
            correct(clock, now, true);
    }
    if (mono - clock->corrected > CORRECT_EVERY) {
        clock->corrected = mono;
        correct(clock, now, false);
    }
}

struct clock *clock_open(struct producer *producer)
{
    struct clock *clock = xcalloc(1, sizeof *clock);

    clock->producer = producer;
    clock->zones_read = mono_us();
    ev_timer_init(&clock->tick, on_tick, 0., TICK);
    clock->tick.data = clock;
    ev_timer_start(producer->loop, &clock->tick);
    return clock;
}

void clock_close(struct clock *clock)
{
    if (!clock)
        return;
    ev_timer_stop(clock->producer->loop, &clock->tick);
    free(clock);
}
