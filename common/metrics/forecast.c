/* forecast.c - the forecasting methods as a table. See forecast.h. */
#include "common/metrics/forecast.h"

const struct forecast_settings forecast_settings_default = {
    .alpha = 0.1, .beta = 0.1, .gamma = 0.1};

enum refusal forecast_check(const struct forecast_settings *s)
{
    size_t length = s->season.length;

    if (!(s->alpha > 0 && s->alpha <= 1))
        return REFUSE_ALPHA;
    if (!(s->beta >= 0 && s->beta <= 1))
        return REFUSE_BETA;
    if (!(s->gamma >= 0 && s->gamma <= 1))
        return REFUSE_GAMMA;
    if (length == 1 || length > SEASON_MAX)
        return REFUSE_SEASON;
    return REFUSE_NOTHING;
}

static enum refusal croston(enum croston_variant variant, const double *y,
                            size_t n, const struct forecast_settings *s,
                            struct smoothed *out)
{
    double rate;
    enum refusal refusal =
        croston_rate(y, n, variant, s->start, s->alpha, &rate);

    if (!refusal)
        *out = (struct smoothed){.level = rate};
    return refusal;
}

static enum refusal tsb(const double *y, size_t n,
                        const struct forecast_settings *s, struct smoothed *out)
{
    double rate;
    enum refusal refusal = tsb_rate(y, n, s->start, s->alpha, s->beta, &rate);

    if (!refusal)
        *out = (struct smoothed){.level = rate};
    return refusal;
}

enum refusal forecast_make(enum forecast_method method, const double *y,
                           size_t n, const struct forecast_settings *s,
                           struct smoothed *out)
{
    switch (method) {
    case FORECAST_SES:
        return smooth_ses(y, n, s->alpha, out);
    case FORECAST_CROSTON:
        return croston(CROSTON_PLAIN, y, n, s, out);
    case FORECAST_SBA:
        return croston(CROSTON_SBA, y, n, s, out);
    case FORECAST_SBJ:
        return croston(CROSTON_SBJ, y, n, s, out);
    case FORECAST_TSB:
        return tsb(y, n, s, out);
    case FORECAST_HOLT:
        return smooth_holt(y, n, s->alpha, s->beta, out);
    case FORECAST_HOLT_WINTERS:
        return smooth_holt_winters(y, n, s->alpha, s->beta, s->gamma, s->season,
                                   out);
    case FORECAST_METHODS:
        break;
    }
    die("forecast: no method %d", (int)method);
}

const char *forecast_name(enum forecast_method method)
{
    static const char *const names[FORECAST_METHODS] = {
        [FORECAST_SES] = "ses",
        [FORECAST_CROSTON] = "croston",
        [FORECAST_SBA] = "sba",
        [FORECAST_SBJ] = "sbj",
        [FORECAST_TSB] = "tsb",
        [FORECAST_HOLT] = "holt",
        [FORECAST_HOLT_WINTERS] = "holt-winters",
    };

    return names[method];
}
