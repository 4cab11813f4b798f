/* sales.h - what was sold in the last N complete days.
 * Before it: history.h. After it: metrics.h.
 *
 *   units   = sum of (sold - returned)            pieces, fixed
 *   revenue = sum of revenue net of returns       money, fixed
 *   out     = days whose closing stock was 0 or less
 *
 * As Inventory Planner's help defines "N days sales", "N days revenue" and "30
 * days stockouts": the last N days, whatever period a report shows.
 */
#ifndef METRICS_SALES_H
#define METRICS_SALES_H

#include "common/base.h"

struct history;

struct sales {
    int64_t units;   /* negative when more came back than was sold */
    int64_t revenue; /* likewise */
    int days;        /* that were summed: N, or what the history has */
    int known;       /* of them, with a known closing stock */
    int out;         /* of the known ones, out of stock */
};

struct sales sales_of_last(const struct history *h, int n);

#endif
