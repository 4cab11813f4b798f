/* replenish.c - how much to order, and by when. See replenish.h. */
#include "common/metrics/amount.h"
#include "common/metrics/replenish.h"
#include "common/metrics/supply.h"

static int64_t position(const struct supply *s)
{
    return amount_add(s->now, s->on_order);
}

/* NEED in whole pieces, as far as MAXIMUM leaves room for it. */
static int64_t fit(const struct supply *s, const struct replenish_rule *rule,
                   int64_t need)
{
    int64_t quantity = need > 0 ? amount_up(need, FIXED_ONE) : 0;
    int64_t room;

    if (rule->maximum <= 0)
        return quantity;
    room = amount_sub(rule->maximum, position(s));
    if (room <= 0)
        return 0;
    room = amount_down(room, FIXED_ONE);
    return quantity < room ? quantity : room;
}

int64_t replenish_quantity(const struct supply *s,
                           const struct replenish_rule *rule)
{
    bool lost_sales = rule->form == REPLENISH_LOST_SALES;
    int lead = rule->lead_time;
    int end = lead + rule->days_of_stock;
    int64_t wanted = supply_demand(s, lost_sales ? lead : 0, end);
    int64_t had = lost_sales ? s->stock[lead] : s->now;
    int64_t due = supply_due(s, lost_sales ? lead + 1 : 0, end);

    wanted = amount_add(wanted, rule->minimum);
    return fit(s, rule, amount_sub(amount_sub(wanted, had), due));
}

int64_t replenish_unsold(const struct supply *s,
                         const struct replenish_rule *rule, int64_t level)
{
    if (level < rule->minimum)
        level = rule->minimum;
    return fit(s, rule, amount_sub(level, position(s)));
}

static int64_t round_to(int64_t quantity, int64_t uom,
                        enum uom_rounding rounding)
{
    int64_t rest = quantity % uom;
    bool up =
        rounding == UOM_UP || (rounding == UOM_NEAREST && rest >= uom - rest);

    return up ? amount_up(quantity, uom) : amount_down(quantity, uom);
}

int64_t replenish_to_order(int64_t quantity, int64_t moq, int64_t uom,
                           enum uom_rounding rounding)
{
    int64_t rounded;

    if (quantity <= 0)
        return 0;
    if (quantity < moq)
        quantity = moq;
    if (uom <= 0)
        return quantity;
    rounded = round_to(quantity, uom, rounding);
    return rounded < moq ? amount_up(moq, uom) : rounded;
}

int64_t replenish_in(const struct supply *s, const struct replenish_rule *rule)
{
    int64_t t = supply_first_below(s, rule->minimum);

    if (t == METRIC_NEVER)
        return METRIC_NEVER;
    return t > rule->lead_time ? t - rule->lead_time : 0;
}
