/* mirror.c - what runs, shown in Redis for people and pages. Never read for a
 * decision: it is made anew every second, and runs out by itself.
 *
 *   sync:lock:<account>:<type>     number of the running sync
 *   sync:progress:<account>:<n>    hash: type state pages rows
 *   sync:events (pub/sub)          JSON, when a sync starts or ends
 */
#include <ev.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/keys.h"
#include "common/redis.h"
#include "producer/producer.h"

#define TICK 1.
#define REDIS_SECONDS 5.
#define LASTS_MS "5000"

struct mirror {
    struct producer *producer;
    ev_timer tick;
    int64_t told; /* events up to this instant are published */
};

static const char running_sql[] =
    "SELECT a.name, s.id, s.type, s.state, "
    "coalesce((SELECT sum(CASE WHEN p.outcome IS NULL THEN t.page "
    " ELSE p.pages END) FROM sync_part p JOIN stream t "
    " ON t.account = p.account AND t.connection = p.connection "
    " AND t.name = p.name WHERE p.account = s.account AND p.sync = s.id), 0), "
    "coalesce((SELECT sum(CASE WHEN p.outcome IS NULL THEN t.rows "
    " ELSE p.rows END) FROM sync_part p JOIN stream t "
    " ON t.account = p.account AND t.connection = p.connection "
    " AND t.name = p.name WHERE p.account = s.account AND p.sync = s.id), 0) "
    "FROM sync s JOIN account a ON a.id = s.account "
    "WHERE s.state IN ('running', 'processing') LIMIT 1000";

static void show(struct mirror *m, struct query *q)
{
    struct redis *redis = m->producer->redis;
    const char *account = query_text(q, 0), *state = query_text(q, 3);
    const char *type = sync_type_name((enum sync_type)query_int(q, 2));
    long long id = query_int(q, 1), pages = query_int(q, 4),
              rows = query_int(q, 5);

    redis_call(redis, REDIS_SECONDS, NULL, NULL, "SET %s%s:%s %lld PX %s",
               KEY_LOCK, account, type, id, LASTS_MS);
    redis_call(redis, REDIS_SECONDS, NULL, NULL,
               "HSET %s%s:%lld type %s state %s pages %lld rows %lld",
               KEY_PROGRESS, account, id, type, state, pages, rows);
    redis_call(redis, REDIS_SECONDS, NULL, NULL, "PEXPIRE %s%s:%lld %s",
               KEY_PROGRESS, account, id, LASTS_MS);
}

static void show_running(struct mirror *m)
{
    struct query *q = store_query(m->producer->store, running_sql, WITHOUT);

    while (query_next(q))
        show(m, q);
    if (query_end(q) < 0)
        return; /* logged; the next second tries again */
}

static void publish(struct mirror *m, struct query *q)
{
    struct buf json = {0};

    buf_text(&json, "{\"account\":");
    buf_json(&json, query_text(q, 0));
    buf_printf(&json, ",\"sync\":%lld,\"type\":\"%s\",\"state\":\"%s\"}",
               (long long)query_int(q, 1),
               sync_type_name((enum sync_type)query_int(q, 2)),
               query_text(q, 3));
    redis_call(m->producer->redis, REDIS_SECONDS, NULL, NULL, "PUBLISH %s %b",
               KEY_EVENTS, buf_str(&json), json.length);
    buf_free(&json);
}

static void publish_changes(struct mirror *m)
{
    int64_t now = now_us();
    struct query *q =
        store_query(m->producer->store,
                    "SELECT a.name, s.id, s.type, s.state FROM sync s "
                    "JOIN account a ON a.id = s.account "
                    "WHERE s.ended_at > ?1 AND s.ended_at <= ?2 UNION ALL "
                    "SELECT a.name, s.id, s.type, s.state FROM sync s "
                    "JOIN account a ON a.id = s.account "
                    "WHERE s.state IN ('running', 'processing') "
                    "AND s.started_at > ?1 AND s.started_at <= ?2 LIMIT 1000",
                    WITH(INT(m->told), INT(now)));

    while (query_next(q))
        publish(m, q);
    if (query_end(q) == 0)
        m->told = now;
}

static void on_tick(struct ev_loop *loop, ev_timer *w, int events)
{
    struct mirror *m = w->data;

    (void)loop;
    (void)events;
    if (!redis_connected(m->producer->redis))
        return;
    show_running(m);
    publish_changes(m);
}

struct mirror *mirror_open(struct producer *producer)
{
    struct mirror *m = xcalloc(1, sizeof *m);

    m->producer = producer;
    m->told = now_us();
    ev_timer_init(&m->tick, on_tick, TICK, TICK);
    m->tick.data = m;
    ev_timer_start(producer->loop, &m->tick);
    return m;
}

void mirror_close(struct mirror *m)
{
    if (!m)
        return;
    ev_timer_stop(m->producer->loop, &m->tick);
    free(m);
}
