/* history.c - what was sold and left, day by day. See history.h. */
#include "common/metrics/amount.h"
#include "common/metrics/history.h"

void history_start(struct history *h, struct history_day *days, size_t count,
                   int64_t yesterday)
{
    *h = (struct history){.days = days,
                          .count = count,
                          .first = yesterday - (int64_t)count + 1,
                          .first_sold = HISTORY_NEVER};
    for (size_t i = 0; i < count; i++)
        days[i] = (struct history_day){.stock = HISTORY_NOT_KNOWN};
}

static bool is_complete(const struct history *h, int64_t day)
{
    return day < h->first + (int64_t)h->count;
}

static struct history_day *day_at(const struct history *h, int64_t day)
{
    return day < h->first || !is_complete(h, day) ? NULL
                                                  : &h->days[day - h->first];
}

static int64_t net_revenue(const struct history_sale *sale)
{
    if (sale->returned == 0 || sale->quantity == 0)
        return sale->revenue;
    return amount_sub(sale->revenue, amount_ratio(sale->revenue, sale->returned,
                                                  sale->quantity));
}

void history_sales(struct history *h, const struct history_sale *sales,
                   size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct history_sale *sale = &sales[i];
        struct history_day *day = day_at(h, sale->day);

        if (sale->quantity > 0 && sale->day < h->first_sold &&
            is_complete(h, sale->day))
            h->first_sold = sale->day;
        if (!day)
            continue;
        day->sold = amount_add(day->sold, sale->quantity);
        day->returned = amount_add(day->returned, sale->returned);
        day->revenue = amount_add(day->revenue, net_revenue(sale));
    }
}

void history_levels(struct history *h, const struct history_level *levels,
                    size_t n)
{
    int64_t level = HISTORY_NOT_KNOWN; /* at the end of the day before */
    int64_t latest = INT64_MIN;

    for (size_t i = 0; i < n; i++) {
        struct history_day *day = day_at(h, levels[i].day);

        if (day) {
            day->stock = levels[i].level;
        } else if (levels[i].day < h->first && levels[i].day >= latest) {
            latest = levels[i].day;
            level = levels[i].level;
        }
    }
    for (size_t i = 0; i < h->count; i++) {
        if (h->days[i].stock == HISTORY_NOT_KNOWN)
            h->days[i].stock = level;
        level = h->days[i].stock;
    }
}

size_t history_last(const struct history *h, int n)
{
    size_t wanted = n > 0 ? (size_t)n : 0;

    return wanted < h->count ? h->count - wanted : 0;
}

size_t history_first_sold(const struct history *h)
{
    if (h->first_sold <= h->first)
        return 0;
    if (!is_complete(h, h->first_sold))
        return h->count;
    return (size_t)(h->first_sold - h->first);
}

int history_days_out(const struct history *h, size_t from)
{
    int out = 0;

    for (size_t i = from; i < h->count; i++)
        out += history_is_out(&h->days[i]);
    return out;
}
