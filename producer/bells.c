/* bells.c - from SQL to the task lists: rings for what is runnable, again and
 * again until somebody has claimed it. Bells may be lost; rows are not.
 *
 * A list is filled only while it is short, so it cannot grow without workers,
 * and a Redis that was emptied is filled again within a second.
 */
#include <ev.h>
#include <stdlib.h>
#include <string.h>

#include "common/bells.h"
#include "common/redis.h"
#include "producer/producer.h"

#define TICK .25
#define REDIS_SECONDS 5.
#define RING_AGAIN SECOND /* for the same stream, if the list ran empty */

enum { RUNNABLE = 1000, SHORT = 500, RECENT = 4096 };

struct recent { /* who was rung for; a collision only means one bell more */
    struct stream_key key;
    int64_t at;
};

struct bells {
    struct producer *producer;
    ev_timer tick;
    struct recent recent[RECENT];
};

/* A question for the length of a list, with what would be rung on it. */
struct length_question {
    struct bells *bells;
    struct ring *rings;
    size_t n;
};

static void send_bell(void *arg, int argc, const char **argv,
                      const size_t *lengths)
{
    struct producer *p = arg;

    redis_call_argv(p->redis, REDIS_SECONDS, NULL, NULL, argc, argv, lengths);
}

void producer_ring(struct producer *producer, struct rings *rings)
{
    bells_ring(rings->list, rings->n, send_bell, producer);
    free(rings->list);
    *rings = (struct rings){0};
}

static bool same(const struct stream_key *a, const struct stream_key *b)
{
    return a->account == b->account && a->connection == b->connection &&
           a->stream == b->stream;
}

static bool rung_lately(struct bells *bells, const struct stream_key *key)
{
    uint64_t h = (uint64_t)key->account * 31 + (uint64_t)key->connection;
    struct recent *r =
        &bells->recent[(h * 31 + key->stream) * UINT64_C(0x9e3779b97f4a7c15) >>
                       52];
    int64_t now = mono_us();

    if (same(&r->key, key) && now - r->at < RING_AGAIN)
        return true;
    *r = (struct recent){*key, now};
    return false;
}

static void on_length(void *arg, const struct redis_reply *reply)
{
    struct length_question *q = arg;
    size_t n = 0;

    if (reply_type(reply) == REPLY_INT && reply_int(reply) < SHORT) {
        for (size_t i = 0; i < q->n; i++)
            if (!rung_lately(q->bells, &q->rings[i].key))
                q->rings[n++] = q->rings[i];
        bells_ring(q->rings, n, send_bell, q->bells->producer);
    }
    free(q->rings);
    free(q);
}

/* Those of LIST for PLATFORM, in their order. */
static void ask_length(struct bells *bells, const struct ring *list, size_t n,
                       const char *platform)
{
    struct length_question *q = xcalloc(1, sizeof *q);
    char name[64];

    q->bells = bells;
    q->rings = xcalloc(n, sizeof *q->rings);
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].platform, platform) == 0)
            q->rings[q->n++] = list[i];
    redis_call(bells->producer->redis, REDIS_SECONDS, on_length, q, "LLEN %s",
               bells_list(platform, name));
}

static bool is_first(const struct ring *list, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(list[j].platform, list[i].platform) == 0)
            return false;
    return true;
}

static void on_tick(struct ev_loop *loop, ev_timer *w, int events)
{
    static struct ring list[RUNNABLE];
    struct bells *bells = w->data;
    int n;

    (void)loop;
    (void)events;
    if (!redis_connected(bells->producer->redis))
        return;
    n = runnable_list(bells->producer->store, now_us(), list, RUNNABLE);
    for (int i = 0; i < n; i++)
        if (is_first(list, (size_t)i))
            ask_length(bells, list, (size_t)n, list[i].platform);
}

struct bells *bells_open(struct producer *producer)
{
    struct bells *bells = xcalloc(1, sizeof *bells);

    bells->producer = producer;
    ev_timer_init(&bells->tick, on_tick, 0., TICK);
    bells->tick.data = bells;
    ev_timer_start(producer->loop, &bells->tick);
    return bells;
}

void bells_close(struct bells *bells)
{
    if (!bells)
        return;
    ev_timer_stop(bells->producer->loop, &bells->tick);
    free(bells);
}
