/* redis.c - Redis on a libev loop. See redis.h; redis_line.c is the plain line.
 *
 * hiredis answers in order, so the deadline of the oldest call is the one that
 * matters: one timer looks at it. What is called while there is no connection
 * fails from that timer as well, never from inside the call.
 */
#include <ev.h>
#include <hiredis/async.h>
#include <hiredis/adapters/libev.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/redis.h"
#include "common/redis_url.h"

#define CONNECT_SECONDS 3.
#define RETRY_FIRST .05
#define RETRY_MAX 1.
#define LOOK_SECONDS .25 /* how often deadlines are looked at */

struct pending {
    struct pending *next;
    struct redis *redis;
    redis_done *done;
    void *arg;
    double deadline; /* ev_now() based */
};

struct redis {
    struct ev_loop *loop;
    const struct redis_address *address;
    struct redis_url url;
    redisAsyncContext *context; /* NULL: not even connecting */
    bool connected, closing;
    struct pending *first, **last;   /* sent, oldest first */
    struct pending *failed, **fails; /* never sent */
    ev_timer look, retry, fail;
    double pause;          /* before the next try to connect */
    double connect_before; /* deadline of the one under way */
};

static void forget(struct pending *list)
{
    while (list) {
        struct pending *next = list->next;
        free(list);
        list = next;
    }
}

/* The oldest call has its answer, or will never have one. */
static void on_answer(redisAsyncContext *context, void *raw, void *data)
{
    struct pending *p = data;
    struct redis *redis = p->redis;

    (void)context;
    redis->first = p->next;
    if (!redis->first)
        redis->last = &redis->first;
    if (!redis->closing && p->done)
        p->done(p->arg, raw);
    free(p);
}

static void on_fail(struct ev_loop *loop, ev_timer *w, int events)
{
    struct redis *redis = w->data;
    struct pending *list = redis->failed;

    (void)loop;
    (void)events;
    redis->failed = NULL;
    redis->fails = &redis->failed;
    while (list) { /* what they call anew goes to a new list */
        struct pending *p = list;
        list = p->next;
        if (p->done)
            p->done(p->arg, NULL);
        free(p);
    }
}

static void drop_connection(struct redis *redis)
{
    redisAsyncContext *context = redis->context;

    redis->context = NULL;
    redis->connected = false;
    if (context)
        redisAsyncFree(context); /* answers all pending calls with NULL */
}

static void retry_later(struct redis *redis)
{
    double jitter = .5 + drand48();

    if (redis->closing || ev_is_active(&redis->retry))
        return;
    ev_timer_set(&redis->retry, redis->pause * jitter, 0.);
    ev_timer_start(redis->loop, &redis->retry);
    if ((redis->pause *= 2) > RETRY_MAX)
        redis->pause = RETRY_MAX;
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    if (redis->closing || redis->context != context)
        return;
    log_warn("redis: connection lost%s%s", status == REDIS_OK ? "" : ": ",
             status == REDIS_OK ? "" : context->errstr);
    redis->context = NULL; /* hiredis frees it after this */
    redis->connected = false;
    retry_later(redis);
}

static void on_auth(void *arg, const struct redis_reply *reply)
{
    (void)arg;
    if (reply_type(reply) == REPLY_ERROR)
        log_error("redis: refused: %s", reply_text(reply, NULL));
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct redis *redis = context->data;

    if (redis->closing || redis->context != context)
        return;
    if (status != REDIS_OK) {
        log_warn("redis: %s: %s", redis->address->url, context->errstr);
        redis->context = NULL; /* hiredis frees it after this */
        retry_later(redis);
        return;
    }
    redis->connected = true;
    redis->pause = RETRY_FIRST;
}

static void connect_now(struct redis *redis)
{
    const struct redis_address *a = redis->address;
    redisAsyncContext *context =
        redis->url.path ? redisAsyncConnectUnix(redis->url.path)
                        : redisAsyncConnect(redis->url.host, redis->url.port);

    if (!context)
        die("out of memory (redis)");
    if (context->err) {
        log_warn("redis: %s: %s", a->url, context->errstr);
        redisAsyncFree(context);
        retry_later(redis);
        return;
    }
    context->data = redis;
    redis->context = context;
    redis->connect_before = ev_now(redis->loop) + CONNECT_SECONDS;
    redisLibevAttach(redis->loop, context);
    redisAsyncSetConnectCallback(context, on_connect);
    redisAsyncSetDisconnectCallback(context, on_disconnect);
    if (a->password && *a->password)
        redis_call(redis, CONNECT_SECONDS, on_auth, NULL,
                   a->user && *a->user ? "AUTH %s %s" : "AUTH %s",
                   a->user && *a->user ? a->user : a->password, a->password);
    if (redis->url.database)
        redis_call(redis, CONNECT_SECONDS, on_auth, NULL, "SELECT %d",
                   redis->url.database);
}

static void on_retry(struct ev_loop *loop, ev_timer *w, int events)
{
    (void)loop;
    (void)events;
    connect_now(w->data);
}

static void on_look(struct ev_loop *loop, ev_timer *w, int events)
{
    struct redis *redis = w->data;
    double now = ev_now(loop);
    bool late = redis->first && redis->first->deadline < now;

    (void)events;
    if (!redis->context ||
        (!late && (redis->connected || now < redis->connect_before)))
        return;
    log_warn("redis: %s",
             redis->connected ? "no answer in time" : "cannot connect in time");
    drop_connection(redis);
    retry_later(redis);
}

struct redis *redis_open(struct ev_loop *loop,
                         const struct redis_address *address)
{
    struct redis *redis = xcalloc(1, sizeof *redis);
    char error[256];

    redis->loop = loop;
    redis->address = address;
    redis->last = &redis->first;
    redis->fails = &redis->failed;
    redis->pause = RETRY_FIRST;
    ev_timer_init(&redis->look, on_look, LOOK_SECONDS, LOOK_SECONDS);
    ev_timer_init(&redis->retry, on_retry, 0., 0.);
    ev_timer_init(&redis->fail, on_fail, 0., 0.);
    redis->look.data = redis->retry.data = redis->fail.data = redis;
    if (redis_url_parse(address->url, &redis->url, error) < 0) {
        log_error("redis: %s", error);
        free(redis);
        return NULL;
    }
    ev_timer_start(loop, &redis->look);
    connect_now(redis);
    return redis;
}

void redis_close(struct redis *redis)
{
    if (!redis)
        return;
    redis->closing = true;
    drop_connection(redis);
    ev_timer_stop(redis->loop, &redis->look);
    ev_timer_stop(redis->loop, &redis->retry);
    ev_timer_stop(redis->loop, &redis->fail);
    forget(redis->first);
    forget(redis->failed);
    redis_url_free(&redis->url);
    free(redis);
}

bool redis_connected(const struct redis *redis)
{
    return redis->connected;
}

static struct pending *pending_new(struct redis *redis, double seconds,
                                   redis_done *done, void *arg)
{
    struct pending *p = xcalloc(1, sizeof *p);

    *p = (struct pending){.redis = redis, .done = done, .arg = arg};
    p->deadline = ev_now(redis->loop) + seconds;
    return p;
}

static void sent(struct redis *redis, struct pending *p, int status)
{
    if (status == REDIS_OK) {
        *redis->last = p;
        redis->last = &p->next;
        return;
    }
    *redis->fails = p;
    redis->fails = &p->next;
    if (!ev_is_active(&redis->fail))
        ev_timer_start(redis->loop, &redis->fail);
}

void redis_call(struct redis *redis, double seconds, redis_done *done,
                void *arg, const char *format, ...)
{
    struct pending *p = pending_new(redis, seconds, done, arg);
    int status = REDIS_ERR;
    va_list args;

    va_start(args, format);
    if (redis->context)
        status = redisvAsyncCommand(redis->context, on_answer, p, format, args);
    va_end(args);
    sent(redis, p, status);
}

void redis_call_argv(struct redis *redis, double seconds, redis_done *done,
                     void *arg, int argc, const char **argv,
                     const size_t *lengths)
{
    struct pending *p = pending_new(redis, seconds, done, arg);
    int status = REDIS_ERR;

    if (redis->context)
        status = redisAsyncCommandArgv(redis->context, on_answer, p, argc, argv,
                                       lengths);
    sent(redis, p, status);
}
