/* test_throttle.c - the bucket, and its script in a real Redis.
 *
 * The script takes its time from Redis; a copy of it with the time as an
 * argument is compared with bucket_take() number by number, over simulated
 * days. Without the redis-server command that part is skipped, and said so.
 */
#include <check.h>
#include <errno.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/throttle.h"

#define T0 INT64_C(1800000000000000) /* some day, in us */

/* One bucket, a list of steps. */

static const struct {
    const char *what;
    int64_t per_minute, burst;
    struct {
        int64_t cost;  /* -1: a penalty of WANT; 0 with no AFTER: the end */
        int64_t after; /* us since the step before */
        int64_t want;  /* the wait */
    } steps[8];
} stories[] = {
    {"a new bucket is full",
     60,
     3,
     {{1, 1, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, SECOND}}},
    {"who waited gets it",
     60,
     1,
     {{1, 1, 0}, {1, 0, SECOND}, {1, SECOND - 1, 1}, {1, 1, 0}}},
    {"it holds no more than burst",
     60,
     2,
     {{2, 1, 0}, {2, 3600 * SECOND, 0}, {1, 0, SECOND}}},
    {"a year does not overflow",
     1000000,
     1000000,
     {{1000000, 1, 0},
      {1, 365 * 86400 * SECOND, 0},
      {999999, 0, 0},
      {1, 0, 60}}},
    {"a large cost waits longer", 60, 10, {{8, 1, 0}, {5, 0, 3 * SECOND}}},
    {"more than burst is burst",
     60,
     2,
     {{99, 1, 0}, {99, 0, 2 * SECOND}, {99, 2 * SECOND, 0}}},
    {"waits are rounded up",
     7,
     1,
     {{1, 1, 0}, {1, 0, 8571429}, {1, 8571428, 1}, {1, 1, 0}}},
    {"nothing costs nothing", 60, 1, {{1, 1, 0}, {0, 1, 0}}},
    {"unlimited", 0, 1, {{9, 1, 0}, {9, 0, 0}, {9, 0, 0}}},
    {"unlimited but penalized",
     0,
     1,
     {{1, 1, 0},
      {-1, 0, 5 * SECOND},
      {1, SECOND, 4 * SECOND},
      {1, 4 * SECOND, 0}}},
    {"a penalty empties",
     60,
     5,
     {{1, 1, 0},
      {-1, 0, 5 * SECOND},
      {1, SECOND, 5 * SECOND},
      {1, 4 * SECOND, SECOND},
      {1, SECOND, 0},
      {1, 0, SECOND}}},
    {"a penalty nobody noticed",
     60,
     5,
     {{1, 1, 0},
      {-1, 0, 5 * SECOND},
      {1, 7 * SECOND, 0},
      {1, 0, 0},
      {1, 0, SECOND}}},
    {"a penalty first of all",
     60,
     5,
     {{-1, 1, 5 * SECOND}, {1, 0, 6 * SECOND}}},
    {"the longer penalty stays",
     60,
     5,
     {{-1, 1, 9 * SECOND}, {-1, 0, 2 * SECOND}, {1, 0, 10 * SECOND}}},
    {"a year of penalty is cut",
     60,
     5,
     {{-1, 1, 365 * 86400 * SECOND}, {1, 0, 901 * SECOND}}},
    {"a clock set back",
     60,
     1,
     {{1, 1, 0}, {1, -3600 * SECOND, SECOND}, {1, SECOND, 0}}},
    {"a clock set back in a penalty",
     60,
     1,
     {{-1, 1, 10 * SECOND},
      {1, -3600 * SECOND, 901 * SECOND},
      {1, 901 * SECOND, 0}}},
};

START_TEST(test_story)
{
    struct budget budget = {stories[_i].per_minute, stories[_i].burst};
    struct bucket bucket = {0};
    int64_t now = T0;

    for (int i = 0; i < 8; i++) {
        int64_t cost = stories[_i].steps[i].cost;
        int64_t want = stories[_i].steps[i].want;
        int64_t got = want;

        if (cost == 0 && stories[_i].steps[i].after == 0)
            break;
        now += stories[_i].steps[i].after;
        if (cost < 0)
            bucket_penalty(&bucket, now + want, now);
        else
            got = bucket_take(&bucket, budget, cost, now);
        ck_assert_msg(got == want, "%s: step %d: %lld, not %lld",
                      stories[_i].what, i, (long long)got, (long long)want);
    }
}
END_TEST

START_TEST(test_clean)
{
    struct budget low = budget_clean((struct budget){-5, -5});
    struct budget high = budget_clean((struct budget){INT64_MAX, INT64_MAX});
    struct budget same = budget_clean((struct budget){120, 40});

    ck_assert_int_eq(low.per_minute, 0);
    ck_assert_int_eq(low.burst, 1);
    ck_assert_int_eq(high.per_minute, THROTTLE_RATE_MAX);
    ck_assert_int_eq(high.burst, THROTTLE_RATE_MAX);
    ck_assert_int_eq(same.per_minute, 120);
    ck_assert_int_eq(same.burst, 40);
    ck_assert_int_eq(throttle_wait(-1), 0);
    ck_assert_int_eq(throttle_wait(5), 5);
    ck_assert_int_lt(throttle_wait(INT64_MAX), INT64_C(100000000) * SECOND);
}
END_TEST

/* Many workers on one bucket: each waits as told, asks again. No window may
 * have more than burst + its share; nearly all of the budget must be used. */

enum { WORKERS = 12, TAKES_MAX = 20000 };

struct run {
    struct budget budget;
    int64_t times[TAKES_MAX];
    int count;
};

static int64_t pick(uint64_t *seed, int64_t least, int64_t most)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return least + (int64_t)((*seed >> 33) % (uint64_t)(most - least + 1));
}

static void run_workers(struct run *run, uint64_t *seed, int64_t length)
{
    struct bucket bucket = {0};
    int64_t ready[WORKERS] = {0};

    run->count = 0;
    for (;;) {
        int w = 0;
        int64_t wait;

        for (int i = 1; i < WORKERS; i++)
            if (ready[i] < ready[w])
                w = i;
        if (ready[w] >= length)
            break;
        wait = bucket_take(&bucket, run->budget, 1, T0 + ready[w]);
        if (wait == 0 && run->count < TAKES_MAX)
            run->times[run->count++] = ready[w];
        /* A little late, as timers are. */
        ready[w] += wait + pick(seed, 0, 2000);
    }
}

/* What the fullest window had too many. */
static int64_t excess(const struct run *run)
{
    int64_t worst = INT64_MIN;

    for (int i = 0; i < run->count; i++)
        for (int j = i; j < run->count; j++) {
            int64_t window = run->times[j] - run->times[i];
            int64_t most = run->budget.burst +
                           window * run->budget.per_minute / (60 * SECOND);

            if (j - i + 1 - most > worst)
                worst = j - i + 1 - most;
        }
    return worst;
}

START_TEST(test_windows)
{
    static struct run run;
    uint64_t seed = (uint64_t)_i;
    int64_t length = 300 * SECOND, most;

    run.budget = (struct budget){pick(&seed, 1, 1200), pick(&seed, 1, 100)};
    run_workers(&run, &seed, length);
    most = run.budget.burst + length * run.budget.per_minute / (60 * SECOND);
    ck_assert_int_eq(excess(&run), 0);
    ck_assert_int_ge(run.count * INT64_C(100), 95 * (most - 1));
}
END_TEST

/* Redis. */

static char directory[] = "/tmp/stocktide-throttle-XXXXXX";
static char socket_path[64];
static pid_t redis_pid;

static redisContext *redis_open(void)
{
    int64_t deadline = mono_us() + 10 * SECOND;

    for (;;) {
        redisContext *r = redisConnectUnix(socket_path);

        if (r && !r->err)
            return r;
        redisFree(r);
        if (mono_us() > deadline)
            die("no redis-server at %s", socket_path);
        poll(NULL, 0, 5);
    }
}

static void start_redis(void)
{
    if (!mkdtemp(directory))
        die("mkdtemp: %s", strerror(errno));
    snprintf(socket_path, sizeof socket_path, "%s/socket", directory);
    redis_pid = fork();
    if (redis_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket",
               socket_path, "--save", "", "--appendonly", "no", "--dir",
               directory, "--logfile", "/dev/null", (char *)NULL);
        _exit(127);
    }
    redisFree(redis_open());
}

static void stop_redis(void)
{
    kill(redis_pid, SIGTERM);
    waitpid(redis_pid, NULL, 0);
    unlink(socket_path);
    if (rmdir(directory) < 0)
        die("rmdir %s: %s", directory, strerror(errno));
}

static int64_t number_of(redisContext *r, redisReply *reply)
{
    int64_t number;

    ck_assert_msg(reply != NULL, "redis: %s", r->errstr);
    ck_assert_msg(reply->type == REDIS_REPLY_INTEGER, "redis: %s",
                  reply->str ? reply->str : "no number");
    number = reply->integer;
    freeReplyObject(reply);
    return number;
}

static int64_t take(redisContext *r, const char *script, const char *key,
                    struct budget budget, int64_t cost, int64_t now)
{
    return number_of(r, redisCommand(r, "EVAL %s 1 %s %lld %lld %lld %lld %lld",
                                     script, key, (long long)budget.per_minute,
                                     (long long)budget.burst, (long long)cost,
                                     (long long)(now / SECOND),
                                     (long long)(now % SECOND)));
}

static int64_t punish(redisContext *r, const char *script, const char *key,
                      int64_t wait, int64_t now)
{
    return number_of(r, redisCommand(r, "EVAL %s 1 %s %lld 0 0 %lld %lld",
                                     script, key, (long long)wait,
                                     (long long)(now / SECOND),
                                     (long long)(now % SECOND)));
}

static struct bucket read_bucket(redisContext *r, const char *key)
{
    redisReply *reply = redisCommand(r, "HMGET %s tokens at until", key);
    struct bucket b;

    ck_assert(reply && reply->type == REDIS_REPLY_ARRAY &&
              reply->elements == 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(reply->element[i]->type, REDIS_REPLY_STRING);
    b.tokens = atoll(reply->element[0]->str);
    b.at = atoll(reply->element[1]->str);
    b.until = atoll(reply->element[2]->str);
    freeReplyObject(reply);
    return b;
}

/* SCRIPT with the time as its fourth and fifth argument. Given. */
static char *with_time(const char *script)
{
    static const char clock[] = "redis.call('TIME')";
    const char *at = strstr(script, clock);

    ck_assert_ptr_nonnull(at);
    ck_assert_ptr_null(strstr(at + 1, clock));
    return xasprintf("%.*s{ARGV[4], ARGV[5]}%s", (int)(at - script), script,
                     at + strlen(clock));
}

/* Mostly short steps, some long, some back. */
static int64_t next_time(uint64_t *seed, int64_t now)
{
    switch (pick(seed, 0, 9)) {
    case 0:
        return now;
    case 1:
        return now + pick(seed, 0, 3600) * SECOND;
    case 2:
        return now - pick(seed, 0, 2000) * SECOND / 10;
    default:
        return now + pick(seed, 0, 2 * SECOND);
    }
}

START_TEST(test_script_is_the_bucket)
{
    redisContext *r = redis_open();
    char *take_script = with_time(throttle_script);
    char *penalty_script = with_time(throttle_penalty_script);
    uint64_t seed = (uint64_t)_i + 1000;
    struct budget budget = {pick(&seed, 0, 3) ? pick(&seed, 1, 2000) : 0,
                            pick(&seed, 1, 50)};
    struct bucket mine = {0}, theirs;
    int64_t now = T0 + pick(&seed, 0, SECOND);
    char key[32];

    if (_i % 5 == 0)
        budget = (struct budget){pick(&seed, 1, THROTTLE_RATE_MAX),
                                 pick(&seed, 1, THROTTLE_RATE_MAX)};
    snprintf(key, sizeof key, "throttle:case%d", _i);
    for (int i = 0; i < 400; i++) {
        now = next_time(&seed, now);
        if (pick(&seed, 0, 14) == 0) {
            int64_t wait = pick(&seed, -10, 1000) * SECOND;

            punish(r, penalty_script, key, wait, now);
            bucket_penalty(&mine, now + wait, now);
        } else {
            int64_t cost = pick(&seed, 0, budget.burst + 1);

            ck_assert_int_eq(take(r, take_script, key, budget, cost, now),
                             bucket_take(&mine, budget, cost, now));
        }
        theirs = read_bucket(r, key);
        ck_assert_int_eq(theirs.tokens, mine.tokens);
        ck_assert_int_eq(theirs.at, mine.at);
        ck_assert_int_eq(theirs.until, mine.until);
    }
    free(take_script);
    free(penalty_script);
    redisFree(r);
}
END_TEST

/* As it is sent, with Redis' clock: four connections ask without pause. */
START_TEST(test_real_time)
{
    enum { LINES = 4 };
    const struct budget budget = {12000, 20}; /* 200 a second */
    redisContext *lines[LINES];
    int64_t start, spent, most;
    int taken = 0;

    for (int i = 0; i < LINES; i++)
        lines[i] = redis_open();
    start = mono_us();
    for (int i = 0; mono_us() - start < SECOND; i++)
        taken += take(lines[i % LINES], throttle_script, "throttle:real",
                      budget, 1, 0) == 0;
    spent = mono_us() - start;
    most = budget.burst + spent * budget.per_minute / (60 * SECOND);
    ck_assert_int_le(taken, most);
    ck_assert_int_ge(taken * 100, 95 * most);
    for (int i = 0; i < LINES; i++)
        redisFree(lines[i]);
}
END_TEST

static int64_t expiry(redisContext *r, const char *key)
{
    return number_of(r, redisCommand(r, "PTTL %s", key));
}

START_TEST(test_expiry)
{
    redisContext *r = redis_open();
    const struct budget budget = {60, 100};
    int64_t left;

    ck_assert_int_eq(take(r, throttle_script, "throttle:old", budget, 30, 0),
                     0);
    left = expiry(r, "throttle:old");
    ck_assert(left > 25000 && left <= 31000); /* full after 30 s */

    left = punish(r, throttle_penalty_script, "throttle:old", 50 * SECOND, 0);
    ck_assert_int_eq(left, 50 * SECOND);
    ck_assert_int_gt(expiry(r, "throttle:old"), 86000000);
    left = punish(r, throttle_penalty_script, "throttle:old", SECOND, 0);
    ck_assert(left > 40 * SECOND && left <= 50 * SECOND);

    left = take(r, throttle_script, "throttle:old", budget, 1, 0);
    ck_assert(left > 41 * SECOND && left <= 51 * SECOND);
    left = expiry(r, "throttle:old");
    ck_assert(left > 140000 && left <= 151000);
    redisFree(r);
}
END_TEST

static void add_redis(Suite *suite)
{
    TCase *tc;

    if (system("redis-server --version >/dev/null 2>&1") != 0) {
        printf("throttle: SKIPPED with Redis, there is no redis-server\n");
        return;
    }
    tc = tcase_create("redis");
    tcase_add_unchecked_fixture(tc, start_redis, stop_redis);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, test_script_is_the_bucket, 0, 25);
    tcase_add_test(tc, test_real_time);
    tcase_add_test(tc, test_expiry);
    suite_add_tcase(suite, tc);
}

int main(void)
{
    Suite *suite = suite_create("throttle");
    TCase *tc = tcase_create("bucket");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tc, test_story, 0, (int)ARRAY_LEN(stories));
    tcase_add_test(tc, test_clean);
    tcase_add_loop_test(tc, test_windows, 0, 12);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    add_redis(suite);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
