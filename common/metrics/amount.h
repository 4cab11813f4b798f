/* amount.h - arithmetic on fixed-point amounts that cannot overflow.
 * Beside it: common/fixed.h, whose steps of 1e-6 all amounts here are in.
 *
 * Results beyond the range stop at its ends, so that absurd input gives an
 * absurd but defined metric.
 */
#ifndef METRICS_AMOUNT_H
#define METRICS_AMOUNT_H

#include "common/fixed.h"

/* The day on which something does not happen as far as can be seen: it sorts
 * behind all days. */
#define METRIC_NEVER INT64_MAX

static inline int64_t amount_add(int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static inline int64_t amount_sub(int64_t a, int64_t b)
{
    int64_t rest;

    if (__builtin_sub_overflow(a, b, &rest))
        return b < 0 ? INT64_MAX : INT64_MIN;
    return rest;
}

/* A double that is not negative, in steps of 1e-6; rounds half up. */
static inline int64_t amount_of(double value)
{
    double steps = value * (double)FIXED_ONE;

    return steps < 9.2e18 ? (int64_t)(steps + 0.5) : INT64_MAX;
}

/* VALUE * TIMES / PER, rounded once, half away from zero. PER is not 0. */
int64_t amount_ratio(int64_t value, int64_t times, int64_t per);

/* The multiple of UNIT (> 0) that is next below VALUE, or next above; VALUE
 * itself if it is one. VALUE is not negative. */
int64_t amount_down(int64_t value, int64_t unit);
int64_t amount_up(int64_t value, int64_t unit);

#endif
