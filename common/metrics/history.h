/* history.h - what was sold and left of one item at one location, day by day.
 * After it: sales.h, velocity.h.
 *
 *   first            first + 1                                yesterday
 *   days[0]          days[1]             ...            days[count - 1]
 *
 * A day is a complete local day of the account, numbered from 1970-01-01 = 0;
 * today is not among them. Quantities and money are fixed point (1e-6).
 *
 * Net pieces of a day: sold - returned. A return counts on the day of its sale,
 * for a sale line says how many came back but not when.
 */
#ifndef METRICS_HISTORY_H
#define METRICS_HISTORY_H

#include "common/base.h"

/* A closing level that nobody told us: the day counts neither as in stock nor
 * as out of stock. So are all days before the first level that is known. */
#define HISTORY_NOT_KNOWN INT64_MIN
#define HISTORY_NEVER INT64_MAX /* first_sold of what was never sold */

struct history_day {
    int64_t sold;     /* pieces, gross */
    int64_t returned; /* pieces */
    int64_t revenue;  /* after discounts and returns, before tax */
    int64_t stock;    /* pieces at the end of the day, or HISTORY_NOT_KNOWN */
};

struct history {
    struct history_day *days; /* oldest first; the caller's */
    size_t count;
    int64_t first;      /* number of the day days[0] */
    int64_t first_sold; /* day of the first sale ever, or HISTORY_NEVER. Who
                           knows of a sale before days[0] may lower it. */
};

/* All that was sold on one day, or one of several lines of it. */
struct history_sale {
    int64_t day;
    int64_t quantity; /* pieces, gross */
    int64_t returned; /* of them, given back */
    int64_t revenue;  /* after discounts, before tax and returns */
};

struct history_level {
    int64_t day;
    int64_t level; /* pieces at the end of that day; may be negative */
};

/* Borrows DAYS (COUNT of them) and makes them days without sales and with
 * unknown stock, of which YESTERDAY is the last. */
void history_start(struct history *h, struct history_day *days, size_t count,
                   int64_t yesterday);

/* Adds N lines, in any order; may be called again. Returned pieces take their
 * share of the line's revenue with them: revenue x (1 - returned / quantity).
 * A line before days[0] only moves first_sold; one after yesterday is left out,
 * for its day is not complete. */
void history_sales(struct history *h, const struct history_sale *sales,
                   size_t n);

/* Sets the closing levels, once, from N levels in any order, one for each day
 * on which there is one. A day without takes the level of the last day before
 * it that has one, be it before days[0]: no news is no change. */
void history_levels(struct history *h, const struct history_level *levels,
                    size_t n);

/* Index of the first of the last N days, of all when there are fewer. */
size_t history_last(const struct history *h, int n);
/* Index of the day of the first sale: 0 if that was before, COUNT if never. */
size_t history_first_sold(const struct history *h);
/* Days from index FROM on that ended with a known level of 0 or less. */
int history_days_out(const struct history *h, size_t from);

static inline bool history_is_out(const struct history_day *day)
{
    return day->stock <= 0 && day->stock != HISTORY_NOT_KNOWN;
}

#endif
