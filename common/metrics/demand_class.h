/* demand_class.h - what kind of demand a series is, and so which forecast suits
 * it.
 * Before it: series.h. Beside it: croston.h.
 *
 *   ADI = mean interval between demands, in periods, the first counted from
 *         period 1: period of the last demand / number of demands
 *   CV2 = (standard deviation / mean) squared, of the demands above 0; the
 *         deviation is that of a sample (n - 1); of a single demand 0
 *
 *                 CV2 < 0.49      CV2 >= 0.49
 *   ADI <  1.32   smooth          erratic
 *   ADI >= 1.32   intermittent    lumpy
 *
 * Source: Syntetos, Boylan and Croston 2005, who compare with > and so leave
 * the cut-offs themselves in the lower class; here, as in most programs, they
 * are in the upper. Negative numbers are refused.
 */
#ifndef METRICS_DEMAND_CLASS_H
#define METRICS_DEMAND_CLASS_H

#include "common/metrics/refusal.h"

enum demand_kind {
    DEMAND_NONE, /* nothing but zeros */
    DEMAND_SMOOTH,
    DEMAND_ERRATIC,
    DEMAND_INTERMITTENT,
    DEMAND_LUMPY
};

struct demand_class {
    enum demand_kind kind;
    size_t demands; /* periods with any */
    double mean;    /* size of a demand; 0 without any */
    double adi;     /* likewise */
    double cv2;     /* likewise */
};

must_check enum refusal demand_classify(const double *y, size_t n,
                                        struct demand_class *out);

const char *demand_kind_name(enum demand_kind kind); /* "smooth" */

#endif
