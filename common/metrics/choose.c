/* choose.c - the method that would have forecast best. See choose.h. */
#include <math.h>

#include "common/metrics/choose.h"
#include "common/metrics/series.h"

enum { TESTED_PART = 4, TESTS_MAX = 60 };

static bool has_zero(const double *y, size_t n)
{
    for (size_t t = 0; t < n; t++)
        if (y[t] == 0)
            return true;
    return false;
}

static bool suits(enum forecast_method method, const double *y, size_t n)
{
    switch (method) {
    case FORECAST_CROSTON:
    case FORECAST_SBA:
    case FORECAST_SBJ:
    case FORECAST_TSB:
        return has_zero(y, n);
    default:
        return true;
    }
}

/* The mean error over the last TESTS; negative: it does not take the series. */
static double back_test(enum forecast_method method, const double *y, size_t n,
                        size_t tests, const struct forecast_settings *settings)
{
    struct smoothed s;
    double sum = 0;

    for (size_t t = n - tests; t < n; t++) {
        if (forecast_make(method, y, t, settings, &s))
            return -1;
        sum += fabs(y[t] - smoothed_at(&s, 1)) / (double)tests;
    }
    return isfinite(sum) ? sum : -1;
}

static double naive_error(const double *y, size_t n)
{
    double sum = 0;

    for (size_t t = 1; t < n; t++)
        sum += fabs(y[t] - y[t - 1]) / (double)(n - 1);
    return isfinite(sum) ? sum : 0;
}

static double largest(const double *y, size_t n)
{
    double most = 0;

    for (size_t t = 0; t < n; t++)
        most = fmax(most, fabs(y[t]));
    return most;
}

enum refusal forecast_choose(const double *y, size_t n,
                             const struct forecast_settings *settings,
                             struct choice *out)
{
    enum refusal refusal = forecast_check(settings);
    struct choice c = {.tests = n / TESTED_PART, .method = FORECAST_SES};
    double tie, best = INFINITY;

    if (!refusal)
        refusal = series_check(y, n);
    if (refusal)
        return refusal;
    if (c.tests > TESTS_MAX)
        c.tests = TESTS_MAX;
    c.scale = naive_error(y, n - c.tests);
    tie = 1e-9 * largest(y, n);
    for (int m = 0; c.tests && m < FORECAST_METHODS; m++) {
        enum forecast_method method = (enum forecast_method)m;
        double mae = -1;
        if (suits(method, y, n))
            mae = back_test(method, y, n, c.tests, settings);
        c.tried[m] = mae >= 0;
        c.mae[m] = c.tried[m] ? mae : 0;
        if (c.tried[m] && mae < best - tie) {
            best = mae;
            c.method = method;
        }
    }
    *out = c;
    return REFUSE_NOTHING;
}
