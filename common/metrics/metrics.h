/* metrics.h - all metrics of one item at one location, in one row.
 *
 *   history -> sales
 *           -> velocity -> demand -> supply -> replenish
 *
 * Pure: no I/O, no clock, no memory of its own; the same input gives the same
 * bytes. The worker computes rows with it; the command line and the page
 * explain them with metric_columns[].
 */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "common/base.h"
#include "common/metrics/replenish.h"

struct arrival;
struct history;

enum { METRIC_PERIOD_MAX = 365 }; /* days, of lead time and days of stock */

struct metric_settings {
    int lead_time;     /* days from ordering to selling; cut to the maximum */
    int days_of_stock; /* days an order is to last; likewise */
    int window_days;   /* complete days the velocity is taken from */
    enum replenish_form form;
    /* Pieces, fixed; 0 or less: no such rule. */
    int64_t minimum; /* to be left at the end of the planning period */
    int64_t maximum; /* of available and on order together */
    int64_t moq;     /* least quantity of an order */
    int64_t uom;     /* pieces of a case */
    enum uom_rounding uom_rounding;
    int64_t unsold_level; /* pieces to have of what was never sold */
};

/* Lead time 14 days, 30 days of stock, a window of 90 days (long enough to meet
 * slow items, short enough to follow a season), lost sales, no further rule. */
extern const struct metric_settings metric_settings_default;

struct metric_stock {
    int64_t on_hand;  /* pieces, fixed; may be negative */
    int64_t reserved; /* of them, promised to customers */
    int64_t price;    /* of a piece; 0 or less: not known, then the mean revenue
                         of the pieces sold in 365 days is taken */
};

enum metric_urgency { METRIC_CALM, METRIC_ORANGE, METRIC_RED };

enum metric_type {
    METRIC_FIXED, /* in steps of 1e-6 */
    METRIC_DAYS,  /* whole days from today */
    METRIC_COUNT  /* a whole number */
};

/* The columns: X(name, type, unit, one-line explanation). Columns in days from
 * today, and days_of_cover, may be METRIC_NEVER. "Available", on hand less
 * reserved, is the stock now of all formulas. */
#define METRIC_COLUMNS(X)                                                      \
    X(units_7, FIXED, "pieces", "sold less returned, last 7 complete days")    \
    X(units_14, FIXED, "pieces", "sold less returned, last 14 complete days")  \
    X(units_30, FIXED, "pieces", "sold less returned, last 30 complete days")  \
    X(units_365, FIXED, "pieces", "sold less returned, last 365 days")         \
    X(revenue_7, FIXED, "money", "after discounts and returns, last 7 days")   \
    X(revenue_14, FIXED, "money", "after discounts and returns, last 14 days") \
    X(revenue_30, FIXED, "money", "after discounts and returns, last 30 days") \
    X(revenue_365, FIXED, "money", "after discounts and returns, last year")   \
    X(known_days_30, COUNT, "days", "days of the last 30 with a known stock")  \
    X(stockout_days_30, COUNT, "days", "of these, ended with 0 or less")       \
    X(stockout_days_window, COUNT, "days", "left out of the velocity as out")  \
    X(velocity, FIXED, "pieces/day", "sold on a day with something to sell")   \
    X(velocity_days, COUNT, "days", "days that the velocity was taken from")   \
    X(velocity_rule, COUNT, "rule", "0 none 1 window 2 last sales 3 plain")    \
    X(lost_units_30, FIXED, "pieces", "velocity x days out, last 30 days")     \
    X(lost_revenue_30, FIXED, "money", "lost units x price, last 30 days")     \
    X(on_hand, FIXED, "pieces", "stock now")                                   \
    X(reserved, FIXED, "pieces", "of the stock, promised to customers")        \
    X(available, FIXED, "pieces", "on hand less reserved")                     \
    X(on_order, FIXED, "pieces", "to come from all open orders")               \
    X(overdue_on_order, FIXED, "pieces", "on order and due before today")      \
    X(days_of_cover, FIXED, "days", "how long the available stock lasts")      \
    X(sells_out_first, DAYS, "days", "until nothing is left to sell")          \
    X(sells_out_last, DAYS, "days", "until all on order is used up too")       \
    X(forecast_planning_period, FIXED, "pieces",                               \
      "demand of lead time and days of stock")                                 \
    X(replenishment, FIXED, "pieces", "needed for the planning period")        \
    X(to_order, FIXED, "pieces", "replenishment by the vendor's rules")        \
    X(replenish_in, DAYS, "days", "until the last day to order; 0: today")     \
    X(urgency, COUNT, "level", "2 red: out; 1 orange: out within lead time")

struct metric_row {
#define FIELD(name, type, unit, help) int64_t name;
    METRIC_COLUMNS(FIELD)
#undef FIELD
};

struct metric_column {
    const char *name;
    enum metric_type type;
    const char *unit;
    const char *help;
    size_t offset; /* of its int64_t in struct metric_row */
};

#define METRIC_ONE(name, type, unit, help) +1
enum { METRIC_COLUMNS_N = 0 METRIC_COLUMNS(METRIC_ONE) };
#undef METRIC_ONE
extern const struct metric_column metric_columns[METRIC_COLUMNS_N];

int64_t metric_value(const struct metric_row *row,
                     const struct metric_column *column);

/* Borrows all; ARRIVALS (N of them) may be in any order. Red is an item that is
 * out of available stock and has a demand; orange one that will be so before an
 * order placed today arrives. */
void metrics_compute(const struct history *history,
                     const struct metric_stock *stock,
                     const struct arrival *arrivals, size_t n,
                     const struct metric_settings *settings,
                     struct metric_row *out);

#endif
