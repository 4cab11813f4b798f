/* account.h - accounts, their connections and schedules in the store.
 *
 * A connection's streams are rows that exist from its creation on: those that
 * its platform has and its settings' "streams" list (if given) names. An
 * account's own steps (stock_orders, metrics) likewise.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "common/platform.h"
#include "common/store.h"

enum { ACCOUNT_NAME_MAX = 64, NIGHTLY_SCHEDULE = 0 };

struct account { /* texts are ours: account_free() */
    int64_t id;
    char *name, *zone;
    char *settings; /* JSON: nightly, lead_time, days_of_stock, moq, ... */
};

struct connection { /* texts are ours: connection_free() */
    int64_t account, id;
    char *account_name;
    char *name, *platform, *url, *user;
    char *secret;   /* how to get it: "env:NAME", "file:PATH", "sealed:..." */
    char *settings; /* JSON object */
    bool private_allowed, enabled;
};

/* Letters, digits, '.', '_', '-'; 1 to 64 of them. */
bool account_name_valid(const char *name);

/* 1 and *ID, 0 when there is none of that name, -1. */
must_check int account_find(struct store *store, const char *name, int64_t *id);
must_check int account_read(struct store *store, int64_t id,
                            struct account *out);
void account_free(struct account *account);

/* Creates it or changes zone and settings of the one there is, and puts its
 * schedules right: the nightly one is there, and all follow the zone. ZONE or
 * SETTINGS NULL: as they are (a new one needs a zone). Inside a transaction. 0,
 * or -1 with ERROR (256). */
must_check int account_put(struct store *store, const char *name,
                           const char *zone, const char *settings, int64_t now,
                           char *error);
/* Removes it with all its rows. Inside a transaction. 1, 0, -1. */
must_check int account_remove(struct store *store, int64_t id);
/* The minute of its nightly sync, by its settings. */
int account_nightly(const struct account *account);
/* The planning rules of one item (its SKU) as a JSON object, "" for none.
 * Inside a transaction. 0, or -1 with ERROR (256). */
must_check int item_rule_put(struct store *store, int64_t account,
                             const char *item, const char *settings,
                             char *error);

/* 1, 0 when there is none, -1. */
must_check int connection_read(struct store *store, int64_t account, int64_t id,
                               struct connection *out);
must_check int connection_find(struct store *store, int64_t account,
                               const char *name, struct connection *out);
void connection_free(struct connection *connection);
/* Creates or changes the connection of that name (id is ignored), and its
 * stream rows. A changed URL voids a sealed secret. Streams that it no longer
 * has, or all when it is disabled, are stopped where they are, and syncs that
 * waited for them go on. Inside a transaction. 0, or -1 with ERROR (256). */
must_check int connection_put(struct store *store,
                              const struct connection *connection, int64_t now,
                              char *error);
must_check int connection_remove(struct store *store, int64_t account,
                                 int64_t id); /* 1, 0, -1; likewise */

/* "https://shop.example:8443" of the URL: what a sealed secret is bound to.
 * 0, or -1 (not a URL we take). OUT holds 512 bytes. */
must_check int url_origin(const char *url, char *out);
/* The path of the URL without a trailing slash: "" or "/shop"; borrowed. */
const char *url_path(const char *url, char *out /* 512 */);

bool url_is_local(const char *url); /* a folder: "file:///dir", "/dir" */
/* May a connection have this URL? -1 with ERROR (256). LOCAL_FINE: the platform
 * can read folders. */
must_check int url_check(const char *url, bool local_fine, bool private_allowed,
                         char *error);

/* A further schedule: daily at MINUTE of the local day, or (MINUTE -1) once at
 * ONCE. Gives its number. */
must_check int schedule_add(struct store *store, int64_t account,
                            enum sync_type type, int minute, int64_t next_at,
                            int64_t *id);
must_check int schedule_remove(struct store *store, int64_t account,
                               int64_t id); /* 1, 0, -1 */

#endif
