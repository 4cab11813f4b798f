/* demand.h - how much is expected to sell on the days to come.
 * Before it: velocity.h. After it: supply.h.
 *
 * Day 0 is today, still to be sold as a whole. F(a, b) is the demand of the
 * days a .. b-1. Expectations are doubles; a sum F(0, t) is rounded to 1e-6
 * once, and F(a, b) = F(0, b) - F(0, a), so that parts add up exactly.
 */
#ifndef METRICS_DEMAND_H
#define METRICS_DEMAND_H

#include "common/base.h"

/* What is negative or not a number is no demand. */
struct demand {
    const double *days; /* pieces of day 0, 1, ...; borrowed; NULL if none */
    size_t days_n;
    double per_day; /* pieces of each day after those */
};

/* F(0, t), fixed, for t = 0 .. N, into OUT, which holds N + 1. */
void demand_sum(const struct demand *d, int64_t *out, size_t n);

/* Days of stock cover, fixed: the smallest t with F(0, t) >= STOCK, a day's
 * demand being spread evenly over it; 0 when there is no stock; METRIC_NEVER
 * when there is no demand, or not enough. (Inventory Planner: "days the
 * available inventory lasts by forecast".) */
int64_t demand_cover(const struct demand *d, int64_t stock);

#endif
