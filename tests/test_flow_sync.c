/* test_flow_sync.c - syncs from the door to the metrics, with real processes.
 * Does each type bring what it should, all of it, and nothing else? */
#include <stdlib.h>
#include <string.h>

#include "tests/helper_stack.h"

enum { LONG = 40 };

static struct stack *s;
static int64_t acme, shop, erp;

/* A stack with one account that has both connections. */
static void open_stack(const char *worker)
{
    s = stack_open(NULL);
    acme = stack_account(s, "acme");
    shop = stack_shop(s, acme, "{\"currency\":\"EUR\"}");
    erp = stack_erp(s, acme, NULL);
    stack_producer(s, "");
    stack_worker(s, worker);
}

START_TEST(test_full)
{
    open_stack("--children 2");
    stack_ask(s, "full", "acme");
    await(LONG, stack_syncs(s, acme, "done") == 1);
    await(LONG, stack_idle(s));
    stack_check_rest(s);
    stack_close(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow sync");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_full);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
