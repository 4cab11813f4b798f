/* croston.h - demand that comes now and then: how much of it a period.
 * Before it: series.h. After it: forecast.h. Beside it: demand_class.h, which
 * tells when to use these.
 *
 * z is the smoothed size of a demand, p the smoothed interval between two, in
 * periods; the first interval is counted from period 1. Pieces a period.
 *
 * Croston: at a demand y_t > 0 alone, the first of which starts them,
 *   z += alpha (y_t - z)
 *   p += alpha (interval - p)              rate = z / p
 * SBA                                      rate = z / p x (1 - alpha / 2)
 * SBJ                                rate = z / p x (1 - alpha / (2 - alpha))
 * Croston's rate is too high on average; SBA and SBJ take that off.
 *
 * TSB: here p is the chance of a demand, learnt in every period after the first
 *   p += beta ((1 if y_t > 0 else 0) - p)
 *   z += alpha (y_t - z) at a demand alone  rate = p z
 * so the rate falls while nothing sells, which Croston's never does.
 *
 * Start, z = the first demand in all of them:
 *   naive  p = the first interval;          TSB: 1 if y_1 > 0, else 0
 *   mean   p = the mean of all intervals;   TSB: the share of periods with one
 *
 * Source: Croston 1972; Syntetos and Boylan 2005 (SBA); Shale, Boylan and
 * Johnston 2006 (SBJ); Teunter, Syntetos and Babai 2011 (TSB). The starts are
 * those of R's forecast 8.20 (naive) and tsintermittent 1.10.
 *
 * All zeros are a rate of 0. A single demand is its size over its interval:
 * 0 0 0 5 is 1.25, 5 0 0 0 is 5. Negative numbers are refused: a period in
 * which more came back than was sold is not a demand. 0 < alpha <= 1 (SBJ with
 * 1 is always 0), 0 <= beta <= 1.
 */
#ifndef METRICS_CROSTON_H
#define METRICS_CROSTON_H

#include "common/metrics/refusal.h"

enum croston_variant { CROSTON_PLAIN, CROSTON_SBA, CROSTON_SBJ };
enum croston_start { CROSTON_NAIVE, CROSTON_MEAN };

must_check enum refusal croston_rate(const double *y, size_t n,
                                     enum croston_variant variant,
                                     enum croston_start start, double alpha,
                                     double *out);

must_check enum refusal tsb_rate(const double *y, size_t n,
                                 enum croston_start start, double alpha,
                                 double beta, double *out);

#endif
