/* smoothing.h - exponential smoothing: forecasts of what sells most days.
 * Before it: series.h. After it: forecast.h. Beside it: croston.h, for what
 * sells on few of them.
 *
 * y_t is the amount of period t, l the level, b the trend of a period, s the
 * factor of a season's period, F_h the forecast for the h-th period after the
 * last. All in the unit of y.
 *
 * Simple (SES)
 *   l = y_1 at first, then  l += alpha (y_t - l)          F_h = l
 *
 * Holt
 *   l = y_2 and b = y_2 - y_1 at first, then
 *   l' = alpha y_t + (1 - alpha) (l + b)
 *   b' = beta (l' - l) + (1 - beta) b                     F_h = l + h b
 *
 * Holt-Winters, seasons of m periods
 *   l' = alpha (y_t - s) + (1 - alpha) (l + b)            additive
 *   b' = beta (l' - l) + (1 - beta) b
 *   s' = gamma (y_t - l') + (1 - gamma) s                 F_h = l + h b + s
 * and with y_t / s, y_t / l', (l + h b) s when multiplicative. s is the factor
 * of the same period one season before. It starts at period m + 1 with values
 * from the first two seasons, decomposed: trend_t = the centred moving average
 * of one season (half weights at both ends when m is even); s = the means of
 * y_t - trend_t (or y_t / trend_t) by period of the season, less their mean (or
 * over it); l and b = intercept and slope of the least-squares line through the
 * trend's values, numbered from 1. (So l lies half a season before the period
 * it is first used for: of a series with a trend the first forecasts are off.
 * That is R's way, and wears off.)
 *
 * Source: Holt 1957, Winters 1960; the starts are those of R's HoltWinters()
 * and decompose(), so that their figures can be compared with ours.
 *
 * 0 < alpha <= 1 (with 0 nothing would ever be learnt), 0 <= beta, gamma <= 1.
 * Any finite numbers are taken, negative ones as well; multiplicative seasons
 * need numbers above 0.
 */
#ifndef METRICS_SMOOTHING_H
#define METRICS_SMOOTHING_H

#include "common/metrics/refusal.h"

enum { SEASON_MAX = 366 };

struct smoothed {
    double level;  /* at the last period */
    double trend;  /* of a period; 0 when the method has none */
    size_t season; /* m; 0: no seasons */
    bool multiplicative;
    double factors[SEASON_MAX]; /* of the next m periods */
};

/* One number is enough. */
must_check enum refusal smooth_ses(const double *y, size_t n, double alpha,
                                   struct smoothed *out);
/* Two numbers are enough. */
must_check enum refusal smooth_holt(const double *y, size_t n, double alpha,
                                    double beta, struct smoothed *out);

struct season {
    size_t length; /* m: 2 .. SEASON_MAX */
    bool multiplicative;
};

/* Two seasons are enough. */
must_check enum refusal smooth_holt_winters(const double *y, size_t n,
                                            double alpha, double beta,
                                            double gamma, struct season season,
                                            struct smoothed *out);

/* F_h, h >= 1. */
double smoothed_at(const struct smoothed *s, size_t h);

#endif
