/* cmd_connection.c - connection add, set, list, remove, enable, disable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "producer/cli/call.h"
#include "producer/cli/secret_input.h"
#include "producer/cli/settings.h"
#include "producer/cli/table.h"

enum { SECRET_SIZE = 64 * 1024, ORIGIN = 512 };

/* -- add, set -- */

static void replace(char **text, const char *with)
{
    if (!with)
        return;
    free(*text);
    *text = xstrdup(with);
}

/* --settings and each --set over what there is. An exit code. */
static int change_settings(const struct call *call, struct connection *c)
{
    const char *json = call_flag(call, "settings"), *pair;
    struct settings s = {0};
    size_t at = 0;
    int code = EXIT_DONE;

    if (settings_read(&s, json ? json : c->settings) < 0)
        code = fail(EXIT_USAGE, "--settings: a JSON object, as "
                                "'{\"currency\": \"EUR\"}'");
    while (!code && (pair = call_each(call, "set", &at))) {
        size_t length = strcspn(pair, "=");
        char *key = xstrndup(pair, length);
        if (length == 0 || pair[length] != '=')
            code = fail(EXIT_USAGE, "--set: key=value, not '%.60s'", pair);
        else if (strcmp(pair + length + 1, "none") == 0)
            settings_drop(&s, key);
        else
            settings_put(&s, key, pair + length + 1);
        free(key);
    }
    free(c->settings);
    c->settings = settings_done(&s);
    return code;
}

/* The secret from standard input, sealed for this connection alone. */
static int seal_input(const struct call *call, struct connection *c)
{
    char *plain = xcalloc(1, SECRET_SIZE), *sealed = NULL;
    char origin[ORIGIN], error[256];
    const struct secret_binding binding = {c->account_name, c->name, origin};
    int code = EXIT_DONE;

    if (url_origin(c->url, origin) < 0)
        code = fail(EXIT_USAGE, "a secret is sealed for its url: give a valid "
                                "--url");
    else if (secret_input(plain, SECRET_SIZE) < 0)
        code = fail(EXIT_USAGE, "no secret came on standard input");
    else if (!(sealed =
                   secret_seal(plain, call->config->key_file, &binding, error)))
        code = fail(EXIT_FAILED, "%s", error);
    explicit_bzero(plain, SECRET_SIZE);
    free(plain);
    if (sealed) {
        free(c->secret);
        c->secret = sealed;
    }
    return code;
}

static int change(const struct call *call, struct connection *c)
{
    int code;

    replace(&c->platform, call_flag(call, "platform"));
    replace(&c->url, call_flag(call, "url"));
    replace(&c->user, call_flag(call, "user"));
    replace(&c->secret, call_flag(call, "secret"));
    if (call_flag(call, "allow-private"))
        c->private_allowed = true;
    if (call_flag(call, "forbid-private"))
        c->private_allowed = false;
    code = change_settings(call, c);
    if (!code && call_flag(call, "secret-stdin"))
        code = seal_input(call, c);
    return code;
}

static int put(const struct call *call, const struct connection *c,
               const char *result)
{
    char error[256];
    int code = EXIT_DONE;

    if (store_begin(call->store) < 0)
        code = call_store_failed();
    else if (connection_put(call->store, c, now_us(), error) < 0)
        code = fail(EXIT_FAILED, "connection %s: %s", c->name, error);
    else if (store_commit(call->store) < 0)
        code = call_store_failed();
    store_rollback(call->store);
    if (code == EXIT_DONE)
        call_result(call, "connection", c->name, result);
    return code;
}

static int check_new(const struct call *call)
{
    if (!call_flag(call, "platform"))
        return fail(EXIT_USAGE, "say which platform it is: --platform NAME; "
                                "see: stocktide platforms");
    if (!call_flag(call, "url") && strcmp(call_flag(call, "platform"), "echo"))
        return fail(EXIT_USAGE, "say where it is: --url https://...");
    return EXIT_DONE;
}

static int add(const struct call *call, const struct account *account)
{
    struct connection old, c = {.account = account->id, .enabled = true};
    int found = connection_find(call->store, account->id, call->args[1], &old);
    int code;

    if (found < 0)
        return call_store_failed();
    connection_free(&old);
    if (found)
        return fail(EXIT_FAILED,
                    "connection '%s' is there already; to change it: "
                    "stocktide connection set %s %s ...",
                    call->args[1], account->name, call->args[1]);
    c.account_name = xstrdup(account->name);
    c.name = xstrdup(call->args[1]);
    c.platform = xstrdup("");
    c.url = xstrdup("/");
    c.user = xstrdup("");
    c.secret = xstrdup("");
    c.settings = xstrdup("{}");
    code = check_new(call);
    if (!code)
        code = change(call, &c);
    if (!code)
        code = put(call, &c, "added");
    connection_free(&c);
    return code;
}

static int run_add(struct call *call)
{
    struct account account;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    code = add(call, &account);
    account_free(&account);
    return code;
}

/* The connection that the first two arguments name. */
static int named(const struct call *call, struct connection *out)
{
    struct account account;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    code = call_connection(call, &account, call->args[1], out);
    account_free(&account);
    return code;
}

static int run_set(struct call *call)
{
    struct connection c;
    int code = named(call, &c);

    if (code)
        return code;
    code = change(call, &c);
    if (!code)
        code = put(call, &c, "changed");
    connection_free(&c);
    return code;
}

static int switch_to(struct call *call, bool enabled, const char *result)
{
    struct connection c;
    int code = named(call, &c);

    if (code)
        return code;
    c.enabled = enabled;
    code = put(call, &c, result);
    connection_free(&c);
    return code;
}

static int run_enable(struct call *call)
{
    return switch_to(call, true, "switched on");
}

static int run_disable(struct call *call)
{
    return switch_to(call, false, "switched off");
}

/* -- remove -- */

static int run_remove(struct call *call)
{
    struct connection c;
    int code = named(call, &c);

    if (code)
        return code;
    if (!call_flag(call, "yes"))
        code = fail(EXIT_USAGE,
                    "this removes connection %s and all rows that came from "
                    "it, for good; to do so add --yes",
                    c.name);
    else if (store_begin(call->store) < 0 ||
             connection_remove(call->store, c.account, c.id) < 0 ||
             store_commit(call->store) < 0)
        code = call_store_failed();
    store_rollback(call->store);
    if (code == EXIT_DONE)
        call_result(call, "connection", c.name, "removed");
    connection_free(&c);
    return code;
}

/* -- list -- */

static const char list_sql[] =
    "SELECT name, platform, url, username, secret, private_allowed, enabled, "
    "settings FROM connection WHERE account = ?1 ORDER BY name";

/* The reference, but of a sealed one only that it is. */
static const char *shown(const char *secret)
{
    return strncmp(secret, "sealed:", 7) == 0 ? "sealed" : secret;
}

static void list_json(struct query *q)
{
    struct out o = {0};

    out_open(&o, NULL, '[');
    while (query_next(q)) {
        out_open(&o, NULL, '{');
        out_text(&o, "name", query_text(q, 0));
        out_text(&o, "platform", query_text(q, 1));
        out_text(&o, "url", query_text(q, 2));
        out_text(&o, "user", query_text(q, 3));
        out_text(&o, "secret", shown(query_text(q, 4)));
        out_bool(&o, "private_allowed", query_int(q, 5));
        out_bool(&o, "enabled", query_int(q, 6));
        out_json(&o, "settings", query_text(q, 7));
        out_close(&o, '}');
    }
    out_close(&o, ']');
    out_print(&o);
}

static void list_table(struct query *q, const struct account *account)
{
    struct table *t =
        table_new("CONNECTION", "PLATFORM", "URL", "SECRET", "STATE", NULL);

    while (query_next(q)) {
        bool on = query_int(q, 6);
        table_cell(t, PLAIN, "%s", query_text(q, 0));
        table_cell(t, PLAIN, "%s", query_text(q, 1));
        table_cell(t, PLAIN, "%s", query_text(q, 2));
        table_cell(t, PLAIN, "%s",
                   *query_text(q, 4) ? shown(query_text(q, 4)) : "-");
        table_cell(t, on ? PLAIN : YELLOW, "%s", on ? "on" : "off");
    }
    if (table_empty(t))
        say("no connections yet; add one with: stocktide connection add %s "
            "NAME --platform P --url U\n",
            account->name);
    table_print(t, 0);
}

static int run_list(struct call *call)
{
    struct account account;
    struct query *q;
    int code = call_account(call, call->args[0], &account);

    if (code)
        return code;
    q = store_query(call->store, list_sql, WITH(INT(account.id)));
    if (call->json)
        list_json(q);
    else
        list_table(q, &account);
    if (query_end(q) < 0)
        code = call_store_failed();
    account_free(&account);
    return code;
}

#define PUT_FLAGS                                                              \
    {"url", "URL", "https://host[:port][/path]; a folder for csv"},            \
        {"user", "USER", "user name or public key"},                           \
        {"secret", "REFERENCE", "env:NAME or file:/path, read by the worker"}, \
        {"secret-stdin", NULL, "read the secret itself here, and seal it"},    \
        {"set", "KEY=VALUE", "one setting; may be repeated; none: drop it"},   \
        {"settings", "JSON", "all settings as a JSON object"},                 \
    {                                                                          \
        "allow-private", NULL, "the url may be on a private network"           \
    }

static const struct flag add_flags[] = {
    {"platform", "NAME", "one of: stocktide platforms"},
    PUT_FLAGS,
    {0},
};
static const struct flag set_flags[] = {
    PUT_FLAGS,
    {"forbid-private", NULL, "the url must be on the internet"},
    {0},
};
static const struct flag remove_flags[] = {
    {"yes", NULL, "I mean it"},
    {0},
};

const struct command connection_commands[] = {
    {"connection add", "ACCOUNT NAME", 2, 2, "link an account to a platform",
     "Secrets never stand on a command line. Either the worker finds them in "
     "its own\nenvironment or files (--secret), or they come from standard "
     "input and are kept\nsealed in the store (--secret-stdin, needs "
     "--key-file).\n\n"
     "Examples:\n"
     "  stocktide connection add acme shop --platform woocommerce \\\n"
     "    --url https://shop.example --user ck_123 --secret env:SHOP_SECRET\n"
     "  stocktide connection add acme erp --platform odoo --secret-stdin \\\n"
     "    --url http://odoo:8069 --allow-private --set database=acme < key\n\n"
     "Setting \"streams\" chooses what is read: --set "
     "'streams=[\"variants\",\"stock\"]'.",
     add_flags, false, STORE_NEEDED, run_add},
    {"connection set", "ACCOUNT NAME", 2, 2, "change a connection",
     "What is not given stays as it is.\n\n"
     "Example:\n"
     "  stocktide connection set acme shop --secret file:/run/secrets/shop",
     set_flags, false, STORE_NEEDED, run_set},
    {"connection list", "ACCOUNT", 1, 1, "an account's connections", NULL, NULL,
     false, STORE_NEEDED, run_list},
    {"connection remove", "ACCOUNT NAME", 2, 2,
     "remove a connection and its rows",
     "Example:\n  stocktide connection remove acme shop --yes", remove_flags,
     false, STORE_NEEDED, run_remove},
    {"connection enable", "ACCOUNT NAME", 2, 2, "let syncs use it again", NULL,
     NULL, false, STORE_NEEDED, run_enable},
    {"connection disable", "ACCOUNT NAME", 2, 2, "leave it out of all syncs",
     "A running sync goes on without it and ends partial. Its rows stay.", NULL,
     false, STORE_NEEDED, run_disable},
    {0},
};
