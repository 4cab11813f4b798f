/* test_metrics.c - the formulas of common/metrics/: published examples, figures
 * worked by hand, and what must hold for any history. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/metrics/amount.h"
#include "common/metrics/demand.h"
#include "common/metrics/history.h"
#include "common/metrics/metrics.h"
#include "common/metrics/sales.h"
#include "common/metrics/supply.h"
#include "common/metrics/velocity.h"

enum { DAYS_MAX = 400, YESTERDAY = 20000 };

#define NEVER METRIC_NEVER

/* A fixed-point number from its text, so that tables can be read. */
static int64_t fix(const char *text)
{
    int64_t value;

    ck_assert_msg(fixed_parse(text, &value) == 0, "%s", text);
    return value;
}

static void assert_fixed(const char *what, int64_t got, const char *want)
{
    char text[FIXED_TEXT];

    ck_assert_msg(got == fix(want), "%s: got %s, not %s", what,
                  fixed_text(got, text), want);
}

static int64_t pieces(int64_t n)
{
    return n * FIXED_ONE;
}

/* amount.h */

START_TEST(test_amounts)
{
    ck_assert_int_eq(amount_ratio(2, 1, 3), 1);
    ck_assert_int_eq(amount_ratio(1, 1, 3), 0);
    ck_assert_int_eq(amount_ratio(5, 1, 2), 3);
    ck_assert_int_eq(amount_ratio(-5, 1, 2), -3);
    ck_assert_int_eq(amount_ratio(5, 1, -2), -3);
    ck_assert_int_eq(amount_ratio(INT64_MAX, 2, 1), INT64_MAX);
    ck_assert_int_eq(amount_ratio(INT64_MIN, 2, 1), INT64_MIN);
    ck_assert_int_eq(amount_add(INT64_MAX, 1), INT64_MAX);
    ck_assert_int_eq(amount_add(INT64_MIN, -1), INT64_MIN);
    ck_assert_int_eq(amount_sub(INT64_MIN, 1), INT64_MIN);
    ck_assert_int_eq(amount_sub(1, INT64_MIN), INT64_MAX);
    ck_assert_int_eq(amount_up(11, 5), 15);
    ck_assert_int_eq(amount_up(10, 5), 10);
    ck_assert_int_eq(amount_up(INT64_MAX - 1, 1000), INT64_MAX);
    ck_assert_int_eq(amount_down(14, 5), 10);
    ck_assert_int_eq(amount_of(1.0000005), 1000001);
    ck_assert_int_eq(amount_of(1e300), INT64_MAX);
}
END_TEST

/* history.h */

START_TEST(test_history_takes_lines)
{
    const struct history_sale lines[] = {
        {.day = 99, .quantity = 4, .returned = 1, .revenue = 100},
        {.day = 97, .quantity = 2, .revenue = 50},
        {.day = 99, .quantity = 1, .revenue = 7},
        {.day = 90, .quantity = 9, .revenue = 9}, /* before */
        {.day = 101, .quantity = 5, .revenue = 5} /* not complete */
    };
    struct history_day days[4];
    struct history h;

    history_start(&h, days, 4, 100);
    ck_assert_int_eq(h.first, 97);
    ck_assert_int_eq(h.first_sold, HISTORY_NEVER);
    ck_assert_uint_eq(history_first_sold(&h), 4);
    history_sales(&h, lines, 3);
    ck_assert_int_eq(h.first_sold, 97);
    ck_assert_int_eq(days[0].sold, 2);
    ck_assert_int_eq(days[2].sold, 5);
    ck_assert_int_eq(days[2].returned, 1);
    ck_assert_int_eq(days[2].revenue, 75 + 7); /* a quarter came back */
    history_sales(&h, lines + 3, 2);
    ck_assert_int_eq(h.first_sold, 90);
    ck_assert_int_eq(days[0].sold, 2);
    ck_assert_int_eq(days[3].sold, 0);
}
END_TEST

START_TEST(test_history_of_today_is_no_sale_yet)
{
    const struct history_sale today = {.day = 101, .quantity = 5};
    struct history_day days[4];
    struct history h;

    history_start(&h, days, 4, 100);
    history_sales(&h, &today, 1);
    ck_assert_int_eq(h.first_sold, HISTORY_NEVER);
}
END_TEST

/* One character a day: '?' not known, '+' 3 pieces, '0' none, '-' minus 3. */
static int64_t level_of(char c)
{
    return c == '?'   ? HISTORY_NOT_KNOWN
           : c == '+' ? pieces(3)
           : c == '-' ? pieces(-3)
                      : 0;
}

static const struct {
    const char *what;
    const char *said; /* day by day; ' ': nobody said anything */
    char before;      /* said two days before the first, or ' ' */
    const char *want;
    int known, out;
} fills[] = {
    {"nothing known", "      ", ' ', "??????", 0, 0},
    {"unknown before the first", "  +   ", ' ', "??++++", 4, 0},
    {"carried in", "  0   ", '+', "++0000", 6, 4},
    {"below 0 is out", " -  + ", '0', "0---++", 6, 4},
    {"all said", "+0+0+0", ' ', "+0+0+0", 6, 3},
};

START_TEST(test_history_fills_levels)
{
    struct history_level levels[8];
    struct history_day days[6];
    struct history h;
    struct sales s;
    size_t n = 0;

    for (int64_t i = 5; i >= 0; i--) /* in no particular order */
        if (fills[_i].said[i] != ' ')
            levels[n++] =
                (struct history_level){95 + i, level_of(fills[_i].said[i])};
    if (fills[_i].before != ' ') {
        levels[n++] = (struct history_level){93, level_of(fills[_i].before)};
        levels[n++] = (struct history_level){80, pieces(77)};
    }
    history_start(&h, days, 6, 100);
    history_levels(&h, levels, n);
    for (int i = 0; i < 6; i++)
        ck_assert_msg(days[i].stock == level_of(fills[_i].want[i]),
                      "%s: day %d", fills[_i].what, i);
    s = sales_of_last(&h, 6);
    ck_assert_int_eq(s.known, fills[_i].known);
    ck_assert_int_eq(s.out, fills[_i].out);
    ck_assert_int_eq(history_days_out(&h, 0), fills[_i].out);
}
END_TEST

/* sales.h */

START_TEST(test_sales_of_last_days)
{
    struct history_day days[20];
    struct history h;
    struct sales s;

    history_start(&h, days, 20, YESTERDAY);
    for (int64_t i = 0; i < 20; i++) { /* 1 ... 20 pieces, 2 each */
        const struct history_sale sale = {h.first + i, pieces(i + 1), 0,
                                          pieces(2 * (i + 1))};
        history_sales(&h, &sale, 1);
    }
    s = sales_of_last(&h, 7); /* 14 ... 20 */
    assert_fixed("units 7", s.units, "119");
    assert_fixed("revenue 7", s.revenue, "238");
    ck_assert_int_eq(s.days, 7);
    s = sales_of_last(&h, 365);
    assert_fixed("units of all", s.units, "210");
    ck_assert_int_eq(s.days, 20);
    ck_assert_int_eq(s.known, 0);
}
END_TEST

/* velocity.h */

/* A day for each character: SOLD a digit ('r': two came back), STOCK as in
 * level_of(). */
static void make_history(struct history *h, struct history_day *days,
                         const char *sold, const char *stock)
{
    size_t n = strlen(sold);

    history_start(h, days, n, YESTERDAY);
    for (size_t i = 0; i < n; i++) {
        struct history_sale sale = {.day = h->first + (int64_t)i};
        if (sold[i] == 'r')
            sale.returned = pieces(2);
        else
            sale.quantity = pieces(sold[i] - '0');
        history_sales(h, &sale, 1);
        days[i].stock = level_of(stock[i]);
    }
}

static const struct {
    const char *what, *sold, *stock;
    int window;
    enum velocity_rule rule;
    const char *per_day;
    int days, out, before;
} velocities[] = {
    {"never sold", "00000", "+++++", 5, VELOCITY_NONE, "0", 0, 0, 5},
    {"always in stock", "12012", "+++++", 5, VELOCITY_WINDOW, "1.2", 5, 0, 0},
    {"window only", "99911", "+++++", 2, VELOCITY_WINDOW, "1", 2, 0, 0},
    {"short history", "12012", "+++++", 90, VELOCITY_WINDOW, "1.2", 5, 0, 0},
    {"out of stock", "40000", "++000", 5, VELOCITY_WINDOW, "2", 2, 3, 0},
    {"2 in 3 days", "20000", "+++00", 5, VELOCITY_WINDOW, "0.666667", 3, 2, 0},
    {"sold on an out day counts", "33000", "+0000", 5, VELOCITY_WINDOW, "6", 1,
     4, 0},
    {"from the first sale", "00040", "+++++", 5, VELOCITY_WINDOW, "2", 2, 0, 3},
    {"out before the first sale", "00040", "000++", 5, VELOCITY_WINDOW, "2", 2,
     0, 3},
    {"unknown counts", "10011", "???+0", 5, VELOCITY_WINDOW, "0.75", 4, 1, 0},
    {"returns", "50r01", "+++++", 5, VELOCITY_WINDOW, "0.8", 5, 0, 0},
    {"more returned than sold", "10rr0", "+++++", 5, VELOCITY_WINDOW, "0", 5, 0,
     0},
    {"below 0 is out", "40000", "++---", 5, VELOCITY_WINDOW, "2", 2, 3, 0},
    {"out all window: last in stock", "1520000", "+++0000", 4,
     VELOCITY_LAST_SALES, "2.666667", 3, 4, 0},
    {"last sales from the first sale", "001520000", "+++++0000", 4,
     VELOCITY_LAST_SALES, "2.666667", 3, 4, 0},
    {"last sales, not more than the window", "1530000", "+++0000", 2,
     VELOCITY_LAST_SALES, "4", 2, 2, 0},
    {"last sales skips days out", "1930000", "+0+0000", 2, VELOCITY_LAST_SALES,
     "2", 2, 2, 0},
    {"last sales of unknown stock", "1500000", "??00000", 4,
     VELOCITY_LAST_SALES, "3", 2, 4, 0},
    {"sold out on the first day", "0600", "?000", 4, VELOCITY_PLAIN, "2", 3, 3,
     1},
    {"never in stock", "1113", "0000", 4, VELOCITY_PLAIN, "1.5", 4, 4, 0},
    {"sells without stock", "1118888", "+++----", 4, VELOCITY_PLAIN, "8", 4, 4,
     0},
};

START_TEST(test_velocity)
{
    const char *what = velocities[_i].what;
    struct history_day days[16];
    struct history h;
    struct velocity v;

    make_history(&h, days, velocities[_i].sold, velocities[_i].stock);
    v = velocity_of(&h, velocities[_i].window);
    ck_assert_msg(v.rule == velocities[_i].rule, "%s: rule %d", what,
                  (int)v.rule);
    assert_fixed(what, v.per_day, velocities[_i].per_day);
    ck_assert_msg(v.days == velocities[_i].days, "%s: days %d", what, v.days);
    ck_assert_msg(v.out == velocities[_i].out, "%s: out %d", what, v.out);
    ck_assert_msg(v.before == velocities[_i].before, "%s: before %d", what,
                  v.before);
}
END_TEST

/* N days in which PIECES were sold, all on the first, the last OUT without
 * stock; on sale since long before. */
static void make_month(struct history *h, struct history_day *days, size_t n,
                       int64_t sold, size_t out)
{
    const struct history_sale sale = {YESTERDAY - (int64_t)n + 1, pieces(sold),
                                      0, 0};

    history_start(h, days, n, YESTERDAY);
    history_sales(h, &sale, 1);
    h->first_sold = 0;
    for (size_t i = 0; i < n; i++)
        days[i].stock = i < n - out ? pieces(1) : 0;
}

/* Inventory Planner's help: 1,000 units in January, 15 days out. */
START_TEST(test_velocity_january)
{
    struct history_day days[31];
    struct history h;
    struct velocity v;

    make_month(&h, days, 31, 1000, 15);
    v = velocity_of(&h, 31);
    assert_fixed("January", v.per_day, "62.5");
    ck_assert_int_eq(v.days, 16);
    ck_assert_int_eq(v.out, 15);
}
END_TEST

/* Likewise: "10 a month, out half the month: the real demand is 20". */
START_TEST(test_velocity_half_a_month)
{
    struct history_day days[30];
    int64_t month[31];
    struct history h;
    struct velocity v;

    make_month(&h, days, 30, 10, 15);
    v = velocity_of(&h, 30);
    assert_fixed("a day", v.per_day, "0.666667");
    demand_sum(&(struct demand){.per_day = velocity_rate(&v)}, month, 30);
    assert_fixed("a month", month[30], "20");
}
END_TEST

/* demand.h */

static const double three_days[] = {4, 0, 6};

static const struct {
    const char *what;
    struct demand demand;
    const char *stock, *want; /* NULL: never */
} covers[] = {
    {"5 a day", {NULL, 0, 5}, "12", "2.4"},
    {"no stock", {NULL, 0, 5}, "0", "0"},
    {"below 0", {NULL, 0, 5}, "-3", "0"},
    {"no demand", {NULL, 0, 0}, "12", NULL},
    {"no demand, no stock", {NULL, 0, 0}, "0", NULL},
    {"negative demand", {NULL, 0, -1}, "12", NULL},
    {"within the first day", {three_days, 3, 2}, "1", "0.25"},
    {"a whole day", {three_days, 3, 2}, "4", "1"},
    {"over a day without", {three_days, 3, 2}, "7", "2.5"},
    {"beyond the single days", {three_days, 3, 2}, "13", "4.5"},
    {"not enough demand", {three_days, 3, 0}, "10.5", NULL},
    {"just enough demand", {three_days, 3, 0}, "10", "3"},
};

START_TEST(test_cover)
{
    int64_t got = demand_cover(&covers[_i].demand, fix(covers[_i].stock));

    if (covers[_i].want)
        assert_fixed(covers[_i].what, got, covers[_i].want);
    else
        ck_assert_msg(got == NEVER, "%s", covers[_i].what);
}
END_TEST

START_TEST(test_demand_sum)
{
    const double odd[] = {1, NAN, -2, 0.5};
    int64_t sum[8];

    demand_sum(&(struct demand){odd, 4, 0.25}, sum, 7);
    assert_fixed("0", sum[0], "0");
    assert_fixed("1", sum[1], "1");
    assert_fixed("3: neither NaN nor negative", sum[3], "1");
    assert_fixed("4", sum[4], "1.5");
    assert_fixed("7", sum[7], "2.25");
    demand_sum(&(struct demand){odd, 4, 0.25}, sum, 1);
    assert_fixed("cut", sum[1], "1");
    demand_sum(&(struct demand){NULL, 0, INFINITY}, sum, 7);
    ck_assert_int_eq(sum[7], INT64_MAX);
}
END_TEST

/* supply.h */

static const struct {
    const char *what;
    int now, per_day;
    struct arrival due[2]; /* pieces, not fixed */
    int horizon, minimum;
    int64_t first, last, below;
} supplies[] = {
    {"two stock-outs, not '11 days'", 10, 5, {{5, 20}}, 730, 0, 2, 9, 2},
    {"nothing on order", 10, 5, {{0, 0}}, 730, 0, 2, 2, 2},
    {"a part of a day", 11, 5, {{0, 0}}, 730, 0, 3, 3, 3},
    {"out now", 0, 5, {{5, 20}}, 730, 0, 0, 9, 0},
    {"below 0 now", -7, 5, {{5, 20}}, 730, 0, 0, 9, 0},
    {"just in time", 10, 5, {{2, 20}}, 730, 0, 6, 6, 6},
    {"an hour too late", 9, 5, {{2, 20}}, 730, 0, 2, 6, 2},
    {"overdue comes today", 10, 5, {{-9, 20}}, 730, 0, 6, 6, 6},
    {"out now, overdue comes today", 0, 5, {{-9, 20}}, 730, 0, 0, 4, 4},
    {"two on one day", 10, 5, {{1, 5}, {1, 5}}, 730, 0, 4, 4, 4},
    {"no demand", 10, 0, {{5, 20}}, 730, 0, NEVER, NEVER, NEVER},
    {"no demand, no stock", 0, 0, {{0, 0}}, 730, 0, NEVER, NEVER, NEVER},
    {"no demand, below minimum", 2, 0, {{0, 0}}, 730, 3, NEVER, NEVER, 0},
    {"minimum", 10, 2, {{0, 0}}, 730, 5, 5, 5, 3},
    {"minimum met exactly", 10, 5, {{0, 0}}, 730, 5, 2, 2, 2},
    {"lasts to the horizon", 10, 5, {{0, 0}}, 2, 0, 2, 2, 2},
    {"lasts beyond the horizon", 10, 5, {{0, 0}}, 1, 0, NEVER, NEVER, NEVER},
    {"due beyond the horizon", 10, 5, {{31, 90}}, 30, 0, 2, 2, 2},
    {"due nobody knows when", 10, 5, {{NEVER, 90}}, 730, 0, 2, 2, 2},
    {"cancelled", 10, 5, {{40, 0}, {50, -3}}, 730, 0, 2, 2, 2},
};

START_TEST(test_supply)
{
    const struct demand demand = {.per_day = supplies[_i].per_day};
    const char *what = supplies[_i].what;
    struct arrival due[2];
    struct supply s;

    for (int i = 0; i < 2; i++)
        due[i] = (struct arrival){supplies[_i].due[i].day,
                                  pieces(supplies[_i].due[i].quantity)};
    supply_project(&s, pieces(supplies[_i].now), &demand, due, 2,
                   supplies[_i].horizon);
    ck_assert_msg(supply_sells_out_first(&s) == supplies[_i].first,
                  "%s: first %jd", what, (intmax_t)supply_sells_out_first(&s));
    ck_assert_msg(supply_sells_out_last(&s) == supplies[_i].last,
                  "%s: last %jd", what, (intmax_t)supply_sells_out_last(&s));
    ck_assert_msg(supply_first_below(&s, pieces(supplies[_i].minimum)) ==
                      supplies[_i].below,
                  "%s: below", what);
}
END_TEST

START_TEST(test_supply_day_by_day)
{
    const struct demand demand = {.per_day = 5};
    const struct arrival due[] = {
        {5, pieces(20)}, {-2, pieces(1)}, {900, pieces(3)}};
    static const char *const stock[] = {"11", "6",  "1", "0", "0", "20",
                                        "15", "10", "5", "0", "0"};
    struct supply s;

    supply_project(&s, pieces(10), &demand, due, 3, 730);
    for (size_t t = 0; t < ARRAY_LEN(stock); t++)
        assert_fixed("stock", s.stock[t], stock[t]);
    assert_fixed("lost, day 2", supply_lost(&s, 2, 3), "4");
    assert_fixed("lost, 10 days", supply_lost(&s, 0, 10), "19");
    assert_fixed("due, 5 days", supply_due(&s, 0, 5), "21");
    assert_fixed("due, 4 days", supply_due(&s, 1, 4), "0");
    assert_fixed("demand", supply_demand(&s, 2, 5), "15");
    assert_fixed("on order", s.on_order, "24");
    assert_fixed("overdue", s.overdue, "1");
}
END_TEST

/* replenish.h: lead time 7, 14 days of stock */

static const struct {
    const char *what;
    int now, per_day;
    struct arrival due[2]; /* pieces, not fixed */
    int minimum, maximum;
    const char *lost_sales, *backorder;
    int64_t in;
} replenishments[] = {
    {"nothing there", 0, 2, {{0, 0}}, 0, 0, "28", "42", 0},
    {"owed", -5, 2, {{0, 0}}, 0, 0, "28", "47", 0},
    {"lasts the lead time", 20, 2, {{0, 0}}, 0, 0, "22", "22", 3},
    {"out within it", 10, 2, {{0, 0}}, 0, 0, "28", "32", 0},
    {"lasts the period", 42, 2, {{0, 0}}, 0, 0, "0", "0", 14},
    {"one is missing", 41, 2, {{0, 0}}, 0, 0, "1", "1", 14},
    {"minimum is left", 42, 2, {{0, 0}}, 9, 0, "9", "9", 10},
    {"too much", 900, 2, {{0, 0}}, 9, 0, "0", "0", 439},
    {"due at lead time", 10, 2, {{7, 8}}, 0, 0, "20", "24", 0},
    {"due at the end", 10, 2, {{21, 8}}, 0, 0, "20", "24", 0},
    {"due after the end", 10, 2, {{22, 8}}, 0, 0, "28", "32", 0},
    {"overdue", 10, 2, {{-4, 8}}, 0, 0, "24", "24", 2},
    {"maximum", 10, 2, {{0, 0}}, 0, 30, "20", "20", 0},
    {"maximum counts all on order", 10, 2, {{90, 8}}, 0, 30, "12", "12", 0},
    {"above the maximum", 10, 2, {{90, 80}}, 0, 30, "0", "0", 0},
    {"no demand", 0, 0, {{0, 0}}, 0, 0, "0", "0", NEVER},
    {"no demand, a minimum", 1, 0, {{0, 0}}, 4, 0, "3", "3", 0},
};

START_TEST(test_replenishment)
{
    const struct demand demand = {.per_day = replenishments[_i].per_day};
    const char *what = replenishments[_i].what;
    struct replenish_rule rule = {.form = REPLENISH_LOST_SALES,
                                  .lead_time = 7,
                                  .days_of_stock = 14,
                                  .minimum = pieces(replenishments[_i].minimum),
                                  .maximum =
                                      pieces(replenishments[_i].maximum)};
    struct arrival due[2];
    struct supply s;

    for (int i = 0; i < 2; i++)
        due[i] = (struct arrival){replenishments[_i].due[i].day,
                                  pieces(replenishments[_i].due[i].quantity)};
    supply_project(&s, pieces(replenishments[_i].now), &demand, due, 2, 730);
    assert_fixed(what, replenish_quantity(&s, &rule),
                 replenishments[_i].lost_sales);
    rule.form = REPLENISH_BACKORDER;
    assert_fixed(what, replenish_quantity(&s, &rule),
                 replenishments[_i].backorder);
    ck_assert_msg(replenish_in(&s, &rule) == replenishments[_i].in,
                  "%s: in %jd", what, (intmax_t)replenish_in(&s, &rule));
}
END_TEST

START_TEST(test_replenishment_is_whole)
{
    const struct demand demand = {.per_day = 2.0 / 3};
    struct replenish_rule rule = {.lead_time = 10, .days_of_stock = 20};
    struct supply s;

    supply_project(&s, 0, &demand, NULL, 0, 730);
    rule.form = REPLENISH_BACKORDER;
    assert_fixed("20, not 20.00001 and so 21", replenish_quantity(&s, &rule),
                 "20");
    rule.form = REPLENISH_LOST_SALES;
    assert_fixed("13.33", replenish_quantity(&s, &rule), "14");
    rule.maximum = fix("5.5");
    assert_fixed("maximum", replenish_quantity(&s, &rule), "5");
}
END_TEST

START_TEST(test_replenishment_of_unsold)
{
    const struct demand none = {.per_day = 0};
    const struct arrival due = {.day = 3, .quantity = pieces(1)};
    struct replenish_rule rule = {.lead_time = 10, .days_of_stock = 20};
    struct supply s;

    supply_project(&s, 0, &none, NULL, 0, 730);
    assert_fixed("no rule", replenish_unsold(&s, &rule, 0), "0");
    assert_fixed("5", replenish_unsold(&s, &rule, pieces(5)), "5");
    rule.minimum = pieces(8);
    assert_fixed("minimum", replenish_unsold(&s, &rule, pieces(5)), "8");
    rule.maximum = pieces(6);
    assert_fixed("maximum", replenish_unsold(&s, &rule, pieces(5)), "6");
    supply_project(&s, pieces(2), &none, &due, 1, 730);
    rule = (struct replenish_rule){.lead_time = 10};
    assert_fixed("not again", replenish_unsold(&s, &rule, pieces(5)), "2");
}
END_TEST

static const struct {
    const char *quantity, *moq, *uom;
    enum uom_rounding rounding;
    const char *want;
} orders[] = {
    {"0", "1500", "50", UOM_UP, "0"},
    {"900", "1500", "0", UOM_UP, "1500"}, /* "rounded to 1,500" */
    {"1501", "1500", "0", UOM_UP, "1501"},
    {"1234", "0", "50", UOM_NEAREST, "1250"}, /* "the nearest case of 50" */
    {"1224", "0", "50", UOM_NEAREST, "1200"},
    {"1225", "0", "50", UOM_NEAREST, "1250"},
    {"20", "0", "50", UOM_NEAREST, "0"},
    {"1201", "0", "50", UOM_UP, "1250"},
    {"1200", "0", "50", UOM_UP, "1200"},
    {"1249", "0", "50", UOM_DOWN, "1200"},
    {"900", "1500", "400", UOM_UP, "1600"},
    {"900", "1500", "400", UOM_DOWN, "1600"},
    {"900", "1500", "400", UOM_NEAREST, "1600"},
    {"900", "1500", "1200", UOM_NEAREST, "2400"},
    {"7", "1", "1", UOM_UP, "7"},
    {"7", "1", "2.5", UOM_UP, "7.5"},
};

START_TEST(test_to_order)
{
    assert_fixed(orders[_i].quantity,
                 replenish_to_order(fix(orders[_i].quantity),
                                    fix(orders[_i].moq), fix(orders[_i].uom),
                                    orders[_i].rounding),
                 orders[_i].want);
}
END_TEST

/* metrics.h */

/* The columns of ROW by name, as their types say. */
static void assert_column(const struct metric_row *row, const char *name,
                          const char *want)
{
    for (size_t i = 0; i < METRIC_COLUMNS_N; i++) {
        const struct metric_column *column = &metric_columns[i];

        if (strcmp(column->name, name) != 0)
            continue;
        if (column->type == METRIC_FIXED)
            assert_fixed(name, metric_value(row, column), want);
        else
            ck_assert_msg(metric_value(row, column) == atoll(want), "%s: %jd",
                          name, (intmax_t)metric_value(row, column));
        return;
    }
    ck_abort_msg("no column %s", name);
}

/* 40 days of 2 pieces at 10 each, the last 10 out of stock. */
static void make_forty_days(struct history *h, struct history_day *days)
{
    history_start(h, days, 40, YESTERDAY);
    for (int64_t i = 0; i < 30; i++) {
        const struct history_sale sale = {h->first + i, pieces(2), 0,
                                          pieces(20)};
        history_sales(h, &sale, 1);
    }
    for (int i = 0; i < 40; i++)
        days[i].stock = i < 30 ? pieces(1) : 0;
}

/* 9 7 5 3 1 0(lost 1) 0 0 0 0 30 28 ... 0 on day 25; at the end of the lead
 * time nothing is left, 28 sell until day 21, 30 come, 10 are to be left. */
static const struct {
    const char *name, *want;
} forty_days[] = {
    {"units_7", "0"},
    {"units_14", "8"},
    {"units_30", "40"},
    {"units_365", "60"},
    {"revenue_7", "0"},
    {"revenue_14", "80"},
    {"revenue_30", "400"},
    {"revenue_365", "600"},
    {"known_days_30", "30"},
    {"stockout_days_30", "10"},
    {"stockout_days_window", "10"},
    {"velocity", "2"},
    {"velocity_days", "30"},
    {"velocity_rule", "1"},
    {"lost_units_30", "20"},
    {"lost_revenue_30", "240"},
    {"on_hand", "6"},
    {"reserved", "1"},
    {"available", "5"},
    {"on_order", "34"},
    {"overdue_on_order", "4"},
    {"days_of_cover", "2.5"},
    {"sells_out_first", "5"},
    {"sells_out_last", "25"},
    {"forecast_planning_period", "42"},
    {"replenishment", "8"},
    {"to_order", "12"},
    {"replenish_in", "0"},
    {"urgency", "1"},
};

static const struct metric_settings cases_of_six = {
    .lead_time = 7,
    .days_of_stock = 14,
    .window_days = 90,
    .minimum = 10 * FIXED_ONE,
    .uom = 6 * FIXED_ONE,
};

START_TEST(test_whole_row)
{
    const struct metric_stock stock = {pieces(6), pieces(1), pieces(12)};
    const struct arrival due[] = {{10, pieces(30)}, {-3, pieces(4)}};
    struct metric_settings backorder = cases_of_six;
    struct history_day days[40];
    struct metric_row row;
    struct history h;

    make_forty_days(&h, days);
    metrics_compute(&h, &stock, due, 2, &cases_of_six, &row);
    ck_assert_uint_eq(ARRAY_LEN(forty_days), METRIC_COLUMNS_N);
    for (size_t i = 0; i < ARRAY_LEN(forty_days); i++)
        assert_column(&row, forty_days[i].name, forty_days[i].want);
    backorder.form = REPLENISH_BACKORDER;
    metrics_compute(&h, &stock, due, 2, &backorder, &row);
    assert_fixed("42 + 10 - 5 - 34", row.replenishment, "13");
}
END_TEST

START_TEST(test_price_not_known)
{
    const struct metric_stock stock = {pieces(6), 0, INT64_MIN};
    struct history_day days[40];
    struct metric_row row;
    struct history h;

    make_forty_days(&h, days);
    metrics_compute(&h, &stock, NULL, 0, &cases_of_six, &row);
    assert_fixed("20 x 600 / 60", row.lost_revenue_30, "200");
}
END_TEST

static const struct {
    const char *what;
    int on_hand, lead_time;
    enum metric_urgency want;
} urgencies[] = {
    {"out on day 5, ordered goods come that day", 10, 5, METRIC_CALM},
    {"out a day before they come", 10, 6, METRIC_ORANGE},
    {"out in the course of the day before", 1, 1, METRIC_CALM},
    {"out now", 0, 6, METRIC_RED},
    {"out now, however fast", 0, 0, METRIC_RED},
    {"below 0 now", -2, 6, METRIC_RED},
};

START_TEST(test_urgency) /* at 2 a day */
{
    const struct metric_stock stock = {pieces(urgencies[_i].on_hand), 0, 0};
    struct metric_settings settings = cases_of_six;
    struct history_day days[40];
    struct metric_row row;
    struct history h;

    settings.lead_time = urgencies[_i].lead_time;
    make_forty_days(&h, days);
    metrics_compute(&h, &stock, NULL, 0, &settings, &row);
    ck_assert_msg(row.urgency == (int64_t)urgencies[_i].want, "%s: %jd",
                  urgencies[_i].what, (intmax_t)row.urgency);
}
END_TEST

/* Out of stock before anybody could buy it is not lost. */
START_TEST(test_nothing_lost_before_the_first_sale)
{
    const struct metric_stock stock = {0, 0, pieces(1)};
    struct history_day days[8];
    struct metric_row row;
    struct history h;

    make_history(&h, days, "00003000", "000++000");
    metrics_compute(&h, &stock, NULL, 0, &metric_settings_default, &row);
    ck_assert_int_eq(row.stockout_days_30, 6);
    ck_assert_int_eq(row.stockout_days_window, 3);
    assert_fixed("lost", row.lost_units_30, "9");
    ck_assert_int_eq(row.urgency, METRIC_RED);
}
END_TEST

START_TEST(test_never_sold)
{
    const struct metric_stock stock = {0, 0, pieces(1)};
    struct metric_settings settings = metric_settings_default;
    struct history_day days[8];
    struct metric_row row;
    struct history h;

    settings.unsold_level = pieces(5);
    make_history(&h, days, "00000000", "00000000");
    metrics_compute(&h, &stock, NULL, 0, &settings, &row);
    assert_fixed("replenishment", row.replenishment, "5");
    ck_assert_int_eq(row.days_of_cover, NEVER);
    ck_assert_int_eq(row.sells_out_first, NEVER);
    ck_assert_int_eq(row.replenish_in, NEVER);
    ck_assert_int_eq(row.velocity, 0);
    ck_assert_int_eq(row.urgency, METRIC_CALM);
}
END_TEST

START_TEST(test_settings_out_of_range)
{
    const struct metric_settings wild = {.lead_time = 5000,
                                         .days_of_stock = 5000,
                                         .window_days = -1,
                                         .minimum = -1,
                                         .maximum = -1,
                                         .moq = -1,
                                         .uom = -1};
    const struct metric_stock stock = {INT64_MIN, INT64_MAX, 0};
    struct metric_settings wilder = wild;
    struct history_day days[8];
    struct metric_row row;
    struct history h;

    make_history(&h, days, "10203040", "++++++++");
    metrics_compute(&h, &stock, NULL, 0, &wild, &row);
    ck_assert_int_eq(row.velocity, 0);
    wilder.window_days = INT32_MAX;
    metrics_compute(&h, &stock, NULL, 0, &wilder, &row);
    assert_fixed("1.25 x 730", row.forecast_planning_period, "912.5");
    wilder.lead_time = wilder.days_of_stock = -9;
    metrics_compute(&h, &stock, NULL, 0, &wilder, &row);
    ck_assert_int_eq(row.forecast_planning_period, 0);
}
END_TEST

START_TEST(test_columns)
{
    for (size_t i = 0; i < METRIC_COLUMNS_N; i++) {
        ck_assert_uint_eq(metric_columns[i].offset, i * sizeof(int64_t));
        ck_assert(metric_columns[i].help[0] && metric_columns[i].unit[0]);
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(metric_columns[i].name, metric_columns[k].name);
    }
}
END_TEST

/* What must hold for any history. */

enum { CASES = 20000, LINES_MAX = 60, LEVELS_MAX = 40, ARRIVALS_MAX = 6 };

struct made {
    struct history_day days[DAYS_MAX];
    struct history history;
    struct history_sale lines[LINES_MAX];
    struct history_level levels[LEVELS_MAX];
    struct arrival arrivals[ARRIVALS_MAX];
    size_t count, lines_n, levels_n, arrivals_n;
    struct metric_stock stock;
    struct metric_settings settings;
};

static uint64_t state = 0x5eed5eed5eed5eed;

static int64_t any(int64_t low, int64_t high)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return low + (int64_t)(state % (uint64_t)(high - low + 1));
}

/* Mostly whole pieces, sometimes not. */
static int64_t any_pieces(int64_t low, int64_t high)
{
    return any(0, 4) ? pieces(any(low, high)) : any(pieces(low), pieces(high));
}

static void build(struct made *m)
{
    history_start(&m->history, m->days, m->count, YESTERDAY);
    history_sales(&m->history, m->lines, m->lines_n);
    history_levels(&m->history, m->levels, m->levels_n);
}

static void make_inputs(struct made *m)
{
    int64_t oldest;

    m->count = (size_t)any(1, DAYS_MAX);
    oldest = YESTERDAY - (int64_t)m->count - 5;
    m->lines_n = (size_t)any(0, LINES_MAX);
    for (size_t i = 0; i < m->lines_n; i++) {
        int64_t quantity = any_pieces(1, 9);
        m->lines[i] =
            (struct history_sale){.day = any(oldest, YESTERDAY + 2),
                                  .quantity = quantity,
                                  .returned = any(0, 5) ? 0 : any(0, quantity),
                                  .revenue = any_pieces(0, 90)};
    }
    /* Each on a day of its own. */
    m->levels_n = 0;
    for (int64_t day = oldest; m->levels_n < LEVELS_MAX && day <= YESTERDAY;
         day += any(1, 30))
        m->levels[m->levels_n++] =
            (struct history_level){day, any(0, 2) ? any_pieces(-2, 9) : 0};
    m->arrivals_n = (size_t)any(0, ARRIVALS_MAX - 1);
    for (size_t i = 0; i < m->arrivals_n; i++)
        m->arrivals[i] = (struct arrival){any(-9, 90), any_pieces(1, 50)};
}

static void make_case(struct made *m)
{
    make_inputs(m);
    m->stock = (struct metric_stock){.on_hand = any_pieces(-5, 60),
                                     .reserved = any_pieces(0, 5),
                                     .price = any_pieces(0, 9)};
    m->settings = (struct metric_settings){
        .lead_time = (int)any(0, 60),
        .days_of_stock = (int)any(0, 90),
        .window_days = (int)any(1, DAYS_MAX),
        .form = any(0, 1) ? REPLENISH_LOST_SALES : REPLENISH_BACKORDER,
        .minimum = any(0, 1) ? any_pieces(0, 20) : 0,
        .maximum = any(0, 2) ? 0 : any_pieces(1, 99),
        .moq = FIXED_ONE,
        .uom = FIXED_ONE,
        .unsold_level = any_pieces(0, 9)};
    build(m);
}

static struct metric_row compute(const struct made *m)
{
    struct metric_row row;

    memset(&row, 0xa5, sizeof row);
    metrics_compute(&m->history, &m->stock, m->arrivals, m->arrivals_n,
                    &m->settings, &row);
    return row;
}

static void reverse(void *array, size_t n, size_t size)
{
    char *low = array, *high = low + (n ? n - 1 : 0) * size, spare[64];

    for (; low < high; low += size, high -= size) {
        memcpy(spare, low, size);
        memcpy(low, high, size);
        memcpy(high, spare, size);
    }
}

static void assert_same(const struct made *m, const struct metric_row *want,
                        const char *what, int number)
{
    struct metric_row row = compute(m);

    ck_assert_msg(memcmp(&row, want, sizeof row) == 0, "case %d: %s", number,
                  what);
}

START_TEST(test_same_input_same_bytes)
{
    static struct made m;

    for (int i = 0; i < CASES; i++) {
        struct metric_row row;

        make_case(&m);
        row = compute(&m);
        assert_same(&m, &row, "again", i);
        m.arrivals[m.arrivals_n++] = (struct arrival){any(-99, 999), 0};
        assert_same(&m, &row, "with a cancelled order", i);
        reverse(m.arrivals, m.arrivals_n, sizeof *m.arrivals);
        assert_same(&m, &row, "with arrivals in another order", i);
        reverse(m.lines, m.lines_n, sizeof *m.lines);
        reverse(m.levels, m.levels_n, sizeof *m.levels);
        build(&m);
        assert_same(&m, &row, "with lines in another order", i);
    }
}
END_TEST

/* Sold less returned in the window, over its days. */
static int64_t plain_velocity(const struct made *m)
{
    struct sales s = sales_of_last(&m->history, m->settings.window_days);

    return amount_ratio(s.units, 1, s.days);
}

/* Without orders stock runs out on the day after the cover does; the sums of
 * demand are rounded to 1e-6, so a slow item may be out a little sooner. */
static void assert_cover(struct made *m, int number)
{
    struct metric_row row;
    double cover;

    m->arrivals_n = 0;
    row = compute(m);
    if (row.sells_out_first == NEVER)
        return;
    cover = fixed_to_double(row.days_of_cover);
    ck_assert_msg(cover > (double)row.sells_out_first - 1.001 &&
                      cover < (double)row.sells_out_first + 0.001,
                  "case %d: covers %f, out on %jd", number, cover,
                  (intmax_t)row.sells_out_first);
    ck_assert_int_eq(row.sells_out_first, row.sells_out_last);
}

/* Lost sales are not ordered again, and one piece more on the shelf never
 * orders more. */
static void assert_replenishment(struct made *m, int number)
{
    struct metric_row row = compute(m), more;

    m->stock.on_hand += any(0, 1) ? FIXED_ONE : any(1, FIXED_ONE);
    more = compute(m);
    ck_assert_msg(more.replenishment <= row.replenishment,
                  "case %d: more stock, more to order", number);
    ck_assert(more.days_of_cover >= row.days_of_cover);
    ck_assert(more.sells_out_first >= row.sells_out_first);
    m->settings.form = REPLENISH_LOST_SALES;
    row = compute(m);
    m->settings.form = REPLENISH_BACKORDER;
    more = compute(m);
    ck_assert_msg(row.replenishment <= more.replenishment,
                  "case %d: lost sales ordered", number);
}

START_TEST(test_invariants)
{
    static struct made m;

    for (int i = 0; i < CASES; i++) {
        struct metric_row row;

        make_case(&m);
        row = compute(&m);
        ck_assert_msg(row.velocity >= plain_velocity(&m), "case %d: slower", i);
        ck_assert_msg(row.replenishment == row.to_order, "case %d: order", i);
        ck_assert(row.replenishment >= 0 && row.velocity >= 0);
        ck_assert(row.replenishment % FIXED_ONE == 0);
        ck_assert(row.sells_out_first <= row.sells_out_last);
        ck_assert(row.stockout_days_30 <= row.known_days_30);
        assert_replenishment(&m, i);
        assert_cover(&m, i);
    }
}
END_TEST

static TCase *tables(void)
{
    TCase *t = tcase_create("tables");

    tcase_add_loop_test(t, test_history_fills_levels, 0, ARRAY_LEN(fills));
    tcase_add_loop_test(t, test_velocity, 0, ARRAY_LEN(velocities));
    tcase_add_loop_test(t, test_cover, 0, ARRAY_LEN(covers));
    tcase_add_loop_test(t, test_supply, 0, ARRAY_LEN(supplies));
    tcase_add_loop_test(t, test_replenishment, 0, ARRAY_LEN(replenishments));
    tcase_add_loop_test(t, test_to_order, 0, ARRAY_LEN(orders));
    tcase_add_loop_test(t, test_urgency, 0, ARRAY_LEN(urgencies));
    return t;
}

static TCase *examples(void)
{
    TCase *t = tcase_create("examples");

    tcase_add_test(t, test_amounts);
    tcase_add_test(t, test_history_takes_lines);
    tcase_add_test(t, test_history_of_today_is_no_sale_yet);
    tcase_add_test(t, test_sales_of_last_days);
    tcase_add_test(t, test_velocity_january);
    tcase_add_test(t, test_velocity_half_a_month);
    tcase_add_test(t, test_demand_sum);
    tcase_add_test(t, test_supply_day_by_day);
    tcase_add_test(t, test_replenishment_is_whole);
    tcase_add_test(t, test_replenishment_of_unsold);
    tcase_add_test(t, test_whole_row);
    tcase_add_test(t, test_price_not_known);
    tcase_add_test(t, test_nothing_lost_before_the_first_sale);
    tcase_add_test(t, test_never_sold);
    tcase_add_test(t, test_settings_out_of_range);
    tcase_add_test(t, test_columns);
    return t;
}

static TCase *properties(void)
{
    TCase *t = tcase_create("properties");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_same_input_same_bytes);
    tcase_add_test(t, test_invariants);
    return t;
}

int main(void)
{
    Suite *suite = suite_create("metrics");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tables());
    suite_add_tcase(suite, examples());
    suite_add_tcase(suite, properties());
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
