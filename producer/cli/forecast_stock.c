/* forecast_stock.c - reorder points and quantities from flags. See
 * forecast_run.h; the formulas are in common/metrics/reorder.h. */
#include <math.h>

#include "common/metrics/reorder.h"
#include "producer/cli/call.h"
#include "producer/cli/forecast_run.h"
#include "producer/cli/numbers.h"

#define REQUIRED NAN /* numbers_flag() then wants the flag */

struct want {
    const char *flag;
    double otherwise;
    double *out;
};

static int read_all(const struct call *call, const struct want *wants, size_t n)
{
    int code = EXIT_DONE;

    for (size_t i = 0; !code && i < n; i++)
        code =
            numbers_flag(call, wants[i].flag, wants[i].otherwise, wants[i].out);
    return code;
}

/* The first N figures; with REVIEWED the level to order up to. */
static void print_reorder(const struct call *call, const char *method,
                          const struct reorder_point *p, bool reviewed,
                          size_t n)
{
    const struct figure figures[] = {
        {"reorder_point",
         reviewed ? "pieces to order up to at a review"
                  : "order when stock and orders fall to this",
         NULL, p->point},
        {"safety_stock", "of it, against chance", NULL, p->safety_stock},
        {"expected", "of it, demand until an order arrives", NULL, p->expected},
        {"deviation", "of that demand", NULL, p->deviation},
        {"z", "deviations that the service level takes", NULL, p->z},
    };

    forecast_print(call, method, figures, n);
}

int forecast_reorder(const struct call *call, const char *method)
{
    struct reorder_input in;
    struct reorder_point p;
    const struct want wants[] = {
        {"demand", REQUIRED, &in.demand},
        {"demand-sd", REQUIRED, &in.demand_sd},
        {"lead-time", REQUIRED, &in.lead_time},
        {"lead-time-sd", 0, &in.lead_time_sd},
        {"review", 0, &in.review},
        {"service", 0.95, &in.service},
    };
    int code = read_all(call, wants, ARRAY_LEN(wants));
    enum refusal refusal;

    if (code)
        return code;
    refusal = reorder_point(&in, &p);
    if (refusal)
        return forecast_refused(refusal);
    print_reorder(call, method, &p, in.review > 0, 5);
    return EXIT_DONE;
}

int forecast_max_average(const struct call *call, const char *method)
{
    struct max_average in;
    struct reorder_point p;
    const struct want wants[] = {
        {"demand", REQUIRED, &in.demand},
        {"demand-max", REQUIRED, &in.demand_max},
        {"lead-time", REQUIRED, &in.lead_time},
        {"lead-time-max", REQUIRED, &in.lead_time_max},
    };
    int code = read_all(call, wants, ARRAY_LEN(wants));
    enum refusal refusal;

    if (code)
        return code;
    refusal = reorder_max_average(&in, &p);
    if (refusal)
        return forecast_refused(refusal);
    print_reorder(call, method, &p, false, 3); /* it knows no deviation */
    return EXIT_DONE;
}

int forecast_eoq(const struct call *call, const char *method)
{
    double demand, order_cost, holding_cost;
    const struct want wants[] = {
        {"demand", REQUIRED, &demand},
        {"order-cost", REQUIRED, &order_cost},
        {"holding-cost", REQUIRED, &holding_cost},
    };
    int code = read_all(call, wants, ARRAY_LEN(wants));
    enum refusal refusal;
    struct eoq e;

    if (code)
        return code;
    refusal = eoq(demand, order_cost, holding_cost, &e);
    if (refusal)
        return forecast_refused(refusal);
    forecast_print(
        call, method,
        (struct figure[]){
            {"quantity", "pieces to order at a time", NULL, e.quantity},
            {"orders", "how often, in the time of the demand", NULL, e.orders},
            {"cost", "of ordering and keeping, in that time", NULL, e.cost},
        },
        3);
    return EXIT_DONE;
}
