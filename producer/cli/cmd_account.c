/* cmd_account.c - account add, set, list, show, remove. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules.h"
#include "producer/cli/call.h"
#include "producer/cli/settings.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

/* -- add, set -- */

/* "lead_time" as a flag is --lead-time. */
static const char *rule_flag(const struct call *call, const char *name)
{
    char flag[64];

    snprintf(flag, sizeof flag, "%s", name);
    for (char *c = flag; *c; c++)
        if (*c == '_')
            *c = '-';
    return call_flag(call, flag);
}

static void change(struct settings *s, const char *name, const char *value)
{
    if (!value)
        return;
    if (strcmp(value, "none") == 0)
        settings_drop(s, name);
    else
        settings_put(s, name, value);
}

/* Given: the settings STORED with what the flags say over them. */
static char *settings_of(const struct call *call, const char *stored)
{
    struct settings s = {0};

    if (settings_read(&s, stored) < 0)
        note("the settings in the store were damaged; they begin anew");
    change(&s, "nightly", call_flag(call, "nightly"));
    for (size_t i = 0; rule_at(i); i++)
        change(&s, rule_at(i)->name, rule_flag(call, rule_at(i)->name));
    return settings_done(&s);
}

static int put(const struct call *call, const char *stored)
{
    char *settings = settings_of(call, stored);
    char error[256];
    int code = EXIT_DONE;

    if (store_begin(call->store) < 0)
        code = call_store_failed();
    else if (account_put(call->store, call->args[0], call_flag(call, "zone"),
                         settings, now_us(), error) < 0)
        code = fail(EXIT_FAILED, "account %s: %s", call->args[0], error);
    else if (store_commit(call->store) < 0)
        code = call_store_failed();
    store_rollback(call->store);
    free(settings);
    return code;
}

static int next_nightly(const struct call *call, int64_t account, int64_t *at)
{
    *at = INSTANT_NONE;
    return store_get(call->store, at,
                     "SELECT next_at FROM schedule "
                     "WHERE account = ?1 AND id = ?2",
                     WITH(INT(account), INT(NIGHTLY_SCHEDULE)));
}

static int tell(const struct call *call, const char *what)
{
    struct account account;
    int64_t next;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    if (next_nightly(call, account.id, &next) < 0)
        next = INSTANT_NONE;
    if (call->json) {
        struct out o = {0};
        out_open(&o, NULL, '{');
        out_text(&o, "account", account.name);
        out_text(&o, "result", what);
        out_instant(&o, "next_nightly", next);
        out_close(&o, '}');
        out_print(&o);
    } else {
        say("account %s %s; next nightly sync %s\n", account.name, what,
            when_both(when_zone(account.zone), next, "-"));
    }
    account_free(&account);
    return EXIT_DONE;
}

static int run_add(struct call *call)
{
    int64_t id;
    int found = account_find(call->store, call->args[0], &id);
    int code;

    if (found < 0)
        return call_store_failed();
    if (found)
        return fail(EXIT_FAILED,
                    "account '%s' is there already; to change it: stocktide "
                    "account set %s ...",
                    call->args[0], call->args[0]);
    if (!call_flag(call, "zone"))
        return fail(EXIT_USAGE, "say in which time zone it lives: --zone "
                                "Europe/Berlin");
    code = put(call, "{}");
    return code ? code : tell(call, "added");
}

static int run_set(struct call *call)
{
    struct account account;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    code = put(call, account.settings);
    account_free(&account);
    return code ? code : tell(call, "changed");
}

/* -- list -- */

static const char list_sql[] =
    "SELECT a.name, a.zone, "
    "(SELECT count(*) FROM connection c WHERE c.account = a.id), "
    "(SELECT as_of FROM stream s WHERE s.account = a.id AND s.connection = 0 "
    " AND s.name = ?1), "
    "(SELECT next_at FROM schedule p WHERE p.account = a.id AND p.id = ?2) "
    "FROM account a ORDER BY a.name";

static void list_json(struct query *q)
{
    struct out o = {0};

    out_open(&o, NULL, '[');
    while (query_next(q)) {
        out_open(&o, NULL, '{');
        out_text(&o, "name", query_text(q, 0));
        out_text(&o, "zone", query_text(q, 1));
        out_int(&o, "connections", query_int(q, 2));
        out_instant(&o, "metrics_as_of", query_int(q, 3));
        out_instant(&o, "next_nightly", query_int(q, 4));
        out_close(&o, '}');
    }
    out_close(&o, ']');
    out_print(&o);
}

static void list_table(struct query *q)
{
    struct table *t = table_new("ACCOUNT", "ZONE", ">CONNECTIONS",
                                "METRICS AS OF", "NEXT NIGHTLY", NULL);

    while (query_next(q)) {
        const struct zone *zone = when_zone(query_text(q, 1));
        table_cell(t, PLAIN, "%s", query_text(q, 0));
        table_cell(t, PLAIN, "%s", query_text(q, 1));
        table_cell(t, PLAIN, "%s", when_count(query_int(q, 2)));
        table_cell(t, PLAIN, "%s", when_both(zone, query_int(q, 3), "-"));
        table_cell(t, PLAIN, "%s", when_both(zone, query_int(q, 4), "-"));
    }
    if (table_empty(t))
        say("no accounts yet; begin with: stocktide account add NAME --zone "
            "ZONE\n");
    table_print(t, 0);
}

static int run_list(struct call *call)
{
    struct query *q =
        store_query(call->store, list_sql,
                    WITH(INT(STREAM_METRICS), INT(NIGHTLY_SCHEDULE)));

    if (call->json)
        list_json(q);
    else
        list_table(q);
    return query_end(q) < 0 ? call_store_failed() : EXIT_DONE;
}

/* -- show -- */

static void show_rule(const struct rule *rule, struct json_value v)
{
    const char *text = json_str(v);
    struct out o = {0};

    if (!text)
        out_value(&o, NULL, v);
    say("  %-14s %s%s%s, %s\n", rule->name, text ? text : o.text.data,
        text ? "" : " ", text ? "" : rule->unit, rule->help);
    buf_free(&o.text);
}

static void show_rules(const struct account *account)
{
    struct json *parser = json_new();
    struct json_value root;

    if (json_parse(parser, account->settings, strlen(account->settings),
                   &root) == 0)
        for (size_t i = 0; rule_at(i); i++) {
            struct json_value v = json_get(root, rule_at(i)->name);
            if (json_type(v) != JSON_NONE)
                show_rule(rule_at(i), v);
        }
    json_free(parser);
}

static int show_connections(const struct call *call, int64_t account)
{
    struct query *q = store_query(
        call->store,
        "SELECT name, platform, enabled FROM connection WHERE account = ?1 "
        "ORDER BY name",
        WITH(INT(account)));
    bool any = false;

    while (query_next(q)) {
        say("  %-14s %s (%s)%s\n", any ? "" : "connections", query_text(q, 0),
            query_text(q, 1), query_int(q, 2) ? "" : ", switched off");
        any = true;
    }
    if (!any)
        say("  %-14s none\n", "connections");
    return query_end(q);
}

static int show_text(const struct call *call, const struct account *account)
{
    const struct zone *zone = when_zone(account->zone);
    int minute = account_nightly(account);
    int64_t next;

    if (next_nightly(call, account->id, &next) < 0)
        return -1;
    say_in(BOLD, "%s\n", account->name);
    say("  %-14s %s, now %s\n", "zone", account->zone,
        when_local(zone, now_us()));
    say("  %-14s %02d:%02d, next %s\n", "nightly", minute / 60, minute % 60,
        when_both(zone, next, "-"));
    show_rules(account);
    return show_connections(call, account->id);
}

static int show_json(const struct call *call, const struct account *account)
{
    struct query *q = store_query(
        call->store,
        "SELECT name, platform, enabled FROM connection WHERE account = ?1 "
        "ORDER BY name",
        WITH(INT(account->id)));
    int64_t next = INSTANT_NONE;
    struct out o = {0};

    out_open(&o, NULL, '{');
    out_text(&o, "name", account->name);
    out_text(&o, "zone", account->zone);
    out_json(&o, "settings", account->settings);
    out_open(&o, "connections", '[');
    while (query_next(q)) {
        out_open(&o, NULL, '{');
        out_text(&o, "name", query_text(q, 0));
        out_text(&o, "platform", query_text(q, 1));
        out_bool(&o, "enabled", query_int(q, 2));
        out_close(&o, '}');
    }
    out_close(&o, ']');
    if (query_end(q) < 0 || next_nightly(call, account->id, &next) < 0) {
        buf_free(&o.text);
        return -1;
    }
    out_instant(&o, "next_nightly", next);
    out_close(&o, '}');
    out_print(&o);
    return 0;
}

static int run_show(struct call *call)
{
    struct account account;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    if ((call->json ? show_json : show_text)(call, &account) < 0)
        code = call_store_failed();
    account_free(&account);
    return code;
}

/* -- remove -- */

static int run_remove(struct call *call)
{
    struct account account;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    if (!call_flag(call, "yes"))
        code = fail(EXIT_USAGE,
                    "this removes account %s with all its connections, rows "
                    "and metrics, for good; to do so add --yes",
                    account.name);
    else if (store_begin(call->store) < 0 ||
             account_remove(call->store, account.id) < 0 ||
             store_commit(call->store) < 0)
        code = call_store_failed();
    store_rollback(call->store);
    if (code == EXIT_DONE)
        call_result(call, "account", account.name, "removed");
    account_free(&account);
    return code;
}

static const struct flag put_flags[] = {
    {"zone", "ZONE", "time zone, as Europe/Berlin"},
    {"nightly", "HH:MM", "local time of the nightly full sync (02:00)"},
    {0},
};
static const struct flag remove_flags[] = {
    {"yes", NULL, "I mean it"},
    {0},
};

const struct command account_commands[] = {
    {"account add", "ACCOUNT", 1, 1, "add a merchant",
     "Example:\n"
     "  stocktide account add acme --zone Europe/Berlin --lead-time 21\n\n"
     "The planning rules hold for all items of the account; single items can\n"
     "have their own: see stocktide help apply.",
     put_flags, true, STORE_CREATED, run_add},
    {"account set", "ACCOUNT", 1, 1, "change its zone, nightly time or rules",
     "What is not given stays as it is; \"none\" takes a rule away.\n\n"
     "Example:\n"
     "  stocktide account set acme --nightly 03:30 --moq none",
     put_flags, true, STORE_NEEDED, run_set},
    {"account list", "", 0, 0, "all accounts", NULL, NULL, false, STORE_NEEDED,
     run_list},
    {"account show", "ACCOUNT", 1, 1, "one account", NULL, NULL, false,
     STORE_NEEDED, run_show},
    {"account remove", "ACCOUNT", 1, 1, "remove an account and all its rows",
     "Example:\n  stocktide account remove acme --yes", remove_flags, false,
     STORE_NEEDED, run_remove},
    {0},
};
