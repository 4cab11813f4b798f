/* croston.c - demand that comes now and then. See croston.h. */
#include "common/metrics/croston.h"
#include "common/metrics/series.h"

static size_t count_demands(const double *y, size_t n)
{
    size_t demands = 0;

    for (size_t t = 0; t < n; t++)
        demands += y[t] > 0;
    return demands;
}

/* The intervals add up to the period of the last demand. There is one. */
static double mean_interval(const double *y, size_t n)
{
    while (y[n - 1] <= 0)
        n--;
    return (double)n / (double)count_demands(y, n);
}

static double unbiased(enum croston_variant variant, double alpha)
{
    switch (variant) {
    case CROSTON_SBA:
        return 1 - alpha / 2;
    case CROSTON_SBJ:
        return 1 - alpha / (2 - alpha);
    case CROSTON_PLAIN:
        break;
    }
    return 1;
}

static double smoothed_rate(const double *y, size_t n, enum croston_start start,
                            double alpha)
{
    double size = 0, interval = 0;
    size_t gap = 0;

    for (size_t t = 0; t < n; t++) {
        gap++;
        if (y[t] <= 0)
            continue;
        if (interval > 0) {
            size += alpha * (y[t] - size);
            interval += alpha * ((double)gap - interval);
        } else {
            size = y[t];
            interval =
                start == CROSTON_MEAN ? mean_interval(y, n) : (double)gap;
        }
        gap = 0;
    }
    return interval > 0 ? size / interval : 0;
}

enum refusal croston_rate(const double *y, size_t n,
                          enum croston_variant variant,
                          enum croston_start start, double alpha, double *out)
{
    enum refusal refusal = series_check_demand(y, n);

    if (!(alpha > 0 && alpha <= 1))
        return REFUSE_ALPHA;
    if (refusal)
        return refusal;
    *out = smoothed_rate(y, n, start, alpha) * unbiased(variant, alpha);
    return REFUSE_NOTHING;
}

enum refusal tsb_rate(const double *y, size_t n, enum croston_start start,
                      double alpha, double beta, double *out)
{
    enum refusal refusal = series_check_demand(y, n);
    double size = 0, chance;

    if (!(alpha > 0 && alpha <= 1))
        return REFUSE_ALPHA;
    if (!(beta >= 0 && beta <= 1))
        return REFUSE_BETA;
    if (refusal)
        return refusal;
    chance = start == CROSTON_MEAN ? (double)count_demands(y, n) / (double)n
                                   : y[0] > 0;
    for (size_t t = 0; t < n; t++) {
        if (t > 0)
            chance += beta * ((y[t] > 0) - chance);
        if (y[t] > 0)
            size = size > 0 ? size + alpha * (y[t] - size) : y[t];
    }
    *out = chance * size;
    return REFUSE_NOTHING;
}
