/* settings.c - how an item is planned. See settings.h. */
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/fixed.h"
#include "common/json.h"
#include "worker/settings.h"

static void read_days(struct json_value object, const char *name, int *out)
{
    int64_t days;

    if (json_int(json_get(object, name), &days) == 0 && days >= 0 &&
        days <= 3650)
        *out = (int)days;
}

static void read_pieces(struct json_value object, const char *name,
                        int64_t *out)
{
    int64_t pieces;

    if (json_fixed(json_get(object, name), &pieces) == 0 && pieces >= 0)
        *out = pieces;
}

static void apply(struct json_value object, struct metric_settings *s)
{
    const char *form = json_str(json_get(object, "form"));

    read_days(object, "lead_time", &s->lead_time);
    read_days(object, "days_of_stock", &s->days_of_stock);
    read_days(object, "window_days", &s->window_days);
    read_pieces(object, "minimum", &s->minimum);
    read_pieces(object, "maximum", &s->maximum);
    read_pieces(object, "moq", &s->moq);
    read_pieces(object, "uom", &s->uom);
    if (form)
        s->form = strcmp(form, "backorder") == 0 ? REPLENISH_BACKORDER
                                                 : REPLENISH_LOST_SALES;
}

static void apply_text(const char *text, struct metric_settings *s)
{
    struct json *json = json_new();
    struct json_value root;

    if (json_parse(json, text, strlen(text), &root) == 0)
        apply(root, s);
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
