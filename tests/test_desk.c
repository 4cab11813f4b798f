/* test_desk.c - work on the store in shared transactions: all or each alone,
 * after() once and never early, bells for what was committed only. */
#include <check.h>
#include <ev.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/helper_store.h"
#include "worker/desk.h"

static struct test_store files;
static struct store *store;
static struct ev_loop *loop;
static struct desk *desk;
static size_t rung;     /* bells told of */
static int rang_n;      /* how often */
static int after_order; /* counts calls of after() */

static void on_rang(void *arg, const struct rings *rings)
{
    ck_assert_ptr_eq(arg, &files);
    rung += rings->n;
    rang_n++;
}

static void setup(void)
{
    test_store_make(&files);
    store = test_store_open(&files);
    test_exec(store,
              "CREATE TABLE thing (id BIGINT PRIMARY KEY, batch BIGINT)");
    loop = ev_loop_new(0);
    desk = desk_open(loop, store, on_rang, &files);
    rung = 0;
    rang_n = after_order = 0;
}

static void teardown(void)
{
    desk_close(desk);
    ev_loop_destroy(loop);
    store_close(store);
    test_store_remove(&files);
}

struct work {
    struct desk_job job; /* first */
    int64_t id;          /* of the row to insert */
    int answer;          /* of work() */
    int worked, ended, result, place;
    struct work *next; /* to add in after() */
};

static int work(struct desk_job *job, struct store *s, struct rings *rings)
{
    struct work *w = (struct work *)(void *)job;
    const struct ring ring = {.key = {1, 1, STREAM_STOCK}};

    w->worked++;
    rings_add(rings, &ring);
    if (store_exec(s, "INSERT INTO thing VALUES (?1, 0)", WITH(INT(w->id))) < 0)
        return -1;
    return w->answer;
}

static void after(struct desk_job *job, int result)
{
    struct work *w = (struct work *)(void *)job;

    w->ended++;
    w->result = result;
    w->place = ++after_order;
    if (w->next)
        desk_add(desk, &w->next->job);
}

static void add(struct work *w, int64_t id, int answer)
{
    *w = (struct work){.job = {.work = work, .after = after},
                       .id = id,
                       .answer = answer,
                       .next = w->next};
    desk_add(desk, &w->job);
    ck_assert_int_eq(w->worked + w->ended, 0);
}

static int64_t things(void)
{
    return test_number(store, "SELECT count(*) FROM thing");
}

START_TEST(test_one_transaction)
{
    struct work w[3] = {0};
    int64_t writes = store_writes(store);

    for (int i = 0; i < 3; i++)
        add(&w[i], i, 1);
    desk_flush(desk);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(w[i].worked, 1);
        ck_assert_int_eq(w[i].ended, 1);
        ck_assert_int_eq(w[i].result, 1);
        ck_assert_int_eq(w[i].place, i + 1);
    }
    ck_assert_int_eq(things(), 3);
    /* 3 rows, and one begin and commit (which write nothing themselves) */
    ck_assert_int_le(store_writes(store) - writes, 5);
    ck_assert_int_eq(rang_n, 1);
    ck_assert_uint_eq(rung, 3);
    desk_flush(desk);
    ck_assert_int_eq(w[0].ended, 1);
    ck_assert_int_eq(rang_n, 1);
}
END_TEST

START_TEST(test_refused_harms_only_itself)
{
    struct work w[4] = {0};

    add(&w[0], 1, 1);
    add(&w[1], 1, 1); /* the key is taken */
    add(&w[2], 2, 0); /* not ours any more: says so, is no failure */
    add(&w[3], 3, 1);
    desk_flush(desk);
    ck_assert_int_eq(w[0].result, 1);
    ck_assert_int_eq(w[1].result, -1);
    ck_assert_int_eq(w[2].result, 0);
    ck_assert_int_eq(w[3].result, 1);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(w[i].ended, 1);
    ck_assert_int_eq(w[0].worked, 2); /* with the others, then alone */
    ck_assert_int_eq(things(), 3);
    ck_assert_uint_eq(rung, 3); /* nothing of the refused one */
}
END_TEST

START_TEST(test_commit_is_refused)
{
    struct work w[2] = {0};

    /* what is checked only at the commit */
    test_exec(store, "PRAGMA foreign_keys = ON");
    test_exec(store, "DROP TABLE thing");
    test_exec(store, "CREATE TABLE thing (id BIGINT REFERENCES account (id) "
                     "DEFERRABLE INITIALLY DEFERRED, batch BIGINT)");
    test_account(store, 1);
    add(&w[0], 1, 1);
    add(&w[1], 77, 1);
    desk_flush(desk);
    ck_assert_int_eq(w[0].result, 1);
    ck_assert_int_eq(w[1].result, -1);
    ck_assert_int_eq(things(), 1);
    ck_assert_uint_eq(rung, 1);
}
END_TEST

START_TEST(test_after_may_add)
{
    struct work first = {0}, second = {0};

    second = (struct work){
        .job = {.work = work, .after = after}, .id = 2, .answer = 1};
    first.next = &second;
    add(&first, 1, 1);
    desk_flush(desk);
    ck_assert_int_eq(first.ended, 1);
    ck_assert_int_eq(second.worked, 0);
    desk_flush(desk);
    ck_assert_int_eq(second.ended, 1);
    ck_assert_int_eq(things(), 2);
}
END_TEST

static void after_free(struct desk_job *job, int result)
{
    ck_assert_int_eq(result, 1);
    after_order++;
    free(job);
}

START_TEST(test_after_may_free)
{
    for (int i = 0; i < 5; i++) {
        struct work *w = xcalloc(1, sizeof *w);
        add(w, i, 1);
        w->job.after = after_free;
    }
    desk_flush(desk);
    ck_assert_int_eq(after_order, 5);
}
END_TEST

static void after_break(struct desk_job *job, int result)
{
    after(job, result);
    ev_break(loop, EVBREAK_ALL);
}

/* The loop works on the desk before it would sleep, and does not sleep while
 * after() puts more on it: nothing else would ever wake this one. */
START_TEST(test_in_the_loop)
{
    struct work first = {0}, second = {0};

    second = (struct work){
        .job = {.work = work, .after = after_break}, .id = 2, .answer = 1};
    first.next = &second;
    add(&first, 1, 1);
    ev_run(loop, 0);
    ck_assert_int_eq(first.ended, 1);
    ck_assert_int_eq(second.ended, 1);
    ev_run(loop, EVRUN_NOWAIT);
    ck_assert_int_eq(second.ended, 1);
}
END_TEST

START_TEST(test_closed)
{
    struct work w = {0};

    add(&w, 1, 1);
    desk_close(desk);
    ev_run(loop, EVRUN_NOWAIT);
    ck_assert_int_eq(w.worked + w.ended, 0);
    desk = NULL; /* desk_close(NULL) is fine: teardown() */
}
END_TEST

START_TEST(test_store_cannot_be_written)
{
    struct work w = {0};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        ck_assert_int_eq(store_begin(store), 0); /* so the next one fails */
        add(&w, 1, 1);
        desk_flush(desk);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), EX_TEMPFAIL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("desk");
    TCase *c = tcase_create("desk");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 30.);
    tcase_add_test(c, test_one_transaction);
    tcase_add_test(c, test_refused_harms_only_itself);
    tcase_add_test(c, test_commit_is_refused);
    tcase_add_test(c, test_after_may_add);
    tcase_add_test(c, test_after_may_free);
    tcase_add_test(c, test_in_the_loop);
    tcase_add_test(c, test_closed);
    tcase_add_test(c, test_store_cannot_be_written);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
