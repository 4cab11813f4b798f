/* rules.c - planning rules from JSON. See rules.h. */
#include <stdio.h>
#include <string.h>

#include "common/metrics/metrics.h"
#include "common/rules.h"

#define AT(field) offsetof(struct metric_settings, field)

/* A choice's place in its names is its number in the formulas. */
static const char *const forms[] = {[REPLENISH_LOST_SALES] = "lost_sales",
                                    [REPLENISH_BACKORDER] = "backorder",
                                    NULL};
static const char *const roundings[] = {
    [UOM_UP] = "up", [UOM_NEAREST] = "nearest", [UOM_DOWN] = "down", NULL};

static const struct {
    struct rule rule;
    enum { RULE_DAYS, RULE_PIECES, RULE_FORM, RULE_ROUNDING } type;
    size_t at; /* an int for days, an int64_t for pieces, else the choice */
    int64_t least;
} rules[] = {
    {{"lead_time", "days", "from ordering to selling"},
     RULE_DAYS,
     AT(lead_time),
     0},
    {{"days_of_stock", "days", "that an order is to last"},
     RULE_DAYS,
     AT(days_of_stock),
     0},
    {{"window_days", "days", "whose sales the velocity is taken from"},
     RULE_DAYS,
     AT(window_days),
     1},
    {{"minimum", "pieces", "to be left at the end of the planning period"},
     RULE_PIECES,
     AT(minimum),
     0},
    {{"maximum", "pieces", "at most, available and on order; 0: any"},
     RULE_PIECES,
     AT(maximum),
     0},
    {{"moq", "pieces", "least quantity of an order"}, RULE_PIECES, AT(moq), 0},
    {{"uom", "pieces", "in a case; orders are whole cases"},
     RULE_PIECES,
     AT(uom),
     0},
    {{"uom_rounding", "up|nearest|down", "how cases are rounded"},
     RULE_ROUNDING,
     AT(uom_rounding),
     0},
    {{"unsold_level", "pieces", "to have of what was never sold"},
     RULE_PIECES,
     AT(unsold_level),
     0},
    {{"form", "lost_sales|backorder", "what happens to demand while out"},
     RULE_FORM,
     AT(form),
     0},
};

const struct rule *rule_at(size_t i)
{
    return i < ARRAY_LEN(rules) ? &rules[i].rule : NULL;
}

/* Its place in the table, or -1. */
static int find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        if (strcmp(rules[i].rule.name, name) == 0)
            return (int)i;
    return -1;
}

bool rule_known(const char *name)
{
    return find(name) >= 0;
}

static int choice(struct json_value v, const char *const *names)
{
    const char *text = json_str_or(v, "");

    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

static int set(int i, struct json_value v, struct metric_settings *out)
{
    char *place = (char *)out + rules[i].at;
    int64_t number = 0;
    int chosen;

    switch (rules[i].type) {
    case RULE_DAYS:
        if (json_int(v, &number) < 0 || number < rules[i].least ||
            number > METRIC_PERIOD_MAX)
            return -1;
        chosen = (int)number;
        memcpy(place, &chosen, sizeof chosen);
        return 0;
    case RULE_PIECES:
        if (json_fixed(v, &number) < 0 || number < 0)
            return -1;
        memcpy(place, &number, sizeof number);
        return 0;
    case RULE_FORM:
        if ((chosen = choice(v, forms)) < 0)
            return -1;
        out->form = (enum replenish_form)chosen;
        return 0;
    case RULE_ROUNDING:
        if ((chosen = choice(v, roundings)) < 0)
            return -1;
        out->uom_rounding = (enum uom_rounding)chosen;
        return 0;
    }
    return -1;
}

static void explain(int i, char *error)
{
    const struct rule *rule = &rules[i].rule;

    if (rules[i].type == RULE_DAYS)
        snprintf(error, 256, "%s: a whole number of days, %d to %d", rule->name,
                 (int)rules[i].least, METRIC_PERIOD_MAX);
    else if (rules[i].type == RULE_PIECES)
        snprintf(error, 256, "%s: a number of pieces, 0 or more", rule->name);
    else
        snprintf(error, 256, "%s: one of %s", rule->name, rule->unit);
}

int rules_read(struct json_value object, struct metric_settings *out,
               char *error)
{
    struct json_iter it = json_each(object);
    struct json_value v;
    const char *name;

    while (json_next_member(&it, &name, &v)) {
        int i = find(name);
        if (i < 0 || set(i, v, out) == 0)
            continue;
        explain(i, error);
        return -1;
    }
    return 0;
}
