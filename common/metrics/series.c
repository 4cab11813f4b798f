/* series.c - the numbers a forecast is made from. See series.h. */
#include <math.h>

#include "common/metrics/series.h"

enum refusal series_check(const double *y, size_t n)
{
    if (n == 0)
        return REFUSE_EMPTY;
    for (size_t t = 0; t < n; t++)
        if (!isfinite(y[t]))
            return REFUSE_NOT_FINITE;
    return REFUSE_NOTHING;
}

enum refusal series_check_demand(const double *y, size_t n)
{
    enum refusal refusal = series_check(y, n);

    for (size_t t = 0; !refusal && t < n; t++)
        if (y[t] < 0)
            refusal = REFUSE_NEGATIVE;
    return refusal;
}

/* Numbers are divided before they are added or squared: no sum can overflow. */
struct variation series_variation(const double *y, size_t n, bool above_0)
{
    struct variation v = {0};

    for (size_t t = 0; t < n; t++)
        v.n += !above_0 || y[t] > 0;
    for (size_t t = 0; t < n; t++)
        v.mean += v.n ? y[t] / (double)v.n : 0;
    for (size_t t = 0; t < n && v.n > 1 && v.mean > 0; t++)
        if (!above_0 || y[t] > 0)
            v.cv2 +=
                (y[t] / v.mean - 1) * (y[t] / v.mean - 1) / (double)(v.n - 1);
    return v;
}
