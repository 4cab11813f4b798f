/* settings.h - how an item is planned: its own rule over its account's settings
 * over the defaults. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "common/metrics/metrics.h"
#include "common/store.h"

struct account;

/* What is not a number is left as it was: `account` and `apply` refuse it when
 * it is set. */
void settings_of_account(const struct account *account,
                         struct metric_settings *out);
/* BASE, or the item's own rule over it. 0, -1 (store). */
must_check int settings_of_item(struct store *store, int64_t account,
                                const char *item,
                                const struct metric_settings *base,
                                struct metric_settings *out);

#endif
