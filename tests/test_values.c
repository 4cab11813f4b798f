/* test_values.c - numbers, instants and names: texts there and back. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "common/stream.h"
#include "tests/sim/dice.h"

enum { MANY = 5000 };

#define UNTOUCHED INT64_C(-77777777)
#define MAX INT64_MAX

/* -- fixed -- */

static const struct {
    const char *text;
    int64_t want; /* UNTOUCHED: not a number */
} numbers[] = {
    {"0", 0},
    {"-0", 0},
    {"12.5", 12500000},
    {"-12.50", -12500000},
    {"+3", 3000000},
    {"  7\t", 7000000},
    {".5", 500000},
    {"5.", 5000000},
    {"0.0000005", 1}, /* half away from zero */
    {"-0.0000005", -1},
    {"0.00000049", 0},
    {"1.9999995", 2000000},
    {"1e3", 1000000000},
    {"1E-6", 1},
    {"1e-7", 0},
    {"5e-7", 1},
    {"0.001e+3", 1000000},
    {"12345e-2", 123450000},
    {"0e999", 0},
    {"1e-999", 0},
    {"9223372036854.775807", MAX},
    {"-9223372036854.775807", -MAX},
    {"0000000000000000000000000000000000000000001", 1000000},
    {"9223372036854.775808", UNTOUCHED},
    {"9223372036855", UNTOUCHED},
    {"1e13", UNTOUCHED},
    {"1e999", UNTOUCHED},
    {"", UNTOUCHED},
    {" ", UNTOUCHED},
    {".", UNTOUCHED},
    {"-", UNTOUCHED},
    {"--1", UNTOUCHED},
    {"1.2.3", UNTOUCHED},
    {"1,5", UNTOUCHED},
    {"1 2", UNTOUCHED},
    {"1e", UNTOUCHED},
    {"1e+", UNTOUCHED},
    {"0x10", UNTOUCHED},
    {"nan", UNTOUCHED},
    {"inf", UNTOUCHED},
    {"1\n", UNTOUCHED},
};

START_TEST(test_fixed_parse)
{
    int64_t got = UNTOUCHED;
    int result = fixed_parse(numbers[_i].text, &got);

    ck_assert_msg(got == numbers[_i].want &&
                      result == (numbers[_i].want == UNTOUCHED ? -1 : 0),
                  "'%s': %d, %lld", numbers[_i].text, result, (long long)got);
}
END_TEST

START_TEST(test_fixed_long)
{
    char digits[600];
    int64_t got;

    memset(digits, '3', sizeof digits);
    digits[1] = '.';
    digits[399] = '\0';
    ck_assert_int_eq(fixed_parse(digits, &got), 0);
    ck_assert_int_eq(got, 3333333);
    digits[399] = '3';
    digits[sizeof digits - 1] = '\0';
    ck_assert_int_eq(fixed_parse(digits, &got), -1);
}
END_TEST

static int64_t any_number(uint64_t *seed)
{
    int64_t value = (int64_t)dice(seed) >> dice_below(seed, 63);

    return value == INT64_MIN ? 0 : value;
}

START_TEST(test_fixed_there_and_back)
{
    char text[FIXED_TEXT];
    uint64_t seed = 1;

    for (int i = 0; i < MANY; i++) {
        int64_t value = any_number(&seed), back;
        ck_assert_int_eq(fixed_parse(fixed_text(value, text), &back), 0);
        ck_assert_msg(back == value, "%lld as %s is %lld", (long long)value,
                      text, (long long)back);
    }
    ck_assert_str_eq(fixed_text(12500000, text), "12.5");
    ck_assert_str_eq(fixed_text(-3000000, text), "-3");
    ck_assert_str_eq(fixed_text(0, text), "0");
    ck_assert_str_eq(fixed_text(-1, text), "-0.000001");
    ck_assert_str_eq(fixed_text(INT64_MIN, text), "-9223372036854.775808");
}
END_TEST

START_TEST(test_fixed_arithmetic)
{
    int64_t out = UNTOUCHED;

    ck_assert_int_eq(fixed_mul(1500000, 2000000), 3000000);
    ck_assert_int_eq(fixed_mul(1, 500000), 1); /* half away from zero */
    ck_assert_int_eq(fixed_mul(-1, 500000), -1);
    ck_assert_int_eq(fixed_mul(1, 499999), 0);
    ck_assert_int_eq(fixed_mul(MAX, 2 * FIXED_ONE), MAX);
    ck_assert_int_eq(fixed_mul(MAX, -2 * FIXED_ONE), INT64_MIN);
    ck_assert_int_eq(fixed_mul(INT64_MIN, INT64_MIN), MAX);
    ck_assert_int_eq(fixed_from_double(0.1, &out), 0);
    ck_assert_int_eq(out, 100000);
    ck_assert_int_eq(fixed_from_double(-2.5e-7, &out), 0);
    ck_assert_int_eq(out, 0);
    out = UNTOUCHED;
    ck_assert_int_eq(fixed_from_double(1e13, &out), -1);
    ck_assert_int_eq(fixed_from_double(0. / 0. * 1., &out), -1);
    ck_assert_int_eq(out, UNTOUCHED);
    ck_assert(fixed_to_double(2500000) == 2.5);
}
END_TEST

/* -- instants -- */

#define T0 INT64_C(1774152000) /* 2026-03-22T04:00:00Z */

static const struct {
    const char *text;
    int64_t seconds, micros; /* seconds UNTOUCHED: refused */
} instants[] = {
    {"2026-03-22T04:00:00Z", T0, 0},
    {"2026-03-22 04:00:00", T0, 0},
    {"2026-03-22T04:00:00z", T0, 0},
    {"2026-03-22T04:00", T0, 0},
    {"2026-03-22T05:00:00+01:00", T0, 0},
    {"2026-03-22T05:00:00+0100", T0, 0},
    {"2026-03-22T05:00:00+01", T0, 0},
    {"2026-03-21T22:30:00-05:30", T0, 0},
    {"2026-03-22T04:00:00.5Z", T0, 500000},
    {"2026-03-22T04:00:00,123456789+00:00", T0, 123456},
    {"2026-03-22", T0 - 4 * 3600, 0},
    {"1970-01-01", 0, 0},
    {"1969-12-31T23:59:59.999999Z", -1, 999999},
    {"2024-02-29", 1709164800, 0},
    {"2000-02-29", 951782400, 0},
    {"2016-12-31T23:59:60Z", 1483228800, 0}, /* a leap second */
    {"0001-01-01", INT64_C(-62135596800), 0},
    {"9999-12-31T23:59:59Z", INT64_C(253402300799), 0},
    {"2023-02-29", UNTOUCHED, 0},
    {"1900-02-29", UNTOUCHED, 0},
    {"2026-04-31", UNTOUCHED, 0},
    {"2026-13-01", UNTOUCHED, 0},
    {"2026-00-01", UNTOUCHED, 0},
    {"2026-01-00", UNTOUCHED, 0},
    {"0000-01-01", UNTOUCHED, 0},
    {"2026-03-22T24:00:00Z", UNTOUCHED, 0},
    {"2026-03-22T04:60:00Z", UNTOUCHED, 0},
    {"2026-03-22T04:00:61Z", UNTOUCHED, 0},
    {"2026-03-22T04:00:00.", UNTOUCHED, 0},
    {"2026-03-22T04:00:00+1", UNTOUCHED, 0},
    {"2026-03-22T04:00:00+24:00", UNTOUCHED, 0},
    {"2026-03-22T04:00:00+01:00x", UNTOUCHED, 0},
    {"2026-03-22T04:00:00 Z", UNTOUCHED, 0},
    {"2026-03-22T", UNTOUCHED, 0},
    {"2026-3-22", UNTOUCHED, 0},
    {"26-03-22", UNTOUCHED, 0},
    {" 2026-03-22", UNTOUCHED, 0},
    {"2026-03-22Z", UNTOUCHED, 0},
    {"", UNTOUCHED, 0},
    {"now", UNTOUCHED, 0},
};

START_TEST(test_instant_parse)
{
    int64_t got = UNTOUCHED, want = UNTOUCHED;
    int result = instant_parse(instants[_i].text, &got);

    if (instants[_i].seconds != UNTOUCHED)
        want = instants[_i].seconds * SECOND + instants[_i].micros;
    ck_assert_msg(got == want && result == (want == UNTOUCHED ? -1 : 0),
                  "'%s': %d, %lld", instants[_i].text, result, (long long)got);
}
END_TEST

static const struct {
    const char *text;
    int64_t seconds;
} dates[] = {
    {"Tue, 15 Nov 1994 08:12:31 GMT", 784887151},
    {"Sun, 22 Mar 2026 04:00:00 GMT", T0},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Thu, 1 Jan 1970 00:00:00 GMT", 0},
    {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
    {"Thu, 29 Feb 2023 00:00:00 GMT", UNTOUCHED},
    {"Thu, 01 Jan 1970 00:00:00 UTC", UNTOUCHED},
    {"Thu, 01 Jan 1970 00:00:00 GMT.", UNTOUCHED},
    {"Thu, 01 Anj 1970 00:00:00 GMT", UNTOUCHED},
    {"Thu, 01 Jan 1970 24:00:00 GMT", UNTOUCHED},
    {"Thu, 01 Jan 1970 00:-1:00 GMT", UNTOUCHED},
    {"Thu, 01 Jan -970 00:00:00 GMT", UNTOUCHED},
    {"Thursday, 01-Jan-70 00:00:00 GMT", UNTOUCHED},
    {"1970-01-01", UNTOUCHED},
    {"120", UNTOUCHED},
    {"", UNTOUCHED},
};

START_TEST(test_instant_parse_http)
{
    int64_t got = UNTOUCHED, want = UNTOUCHED;
    int result = instant_parse_http(dates[_i].text, &got);

    if (dates[_i].seconds != UNTOUCHED)
        want = dates[_i].seconds * SECOND;
    ck_assert_msg(got == want && result == (want == UNTOUCHED ? -1 : 0),
                  "'%s': %d, %lld", dates[_i].text, result, (long long)got);
}
END_TEST

/* The C library agrees about the calendar. */
static void compare_with_libc(int64_t instant)
{
    int64_t seconds = instant / SECOND - (instant % SECOND < 0);
    time_t t = (time_t)seconds;
    struct civil c;
    struct tm tm;

    instant_to_civil(instant, &c);
    ck_assert_ptr_nonnull(gmtime_r(&t, &tm));
    ck_assert_int_eq(c.year, tm.tm_year + 1900);
    ck_assert_int_eq(c.month, tm.tm_mon + 1);
    ck_assert_int_eq(c.day, tm.tm_mday);
    ck_assert_int_eq(c.hour * 3600 + c.minute * 60 + c.second,
                     tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
    ck_assert_int_eq(c.microsecond, instant - seconds * SECOND);
    ck_assert_int_eq(instant_from_civil(&c), instant);
}

START_TEST(test_instant_there_and_back)
{
    char text[INSTANT_TEXT];
    uint64_t seed = 2;

    for (int i = 0; i < MANY; i++) {
        int64_t at = dice_between(&seed, INT64_C(-62135596800) * SECOND,
                                  INT64_C(253402300799) * SECOND);
        int64_t back;
        if (i % 3 == 0)
            at -= at % SECOND;
        else if (i % 3 == 1)
            at -= at % 1000;
        compare_with_libc(at);
        ck_assert_int_eq(instant_parse(instant_text(at, text), &back), 0);
        ck_assert_msg(back == at, "%lld as %s is %lld", (long long)at, text,
                      (long long)back);
        ck_assert_int_eq(
            instant_parse(instant_seconds(at, i % 2 ? ' ' : 'T', text), &back),
            0);
        ck_assert_int_le(back, at);
        ck_assert_int_lt(at - back, SECOND);
    }
}
END_TEST

START_TEST(test_instant_texts)
{
    char text[INSTANT_TEXT];

    ck_assert_str_eq(instant_text(T0 * SECOND, text), "2026-03-22T04:00:00Z");
    ck_assert_str_eq(instant_text(T0 * SECOND + 5000, text),
                     "2026-03-22T04:00:00.005Z");
    ck_assert_str_eq(instant_text(T0 * SECOND + 5, text),
                     "2026-03-22T04:00:00.000005Z");
    ck_assert_str_eq(instant_text(INSTANT_NONE, text), "-");
    ck_assert_str_eq(instant_seconds(T0 * SECOND + 5, ' ', text),
                     "2026-03-22 04:00:00");
    /* as far as an instant goes */
    ck_assert_uint_lt(strlen(instant_text(INT64_MAX, text)), INSTANT_TEXT);
    ck_assert_uint_lt(strlen(instant_text(INT64_MIN + 1, text)), INSTANT_TEXT);
}
END_TEST

START_TEST(test_days_carry_over)
{
    ck_assert_int_eq(days_from_civil(1970, 1, 1), 0);
    ck_assert_int_eq(days_from_civil(1970, 13, 1), 365);
    ck_assert_int_eq(days_from_civil(1970, 1, 32), 31);
    ck_assert_int_eq(days_from_civil(1970, 1, 0), -1);
    ck_assert_int_eq(days_from_civil(1970, 0, 1), -31);
    ck_assert_int_eq(days_from_civil(1970, -11, 1), -365);
    for (int64_t day = -1000000; day < 1000000; day += 37) {
        struct civil c;
        civil_from_days(day, &c);
        ck_assert_int_eq(days_from_civil(c.year, c.month, c.day), day);
        ck_assert_int_eq(days_from_civil(c.year - 1, c.month + 12, c.day), day);
    }
}
END_TEST

/* -- streams and sync types -- */

START_TEST(test_stream_names)
{
    for (int s = 0; s < STREAM_COUNT; s++)
        ck_assert_int_eq(stream_find(stream_name((enum stream)s)), s);
    for (int t = 0; t < SYNC_TYPES; t++)
        ck_assert_int_eq(sync_type_find(sync_type_name((enum sync_type)t)), t);
    ck_assert_int_eq(stream_find("variant"), -1);
    ck_assert_int_eq(stream_find(""), -1);
    ck_assert_int_eq(sync_type_find("FULL"), -1);
    /* numbers are stored */
    ck_assert_int_eq(stream_find("variants"), 0);
    ck_assert_int_eq(stream_find("assembly_orders"), 5);
    ck_assert_int_eq(stream_find("stock_orders"), 6);
    ck_assert_int_eq(stream_find("metrics"), 7);
    ck_assert_int_eq(sync_type_find("purchase_orders"), 2);
}
END_TEST

static const struct {
    enum sync_type type;
    const char *fetches; /* a character for each stream */
    int steps[3];
} types[] = {
    {SYNC_FULL, "xxxxxx", {STREAM_ON_ORDER, STREAM_METRICS, -1}},
    {SYNC_VARIANTS, "xx----", {STREAM_METRICS, -1, -1}},
    {SYNC_PURCHASE_ORDERS, "---xxx", {STREAM_ON_ORDER, STREAM_METRICS, -1}},
};

START_TEST(test_sync_types)
{
    enum sync_type type = types[_i].type;

    for (int s = 0; s < STREAM_FETCHED; s++) {
        ck_assert_int_eq(sync_fetches(type, (enum stream)s),
                         types[_i].fetches[s] == 'x');
        ck_assert_int_eq(stream_is_orders((enum stream)s),
                         s >= STREAM_PURCHASE_ORDERS);
    }
    ck_assert(!stream_is_orders(STREAM_ON_ORDER));
    ck_assert(!stream_is_orders(STREAM_METRICS));
    for (int i = 0; i < 3 && (i == 0 || types[_i].steps[i - 1] >= 0); i++)
        ck_assert_int_eq(sync_step(type, i), types[_i].steps[i]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("values");
    TCase *c = tcase_create("values");

    tcase_set_timeout(c, 30.);
    tcase_add_loop_test(c, test_fixed_parse, 0, ARRAY_LEN(numbers));
    tcase_add_test(c, test_fixed_long);
    tcase_add_test(c, test_fixed_there_and_back);
    tcase_add_test(c, test_fixed_arithmetic);
    tcase_add_loop_test(c, test_instant_parse, 0, ARRAY_LEN(instants));
    tcase_add_loop_test(c, test_instant_parse_http, 0, ARRAY_LEN(dates));
    tcase_add_test(c, test_instant_there_and_back);
    tcase_add_test(c, test_instant_texts);
    tcase_add_test(c, test_days_carry_over);
    tcase_add_test(c, test_stream_names);
    tcase_add_loop_test(c, test_sync_types, 0, ARRAY_LEN(types));
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
