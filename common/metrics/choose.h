/* choose.h - the method that would have forecast a series best.
 * Before it: forecast.h.
 *
 *   y_1 ............ y_(n-k) | y_(n-k+1) ........... y_n
 *   learnt from at first     | k tests: each is forecast from all before it
 *
 *   k     = a quarter of n, rounded down, at most 60
 *   MAE   = mean of |y_t - forecast of y_t|, over the k tests (unit of y)
 *   scale = mean of |y_t - y_(t-1)|, t = 2 .. n-k
 *   MASE  = MAE / scale: below 1 beats "the same as last time"
 *
 * The smallest MAE is chosen, which is the smallest MASE as well, for the scale
 * is the same to all. What is not better by more than 1e-9 of the largest |y|
 * is a tie, which the simpler one wins: the earlier in enum forecast_method.
 * The settings are taken as they are; none is fitted.
 *
 * Tried are all methods that accept the series at every test, so Holt-Winters
 * only with two full seasons before the first of them, and Croston's family
 * only without negative numbers. Nor is that tried when there is no zero: on
 * such a series Croston's is SES, and the others are only made smaller.
 * With n < 4 there are no tests, and it is SES.
 *
 * Caution: an absolute error is smallest at the median, which for demand that
 * comes now and then lies below the mean. The choice so leans to lower
 * forecasts there; demand_class.h does not.
 *
 * Source: rolling origin, Tashman 2000; MASE, Hyndman and Koehler 2006.
 */
#ifndef METRICS_CHOOSE_H
#define METRICS_CHOOSE_H

#include "common/metrics/forecast.h"

struct choice {
    enum forecast_method method;
    size_t tests; /* k */
    double scale; /* 0: there is no MASE */
    bool tried[FORECAST_METHODS];
    double mae[FORECAST_METHODS]; /* of those tried */
};

must_check enum refusal
forecast_choose(const double *y, size_t n,
                const struct forecast_settings *settings, struct choice *out);

#endif
