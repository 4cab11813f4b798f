/* element.c - one element of the public door, read. See element.h. */
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "producer/element.h"

static int take_name(const char *name, struct element *out, char *error)
{
    if (!account_name_valid(name)) {
        snprintf(error, 256,
                 "not an account's name: 1 to %d letters, digits, . _ -",
                 ACCOUNT_NAME_MAX);
        return -1;
    }
    snprintf(out->account, sizeof out->account, "%s", name);
    return 0;
}

static int take_member(const char *key, struct json_value v,
                       struct element *out, char *error)
{
    const char *text = json_str(v);

    if (strcmp(key, "account") == 0 && text)
        return take_name(text, out, error);
    if (strcmp(key, "by") == 0 && text) {
        snprintf(out->by, sizeof out->by, "%s", text);
        return 0;
    }
    if (strcmp(key, "urgent") == 0 && json_type(v) == JSON_BOOL) {
        out->urgent = json_true(v);
        return 0;
    }
    snprintf(error, 256, "member '%.60s' is not known, or of a wrong type",
             key);
    return -1;
}

static int read_object(struct json *json, const char *text, size_t length,
                       struct element *out, char *error)
{
    struct json_value root, v;
    struct json_iter it;
    const char *key;

    if (json_parse(json, text, length, &root) < 0) {
        snprintf(error, 256, "broken JSON: %.200s", json_error(json));
        return -1;
    }
    if (json_type(root) != JSON_OBJECT) {
        snprintf(error, 256, "JSON, but no object");
        return -1;
    }
    for (it = json_each(root); json_next_member(&it, &key, &v);)
        if (take_member(key, v, out, error) < 0)
            return -1;
    if (!*out->account) {
        snprintf(error, 256, "JSON without an account");
        return -1;
    }
    return 0;
}

int element_read(const char *text, size_t length, struct element *out,
                 char *error)
{
    char name[ACCOUNT_NAME_MAX + 2]; /* one more than is allowed, to be seen */
    struct json *json;
    int result;

    *out = (struct element){.by = "door", .urgent = true};
    if (length == 0 || length > ELEMENT_MAX) {
        snprintf(error, 256, "%zu bytes are not an account's name", length);
        return -1;
    }
    if (memchr(text, '\0', length)) {
        snprintf(error, 256, "has a NUL byte");
        return -1;
    }
    if (*text != '{') {
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        return take_name(name, out, error);
    }
    json = json_new();
    result = read_object(json, text, length, out, error);
    json_free(json);
    return result;
}
