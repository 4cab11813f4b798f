/* test_flow_crash.c - anything may be killed at any moment. Does every sync
 * that was accepted still end, and are the rows what they should be? */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helper_world.h"

enum { LONG = 40 };

/* Else it is 30 s, which no test waits for. */
#define SHORT "--lease 2s"

static struct stack *s;
static int64_t acme;
static struct process *producer, *worker;

/* Both connections; answers take so long that a sync has a middle. */
static void open_stack(const char *options, int latency)
{
    s = stack_open(NULL);
    acme = stack_account(s, "acme");
    stack_shop(s, acme, NULL);
    stack_erp(s, acme, NULL);
    stack_sim(s, "latency?ms=%d", latency);
    producer = stack_producer(s, strstr(options, SHORT) ? SHORT : "");
    worker = stack_worker(s, options);
}

/* Every page of the first sync was stored once, whatever died in between. */
static void check_pages(int64_t fresh)
{
    ck_assert_int_eq(
        stack_int(s,
                  "SELECT count(*) FROM sync_part a JOIN sync_part b "
                  "ON b.account = ?2 AND b.sync = a.sync "
                  "AND b.step = a.step AND b.connection = a.connection "
                  "AND b.name = a.name WHERE a.account = ?1 AND a.sync = 1 "
                  "AND a.step = 0 AND a.outcome = 'ok' "
                  "AND (a.pages <> b.pages OR a.rows <> b.rows "
                  "OR a.added <> b.added OR a.changed <> b.changed)",
                  WITH(INT(acme), INT(fresh))),
        0);
}

/* All is as if nothing had happened: like a fresh load of another account. */
static void check_and_close(void)
{
    int64_t fresh;

    await(LONG, stack_idle(s));
    stack_sim(s, "latency?ms=0");
    fresh = stack_account(s, "fresh");
    stack_shop(s, fresh, NULL);
    stack_erp(s, fresh, NULL);
    stack_ask(s, "full", "fresh");
    await(LONG, stack_syncs(s, fresh, "done") == 1);
    await(LONG, stack_idle(s));
    stack_check_rest(s);
    check_pages(fresh);
    world_check_same(s, acme, fresh);
    world_check_shop(s, acme, 1, ALL_STREAMS);
    world_check_erp(s, acme, 2, ALL_STREAMS);
    stack_close(s);
}

static bool in_the_middle(void)
{
    return stack_int(s,
                     "SELECT count(*) FROM stream WHERE page > 0 "
                     "AND owner IS NOT NULL AND connection > 0",
                     WITHOUT) > 1;
}

static void ask_and_wait_for_middle(void)
{
    stack_ask(s, "full", "acme");
    await(LONG, in_the_middle());
}

/* The process that an owner's text names. */
static pid_t pid_of(const char *owner)
{
    const char *dot = strrchr(owner, '.');

    ck_assert_ptr_nonnull(dot);
    return (pid_t)atoi(dot + 1);
}

static pid_t owner_in_the_middle(void)
{
    return pid_of(stack_text(s,
                             "SELECT owner FROM stream WHERE page > 0 "
                             "AND owner IS NOT NULL AND connection > 0 "
                             "ORDER BY page DESC LIMIT 1",
                             WITHOUT));
}

/* ---- Redis ---- */

START_TEST(test_redis_is_emptied)
{
    open_stack("--children 2", 50);
    ask_and_wait_for_middle();
    stack_ask(s, "full", "acme");
    stack_ask(s, "variants", "acme");
    await(LONG, stack_syncs(s, acme, "waiting") == 1 &&
                    stack_int(s, "SELECT count(*) FROM sync", WITHOUT) == 3);
    redis_line_call(s->redis, "FLUSHALL");
    await(LONG, stack_syncs(s, acme, "done") == 3);
    /* The door stands open under a new name. */
    stack_ask(s, "variants", "acme");
    await(LONG, stack_syncs(s, acme, "done") == 4);
    check_and_close();
}
END_TEST

START_TEST(test_redis_is_killed)
{
    open_stack("--children 2", 50);
    ask_and_wait_for_middle();
    process_end(s->server, SIGKILL);
    /* Slower, not stopped. */
    await(LONG, stack_syncs(s, acme, "done") == 1);
    stack_redis(s);
    stack_ask(s, "variants", "acme");
    await(LONG, stack_syncs(s, acme, "done") == 2);
    check_and_close();
}
END_TEST

START_TEST(test_all_are_killed)
{
    pid_t children[CHILDREN_SEEN_MAX];
    int n;

    open_stack("--children 2 " SHORT, 50);
    ask_and_wait_for_middle();
    process_signal(producer, SIGSTOP); /* what comes now stays at the door */
    stack_ask(s, "variants", "acme");
    stack_ask(s, "purchase_orders", "acme");
    n = process_children(worker, children);
    process_end(s->server, SIGKILL);
    process_end(producer, SIGKILL);
    process_end(worker, SIGKILL);
    for (int i = 0; i < n; i++)
        kill(children[i], SIGKILL);
    stack_redis(s);
    producer = stack_producer(s, SHORT);
    worker = stack_worker(s, "--children 2 " SHORT);
    await(LONG, stack_syncs(s, acme, "done") == 3);
    check_and_close();
}
END_TEST

/* ---- workers ---- */

static int64_t free_of(pid_t pid)
{
    char like[32];

    snprintf(like, sizeof like, "%%.%d", (int)pid);
    return stack_int(s, "SELECT count(*) = 0 FROM stream WHERE owner LIKE ?1",
                     WITH(TEXT(like)));
}

struct held { /* a stream in the middle */
    int64_t connection, name, gen, page, fence;
};

static struct held held_by(pid_t pid)
{
    char like[32];
    struct query *q;
    struct held held = {0};

    snprintf(like, sizeof like, "%%.%d", (int)pid);
    q = store_query(s->store,
                    "SELECT connection, name, gen, page, fence FROM stream "
                    "WHERE owner LIKE ?1 AND connection > 0 "
                    "ORDER BY page DESC LIMIT 1",
                    WITH(TEXT(like)));
    if (query_next(q))
        held = (struct held){query_int(q, 0), query_int(q, 1), query_int(q, 2),
                             query_int(q, 3), query_int(q, 4)};
    ck_assert_int_eq(query_end(q), 0);
    return held;
}

/* Somebody goes on, or has come to the end; never from the start. */
static bool goes_on(const struct held *h)
{
    int64_t page = stack_int(
        s,
        "SELECT CASE WHEN done >= ?3 THEN 1000000 WHEN fence = ?4 THEN -1 "
        "ELSE page END FROM stream WHERE connection = ?1 AND name = ?2",
        WITH(INT(h->connection), INT(h->name), INT(h->gen), INT(h->fence)));

    ck_assert_msg(page < 0 || page >= h->page,
                  "page %lld was stored, it goes on behind %lld",
                  (long long)h->page, (long long)page);
    return page >= 0;
}

/* Its streams run on at the stored page, and soon: nobody waits for a lease. */
START_TEST(test_child_is_killed)
{
    open_stack("--children 2", 60);
    ask_and_wait_for_middle();
    for (int round = 0; round < 3 && in_the_middle(); round++) {
        pid_t child = owner_in_the_middle();
        struct held held = held_by(child);
        int64_t killed = mono_us();
        kill(child, SIGKILL);
        await(LONG, free_of(child));
        printf("killed on page %lld: free after %lld ms", (long long)held.page,
               (long long)(mono_us() - killed) / 1000);
        await(LONG, goes_on(&held));
        printf(", goes on after %lld ms\n",
               (long long)(mono_us() - killed) / 1000);
        ck_assert_int_lt(mono_us() - killed, 5 * SECOND);
    }
    await(LONG, stack_syncs(s, acme, "done") == 1);
    ck_assert_int_gt(process_said(worker, "ended by signal 9"), 0);
    check_and_close();
}
END_TEST

START_TEST(test_pool_is_killed)
{
    pid_t children[CHILDREN_SEEN_MAX];
    int64_t killed;
    int n;

    open_stack("--children 2 " SHORT, 60);
    ask_and_wait_for_middle();
    n = process_children(worker, children);
    ck_assert_int_eq(n, 2);
    for (int i = 0; i < n; i++) /* or they would see that it is gone */
        kill(children[i], SIGSTOP);
    ck_assert(in_the_middle());
    process_end(worker, SIGKILL);
    for (int i = 0; i < n; i++)
        kill(children[i], SIGKILL);
    killed = mono_us();
    worker = stack_worker(s, "--children 2 " SHORT);
    await(LONG, free_of(children[0]) && free_of(children[1]));
    printf("killed: free after %lld ms, with a lease of 2 s\n",
           (long long)(mono_us() - killed) / 1000);
    await(LONG, stack_syncs(s, acme, "done") == 1);
    ck_assert_int_gt(process_said(producer, "gave no sign of life"), 0);
    check_and_close();
}
END_TEST

/* The children see it and give back what they have: no lease to wait for. */
START_TEST(test_parent_is_killed)
{
    pid_t children[CHILDREN_SEEN_MAX];
    int n;

    open_stack("--children 3", 60);
    ask_and_wait_for_middle();
    n = process_children(worker, children);
    ck_assert_int_eq(n, 3);
    process_end(worker, SIGKILL);
    for (int i = 0; i < n; i++)
        await(LONG, !pid_alive(children[i]));
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(free_of(children[i]), 1);
    worker = stack_worker(s, "--children 2");
    await(LONG, stack_syncs(s, acme, "done") == 1);
    check_and_close();
}
END_TEST

START_TEST(test_producer_is_killed)
{
    open_stack("--children 2", 60);
    ask_and_wait_for_middle();
    stack_ask(s, "full", "acme");
    await(LONG, stack_syncs(s, acme, "waiting") == 1);
    process_end(producer, SIGKILL);
    /* Workers ring for each other. */
    await(LONG, stack_syncs(s, acme, "done") == 2);
    producer = stack_producer(s, "");
    stack_ask(s, "variants", "acme");
    await(LONG, stack_syncs(s, acme, "done") == 3);
    check_and_close();
}
END_TEST

/* ---- workers that sleep ---- */

static bool is_waiting_for_orders(void)
{
    return stack_stat(s, "woo.endpoints./wp-json/wc/v3/orders.requests") == 1;
}

/* Its lease runs out and others do its work. When it wakes up in the middle of
 * a page, its commit must do nothing. */
START_TEST(test_child_sleeps)
{
    pid_t children[CHILDREN_SEEN_MAX];
    struct process *other;
    int64_t versions;

    open_stack("--children 1 " SHORT, 0);
    stack_sim(s, "fault?what=delay&match=/orders&count=1&arg=1500");
    stack_ask(s, "full", "acme");
    await(LONG, is_waiting_for_orders() &&
                    stack_int(s,
                              "SELECT count(*) FROM stream WHERE name <> 2 "
                              "AND connection > 0 AND done = 0",
                              WITHOUT) == 0);
    ck_assert_int_eq(process_children(worker, children), 1);
    process_signal(worker, SIGSTOP); /* or it would end its child */
    kill(children[0], SIGSTOP);
    other = stack_worker(s, "--children 1 " SHORT);
    await(LONG, stack_syncs(s, acme, "done") == 1);
    await(LONG, stack_idle(s));
    versions = stack_int(
        s, "SELECT sum(fence) * 1000000 + sum(beat) FROM stream", WITHOUT);
    kill(children[0], SIGCONT);
    await(LONG, process_said(worker, "somebody else has it now") == 1);
    ck_assert_int_eq(
        stack_int(s, "SELECT sum(fence) * 1000000 + sum(beat) FROM stream",
                  WITHOUT),
        versions);
    process_signal(worker, SIGCONT);
    ck_assert_int_eq(process_end(other, SIGTERM), 0);
    check_and_close();
}
END_TEST

/* A child that does not move is ended by its parent. */
START_TEST(test_child_is_stuck)
{
    pid_t children[CHILDREN_SEEN_MAX], stuck;

    open_stack("--children 1 " SHORT, 60);
    ask_and_wait_for_middle();
    ck_assert_int_eq(process_children(worker, children), 1);
    stuck = children[0];
    kill(stuck, SIGSTOP);
    await(LONG, process_said(worker, "made no progress") == 1);
    await(LONG, !pid_alive(stuck));
    await(LONG, stack_syncs(s, acme, "done") == 1);
    check_and_close();
}
END_TEST

/* ---- workers that are asked to ---- */

START_TEST(test_term_gives_back)
{
    int64_t asked;

    open_stack("--children 2 --drain 20s", 60);
    ask_and_wait_for_middle();
    asked = mono_us();
    ck_assert_int_eq(process_end(worker, SIGTERM), 0);
    printf("drained within %lld ms\n", (long long)(mono_us() - asked) / 1000);
    ck_assert_int_lt(mono_us() - asked, 5 * SECOND);
    ck_assert_int_eq(
        stack_int(s, "SELECT count(*) FROM stream WHERE owner IS NOT NULL",
                  WITHOUT),
        0);
    ck_assert_int_gt(
        stack_int(s, "SELECT count(*) FROM stream WHERE page > 0", WITHOUT), 0);
    worker = stack_worker(s, "--children 2");
    await(LONG, stack_syncs(s, acme, "done") == 1);
    check_and_close();
}
END_TEST

/* An answer that does not come holds nobody up: what was asked is given back
 * and asked again. A second TERM ends all at once. */
START_TEST(test_term_during_a_question)
{
    open_stack("--children 2 --drain 20s", 0);
    stack_sim(s, "fault?what=hang&match=/orders&count=1");
    stack_ask(s, "full", "acme");
    await(LONG, is_waiting_for_orders());
    ck_assert_int_eq(process_end(worker, SIGTERM), 0);
    ck_assert_int_eq(
        stack_int(s, "SELECT count(*) FROM stream WHERE owner IS NOT NULL",
                  WITHOUT),
        0);
    worker = stack_worker(s, "--children 2");
    await(LONG, stack_syncs(s, acme, "done") == 1);
    check_and_close();
}
END_TEST

static int children_now(void)
{
    pid_t children[CHILDREN_SEEN_MAX];

    return process_children(worker, children);
}

START_TEST(test_more_and_fewer_children)
{
    open_stack("--children 2", 60);
    ask_and_wait_for_middle();
    process_signal(worker, SIGTTIN);
    await(LONG, children_now() == 3);
    process_signal(worker, SIGTTOU);
    await(LONG, process_said(worker, "2 children from now on") == 1);
    process_signal(worker, SIGTTOU);
    await(LONG, children_now() == 1);
    await(LONG, stack_syncs(s, acme, "done") == 1);
    check_and_close();
}
END_TEST

/* ---- workers that cannot ---- */

static int64_t death(struct process *pool, int nth)
{
    await(LONG, process_said(pool, "ended with status") >= nth);
    return mono_us();
}

/* They are started again ever more slowly, not thousands of times. */
START_TEST(test_quick_deaths)
{
    struct process *pool;
    int64_t first;

    s = stack_open(NULL);
    pool = stack_worker(s, "--children 1 --store sqlite:/nowhere/store.db");
    first = death(pool, 1);
    /* After .5, 1 and 2 seconds. */
    ck_assert_int_ge(death(pool, 4) - first, 3 * SECOND);
    ck_assert_int_le(process_said(pool, "ended with status"), 5);
    ck_assert_int_eq(process_end(pool, SIGTERM), 0);
    stack_close(s);
}
END_TEST

static pid_t asker_of_orders(void)
{
    const char *owner = stack_text(s,
                                   "SELECT coalesce(owner, '.0') FROM stream "
                                   "WHERE connection = 1 AND name = 2",
                                   WITHOUT);

    return pid_of(owner);
}

/* Crashes three times on the same page; never before its other streams are at
 * rest, which would count against them. */
START_TEST(test_poison)
{
    pid_t last = 0;

    open_stack("--children 1", 0);
    stack_sim(s, "fault?what=hang&match=/orders&count=3");
    stack_ask(s, "full", "acme");
    await(LONG, stack_int(s,
                          "SELECT count(*) FROM stream WHERE connection > 0 "
                          "AND done = 1",
                          WITHOUT) == 7);
    for (int i = 1; i <= 3; i++) {
        await(LONG,
              asker_of_orders() > 0 && asker_of_orders() != last &&
                  stack_stat(
                      s, "woo.endpoints./wp-json/wc/v3/orders.requests") == i);
        last = asker_of_orders();
        kill(last, SIGABRT);
        await(LONG, free_of(last));
    }
    await(LONG, stack_syncs(s, acme, "partial") == 1);
    ck_assert_str_eq(stack_text(s,
                                "SELECT p.outcome || ': ' || p.error "
                                "FROM sync_part p WHERE outcome <> 'ok'",
                                WITHOUT),
                     "dead: page 1 crashed its worker 3 times; position ''");
    /* Asked for again it has its chance. */
    stack_ask(s, "full", "acme");
    await(LONG, stack_syncs(s, acme, "done") == 1);
    check_and_close();
}
END_TEST

/* A row that the store cannot take ends its stream with a reason; pages of
 * others that were to be stored with it are stored without it. */
START_TEST(test_store_refuses_a_page)
{
    int64_t asked;

    s = stack_open(NULL);
    acme = stack_account(s, "acme");
    stack_shop(s, acme, NULL);
    stack_erp(s, acme, NULL);
    ck_assert_int_ge(
        store_exec(s->store,
                   "CREATE TRIGGER no_purchases BEFORE INSERT ON stock_order "
                   "WHEN NEW.kind = 3 BEGIN SELECT RAISE(ABORT, 'no'); END",
                   WITHOUT),
        0);
    producer = stack_producer(s, "");
    worker = stack_worker(s, "--children 1");
    asked = mono_us();
    stack_ask(s, "full", "acme");
    await(LONG, stack_syncs(s, acme, "partial") == 1);
    ck_assert_str_eq(stack_text(s,
                                "SELECT p.name || ' ' || p.outcome || ': ' || "
                                "p.error FROM sync_part p "
                                "WHERE outcome <> 'ok'",
                                WITHOUT),
                     "3 failed: the store refused a page; see the log");
    /* Nobody waited for a lease of 30 s. */
    ck_assert_int_lt(mono_us() - asked, 15 * SECOND);
    ck_assert_int_ge(store_exec(s->store, "DROP TRIGGER no_purchases", WITHOUT),
                     0);
    stack_ask(s, "full", "acme");
    await(LONG, stack_syncs(s, acme, "done") == 1);
    check_and_close();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow crash");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_redis_is_emptied);
    tcase_add_test(tcase, test_redis_is_killed);
    tcase_add_test(tcase, test_all_are_killed);
    tcase_add_test(tcase, test_child_is_killed);
    tcase_add_test(tcase, test_pool_is_killed);
    tcase_add_test(tcase, test_parent_is_killed);
    tcase_add_test(tcase, test_producer_is_killed);
    tcase_add_test(tcase, test_child_sleeps);
    tcase_add_test(tcase, test_child_is_stuck);
    tcase_add_test(tcase, test_term_gives_back);
    tcase_add_test(tcase, test_term_during_a_question);
    tcase_add_test(tcase, test_more_and_fewer_children);
    tcase_add_test(tcase, test_quick_deaths);
    tcase_add_test(tcase, test_poison);
    tcase_add_test(tcase, test_store_refuses_a_page);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
