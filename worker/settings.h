/* settings.h - how an item is planned: its own rule over its account's settings
 * over the defaults. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "common/metrics/metrics.h"
#include "common/store.h"

struct account;

/* Rules that cannot be read are logged and left as they were: `account` and
 * `apply` refuse them when they are set. */
void settings_of_account(const struct account *account,
                         struct metric_settings *out);
/* BASE, or the item's own rule over it. 0, -1 (store). */
must_check int settings_of_item(struct store *store, int64_t account,
                                const char *item,
                                const struct metric_settings *base,
                                struct metric_settings *out);

#endif
