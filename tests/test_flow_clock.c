/* test_flow_clock.c - syncs that nobody asked for: by the clock, once each,
 * and by the watchdog when metrics grow old. Instants are moved in the store
 * instead of waited for. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "tests/helper_stack.h"

enum { LONG = 40, ACCOUNTS = 10 };

#define MINUTES (60 * SECOND)
#define HOURS (60 * MINUTES)
#define DAYS (24 * HOURS)

static struct stack *s;

static int64_t open_account(const char *name)
{
    int64_t id = stack_account(s, name);

    stack_echo(s, id);
    return id;
}

static int64_t asked_by(int64_t account, const char *who)
{
    return stack_int(s,
                     "SELECT count(*) FROM sync WHERE account = ?1 "
                     "AND asked_by = ?2",
                     WITH(INT(account), TEXT(who)));
}

static void close_stack(void)
{
    await(LONG, stack_idle(s));
    stack_check_rest(s);
    stack_close(s);
}

/* ---- the clock ---- */

static int64_t due_ago(int64_t ago)
{
    stack_exec(s, "UPDATE schedule SET next_at = ?1",
               WITH(INT(now_us() - ago)));
    return stack_int(s, "SELECT count(*) FROM schedule WHERE next_at <= ?1",
                     WITH(INT(now_us())));
}

static int64_t still_due(void)
{
    return stack_int(s, "SELECT count(*) FROM schedule WHERE next_at <= ?1",
                     WITH(INT(now_us())));
}

/* Two producers see that ten accounts are due, for the time of being down. */
static void check_nightly(int64_t ago)
{
    char name[32];

    s = stack_open(NULL);
    for (int i = 0; i < ACCOUNTS; i++) {
        snprintf(name, sizeof name, "shop-%d", i);
        open_account(name);
    }
    stack_worker(s, "--children 1");
    stack_producer(s, "");
    stack_producer(s, "");
    ck_assert_int_eq(due_ago(ago), ACCOUNTS);
    await(LONG, still_due() == 0);
    await(LONG, stack_idle(s));
    for (int i = 1; i <= ACCOUNTS; i++) {
        ck_assert_int_eq(asked_by(i, "clock"), 1);
        ck_assert_int_eq(stack_syncs(s, i, "done"), 1);
    }
    /* Next at 02:00 of tomorrow or today. */
    ck_assert_int_eq(
        stack_int(s,
                  "SELECT count(*) FROM schedule WHERE next_at % ?1 = ?2 "
                  "AND next_at > ?3 AND next_at <= ?3 + ?1",
                  WITH(INT(DAYS), INT(2 * HOURS), INT(now_us()))),
        ACCOUNTS);
    close_stack();
}

START_TEST(test_nightly)
{
    check_nightly(SECOND);
}
END_TEST

/* Three nights were missed: one sync makes up for them. */
START_TEST(test_catch_up)
{
    check_nightly(3 * DAYS + HOURS);
}
END_TEST

static int64_t add_schedule(int64_t account, enum sync_type type, int minute,
                            int64_t next_at)
{
    int64_t id = 0;

    ck_assert_int_eq(store_begin(s->store), 0);
    ck_assert_int_eq(
        schedule_add(s->store, account, type, minute, next_at, &id), 0);
    ck_assert_int_eq(store_commit(s->store), 0);
    return id;
}

static int64_t schedule_there(int64_t account, int64_t id)
{
    return stack_int(s,
                     "SELECT count(*) FROM schedule WHERE account = ?1 "
                     "AND id = ?2",
                     WITH(INT(account), INT(id)));
}

static int64_t of_type(int64_t account, enum sync_type type)
{
    return stack_int(s,
                     "SELECT count(*) FROM sync WHERE account = ?1 "
                     "AND type = ?2 AND state = 'done'",
                     WITH(INT(account), INT(type)));
}

START_TEST(test_once_and_daily)
{
    int64_t acme, lonely, once, daily;

    s = stack_open(NULL);
    acme = open_account("acme");
    lonely = stack_account(s, "lonely");
    once = add_schedule(acme, SYNC_VARIANTS, -1, now_us() - MINUTES);
    daily = add_schedule(acme, SYNC_PURCHASE_ORDERS, 13 * 60, now_us());
    stack_exec(s, "UPDATE schedule SET next_at = 0 WHERE account = ?1",
               WITH(INT(lonely)));
    stack_worker(s, "--children 1");
    stack_producer(s, "");
    stack_producer(s, "");
    await(LONG, of_type(acme, SYNC_VARIANTS) == 1 &&
                    of_type(acme, SYNC_PURCHASE_ORDERS) == 1);
    await(LONG, still_due() == 0);
    ck_assert_int_eq(schedule_there(acme, once), 0);
    ck_assert_int_eq(schedule_there(acme, daily), 1);
    ck_assert_int_eq(stack_int(s,
                               "SELECT next_at % ?2 FROM schedule "
                               "WHERE account = ?1 AND id = ?3",
                               WITH(INT(acme), INT(DAYS), INT(daily))),
                     13 * HOURS);
    ck_assert_int_eq(of_type(acme, SYNC_FULL), 0);
    /* Nothing to sync: no sync, and not due for ever. */
    ck_assert_int_eq(asked_by(lonely, "clock"), 0);
    close_stack();
}
END_TEST

/* What is due while one of its type runs is remembered, as any request. */
START_TEST(test_due_while_running)
{
    int64_t acme;

    s = stack_open(NULL);
    acme = open_account("acme");
    stack_producer(s, "");
    stack_ask(s, "full", "acme"); /* no worker yet: it stays under way */
    await(LONG, stack_syncs(s, acme, "running") == 1);
    due_ago(SECOND);
    await(LONG, stack_syncs(s, acme, "waiting") == 1);
    stack_worker(s, "--children 1");
    await(LONG, stack_syncs(s, acme, "done") == 2);
    ck_assert_int_eq(asked_by(acme, "clock"), 1);
    close_stack();
}
END_TEST

/* ---- the watchdog ---- */

#define NEVER INT64_MAX

/* How an account stands when a producer starts, and whether it is to be synced
 * again. Ages in hours; NEVER: there is none. */
static const struct standing {
    const char *name;
    int64_t created, as_of, asked;
    const char *state; /* of its last full sync, NULL: none */
    int64_t retries;
    bool again;
} standings[] = {
    {"fresh", 100, 5, 5, "done", 0, false},
    {"old", 100, 27, 27, "done", 0, true},
    {"old-and-asked-for", 100, 27, 0, "partial", 0, false},
    {"new-account", 1, NEVER, NEVER, NULL, 0, false},
    {"never-synced", 27, NEVER, NEVER, NULL, 0, true},
    {"partial", 100, 3, 2, "partial", 0, true},
    {"failed", 100, 3, 2, "failed", 0, true},
    {"partial-just-now", 100, 3, 0, "partial", 0, false},
    {"once-tried-again", 100, 3, 1, "partial", 1, false},
    {"once-tried-long-ago", 100, 3, 3, "partial", 1, true},
    {"twice-tried-again", 100, 3, 3, "partial", 2, false},
    {"twice-tried-long-ago", 100, 5, 5, "partial", 2, true},
    {"often-tried-long-ago", 100, 5, 5, "partial", 9, true},
    {"well-again", 100, 3, 2, "done", 3, false},
};

/* A little more than full hours, for it takes a moment to look. */
static int64_t ago(int64_t hours)
{
    return hours == NEVER ? INSTANT_NONE
                          : now_us() - hours * HOURS - 10 * MINUTES;
}

static void make(const struct standing *st)
{
    int64_t account = open_account(st->name);

    stack_exec(s,
               "UPDATE account SET created_at = ?2, retries = ?3 "
               "WHERE id = ?1",
               WITH(INT(account), INT(ago(st->created)), INT(st->retries)));
    if (st->as_of != NEVER)
        stack_exec(s, "UPDATE stream SET as_of = ?2 WHERE account = ?1",
                   WITH(INT(account), INT(ago(st->as_of))));
    if (st->state)
        stack_exec(s,
                   "INSERT INTO sync (account, id, type, state, asked_by, "
                   "asked_at, started_at, ended_at) "
                   "VALUES (?1, 1, 0, ?2, 'test', ?3, ?3, ?3)",
                   WITH(INT(account), TEXT(st->state), INT(ago(st->asked))));
}

static int64_t asked_again(const char *name)
{
    int64_t account = 0;

    ck_assert_int_eq(account_find(s->store, name, &account), 1);
    return asked_by(account, "watchdog");
}

/* An account that any look must find: when it was asked for, all were. */
static void await_look(const char *witness)
{
    const struct standing st = {witness, 100, 30, 30, "done", 0, true};

    make(&st);
    stack_producer(s, "");
    stack_producer(s, "");
    await(LONG, asked_again(witness) == 1);
    await(LONG, stack_idle(s));
}

START_TEST(test_watchdog)
{
    s = stack_open(NULL);
    for (size_t i = 0; i < ARRAY_LEN(standings); i++)
        make(&standings[i]);
    stack_worker(s, "--children 1");
    await_look("first-witness");
    for (size_t i = 0; i < ARRAY_LEN(standings); i++)
        ck_assert_msg(asked_again(standings[i].name) == standings[i].again,
                      "%s: asked again %lld times", standings[i].name,
                      (long long)asked_again(standings[i].name));
    ck_assert_int_eq(stack_int(s,
                               "SELECT retries FROM account "
                               "WHERE name = 'well-again'",
                               WITHOUT),
                     0);
    /* They are done now: others that look later leave them alone. */
    await_look("second-witness");
    for (size_t i = 0; i < ARRAY_LEN(standings); i++)
        ck_assert_int_eq(asked_again(standings[i].name), standings[i].again);
    ck_assert_int_eq(asked_again("first-witness"), 1);
    close_stack();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow clock");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_nightly);
    tcase_add_test(tcase, test_catch_up);
    tcase_add_test(tcase, test_once_and_daily);
    tcase_add_test(tcase, test_due_while_running);
    tcase_add_test(tcase, test_watchdog);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
