/* replenish.h - how much to order, and by when.
 * Before it: supply.h. After it: metrics.h.
 *
 *   0             lead time LT         H = LT + days of stock
 *   |--- an order placed today is ---|--- what it must cover ---|
 *                on its way
 *
 * The planning period is H days; at its end MINIMUM pieces are to be left.
 *
 *   backorder form   F(0, H) + MINIMUM - stock now - due(0 .. H)
 *   lost-sales form  F(LT, H) + MINIMUM - stock(LT) - due(LT+1 .. H)
 *
 * The first takes demand that meets no stock to be owed, the second to be lost
 * (stock(LT) is the simulated stock of supply.h, never below 0), which orders
 * less for an item that will be out before an order of today can arrive. Both
 * are rounded up to whole pieces, and are 0 when negative. Position: stock now
 * and all on order; replenishment never lifts it above MAXIMUM.
 *
 * Source: Inventory Planner's help on replenishment, which does not say which
 * of the two it means; the forms and the position are textbook (order-up-to
 * level with lead time, complete backordering or lost sales).
 */
#ifndef METRICS_REPLENISH_H
#define METRICS_REPLENISH_H

#include "common/base.h"

struct supply;

enum replenish_form { REPLENISH_LOST_SALES, REPLENISH_BACKORDER };
enum uom_rounding { UOM_UP, UOM_NEAREST, UOM_DOWN };

struct replenish_rule {
    enum replenish_form form;
    int lead_time;     /* LT, days, >= 0 */
    int days_of_stock; /* >= 0; the sum must be within the simulation */
    int64_t minimum;   /* pieces, fixed, >= 0 */
    int64_t maximum;   /* pieces, fixed; 0: none */
};

/* Whole pieces, fixed, before the vendor's rules. */
int64_t replenish_quantity(const struct supply *s,
                           const struct replenish_rule *rule);

/* The same for an item without any sale to forecast from: what lifts its
 * position to LEVEL, or MINIMUM if that is more. */
int64_t replenish_unsold(const struct supply *s,
                         const struct replenish_rule *rule, int64_t level);

/* By the vendor's rules: nothing is ordered when QUANTITY is 0; else at least
 * MOQ (minimum order quantity), in whole multiples of UOM (the pieces of a
 * case), rounded up, down or to the nearest, halves up. Rounding does not go
 * below MOQ. Each may be 0: no such rule. May lift the position above MAXIMUM:
 * the vendor's rules come last. */
int64_t replenish_to_order(int64_t quantity, int64_t moq, int64_t uom,
                           enum uom_rounding rounding);

/* Days from today until the last day to order: max(0, t - LT), where t is the
 * first day with less than MINIMUM (supply_first_below()). 0 is today, or
 * already too late; METRIC_NEVER when t is not within the simulation. */
int64_t replenish_in(const struct supply *s, const struct replenish_rule *rule);

#endif
