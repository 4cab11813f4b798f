/* supply.c - the stock of the days to come. See supply.h. */
#include <string.h>

#include "common/metrics/amount.h"
#include "common/metrics/demand.h"
#include "common/metrics/supply.h"

static void take_arrival(struct supply *s, const struct arrival *a)
{
    int day = a->day > 0 && a->day <= s->days ? (int)a->day : 0;

    if (a->quantity <= 0)
        return;
    s->on_order = amount_add(s->on_order, a->quantity);
    if (a->day < 0)
        s->overdue = amount_add(s->overdue, a->quantity);
    if (a->day > s->days)
        return;
    s->due[day] = amount_add(s->due[day], a->quantity);
    if (day > s->last_due)
        s->last_due = day;
}

/* From demand and arrivals to stock and lost. */
static void simulate(struct supply *s)
{
    int64_t stock = amount_add(s->now > 0 ? s->now : 0, s->due[0]);

    s->stock[0] = stock;
    for (int t = 0; t < s->days; t++) {
        int64_t rest = stock - (s->demand[t + 1] - s->demand[t]);

        s->lost[t] = rest < 0 ? -rest : 0;
        stock = amount_add(rest < 0 ? 0 : rest, s->due[t + 1]);
        s->stock[t + 1] = stock;
    }
    s->lost[s->days] = 0;
}

void supply_project(struct supply *s, int64_t stock_now,
                    const struct demand *demand, const struct arrival *arrivals,
                    size_t n, int horizon)
{
    s->now = stock_now;
    s->on_order = s->overdue = 0;
    s->days = horizon < SUPPLY_DAYS ? horizon : SUPPLY_DAYS;
    s->last_due = 0;
    memset(s->due, 0, (size_t)(s->days + 1) * sizeof *s->due);
    for (size_t i = 0; i < n; i++)
        take_arrival(s, &arrivals[i]);
    demand_sum(demand, s->demand, (size_t)s->days);
    simulate(s);
}

/* The first t with less than LEVEL, or with a loss the day before. */
static int64_t first_under(const struct supply *s, int64_t level)
{
    for (int t = 0; t <= s->days; t++)
        if (s->stock[t] < level || (t > 0 && s->lost[t - 1] > 0))
            return t;
    return METRIC_NEVER;
}

static bool nothing_sells(const struct supply *s)
{
    return s->demand[s->days] == 0;
}

int64_t supply_first_below(const struct supply *s, int64_t minimum)
{
    if (minimum > 0)
        return first_under(s, minimum);
    return nothing_sells(s) ? METRIC_NEVER : first_under(s, 1);
}

int64_t supply_sells_out_first(const struct supply *s)
{
    if (s->now <= 0 && !nothing_sells(s))
        return 0;
    return supply_first_below(s, 0);
}

int64_t supply_sells_out_last(const struct supply *s)
{
    if (nothing_sells(s))
        return METRIC_NEVER;
    for (int t = s->last_due; t <= s->days; t++)
        if (s->stock[t] == 0)
            return t;
    return METRIC_NEVER;
}

int64_t supply_demand(const struct supply *s, int from, int to)
{
    return s->demand[to] - s->demand[from];
}

int64_t supply_lost(const struct supply *s, int from, int to)
{
    int64_t lost = 0;

    for (int t = from; t < to; t++)
        lost = amount_add(lost, s->lost[t]);
    return lost;
}

int64_t supply_due(const struct supply *s, int from, int to)
{
    int64_t due = 0;

    for (int t = from; t <= to; t++)
        due = amount_add(due, s->due[t]);
    return due;
}
