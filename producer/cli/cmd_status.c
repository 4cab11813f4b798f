/* cmd_status.c - status: all accounts in a table, or one in detail. It reads
 * the store alone; nothing else needs to run. */
#include <stdio.h>
#include <string.h>

#include "producer/cli/freshness.h"
#include "producer/cli/status_account.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

/* -- one -- */

static int one(const struct call *call, const struct account *account)
{
    struct out o = {0};
    int result;

    if (!call->json)
        return status_account_print(call, account);
    out_open(&o, NULL, '{');
    result = status_account_out(call, &o, account);
    if (result == 0)
        result = status_rejected_out(call, &o, account->name);
    out_close(&o, '}');
    if (result == 0)
        out_print(&o);
    buf_free(&o.text);
    return result;
}

/* -- all -- */

static const char all_sql[] =
    "SELECT a.name, a.zone, m.as_of, "
    "(SELECT group_concat(s.type) FROM sync s WHERE s.account = a.id "
    " AND s.state IN ('running', 'processing')), "
    "(SELECT count(*) FROM stream t WHERE t.account = a.id "
    " AND t.outcome IN ('failed', 'dead')), "
    "(SELECT min(p.next_at) FROM schedule p WHERE p.account = a.id) "
    "FROM account a JOIN stream m ON m.account = a.id AND m.connection = 0 "
    "AND m.name = ?1 ORDER BY a.name";

/* "0,1" as the store joins numbers of types -> "full, variants". */
static const char *running_text(const char *numbers, char *out, size_t size)
{
    size_t at = 0;

    snprintf(out, size, "-");
    for (const char *c = numbers; *c; c++)
        if (*c >= '0' && *c < '0' + SYNC_TYPES)
            at += (size_t)snprintf(out + at, size - at, "%s%s", at ? ", " : "",
                                   sync_type_name((enum sync_type)(*c - '0')));
    return out;
}

static int print_all(const struct call *call)
{
    struct query *q =
        store_query(call->store, all_sql, WITH(INT(STREAM_METRICS)));
    struct table *t = table_new("ACCOUNT", "METRICS", "AS OF", "RUNNING",
                                "TROUBLE", "NEXT SYNC", NULL);
    char running[64];

    while (query_next(q)) {
        const struct zone *zone = when_zone(query_text(q, 1));
        struct freshness fresh = freshness_of(call->config, query_int(q, 2));
        int64_t bad = query_int(q, 4);
        table_cell(t, PLAIN, "%s", query_text(q, 0));
        table_cell(t, fresh.color, "%s", fresh.word);
        table_cell(t, PLAIN, "%s", when_both(zone, query_int(q, 2), "-"));
        table_cell(t, PLAIN, "%s",
                   running_text(query_text(q, 3), running, sizeof running));
        if (bad)
            table_cell(t, RED, "%lld streams failed", (long long)bad);
        else
            table_cell(t, PLAIN, "-");
        table_cell(t, PLAIN, "%s", when_both(zone, query_int(q, 5), "-"));
    }
    if (table_empty(t))
        say("no accounts yet; begin with: stocktide account add NAME --zone "
            "ZONE\n");
    table_print(t, 0);
    return query_end(q) < 0 ? -1 : status_rejected_print(call, NULL);
}

/* 1, 0 when there is none behind ID, -1. */
static int next_account(const struct call *call, int64_t id,
                        struct account *out)
{
    int found = store_get(call->store, &id,
                          "SELECT id FROM account WHERE id > ?1 ORDER BY id "
                          "LIMIT 1",
                          WITH(INT(id)));

    return found > 0 ? account_read(call->store, id, out) : found;
}

static int out_all(const struct call *call)
{
    struct account account;
    struct out o = {0};
    int64_t id = 0;
    int found, result = 0;

    out_open(&o, NULL, '{');
    out_open(&o, "accounts", '[');
    while (result == 0 && (found = next_account(call, id, &account)) > 0) {
        id = account.id;
        out_open(&o, NULL, '{');
        result = status_account_out(call, &o, &account);
        out_close(&o, '}');
        account_free(&account);
    }
    out_close(&o, ']');
    if (result == 0)
        result = status_rejected_out(call, &o, NULL);
    out_close(&o, '}');
    if (result == 0 && found == 0)
        out_print(&o);
    buf_free(&o.text);
    return result < 0 || found < 0 ? -1 : 0;
}

static int run_status(struct call *call)
{
    struct account account;
    int code;

    if (call->args_n == 0)
        return (call->json ? out_all : print_all)(call) < 0
                   ? call_store_failed()
                   : EXIT_DONE;
    code = call_account(call, call->args[0], &account);
    if (code)
        return code;
    if (one(call, &account) < 0)
        code = call_store_failed();
    account_free(&account);
    return code;
}

const struct command status_commands[] = {
    {"status", "[ACCOUNT]", 0, 1, "how fresh, what runs, what is in trouble",
     "Reads the store alone: neither producer nor workers need to run.", NULL,
     false, STORE_NEEDED, run_status},
    {0},
};
