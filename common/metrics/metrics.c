/* metrics.c - all metrics of one item at one location. See metrics.h. */
#include <string.h>

#include "common/metrics/amount.h"
#include "common/metrics/demand.h"
#include "common/metrics/history.h"
#include "common/metrics/metrics.h"
#include "common/metrics/sales.h"
#include "common/metrics/supply.h"
#include "common/metrics/velocity.h"

_Static_assert(2 * METRIC_PERIOD_MAX <= SUPPLY_DAYS,
               "the planning period is within the simulation");
_Static_assert(sizeof(struct metric_row) == METRIC_COLUMNS_N * sizeof(int64_t),
               "a row is its columns");

const struct metric_settings metric_settings_default = {
    .lead_time = 14,
    .days_of_stock = 30,
    .window_days = 90,
    .form = REPLENISH_LOST_SALES,
    .uom_rounding = UOM_UP,
};

#define COLUMN(name, type, unit, help)                                         \
    {#name, METRIC_##type, unit, help, offsetof(struct metric_row, name)},
const struct metric_column metric_columns[METRIC_COLUMNS_N] = {
    METRIC_COLUMNS(COLUMN)};
#undef COLUMN

int64_t metric_value(const struct metric_row *row,
                     const struct metric_column *column)
{
    int64_t value;

    memcpy(&value, (const char *)row + column->offset, sizeof value);
    return value;
}

static void put_sales(struct metric_row *out, const struct history *h)
{
    struct sales week = sales_of_last(h, 7);
    struct sales fortnight = sales_of_last(h, 14);
    struct sales month = sales_of_last(h, 30);
    struct sales year = sales_of_last(h, 365);

    out->units_7 = week.units;
    out->units_14 = fortnight.units;
    out->units_30 = month.units;
    out->units_365 = year.units;
    out->revenue_7 = week.revenue;
    out->revenue_14 = fortnight.revenue;
    out->revenue_30 = month.revenue;
    out->revenue_365 = year.revenue;
    out->known_days_30 = month.known;
    out->stockout_days_30 = month.out;
}

/* What a piece brings, as far as we know. Needs the sales. */
static int64_t price_of(const struct metric_stock *stock,
                        const struct metric_row *row)
{
    if (stock->price > 0)
        return stock->price;
    if (row->units_365 <= 0 || row->revenue_365 <= 0)
        return 0;
    return amount_ratio(row->revenue_365, FIXED_ONE, row->units_365);
}

/* What was not sold for want of stock: velocity x days out, of which those
 * before the first sale are none, for nobody missed what was not yet offered.
 * The product is rounded once, so it is not taken from the rounded velocity. */
static void put_lost(struct metric_row *out, const struct history *h,
                     const struct velocity *v, int64_t price)
{
    size_t month = history_last(h, 30), first = history_first_sold(h);
    int days = history_days_out(h, first > month ? first : month);

    if (v->days > 0)
        out->lost_units_30 = amount_ratio(v->sold, days, v->days);
    out->lost_revenue_30 = fixed_mul(out->lost_units_30, price);
}

static void put_velocity(struct metric_row *out, const struct velocity *v)
{
    out->stockout_days_window = v->out;
    out->velocity = v->per_day;
    out->velocity_days = v->days;
    out->velocity_rule = v->rule;
}

static void put_stock(struct metric_row *out, const struct metric_stock *stock)
{
    out->on_hand = stock->on_hand;
    out->reserved = stock->reserved;
    out->available = amount_sub(stock->on_hand, stock->reserved);
}

static void put_supply(struct metric_row *out, const struct supply *s)
{
    out->on_order = s->on_order;
    out->overdue_on_order = s->overdue;
    out->sells_out_first = supply_sells_out_first(s);
    out->sells_out_last = supply_sells_out_last(s);
}

static int period(int days)
{
    if (days < 0)
        return 0;
    return days < METRIC_PERIOD_MAX ? days : METRIC_PERIOD_MAX;
}

static void put_order(struct metric_row *out, const struct supply *s,
                      const struct metric_settings *set, bool sold)
{
    struct replenish_rule rule = {.form = set->form,
                                  .lead_time = period(set->lead_time),
                                  .days_of_stock = period(set->days_of_stock),
                                  .minimum =
                                      set->minimum > 0 ? set->minimum : 0,
                                  .maximum = set->maximum};

    out->forecast_planning_period =
        supply_demand(s, 0, rule.lead_time + rule.days_of_stock);
    out->replenishment = sold ? replenish_quantity(s, &rule)
                              : replenish_unsold(s, &rule, set->unsold_level);
    out->to_order = replenish_to_order(out->replenishment, set->moq, set->uom,
                                       set->uom_rounding);
    out->replenish_in = replenish_in(s, &rule);
    if (out->sells_out_first == 0) /* only with nothing available now */
        out->urgency = METRIC_RED;
    else if (out->sells_out_first < rule.lead_time)
        out->urgency = METRIC_ORANGE;
}

void metrics_compute(const struct history *history,
                     const struct metric_stock *stock,
                     const struct arrival *arrivals, size_t n,
                     const struct metric_settings *settings,
                     struct metric_row *out)
{
    struct velocity v = velocity_of(history, settings->window_days);
    struct demand demand = {.per_day = velocity_rate(&v)};
    bool sold = history->first_sold != HISTORY_NEVER;
    struct supply s;

    *out = (struct metric_row){0};
    put_sales(out, history);
    put_velocity(out, &v);
    put_lost(out, history, &v, price_of(stock, out));
    put_stock(out, stock);
    out->days_of_cover = demand_cover(&demand, out->available);
    supply_project(&s, out->available, &demand, arrivals, n, SUPPLY_DAYS);
    put_supply(out, &s);
    put_order(out, &s, settings, sold);
}
