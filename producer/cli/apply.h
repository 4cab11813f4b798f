/* apply.h - a file that says which accounts shall be there.
 *
 *   {"accounts": [{"name": "acme", "zone": "Europe/Berlin", "nightly": "02:00",
 *     "lead_time": 14, ...
 *     "connections": [{"name": "shop", "platform": "woocommerce",
 *       "url": "https://...", "user": "ck_1", "secret": "env:SHOP_SECRET",
 *       "settings": {}, "private_allowed": false, "enabled": true}],
 *     "schedules": [{"type": "variants", "at": "13:00"},
 *                   {"type": "full", "once": "2026-12-01T18:00"}],
 *     "items": {"SKU-1": {"lead_time": 30}, "SKU-2": null}}]}
 *
 * What the file names is made so; what it does not name stays as it is.
 */
#ifndef CLI_APPLY_H
#define CLI_APPLY_H

#include "common/json.h"
#include "producer/cli/call.h"

/* What is wrong with a file, each with the path of its place in it. */
struct apply_errors {
    const char *file; /* borrowed */
    int n;
};
void apply_error(struct apply_errors *errors, const char *path,
                 const char *format, ...) printf_like(3, 4);

/* Keys and types of the whole file, before anything is looked up. */
void apply_check(struct json_value root, struct apply_errors *errors);

struct apply_result {
    int created, changed, unchanged;
    struct out json;     /* a list of objects */
    struct table *table; /* the same for people */
};

/* Makes it so, inside a transaction of the caller. -1: the store failed;
 * otherwise what is wrong is in ERRORS. */
must_check int apply_accounts(const struct call *call, struct json_value root,
                              struct apply_result *result,
                              struct apply_errors *errors);

#endif
