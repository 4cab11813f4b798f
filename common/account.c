/* account.c - accounts in the store: reading, writing, removing.
 * Beside it: schedule_rows.c (when they sync), connection.c (with what). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/json.h"
#include "common/metrics/metrics.h"
#include "common/rules.h"
#include "common/schedule.h"
#include "common/schedule_rows.h"
#include "common/zone.h"

enum { NIGHTLY_DEFAULT = 2 * 60, SETTINGS_MAX = 64 * 1024, ITEM_MAX = 256 };

bool account_name_valid(const char *name)
{
    size_t length = strlen(name);

    return length >= 1 && length <= ACCOUNT_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

int account_find(struct store *store, const char *name, int64_t *id)
{
    return store_get(store, id, "SELECT id FROM account WHERE name = ?1",
                     WITH(TEXT(name)));
}

int account_read(struct store *store, int64_t id, struct account *out)
{
    struct query *q = store_query(
        store, "SELECT name, zone, settings FROM account WHERE id = ?1",
        WITH(INT(id)));
    bool found = query_next(q);

    *out = (struct account){.id = id};
    if (found) {
        out->name = xstrdup(query_text(q, 0));
        out->zone = xstrdup(query_text(q, 1));
        out->settings = xstrdup(query_text(q, 2));
    }
    if (query_end(q) == 0)
        return found;
    account_free(out);
    return -1;
}

void account_free(struct account *account)
{
    free(account->name);
    free(account->zone);
    free(account->settings);
    *account = (struct account){0};
}

/* -- settings -- */

/* ROOT borrows from PARSER. */
static int parse_object(struct json *parser, const char *settings,
                        struct json_value *root, char *error)
{
    if (strlen(settings) < SETTINGS_MAX &&
        json_parse(parser, settings, strlen(settings), root) == 0 &&
        json_type(*root) == JSON_OBJECT)
        return 0;
    snprintf(error, 256, "settings must be a JSON object");
    return -1;
}

static int read_nightly(struct json_value root, int *minute, const char **why)
{
    struct json_value v = json_get(root, "nightly");

    *minute = NIGHTLY_DEFAULT;
    if (json_type(v) == JSON_NONE)
        return 0;
    return schedule_parse_time(json_str_or(v, ""), minute, why);
}

static int check_names(struct json_value root, bool of_account, char *error)
{
    struct json_iter it = json_each(root);
    struct json_value v;
    const char *name;

    while (json_next_member(&it, &name, &v)) {
        if (rule_known(name) || (of_account && strcmp(name, "nightly") == 0))
            continue;
        snprintf(error, 256, "%.60s: unknown setting", name);
        return -1;
    }
    return 0;
}

/* Checks all; *MINUTE is that of the nightly sync. */
static int check_settings(const char *settings, int *minute, char *error)
{
    struct metric_settings rules = metric_settings_default;
    struct json *parser = json_new();
    struct json_value root;
    const char *why;
    int result = -1;

    if (parse_object(parser, settings, &root, error) < 0 ||
        check_names(root, true, error) < 0 ||
        rules_read(root, &rules, error) < 0)
        goto out;
    if (read_nightly(root, minute, &why) < 0) {
        snprintf(error, 256, "nightly: %s", why);
        goto out;
    }
    result = 0;
out:
    json_free(parser);
    return result;
}

int account_nightly(const struct account *account)
{
    struct json *parser = json_new();
    struct json_value root;
    const char *why;
    int minute = NIGHTLY_DEFAULT;

    if (json_parse(parser, account->settings, strlen(account->settings),
                   &root) < 0 ||
        read_nightly(root, &minute, &why) < 0)
        minute = NIGHTLY_DEFAULT;
    json_free(parser);
    return minute;
}

/* -- writing -- */

static int failed(char *error)
{
    snprintf(error, 256, "the store did not take it; its log line says why");
    return -1;
}

static int create(struct store *store, const char *name, int64_t now,
                  int64_t *id)
{
    static const enum stream steps[] = {STREAM_ON_ORDER, STREAM_METRICS};

    if (store_get(store, id, "SELECT coalesce(max(id), 0) + 1 FROM account",
                  WITHOUT) < 0 ||
        store_exec(store,
                   "INSERT INTO account (id, name, zone, created_at) "
                   "VALUES (?1, ?2, '', ?3)",
                   WITH(INT(*id), TEXT(name), INT(now))) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (store_exec(store,
                       "INSERT INTO stream (account, connection, name, "
                       "platform) VALUES (?1, 0, ?2, '')",
                       WITH(INT(*id), INT(steps[i]))) < 0)
            return -1;
    return 0;
}

static int update(struct store *store, const struct account *account)
{
    return store_exec(store,
                      "UPDATE account SET zone = ?2, settings = ?3 "
                      "WHERE id = ?1",
                      WITH(INT(account->id), TEXT(account->zone),
                           TEXT(account->settings))) < 0
               ? -1
               : 0;
}

static void replace(char **text, const char *with)
{
    if (!with)
        return;
    free(*text);
    *text = xstrdup(with);
}

/* Checks what ACCOUNT shall be from now on, and stores it. */
static int put(struct store *store, const struct account *account, int64_t now,
               char *error)
{
    char why[ZONE_ERROR];
    const struct zone *zone;
    int minute;

    if (!*account->zone) {
        snprintf(error, 256, "a new account needs a time zone");
        return -1;
    }
    zone = zone_get(account->zone, why);
    if (!zone) {
        snprintf(error, 256, "%s", why);
        return -1;
    }
    if (check_settings(account->settings, &minute, error) < 0)
        return -1;
    if (update(store, account) < 0 ||
        schedules_follow(store, account->id, zone, minute, now) < 0)
        return failed(error);
    return 0;
}

int account_put(struct store *store, const char *name, const char *zone,
                const char *settings, int64_t now, char *error)
{
    struct account account;
    int64_t id;
    int found, result;

    if (!account_name_valid(name)) {
        snprintf(error, 256,
                 "'%.70s' is not a name: 1 to %d letters, digits, '.', '_', "
                 "'-'",
                 name, ACCOUNT_NAME_MAX);
        return -1;
    }
    found = account_find(store, name, &id);
    if (found < 0 || (found == 0 && create(store, name, now, &id) < 0) ||
        account_read(store, id, &account) != 1)
        return failed(error);
    replace(&account.zone, zone);
    replace(&account.settings, settings);
    result = put(store, &account, now, error);
    account_free(&account);
    return result;
}

int item_rule_put(struct store *store, int64_t account, const char *item,
                  const char *settings, char *error)
{
    struct metric_settings rules = metric_settings_default;
    struct json *parser = json_new();
    struct json_value root;
    int result = -1;

    if (!*item || strlen(item) > ITEM_MAX) {
        snprintf(error, 256, "an item is named by its SKU");
        goto out;
    }
    if (*settings && (parse_object(parser, settings, &root, error) < 0 ||
                      check_names(root, false, error) < 0 ||
                      rules_read(root, &rules, error) < 0))
        goto out;
    if (*settings)
        result = store_exec(store,
                            "INSERT INTO item_rule VALUES (?1, ?2, ?3) "
                            "ON CONFLICT (account, item) "
                            "DO UPDATE SET settings = excluded.settings",
                            WITH(INT(account), TEXT(item), TEXT(settings))) < 0
                     ? failed(error)
                     : 0;
    else
        result = store_exec(store,
                            "DELETE FROM item_rule "
                            "WHERE account = ?1 AND item = ?2",
                            WITH(INT(account), TEXT(item))) < 0
                     ? failed(error)
                     : 0;
out:
    json_free(parser);
    return result;
}

int account_remove(struct store *store, int64_t id)
{
    static const char *const tables[] = {
        "DELETE FROM connection WHERE account = ?1",
        "DELETE FROM item_rule WHERE account = ?1",
        "DELETE FROM schedule WHERE account = ?1",
        "DELETE FROM stream WHERE account = ?1",
        "DELETE FROM sync WHERE account = ?1",
        "DELETE FROM sync_part WHERE account = ?1",
        "DELETE FROM variant WHERE account = ?1",
        "DELETE FROM stock WHERE account = ?1",
        "DELETE FROM stock_day WHERE account = ?1",
        "DELETE FROM sale WHERE account = ?1",
        "DELETE FROM sale_line WHERE account = ?1",
        "DELETE FROM stock_order WHERE account = ?1",
        "DELETE FROM stock_order_line WHERE account = ?1",
        "DELETE FROM seen WHERE account = ?1",
        "DELETE FROM dirty WHERE account = ?1",
        "DELETE FROM on_order WHERE account = ?1",
        "DELETE FROM metric WHERE account = ?1",
    };

    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        if (store_exec(store, tables[i], WITH(INT(id))) < 0)
            return -1;
    return (int)store_exec(store, "DELETE FROM account WHERE id = ?1",
                           WITH(INT(id)));
}
