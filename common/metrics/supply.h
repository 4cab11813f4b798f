/* supply.h - the stock of the days to come, simulated day by day.
 * Before it: demand.h. After it: replenish.h.
 *
 *   stock(0)     = max(0, stock now) + due(0)
 *   lost(t)      = max(0, f(t) - stock(t))            demand nobody could meet
 *   stock(t + 1) = max(0, stock(t) - f(t)) + due(t + 1)
 *
 * f(t) is the demand of day t, due(t) what arrives on it, in time to be sold on
 * it. Demand that meets no stock is lost, not owed. What is overdue is taken to
 * arrive today.
 *
 * "Sells out in" is often given as the days until the stock is gone, plus those
 * until the next arrival, plus those until that is gone, which counts days
 * twice: 5 a day, 10 on hand, 20 due in 5 days would be "11 days". The
 * simulation says what happens: out on day 2, again on day 9.
 */
#ifndef METRICS_SUPPLY_H
#define METRICS_SUPPLY_H

#include "common/base.h"

struct demand;

enum { SUPPLY_DAYS = 730 }; /* the simulation goes no further */

/* What is still to come of an order. A line without (that is cancelled, or has
 * arrived: 0 pieces or less) counts for nothing. */
struct arrival {
    int64_t day;      /* from today; negative: overdue. Beyond the horizon (a
                         day that nobody knows: METRIC_NEVER) it is on order
                         but plays no part in the simulation. */
    int64_t quantity; /* pieces, fixed */
};

/* All amounts are pieces, fixed. t goes from 0 to days. */
struct supply {
    int64_t now;      /* stock now, as said: may be negative */
    int64_t on_order; /* all that is to come, whenever */
    int64_t overdue;  /* of it, was due before today */
    int days;         /* the horizon */
    int last_due;     /* the last day within it with an arrival, or 0 */
    int64_t demand[SUPPLY_DAYS + 1]; /* F(0, t) */
    int64_t due[SUPPLY_DAYS + 1];    /* arrives on day t */
    int64_t stock[SUPPLY_DAYS + 1];  /* at t, with what arrives then */
    int64_t lost[SUPPLY_DAYS + 1];   /* of the demand of day t */
};

/* Simulates HORIZON days (0 .. SUPPLY_DAYS) into S. The N arrivals may be in
 * any order. */
void supply_project(struct supply *s, int64_t stock_now,
                    const struct demand *demand, const struct arrival *arrivals,
                    size_t n, int horizon);

/* The first t at which there is nothing, even if more arrives later: stock(t)
 * is 0, or the demand of day t - 1 was not met, or t = 0 and there is none now.
 * METRIC_NEVER within the horizon, or without any demand. */
int64_t supply_sells_out_first(const struct supply *s);
/* The first t at which all that was on hand and on order is used up. Never
 * before supply_sells_out_first(). */
int64_t supply_sells_out_last(const struct supply *s);
/* The first t with stock(t) < MINIMUM or unmet demand the day before; with a
 * MINIMUM of 0, with stock(t) = 0, if there is any demand. */
int64_t supply_first_below(const struct supply *s, int64_t minimum);

/* For days within 0 .. s->days. */
int64_t supply_demand(const struct supply *s, int from, int to); /* [from,to) */
int64_t supply_lost(const struct supply *s, int from, int to);   /* [from,to) */
int64_t supply_due(const struct supply *s, int from, int to);    /* [from,to] */

#endif
