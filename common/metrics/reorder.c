/* reorder.c - at what stock to order again, and how much. See reorder.h. */
#include <math.h>

#include "common/metrics/reorder.h"

/* -- the normal quantile -- */

static double polynomial(const double *c, size_t n, double x)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum = sum * x + c[i];
    return sum;
}

/* P. J. Acklam, "An algorithm for computing the inverse normal cumulative
 * distribution function" (2003): off by less than 1.15e-9 of its size. P is at
 * most 0.5. */
static double acklam(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,
                               -2.759285104469687e+02, 1.383577518672690e+02,
                               -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,
                               -1.556989798598866e+02, 6.680131188771972e+01,
                               -1.328068155288572e+01, 1};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01,
                               -2.400758277161838e+00, -2.549732539343734e+00,
                               4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01,
                               2.445134137142996e+00, 3.754408661907416e+00, 1};
    const double tail = 0.02425;
    double q;

    if (p < tail) {
        q = sqrt(-2 * log(p));
        return polynomial(c, ARRAY_LEN(c), q) / polynomial(d, ARRAY_LEN(d), q);
    }
    q = p - 0.5;
    return q * polynomial(a, ARRAY_LEN(a), q * q) /
           polynomial(b, ARRAY_LEN(b), q * q);
}

double normal_quantile(double p)
{
    const double root_half = 0.70710678118654752440;
    const double root_two_pi = 2.50662827463100050242;
    double x, u;

    if (!(p > 0 && p < 1))
        return NAN;
    if (p > 0.5) /* 1 - p is exact, and the lower tail keeps its digits */
        return -normal_quantile(1 - p);
    x = acklam(p);
    /* One step of Halley's method for Phi(x) = p, with the error relative to p:
     * far out both are too small for their difference. */
    u = (0.5 * erfc(-x * root_half) / p - 1) * root_two_pi *
        exp(x * x / 2 + log(p));
    return x - u / (1 + x * u / 2);
}

/* -- reorder points -- */

static bool is_amount(double value)
{
    return isfinite(value) && value >= 0;
}

static enum refusal settle(const struct reorder_point *p,
                           struct reorder_point *out)
{
    if (!isfinite(p->point))
        return REFUSE_RANGE;
    *out = *p;
    return REFUSE_NOTHING;
}

enum refusal reorder_point(const struct reorder_input *in,
                           struct reorder_point *out)
{
    double time = in->lead_time + in->review;
    struct reorder_point p;

    if (!(in->service >= 0.5 && in->service < 1))
        return REFUSE_SERVICE;
    if (!is_amount(in->demand) || !is_amount(in->demand_sd) ||
        !is_amount(in->lead_time) || !is_amount(in->lead_time_sd) ||
        !is_amount(in->review))
        return REFUSE_AMOUNT;
    p.z = normal_quantile(in->service);
    p.expected = in->demand * time;
    /* hypot() squares without overflow. */
    p.deviation =
        hypot(sqrt(time) * in->demand_sd, in->demand * in->lead_time_sd);
    p.safety_stock = p.z * p.deviation;
    p.point = p.expected + p.safety_stock;
    return settle(&p, out);
}

enum refusal reorder_max_average(const struct max_average *in,
                                 struct reorder_point *out)
{
    struct reorder_point p = {.expected = in->lead_time * in->demand};

    if (!is_amount(in->demand) || !is_amount(in->demand_max) ||
        !is_amount(in->lead_time) || !is_amount(in->lead_time_max))
        return REFUSE_AMOUNT;
    if (in->demand_max < in->demand || in->lead_time_max < in->lead_time)
        return REFUSE_MAXIMUM;
    p.point = in->lead_time_max * in->demand_max;
    p.safety_stock = p.point - p.expected;
    return settle(&p, out);
}

/* -- economic order quantity -- */

enum refusal eoq(double demand, double order_cost, double holding_cost,
                 struct eoq *out)
{
    struct eoq e = {0};

    if (!is_amount(demand) || !is_amount(order_cost) ||
        !is_amount(holding_cost))
        return REFUSE_AMOUNT;
    if (holding_cost <= 0)
        return REFUSE_HOLDING_COST;
    e.quantity = sqrt(2 * demand * order_cost / holding_cost);
    if (e.quantity > 0) {
        e.orders = demand / e.quantity;
        e.cost = e.orders * order_cost + holding_cost * e.quantity / 2;
    }
    if (!isfinite(e.quantity) || !isfinite(e.orders) || !isfinite(e.cost))
        return REFUSE_RANGE;
    *out = e;
    return REFUSE_NOTHING;
}
