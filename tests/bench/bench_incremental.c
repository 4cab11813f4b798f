/* bench_incremental.c - a sync when nothing is new: what does it ask, write and
 * take? usage: bench_incremental [variants]
 *
 * The first full sync fetches all; the second has windows that hold only what
 * their lookback repeats, the third the same. Requests are the simulator's count.
 * "Written" is what the store's log of changes (WAL) grew by, and the statements
 * that changed a row of a platform, seen as the growth of their revisions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/json.h"
#include "tests/bench/stack.h"

static int64_t requests(struct stack *s, const char *platform)
{
    struct json *json = json_new();
    struct json_value root;
    char *stats = stack_ask_sim(s, "/sim/stats");
    int64_t n = 0;

    if (json_parse(json, stats, strlen(stats), &root) < 0 ||
        json_int(json_get(json_get(root, platform), "requests"), &n) < 0)
        stack_fail("the simulator's counts cannot be read: %s", stats);
    json_free(json);
    free(stats);
    return n;
}

static int64_t revisions(struct stack *s)
{
    return stack_number(s,
                        "SELECT coalesce((SELECT sum(rev) FROM variant), 0) + "
                        "coalesce((SELECT sum(rev) FROM stock), 0) + "
                        "coalesce((SELECT sum(rev) FROM sale), 0) + "
                        "coalesce((SELECT sum(rev) FROM sale_line), 0) + "
                        "coalesce((SELECT sum(rev) FROM stock_order), 0) + "
                        "coalesce((SELECT sum(rev) FROM stock_order_line), 0)");
}

/* Pages of the WAL that the store's writers have filled since it was last moved
 * into the file: now none. */
static void empty_wal(struct stack *s)
{
    if (stack_number(s, "PRAGMA wal_checkpoint(TRUNCATE)") != 0)
        stack_fail("the WAL cannot be emptied");
}

static int64_t wal_bytes(const struct stack *s)
{
    char *path = xasprintf("%s/store.db-wal", s->folder);
    struct stat st = {0};

    if (stat(path, &st) < 0)
        stack_fail("no WAL");
    free(path);
    return st.st_size;
}

static void wait_done(struct stack *s, int64_t before)
{
    const struct timespec nap = {.tv_nsec = 2000000};
    int64_t deadline = mono_us() + 120 * SECOND;

    while (stack_number(s, "SELECT count(*) FROM sync WHERE state = 'done'") ==
           before) {
        if (stack_number(s, "SELECT count(*) FROM sync "
                            "WHERE state IN ('failed', 'partial')") > 0)
            stack_fail("a sync did not end well");
        if (mono_us() > deadline)
            stack_fail("a sync is not done after two minutes");
        nanosleep(&nap, NULL);
    }
}

static void measure(struct stack *s, const char *what, const char *type,
                    const char *platform)
{
    int64_t asked = requests(s, platform), done, at, streams, wrote;

    done = stack_number(s, "SELECT count(*) FROM sync WHERE state = 'done'");
    empty_wal(s);
    wrote = revisions(s);
    at = stack_push(s, type, "acme");
    wait_done(s, done);
    streams = stack_number(s, "SELECT count(*) FROM sync_part WHERE step = 0 "
                              "AND sync = (SELECT max(id) FROM sync)");
    asked = requests(s, platform) - asked;
    printf("  %-10s %-30s %5lld requests, %lld streams, %6.1f ms, %6lld rows "
           "written, %6lld kB of WAL\n",
           platform, what, (long long)asked, (long long)streams,
           (double)(stack_number(s, "SELECT ended_at FROM sync "
                                    "ORDER BY id DESC LIMIT 1") -
                    at) /
               1e3,
           (long long)(revisions(s) - wrote), (long long)wal_bytes(s) / 1024);
}

static void run(const char *variants, const char *platform,
                const char *short_name)
{
    const char *const sim_options[] = {"--variants", variants, NULL};
    struct stack s;

    stack_open(&s);
    stack_sim(&s, sim_options);
    stack_connect_sim(&s, stack_account(&s, "acme"), platform);
    stack_worker(&s, (const char *const[]){"--children", "2", NULL});
    stack_producer(&s, NULL);
    measure(&s, "first full sync", "full", short_name);
    measure(&s, "full, nothing new (with sweep)", "full", short_name);
    measure(&s, "variants, nothing new", "variants", short_name);
    measure(&s, "variants, once more", "variants", short_name);
    if (strcmp(platform, "odoo") == 0)
        measure(&s, "purchase orders, nothing new", "purchase_orders",
                short_name);
    stack_close(&s);
}

int main(int argc, char **argv)
{
    const char *variants = argc > 1 ? argv[1] : "10000";

    printf("bench_incremental: %s variants\n", variants);
    run(variants, "woocommerce", "woo");
    run(variants, "odoo", "odoo");
    return 0;
}
