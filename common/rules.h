/* rules.h - the planning rules of an account and of single items, as people
 * write them: {"lead_time": 14, "moq": 50, "uom_rounding": "nearest"}.
 * They fill what the formulas take: common/metrics/metrics.h.
 */
#ifndef RULES_H
#define RULES_H

#include "common/json.h"

struct metric_settings;

struct rule {
    const char *name; /* "lead_time" */
    const char *unit; /* "days", "pieces", "lost_sales|backorder" */
    const char *help;
};
const struct rule *rule_at(size_t i); /* NULL: no more */
bool rule_known(const char *name);

/* Sets the rules that OBJECT has in OUT and leaves the others as they were, so
 * that an item's come over its account's; other members are passed over. 0, or
 * -1 with the reason in ERROR (256 bytes). */
must_check int rules_read(struct json_value object, struct metric_settings *out,
                          char *error);

#endif
