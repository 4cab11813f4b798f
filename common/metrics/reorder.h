/* reorder.h - at what stock to order again, and how much at a time.
 * Before it: refusal.h. Beside it: replenish.h, which works day by day.
 *
 *   d, sd_d   demand of a period: mean and standard deviation (pieces)
 *   L, sd_L   lead time: mean and standard deviation (periods)
 *   T         periods between two reviews of the stock; 0: it is always watched
 *   z         normal_quantile(service): the service level is the chance of
 *             no stock-out before an order arrives
 *
 *   demand to cover   d (L + T)
 *   deviation of it   sqrt((L + T) sd_d^2 + d^2 sd_L^2)
 *   safety stock      z x deviation
 *   reorder point     demand to cover + safety stock (with T: the level to
 *                     order up to)
 *
 * With sd_L = 0 the safety stock is z sd_d sqrt(L). A deviation known for the
 * whole lead time is sd_d = that / sqrt(L). Periods are days, or weeks, but the
 * same everywhere. Demand of the periods is taken to be independent and normal.
 *
 * Max minus average (no deviation needed):
 *   safety stock      longest L x largest d - mean L x mean d
 *   reorder point     safety stock + mean L x mean d
 * Some shop programs order at that safety stock already, which is too late.
 *
 * EOQ, the quantity that is cheapest to order and to keep (pieces):
 *   Q = sqrt(2 D S / H)       cost of it = D S / Q + H Q / 2
 * D demand of a year (pieces), S cost of an order, H cost of keeping a piece
 * for a year (money). D and H may be of any period, the same for both.
 *
 * Source: textbook (Silver, Pyke and Thomas); EOQ: Harris 1913. Worked examples
 * with published answers are in tests/test_forecast.c.
 */
#ifndef METRICS_REORDER_H
#define METRICS_REORDER_H

#include "common/metrics/refusal.h"

/* The z below which a standard normal number is with the chance P, to about
 * 1e-15 of its size; NaN unless 0 < P < 1. */
double normal_quantile(double p);

struct reorder_input {
    double demand;       /* d, >= 0 */
    double demand_sd;    /* sd_d, >= 0 */
    double lead_time;    /* L, >= 0 */
    double lead_time_sd; /* sd_L, >= 0 */
    double review;       /* T, >= 0 */
    double service;      /* 0.5 .. below 1: a safety stock is not negative */
};

struct reorder_point {
    double z;
    double expected;  /* demand to cover, pieces */
    double deviation; /* of it, pieces */
    double safety_stock;
    double point; /* reorder point, or level to order up to */
};

must_check enum refusal reorder_point(const struct reorder_input *in,
                                      struct reorder_point *out);

struct max_average {
    double demand, demand_max;       /* pieces a period */
    double lead_time, lead_time_max; /* periods */
};

/* Fills what it knows of: z and the deviation are 0. */
must_check enum refusal reorder_max_average(const struct max_average *in,
                                            struct reorder_point *out);

struct eoq {
    double quantity;
    double orders; /* D / Q in a period, 0 without demand */
    double cost;   /* of a period */
};

/* Without demand, or with orders that cost nothing, Q and its cost are 0. */
must_check enum refusal eoq(double demand, double order_cost,
                            double holding_cost, struct eoq *out);

#endif
