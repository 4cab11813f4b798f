/* abc.h - which items matter most (ABC), and which are steady (XYZ).
 * Before it: series.h.
 *
 * ABC: items by revenue, the largest first, equal ones by id (as strcmp());
 * "before" is the share of all revenue that those before an item have.
 *
 *   A  before < 80 %        B  before < 95 %        C  else
 *
 * So the item that crosses a line still is above it: the first is always A.
 * Another common rule puts it below. Shares are compared in whole numbers; the
 * input's order does not matter. A revenue of 0 or less (more came back than
 * was sold) has no share and is C; so are all, when nobody has any.
 *
 * XYZ: CV = standard deviation (of a sample) / mean of weekly demand.
 *
 *   X  CV < 0.5             Y  CV < 1               Z  else, or no demand
 *
 * Source: ABC: Pareto's 80 and 95 % as Inventory Planner and most shop programs
 * have them; XYZ: textbook.
 */
#ifndef METRICS_ABC_H
#define METRICS_ABC_H

#include "common/metrics/refusal.h"

struct abc_item {
    const char *id;  /* borrowed; differs from all others */
    int64_t revenue; /* money, fixed; the same period for all */
    /* Written by abc_classify(): */
    double share;  /* of all revenue, 0 .. 1 */
    double before; /* share of those before it */
    char grade;    /* 'A', 'B' or 'C' */
};

/* Sorts the items as above, and fills them. */
void abc_classify(struct abc_item *items, size_t n);

struct xyz {
    double mean; /* of a week */
    double cv;   /* 0 without demand */
    char grade;  /* 'X', 'Y' or 'Z' */
};

/* At least two weeks, none negative. */
must_check enum refusal xyz_classify(const double *weeks, size_t n,
                                     struct xyz *out);

#endif
