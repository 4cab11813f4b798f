/* forecast_run.h - what the methods of `stocktide forecast` do. Each reads its
 * input, calls the formula of common/metrics/ and prints what it gave.
 * Before it: cmd_forecast.c.
 */
#ifndef CLI_FORECAST_RUN_H
#define CLI_FORECAST_RUN_H

#include "common/metrics/refusal.h"

struct call;

/* METHOD is its name. Each gives an exit code. */
typedef int forecast_run(const struct call *call, const char *method);

/* forecast_series.c: of numbers on standard input. */
forecast_run forecast_series, forecast_class, forecast_xyz;
/* forecast_stock.c: of flags alone. */
forecast_run forecast_reorder, forecast_max_average, forecast_eoq;
/* forecast_abc.c: of lines "id,revenue" on standard input. */
forecast_run forecast_abc;

/* A result and what it means. */
struct figure {
    const char *name, *help;
    const char *text; /* when it is not a number, else NULL */
    double value;
};

void forecast_print(const struct call *call, const char *method,
                    const struct figure *figures, size_t n);

/* Says why, and gives the exit code. */
int forecast_refused(enum refusal refusal);

#endif
