/* cmd_metrics.c - metrics: what an account's items need, most urgent first; or
 * all figures of one item, each with its meaning. The figures and their
 * meanings: common/metrics/metrics.h. */
#include <stdio.h>
#include <string.h>

#include "common/fixed.h"
#include "common/metrics/amount.h"
#include "common/metrics/metrics.h"
#include "common/schedule.h"
#include "producer/cli/call.h"
#include "producer/cli/freshness.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

enum { LIMIT = 50, LIMIT_MAX = 1000000, FIRST = 5 /* columns before */ };

#define NAME(name, type, unit, help) ", m." #name
static const char list_sql[] =
    "SELECT m.item, m.location, m.day, m.as_of, "
    "(SELECT v.title FROM variant v WHERE v.account = m.account "
    " AND v.item = m.item AND v.removed_at IS NULL "
    " ORDER BY length(v.title) DESC LIMIT 1)" METRIC_COLUMNS(
        NAME) " FROM metric m WHERE m.account = ?1 "
              "AND (?2 IS NULL OR m.item = ?2) AND m.urgency >= ?3 "
              "AND (?3 = 0 OR m.to_order > 0) "
              "ORDER BY m.urgency DESC, m.sells_out_first IS NULL, "
              "m.sells_out_first, m.velocity DESC, m.item, m.location "
              "LIMIT ?4";
#undef NAME

/* Where the column called NAME is in the row. */
static int column(const char *name)
{
    for (int i = 0; i < METRIC_COLUMNS_N; i++)
        if (strcmp(metric_columns[i].name, name) == 0)
            return FIRST + i;
    die("metrics: no column %s", name);
}

/* The I-th figure for people; NULL in the store is "never". */
static const char *figure(struct query *q, int at, char out[FIXED_TEXT])
{
    const struct metric_column *c = &metric_columns[at - FIRST];

    if (query_null(q, at))
        return "never";
    if (c->type == METRIC_FIXED)
        return fixed_text(query_int(q, at), out);
    return when_count(query_int(q, at));
}

/* -- JSON -- */

static void row_out(struct out *o, struct query *q)
{
    char date[SCHEDULE_DATE];

    out_open(o, NULL, '{');
    out_text(o, "item", query_text(q, 0));
    out_text(o, "location", query_text(q, 1));
    out_text(o, "title", query_text(q, 4));
    out_text(o, "day", schedule_date_text(query_int(q, 2), date));
    out_instant(o, "as_of", query_int(q, 3));
    for (int i = 0; i < METRIC_COLUMNS_N; i++) {
        const struct metric_column *c = &metric_columns[i];
        if (c->type == METRIC_FIXED)
            out_fixed(o, c->name, query_int(q, FIRST + i));
        else
            out_int(o, c->name, query_int(q, FIRST + i));
    }
    out_close(o, '}');
}

static void print_json(struct query *q)
{
    struct out o = {0};

    out_open(&o, NULL, '[');
    while (query_next(q))
        row_out(&o, q);
    out_close(&o, ']');
    out_print(&o);
}

/* -- tables -- */

static enum color color_of(int64_t urgency)
{
    return urgency == METRIC_RED      ? RED
           : urgency == METRIC_ORANGE ? YELLOW
                                      : GREEN;
}

static const char *word_of(int64_t urgency)
{
    return urgency == METRIC_RED      ? "out"
           : urgency == METRIC_ORANGE ? "order now"
                                      : "calm";
}

static const char *days(struct query *q, const char *name, const char *zero)
{
    int at = column(name);
    static char text[2][32];
    static int next;
    char *out = text[next++ % 2];

    if (query_null(q, at))
        return "-";
    if (query_int(q, at) == 0)
        return zero;
    snprintf(out, sizeof text[0], "%lld d", (long long)query_int(q, at));
    return out;
}

/* Pieces with two decimals at most. Valid until the next call. */
static const char *shortly(struct query *q, const char *name)
{
    static char text[FIXED_TEXT];
    int64_t hundredth = FIXED_ONE / 100, value = query_int(q, column(name));

    if (query_null(q, column(name)))
        return "-";
    return fixed_text(amount_ratio(value, 1, hundredth) * hundredth, text);
}

static void add_row(struct table *t, struct query *q)
{
    static const char *const pieces[] = {"available", "on_order", "velocity",
                                         "to_order"};
    int64_t urgency = query_int(q, column("urgency"));

    table_cell(t, PLAIN, "%s", query_text(q, 0));
    table_cell(t, PLAIN, "%.40s", query_text(q, 4));
    table_cell(t, PLAIN, "%s", *query_text(q, 1) ? query_text(q, 1) : "-");
    table_cell(t, color_of(urgency), "%s", word_of(urgency));
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
        table_cell(t, PLAIN, "%s", shortly(q, pieces[i]));
    table_cell(t, PLAIN, "%s", days(q, "sells_out_first", "now"));
    table_cell(t, PLAIN, "%s", days(q, "replenish_in", "today"));
}

static void print_table(struct query *q, const struct account *account)
{
    struct table *t = table_new("ITEM", "TITLE", "LOCATION", "STATE",
                                ">AVAILABLE", ">ON ORDER", ">A DAY",
                                ">TO ORDER", ">SELLS OUT", ">ORDER", NULL);

    while (query_next(q))
        add_row(t, q);
    if (table_empty(t))
        say("nothing to show; metrics come with a sync: stocktide sync %s "
            "--wait\n",
            account->name);
    table_print(t, 0);
}

/* One item in all detail, at each of its locations. */
static int print_item(struct query *q, const struct call *call,
                      const struct account *account)
{
    const struct zone *zone = when_zone(account->zone);
    int rows = 0;

    for (; query_next(q); rows++) {
        struct table *t = table_new("FIGURE", ">VALUE", "", "MEANING", NULL);
        char number[FIXED_TEXT];
        say_in(BOLD, "%s%s", rows ? "\n" : "", query_text(q, 0));
        say(" %s%s%s\n", query_text(q, 4), *query_text(q, 1) ? ", at " : "",
            query_text(q, 1));
        say_in(freshness_of(call->config, query_int(q, 3)).color,
               "  as of %s\n", when_both(zone, query_int(q, 3), "-"));
        for (int i = 0; i < METRIC_COLUMNS_N; i++) {
            table_cell(t, PLAIN, "%s", metric_columns[i].name);
            table_cell(t, PLAIN, "%s", figure(q, FIRST + i, number));
            table_cell(t, DIM, "%s", metric_columns[i].unit);
            table_cell(t, DIM, "%s", metric_columns[i].help);
        }
        table_print(t, 2);
    }
    return rows;
}

static int print(const struct call *call, const struct account *account,
                 int64_t limit)
{
    const char *sku = call_flag(call, "sku");
    struct query *q = store_query(
        call->store, list_sql,
        WITH(INT(account->id), TEXT(sku),
             INT(call_flag(call, "urgent") ? METRIC_ORANGE : METRIC_CALM),
             INT(limit)));
    int rows = 1;

    if (call->json)
        print_json(q);
    else if (sku)
        rows = print_item(q, call, account);
    else
        print_table(q, account);
    if (query_end(q) < 0)
        return call_store_failed();
    if (rows == 0)
        return fail(EXIT_NOT_FOUND,
                    "account '%s' has no metrics of an item "
                    "'%.60s'; see: stocktide metrics %s",
                    account->name, sku, account->name);
    return EXIT_DONE;
}

static int run_metrics(struct call *call)
{
    struct account account;
    int64_t limit;
    int code = call_number(call, "limit", LIMIT, 1, LIMIT_MAX, &limit);

    if (!code)
        code = call_account(call, call->args[0], &account);
    if (code)
        return code;
    code = print(call, &account, limit);
    account_free(&account);
    return code;
}

static const struct flag flags[] = {
    {"urgent", NULL, "only what is out, or will be before an order arrives"},
    {"sku", "SKU", "all figures of one item, and what they mean"},
    {"limit", "N", "how many rows (50)"},
    {0},
};

const struct command metrics_commands[] = {
    {"metrics", "ACCOUNT", 1, 1, "what sells out when, and what to order",
     "Most urgent first.\n\n"
     "Examples:\n"
     "  stocktide metrics acme --urgent\n"
     "  stocktide metrics acme --sku A-1",
     flags, false, STORE_NEEDED, run_metrics},
    {0},
};
