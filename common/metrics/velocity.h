/* velocity.h - pieces that sell on a day on which there is something to sell.
 * Before it: history.h. After it: demand.h.
 *
 *   W   the last N complete days        S  net pieces sold in W
 *   N'  = N - days of W before the first sale ever
 *   O'  = days out of stock among those N'
 *
 *   velocity = S / (N' - O')                              VELOCITY_WINDOW
 *
 * Sales on a day that ended out of stock stay in S, though their day is not
 * counted: they emptied the shelf. A day of unknown stock is counted, for
 * nothing says that it was out.
 *
 * When N' - O' = 0, the last-sales rule: walk back from yesterday, beyond W,
 * to the first sale or the start of the history, until N days are collected
 * that are not out of stock; sales on days out of stock are ignored;
 *
 *   velocity = net pieces of those days / their number    VELOCITY_LAST_SALES
 *
 * What was sold was wanted, so when that is less than S / N' (a shop that sells
 * without stock) or there is no such day, S / N' it is    VELOCITY_PLAIN
 *
 * More returned than sold is no demand: 0. So is what was never sold: then no
 * day is counted                                          VELOCITY_NONE
 * A history of less than N days makes N its length.
 *
 * Source: Inventory Planner's help on sales velocity and on the last-sales
 * method. Its examples: 1,000 in a January with 15 days out are 62.5 a day; 10
 * in a month that was half out are a demand of 20 a month.
 */
#ifndef METRICS_VELOCITY_H
#define METRICS_VELOCITY_H

#include "common/base.h"

struct history;

enum velocity_rule {
    VELOCITY_NONE,
    VELOCITY_WINDOW,
    VELOCITY_LAST_SALES,
    VELOCITY_PLAIN
};

struct velocity {
    enum velocity_rule rule;
    int64_t per_day; /* sold / days, fixed, rounded half away from zero */
    int64_t sold;    /* net pieces that were counted, fixed, >= 0 */
    int days;        /* days that were counted */
    int out;         /* O': days of the window left out as out of stock */
    int before;      /* N - N': days of the window before the first sale */
};

struct velocity velocity_of(const struct history *h, int window_days);

/* The same unrounded: 2 pieces in 3 days are 20 in 30, not 20.00001. */
double velocity_rate(const struct velocity *v);

#endif
