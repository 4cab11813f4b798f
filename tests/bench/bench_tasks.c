/* bench_tasks.c - how many tasks a worker of two children does in a second.
 * usage: bench_tasks [accounts [children [slots]]]
 *
 * Each account has one connection of the platform `echo`, whose answers cost
 * nothing, so a task is all that stands around a fetch: bell, claim, one page,
 * finish, and the bell of the next step. A variants sync is two tasks: the
 * fetch, and the metrics of an account without rows. Beside it in the same run:
 *   - the least that a queue in Redis costs: LMOVE and LREM, pipelined;
 *   - the least that a durable claim costs: UPDATE ... RETURNING, alone and 256
 *     in a transaction;
 *   - the protocol's own calls without bells, loop and children: all tasks by
 *     one process, 256 claims or ends in a transaction.
 */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bells.h"
#include "tests/bench/proc.h"
#include "tests/bench/stack.h"

enum { BATCH = 256 };

static double seconds_since(int64_t start)
{
    return (double)(mono_us() - start) / 1e6;
}

static void print(const char *what, double rate)
{
    printf("  %-58s %9.0f /s\n", what, rate);
}

static void print_us(const char *what, double us)
{
    printf("  %-58s %9.1f us\n", what, us);
}

/* ---- accounts ---- */

static void begin(struct stack *s)
{
    if (store_begin(s->store) < 0)
        stack_fail("no transaction");
}

static void commit(struct stack *s)
{
    if (store_commit(s->store) < 0)
        stack_fail("not committed");
}

static void put_account(struct stack *s, int i)
{
    char name[32], error[256] = "", settings[] = "{\"streams\":[\"variants\"]}",
                   echo[] = "echo", none[] = "";
    struct connection c = {.account = i + 1,
                           .name = echo,
                           .platform = echo,
                           .url = none,
                           .user = none,
                           .secret = none,
                           .settings = settings,
                           .enabled = true};

    snprintf(name, sizeof name, "a%06d", i);
    if (account_put(s->store, name, "UTC", "{}", now_us(), error) < 0 ||
        account_find(s->store, name, &c.account) <= 0 ||
        connection_put(s->store, &c, now_us(), error) < 0)
        stack_fail("account %s: %s", name, error);
}

static void put_accounts(struct stack *s, int n)
{
    for (int i = 0; i < n; i++) {
        if (i % 1000 == 0)
            begin(s);
        put_account(s, i);
        if (i % 1000 == 999 || i == n - 1)
            commit(s);
    }
}

static void send_bell(void *arg, int argc, const char **argv,
                      const size_t *lengths)
{
    struct stack *s = arg;

    if (reply_int(redis_line_argv(s->line, argc, argv, lengths)) <= 0)
        stack_fail("a bell was not taken");
}

/* A variants sync of every account, as the producer accepts them. */
static void accept_all(struct stack *s, int n, bool ring)
{
    struct ask ask = {.type = SYNC_VARIANTS, .by = "bench", .at = now_us()};
    struct rings rings = {0};
    struct accepted accepted;

    for (int i = 0; i < n; i++) {
        if (i % BATCH == 0)
            begin(s);
        if (sync_accept(s->store, i + 1, &ask, &accepted, &rings) < 0)
            stack_fail("not accepted");
        if (i % BATCH == BATCH - 1 || i == n - 1)
            commit(s);
    }
    if (ring)
        bells_ring(rings.list, rings.n, send_bell, s);
    free(rings.list);
}

/* ---- the real thing ---- */

static void measure_worker(struct stack *s, int n, const char *children,
                           const char *slots)
{
    const char *const options[] = {"--children", children, "--slots", slots,
                                   NULL};
    int64_t first, fetched, ended;
    double cpu;

    stack_worker(s, options);
    stack_wait(s, 300);
    cpu = proc_cpu(s->worker);
    first = stack_number(s, "SELECT min(started_at) FROM stream");
    fetched = stack_number(s, "SELECT max(ended_at) FROM stream "
                              "WHERE connection > 0");
    ended = stack_number(s, "SELECT max(ended_at) FROM sync");
    if (stack_number(s, "SELECT count(*) FROM sync WHERE state = 'done'") != n)
        stack_fail("not all syncs are done");
    print("fetch streams, until the last is finished",
          n / ((double)(fetched - first) / 1e6));
    print("tasks (fetch and metrics), until the last sync is done",
          2. * n / ((double)(ended - first) / 1e6));
    print_us("CPU of the worker for each task", cpu * 1e6 / (2. * n));
    stack_end(&s->worker);
}

/* ---- the least that Redis does ---- */

static void move_and_remove(redisContext *c, const char *list, int n)
{
    redisReply *reply;

    for (int i = 0; i < n; i++)
        redisAppendCommand(c, "LMOVE %s %s:taken LEFT RIGHT", list, list);
    for (int i = 0; i < n; i++)
        if (redisGetReply(c, (void **)&reply) == REDIS_OK) {
            redisAppendCommand(c, "LREM %s:taken 1 %b", list, reply->str,
                               (size_t)reply->len);
            freeReplyObject(reply);
        }
    for (int i = 0; i < n; i++)
        if (redisGetReply(c, (void **)&reply) == REDIS_OK)
            freeReplyObject(reply);
}

static void measure_redis(struct stack *s, int n)
{
    redisContext *c = redisConnectUnix(s->socket);
    int64_t start;

    if (!c || c->err)
        stack_fail("no connection to Redis");
    for (int i = 0; i < n; i++)
        freeReplyObject(redisCommand(c, "RPUSH raw task-of-twelve-%06d", i));
    start = mono_us();
    for (int i = 0; i < n; i += BATCH)
        move_and_remove(c, "raw", BATCH);
    print("raw: LMOVE + LREM, 256 in a pipeline", n / seconds_since(start));
    redisFree(c);
}

/* ---- the least that a store does ---- */

static void claim_plainly(struct stack *s, int account)
{
    int64_t fence;

    if (store_get(s->store, &fence,
                  "UPDATE stream SET fence = fence + 1, owner = ?4 "
                  "WHERE account = ?1 AND connection = ?2 AND name = ?3 "
                  "RETURNING fence",
                  WITH(INT(account), INT(1), INT(STREAM_VARIANTS),
                       TEXT("host.123456.7890"))) != 1)
        stack_fail("no row to claim");
}

static void measure_updates(struct stack *s, int n)
{
    int single = n < 2000 ? n : 2000;
    int64_t start = mono_us();

    for (int i = 0; i < n; i++) {
        if (i % BATCH == 0)
            begin(s);
        claim_plainly(s, i + 1);
        if (i % BATCH == BATCH - 1 || i == n - 1)
            commit(s);
    }
    print("raw: UPDATE ... RETURNING, 256 in a transaction",
          n / seconds_since(start));
    start = mono_us();
    for (int i = 0; i < single; i++)
        claim_plainly(s, i + 1);
    print("raw: UPDATE ... RETURNING, each its own transaction",
          single / seconds_since(start));
}

/* ---- the protocol without anything around it ---- */

static void claim_batch(struct stack *s, const struct ring *rings, int n,
                        struct claim *claims)
{
    begin(s);
    for (int i = 0; i < n; i++)
        if (stream_claim(s->store, &rings[i].key, "host.123456.7890", now_us(),
                         30 * SECOND, &claims[i]) != 1)
            stack_fail("not claimed");
    commit(s);
}

static void finish_batch(struct stack *s, int n, struct claim *claims)
{
    struct ending ending = {.outcome = OUTCOME_OK,
                            .cursor = now_us(),
                            .as_of = now_us(),
                            .now = now_us()};
    struct rings rings = {0};

    begin(s);
    for (int i = 0; i < n; i++) {
        if (stream_finish(s->store, &claims[i], &ending, &rings) != 1)
            stack_fail("not finished");
        claim_free(&claims[i]);
    }
    commit(s);
    free(rings.list);
}

static void measure_protocol(struct stack *s, int tasks)
{
    static struct ring rings[BATCH];
    static struct claim claims[BATCH];
    int64_t start = mono_us();
    double cpu = proc_cpu(getpid());
    int n;

    while ((n = runnable_list(s->store, now_us(), rings, BATCH)) > 0) {
        claim_batch(s, rings, n, claims);
        finish_batch(s, n, claims);
    }
    print("the protocol's calls alone, one process, 256 in a transaction",
          tasks / seconds_since(start));
    print_us("CPU of them for each task",
             (proc_cpu(getpid()) - cpu) * 1e6 / tasks);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 20000;
    const char *children = argc > 2 ? argv[2] : "2";
    const char *slots = argc > 3 ? argv[3] : "256";
    struct stack s;

    stack_open(&s);
    printf("bench_tasks: %d accounts, a variants sync of each; %s children, "
           "%s slots\n",
           n, children, slots);
    put_accounts(&s, n);
    accept_all(&s, n, true);
    measure_worker(&s, n, children, slots);
    measure_redis(&s, n);
    accept_all(&s, n, false);
    measure_protocol(&s, 2 * n);
    measure_updates(&s, n);
    stack_close(&s);
    return 0;
}
