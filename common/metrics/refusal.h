/* refusal.h - why a formula would not take what it was given.
 * Used by the forecasting family: series.h, smoothing.h, croston.h,
 * demand_class.h, forecast.h, choose.h, reorder.h, abc.h.
 *
 * These formulas work with doubles that people type in, so they check all of
 * it and say which part is wrong. When one refuses, *OUT is untouched.
 */
#ifndef METRICS_REFUSAL_H
#define METRICS_REFUSAL_H

#include "common/base.h"

/* X(name, text): first what is wrong with a series, then with a setting. */
#define REFUSALS(X)                                                            \
    X(NOTHING, "nothing is wrong")                                             \
    X(EMPTY, "there are no numbers")                                           \
    X(ONE_NUMBER, "at least two numbers are needed")                           \
    X(TWO_SEASONS, "at least two full seasons of numbers are needed")          \
    X(NOT_FINITE, "a number is infinite, or is none")                          \
    X(NEGATIVE, "a number is negative; demand is not")                         \
    X(NOT_POSITIVE, "multiplicative seasons need numbers above 0")             \
    X(RANGE, "the result is beyond the range of a double")                     \
    X(ALPHA, "alpha must be above 0 and at most 1")                            \
    X(BETA, "beta must be from 0 to 1")                                        \
    X(GAMMA, "gamma must be from 0 to 1")                                      \
    X(SEASON, "the season must be from 2 to 366 periods long")                 \
    X(SERVICE, "the service level must be from 0.5 to below 1")                \
    X(AMOUNT, "demand, times, deviations and costs must be finite, and not "   \
              "negative")                                                      \
    X(HOLDING_COST, "the holding cost must be above 0")                        \
    X(MAXIMUM, "a maximum is less than its average")

enum refusal {
#define REFUSAL_NAME(name, text) REFUSE_##name,
    REFUSALS(REFUSAL_NAME)
#undef REFUSAL_NAME
};

const char *refusal_text(enum refusal refusal);

/* It is a setting's fault, not that of the series. */
static inline bool refusal_of_setting(enum refusal refusal)
{
    return refusal >= REFUSE_ALPHA;
}

#endif
