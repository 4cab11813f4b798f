/* forecast.h - the forecasting methods as a table: one call for all of them.
 * Before it: smoothing.h, croston.h. After it: choose.h.
 */
#ifndef METRICS_FORECAST_H
#define METRICS_FORECAST_H

#include "common/metrics/croston.h"
#include "common/metrics/smoothing.h"

/* From the simple to the less simple: by what there is to learn. */
enum forecast_method {
    FORECAST_SES,
    FORECAST_CROSTON,
    FORECAST_SBA,
    FORECAST_SBJ,
    FORECAST_TSB,
    FORECAST_HOLT,
    FORECAST_HOLT_WINTERS,
    FORECAST_METHODS
};

struct forecast_settings {
    double alpha;         /* of the level, or of the size of a demand */
    double beta;          /* of the trend; TSB: of the chance of a demand */
    double gamma;         /* of the seasons */
    struct season season; /* a length of 0: there are none */
    enum croston_start start;
};

/* 0.1 for all three, as is usual for slow items; no season; naive. */
extern const struct forecast_settings forecast_settings_default;

/* All of them are in range, be they used or not. */
must_check enum refusal
forecast_check(const struct forecast_settings *settings);

/* What METHOD makes of y[0] .. y[n - 1]. Croston's family is a level. */
must_check enum refusal forecast_make(enum forecast_method method,
                                      const double *y, size_t n,
                                      const struct forecast_settings *settings,
                                      struct smoothed *out);

const char *forecast_name(enum forecast_method method); /* "holt-winters" */

#endif
