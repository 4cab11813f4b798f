/* demand.c - how much is expected to sell. See demand.h. */
#include "common/metrics/amount.h"
#include "common/metrics/demand.h"

static double positive(double value)
{
    return value > 0 ? value : 0; /* NaN is not */
}

void demand_sum(const struct demand *d, int64_t *out, size_t n)
{
    size_t single = d->days_n < n ? d->days_n : n;
    double rate = positive(d->per_day);
    double sum = 0;

    out[0] = 0;
    for (size_t t = 0; t < single; t++) {
        sum += positive(d->days[t]);
        out[t + 1] = amount_of(sum);
    }
    for (size_t t = single; t < n; t++)
        out[t + 1] = amount_of(sum + rate * (double)(t + 1 - single));
}

/* Is there a day on which something is expected to sell? */
static bool any_demand(const struct demand *d)
{
    for (size_t t = 0; t < d->days_n; t++)
        if (d->days[t] > 0)
            return true;
    return d->per_day > 0;
}

int64_t demand_cover(const struct demand *d, int64_t stock)
{
    double left = fixed_to_double(stock);

    if (!any_demand(d))
        return METRIC_NEVER;
    if (stock <= 0)
        return 0;
    for (size_t t = 0; t < d->days_n; t++) {
        double day = positive(d->days[t]);
        if (day >= left)
            return amount_of((double)t + left / day);
        left -= day;
    }
    /* amount_of() stops at INT64_MAX, which is METRIC_NEVER. */
    return d->per_day > 0 ? amount_of((double)d->days_n + left / d->per_day)
                          : METRIC_NEVER;
}
