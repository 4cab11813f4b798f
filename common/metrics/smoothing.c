/* smoothing.c - exponential smoothing. See smoothing.h. */
#include <math.h>

#include "common/metrics/series.h"
#include "common/metrics/smoothing.h"

/* Written so that what is not a number is refused. */
static bool is_alpha(double alpha)
{
    return alpha > 0 && alpha <= 1;
}

static bool is_share(double share)
{
    return share >= 0 && share <= 1;
}

static enum refusal settle(const struct smoothed *s, struct smoothed *out)
{
    bool finite = isfinite(s->level) && isfinite(s->trend);

    for (size_t i = 0; i < s->season; i++)
        finite = finite && isfinite(s->factors[i]);
    if (!finite)
        return REFUSE_RANGE;
    *out = *s;
    return REFUSE_NOTHING;
}

enum refusal smooth_ses(const double *y, size_t n, double alpha,
                        struct smoothed *out)
{
    enum refusal refusal = series_check(y, n);
    struct smoothed s = {0};

    if (!is_alpha(alpha))
        return REFUSE_ALPHA;
    if (refusal)
        return refusal;
    s.level = y[0];
    for (size_t t = 1; t < n; t++)
        s.level += alpha * (y[t] - s.level);
    return settle(&s, out);
}

/* A new LEVEL of the deseasonalized Y, and the trend from it. */
static void learn(struct smoothed *s, double y, double alpha, double beta)
{
    double before = s->level;

    s->level = alpha * y + (1 - alpha) * (before + s->trend);
    s->trend = beta * (s->level - before) + (1 - beta) * s->trend;
}

enum refusal smooth_holt(const double *y, size_t n, double alpha, double beta,
                         struct smoothed *out)
{
    enum refusal refusal = series_check(y, n);
    struct smoothed s = {0};

    if (!is_alpha(alpha))
        return REFUSE_ALPHA;
    if (!is_share(beta))
        return REFUSE_BETA;
    if (refusal)
        return refusal;
    if (n < 2)
        return REFUSE_ONE_NUMBER;
    s.level = y[1];
    s.trend = y[1] - y[0];
    for (size_t t = 2; t < n; t++)
        learn(&s, y[t], alpha, beta);
    return settle(&s, out);
}

/* -- the start of Holt-Winters -- */

/* The mean of one season around y[t], which has that many neighbours. */
static double centred_mean(const double *y, size_t t, size_t m)
{
    size_t half = m / 2;
    double sum = 0;

    for (size_t i = t - half; i <= t + half; i++)
        sum += y[i] / (double)m;
    if (m % 2 == 0)
        sum -= (y[t - half] + y[t + half]) / (double)m / 2;
    return sum;
}

/* The least-squares line through the N values at 1, 2, ... */
static void start_level(struct smoothed *s, const double *values, size_t n)
{
    double middle = ((double)n + 1) / 2, mean = 0, rise = 0, run = 0;

    for (size_t i = 0; i < n; i++)
        mean += values[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        double x = (double)(i + 1) - middle;
        rise += x * (values[i] - mean);
        run += x * x;
    }
    s->trend = rise / run;
    s->level = mean - s->trend * middle;
}

static double without(double y, double trend, bool multiplicative)
{
    return multiplicative ? y / trend : y - trend;
}

/* The trend of the N periods from y[half] on, into factors; at least one of
 * the two seasons knows each. */
static void start_factors(struct smoothed *s, const double *y,
                          const double *trend, size_t n)
{
    size_t m = s->season, half = m / 2, seen[SEASON_MAX] = {0};
    double mean = 0;

    for (size_t i = 0; i < n; i++) {
        size_t t = half + i;
        s->factors[t % m] += without(y[t], trend[i], s->multiplicative);
        seen[t % m]++;
    }
    for (size_t i = 0; i < m; i++) {
        s->factors[i] /= (double)seen[i];
        mean += s->factors[i] / (double)m;
    }
    for (size_t i = 0; i < m; i++)
        s->factors[i] = without(s->factors[i], mean, s->multiplicative);
}

/* From the first two seasons. */
static void start(struct smoothed *s, const double *y)
{
    size_t m = s->season, half = m / 2, n = 2 * m - 2 * half;
    double trend[SEASON_MAX + 1]; /* an odd season has one value more */

    for (size_t i = 0; i < n; i++)
        trend[i] = centred_mean(y, half + i, m);
    start_level(s, trend, n);
    start_factors(s, y, trend, n);
}

/* -- and its course -- */

/* factors[t % m] is the factor of period t; out of here, of the next ones. */
static void from_now(struct smoothed *s, size_t n)
{
    double by_period[SEASON_MAX];

    for (size_t i = 0; i < s->season; i++)
        by_period[i] = s->factors[i];
    for (size_t i = 0; i < s->season; i++)
        s->factors[i] = by_period[(n + i) % s->season];
}

static enum refusal check_seasons(const double *y, size_t n,
                                  struct season season)
{
    enum refusal refusal = series_check(y, n);

    if (season.length < 2 || season.length > SEASON_MAX)
        return REFUSE_SEASON;
    if (refusal)
        return refusal;
    if (n < 2 * season.length)
        return REFUSE_TWO_SEASONS;
    for (size_t t = 0; season.multiplicative && t < n; t++)
        if (y[t] <= 0)
            return REFUSE_NOT_POSITIVE;
    return REFUSE_NOTHING;
}

enum refusal smooth_holt_winters(const double *y, size_t n, double alpha,
                                 double beta, double gamma,
                                 struct season season, struct smoothed *out)
{
    enum refusal refusal = check_seasons(y, n, season);
    struct smoothed s = {.season = season.length,
                         .multiplicative = season.multiplicative};

    if (!is_alpha(alpha))
        return REFUSE_ALPHA;
    if (!is_share(beta))
        return REFUSE_BETA;
    if (!is_share(gamma))
        return REFUSE_GAMMA;
    if (refusal)
        return refusal;
    start(&s, y);
    for (size_t t = s.season; t < n; t++) {
        double *factor = &s.factors[t % s.season];
        learn(&s, without(y[t], *factor, s.multiplicative), alpha, beta);
        *factor = gamma * without(y[t], s.level, s.multiplicative) +
                  (1 - gamma) * *factor;
    }
    from_now(&s, n);
    return settle(&s, out);
}

double smoothed_at(const struct smoothed *s, size_t h)
{
    double line = s->level + (double)h * s->trend;

    if (s->season == 0)
        return line;
    if (s->multiplicative)
        return line * s->factors[(h - 1) % s->season];
    return line + s->factors[(h - 1) % s->season];
}
