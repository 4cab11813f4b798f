/* cmd_dead.c - dead: what ended badly and why; retry: ask for it again. */
#include <stdio.h>
#include <string.h>

#include "producer/cli/sync_ask.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

/* -- dead -- */

static const char dead_sql[] =
    "SELECT a.name, a.zone, c.name, t.connection, t.name, t.outcome, "
    "t.ended_at, t.last_error, t.as_of FROM stream t "
    "JOIN account a ON a.id = t.account "
    "LEFT JOIN connection c ON c.account = t.account AND c.id = t.connection "
    "WHERE t.outcome IN ('failed', 'dead') AND (?1 = 0 OR t.account = ?1) "
    "AND coalesce(c.enabled, 1) = 1 "
    "ORDER BY a.name, t.connection, t.name";

static void stream_text(struct query *q, char *out, size_t size)
{
    const char *name = stream_name((enum stream)query_int(q, 4));

    if (query_int(q, 3) == 0)
        snprintf(out, size, "%s", name);
    else
        snprintf(out, size, "%s/%s", query_text(q, 2), name);
}

static void dead_json(struct query *q)
{
    struct out o = {0};
    char stream[160];

    out_open(&o, NULL, '[');
    while (query_next(q)) {
        stream_text(q, stream, sizeof stream);
        out_open(&o, NULL, '{');
        out_text(&o, "account", query_text(q, 0));
        out_text(&o, "stream", stream);
        out_text(&o, "outcome", query_text(q, 5));
        out_instant(&o, "ended_at", query_int(q, 6));
        out_text(&o, "error", query_text(q, 7));
        out_instant(&o, "complete_up_to", query_int(q, 8));
        out_close(&o, '}');
    }
    out_close(&o, ']');
    out_print(&o);
}

static void dead_table(struct query *q)
{
    struct table *t =
        table_new("ACCOUNT", "STREAM", "ENDED", "WHEN", "WHY", NULL);
    char stream[160];

    while (query_next(q)) {
        const struct zone *zone = when_zone(query_text(q, 1));
        stream_text(q, stream, sizeof stream);
        table_cell(t, PLAIN, "%s", query_text(q, 0));
        table_cell(t, PLAIN, "%s", stream);
        table_cell(t, RED, "%s", query_text(q, 5));
        table_cell(t, PLAIN, "%s", when_both(zone, query_int(q, 6), "-"));
        table_cell(t, PLAIN, "%s", query_text(q, 7));
    }
    if (table_empty(t))
        say("nothing ended badly\n");
    else
        say("when the cause is mended: stocktide retry ACCOUNT\n\n");
    table_print(t, 0);
}

static int run_dead(struct call *call)
{
    struct account account = {0};
    struct query *q;
    int code = EXIT_DONE;

    if (call->args_n)
        code = call_account(call, call->args[0], &account);
    if (code)
        return code;
    q = store_query(call->store, dead_sql, WITH(INT(account.id)));
    if (call->json)
        dead_json(q);
    else
        dead_table(q);
    if (query_end(q) < 0)
        code = call_store_failed();
    account_free(&account);
    return code;
}

/* -- retry -- */

/* The syncs that read all streams of BITS again: as few as will do. A step of
 * the account itself comes after any of them. */
static unsigned types_for(int64_t bits)
{
    static const enum sync_type narrow[] = {SYNC_VARIANTS,
                                            SYNC_PURCHASE_ORDERS};
    unsigned types = 0;

    for (int s = 0; s < STREAM_FETCHED; s++) {
        bool found = !((bits >> s) & 1);
        for (size_t i = 0; !found && i < ARRAY_LEN(narrow); i++)
            if (sync_fetches(narrow[i], (enum stream)s)) {
                types |= 1u << narrow[i];
                found = true;
            }
        if (!found)
            return 1u << SYNC_FULL;
    }
    return types ? types : 1u << SYNC_FULL;
}

static int failed_streams(const struct call *call, int64_t account,
                          int64_t *bits)
{
    struct query *q = store_query(
        call->store,
        "SELECT DISTINCT t.name FROM stream t LEFT JOIN connection c "
        "ON c.account = t.account AND c.id = t.connection "
        "WHERE t.account = ?1 AND t.outcome IN ('failed', 'dead') "
        "AND coalesce(c.enabled, 1) = 1",
        WITH(INT(account)));

    *bits = 0;
    while (query_next(q))
        *bits |= INT64_C(1) << query_int(q, 0);
    return query_end(q);
}

static int retry(const struct call *call, const struct account *account)
{
    struct accepted accepted;
    struct out o = {0};
    int64_t bits;
    unsigned types;
    int code = EXIT_DONE;

    if (failed_streams(call, account->id, &bits) < 0)
        return call_store_failed();
    types = bits ? types_for(bits) : 0;
    if (!types && !call->json)
        say("nothing of %s ended badly; to sync it anyway: stocktide sync "
            "%s\n",
            account->name, account->name);
    out_open(&o, NULL, '[');
    for (int type = 0; type < SYNC_TYPES && !code; type++) {
        if (!(types & 1u << type))
            continue;
        code = sync_ask(call, account, (enum sync_type)type, &accepted);
        out_open(&o, NULL, '{');
        out_int(&o, "sync", accepted.sync);
        out_text(&o, "type", sync_type_name((enum sync_type)type));
        out_text(&o, "state", accepted.waiting ? "waiting" : "running");
        out_close(&o, '}');
        if (!code && !call->json)
            say("%s sync %lld of %s %s\n", sync_type_name((enum sync_type)type),
                (long long)accepted.sync, account->name,
                accepted.waiting ? "runs after the running one" : "started");
    }
    out_close(&o, ']');
    if (call->json && !code)
        out_print(&o);
    buf_free(&o.text);
    return code;
}

static int run_retry(struct call *call)
{
    struct account account;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    code = retry(call, &account);
    account_free(&account);
    return code;
}

const struct command dead_commands[] = {
    {"dead", "[ACCOUNT]", 0, 1, "streams that ended badly, and why",
     "They are read again by the next sync, from where they were good last: "
     "nothing\nis lost. \"dead\" means that a page ended its workers three "
     "times.",
     NULL, false, STORE_NEEDED, run_dead},
    {"retry", "ACCOUNT", 1, 1, "sync again what ended badly",
     "Asks for the smallest syncs that read all the streams \"stocktide dead\" "
     "lists.",
     NULL, false, STORE_NEEDED, run_retry},
    {0},
};
