/* settings.c - how an item is planned. See settings.h. */
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/log.h"
#include "common/rules.h"
#include "worker/settings.h"

static void apply_text(const char *text, struct metric_settings *s)
{
    struct json *json = json_new();
    struct json_value root;
    char error[256];

    /* They were checked when they were set. */
    if (json_parse(json, text, strlen(text), &root) < 0 ||
        rules_read(root, s, error) < 0)
        log_warn("planning rules %.80s cannot be read", text);
    json_free(json);
}

void settings_of_account(const struct account *account,
                         struct metric_settings *out)
{
    *out = metric_settings_default;
    apply_text(account->settings, out);
}

int settings_of_item(struct store *store, int64_t account, const char *item,
                     const struct metric_settings *base,
                     struct metric_settings *out)
{
    char *rule = NULL;
    int found = store_get_text(
        store, &rule,
        "SELECT settings FROM item_rule WHERE account = ?1 AND item = ?2",
        WITH(INT(account), TEXT(item)));

    *out = *base;
    if (rule)
        apply_text(rule, out);
    free(rule);
    return found < 0 ? -1 : 0;
}
