/* cmd_schedule.c - schedule: preview the nights of a zone by the very code that
 * the clock uses; list, add and remove an account's runs. */
#include <stdio.h>
#include <string.h>

#include "common/schedule.h"
#include "common/units.h"
#include "producer/cli/call.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

enum { COUNT = 7, COUNT_MAX = 100000 };

/* -- preview -- */

static void preview_json(struct schedule_walk *walk, int64_t count)
{
    struct schedule_run run;
    struct out o = {0};
    char date[SCHEDULE_DATE];

    out_open(&o, NULL, '[');
    for (int64_t i = 0; i < count; i++) {
        schedule_walk_on(walk, &run);
        out_open(&o, NULL, '{');
        out_text(&o, "date", schedule_date_text(run.day, date));
        out_text(&o, "local", run.local);
        out_instant(&o, "utc", run.at);
        out_text(&o, "kind", schedule_kind(run.fit));
        out_text(&o, "note", *run.note ? run.note : NULL);
        out_close(&o, '}');
    }
    out_close(&o, ']');
    out_print(&o);
}

static void preview_table(struct schedule_walk *walk, int64_t count)
{
    struct table *t =
        table_new("DATE", "LOCAL TIME", "UTC", "KIND", "NOTE", NULL);
    struct schedule_run run;
    char date[SCHEDULE_DATE], utc[INSTANT_TEXT];

    for (int64_t i = 0; i < count; i++) {
        schedule_walk_on(walk, &run);
        table_cell(t, PLAIN, "%s", schedule_date_text(run.day, date));
        table_cell(t, PLAIN, "%s", run.local);
        table_cell(t, PLAIN, "%s", instant_text(run.at, utc));
        table_cell(t, run.fit == ZONE_ONCE ? PLAIN : YELLOW, "%s",
                   schedule_kind(run.fit));
        table_cell(t, PLAIN, "%s", run.note);
    }
    table_print(t, 0);
}

static int preview(const struct call *call)
{
    const char *name = call_flag(call, "zone"), *why;
    const char *at = call_flag(call, "at"), *from = call_flag(call, "from");
    char error[ZONE_ERROR];
    const struct zone *zone;
    struct schedule_walk walk;
    int64_t count, day;
    int minute, code = call_number(call, "count", COUNT, 1, COUNT_MAX, &count);

    if (code)
        return code;
    if (!name)
        return fail(EXIT_USAGE, "say which account, or which --zone; see: "
                                "stocktide help schedule");
    if (!(zone = zone_get(name, error)))
        return fail(EXIT_FAILED, "--zone: %s", error);
    if (schedule_parse_time(at ? at : "02:00", &minute, &why) < 0)
        return fail(EXIT_USAGE, "--at: %s", why);
    day = zone_local_day(zone, now_us());
    if (from && schedule_parse_date(from, &day, &why) < 0)
        return fail(EXIT_USAGE, "--from: %s", why);
    walk = schedule_from_day(zone, minute, day);
    if (call->json)
        preview_json(&walk, count);
    else
        preview_table(&walk, count);
    return EXIT_DONE;
}

/* -- list -- */

static const char list_sql[] =
    "SELECT id, type, minute, next_at FROM schedule WHERE account = ?1 "
    "ORDER BY next_at, id";

static const char *when_text(struct query *q, char *out, size_t size)
{
    if (query_null(q, 2))
        snprintf(out, size, "once");
    else
        snprintf(out, size, "daily %02d:%02d", (int)query_int(q, 2) / 60,
                 (int)query_int(q, 2) % 60);
    return out;
}

static void list_json(struct query *q)
{
    struct out o = {0};
    char when[32];

    out_open(&o, NULL, '[');
    while (query_next(q)) {
        out_open(&o, NULL, '{');
        out_int(&o, "id", query_int(q, 0));
        out_text(&o, "type", sync_type_name((enum sync_type)query_int(q, 1)));
        out_text(&o, "when", when_text(q, when, sizeof when));
        out_instant(&o, "next", query_int(q, 3));
        out_close(&o, '}');
    }
    out_close(&o, ']');
    out_print(&o);
}

static void list_table(struct query *q, const struct zone *zone)
{
    struct table *t = table_new(">ID", "TYPE", "WHEN", "NEXT", NULL);
    char when[32];

    while (query_next(q)) {
        int64_t id = query_int(q, 0);
        table_cell(t, PLAIN, "%lld", (long long)id);
        table_cell(t, PLAIN, "%s",
                   sync_type_name((enum sync_type)query_int(q, 1)));
        table_cell(t, PLAIN, "%s%s", when_text(q, when, sizeof when),
                   id == NIGHTLY_SCHEDULE ? " (nightly)" : "");
        table_cell(t, PLAIN, "%s", when_both(zone, query_int(q, 3), "-"));
    }
    table_print(t, 0);
}

static int list(const struct call *call, const struct account *account)
{
    struct query *q =
        store_query(call->store, list_sql, WITH(INT(account->id)));

    if (call->json)
        list_json(q);
    else
        list_table(q, when_zone(account->zone));
    return query_end(q) < 0 ? call_store_failed() : EXIT_DONE;
}

/* -- add, remove -- */

struct wanted {
    enum sync_type type;
    int minute; /* -1: once */
    int64_t next_at;
};

static int read_times(const struct call *call, const struct zone *zone,
                      struct wanted *out)
{
    const char *at = call_flag(call, "at"), *once = call_flag(call, "once");
    const char *why;

    out->minute = -1;
    if (!at == !once)
        return fail(EXIT_USAGE, "say --at HH:MM for every day, or --once "
                                "2026-12-01T18:00");
    if (at && schedule_parse_time(at, &out->minute, &why) < 0)
        return fail(EXIT_USAGE, "--at: %s", why);
    if (at) {
        out->next_at = schedule_next(zone, out->minute, now_us());
        return EXIT_DONE;
    }
    if (schedule_parse_once(once, zone, &out->next_at, &why) < 0)
        return fail(EXIT_USAGE, "--once: %s", why);
    if (out->next_at <= now_us())
        return fail(EXIT_USAGE, "--once: %s is past",
                    when_local(zone, out->next_at));
    return EXIT_DONE;
}

static int add(const struct call *call, const struct account *account)
{
    const struct zone *zone = when_zone(account->zone);
    int type = call->args_n > 2 ? sync_type_find(call->args[2]) : -1;
    struct wanted wanted;
    int64_t id = 0;
    int code;

    if (type < 0)
        return fail(EXIT_USAGE, "say which sync: full, variants or "
                                "purchase_orders");
    if (!zone)
        return fail(EXIT_FAILED,
                    "the zone %s of account %s is not on this "
                    "machine; see: stocktide doctor",
                    account->zone, account->name);
    code = read_times(call, zone, &wanted);
    if (code)
        return code;
    if (store_begin(call->store) < 0 ||
        schedule_add(call->store, account->id, (enum sync_type)type,
                     wanted.minute, wanted.next_at, &id) < 0 ||
        store_commit(call->store) < 0)
        code = call_store_failed();
    store_rollback(call->store);
    if (code)
        return code;
    if (call->json) {
        struct out o = {0};
        out_open(&o, NULL, '{');
        out_int(&o, "id", id);
        out_instant(&o, "next", wanted.next_at);
        out_close(&o, '}');
        out_print(&o);
    } else {
        say("schedule %lld added; next run %s\n", (long long)id,
            when_both(zone, wanted.next_at, "-"));
    }
    return EXIT_DONE;
}

static int remove_one(const struct call *call, const struct account *account)
{
    int64_t id;
    int removed = -1;

    if (call->args_n < 3 || count_parse(call->args[2], &id) < 0)
        return fail(EXIT_USAGE, "say its number; see: stocktide schedule %s",
                    account->name);
    if (id == NIGHTLY_SCHEDULE)
        return fail(EXIT_USAGE,
                    "the nightly sync stays; to move it: stocktide "
                    "account set %s --nightly HH:MM",
                    account->name);
    if (store_begin(call->store) == 0) {
        removed = schedule_remove(call->store, account->id, id);
        if (removed >= 0 && store_commit(call->store) < 0)
            removed = -1;
        store_rollback(call->store);
    }
    if (removed < 0)
        return call_store_failed();
    if (removed == 0)
        return fail(EXIT_NOT_FOUND,
                    "account '%s' has no schedule %lld; see: "
                    "stocktide schedule %s",
                    account->name, (long long)id, account->name);
    call_result(call, "schedule", call->args[2], "removed");
    return EXIT_DONE;
}

static int of_account(const struct call *call, const struct account *account)
{
    if (call->args_n == 1)
        return list(call, account);
    if (strcmp(call->args[1], "add") == 0)
        return add(call, account);
    if (strcmp(call->args[1], "remove") == 0)
        return remove_one(call, account);
    return fail(EXIT_USAGE,
                "'%.40s' is neither add nor remove; see: stocktide "
                "help schedule",
                call->args[1]);
}

static int run_schedule(struct call *call)
{
    struct account account;
    int code;

    if (call->args_n == 0)
        return preview(call);
    code = call_open(call);
    if (!code)
        code = call_account(call, call->args[0], &account);
    if (code)
        return code;
    code = of_account(call, &account);
    account_free(&account);
    return code;
}

static const struct flag flags[] = {
    {"at", "HH:MM", "every day at this local time"},
    {"once", "DATETIME", "once, as 2026-12-01T18:00, local time"},
    {"zone", "ZONE", "preview: the nights of this zone"},
    {"from", "DATE", "preview: beginning with this date (today)"},
    {"count", "N", "preview: how many nights (7)"},
    {0},
};

const struct command schedule_commands[] = {
    {"schedule", "[ACCOUNT [add TYPE | remove ID]]", 0, 3,
     "when syncs run: list, add, remove, preview",
     "  stocktide schedule ACCOUNT                next runs\n"
     "  stocktide schedule ACCOUNT add TYPE --at 13:00\n"
     "  stocktide schedule ACCOUNT add TYPE --once 2026-12-01T18:00\n"
     "  stocktide schedule ACCOUNT remove ID\n"
     "  stocktide schedule --zone ZONE --at 02:00 --from 2026-03-28 --count 3\n"
     "\nThe last one shows what happens where clocks change: a time that does "
     "not exist\nruns when the gap ends (kind gap), one that comes twice runs "
     "the first time\n(kind twice). It is the code that the clock itself uses.",
     flags, false, STORE_NONE, run_schedule},
    {0},
};
