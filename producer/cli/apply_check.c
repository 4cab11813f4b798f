/* apply_check.c - keys and types of a file for apply. See apply.h. */
#include <stdio.h>
#include <string.h>

#include "common/rules.h"
#include "producer/cli/apply.h"

enum { PATH = 256 };

struct key {
    const char *name; /* NULL: no more */
    enum json_type type;
    bool required;
};

static const struct key file_keys[] = {
    {"accounts", JSON_ARRAY, true},
    {0},
};
static const struct key account_keys[] = {
    {"name", JSON_STRING, true},
    {"zone", JSON_STRING, true},
    {"nightly", JSON_STRING, false},
    {"connections", JSON_ARRAY, false},
    {"schedules", JSON_ARRAY, false},
    {"items", JSON_OBJECT, false},
    {0},
};
static const struct key connection_keys[] = {
    {"name", JSON_STRING, true},
    {"platform", JSON_STRING, true},
    {"url", JSON_STRING, false},
    {"user", JSON_STRING, false},
    {"secret", JSON_STRING, false},
    {"settings", JSON_OBJECT, false},
    {"private_allowed", JSON_BOOL, false},
    {"enabled", JSON_BOOL, false},
    {0},
};
static const struct key schedule_keys[] = {
    {"type", JSON_STRING, true},
    {"at", JSON_STRING, false},
    {"once", JSON_STRING, false},
    {0},
};

static const char *type_name(enum json_type type)
{
    static const char *const names[] = {
        [JSON_NONE] = "nothing",       [JSON_NULL] = "null",
        [JSON_BOOL] = "true or false", [JSON_NUMBER] = "a number",
        [JSON_STRING] = "a text",      [JSON_ARRAY] = "a list",
        [JSON_OBJECT] = "an object"};

    return names[type];
}

static const struct key *find(const struct key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (strcmp(keys->name, name) == 0)
            return keys;
    return NULL;
}

static void join(char out[PATH], const char *path, const char *name)
{
    snprintf(out, PATH, "%.200s%s%.50s", path, *path ? "." : "", name);
}

static bool is(struct json_value v, enum json_type type, const char *path,
               struct apply_errors *errors)
{
    if (json_type(v) == type)
        return true;
    apply_error(errors, path, "must be %s", type_name(type));
    return false;
}

/* An object with these keys; with RULES also the planning rules. */
static void check_object(struct json_value object, const struct key *keys,
                         bool rules, const char *path,
                         struct apply_errors *errors)
{
    struct json_iter it = json_each(object);
    struct json_value v;
    const char *name;
    char below[PATH];

    if (!is(object, JSON_OBJECT, path, errors))
        return;
    while (json_next_member(&it, &name, &v)) {
        const struct key *key = find(keys, name);
        join(below, path, name);
        if (key)
            is(v, key->type, below, errors);
        else if (!rules || !rule_known(name))
            apply_error(errors, below, "unknown key");
    }
    for (; keys->name; keys++)
        if (keys->required &&
            json_type(json_get(object, keys->name)) == JSON_NONE)
            apply_error(errors, path, "'%s' is missing", keys->name);
}

static void check_items(struct json_value items, const char *path,
                        struct apply_errors *errors)
{
    static const struct key none[] = {{0}};
    struct json_iter it = json_each(items);
    struct json_value v;
    const char *sku;
    char below[PATH];

    while (json_type(items) == JSON_OBJECT && json_next_member(&it, &sku, &v)) {
        join(below, path, sku);
        if (json_type(v) != JSON_NULL)
            check_object(v, none, true, below, errors);
    }
}

static void check_each(struct json_value list, const struct key *keys,
                       const char *path, struct apply_errors *errors)
{
    struct json_iter it = json_each(list);
    struct json_value v;
    char below[PATH];

    for (int i = 0; json_type(list) == JSON_ARRAY && json_next(&it, &v); i++) {
        snprintf(below, sizeof below, "%.200s[%d]", path, i);
        check_object(v, keys, false, below, errors);
    }
}

static void check_account(struct json_value account, const char *path,
                          struct apply_errors *errors)
{
    char below[PATH];

    check_object(account, account_keys, true, path, errors);
    join(below, path, "connections");
    check_each(json_get(account, "connections"), connection_keys, below,
               errors);
    join(below, path, "schedules");
    check_each(json_get(account, "schedules"), schedule_keys, below, errors);
    join(below, path, "items");
    check_items(json_get(account, "items"), below, errors);
}

void apply_check(struct json_value root, struct apply_errors *errors)
{
    struct json_iter it;
    struct json_value account;
    char path[PATH];

    check_object(root, file_keys, false, "", errors);
    it = json_each(json_get(root, "accounts"));
    for (int i = 0; json_next(&it, &account); i++) {
        snprintf(path, sizeof path, "accounts[%d]", i);
        check_account(account, path, errors);
    }
}
