/* velocity.c - pieces that sell on a day in stock. See velocity.h. */
#include "common/metrics/amount.h"
#include "common/metrics/history.h"
#include "common/metrics/velocity.h"

static int64_t net(const struct history_day *day)
{
    return amount_sub(day->sold, day->returned);
}

/* What sold on DAYS days, under RULE, into V. */
static void settle(struct velocity *v, enum velocity_rule rule, int64_t sold,
                   int days)
{
    v->rule = rule;
    v->sold = sold > 0 ? sold : 0;
    v->days = days;
    v->per_day = amount_ratio(v->sold, 1, days);
}

/* The last WANTED days that are not out of stock, if there are any. */
static void settle_last_sales(struct velocity *v, const struct history *h,
                              int wanted)
{
    size_t first = history_first_sold(h);
    int64_t sold = 0;
    int days = 0;

    for (size_t i = h->count; i > first && days < wanted; i--) {
        if (history_is_out(&h->days[i - 1]))
            continue;
        sold = amount_add(sold, net(&h->days[i - 1]));
        days++;
    }
    if (days > 0)
        settle(v, VELOCITY_LAST_SALES, sold, days);
}

struct velocity velocity_of(const struct history *h, int window_days)
{
    size_t start = history_last(h, window_days);
    size_t first = history_first_sold(h);
    size_t from = first > start ? first : start;
    int days = (int)(h->count - from);
    struct velocity v = {.before = (int)(from - start)};
    int64_t sold = 0, plain;

    if (days == 0)
        return v;
    for (size_t i = from; i < h->count; i++)
        sold = amount_add(sold, net(&h->days[i]));
    v.out = history_days_out(h, from);
    if (days > v.out) {
        settle(&v, VELOCITY_WINDOW, sold, days - v.out);
        return v;
    }
    plain = amount_ratio(sold, 1, days);
    settle_last_sales(&v, h, (int)(h->count - start));
    if (v.days == 0 || v.per_day < plain)
        settle(&v, VELOCITY_PLAIN, sold, days);
    return v;
}

double velocity_rate(const struct velocity *v)
{
    return v->days ? fixed_to_double(v->sold) / v->days : 0;
}
