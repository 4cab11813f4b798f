/* bench_full.c - a full sync against a loop without any protocol.
 *
 * usage: bench_full [variants [order lines]]
 * The simulator's shop, then its ERP, into a durable store: by producer and
 * worker (two children), asked for at the door; and by raw_full.c, which takes
 * the same pages into the same tables. Rows are those of the pages; the time is
 * that until the last page is committed. Metrics come after, and are told apart.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/bench/proc.h"
#include "tests/bench/raw_full.h"
#include "tests/bench/stack.h"

struct figures {
    int64_t rows, pages;
    double seconds, cpu, sim_cpu, written;
};

static void print(const char *what, const struct figures *f)
{
    printf("  %-26s %8lld rows %6lld pages %6.2f s %8.0f rows/s   CPU: %5.2f s"
           ", simulator %5.2f s\n",
           what, (long long)f->rows, (long long)f->pages, f->seconds,
           (double)f->rows / f->seconds, f->cpu, f->sim_cpu);
}

/* ---- ours ---- */

static double our_cpu(const struct stack *s)
{
    return proc_cpu(s->worker) + proc_cpu(s->producer) + proc_cpu(s->redis);
}

/* Until no fetch stream has anything to do. */
static void wait_for_fetches(struct stack *s)
{
    stack_await(s,
                "SELECT NOT EXISTS (SELECT 1 FROM stream WHERE connection > 0 "
                "AND (want > done OR done = 0))",
                900., .1);
}

static struct figures run_ours(struct stack *s)
{
    double cpu = our_cpu(s), sim_cpu = proc_cpu(s->sim);
    int64_t asked = stack_push(s, "full", "acme");
    struct figures f;

    wait_for_fetches(s);
    f.cpu = our_cpu(s) - cpu;
    f.sim_cpu = proc_cpu(s->sim) - sim_cpu;
    f.written = proc_written(s->worker);
    f.seconds = (double)(stack_number(s, "SELECT max(ended_at) FROM stream "
                                         "WHERE connection > 0") -
                         asked) /
                1e6;
    f.rows = stack_number(s, "SELECT sum(rows) FROM stream "
                             "WHERE connection > 0");
    stack_wait(s, 900);
    f.pages = stack_number(s, "SELECT sum(pages) FROM sync_part "
                              "WHERE connection > 0");
    return f;
}

static void print_processing(struct stack *s)
{
    double seconds =
        (double)(stack_number(s, "SELECT max(ended_at) FROM stream "
                                 "WHERE connection = 0") -
                 stack_number(s, "SELECT max(ended_at) FROM stream "
                                 "WHERE connection > 0")) /
        1e6;
    int64_t rows = stack_number(s, "SELECT count(*) FROM metric");

    if (stack_number(s, "SELECT count(*) FROM sync WHERE state <> 'done'"))
        stack_fail("the sync did not end well");
    printf("  then the metrics: %lld rows in %.2f s, %.0f /s\n",
           (long long)rows, seconds, (double)rows / seconds);
}

/* ---- raw ---- */

static struct figures run_raw(struct stack *s, const char *platform,
                              int processes)
{
    bool is_odoo = strcmp(platform, "odoo") == 0;
    const struct raw_question question = {
        .store_url = s->store_url,
        .account = 1,
        .connection = 1,
        .platform = platform,
        .sim_url = s->sim_url,
        .user = is_odoo ? "" : "ck_demo",
        .secret = is_odoo ? "odoo_demo" : "cs_demo",
    };
    double sim_cpu = proc_cpu(s->sim);
    struct raw_answer raw = raw_full(&question, processes);

    return (struct figures){.rows = raw.rows,
                            .pages = raw.pages,
                            .seconds = raw.seconds,
                            .cpu = raw.cpu,
                            .sim_cpu = proc_cpu(s->sim) - sim_cpu};
}

/* What both must have stored alike. */
static int64_t stored(struct stack *s)
{
    return stack_number(s, "SELECT (SELECT count(*) FROM variant) + "
                           "(SELECT count(*) FROM stock) + "
                           "(SELECT count(*) FROM sale) + "
                           "(SELECT count(*) FROM sale_line) + "
                           "(SELECT count(*) FROM stock_order_line)");
}

/* ---- both ---- */

/* Against the raw loop in one process and in two, each into an empty store. */
static void compare_raw(struct stack *s, const char *platform,
                        const struct figures *ours)
{
    int64_t rows = stored(s);
    struct figures raw;

    for (int processes = 1; processes <= 2; processes++) {
        stack_store_anew(s);
        raw = run_raw(s, platform, processes);
        print(processes == 1 ? "raw, one process" : "raw, two processes", &raw);
        printf("    of its rows/s we reach %.2f; of its rows for each CPU "
               "second (without the simulator's) %.2f\n",
               (double)ours->rows / ours->seconds /
                   ((double)raw.rows / raw.seconds),
               (double)ours->rows / ours->cpu / ((double)raw.rows / raw.cpu));
        if (stored(s) != rows)
            printf("    NOT THE SAME: %lld rows are stored, %lld raw\n",
                   (long long)rows, (long long)stored(s));
    }
}

static void compare(const char *platform, const char *const *sim_options)
{
    struct figures ours;
    struct stack s;

    stack_open(&s);
    stack_sim(&s, sim_options);
    stack_connect_sim(&s, stack_account(&s, "acme"), platform);
    stack_worker(&s, (const char *const[]){"--children", "2", NULL});
    stack_producer(&s, NULL);
    ours = run_ours(&s);
    printf("bench_full: %s\n", platform);
    print("producer and worker", &ours);
    printf("    the worker wrote %.0f MB, %.1f kB for each row\n", ours.written,
           ours.written * 1e3 / (double)ours.rows);
    stack_end(&s.worker);
    stack_end(&s.producer);
    print_processing(&s);
    compare_raw(&s, platform, &ours);
    stack_close(&s);
}

int main(int argc, char **argv)
{
    const char *const sim_options[] = {
        "--variants",
        argc > 1 ? argv[1] : "100000",
        "--order-lines",
        argc > 2 ? argv[2] : "500000",
        NULL,
    };

    compare("woocommerce", sim_options);
    compare("odoo", sim_options);
    return 0;
}
