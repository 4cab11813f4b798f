/* series.h - the numbers a forecast is made from: y[0] .. y[n - 1], the amounts
 * of consecutive periods of one length, oldest first.
 * After it: smoothing.h, croston.h, demand_class.h, abc.h.
 */
#ifndef METRICS_SERIES_H
#define METRICS_SERIES_H

#include "common/metrics/refusal.h"

/* There is a number, and all are finite. */
must_check enum refusal series_check(const double *y, size_t n);
/* The same, and none is negative. */
must_check enum refusal series_check_demand(const double *y, size_t n);

struct variation {
    size_t n;    /* numbers that were counted */
    double mean; /* of them; 0 when there is none */
    double cv2;  /* (standard deviation of a sample / mean) squared; of less
                    than two numbers, or a mean of 0, it is 0 */
};

/* Of demand as checked above; of what is above 0 alone, or of all. */
struct variation series_variation(const double *y, size_t n, bool above_0);

#endif
