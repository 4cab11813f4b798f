/* run.c - the story of one child: take bells, claim, fetch or process, finish.
 * Before it: pool.c. After it: fetch.c, process.c.
 *
 * Everything is opened here, after the fork. One loop does it all: bells from
 * Redis, many transfers at once, and the desk's transactions.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/bells.h"
#include "common/keys.h"
#include "common/log.h"
#include "common/redis.h"
#include "common/task.h"
#include "worker/desk.h"
#include "worker/fetch.h"
#include "worker/http.h"
#include "worker/process.h"
#include "worker/run.h"

#define TAKE_BLOCKS 1.  /* seconds that a take waits at Redis */
#define TAKE_SECONDS 5. /* until a take without an answer is given up */
#define RING_SECONDS 5.
#define TICK .5

/* Bells of one take: few at first, so that all children get some of a sync's
 * streams; more while they keep coming, for they share a transaction. */
enum { LISTS_MAX = 64, TAKE_FIRST = 2, TAKE_MAX = 256 };

struct worklist { /* what is under way: fetches or processes */
    void **list;
    size_t n, size;
};

struct child {
    const struct config *config;
    struct ev_loop *loop;
    struct store *store;
    struct redis *taker; /* waits for bells; nothing else goes over it */
    struct redis *redis;
    struct http *http;
    struct desk *desk;
    struct json *json;
    struct known_list known;
    struct fetch_env env;
    struct worklist fetches, processes;
    char owner[128];
    char lists[LISTS_MAX][64]; /* of bells */
    int lists_n, first_list;   /* turned at each take: none starves */
    int64_t active, claiming;  /* slots in use; claims on the desk */
    int64_t appetite, asked;   /* bells of the next take, and of this one */
    bool taking, stopping;
    struct child_board *board;
    ev_io lifeline;
    ev_signal term, interrupt;
    ev_timer tick, again;
    ev_prepare turn;
};

/* A claim on the desk. */
struct claim_job {
    struct desk_job job;
    struct child *child;
    struct stream_key key;
    struct claim claim;
};

static void worklist_add(struct worklist *w, void *what)
{
    if (w->n == w->size) {
        w->size = w->size ? 2 * w->size : 16;
        w->list = xrealloc(w->list, w->size * sizeof *w->list);
    }
    w->list[w->n++] = what;
}

static void worklist_drop(struct worklist *w, const void *what)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->list[i] == what) {
            w->list[i] = w->list[--w->n];
            return;
        }
}

static bool idle(const struct child *c)
{
    return c->fetches.n == 0 && c->processes.n == 0 && c->claiming == 0;
}

static void look_for_end(struct child *c)
{
    if (c->stopping && idle(c))
        ev_break(c->loop, EVBREAK_ALL);
}

/* ---- what the work tells us ---- */

static void on_slot(void *arg, int change)
{
    struct child *c = arg;

    c->active += change;
}

static void on_fetch_ended(void *arg, struct fetch *fetch)
{
    struct child *c = arg;

    worklist_drop(&c->fetches, fetch);
    c->active--;
    look_for_end(c);
}

static void on_process_ended(void *arg, struct process *process)
{
    struct child *c = arg;

    worklist_drop(&c->processes, process);
    c->active--;
    look_for_end(c);
}

static void send_bell(void *arg, int argc, const char **argv,
                      const size_t *lengths)
{
    struct child *c = arg;

    redis_call_argv(c->redis, RING_SECONDS, NULL, NULL, argc, argv, lengths);
}

static void on_rang(void *arg, const struct rings *rings)
{
    struct child *c = arg;

    bells_ring(rings->list, rings->n, send_bell, c);
}

static void stop_work(struct child *c)
{
    for (size_t i = c->fetches.n; i-- > 0;)
        fetch_stop(c->fetches.list[i]);
    for (size_t i = c->processes.n; i-- > 0;)
        process_stop(c->processes.list[i]);
}

/* ---- claims ---- */

static int work_claim(struct desk_job *job, struct store *store,
                      struct rings *rings)
{
    struct claim_job *j = (struct claim_job *)(void *)job;

    (void)rings;
    claim_free(&j->claim);
    return stream_claim(store, &j->key, j->child->owner, now_us(),
                        j->child->config->lease, &j->claim);
}

static void start_work(struct child *c, struct claim *claim)
{
    c->active++;
    if (claim->key.connection == 0)
        worklist_add(&c->processes,
                     process_start(&c->env, claim, on_process_ended, c));
    else
        worklist_add(&c->fetches, fetch_start(&c->env, claim));
}

static void after_claim(struct desk_job *job, int result)
{
    struct claim_job *j = (struct claim_job *)(void *)job;
    struct child *c = j->child;

    c->claiming--;
    if (result > 0)
        start_work(c, &j->claim);
    if (c->stopping)
        stop_work(c);
    claim_free(&j->claim);
    free(j);
    look_for_end(c);
}

static void claim(struct child *c, const struct stream_key *key)
{
    struct claim_job *j = xcalloc(1, sizeof *j);

    *j = (struct claim_job){.child = c, .key = *key};
    j->job.work = work_claim;
    j->job.after = after_claim;
    c->claiming++;
    desk_add(c->desk, &j->job);
}

/* ---- bells ---- */

/* Redis is away: slower, not stopped. */
static void take_from_store(struct child *c)
{
    struct ring runnable[TAKE_MAX];
    int64_t most = c->config->slots - c->active - c->claiming;
    int n;

    if (most <= 0 || c->stopping)
        return;
    n = runnable_list(c->store, now_us(), runnable,
                      most < TAKE_MAX ? (size_t)most : TAKE_MAX);
    for (int i = 0; i < n; i++)
        claim(c, &runnable[i].key);
}

static void on_again(struct ev_loop *loop, ev_timer *w, int events)
{
    struct child *c = w->data;

    (void)loop;
    (void)events;
    if (!redis_connected(c->taker))
        take_from_store(c);
}

/* REPLY is [list, [task ...]], nil when no bell rang in time. */
static void on_taken(void *arg, const struct redis_reply *reply)
{
    struct child *c = arg;
    const struct redis_reply *tasks = reply_at(reply, 1);

    c->taking = false;
    if ((int64_t)reply_size(tasks) < c->asked)
        c->appetite = TAKE_FIRST;
    else if (c->appetite < TAKE_MAX)
        c->appetite *= 2;
    if (reply_type(reply) == REPLY_ERROR)
        log_error("bells: %s", reply_text(reply, NULL));
    for (size_t i = 0; i < reply_size(tasks); i++) {
        struct stream_key key;
        size_t length;
        const char *bytes = reply_text(reply_at(tasks, i), &length);
        if (c->stopping)
            continue; /* the bell is lost, and rung again from SQL */
        if (task_unpack(bytes, length, &key) == 0)
            claim(c, &key);
        else
            log_warn("bells: %zu bytes in %s are no task we know; dropped",
                     length, reply_text(reply_at(reply, 0), NULL));
    }
    if ((!reply || reply_type(reply) == REPLY_ERROR) &&
        !ev_is_active(&c->again) && !c->stopping) {
        ev_timer_set(&c->again, TICK, 0.);
        ev_timer_start(c->loop, &c->again);
    }
}

static void take(struct child *c)
{
    const char *argv[LISTS_MAX + 6];
    char lists_text[16], most_text[24], blocks[16];
    int argc = 0;
    int64_t most = c->config->slots - c->active - c->claiming;

    if (c->taking || c->stopping || most <= 0 || ev_is_active(&c->again))
        return;
    snprintf(blocks, sizeof blocks, "%g", TAKE_BLOCKS);
    snprintf(lists_text, sizeof lists_text, "%d", c->lists_n);
    c->asked = most < c->appetite ? most : c->appetite;
    snprintf(most_text, sizeof most_text, "%lld", (long long)c->asked);
    argv[argc++] = "BLMPOP";
    argv[argc++] = blocks;
    argv[argc++] = lists_text;
    for (int i = 0; i < c->lists_n; i++)
        argv[argc++] = c->lists[(c->first_list + i) % c->lists_n];
    argv[argc++] = "LEFT";
    argv[argc++] = "COUNT";
    argv[argc++] = most_text;
    c->first_list = (c->first_list + 1) % c->lists_n;
    c->taking = true;
    redis_call_argv(c->taker, TAKE_SECONDS, on_taken, c, argc, argv, NULL);
}

/* ---- life and death ---- */

/* Nothing new; what is under way is given back after the page at hand. */
static void stop(struct child *c)
{
    if (c->stopping) {
        ev_break(c->loop, EVBREAK_ALL);
        return;
    }
    c->stopping = true;
    stop_work(c);
    look_for_end(c);
}

static void on_term(struct ev_loop *loop, ev_signal *w, int events)
{
    (void)loop;
    (void)events;
    stop(w->data);
}

static void on_lifeline(struct ev_loop *loop, ev_io *w, int events)
{
    (void)events;
    log_warn("the parent is gone: ending");
    ev_io_stop(loop, w);
    stop(w->data);
}

static void on_tick(struct ev_loop *loop, ev_timer *w, int events)
{
    struct child *c = w->data;
    int64_t now = mono_us();

    (void)loop;
    (void)events;
    for (size_t i = c->fetches.n; i-- > 0;)
        fetch_beat(c->fetches.list[i], now);
}

/* After the desk, so that one take asks for all the slots that it made free.
 * And the parent sees that the loop turns. */
static void on_turn(struct ev_loop *loop, ev_prepare *w, int events)
{
    struct child *c = w->data;

    (void)loop;
    (void)events;
    take(c);
    c->board->turns++;
}

static void list_bells(struct child *c)
{
    const struct platform *platform;

    bells_list("", c->lists[c->lists_n++]);
    for (size_t i = 0; (platform = platform_at(i)) && c->lists_n < LISTS_MAX;
         i++)
        bells_list(platform->name, c->lists[c->lists_n++]);
}

const char *run_owner(long pid, char out[128])
{
    static char started[24]; /* a pid comes again, this pool does not */
    char host[64] = "?";

    if (!*started)
        random_hex(started, 6);
    gethostname(host, sizeof host - 1);
    snprintf(out, 128, "%s.%s.%ld", host, started, pid);
    return out;
}

static int open_all(struct child *c)
{
    struct http_limits limits = http_limits_default;

    limits.body = (size_t)c->config->page_bytes;
    limits.total = (double)c->config->page_time / 1e6;
    c->loop = ev_default_loop(EVFLAG_AUTO);
    c->store = store_open(c->config->store);
    if (!c->store)
        return -1;
    c->taker = redis_open(c->loop, &c->config->address);
    c->redis = redis_open(c->loop, &c->config->address);
    if (!c->taker || !c->redis)
        return -1;
    c->http = http_open(c->loop, &limits);
    c->desk = desk_open(c->loop, c->store, on_rang, c);
    c->json = json_new();
    c->env = (struct fetch_env){
        .config = c->config,
        .loop = c->loop,
        .store = c->store,
        .desk = c->desk,
        .http = c->http,
        .redis = c->redis,
        .json = c->json,
        .known = &c->known,
        .slot = on_slot,
        .ended = on_fetch_ended,
        .arg = c,
    };
    return 0;
}

static void close_all(struct child *c)
{
    desk_close(c->desk);
    http_close(c->http);
    redis_close(c->taker);
    redis_close(c->redis);
    store_close(c->store);
    json_free(c->json);
    known_free(&c->known);
    free(c->fetches.list);
    free(c->processes.list);
}

static void watch(struct child *c, int lifeline)
{
    ev_io_init(&c->lifeline, on_lifeline, lifeline, EV_READ);
    ev_signal_init(&c->term, on_term, SIGTERM);
    ev_signal_init(&c->interrupt, on_term, SIGINT);
    ev_timer_init(&c->tick, on_tick, TICK, TICK);
    ev_timer_init(&c->again, on_again, 0., 0.);
    ev_prepare_init(&c->turn, on_turn);
    ev_set_priority(&c->turn, EV_MINPRI);
    c->lifeline.data = c->term.data = c->interrupt.data = c->tick.data =
        c->again.data = c->turn.data = c;
    ev_io_start(c->loop, &c->lifeline);
    ev_signal_start(c->loop, &c->term);
    ev_signal_start(c->loop, &c->interrupt);
    ev_timer_start(c->loop, &c->tick);
    ev_prepare_start(c->loop, &c->turn);
}

int run_child(const struct config *config, int number, int lifeline,
              struct child_board *board)
{
    struct child c = {.config = config, .board = board, .appetite = TAKE_FIRST};

    run_owner((long)getpid(), c.owner);
    srand48((long)(mono_us() ^ getpid()));
    c.first_list = number;
    if (open_all(&c) < 0) {
        close_all(&c);
        return EX_TEMPFAIL;
    }
    list_bells(&c);
    c.first_list %= c.lists_n;
    watch(&c, lifeline);
    ev_run(c.loop, 0);
    close_all(&c);
    return 0;
}
