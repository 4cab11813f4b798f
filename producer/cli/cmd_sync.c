/* cmd_sync.c - sync: ask for one now. */
#include "producer/cli/sync_ask.h"
#include "producer/cli/when.h"

static void tell_json(const struct account *account, enum sync_type type,
                      const struct accepted *accepted)
{
    struct out o = {0};

    out_open(&o, NULL, '{');
    out_text(&o, "account", account->name);
    out_int(&o, "sync", accepted->sync);
    out_text(&o, "type", sync_type_name(type));
    out_text(&o, "state", accepted->waiting ? "waiting" : "running");
    if (accepted->waiting)
        out_instant(&o, "running_since", accepted->since);
    out_close(&o, '}');
    out_print(&o);
}

static void tell_text(const struct account *account, enum sync_type type,
                      const struct accepted *accepted)
{
    const char *name = sync_type_name(type);

    if (accepted->waiting)
        say("%s sync of %s: already running since %s; yours (%lld) is "
            "remembered and runs right after\n",
            name, account->name,
            when_both(when_zone(account->zone), accepted->since, "-"),
            (long long)accepted->sync);
    else
        say("%s sync %lld of %s started\n", name, (long long)accepted->sync,
            account->name);
}

static void warn_without_connections(const struct call *call,
                                     const struct account *account)
{
    int64_t n;

    if (store_get(call->store, &n,
                  "SELECT count(*) FROM connection WHERE account = ?1 "
                  "AND enabled = 1",
                  WITH(INT(account->id))) == 1 &&
        n == 0)
        note("account %s has no connection that is switched on: nothing will "
             "be read; see: stocktide connection add --help",
             account->name);
}

static int ask(struct call *call, const struct account *account,
               enum sync_type type)
{
    bool wait = call_flag(call, "wait");
    struct accepted accepted;
    int code = sync_ask(call, account, type, &accepted);

    if (code)
        return code;
    warn_without_connections(call, account);
    if (!call->json)
        tell_text(account, type, &accepted);
    else if (!wait)
        tell_json(account, type, &accepted);
    return wait ? sync_wait(call, account, accepted.sync) : EXIT_DONE;
}

static int run_sync(struct call *call)
{
    const char *name = call->args_n > 1 ? call->args[1] : "full";
    int type = sync_type_find(name);
    struct account account;
    int code;

    if (type < 0)
        return fail(EXIT_USAGE,
                    "there is no sync '%.40s'; say full, variants "
                    "or purchase_orders",
                    name);
    code = call_account(call, call->args[0], &account);
    if (code)
        return code;
    code = ask(call, &account, (enum sync_type)type);
    account_free(&account);
    return code;
}

static const struct flag flags[] = {
    {"wait", NULL, "show progress until it has ended, and what it changed"},
    {0},
};

const struct command sync_commands[] = {
    {"sync", "ACCOUNT [TYPE]", 1, 2, "ask for a sync now",
     "TYPE is full (everything; the default), variants (with their stock) or\n"
     "purchase_orders (purchase, transfer and assembly orders). While one of "
     "the\ntype runs, one more is remembered and runs right after it.\n\n"
     "Once this returns, the request is durable. With --wait the exit code is "
     "0 if\nall went well and 1 if the sync ended partial or failed; to stop "
     "waiting does\nnot stop the sync.\n\n"
     "Example:\n  stocktide sync acme variants --wait",
     flags, false, STORE_NEEDED, run_sync},
    {0},
};
