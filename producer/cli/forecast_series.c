/* forecast_series.c - forecasts and classes of numbers on standard input. See
 * forecast_run.h; the formulas are in common/metrics/. */
#include <math.h>
#include <string.h>

#include "common/metrics/abc.h"
#include "common/metrics/choose.h"
#include "common/metrics/demand_class.h"
#include "producer/cli/call.h"
#include "producer/cli/forecast_run.h"
#include "producer/cli/numbers.h"
#include "producer/cli/table.h"

enum { HORIZON_MAX = 1000 };

struct asked {
    bool choose;
    enum forecast_method method; /* asked for, or chosen */
    struct forecast_settings settings;
    size_t horizon;
    struct choice choice;
    struct smoothed made;
    size_t n; /* numbers it was made from */
};

/* -- what is asked -- */

static int read_start(const struct call *call, enum croston_start *out)
{
    const char *start = call_flag(call, "start");

    *out = CROSTON_NAIVE;
    if (!start || strcmp(start, "naive") == 0)
        return EXIT_DONE;
    *out = CROSTON_MEAN;
    if (strcmp(start, "mean") == 0)
        return EXIT_DONE;
    return fail(EXIT_USAGE, "--start: naive or mean, not '%.40s'", start);
}

static int read_flags(const struct call *call, struct asked *a)
{
    struct forecast_settings *s = &a->settings;
    int64_t season = 0, horizon = 1;
    int code;

    *s = forecast_settings_default;
    code = numbers_flag(call, "alpha", s->alpha, &s->alpha);
    if (!code)
        code = numbers_flag(call, "beta", s->beta, &s->beta);
    if (!code)
        code = numbers_flag(call, "gamma", s->gamma, &s->gamma);
    if (!code)
        code = call_number(call, "season", 0, 2, SEASON_MAX, &season);
    if (!code)
        code = call_number(call, "horizon", 1, 1, HORIZON_MAX, &horizon);
    if (!code)
        code = read_start(call, &s->start);
    s->season.length = (size_t)season;
    s->season.multiplicative = call_flag(call, "multiplicative") != NULL;
    a->horizon = (size_t)horizon;
    if (!code && season == 0 && !a->choose &&
        a->method == FORECAST_HOLT_WINTERS)
        code = fail(EXIT_USAGE, "say how long a --season is, in periods");
    if (!code && forecast_check(s))
        code = forecast_refused(forecast_check(s));
    return code;
}

static enum forecast_method method_of(const char *name)
{
    for (int m = 0; m < FORECAST_METHODS; m++)
        if (strcmp(forecast_name((enum forecast_method)m), name) == 0)
            return (enum forecast_method)m;
    return FORECAST_METHODS;
}

/* -- what came of it -- */

static void candidates_json(struct out *o, const struct choice *c)
{
    out_int(o, "tests", (int64_t)c->tests);
    out_open(o, "candidates", '[');
    for (int m = 0; m < FORECAST_METHODS; m++) {
        if (!c->tried[m])
            continue;
        out_open(o, NULL, '{');
        out_text(o, "method", forecast_name((enum forecast_method)m));
        out_real(o, "mae", c->mae[m]);
        out_real(o, "mase", c->scale > 0 ? c->mae[m] / c->scale : NAN);
        out_close(o, '}');
    }
    out_close(o, ']');
}

static void print_json(const struct asked *a)
{
    struct out o = {0};

    out_open(&o, NULL, '{');
    out_text(&o, "method", forecast_name(a->method));
    out_int(&o, "numbers", (int64_t)a->n);
    out_real(&o, "level", a->made.level);
    out_real(&o, "trend", a->made.trend);
    out_open(&o, "forecast", '[');
    for (size_t h = 1; h <= a->horizon; h++)
        out_real(&o, NULL, smoothed_at(&a->made, h));
    out_close(&o, ']');
    if (a->choose)
        candidates_json(&o, &a->choice);
    out_close(&o, '}');
    out_print(&o);
}

static void candidates_table(const struct choice *c)
{
    struct table *t = table_new("METHOD", ">MAE", ">MASE", "", NULL);
    char text[NUMBER_TEXT];

    for (int m = 0; m < FORECAST_METHODS; m++) {
        bool best = (int)c->method == m;
        if (!c->tried[m])
            continue;
        table_cell(t, best ? BOLD : PLAIN, "%s",
                   forecast_name((enum forecast_method)m));
        table_cell(t, PLAIN, "%s", number_text(c->mae[m], text));
        table_cell(t, PLAIN, "%s",
                   c->scale > 0 ? number_text(c->mae[m] / c->scale, text)
                                : "-");
        table_cell(t, PLAIN, "%s", best ? "chosen" : "");
    }
    table_print(t, 0);
    if (c->tests)
        say("mean errors of forecasting the last %zu, one by one\n\n",
            c->tests);
    else
        say("too few numbers to test with: the simplest is taken\n\n");
}

static void print_text(const struct asked *a)
{
    struct table *t = table_new(">PERIOD", ">FORECAST", NULL);
    char text[NUMBER_TEXT];

    if (a->choose)
        candidates_table(&a->choice);
    say("%s of %zu %s\n", forecast_name(a->method), a->n,
        a->n == 1 ? "number" : "numbers");
    for (size_t h = 1; h <= a->horizon; h++) {
        table_cell(t, PLAIN, "+%zu", h);
        table_cell(t, PLAIN, "%s", number_text(smoothed_at(&a->made, h), text));
    }
    table_print(t, 0);
}

static enum refusal make(struct asked *a, const struct numbers *y)
{
    enum refusal refusal = REFUSE_NOTHING;

    a->n = y->n;
    if (a->choose)
        refusal = forecast_choose(y->values, y->n, &a->settings, &a->choice);
    if (a->choose)
        a->method = a->choice.method;
    if (!refusal)
        refusal =
            forecast_make(a->method, y->values, y->n, &a->settings, &a->made);
    for (size_t h = 1; !refusal && h <= a->horizon; h++)
        if (!isfinite(smoothed_at(&a->made, h)))
            refusal = REFUSE_RANGE;
    return refusal;
}

int forecast_series(const struct call *call, const char *method)
{
    struct asked a = {.method = method_of(method)};
    struct numbers y = {0};
    enum refusal refusal;
    int code;

    a.choose = a.method == FORECAST_METHODS; /* auto, which is none of them */
    code = read_flags(call, &a);
    if (!code)
        code = numbers_read(&y);
    if (!code && (refusal = make(&a, &y)))
        code = forecast_refused(refusal);
    numbers_free(&y);
    if (code)
        return code;
    if (call->json)
        print_json(&a);
    else
        print_text(&a);
    return EXIT_DONE;
}

/* -- classes -- */

int forecast_class(const struct call *call, const char *method)
{
    struct demand_class c;
    struct numbers y = {0};
    enum refusal refusal;
    int code = numbers_read(&y);

    if (!code && (refusal = demand_classify(y.values, y.n, &c)))
        code = forecast_refused(refusal);
    numbers_free(&y);
    if (code)
        return code;
    forecast_print(
        call, method,
        (struct figure[]){
            {"class", "by the cut-offs 1.32 and 0.49", demand_kind_name(c.kind),
             0},
            {"adi", "mean interval between demands, periods", NULL, c.adi},
            {"cv2", "squared variation of their sizes", NULL, c.cv2},
            {"demands", "periods with any", NULL, (double)c.demands},
            {"mean", "size of a demand", NULL, c.mean},
        },
        5);
    return EXIT_DONE;
}

int forecast_xyz(const struct call *call, const char *method)
{
    struct numbers y = {0};
    struct xyz x;
    enum refusal refusal;
    int code = numbers_read(&y);

    if (!code && (refusal = xyz_classify(y.values, y.n, &x)))
        code = forecast_refused(refusal);
    numbers_free(&y);
    if (code)
        return code;
    forecast_print(call, method,
                   (struct figure[]){
                       {"class", "X below a variation of 0.5, Y below 1",
                        (char[]){x.grade, '\0'}, 0},
                       {"cv", "standard deviation over mean", NULL, x.cv},
                       {"mean", "of a week", NULL, x.mean},
                   },
                   3);
    return EXIT_DONE;
}
