/* test_judge.c - what to do after an answer (verdict.h), and whether a page
 * keeps what its platform promises (pagecheck.h). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/instant.h"
#include "worker/pagecheck.h"
#include "worker/verdict.h"

#define NOW (1000 * SECOND)
#define HALF .5 /* the dice that leave a wait as it is */

/* -- verdicts -- */

static const struct {
    const char *what;
    struct attempt attempt;
    enum verdict want;
    int64_t wait; /* seconds */
} verdicts[] = {
    {"a page", {.class = PAGE_GOOD}, VERDICT_TAKE, 0},
    {"their trouble passes in a second",
     {.class = PAGE_RETRY, .failed = 1, .tries = 8},
     VERDICT_WAIT,
     1},
    {"and longer each time",
     {.class = PAGE_RETRY, .failed = 4, .tries = 8},
     VERDICT_WAIT,
     8},
    {"too long to sit on the claim",
     {.class = PAGE_RETRY, .failed = 6, .tries = 8},
     VERDICT_GIVE_BACK,
     32},
    {"a minute at most",
     {.class = PAGE_RETRY, .failed = 1000000, .tries = 2000000},
     VERDICT_GIVE_BACK,
     60},
    {"it has been tried often enough",
     {.class = PAGE_RETRY, .failed = 8, .tries = 8},
     VERDICT_FAIL,
     0},
    {"they know how long",
     {.class = PAGE_RETRY, .failed = 1, .tries = 8, .asked_wait = 20 * SECOND},
     VERDICT_WAIT,
     20},
    {"they know, but not less than we",
     {.class = PAGE_RETRY, .failed = 4, .tries = 8, .asked_wait = SECOND},
     VERDICT_WAIT,
     8},
    {"a year is no plan",
     {.class = PAGE_RETRY,
      .failed = 1,
      .tries = 8,
      .asked_wait = 365 * 86400 * SECOND},
     VERDICT_GIVE_BACK,
     900},
    {"slow down",
     {.class = PAGE_THROTTLED, .failed = 0, .tries = 8},
     VERDICT_WAIT,
     1},
    {"slow down, they say how much",
     {.class = PAGE_THROTTLED, .failed = 5, .asked_wait = 2 * SECOND},
     VERDICT_WAIT,
     2},
    {"costs no try",
     {.class = PAGE_THROTTLED, .failed = 99, .tries = 8, .asked_wait = SECOND},
     VERDICT_WAIT,
     1},
    {"slow down for a while",
     {.class = PAGE_THROTTLED, .asked_wait = 31 * SECOND},
     VERDICT_GIVE_BACK,
     31},
    {"two hours without a page",
     {.class = PAGE_THROTTLED, .throttled = 7201 * SECOND},
     VERDICT_FAIL,
     0},
    {"not what they promise",
     {.class = PAGE_BROKEN, .failed = 2, .tries = 8},
     VERDICT_WAIT,
     2},
    {"not what they promise, thrice",
     {.class = PAGE_BROKEN, .failed = 3, .tries = 8},
     VERDICT_FAIL,
     0},
    {"not what they promise, and tries are few",
     {.class = PAGE_BROKEN, .failed = 2, .tries = 2},
     VERDICT_FAIL,
     0},
    {"no session", {.class = PAGE_LOGIN}, VERDICT_LOGIN, 0},
    {"no session yet", {.class = PAGE_LOGIN, .logins = 1}, VERDICT_LOGIN, 0},
    {"no session again", {.class = PAGE_LOGIN, .logins = 2}, VERDICT_FAIL, 0},
    {"from the start", {.class = PAGE_RESTART}, VERDICT_RESTART, 0},
    {"from the start for ever",
     {.class = PAGE_RESTART, .restarts = 5},
     VERDICT_FAIL,
     0},
    {"will not pass", {.class = PAGE_REFUSED, .tries = 8}, VERDICT_FAIL, 0},
};

START_TEST(test_verdict)
{
    struct attempt a = verdicts[_i].attempt;
    int64_t wait = -1;
    enum verdict got;

    a.dice = HALF;
    got = verdict_of(&a, &wait);
    ck_assert_msg(
        got == verdicts[_i].want && wait == verdicts[_i].wait * SECOND,
        "%s: %d, %lld us", verdicts[_i].what, (int)got, (long long)wait);
}
END_TEST

START_TEST(test_waits_spread)
{
    struct attempt a = {.class = PAGE_RETRY, .failed = 5, .tries = 8};
    int64_t least, most;

    verdict_of(&a, &least);
    a.dice = 1.;
    verdict_of(&a, &most);
    ck_assert_int_eq(least, 16 * SECOND * 8 / 10);
    ck_assert_int_eq(most, 16 * SECOND * 12 / 10);
}
END_TEST

/* -- pages -- */

static struct page page;
static struct pagecheck check;
static struct stream_facts facts;
static struct window window;

static void setup(void)
{
    page_init(&page);
    check = (struct pagecheck){0};
    facts = (struct stream_facts){.windowed = true, .stamped = true};
    window = (struct window){.from = NOW, .to = NOW + 100 * SECOND};
}

static void teardown(void)
{
    page_free(&page);
}

/* PAGE came as the text BODY. */
static enum page_class judge(const char *body, const char *here, bool local)
{
    const struct answer answer = {
        .status = 200, .body = body, .length = strlen(body)};

    pagecheck_page(&check, &facts, &window, &page, here, &answer, local);
    return page.class;
}

/* A page of one row for each stamp, whose next is NEXT, at position HERE. */
static enum page_class look(const int64_t *stamps, size_t n, const char *next,
                            const char *here)
{
    page_reset(&page);
    for (size_t i = 0; i < n; i++) {
        struct variant_row *v = rows_variant(&page.rows);
        v->id = arena_printf(page.rows.arena, "%zu", i);
        v->updated_at = stamps[i];
    }
    page.next = next;
    return judge("", here, false);
}
#define FAR (NOW - 50 * SECOND) /* before the window */
#define STAMPS(...)                                                            \
    (const int64_t[]){__VA_ARGS__},                                            \
        sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)

START_TEST(test_filter_ignored)
{
    ck_assert_int_eq(look(STAMPS(NOW, NOW + 100 * SECOND), NULL, ""),
                     PAGE_GOOD);
    /* whole seconds on either side */
    ck_assert_int_eq(look(STAMPS(NOW - 2 * SECOND), NULL, ""), PAGE_GOOD);
    ck_assert_int_eq(look(STAMPS(NOW + 102 * SECOND), NULL, ""), PAGE_GOOD);
    ck_assert_int_eq(check.outside, 0);
    ck_assert_int_eq(look(STAMPS(NOW, NOW - 3 * SECOND), NULL, ""), PAGE_GOOD);
    ck_assert_int_eq(check.outside, 1);
    ck_assert_int_eq(look(STAMPS(INSTANT_NONE), NULL, ""), PAGE_GOOD);
    ck_assert_int_eq(look(STAMPS(NOW - 3 * SECOND, INSTANT_NONE,
                                 NOW + 103 * SECOND, FAR, FAR, FAR),
                          NULL, ""),
                     PAGE_BROKEN);
    ck_assert_ptr_nonnull(strstr(page.error, "all 5 rows"));
    /* a few may be strays */
    ck_assert_int_eq(look(STAMPS(FAR, FAR, FAR, FAR), NULL, ""), PAGE_GOOD);
}
END_TEST

START_TEST(test_no_filter_to_ignore)
{
    facts.stamped = false;
    ck_assert_int_eq(look(STAMPS(FAR, FAR, FAR, FAR, FAR), NULL, ""),
                     PAGE_GOOD);
    facts = (struct stream_facts){.stamped = true};
    ck_assert_int_eq(look(STAMPS(FAR, FAR, FAR, FAR, FAR), NULL, ""),
                     PAGE_GOOD);
    facts.windowed = true;
    window.from = INSTANT_NONE;
    ck_assert_int_eq(look(STAMPS(FAR, FAR, FAR, FAR, INT64_MIN + 1), NULL, ""),
                     PAGE_GOOD);
}
END_TEST

START_TEST(test_other_rows_are_stamped_too)
{
    for (int i = 0; i < 3; i++) {
        rows_sale(&page.rows)->updated_at = NOW - 9 * SECOND;
        rows_stock_order(&page.rows)->updated_at = NOW + 109 * SECOND;
    }
    ck_assert_int_eq(judge("", "", false), PAGE_BROKEN);
    ck_assert_int_eq(check.outside, 6);
}
END_TEST

START_TEST(test_endless)
{
    ck_assert_int_eq(look(STAMPS(NOW), "p2", ""), PAGE_GOOD);
    ck_assert_int_eq(look(STAMPS(NOW), "p2", "p2"), PAGE_BROKEN);
    ck_assert_str_eq(page.error, "a page names itself as the next one");
}
END_TEST

/* A page with a row (WITH: 'r'), an id ('i'), or nothing, that came as BODY. */
static enum page_class again(char with, const char *body, bool more, bool local)
{
    static const char *const names[] = {"p1", "p2", "p3", "p4", "p5"};
    static size_t next;

    page_reset(&page);
    if (with == 'r')
        rows_stock(&page.rows);
    if (with == 'i')
        rows_id(&page.rows, "a");
    page.next = more ? names[next++ % ARRAY_LEN(names)] : NULL;
    return judge(body, "", local);
}

START_TEST(test_same_page_again)
{
    static const char kinds[] = {'r', 'i'};

    ck_assert_int_eq(again('r', "[0]", true, false), PAGE_GOOD);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        const char *body = k ? "[1]" : "[2]";
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(again(kinds[k], body, true, false), PAGE_GOOD);
        ck_assert_int_eq(again(kinds[k], body, true, false), PAGE_BROKEN);
        ck_assert_str_eq(page.error, "sent the same page again");
    }
    for (int i = 0; i < 3; i++) /* counted from the start by another one */
        ck_assert_int_eq(again('r', "[2]", true, false), PAGE_GOOD);
    ck_assert_int_eq(again('r', "[3]", true, false), PAGE_GOOD);
    ck_assert_int_eq(again('r', "[2]", true, false), PAGE_GOOD);
}
END_TEST

START_TEST(test_same_page_by_right)
{
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(again('r', "[1]", true, false), PAGE_GOOD);
    /* the last one ends by itself */
    ck_assert_int_eq(again('r', "[1]", false, false), PAGE_GOOD);
    for (int i = 0; i < 9; i++) /* nothing new in several parts of a window */
        ck_assert_int_eq(again(' ', "[]", true, false), PAGE_GOOD);
    for (int i = 0; i < 9; i++) /* a file is read in several pages */
        ck_assert_int_eq(again('r', "csv", true, true), PAGE_GOOD);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("judge");
    TCase *c = tcase_create("judge");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_loop_test(c, test_verdict, 0, ARRAY_LEN(verdicts));
    tcase_add_test(c, test_waits_spread);
    tcase_add_test(c, test_filter_ignored);
    tcase_add_test(c, test_no_filter_to_ignore);
    tcase_add_test(c, test_other_rows_are_stamped_too);
    tcase_add_test(c, test_endless);
    tcase_add_test(c, test_same_page_again);
    tcase_add_test(c, test_same_page_by_right);
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
