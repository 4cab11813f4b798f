/* cmd_forecast.c - forecast: the formulas of common/metrics/ on numbers given
 * by hand. After it: forecast_series.c, forecast_stock.c, forecast_abc.c. */
#include <stdio.h>
#include <string.h>

#include "producer/cli/call.h"
#include "producer/cli/forecast_run.h"
#include "producer/cli/numbers.h"
#include "producer/cli/table.h"

#define CROSTON_FLAGS " --alpha --start --horizon "

/* A method, the flags that mean something to it, and what is done. */
static const struct method {
    const char *name, *flags;
    forecast_run *run;
} methods[] = {
    {"ses", " --alpha --horizon ", forecast_series},
    {"holt", " --alpha --beta --horizon ", forecast_series},
    {"holt-winters",
     " --alpha --beta --gamma --season --multiplicative --horizon ",
     forecast_series},
    {"croston", CROSTON_FLAGS, forecast_series},
    {"sba", CROSTON_FLAGS, forecast_series},
    {"sbj", CROSTON_FLAGS, forecast_series},
    {"tsb", " --beta" CROSTON_FLAGS, forecast_series},
    {"auto", " --beta --gamma --season --multiplicative" CROSTON_FLAGS,
     forecast_series},
    {"class", " ", forecast_class},
    {"xyz", " ", forecast_xyz},
    {"abc", " ", forecast_abc},
    {"reorder-point",
     " --demand --demand-sd --lead-time --lead-time-sd --review --service ",
     forecast_reorder},
    {"max-average", " --demand --demand-max --lead-time --lead-time-max ",
     forecast_max_average},
    {"eoq", " --demand --order-cost --holding-cost ", forecast_eoq},
};

int forecast_refused(enum refusal refusal)
{
    return fail(refusal_of_setting(refusal) ? EXIT_USAGE : EXIT_FAILED, "%s",
                refusal_text(refusal));
}

void forecast_print(const struct call *call, const char *method,
                    const struct figure *figures, size_t n)
{
    struct table *t = table_new("FIGURE", ">VALUE", "WHAT", NULL);
    struct out o = {0};
    char text[NUMBER_TEXT];

    out_open(&o, NULL, '{');
    out_text(&o, "method", method);
    for (size_t i = 0; i < n; i++) {
        const struct figure *f = &figures[i];
        table_cell(t, PLAIN, "%s", f->name);
        table_cell(t, PLAIN, "%s",
                   f->text ? f->text : number_text(f->value, text));
        table_cell(t, DIM, "%s", f->help);
        if (f->text)
            out_text(&o, f->name, f->text);
        else
            out_real(&o, f->name, f->value);
    }
    out_close(&o, '}');
    if (call->json) {
        table_free(t);
        out_print(&o);
    } else {
        buf_free(&o.text);
        table_print(t, 0);
    }
}

static const struct method *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (strcmp(methods[i].name, name) == 0)
            return &methods[i];
    return NULL;
}

/* A flag that changes nothing would look as if it did. */
static int check_flags(const struct call *call, const struct method *m)
{
    int length = (int)strlen(m->flags) - 1; /* without the blank at its end */
    char flag[64];

    for (size_t i = 0; i < call->flags_n; i++) {
        snprintf(flag, sizeof flag, " --%s ", call->flags[i].name);
        if (strcmp(flag, " --method ") != 0 && !strstr(m->flags, flag))
            return fail(EXIT_USAGE, "--method %s takes no --%s%s%.*s", m->name,
                        call->flags[i].name, length ? "; it takes" : "", length,
                        m->flags);
    }
    return EXIT_DONE;
}

static int run_forecast(struct call *call)
{
    const char *name = call_flag(call, "method");
    const struct method *m = name ? find(name) : NULL;
    int code;

    if (!name)
        return fail(EXIT_USAGE, "say which --method; see: stocktide help "
                                "forecast");
    if (!m)
        return fail(EXIT_USAGE,
                    "there is no method '%.40s'; see: stocktide help forecast",
                    name);
    code = check_flags(call, m);
    return code ? code : m->run(call, m->name);
}

static const struct flag flags[] = {
    {"method", "METHOD", "as below"},
    {"alpha", "A", "smoothing of the level, or of demands (0.1)"},
    {"beta", "B", "smoothing of the trend; tsb: of the chance (0.1)"},
    {"gamma", "G", "smoothing of the seasons (0.1)"},
    {"season", "N", "periods of a season, 2 to 366"},
    {"multiplicative", NULL, "seasons are factors, not amounts"},
    {"start", "naive|mean", "first interval, or the mean of all (naive)"},
    {"horizon", "N", "periods to forecast, up to 1000 (1)"},
    {"demand", "D", "mean of a period; eoq: of a year"},
    {"demand-sd", "SD", "its standard deviation"},
    {"demand-max", "D", "its highest"},
    {"lead-time", "L", "mean, in periods"},
    {"lead-time-sd", "SD", "its standard deviation (0)"},
    {"lead-time-max", "L", "its longest"},
    {"review", "T", "periods between looks at the stock (0)"},
    {"service", "P", "chance of no stock-out (0.95)"},
    {"order-cost", "S", "of an order"},
    {"holding-cost", "H", "of keeping a piece for a year"},
    {0},
};

static const char more[] =
    "Methods, on numbers from standard input (blanks, commas, lines; # begins "
    "a\ncomment), oldest first, one for each period:\n"
    "  ses, holt, holt-winters     what sells most days\n"
    "  croston, sba, sbj, tsb      what sells now and then\n"
    "  auto                        the best of them in back-testing\n"
    "  class                       smooth, erratic, intermittent or lumpy\n"
    "  xyz                         how steady (numbers of weeks)\n"
    "On lines \"id,revenue\": abc. On options alone: reorder-point, "
    "max-average,\neoq.\n"
    "\nNothing is stored or asked: these are the formulas of common/metrics/, "
    "whose\nheaders have their sources. --json prints all digits.\n"
    "\nExamples:\n"
    "  echo 0 0 5 0 0 0 3 0 4 0 0 1 | stocktide forecast --method sba\n"
    "  stocktide forecast --method auto --season 12 --horizon 3 < months.txt\n"
    "  stocktide forecast --method reorder-point --demand 100 --demand-sd 20 "
    "\\\n"
    "      --lead-time 9 --service 0.98\n"
    "  stocktide forecast --method eoq --demand 2400 --order-cost 5 \\\n"
    "      --holding-cost 4\n"
    "  stocktide forecast --method abc < revenue.csv";

const struct command forecast_commands[] = {
    {"forecast", "--method METHOD", 0, 0,
     "a forecast or formula, on numbers by hand", more, flags, false,
     STORE_NONE, run_forecast},
    {0},
};
