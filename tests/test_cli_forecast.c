/* test_cli_forecast.c - stocktide forecast, the real program: the figures of
 * other programs through the command, and what it says of mistakes. Where the
 * figures come from: test_forecast.c. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helper_cli.h"

enum { WORDS = 10 };

#define A_12 "0 0 5 0 0 0 3 0 4 0 0 1"
#define X_8 "12,15,11\n18 20 # a week\n\n17, 22,\n25"
#define QUARTERS "10 14 8 25 12 16 9 28 13 18 11 31"

/* Runs forecast with WORDS and INPUT; an exit code. */
static int run(const char *const *w, const char *input, bool json)
{
    cli_input(input ? input : "");
    if (json)
        return cli("forecast", "--json", "--method", w[0], w[1], w[2], w[3],
                   w[4], w[5], w[6], w[7], w[8], w[9], NULL);
    return cli("forecast", "--method", w[0], w[1], w[2], w[3], w[4], w[5], w[6],
               w[7], w[8], w[9], NULL);
}

static struct json *parser;

static void setup(void)
{
    cli_setup();
    parser = json_new();
}

static void teardown(void)
{
    json_free(parser);
    cli_teardown();
}

static struct json_value output(void)
{
    struct json_value root;

    ck_assert_msg(json_parse(parser, cli_out, strlen(cli_out), &root) == 0,
                  "%s: %s", json_error(parser), cli_out);
    return root;
}

static void assert_real(struct json_value v, double want)
{
    double got = NAN;

    ck_assert_int_eq(json_double(v, &got), 0);
    ck_assert_msg(fabs(got - want) <= 1e-9 * fabs(want), "%.17g, not %.17g: %s",
                  got, want, cli_out);
}

/* -- figures -- */

static const struct {
    const char *words[WORDS], *input, *member;
    size_t n;
    double want[4];
} figures[] = {
    {{"ses", "--alpha", ".3"}, X_8, "forecast", 1, {20.0458431000}},
    {{"holt", "--alpha", ".3", "--beta", ".2", "--horizon", "3"},
     X_8,
     "forecast",
     3,
     {27.0689380716, 29.1127652413, 31.1565924111}},
    {{"holt-winters", "--alpha=.4", "--beta=.1", "--gamma=.3", "--season=4",
      "--horizon=4"},
     QUARTERS,
     "forecast",
     4,
     {16.4569864352, 20.7628412249, 14.3779440224, 32.3695766334}},
    /* Without a trend: 1 2 1 2 are the factors 2/3 and 4/3 of 1.5. */
    {{"holt-winters", "--season=2", "--multiplicative", "--horizon=3"},
     "1 2 1 2",
     "forecast",
     3,
     {1, 2, 1}},
    {{"croston"}, A_12, "forecast", 1, {1.4536944166}},
    {{"croston", "--alpha", ".2"}, A_12, "level", 1, {1.2749326146}},
    {{"sba"}, A_12, "forecast", 1, {1.3810096958}},
    {{"sbj"}, A_12, "forecast", 1, {1.3771841841}},
    {{"croston", "--start", "mean"},
     "2 5 0 1 3 0 1 1 0",
     "level",
     1,
     {1.4818603693}},
    {{"tsb", "--start", "mean"}, A_12, "level", 1, {1.6317808379}},
    {{"tsb", "--start", "mean", "--alpha", ".2", "--beta", ".2", "--horizon",
      "2"},
     A_12,
     "forecast",
     2,
     {1.6021935089, 1.6021935089}},
    {{"croston"}, "0 0 0\n", "level", 1, {0}},
    {{"class"}, A_12, "cv2", 1, {0.276134122288}},
    {{"class"}, A_12, "adi", 1, {3}},
    {{"xyz"}, "7 13", "cv", 1, {0.42426406871192851}},
    {{"eoq", "--demand", "2400", "--order-cost", "5", "--holding-cost", "4"},
     NULL,
     "quantity",
     1,
     {77.45966692414834}},
    /* 900 + 1.6448536270 x 60, and with weeks of review. */
    {{"reorder-point", "--demand", "100", "--demand-sd", "20", "--lead-time",
      "9"},
     NULL,
     "reorder_point",
     1,
     {998.69121762}},
    {{"reorder-point", "--demand", "100", "--demand-sd", "20", "--lead-time",
      "4", "--review", "5"},
     NULL,
     "reorder_point",
     1,
     {998.69121762}},
    {{"reorder-point", "--demand=5", "--demand-sd=0", "--lead-time=3",
      "--lead-time-sd=2", "--service=.95"},
     NULL,
     "safety_stock",
     1,
     {16.448536270}},
    {{"reorder-point", "--demand=5", "--demand-sd=0", "--lead-time=3",
      "--service=.999"},
     NULL,
     "z",
     1,
     {3.0902323062}},
    {{"max-average", "--demand=4", "--demand-max=9", "--lead-time=10",
      "--lead-time-max=14"},
     NULL,
     "safety_stock",
     1,
     {86}},
};

START_TEST(test_figures)
{
    const char *const *w = figures[_i].words;
    struct json_value v;
    int code = run(w, figures[_i].input, true);

    ck_assert_msg(code == 0, "%s: exit %d: %s", w[0], code, cli_err);
    ck_assert_str_eq(json_str_or(json_get(output(), "method"), ""), w[0]);
    v = json_get(output(), figures[_i].member);
    if (json_type(v) != JSON_ARRAY) {
        assert_real(v, figures[_i].want[0]);
        return;
    }
    ck_assert_uint_eq(json_size(v), figures[_i].n);
    for (size_t i = 0; i < figures[_i].n; i++)
        assert_real(json_at(v, i), figures[_i].want[i]);
}
END_TEST

START_TEST(test_auto)
{
    const char *const words[WORDS] = {"auto", "--season", "4", "--horizon",
                                      "2"};
    struct json_value all, one;

    ck_assert_int_eq(run(words, QUARTERS, true), 0);
    ck_assert_str_eq(json_str_or(json_get(output(), "method"), ""),
                     "holt-winters");
    ck_assert_uint_eq(json_size(json_get(output(), "forecast")), 2);
    all = json_get(output(), "candidates");
    ck_assert_uint_eq(json_size(all), 3); /* there is no zero: no Croston */
    one = json_at(all, 2);
    ck_assert_str_eq(json_str_or(json_get(one, "method"), ""), "holt-winters");
    ck_assert_int_eq(json_type(json_get(one, "mase")), JSON_NUMBER);
    /* Constant: nothing to beat. */
    ck_assert_int_eq(run(words, "4 4 4 4", true), 0);
    ck_assert_str_eq(json_str_or(json_get(output(), "method"), ""), "ses");
    one = json_at(json_get(output(), "candidates"), 0);
    ck_assert_int_eq(json_type(json_get(one, "mase")), JSON_NULL);
}
END_TEST

START_TEST(test_abc)
{
    static const char input[] = "ID , Revenue\r\n"
                                "# of May\r\n"
                                "C,15.00\r\n"
                                "\"B, \"\"big\"\"\",30.50\r\n\r\n"
                                "A,50\r\nR,-5";
    static const char *const ids[] = {"A", "B, \"big\"", "C", "R"};
    static const char *const classes[] = {"A", "A", "B", "C"};
    const char *const words[WORDS] = {"abc"};
    struct json_value item;

    ck_assert_msg(run(words, input, true) == 0, "%s", cli_err);
    ck_assert_uint_eq(json_size(output()), 4);
    for (size_t i = 0; i < 4; i++) {
        item = json_at(output(), i);
        ck_assert_str_eq(json_str_or(json_get(item, "id"), ""), ids[i]);
        ck_assert_str_eq(json_str_or(json_get(item, "class"), ""), classes[i]);
    }
    item = json_at(output(), 1);
    assert_real(json_get(item, "share"), 30.5 / 95.5);
    assert_real(json_get(item, "before"), 50 / 95.5);
}
END_TEST

/* -- for people -- */

static const struct {
    const char *words[WORDS], *input, *out;
} texts[] = {
    {{"sba"}, A_12, "sba of 12 numbers"},
    {{"sba"}, A_12, "+1     1.381\n"},
    {{"ses"}, "5", "ses of 1 number\n"},
    {{"auto"}, "1 2", "too few numbers to test with"},
    {{"auto"}, A_12, "chosen"},
    {{"auto"}, A_12, "one by one"},
    {{"class"}, A_12, "intermittent"},
    {{"class"}, "0 0", "none"},
    {{"ses"}, "-1 -1", "    -1\n"},
    {{"ses"}, "1e-5", "1e-05"},
    {{"ses"}, "1e300", "1e+300"},
    {{"abc"}, "A,1", "100.00 %"},
    {{"reorder-point", "--demand=1", "--demand-sd=0", "--lead-time=2",
      "--service=.5"},
     NULL,
     "reorder_point      2  order when"},
    {{"reorder-point", "--demand=1", "--demand-sd=0", "--lead-time=2",
      "--review=2"},
     NULL,
     "pieces to order up to"},
};

START_TEST(test_texts)
{
    int code = run(texts[_i].words, texts[_i].input, false);

    ck_assert_msg(code == 0, "exit %d: %s", code, cli_err);
    ck_assert_msg(strstr(cli_out, texts[_i].out) != NULL, "no '%s' in: %s",
                  texts[_i].out, cli_out);
    ck_assert_str_eq(cli_err, "");
}
END_TEST

START_TEST(test_help)
{
    ck_assert_int_eq(cli("forecast", "--help", NULL), 0);
    ck_assert_ptr_nonnull(strstr(cli_out, "Examples:"));
    ck_assert_ptr_nonnull(strstr(cli_out, "--method eoq --demand 2400"));
    for (const char *line = cli_out; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 80, "%.100s", line);
}
END_TEST

/* -- mistakes -- */

static const struct {
    const char *words[WORDS], *input;
    int exit;
    const char *err;
} mistakes[] = {
    {{"arima"}, "1", 2, "there is no method 'arima'"},
    {{"ses", "--gamma", "1"},
     "1",
     2,
     "--method ses takes no --gamma; it takes"},
    {{"class", "--alpha", "1"}, "1", 2, "--method class takes no --alpha\n"},
    {{"ses", "--alpha", "0"}, "1", 2, "alpha must be above 0"},
    {{"ses", "--alpha", "1.01"}, "1", 2, "alpha must be above 0"},
    {{"ses", "--alpha", "x"}, "1", 2, "--alpha: a number, not 'x'"},
    {{"ses", "--alpha", "nan"}, "1", 2, "--alpha: a number, not 'nan'"},
    {{"holt", "--beta", "-1"}, "1 2", 2, "beta must be from 0 to 1"},
    {{"holt-winters"}, QUARTERS, 2, "say how long a --season is"},
    {{"holt-winters", "--season", "1"}, QUARTERS, 2, "--season: a number from"},
    {{"holt-winters", "--season", "7"}, QUARTERS, 1, "two full seasons"},
    {{"holt-winters", "--season", "2", "--multiplicative"},
     A_12,
     1,
     "need numbers above 0"},
    {{"croston", "--start", "later"}, A_12, 2, "--start: naive or mean"},
    {{"ses", "--horizon", "0"}, "1", 2, "--horizon: a number from 1"},
    {{"croston"}, "1 2\n-3", 1, "a number is negative"},
    {{"holt"}, "1", 1, "at least two numbers"},
    {{"ses"}, "", 1, "there are no numbers"},
    {{"class"}, "# nothing\n\n", 1, "there are no numbers"},
    {{"xyz"}, "1", 1, "at least two numbers"},
    {{"ses"}, "1 2\n# three\n3 four 5", 1, "line 3: 'four' is not a number"},
    {{"ses"}, "1\n2,nan", 1, "line 2: 'nan' is not a number"},
    {{"ses"}, "inf", 1, "line 1: 'inf' is not a number"},
    {{"ses"}, "0x10", 1, "line 1: '0x10' is not a number"},
    {{"ses"}, "1e999", 1, "line 1: '1e999' is not a number"},
    {{"ses"}, "1.2.3", 1, "line 1: '1.2.3' is not a number"},
    {{"ses"}, "1;2", 1, "line 1: '1;2' is not a number"},
    {{"ses"}, "1,,2", 1, "line 1: no number before a comma"},
    {{"ses"}, "1\n,2", 1, "line 2: no number before a comma"},
    {{"ses"}, "1 \033[31m", 1, "line 1: ' [31m' is not a number"},
    {{"holt", "--horizon", "9"}, "0 1e308", 1, "beyond the range"},
    {{"eoq"}, NULL, 2, "--demand is missing"},
    {{"eoq", "--demand=1", "--order-cost=1", "--holding-cost=0"},
     NULL,
     2,
     "holding cost must be above 0"},
    {{"reorder-point", "--demand=1", "--demand-sd=1"},
     NULL,
     2,
     "--lead-time is missing"},
    {{"reorder-point", "--demand=1", "--demand-sd=1", "--lead-time=1",
      "--service=95"},
     NULL,
     2,
     "service level must be"},
    {{"reorder-point", "--demand=1", "--demand-sd=-1", "--lead-time=1"},
     NULL,
     2,
     "not negative"},
    {{"max-average", "--demand=4", "--demand-max=3", "--lead-time=1",
      "--lead-time-max=1"},
     NULL,
     2,
     "less than its average"},
    {{"abc"}, "", 1, "there are no numbers"},
    {{"abc"}, "A,1\nB", 1, "line 2: 'B' is not id,revenue"},
    {{"abc"}, "A,1\nB,x", 1, "line 2: 'x' is not an amount"},
    {{"abc"}, "A,1\n,2", 1, "line 2: there is no id"},
    {{"abc"}, "A,1\nB,2\nA,3", 1, "'A' is there twice"},
};

START_TEST(test_mistakes)
{
    int code = run(mistakes[_i].words, mistakes[_i].input, true);

    ck_assert_msg(code == mistakes[_i].exit, "exit %d: %s%s", code, cli_out,
                  cli_err);
    ck_assert_msg(strstr(cli_err, mistakes[_i].err) != NULL, "no '%s' in: %s",
                  mistakes[_i].err, cli_err);
    ck_assert_str_eq(cli_out, "");
}
END_TEST

START_TEST(test_without_a_method)
{
    ck_assert_int_eq(cli("forecast", NULL), 2);
    ck_assert_ptr_nonnull(strstr(cli_err, "say which --method"));
}
END_TEST

START_TEST(test_too_many)
{
    enum { LIMIT = 100000 };
    const char *const words[WORDS] = {"ses"};
    char *input = xmalloc(2 * LIMIT + 3);

    for (size_t i = 0; i <= LIMIT; i++)
        memcpy(input + 2 * i, "1\n", 3);
    ck_assert_int_eq(run(words, input, true), 1);
    ck_assert_ptr_nonnull(strstr(cli_err, "line 100001: more than 100000"));
    input[2 * LIMIT] = '\0';
    ck_assert_int_eq(run(words, input, true), 0);
    free(input);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli_forecast");
    TCase *tests = tcase_create("forecast");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, test_figures, 0, ARRAY_LEN(figures));
    tcase_add_test(tests, test_auto);
    tcase_add_test(tests, test_abc);
    tcase_add_loop_test(tests, test_texts, 0, ARRAY_LEN(texts));
    tcase_add_test(tests, test_help);
    tcase_add_loop_test(tests, test_mistakes, 0, ARRAY_LEN(mistakes));
    tcase_add_test(tests, test_without_a_method);
    tcase_add_test(tests, test_too_many);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
