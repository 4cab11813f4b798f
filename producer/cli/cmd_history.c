/* cmd_history.c - syncs: the last ones of an account; show: one of them. */
#include <stdio.h>
#include <string.h>

#include "common/units.h"
#include "producer/cli/call.h"
#include "producer/cli/sync_info.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

enum { LIMIT = 20, LIMIT_MAX = 10000 };

static enum color color_of(const struct sync_info *s)
{
    if (strcmp(s->state, "done") == 0)
        return GREEN;
    if (strcmp(s->state, "partial") == 0)
        return YELLOW;
    return sync_is_open(s) ? PLAIN : RED;
}

static void add_row(struct table *t, const struct sync_info *s)
{
    int64_t until = s->ended_at == INSTANT_NONE ? now_us() : s->ended_at;

    table_cell(t, PLAIN, "%lld", (long long)s->id);
    table_cell(t, PLAIN, "%s", sync_type_name(s->type));
    table_cell(t, color_of(s), "%s", s->state);
    table_cell(t, PLAIN, "%s%s", s->asked_by, s->hits > 1 ? " ..." : "");
    table_cell(t, PLAIN, "%s",
               when_both(when_zone(s->zone), s->started_at, "-"));
    table_cell(
        t, PLAIN, "%s",
        s->started_at == INSTANT_NONE ? "-" : when_span(until - s->started_at));
    table_cell(t, PLAIN, "%s", when_count(s->rows));
    table_cell(t, PLAIN, "%s", sync_changes(s));
}

static int list(const struct call *call, struct query *q)
{
    struct sync_info s;
    struct out o = {0};
    struct table *t = table_new(">SYNC", "TYPE", "STATE", "ASKED BY", "STARTED",
                                ">TOOK", ">ROWS", "CHANGES", NULL);
    int result = 0;

    out_open(&o, NULL, '[');
    while (sync_info_next(q, &s)) {
        if (!call->json)
            add_row(t, &s);
        else if (sync_out(&o, NULL, call->store, &s, false) < 0)
            result = -1;
    }
    out_close(&o, ']');
    if (query_end(q) < 0)
        result = -1;
    if (!call->json && table_empty(t))
        say("no syncs yet; ask for one with: stocktide sync %s\n",
            call->args[0]);
    table_print(t, 0);
    if (call->json && result == 0)
        out_print(&o);
    buf_free(&o.text);
    return result;
}

static int run_syncs(struct call *call)
{
    struct account account;
    int64_t limit;
    int code = call_number(call, "limit", LIMIT, 1, LIMIT_MAX, &limit);

    if (code)
        return code;
    code = call_account(call, call->args[0], &account);
    if (code)
        return code;
    if (list(call, syncs_newest(call->store, account.id, limit)) < 0)
        code = call_store_failed();
    account_free(&account);
    return code;
}

static int show_text(const struct call *call, const struct sync_info *s)
{
    const struct zone *zone = when_zone(s->zone);

    if (sync_is_open(s))
        say("%s sync %lld of %s: %s\n", sync_type_name(s->type),
            (long long)s->id, s->account_name, sync_progress(s));
    else
        say_in(color_of(s), "%s\n", sync_summary(s));
    say("  asked    %s by %s", when_both(zone, s->asked_at, "-"), s->asked_by);
    if (s->hits > 1)
        say(", and %lld more times", (long long)s->hits - 1);
    say("\n  started  %s\n", when_both(zone, s->started_at, "-"));
    say("  ended    %s\n\n", when_both(zone, s->ended_at, "-"));
    return sync_parts_print(call->store, s);
}

static int show_json(const struct call *call, const struct sync_info *s)
{
    struct out o = {0};
    int result = sync_out(&o, NULL, call->store, s, true);

    if (result == 0)
        out_print(&o);
    buf_free(&o.text);
    return result;
}

static int show(const struct call *call, const struct account *account)
{
    struct sync_info s;
    int64_t id;
    int found;

    if (count_parse(call->args[1], &id) < 0)
        return fail(EXIT_USAGE, "a sync is named by its number, not '%.40s'",
                    call->args[1]);
    found = sync_info_read(call->store, account->id, id, &s);
    if (found == 0)
        return fail(EXIT_NOT_FOUND,
                    "account '%s' has no sync %lld; see: "
                    "stocktide syncs %s",
                    account->name, (long long)id, account->name);
    if (found < 0 || (call->json ? show_json : show_text)(call, &s) < 0)
        return call_store_failed();
    return EXIT_DONE;
}

static int run_show(struct call *call)
{
    struct account account;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    code = show(call, &account);
    account_free(&account);
    return code;
}

static const struct flag flags[] = {
    {"limit", "N", "how many (20)"},
    {0},
};

const struct command history_commands[] = {
    {"syncs", "ACCOUNT", 1, 1, "the last syncs of an account", NULL, flags,
     false, STORE_NEEDED, run_syncs},
    {"show", "ACCOUNT SYNC", 2, 2, "one sync, with each stream it read",
     "SYNC is its number, as \"stocktide syncs\" lists it.", NULL, false,
     STORE_NEEDED, run_show},
    {0},
};
