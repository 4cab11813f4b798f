/* test_forecast.c - the forecasting family of common/metrics/: figures of other
 * programs, published examples, and what must hold for any series.
 *
 * Figures marked R are of R 4.2.2 with forecast 8.20 and tsintermittent 1.10;
 * the call is named beside them. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/metrics/abc.h"
#include "common/metrics/choose.h"
#include "common/metrics/demand_class.h"
#include "common/metrics/reorder.h"

enum { CASES = 20000, LONGEST = 64 };

/* ck_assert() makes a note of each line it passes, which costs more than what
 * the properties test. */
#define HOLDS(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            ck_abort_msg("not so: %s", #condition);                            \
    } while (0)

static void assert_near(const char *what, double got, double want, double part)
{
    if (!(fabs(got - want) <= part * fmax(1e-300, fabs(want))))
        ck_abort_msg("%s: got %.17g, not %.17g", what, got, want);
}

#define NEAR(got, want) assert_near(#got, got, want, 1e-9)
#define TAKEN(call) HOLDS((call) == REFUSE_NOTHING)
#define REFUSED(why, call) ck_assert_int_eq(call, REFUSE_##why)

/* -- series -- */

#define SERIES(name, ...) static const double name[] = {__VA_ARGS__}
#define ALL(name) name, ARRAY_LEN(name)

SERIES(partx, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1,
       0, 0, 0, 2, 0, 3, 1, 0, 1, 0, 0, 0, 5, 3, 0, 4, 1, 1, 0, 2, 0, 1, 0, 0,
       1, 2, 0, 0, 0);
SERIES(ts_data1, 6, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
       0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
       0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
       0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0);
SERIES(series_a, 0, 0, 5, 0, 0, 0, 3, 0, 4, 0, 0, 1);
SERIES(series_b, 2, 5, 0, 1, 3, 0, 1, 1, 0);
SERIES(series_x, 12, 15, 11, 18, 20, 17, 22, 25);
SERIES(quarters, 10, 14, 8, 25, 12, 16, 9, 28, 13, 18, 11, 31);
SERIES(zeros, 0, 0, 0, 0, 0, 0, 0, 0);
SERIES(late, 0, 0, 0, 5);
SERIES(early, 5, 0, 0, 0);
SERIES(fours, 4, 4, 4, 4);
SERIES(one, 7);
SERIES(with_nan, 1, NAN, 2, 3);
SERIES(with_inf, 1, 2, 3, INFINITY);
SERIES(negative, 1, 2, -1, 3);
/* datasets::AirPassengers, monthly from 1949, and datasets::Nile from 1871. */
SERIES(air, 112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115,
       126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140, 145, 150, 178,
       163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183,
       218, 230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264,
       272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259,
       229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237,
       278, 284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315,
       301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362,
       348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420,
       472, 548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622,
       606, 508, 461, 390, 432);
SERIES(nile, 1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935,
       1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260,
       1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020,
       1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845,
       864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897,
       822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
       744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170,
       912, 746, 919, 718, 714, 740);

/* -- croston.h -- */

/* R: croston(y, h = 1, alpha = a)$mean, crost(y, h = 1, w = a, type = ..., init
 * = "naive" or "mean", init.opt = FALSE)$frc.out, tsb(y, h = 1, w = c(a, a),
 * init = "mean", init.opt = FALSE)$frc.out, and SES from y[1] by hand. */
static const struct {
    const char *what;
    const double *y;
    size_t n;
    double alpha, croston, sba, sbj, croston_mean, tsb_mean, ses;
} rates[] = {
    {"partx", ALL(partx), .1, 0.6283341600, 0.5969174520, 0.5952639410,
     0.7373445727, 0.6853177503, 0.7304443353},
    {"partx", ALL(partx), .2, 0.8583477437, 0.7725129694, 0.7629757722,
     0.8851805356, 0.5446787688, 0.5161722377},
    {"ts.data1", ALL(ts_data1), .1, 0.5580143318, 0.5301136152, 0.5286451564,
     0.3632263251, 0.2258517374, 0.1199045155},
    {"ts.data1", ALL(ts_data1), .2, 0.2541991531, 0.2287792378, 0.2259548027,
     0.2218113287, 0.0964142211, 0.0858805952},
    {"A", ALL(series_a), .1, 1.4536944166, 1.3810096958, 1.3771841841,
     1.4536944166, 1.6317808379, 0.7624572445},
    {"A", ALL(series_a), .2, 1.2749326146, 1.1474393531, 1.1332734352,
     1.2749326146, 1.6021935089, 0.9404257280},
    {"B", ALL(series_b), .1, 1.7326769284, 1.6460430820, 1.6414834058,
     1.4818603693, 1.2703465298, 1.5269618700},
    {"B", ALL(series_b), .2, 1.5140684411, 1.3626615970, 1.3458386143,
     1.3934987169, 1.1262634263, 1.1445555200},
    {"all zeros", ALL(zeros), .1, 0, 0, 0, 0, 0, 0},
    {"a single demand at the end", ALL(late), .1, 1.25, 1.1875,
     1.25 * (1 - .1 / 1.9), 1.25, 5 * (.25 * .9 * .9 * .9 + .1), .5},
    {"a single demand at the start", ALL(early), .1, 5, 4.75,
     5 * (1 - .1 / 1.9), 5, 5 * .25 * .9 * .9 * .9, 5 * .9 * .9 * .9},
    {"constant", ALL(fours), .1, 4, 3.8, 4 * (1 - .1 / 1.9), 4, 4, 4},
    {"one number", ALL(one), .1, 7, 6.65, 7 * (1 - .1 / 1.9), 7, 7, 7},
};

static double made(enum forecast_method method, const double *y, size_t n,
                   const struct forecast_settings *settings)
{
    struct smoothed s;

    TAKEN(forecast_make(method, y, n, settings, &s));
    return smoothed_at(&s, 1);
}

START_TEST(test_rates)
{
    struct forecast_settings s = {.alpha = rates[_i].alpha,
                                  .beta = rates[_i].alpha};
    const double *y = rates[_i].y;
    size_t n = rates[_i].n;

    NEAR(made(FORECAST_CROSTON, y, n, &s), rates[_i].croston);
    NEAR(made(FORECAST_SBA, y, n, &s), rates[_i].sba);
    NEAR(made(FORECAST_SBJ, y, n, &s), rates[_i].sbj);
    NEAR(made(FORECAST_SES, y, n, &s), rates[_i].ses);
    s.start = CROSTON_MEAN;
    NEAR(made(FORECAST_CROSTON, y, n, &s), rates[_i].croston_mean);
    NEAR(made(FORECAST_TSB, y, n, &s), rates[_i].tsb_mean);
}
END_TEST

/* By hand: 0, then .5 (0 + 1), then half of it. */
START_TEST(test_tsb_naive)
{
    static const double y[] = {0, 6, 0};
    double rate;

    TAKEN(tsb_rate(ALL(y), CROSTON_NAIVE, .5, .5, &rate));
    NEAR(rate, 6 * .25);
    TAKEN(tsb_rate(ALL(early), CROSTON_NAIVE, .5, .5, &rate));
    NEAR(rate, 5 * .125);
}
END_TEST

/* -- smoothing.h -- */

START_TEST(test_ses)
{
    struct smoothed s;
    double squares = 0;

    TAKEN(smooth_ses(ALL(series_x), .1, &s));
    NEAR(smoothed_at(&s, 1), 15.6822433000);
    NEAR(smoothed_at(&s, 9), 15.6822433000);
    TAKEN(smooth_ses(ALL(series_x), .3, &s));
    NEAR(smoothed_at(&s, 1), 20.0458431000);
    TAKEN(smooth_ses(ALL(series_x), .5, &s));
    NEAR(smoothed_at(&s, 1), 22.3203125000);
    TAKEN(smooth_ses(ALL(series_x), 1, &s));
    NEAR(smoothed_at(&s, 1), 25);
    /* R: HoltWinters(Nile, beta = FALSE, gamma = FALSE), its optimum given to 7
     * digits. */
    for (size_t n = 1; n < ARRAY_LEN(nile); n++) {
        TAKEN(smooth_ses(nile, n, .2465579, &s));
        squares += pow(nile[n] - smoothed_at(&s, 1), 2);
    }
    assert_near("Nile, SSE", squares, 2038871.83, 1e-8);
    TAKEN(smooth_ses(ALL(nile), .2465579, &s));
    assert_near("Nile", smoothed_at(&s, 1), 805.0389, 1e-7);
}
END_TEST

/* R: predict(HoltWinters(x, alpha = .3, beta = .2, gamma = FALSE), 3) */
START_TEST(test_holt)
{
    static const double two[] = {3, 5};
    struct smoothed s;

    TAKEN(smooth_holt(ALL(series_x), .3, .2, &s));
    NEAR(smoothed_at(&s, 1), 27.0689380716);
    NEAR(smoothed_at(&s, 2), 29.1127652413);
    NEAR(smoothed_at(&s, 3), 31.1565924111);
    TAKEN(smooth_holt(ALL(two), .3, .2, &s));
    NEAR(smoothed_at(&s, 4), 13);
}
END_TEST

/* R: HoltWinters(ts(y, frequency = 4), .4, .1, .3), started by decompose(). */
START_TEST(test_holt_winters_additive)
{
    static const double want[] = {16.4569864352, 20.7628412249, 14.3779440224,
                                  32.3695766334};
    const struct season season = {.length = 4};
    struct smoothed s;

    TAKEN(smooth_holt_winters(ALL(quarters), .4, .1, .3, season, &s));
    for (size_t h = 1; h <= 4; h++)
        NEAR(smoothed_at(&s, h), want[h - 1]);
    NEAR(smoothed_at(&s, 5), want[0] + 4 * s.trend);
}
END_TEST

/* R: HoltWinters(AirPassengers, seasonal = "mult"): its optimum, of which we
 * have 7 digits, so that its forecasts agree to fewer than 1e-9. */
START_TEST(test_holt_winters_multiplicative)
{
    const struct season season = {.length = 12, .multiplicative = true};
    const double a = .2755925, b = .0326930, g = .8707292;
    struct smoothed s;
    double squares = 0;

    TAKEN(smooth_holt_winters(ALL(air), a, b, g, season, &s));
    assert_near("1", smoothed_at(&s, 1), 447.0559, 1e-6);
    assert_near("2", smoothed_at(&s, 2), 419.7123, 1e-6);
    assert_near("3", smoothed_at(&s, 3), 464.8671, 1e-6);
    /* R's SSE is 16570.777867. Its twelve errors of the second season, which
     * we do not forecast alone, are 219.806078 of it (a second implementation,
     * with R's total). */
    for (size_t n = 24; n < ARRAY_LEN(air); n++) {
        TAKEN(smooth_holt_winters(air, n, a, b, g, season, &s));
        squares += pow(air[n] - smoothed_at(&s, 1), 2);
    }
    NEAR(squares + 219.806078171, 16570.777867710);
}
END_TEST

/* A pattern goes on as it is, by addition and by multiplication. */
START_TEST(test_holt_winters_exact)
{
    for (size_t m = 2; m <= SEASON_MAX; m += m < 15 ? 1 : 27) {
        static double plus[2 * SEASON_MAX + 5], times[2 * SEASON_MAX + 5];
        struct season season = {.length = m};
        size_t n = 2 * m + m % 6;
        struct smoothed s, r;

        for (size_t t = 0; t < n; t++) {
            double factor = (double)((t % m) * (t % m) % 7);
            plus[t] = 40 + factor;
            times[t] = 40 * (1 + factor);
        }
        TAKEN(smooth_holt_winters(plus, n, .3, .2, .4, season, &s));
        season.multiplicative = true;
        TAKEN(smooth_holt_winters(times, n, .3, .2, .4, season, &r));
        for (size_t h = 1; h <= 2 * m; h++) {
            size_t t = n + h - 1;
            double factor = (double)((t % m) * (t % m) % 7);
            NEAR(smoothed_at(&s, h), 40 + factor);
            NEAR(smoothed_at(&r, h), 40 * (1 + factor));
        }
    }
}
END_TEST

/* On a line the start is late, and that wears off. */
START_TEST(test_holt_winters_on_a_line)
{
    static double y[2000];
    const struct season season = {.length = 4};
    struct smoothed s;

    for (size_t t = 0; t < ARRAY_LEN(y); t++)
        y[t] = 3 * (double)t + (double)(t % 4);
    TAKEN(smooth_holt_winters(y, 8, .3, .2, .1, season, &s));
    ck_assert_double_gt(fabs(smoothed_at(&s, 1) - 3 * 8), .1);
    TAKEN(smooth_holt_winters(ALL(y), .3, .2, .1, season, &s));
    for (size_t h = 1; h < 9; h++)
        NEAR(smoothed_at(&s, h),
             3 * (double)(1999 + h) + (double)((h + 3) % 4));
}
END_TEST

/* -- demand_class.h -- */

/* R: mean(crost.decomp(y)$interval), var(z) / mean(z)^2 of the demands z */
static const struct {
    const char *what;
    const double *y;
    size_t n, demands;
    double adi, cv2;
    enum demand_kind kind;
} kinds[] = {
    {"partx", ALL(partx), 17, 2.82352941176, 0.419189453125,
     DEMAND_INTERMITTENT},
    {"ts.data1", ALL(ts_data1), 9, 8.55555555556, 0.731833910035, DEMAND_LUMPY},
    {"A", ALL(series_a), 4, 3, 0.276134122288, DEMAND_INTERMITTENT},
    {"B", ALL(series_b), 6, 1.33333333333, 0.54674556213, DEMAND_LUMPY},
    {"x", ALL(series_x), 8, 1, 162. / 7 / 17.5 / 17.5, DEMAND_SMOOTH},
    {"a single demand", ALL(late), 1, 4, 0, DEMAND_INTERMITTENT},
    {"a single demand, first", ALL(early), 1, 1, 0, DEMAND_SMOOTH},
    {"all zeros", ALL(zeros), 0, 0, 0, DEMAND_NONE},
    {"one zero", zeros, 1, 0, 0, 0, DEMAND_NONE},
};

START_TEST(test_kinds)
{
    struct demand_class c;

    TAKEN(demand_classify(kinds[_i].y, kinds[_i].n, &c));
    ck_assert_uint_eq(c.demands, kinds[_i].demands);
    NEAR(c.adi, kinds[_i].adi);
    NEAR(c.cv2, kinds[_i].cv2);
    ck_assert_str_eq(demand_kind_name(c.kind),
                     demand_kind_name(kinds[_i].kind));
}
END_TEST

/* An ADI of 33 / 25 = 1.32 itself, and sizes whose CV2 is on either side. */
START_TEST(test_kinds_at_the_cuts)
{
    double y[33] = {0};
    struct demand_class c;

    for (size_t t = 8; t < 33; t++)
        y[t] = 1;
    TAKEN(demand_classify(y, 33, &c));
    ck_assert_int_eq(c.kind, DEMAND_INTERMITTENT);
    TAKEN(demand_classify(y + 1, 32, &c));
    ck_assert_int_eq(c.kind, DEMAND_SMOOTH);
    /* Two sizes 1 +- d have a CV2 of 2 d^2, and 2 x 0.495^2 = 0.49005. */
    TAKEN(demand_classify((double[]){.505, 1.495}, 2, &c));
    ck_assert_int_eq(c.kind, DEMAND_ERRATIC);
    TAKEN(demand_classify((double[]){.506, 1.494}, 2, &c));
    ck_assert_int_eq(c.kind, DEMAND_SMOOTH);
}
END_TEST

/* -- what is refused -- */

static const struct {
    const char *what;
    const double *y;
    size_t n;
    struct forecast_settings settings;
    enum refusal want[FORECAST_METHODS], chosen;
} refusals[] = {
#define EACH(ses, croston, tsb, holt, winters)                                 \
    {                                                                          \
        REFUSE_##ses, REFUSE_##croston, REFUSE_##croston, REFUSE_##croston,    \
            REFUSE_##tsb, REFUSE_##holt, REFUSE_##winters                      \
    }
    {"empty",
     zeros,
     0,
     {.1, .1, .1, {2, false}, CROSTON_NAIVE},
     EACH(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY),
     REFUSE_EMPTY},
    {"one number",
     ALL(one),
     {.1, .1, .1, {2, false}, CROSTON_NAIVE},
     EACH(NOTHING, NOTHING, NOTHING, ONE_NUMBER, TWO_SEASONS),
     REFUSE_NOTHING},
    {"no number",
     ALL(with_nan),
     {.1, .1, .1, {2, false}, CROSTON_MEAN},
     EACH(NOT_FINITE, NOT_FINITE, NOT_FINITE, NOT_FINITE, NOT_FINITE),
     REFUSE_NOT_FINITE},
    {"infinite",
     ALL(with_inf),
     {.1, .1, .1, {2, false}, CROSTON_NAIVE},
     EACH(NOT_FINITE, NOT_FINITE, NOT_FINITE, NOT_FINITE, NOT_FINITE),
     REFUSE_NOT_FINITE},
    {"negative",
     ALL(negative),
     {.1, .1, .1, {2, false}, CROSTON_NAIVE},
     EACH(NOTHING, NEGATIVE, NEGATIVE, NOTHING, NOTHING),
     REFUSE_NOTHING},
    {"multiplied by 0",
     ALL(early),
     {.1, .1, .1, {2, true}, CROSTON_NAIVE},
     EACH(NOTHING, NOTHING, NOTHING, NOTHING, NOT_POSITIVE),
     REFUSE_NOTHING},
    {"short",
     ALL(fours),
     {.1, .1, .1, {3, true}, CROSTON_NAIVE},
     EACH(NOTHING, NOTHING, NOTHING, NOTHING, TWO_SEASONS),
     REFUSE_NOTHING},
    {"alpha 0",
     ALL(fours),
     {0, .1, .1, {2, false}, CROSTON_NAIVE},
     EACH(ALPHA, ALPHA, ALPHA, ALPHA, ALPHA),
     REFUSE_ALPHA},
    {"alpha 1.1",
     ALL(fours),
     {1.1, .1, .1, {2, false}, CROSTON_NAIVE},
     EACH(ALPHA, ALPHA, ALPHA, ALPHA, ALPHA),
     REFUSE_ALPHA},
    {"alpha NaN",
     ALL(fours),
     {NAN, .1, .1, {2, false}, CROSTON_NAIVE},
     EACH(ALPHA, ALPHA, ALPHA, ALPHA, ALPHA),
     REFUSE_ALPHA},
    {"beta -1",
     ALL(fours),
     {.1, -1, .1, {2, false}, CROSTON_NAIVE},
     EACH(NOTHING, NOTHING, BETA, BETA, BETA),
     REFUSE_BETA},
    {"gamma 2",
     ALL(fours),
     {.1, .1, 2, {2, false}, CROSTON_NAIVE},
     EACH(NOTHING, NOTHING, NOTHING, NOTHING, GAMMA),
     REFUSE_GAMMA},
    {"season 1",
     ALL(fours),
     {.1, .1, .1, {1, false}, CROSTON_NAIVE},
     EACH(NOTHING, NOTHING, NOTHING, NOTHING, SEASON),
     REFUSE_SEASON},
    {"season 367",
     ALL(fours),
     {.1, .1, .1, {367, false}, CROSTON_NAIVE},
     EACH(NOTHING, NOTHING, NOTHING, NOTHING, SEASON),
     REFUSE_SEASON},
#undef EACH
};

START_TEST(test_refusals)
{
    const struct smoothed untouched = {.level = -1};
    struct choice choice;

    for (int m = 0; m < FORECAST_METHODS; m++) {
        struct smoothed s = untouched;
        enum refusal got =
            forecast_make((enum forecast_method)m, refusals[_i].y,
                          refusals[_i].n, &refusals[_i].settings, &s);
        ck_assert_msg(got == refusals[_i].want[m], "%s of %s: %s",
                      forecast_name((enum forecast_method)m), refusals[_i].what,
                      refusal_text(got));
        ck_assert((s.level == untouched.level) == (got != REFUSE_NOTHING));
    }
    ck_assert_int_eq(forecast_choose(refusals[_i].y, refusals[_i].n,
                                     &refusals[_i].settings, &choice),
                     refusals[_i].chosen);
}
END_TEST

START_TEST(test_refusals_of_classes)
{
    struct demand_class c;
    struct xyz x;

    REFUSED(EMPTY, demand_classify(one, 0, &c));
    REFUSED(NOT_FINITE, demand_classify(ALL(with_inf), &c));
    REFUSED(NEGATIVE, demand_classify(ALL(negative), &c));
    REFUSED(EMPTY, xyz_classify(one, 0, &x));
    REFUSED(ONE_NUMBER, xyz_classify(ALL(one), &x));
    REFUSED(NOT_FINITE, xyz_classify(ALL(with_nan), &x));
    REFUSED(NEGATIVE, xyz_classify(ALL(negative), &x));
}
END_TEST

START_TEST(test_beyond_the_range)
{
    static const double wild[] = {-1e308, 1e308, -1e308, 1e308};
    struct smoothed s;

    REFUSED(RANGE, smooth_ses(ALL(wild), .5, &s));
    REFUSED(RANGE, smooth_holt(ALL(wild), .5, .5, &s));
}
END_TEST

/* -- choose.h -- */

static struct choice chosen(const double *y, size_t n, size_t season)
{
    struct forecast_settings s = {
        .alpha = .3, .beta = .1, .gamma = .1, .season = {.length = season}};
    struct choice c;

    TAKEN(forecast_choose(y, n, &s, &c));
    return c;
}

START_TEST(test_choice)
{
    double line[40], waves[40];
    struct choice c;

    for (size_t t = 0; t < 40; t++) {
        line[t] = 5 + 2 * (double)t;
        waves[t] = 20 + (double)t + (double)(t % 4 * 9);
    }
    ck_assert_str_eq(forecast_name(chosen(line, 40, 0).method), "holt");
    ck_assert_str_eq(forecast_name(chosen(waves, 40, 4).method),
                     "holt-winters");
    /* Ties go to the simpler. */
    ck_assert_str_eq(forecast_name(chosen(ALL(zeros), 2).method), "ses");
    ck_assert_str_eq(forecast_name(chosen(ALL(fours), 2).method), "ses");
    ck_assert_str_eq(forecast_name(chosen(line, 40, 4).method), "holt");
    /* Nothing to test with. */
    c = chosen(line, 3, 0);
    ck_assert_uint_eq(c.tests, 0);
    ck_assert_int_eq(c.method, FORECAST_SES);
    /* No zero, no Croston. */
    ck_assert(!chosen(line, 40, 0).tried[FORECAST_CROSTON]);
    ck_assert(chosen(ALL(partx), 0).tried[FORECAST_TSB]);
}
END_TEST

/* By hand: 4 numbers, one test, learnt from 2 4 2: SES 2.42, Holt 4.18. */
START_TEST(test_choice_by_hand)
{
    static const double y[] = {2, 4, 2, 3};
    struct choice c = chosen(ALL(y), 0);

    ck_assert_uint_eq(c.tests, 1);
    NEAR(c.scale, 2);
    NEAR(c.mae[FORECAST_SES], 3 - 2.42);
    NEAR(c.mae[FORECAST_HOLT], (.3 * 2 + .7 * 6) + 2 - .1 * 1.2 - 3);
    ck_assert_int_eq(c.method, FORECAST_SES);
}
END_TEST

/* -- reorder.h -- */

static const struct {
    double p, z;
} quantiles[] = {
    {.80, 0.8416212336},  {.90, 1.2815515655},  {.95, 1.6448536270},
    {.975, 1.9599639845}, {.98, 2.0537489106},  {.99, 2.3263478740},
    {.995, 2.5758293035}, {.999, 3.0902323062}, {.2, -0.8416212336},
};

START_TEST(test_quantiles)
{
    ck_assert_double_eq_tol(normal_quantile(quantiles[_i].p), quantiles[_i].z,
                            1e-9);
}
END_TEST

START_TEST(test_quantiles_far_out)
{
    double last = -INFINITY;

    ck_assert(isnan(normal_quantile(0)));
    ck_assert(isnan(normal_quantile(1)));
    ck_assert(isnan(normal_quantile(-.5)));
    ck_assert(isnan(normal_quantile(NAN)));
    ck_assert_double_eq(normal_quantile(.5), 0);
    for (double p = 1e-300; p < .5; p *= 1.01) {
        double z = normal_quantile(p);
        assert_near("Phi(z)", erfc(-z / sqrt(2)) / 2, p, 1e-12);
        ck_assert_double_gt(z, last);
        last = z;
    }
}
END_TEST

static struct reorder_point reordered(struct reorder_input in)
{
    struct reorder_point p;

    TAKEN(reorder_point(&in, &p));
    return p;
}

/* The published answers are in the first line of each. */
START_TEST(test_reorder_examples)
{
    struct reorder_input in;
    struct reorder_point p;
    struct eoq e;

    /* Retailers Warehouse: EOQ 77, sigma 10.583, R 68 (with z = 2.05). */
    in = (struct reorder_input){
        .demand = 2400. / 365, .demand_sd = 4, .lead_time = 7, .service = .98};
    p = reordered(in);
    NEAR(p.deviation, 4 * sqrt(7));
    assert_near("sigma", p.deviation, 10.5830052, 1e-8);
    assert_near("R", p.point, 67.7622327, 1e-8);
    in.service = erfc(-2.05 / sqrt(2)) / 2;
    assert_near("R, 2.05", reordered(in).point, 67.7225580, 1e-8);
    TAKEN(eoq(2400, 5, 4, &e));
    NEAR(e.quantity, sqrt(6000));
    assert_near("EOQ", e.quantity, 77.4596669, 1e-8);
    NEAR(e.cost, sqrt(2. * 2400 * 5 * 4));

    /* Tutors Globe: R = 24 + 1.64 x 20 = 56.8. */
    p = reordered((struct reorder_input){.demand = 500. / 250,
                                         .demand_sd = 20 / sqrt(12),
                                         .lead_time = 12,
                                         .service = .95});
    NEAR(p.expected, 24);
    assert_near("R", p.point, 56.8970725, 1e-8);

    /* Hardware Warehouse: a lead time of N(3, 2) days; sigma = 5 x 2. */
    p = reordered((struct reorder_input){
        .demand = 5, .lead_time = 3, .lead_time_sd = 2, .service = .95});
    NEAR(p.deviation, 10);
    assert_near("SS", p.safety_stock, 16.4485363, 1e-8);
    assert_near("R", p.point, 31.4485363, 1e-8);
}
END_TEST

/* By hand: both deviations, 3-4-5; and reviews every 5 of 4 + 5 periods. */
START_TEST(test_reorder_by_hand)
{
    struct reorder_input in = {.demand = 2,
                               .demand_sd = 3,
                               .lead_time = 9,
                               .lead_time_sd = 6,
                               .service = .95};
    const struct max_average heuristic = {
        .demand = 4, .demand_max = 9, .lead_time = 10, .lead_time_max = 14};
    struct reorder_point p = reordered(in);

    NEAR(p.deviation, 15);
    NEAR(p.point, 18 + 15 * normal_quantile(.95));
    in.lead_time = 4;
    in.review = 5;
    NEAR(reordered(in).point, p.point);
    in.service = .5;
    NEAR(reordered(in).point, 18);
    TAKEN(reorder_max_average(&heuristic, &p));
    NEAR(p.safety_stock, 14 * 9 - 10 * 4);
    NEAR(p.point, 14 * 9);
}
END_TEST

START_TEST(test_reorder_refusals)
{
    const struct reorder_input good = {1, 1, 1, 1, 1, .9};
    struct max_average average = {1, 2, 1, 2};
    struct reorder_input in = good;
    struct reorder_point p;
    struct eoq e;

    in.service = 1;
    REFUSED(SERVICE, reorder_point(&in, &p));
    in.service = .49;
    REFUSED(SERVICE, reorder_point(&in, &p));
    in.service = NAN;
    REFUSED(SERVICE, reorder_point(&in, &p));
    in = good;
    in.demand = -1;
    REFUSED(AMOUNT, reorder_point(&in, &p));
    in = good;
    in.lead_time_sd = NAN;
    REFUSED(AMOUNT, reorder_point(&in, &p));
    in = good;
    in.demand = in.lead_time = 1e300;
    REFUSED(RANGE, reorder_point(&in, &p));
    average.demand_max = .5;
    REFUSED(MAXIMUM, reorder_max_average(&average, &p));
    average.demand = INFINITY;
    REFUSED(AMOUNT, reorder_max_average(&average, &p));
    REFUSED(HOLDING_COST, eoq(1, 1, 0, &e));
    REFUSED(AMOUNT, eoq(1, -1, 1, &e));
    REFUSED(RANGE, eoq(1e300, 1e300, 1e-300, &e));
    TAKEN(eoq(0, 5, 4, &e));
    ck_assert_double_eq(e.quantity, 0);
    ck_assert_double_eq(e.cost, 0);
}
END_TEST

/* -- abc.h -- */

/* Shares 50, 30, 15, 5: what begins at 80 % is B, what begins at 95 % is C. */
START_TEST(test_abc)
{
    struct abc_item items[] = {
        {.id = "d", .revenue = 5},   {.id = "c", .revenue = 15},
        {.id = "z", .revenue = -40}, {.id = "a", .revenue = 50},
        {.id = "b", .revenue = 30},  {.id = "n", .revenue = 0},
    };
    static const char order[] = "abcdnz", grades[] = "AABCCC";
    static const double before[] = {0, .5, .8, .95, 1, 1};

    abc_classify(items, ARRAY_LEN(items));
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        ck_assert_int_eq(items[i].id[0], order[i]);
        ck_assert_int_eq(items[i].grade, grades[i]);
        NEAR(items[i].before, before[i]);
    }
    NEAR(items[2].share, .15);
    ck_assert_double_eq(items[5].share, 0);
}
END_TEST

START_TEST(test_abc_edges)
{
    struct abc_item single = {.id = "a", .revenue = 1};
    struct abc_item same[] = {{.id = "b", .revenue = INT64_MAX},
                              {.id = "a", .revenue = INT64_MAX}};
    struct abc_item none[] = {{.id = "b"}, {.id = "a", .revenue = -1}};

    abc_classify(NULL, 0);
    abc_classify(&single, 1);
    ck_assert_int_eq(single.grade, 'A'); /* though it has all */
    abc_classify(same, 2);
    ck_assert_str_eq(same[0].id, "a");
    NEAR(same[1].before, .5);
    ck_assert_int_eq(same[1].grade, 'A');
    abc_classify(none, 2);
    ck_assert_int_eq(none[0].grade, 'C');
    ck_assert_double_eq(none[0].share, 0);
}
END_TEST

static const struct {
    double weeks[2], cv;
    char grade;
} steady[] = {
    {{5, 5}, 0, 'X'},
    {{7, 13}, 0.42426406871192851, 'X'},
    {{6, 14}, 0.56568542494923802, 'Y'},
    {{2, 18}, 1.1313708498984761, 'Z'},
    {{0, 0}, 0, 'Z'},
};

START_TEST(test_xyz)
{
    struct xyz x;

    TAKEN(xyz_classify(steady[_i].weeks, 2, &x));
    NEAR(x.cv, steady[_i].cv);
    ck_assert_int_eq(x.grade, steady[_i].grade);
}
END_TEST

/* -- properties -- */

static uint64_t seed = 20240229;

/* splitmix64: the same cases on every machine. */
static uint64_t draw(void)
{
    uint64_t x = seed += 0x9e3779b97f4a7c15;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

static size_t any(size_t least, size_t most)
{
    return least + (size_t)(draw() % (most - least + 1));
}

static double any_real(double least, double most)
{
    return least + (most - least) * (double)(draw() >> 11) * 0x1p-53;
}

/* A demand series with more or fewer zeros. */
static size_t any_series(double *y)
{
    size_t n = any(1, LONGEST), rarity = any(0, 5);

    for (size_t t = 0; t < n; t++)
        y[t] = any(0, rarity) ? 0 : any_real(0, 50);
    return n;
}

static struct forecast_settings any_settings(void)
{
    return (struct forecast_settings){.alpha = any_real(.001, 1),
                                      .beta = any_real(0, 1),
                                      .gamma = any_real(0, 1),
                                      .season = {.length = any(2, 12)},
                                      .start = any(0, 1) ? CROSTON_MEAN
                                                         : CROSTON_NAIVE};
}

START_TEST(test_any_series)
{
    double y[LONGEST + 1], scaled[LONGEST + 1];

    for (int i = 0; i < CASES; i++) {
        struct forecast_settings s = any_settings();
        size_t n = any_series(y);
        double least = INFINITY, most = 0, ses, croston, sba, sbj, tsb;

        for (size_t t = 0; t < n; t++) {
            least = fmin(least, y[t]);
            most = fmax(most, y[t]);
            scaled[t] = 8 * y[t];
        }
        ses = made(FORECAST_SES, y, n, &s);
        HOLDS(ses >= least - 1e-12 * most && ses <= most * (1 + 1e-12));
        croston = made(FORECAST_CROSTON, y, n, &s);
        sba = made(FORECAST_SBA, y, n, &s);
        sbj = made(FORECAST_SBJ, y, n, &s);
        tsb = made(FORECAST_TSB, y, n, &s);
        HOLDS(0 <= sbj && sbj <= sba && sba <= croston);
        HOLDS(croston <= most * (1 + 1e-12));
        HOLDS(0 <= tsb && tsb <= most * (1 + 1e-12));
        /* In other units the same; a power of two rounds nothing. */
        for (int m = 0; m < FORECAST_METHODS; m++) {
            enum forecast_method method = (enum forecast_method)m;
            struct smoothed a, b;
            if (forecast_make(method, y, n, &s, &a))
                continue;
            TAKEN(forecast_make(method, scaled, n, &s, &b));
            HOLDS(8 * smoothed_at(&a, 3) == smoothed_at(&b, 3));
        }
    }
}
END_TEST

/* A period in which nothing sells. */
START_TEST(test_any_zero_more)
{
    double y[LONGEST + 1];

    for (int i = 0; i < CASES; i++) {
        struct forecast_settings s = any_settings();
        size_t n = any_series(y);
        double croston, tsb;

        y[n] = 0;
        s.start = CROSTON_NAIVE;
        croston = made(FORECAST_CROSTON, y, n, &s);
        tsb = made(FORECAST_TSB, y, n, &s);
        HOLDS(made(FORECAST_CROSTON, y, n + 1, &s) == croston);
        assert_near("tsb", made(FORECAST_TSB, y, n + 1, &s), tsb * (1 - s.beta),
                    1e-9);
    }
}
END_TEST

/* What lies on a line goes on on it, whatever the settings; what stays, in
 * every method but those that are to lie below. */
START_TEST(test_any_line)
{
    double y[LONGEST + 1], same[LONGEST + 1];

    for (int i = 0; i < CASES; i++) {
        struct forecast_settings s = any_settings();
        double from = any_real(1, 50), rise = any_real(-5, 5);
        size_t n = 2 * s.season.length + any(0, 20), h = any(1, 30);
        struct smoothed holt, winters;

        for (size_t t = 0; t < n; t++) {
            y[t] = from + rise * (double)t;
            same[t] = from;
        }
        TAKEN(forecast_make(FORECAST_HOLT, y, n, &s, &holt));
        HOLDS(fabs(smoothed_at(&holt, h) -
                   (from + rise * (double)(n + h - 1))) <= 1e-9);
        s.season.multiplicative = any(0, 1);
        TAKEN(forecast_make(FORECAST_HOLT_WINTERS, same, n, &s, &winters));
        NEAR(smoothed_at(&winters, h), from);
        NEAR(made(FORECAST_SES, same, n, &s), from);
        NEAR(made(FORECAST_CROSTON, same, n, &s), from);
        NEAR(made(FORECAST_TSB, same, n, &s), from);
    }
}
END_TEST

START_TEST(test_any_choice)
{
    double y[LONGEST + 1];

    for (int i = 0; i < CASES; i++) {
        struct forecast_settings s = any_settings();
        size_t n = any_series(y);
        struct choice c, again;

        memset(&c, 0xa5, sizeof c);
        memset(&again, 0x5a, sizeof again);
        TAKEN(forecast_choose(y, n, &s, &c));
        TAKEN(forecast_choose(y, n, &s, &again));
        HOLDS(c.method == again.method);
        HOLDS(c.tests == n / 4);
        HOLDS(c.tests == 0 || c.tried[c.method]);
        for (int m = 0; m < FORECAST_METHODS; m++)
            HOLDS(!c.tried[m] || c.mae[c.method] <= c.mae[m] + 1e-6);
        if (n - c.tests < 2 * s.season.length)
            HOLDS(!c.tried[FORECAST_HOLT_WINTERS]);
    }
}
END_TEST

START_TEST(test_any_kind)
{
    double y[LONGEST + 1], scaled[LONGEST + 1];

    for (int i = 0; i < CASES; i++) {
        size_t n = any_series(y);
        struct demand_class c, other;

        for (size_t t = 0; t < n; t++)
            scaled[t] = 8 * y[t];
        TAKEN(demand_classify(y, n, &c));
        TAKEN(demand_classify(scaled, n, &other));
        HOLDS(c.kind == other.kind);
        HOLDS(c.cv2 == other.cv2);
        HOLDS((c.demands == 0) == (c.kind == DEMAND_NONE));
        HOLDS(c.kind == DEMAND_NONE || c.adi >= 1);
        HOLDS((c.adi >= 1.32) ==
              (c.kind == DEMAND_INTERMITTENT || c.kind == DEMAND_LUMPY));
    }
}
END_TEST

static void shuffle(struct abc_item *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = any(0, i - 1);
        struct abc_item spare = items[i - 1];
        items[i - 1] = items[j];
        items[j] = spare;
    }
}

START_TEST(test_any_abc)
{
    struct abc_item items[20], other[20];
    char ids[20][24];

    for (int i = 0; i < CASES; i++) {
        size_t n = any(1, 20);
        int64_t total = 0;
        double shares = 0;

        for (size_t k = 0; k < n; k++) {
            snprintf(ids[k], sizeof ids[k], "i%02zu", k);
            items[k] =
                (struct abc_item){.id = ids[k],
                                  .revenue = ((int64_t)any(0, 9) - 1) *
                                             (any(0, 1) ? FIXED_ONE : 77)};
            total += items[k].revenue > 0 ? items[k].revenue : 0;
        }
        memcpy(other, items, sizeof items);
        shuffle(other, n);
        abc_classify(items, n);
        abc_classify(other, n);
        for (size_t k = 0; k < n; k++) {
            HOLDS(items[k].id == other[k].id);
            HOLDS(items[k].before == other[k].before);
            HOLDS(items[k].grade == other[k].grade);
            HOLDS(k == 0 || items[k].grade >= items[k - 1].grade);
            HOLDS(fabs(items[k].before - shares) <= 1e-12);
            shares += items[k].share;
        }
        HOLDS(fabs(shares - (total > 0)) <= 1e-12);
        HOLDS(items[0].grade == (total > 0 ? 'A' : 'C'));
    }
}
END_TEST

/* More of anything that is needed or uncertain never orders later. */
START_TEST(test_any_reorder)
{
    for (int i = 0; i < CASES; i++) {
        struct reorder_input in = {.demand = any_real(0, 90),
                                   .demand_sd = any_real(0, 30),
                                   .lead_time = any_real(0, 60),
                                   .lead_time_sd = any_real(0, 9),
                                   .review = any_real(0, 9),
                                   .service = any_real(.5, .99)};
        double *const parts[] = {&in.service,   &in.demand, &in.demand_sd,
                                 &in.lead_time, &in.review, &in.lead_time_sd};
        double last = reordered(in).point;

        HOLDS(last >= in.demand * (in.lead_time + in.review));
        for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
            *parts[k] += .005;
            HOLDS(reordered(in).point >= last * (1 - 1e-12));
            last = reordered(in).point;
        }
        HOLDS(normal_quantile(in.service) == -normal_quantile(1 - in.service) ||
              in.service == .5);
    }
}
END_TEST

/* No other quantity is cheaper. */
START_TEST(test_any_eoq)
{
    for (int i = 0; i < CASES; i++) {
        double demand = any_real(1, 9999), order = any_real(.1, 99);
        double holding = any_real(.01, 20), other;
        struct eoq e;

        TAKEN(eoq(demand, order, holding, &e));
        other = e.quantity * any_real(.5, 2);
        NEAR(e.cost, sqrt(2 * demand * order * holding));
        HOLDS(demand * order / other + holding * other / 2 >=
              e.cost * (1 - 1e-12));
    }
}
END_TEST

static TCase *tables(void)
{
    TCase *t = tcase_create("tables");

    tcase_add_loop_test(t, test_rates, 0, ARRAY_LEN(rates));
    tcase_add_loop_test(t, test_kinds, 0, ARRAY_LEN(kinds));
    tcase_add_loop_test(t, test_refusals, 0, ARRAY_LEN(refusals));
    tcase_add_loop_test(t, test_quantiles, 0, ARRAY_LEN(quantiles));
    tcase_add_loop_test(t, test_xyz, 0, ARRAY_LEN(steady));
    return t;
}

static TCase *examples(void)
{
    TCase *t = tcase_create("examples");

    tcase_add_test(t, test_tsb_naive);
    tcase_add_test(t, test_ses);
    tcase_add_test(t, test_holt);
    tcase_add_test(t, test_holt_winters_additive);
    tcase_add_test(t, test_holt_winters_multiplicative);
    tcase_add_test(t, test_holt_winters_exact);
    tcase_add_test(t, test_holt_winters_on_a_line);
    tcase_add_test(t, test_kinds_at_the_cuts);
    tcase_add_test(t, test_refusals_of_classes);
    tcase_add_test(t, test_beyond_the_range);
    tcase_add_test(t, test_choice);
    tcase_add_test(t, test_choice_by_hand);
    tcase_add_test(t, test_quantiles_far_out);
    tcase_add_test(t, test_reorder_examples);
    tcase_add_test(t, test_reorder_by_hand);
    tcase_add_test(t, test_reorder_refusals);
    tcase_add_test(t, test_abc);
    tcase_add_test(t, test_abc_edges);
    return t;
}

static TCase *properties(void)
{
    TCase *t = tcase_create("properties");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_any_series);
    tcase_add_test(t, test_any_zero_more);
    tcase_add_test(t, test_any_line);
    tcase_add_test(t, test_any_choice);
    tcase_add_test(t, test_any_kind);
    tcase_add_test(t, test_any_abc);
    tcase_add_test(t, test_any_reorder);
    tcase_add_test(t, test_any_eoq);
    return t;
}

int main(void)
{
    Suite *suite = suite_create("forecast");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tables());
    suite_add_tcase(suite, examples());
    suite_add_tcase(suite, properties());
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
