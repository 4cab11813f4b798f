/* bench_memory.c - what each program has of memory that is its own (Private_* of
 * smaps_rollup): idle, and after a full sync.
 * usage: bench_memory [variants]
 */
#include <stdio.h>
#include <time.h>

#include "tests/bench/proc.h"
#include "tests/bench/stack.h"

enum { CHILDREN = 2 };

static void print(const char *what, int64_t kb)
{
    if (kb < 0)
        printf("  %-40s may not be read: run as root\n", what);
    else
        printf("  %-40s %8lld kB\n", what, (long long)kb);
}

static void print_all(struct stack *s, const char *when)
{
    pid_t children[CHILDREN];
    size_t n = proc_children(s->worker, children, CHILDREN);

    printf(" %s\n", when);
    print("worker's parent", proc_private(s->worker));
    for (size_t i = 0; i < n; i++)
        print("worker's child", proc_private(children[i]));
    print("producer", proc_private(s->producer));
}

/* They have opened all when the first sync has gone through. */
static void wake_up(struct stack *s)
{
    stack_push(s, "purchase_orders", "idle");
    stack_await(s,
                "SELECT EXISTS (SELECT 1 FROM sync "
                "WHERE state IN ('done', 'failed'))",
                60., 1.);
}

int main(int argc, char **argv)
{
    const char *const sim_options[] = {"--variants",
                                       argc > 1 ? argv[1] : "20000", NULL};
    struct stack s;

    stack_open(&s);
    stack_sim(&s, sim_options);
    stack_account(&s, "idle");
    stack_connect_sim(&s, stack_account(&s, "acme"), "woocommerce");
    stack_worker(&s, (const char *const[]){"--children", "2", NULL});
    stack_producer(&s, NULL);
    wake_up(&s);
    printf("bench_memory: private memory\n");
    print_all(&s, "idle");
    stack_push(&s, "full", "acme");
    while (stack_number(&s, "SELECT count(*) FROM metric") == 0)
        stack_wait(&s, 900);
    stack_wait(&s, 900);
    print_all(&s, "after a full sync");
    stack_close(&s);
    return 0;
}
