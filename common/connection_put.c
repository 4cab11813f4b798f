/* connection_put.c - writing connections: every check that does not need the
 * platform itself is done here, before anything is stored.
 * Beside it: connection_streams.c (their stream rows), url.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "common/connection_streams.h"
#include "common/secret.h"

enum { ORIGIN = 512, SETTINGS_MAX = 64 * 1024 };

struct checked {
    const struct platform *platform;
    int64_t streams; /* a bit each */
};

static int failed(char *error)
{
    snprintf(error, 256, "the store did not take it; its log line says why");
    return -1;
}

/* -- checks: 0, or -1 with ERROR -- */

static int check_settings(const struct connection *c, struct checked *out,
                          char *error)
{
    struct json *parser = json_new();
    char path[ORIGIN];
    struct endpoint endpoint = {
        .path = url_path(c->url, path),
        .user = c->user,
        .secret = "",
    };
    int result = -1;

    if (strlen(c->settings) >= SETTINGS_MAX ||
        json_parse(parser, c->settings, strlen(c->settings),
                   &endpoint.settings) < 0 ||
        json_type(endpoint.settings) != JSON_OBJECT)
        snprintf(error, 256, "settings must be a JSON object");
    else if (streams_chosen(out->platform, endpoint.settings, &out->streams,
                            error) == 0)
        result =
            out->platform->check ? out->platform->check(&endpoint, error) : 0;
    json_free(parser);
    return result;
}

static int check_login(const struct connection *c,
                       const struct platform *platform, char *error)
{
    bool away = !url_is_local(c->url);

    if (secret_check(c->secret, error) < 0)
        return -1;
    if (platform->needs_user && away && !*c->user) {
        snprintf(error, 256, "%s needs a user: %.200s", platform->name,
                 platform->needs);
        return -1;
    }
    if (platform->needs_secret && away && !*c->secret) {
        snprintf(error, 256, "%s needs a secret: %.200s", platform->name,
                 platform->needs);
        return -1;
    }
    return 0;
}

static int check(const struct connection *c, struct checked *out, char *error)
{
    if (!account_name_valid(c->name)) {
        snprintf(error, 256,
                 "'%.70s' is not a name: 1 to %d letters, digits, '.', '_', "
                 "'-'",
                 c->name, ACCOUNT_NAME_MAX);
        return -1;
    }
    out->platform = platform_find(c->platform);
    if (!out->platform) {
        snprintf(error, 256,
                 "there is no platform '%.40s'; see: stocktide platforms",
                 c->platform);
        return -1;
    }
    if (!(out->platform->no_url && !*c->url) &&
        url_check(c->url, out->platform->is_local, c->private_allowed, error) <
            0)
        return -1;
    if (check_settings(c, out, error) < 0)
        return -1;
    return check_login(c, out->platform, error);
}

/* C comes over what is stored as OLD. */
static int check_change(const struct connection *old,
                        const struct connection *c, char *error)
{
    char was[ORIGIN], is[ORIGIN];

    if (strcmp(old->platform, c->platform) != 0) {
        snprintf(error, 256,
                 "it is a %.40s connection and stays one; remove it and add "
                 "another",
                 old->platform);
        return -1;
    }
    if (strncmp(c->secret, "sealed:", 7) == 0 &&
        strcmp(old->secret, c->secret) == 0 &&
        (url_origin(old->url, was) < 0 || url_origin(c->url, is) < 0 ||
         strcmp(was, is) != 0)) {
        snprintf(error, 256,
                 "its url now leads elsewhere, so the sealed secret is void; "
                 "give the secret again");
        return -1;
    }
    return 0;
}

/* -- writing -- */

static int insert(struct store *store, const struct connection *c, int64_t now,
                  int64_t *id)
{
    /* Not the number of a removed one, which history still names. */
    if (store_get(store, id,
                  "SELECT 1 + max("
                  "coalesce((SELECT max(id) FROM connection "
                  " WHERE account = ?1), 0), "
                  "coalesce((SELECT max(connection) FROM sync_part "
                  " WHERE account = ?1), 0))",
                  WITH(INT(c->account))) < 0)
        return -1;
    return store_exec(store,
                      "INSERT INTO connection (account, id, name, platform, "
                      "url, username, secret, settings, private_allowed, "
                      "enabled, created_at) VALUES "
                      "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                      WITH(INT(c->account), INT(*id), TEXT(c->name),
                           TEXT(c->platform), TEXT(c->url), TEXT(c->user),
                           TEXT(c->secret), TEXT(c->settings),
                           INT(c->private_allowed), INT(c->enabled),
                           INT(now))) < 0
               ? -1
               : 0;
}

static int update(struct store *store, const struct connection *c, int64_t id)
{
    return store_exec(store,
                      "UPDATE connection SET url = ?3, username = ?4, "
                      "secret = ?5, settings = ?6, private_allowed = ?7, "
                      "enabled = ?8 WHERE account = ?1 AND id = ?2",
                      WITH(INT(c->account), INT(id), TEXT(c->url),
                           TEXT(c->user), TEXT(c->secret), TEXT(c->settings),
                           INT(c->private_allowed), INT(c->enabled))) < 0
               ? -1
               : 0;
}

static int write(struct store *store, const struct connection *c, int64_t id,
                 const struct checked *checked, int64_t now)
{
    if (id ? update(store, c, id) : insert(store, c, now, &id))
        return -1;
    if (streams_put(store, c->account, id, c->platform, checked->streams, now) <
        0)
        return -1;
    if (c->enabled)
        return 0;
    return streams_stop(store, c->account, id, ~INT64_C(0),
                        "the connection was switched off", now);
}

int connection_put(struct store *store, const struct connection *connection,
                   int64_t now, char *error)
{
    struct connection old;
    struct checked checked;
    int result = -1, found;

    if (check(connection, &checked, error) < 0)
        return -1;
    found = connection_find(store, connection->account, connection->name, &old);
    if (found < 0)
        return failed(error);
    if (found == 0 || check_change(&old, connection, error) == 0) {
        result = write(store, connection, found ? old.id : 0, &checked, now);
        if (result < 0)
            failed(error);
    }
    connection_free(&old);
    return result;
}

int connection_remove(struct store *store, int64_t account, int64_t id)
{
    static const char *const tables[] = {
        "DELETE FROM stream WHERE account = ?1 AND connection = ?2",
        "DELETE FROM variant WHERE account = ?1 AND connection = ?2",
        "DELETE FROM stock WHERE account = ?1 AND connection = ?2",
        "DELETE FROM stock_day WHERE account = ?1 AND connection = ?2",
        "DELETE FROM sale WHERE account = ?1 AND connection = ?2",
        "DELETE FROM sale_line WHERE account = ?1 AND connection = ?2",
        "DELETE FROM stock_order WHERE account = ?1 AND connection = ?2",
        "DELETE FROM stock_order_line WHERE account = ?1 AND connection = ?2",
        "DELETE FROM seen WHERE account = ?1 AND connection = ?2",
        "DELETE FROM dirty WHERE account = ?1 AND connection = ?2",
        "DELETE FROM on_order WHERE account = ?1 AND connection = ?2",
    };

    if (streams_stop(store, account, id, ~INT64_C(0),
                     "the connection was removed", now_us()) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        if (store_exec(store, tables[i], WITH(INT(account), INT(id))) < 0)
            return -1;
    return (int)store_exec(store,
                           "DELETE FROM connection "
                           "WHERE account = ?1 AND id = ?2",
                           WITH(INT(account), INT(id)));
}
