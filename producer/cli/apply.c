/* apply.c - makes accounts, connections, schedules and item rules what a file
 * says. See apply.h. Before it: apply_check.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules.h"
#include "common/schedule.h"
#include "producer/cli/apply.h"
#include "producer/cli/settings.h"
#include "producer/cli/table.h"

enum { PATH = 256 };

/* The account that is being made so. */
struct target {
    const struct call *call;
    struct apply_result *result;
    struct apply_errors *errors;
    const char *name;
    int64_t id;
    const struct zone *zone;
};

static void tell(struct apply_result *r, const char *word, const char *kind,
                 const char *account, const char *name)
{
    table_cell(r->table, strcmp(word, "unchanged") == 0 ? DIM : GREEN, "%s",
               word);
    table_cell(r->table, PLAIN, "%s", account);
    table_cell(r->table, PLAIN, "%s%s%s", kind, *name ? " " : "", name);
    out_open(&r->json, NULL, '{');
    out_text(&r->json, "result", word);
    out_text(&r->json, "account", account);
    out_text(&r->json, "kind", kind);
    out_text(&r->json, "name", name);
    out_close(&r->json, '}');
}

static void count(struct apply_result *r, bool was_there, bool same,
                  const char *kind, const char *account, const char *name)
{
    if (!was_there) {
        r->created++;
        tell(r, "created", kind, account, name);
    } else if (!same) {
        r->changed++;
        tell(r, "changed", kind, account, name);
    } else {
        r->unchanged++;
        tell(r, "unchanged", kind, account, name);
    }
}

/* -- account -- */

/* Given: its settings, from the members that are rules. */
static char *account_settings(struct json_value account)
{
    struct json_value nightly = json_get(account, "nightly");
    struct settings s = {0};

    if (json_type(nightly) != JSON_NONE)
        settings_add(&s, "nightly", nightly);
    for (size_t i = 0; rule_at(i); i++) {
        struct json_value v = json_get(account, rule_at(i)->name);
        if (json_type(v) != JSON_NONE)
            settings_add(&s, rule_at(i)->name, v);
    }
    return settings_done(&s);
}

/* -1: the store; 0 and the target's id; an error is in ERRORS. */
static int put_account(struct target *t, struct json_value account,
                       const char *path)
{
    struct store *store = t->call->store;
    const char *zone = json_str_or(json_get(account, "zone"), "");
    char *settings = account_settings(account), error[256];
    struct account old = {0};
    int found = account_find(store, t->name, &t->id);

    if (found > 0)
        found = account_read(store, t->id, &old);
    if (found >= 0) {
        if (account_put(store, t->name, zone, settings, now_us(), error) < 0)
            apply_error(t->errors, path, "%s", error);
        else if (account_find(store, t->name, &t->id) != 1)
            found = -1;
        else
            count(t->result, found,
                  found && strcmp(old.zone, zone) == 0 &&
                      strcmp(old.settings, settings) == 0,
                  "account", t->name, "");
    }
    account_free(&old);
    free(settings);
    return found < 0 ? -1 : 0;
}

/* -- connections -- */

static char *text_of(struct json_value object, const char *key,
                     const char *otherwise)
{
    return xstrdup(json_str_or(json_get(object, key), otherwise));
}

static bool bool_of(struct json_value object, const char *key, bool otherwise)
{
    struct json_value v = json_get(object, key);

    return json_type(v) == JSON_NONE ? otherwise : json_true(v);
}

static char *object_of(struct json_value object, const char *key)
{
    struct json_value v = json_get(object, key);
    struct out o = {0};

    if (json_type(v) != JSON_OBJECT)
        return xstrdup("{}");
    out_value(&o, NULL, v);
    return o.text.data;
}

/* What the file says; a secret that it does not name stays. */
static struct connection wanted_connection(const struct target *t,
                                           struct json_value v,
                                           const struct connection *old)
{
    return (struct connection){
        .account = t->id,
        .account_name = xstrdup(t->name),
        .name = text_of(v, "name", ""),
        .platform = text_of(v, "platform", ""),
        .url = text_of(v, "url", "/"),
        .user = text_of(v, "user", ""),
        .secret = text_of(v, "secret", old->secret ? old->secret : ""),
        .settings = object_of(v, "settings"),
        .private_allowed = bool_of(v, "private_allowed", false),
        .enabled = bool_of(v, "enabled", true),
    };
}

static bool same_connection(const struct connection *a,
                            const struct connection *b)
{
    return strcmp(a->platform, b->platform) == 0 &&
           strcmp(a->url, b->url) == 0 && strcmp(a->user, b->user) == 0 &&
           strcmp(a->secret, b->secret) == 0 &&
           strcmp(a->settings, b->settings) == 0 &&
           a->private_allowed == b->private_allowed && a->enabled == b->enabled;
}

static int put_connection(struct target *t, struct json_value v,
                          const char *path)
{
    struct connection old, c;
    char error[256];
    int found = connection_find(t->call->store, t->id,
                                json_str_or(json_get(v, "name"), ""), &old);

    if (found < 0)
        return -1;
    c = wanted_connection(t, v, &old);
    if (connection_put(t->call->store, &c, now_us(), error) < 0)
        apply_error(t->errors, path, "%s", error);
    else
        count(t->result, found, found && same_connection(&old, &c),
              "connection", t->name, c.name);
    connection_free(&c);
    connection_free(&old);
    return 0;
}

/* -- schedules -- */

/* Daily (MINUTE) or once (MINUTE -1): is there such a row? */
static int has_schedule(const struct target *t, int64_t type, int minute,
                        int64_t next_at)
{
    int64_t one;

    return store_get(t->call->store, &one,
                     "SELECT 1 FROM schedule WHERE account = ?1 AND type = ?2 "
                     "AND id <> ?5 AND ((?3 >= 0 AND minute = ?3) "
                     "OR (?3 < 0 AND minute IS NULL AND next_at = ?4))",
                     WITH(INT(t->id), INT(type), INT(minute), INT(next_at),
                          INT(NIGHTLY_SCHEDULE)));
}

static int read_schedule(const struct target *t, struct json_value v,
                         const char *path, int *minute, int64_t *next_at)
{
    const char *at = json_str(json_get(v, "at")), *why = "";
    const char *once = json_str(json_get(v, "once"));

    *minute = -1;
    if (!at == !once) {
        apply_error(t->errors, path, "says neither or both of at and once");
        return -1;
    }
    if (at ? schedule_parse_time(at, minute, &why) < 0
           : schedule_parse_once(once, t->zone, next_at, &why) < 0) {
        apply_error(t->errors, path, "%s: %s", at ? "at" : "once", why);
        return -1;
    }
    if (at)
        *next_at = schedule_next(t->zone, *minute, now_us());
    return 0;
}

static int put_schedule(struct target *t, struct json_value v, const char *path)
{
    const char *name = json_str_or(json_get(v, "type"), "");
    int type = sync_type_find(name), minute, found;
    int64_t next_at = 0, id;
    char text[64];

    if (type < 0) {
        apply_error(t->errors, path, "type: there is no sync '%.40s'", name);
        return 0;
    }
    if (read_schedule(t, v, path, &minute, &next_at) < 0)
        return 0;
    /* One that ran has no row any more, and must not run again. */
    found = minute < 0 && next_at <= now_us()
                ? 1
                : has_schedule(t, type, minute, next_at);
    if (found < 0 ||
        (found == 0 && schedule_add(t->call->store, t->id, (enum sync_type)type,
                                    minute, next_at, &id) < 0))
        return -1;
    snprintf(text, sizeof text, "%s %.30s", name,
             json_str_or(json_get(v, minute < 0 ? "once" : "at"), ""));
    count(t->result, found, true, "schedule", t->name, text);
    return 0;
}

/* -- items -- */

static int put_item(struct target *t, const char *sku, struct json_value v,
                    const char *path)
{
    char *old = NULL, *wanted, error[256];
    int found = store_get_text(
        t->call->store, &old,
        "SELECT settings FROM item_rule WHERE account = ?1 AND item = ?2",
        WITH(INT(t->id), TEXT(sku)));
    struct out o = {0};

    if (found < 0)
        return -1;
    if (json_type(v) == JSON_OBJECT)
        out_value(&o, NULL, v);
    wanted = o.text.data ? o.text.data : xstrdup("");
    if (item_rule_put(t->call->store, t->id, sku, wanted, error) < 0)
        apply_error(t->errors, path, "%s", error);
    else
        count(t->result, found || !*wanted, strcmp(old ? old : "", wanted) == 0,
              "item", t->name, sku);
    free(wanted);
    free(old);
    return 0;
}

/* -- all of it -- */

typedef int put_one(struct target *t, struct json_value v, const char *path);

static int put_each(struct target *t, struct json_value list, put_one *put,
                    const char *above, const char *name)
{
    struct json_iter it = json_each(list);
    struct json_value v;
    char path[PATH];

    for (int i = 0; json_type(list) == JSON_ARRAY && json_next(&it, &v); i++) {
        snprintf(path, sizeof path, "%.200s.%s[%d]", above, name, i);
        if (put(t, v, path) < 0)
            return -1;
    }
    return 0;
}

static int put_items(struct target *t, struct json_value items,
                     const char *above)
{
    struct json_iter it = json_each(items);
    struct json_value v;
    const char *sku;
    char path[PATH];

    while (json_type(items) == JSON_OBJECT && json_next_member(&it, &sku, &v)) {
        snprintf(path, sizeof path, "%.150s.items.%.60s", above, sku);
        if (put_item(t, sku, v, path) < 0)
            return -1;
    }
    return 0;
}

static int put_all(struct target *t, struct json_value account,
                   const char *path)
{
    int before = t->errors->n;
    char why[ZONE_ERROR];

    if (put_account(t, account, path) < 0)
        return -1;
    if (t->errors->n > before)
        return 0; /* the rest would only complain of the same */
    t->zone = zone_get(json_str_or(json_get(account, "zone"), ""), why);
    if (put_each(t, json_get(account, "connections"), put_connection, path,
                 "connections") < 0 ||
        put_each(t, json_get(account, "schedules"), put_schedule, path,
                 "schedules") < 0)
        return -1;
    return put_items(t, json_get(account, "items"), path);
}

int apply_accounts(const struct call *call, struct json_value root,
                   struct apply_result *result, struct apply_errors *errors)
{
    struct json_iter it = json_each(json_get(root, "accounts"));
    struct json_value account;
    char path[PATH];

    for (int i = 0; json_next(&it, &account); i++) {
        struct target t = {
            .call = call,
            .result = result,
            .errors = errors,
            .name = json_str_or(json_get(account, "name"), ""),
        };
        snprintf(path, sizeof path, "accounts[%d]", i);
        if (put_all(&t, account, path) < 0)
            return -1;
    }
    return 0;
}
