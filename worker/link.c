/* link.c - a connection made ready for fetching. See link.h. */
#include <stdio.h>
#include <string.h>

#include "common/zone.h"
#include "worker/link.h"
#include "worker/local.h"

/* The connection's settings as an object; absent settings are an empty one. */
static int read_settings(struct link *link, char *error)
{
    const char *text = link->connection.settings;
    struct json_value *root = &link->endpoint.settings;
    int64_t rate = link->platform->rate;

    link->settings_json = json_new();
    if (json_parse(link->settings_json, text, strlen(text), root) < 0 ||
        json_type(*root) != JSON_OBJECT) {
        snprintf(error, 256, "settings are not a JSON object");
        return -1;
    }
    if (json_int(json_get(*root, "rate"), &rate) == 0 &&
        (rate < 0 || rate > 1000000)) {
        snprintf(error, 256, "setting rate is not a number of requests");
        return -1;
    }
    link->rate = (int)rate;
    link->stock_ignored = json_type(json_get(*root, "stock")) == JSON_BOOL &&
                          !json_true(json_get(*root, "stock"));
    link->ca_file = json_str(json_get(*root, "ca_file"));
    link->location =
        json_str_or(json_get(*root, "location"), link->connection.name);
    return 0;
}

static int read_place(struct link *link, char *error)
{
    const char *url = link->connection.url;

    if (link->platform->no_url)
        return 0;
    link->folder = link->platform->is_local ? local_folder(url) : NULL;
    if (link->folder)
        return 0;
    if (url_origin(url, link->origin) < 0) {
        snprintf(error, 256, "url '%.150s' is not https://host[:port][/path]",
                 url);
        return -1;
    }
    link->endpoint.path = url_path(url, link->path);
    return 0;
}

static int read_secret(struct link *link, const struct config *config,
                       char *error)
{
    const struct secret_binding binding = {link->connection.account_name,
                                           link->connection.name, link->origin};

    if (!*link->connection.secret)
        return 0;
    link->secret = secret_resolve(link->connection.secret, config->key_file,
                                  &binding, error);
    if (!link->secret)
        return -1;
    link->endpoint.secret = secret_text(link->secret);
    return 0;
}

static int read_zone(struct link *link, struct store *store, char *error)
{
    struct account account;
    int found = account_read(store, link->connection.account, &account);

    if (found <= 0) {
        snprintf(error, 256, "the account cannot be read");
        return -1;
    }
    link->zone = zone_get(account.zone, error);
    account_free(&account);
    return link->zone ? 0 : -1;
}

int link_open(struct link *link, struct store *store,
              const struct config *config, const struct claim *claim,
              char *error)
{
    int found;

    *link = (struct link){.endpoint = {.path = "", .user = "", .secret = ""}};
    found = connection_read(store, claim->key.account, claim->key.connection,
                            &link->connection);
    if (found <= 0) {
        snprintf(error, 256, "the connection cannot be read");
        return -1;
    }
    link->platform = platform_find(link->connection.platform);
    if (!link->platform) {
        snprintf(error, 256, "platform '%.60s' is not known to this worker",
                 link->connection.platform);
        return -1;
    }
    link->facts = platform_stream(link->platform, claim->key.stream);
    if (!link->facts) {
        snprintf(error, 256, "%s has no stream %s", link->platform->name,
                 stream_name(claim->key.stream));
        return -1;
    }
    link->endpoint.user = link->connection.user;
    if (read_settings(link, error) < 0 || read_place(link, error) < 0 ||
        read_secret(link, config, error) < 0 ||
        read_zone(link, store, error) < 0)
        return -1;
    return 0;
}

void link_close(struct link *link)
{
    secret_free(link->secret);
    json_free(link->settings_json);
    connection_free(&link->connection);
}
