/* sales.c - what was sold in the last N complete days. See sales.h. */
#include "common/metrics/amount.h"
#include "common/metrics/history.h"
#include "common/metrics/sales.h"

struct sales sales_of_last(const struct history *h, int n)
{
    size_t from = history_last(h, n);
    struct sales s = {.days = (int)(h->count - from)};

    for (size_t i = from; i < h->count; i++) {
        const struct history_day *day = &h->days[i];

        s.units = amount_add(s.units, amount_sub(day->sold, day->returned));
        s.revenue = amount_add(s.revenue, day->revenue);
        s.known += day->stock != HISTORY_NOT_KNOWN;
        s.out += history_is_out(day);
    }
    return s;
}
