/* watchdog.c - what must not be forgotten: leases of workers that are gone, and
 * accounts whose metrics grow old.
 *
 * A lease is judged by our own monotonic clock: if its row has not changed for
 * the lease's time since we first saw it so, its holder is taken for dead. No
 * clock of another machine is trusted, and freeing is conditional on what was
 * seen, so a slow watchdog cannot overwrite a live claim.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "producer/producer.h"

#define TICK 1.
#define FRESH_EVERY (60 * SECOND)
#define ASK_AGAIN (3600 * SECOND) /* then 2 h, 4 h, until one is done */

enum { LEASES = 4096, STALE = 256, BACKOFF_MAX = 2 };

struct seen {
    struct lease lease;
    int64_t since; /* monotonic, of this fence and beat */
};

struct watchdog {
    struct producer *producer;
    ev_timer tick;
    struct seen *seen;
    size_t seen_n;
    int64_t fresh; /* when freshness was looked at last */
};

struct stale { /* an account that needs another full sync */
    int64_t account, retries;
    char name[80];
    int64_t age; /* us of its metrics, INSTANT_NONE: there are none */
};

/* ---- leases ---- */

static bool unchanged(const struct lease *a, const struct lease *b)
{
    return a->key.account == b->key.account &&
           a->key.connection == b->key.connection &&
           a->key.stream == b->key.stream && a->fence == b->fence &&
           a->beat == b->beat;
}

static int64_t since(const struct watchdog *w, const struct lease *lease,
                     int64_t now)
{
    for (size_t i = 0; i < w->seen_n; i++)
        if (unchanged(&w->seen[i].lease, lease))
            return w->seen[i].since;
    return now;
}

static void free_lease(struct watchdog *w, const struct lease *lease)
{
    struct producer *p = w->producer;
    struct rings rings = {0};

    if (store_begin(p->store) < 0)
        return;
    if (lease_reap(p->store, lease, false, &rings) < 0 ||
        store_commit(p->store) < 0) {
        store_rollback(p->store);
        rings.n = 0;
    }
    if (rings.n)
        log_warn("watchdog: %s gave no sign of life; its %s is free again",
                 lease->owner, stream_name(lease->key.stream));
    producer_ring(p, &rings);
}

static void look_at_leases(struct watchdog *w)
{
    static struct lease leases[LEASES];
    int64_t now = mono_us();
    int n = lease_list(w->producer->store, NULL, leases, LEASES);
    struct seen *seen;

    if (n < 0)
        return;
    seen = xcalloc((size_t)n, sizeof *seen);
    for (int i = 0; i < n; i++) {
        seen[i] = (struct seen){leases[i], since(w, &leases[i], now)};
        if (now - seen[i].since > w->producer->config->lease)
            free_lease(w, &leases[i]);
    }
    free(w->seen);
    w->seen = seen;
    w->seen_n = (size_t)n;
}

/* ---- freshness ---- */

/* Accounts with connections whose metrics are too old or whose last full sync
 * did not go well, and that have none under way. */
static const char stale_sql[] =
    "SELECT a.id, a.name, a.retries, m.as_of FROM account a "
    "JOIN stream m ON m.account = a.id AND m.connection = 0 AND m.name = ?1 "
    "WHERE EXISTS (SELECT 1 FROM connection c WHERE c.account = a.id "
    " AND c.enabled = 1) "
    "AND NOT EXISTS (SELECT 1 FROM sync s WHERE s.account = a.id "
    " AND s.type = ?2 AND s.state IN ('running', 'processing', 'waiting')) "
    "AND (coalesce(m.as_of, a.created_at) < ?3 OR (SELECT s.state FROM sync s "
    " WHERE s.account = a.id AND s.type = ?2 ORDER BY s.id DESC LIMIT 1) "
    " IN ('partial', 'failed')) "
    "AND coalesce((SELECT max(s.asked_at) FROM sync s WHERE s.account = a.id "
    " AND s.type = ?2), 0) < ?4 - (?5 << min(a.retries, ?6)) LIMIT ?7";

static int list_stale(struct watchdog *w, int64_t now, struct stale *out)
{
    struct query *q =
        store_query(w->producer->store, stale_sql,
                    WITH(INT(STREAM_METRICS), INT(SYNC_FULL),
                         INT(now - w->producer->config->freshness), INT(now),
                         INT(ASK_AGAIN), INT(BACKOFF_MAX), INT(STALE)));
    int n = 0;

    while (query_next(q)) {
        struct stale *s = &out[n++];
        *s = (struct stale){.account = query_int(q, 0),
                            .retries = query_int(q, 2),
                            .age = INSTANT_NONE};
        snprintf(s->name, sizeof s->name, "%s", query_text(q, 1));
        if (!query_null(q, 3))
            s->age = now - query_int(q, 3);
    }
    return query_end(q) < 0 ? -1 : n;
}

static int ask_again(struct watchdog *w, const struct stale *s, int64_t now,
                     struct rings *rings)
{
    const struct ask ask = {.type = SYNC_FULL, .by = "watchdog", .at = now};
    struct accepted accepted;
    struct store *store = w->producer->store;

    log_warn("watchdog: %s is synced again (try %lld)", s->name,
             (long long)s->retries + 1);
    if (sync_accept(store, s->account, &ask, &accepted, rings) < 0 ||
        store_exec(store,
                   "UPDATE account SET retries = retries + 1 WHERE id = ?1",
                   WITH(INT(s->account))) < 0)
        return -1;
    return 0;
}

/* Those that went well start over with the first waiting time. */
static int calm_down(struct store *store)
{
    return store_exec(
               store,
               "UPDATE account SET retries = 0 WHERE retries > 0 AND "
               "(SELECT s.state FROM sync s WHERE s.account = account.id "
               "AND s.type = ?1 ORDER BY s.id DESC LIMIT 1) = 'done'",
               WITH(INT(SYNC_FULL))) < 0
               ? -1
               : 0;
}

static void look_at_freshness(struct watchdog *w)
{
    struct producer *p = w->producer;
    static struct stale list[STALE];
    struct rings rings = {0};
    int64_t now = now_us();
    int n;

    /* Two that look at the same time must not both ask. */
    if (store_begin(p->store) < 0)
        return;
    n = list_stale(w, now, list);
    for (int i = 0; i < n; i++)
        if (ask_again(w, &list[i], now, &rings) < 0)
            n = -1;
    if (n < 0 || calm_down(p->store) < 0 || store_commit(p->store) < 0) {
        store_rollback(p->store);
        rings.n = 0;
    }
    producer_ring(p, &rings);
}

/* Says it when an age passes a limit, not in every look after it. */
static void warn_of_age(struct watchdog *w)
{
    const struct config *c = w->producer->config;
    int64_t now = now_us();
    struct query *q =
        store_query(w->producer->store,
                    "SELECT a.name, m.as_of FROM account a JOIN stream m "
                    "ON m.account = a.id AND m.connection = 0 AND m.name = ?1 "
                    "WHERE m.as_of < ?2",
                    WITH(INT(STREAM_METRICS), INT(now - c->freshness_warn)));

    while (query_next(q)) {
        int64_t age = now - query_int(q, 1);
        if (age - FRESH_EVERY < c->freshness_warn)
            log_warn("metrics of %s are %lld h old", query_text(q, 0),
                     (long long)(age / (3600 * SECOND)));
        else if (age >= c->freshness_alarm &&
                 age - FRESH_EVERY < c->freshness_alarm)
            log_error("metrics of %s are %lld h old: the promise is broken",
                      query_text(q, 0), (long long)(age / (3600 * SECOND)));
    }
    if (query_end(q) < 0)
        log_error("watchdog: cannot read how old metrics are");
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct watchdog *w = timer->data;
    int64_t now = mono_us();

    (void)loop;
    (void)events;
    look_at_leases(w);
    if (now - w->fresh < FRESH_EVERY)
        return;
    w->fresh = now;
    look_at_freshness(w);
    warn_of_age(w);
}

struct watchdog *watchdog_open(struct producer *producer)
{
    struct watchdog *w = xcalloc(1, sizeof *w);

    w->producer = producer;
    w->fresh = mono_us() - FRESH_EVERY; /* look at once, after an outage */
    ev_timer_init(&w->tick, on_tick, TICK, TICK);
    w->tick.data = w;
    ev_timer_start(producer->loop, &w->tick);
    return w;
}

void watchdog_close(struct watchdog *w)
{
    if (!w)
        return;
    ev_timer_stop(w->producer->loop, &w->tick);
    free(w->seen);
    free(w);
}
