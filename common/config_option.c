/* config_option.c - the table of all settings, and one value into its place.
 * See config_option.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_option.h"
#include "common/log.h"
#include "common/redis_url.h"
#include "common/units.h"

static int check_redis(const char *text, char *error)
{
    struct redis_url url;

    if (redis_url_parse(text, &url, error) < 0)
        return -1;
    redis_url_free(&url);
    return 0;
}

static int check_level(const char *text, char *error)
{
    if (log_level_find(text) >= 0)
        return 0;
    snprintf(error, 256, "say debug, info, warn or error");
    return -1;
}

static int check_store(const char *text, char *error)
{
    if (strncmp(text, "sqlite:", 7) == 0 && text[7])
        return 0;
    snprintf(error, 256, "say sqlite:/path/to/store.db");
    return -1;
}

#define P CONFIG_PRODUCER
#define W CONFIG_WORKER
#define C CONFIG_CLI
#define AT(field) offsetof(struct config, field)

static const struct option options[] = {
    {"store", OPTION_TEXT, AT(store), "sqlite:stocktide.db", NULL, NULL,
     P | W | C, "where accounts, syncs and rows are kept", check_store},
    {"redis", OPTION_TEXT, AT(redis), "redis://127.0.0.1:6379/0", NULL, NULL,
     P | W | C, "unix:PATH or redis://HOST:PORT/DB", check_redis},
    {"redis-user", OPTION_TEXT, AT(redis_user), "", NULL, NULL, P | W | C,
     "name to log in to Redis with", NULL},
    {"redis-password-file", OPTION_TEXT, AT(redis_password_file), "", NULL,
     NULL, P | W | C, "file that holds the password of Redis", NULL},
    {"key-file", OPTION_TEXT, AT(key_file), "", NULL, NULL, W | C,
     "key file that seals credentials in the store", NULL},
    {"log-level", OPTION_TEXT, AT(log_level), "info", NULL, NULL, P | W | C,
     "log from: debug, info, warn or error", check_level},
    {"children", OPTION_COUNT, AT(children), "2", "1", "256", W,
     "processes of a worker; about one for each core", NULL},
    {"slots", OPTION_COUNT, AT(slots), "64", "1", "1024", W,
     "streams one process fetches at the same time", NULL},
    {"lease", OPTION_TIME, AT(lease), "30s", "2s", "1h", P | W,
     "work without a sign of life is given on", NULL},
    {"tries", OPTION_COUNT, AT(tries), "5", "1", "100", W,
     "attempts at a page before it is given up", NULL},
    {"page-limit", OPTION_COUNT, AT(page_limit), "100000", "1", "100000000", W,
     "pages of a stream before it counts as endless", NULL},
    {"page-bytes", OPTION_SIZE, AT(page_bytes), "8MiB", "64KiB", "64MiB", W,
     "largest answer of a platform, decompressed", NULL},
    {"page-time", OPTION_TIME, AT(page_time), "60s", "1s", "15m", W,
     "longest time one answer of a platform may take", NULL},
    {"drain", OPTION_TIME, AT(drain), "20s", "0s", "10m", W,
     "time a stopping worker has to finish its pages", NULL},
    {"freshness", OPTION_TIME, AT(freshness), "26h", "1m", "48h", P | C,
     "metrics older than this are synced again", NULL},
    {"freshness-warn", OPTION_TIME, AT(freshness_warn), "30h", "1m", "30d",
     P | C, "age of metrics that is shown as a warning", NULL},
    {"freshness-alarm", OPTION_TIME, AT(freshness_alarm), "48h", "1m", "30d",
     P | C, "age of metrics that breaks the promise", NULL},
};

const struct option *option_at(size_t i)
{
    return i < ARRAY_LEN(options) ? &options[i] : NULL;
}

const struct option *option_find(const char *name, size_t length)
{
    char wanted[OPTION_NAME];

    if (length >= sizeof wanted)
        return NULL;
    for (size_t i = 0; i < length; i++)
        wanted[i] = name[i] == '_' ? '-' : name[i];
    wanted[length] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(options); i++)
        if (strcmp(options[i].name, wanted) == 0)
            return &options[i];
    return NULL;
}

const char *option_env(const struct option *option, char out[OPTION_NAME])
{
    snprintf(out, OPTION_NAME, "STOCKTIDE_%s", option->name);
    for (char *c = out; *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
    return out;
}

const char *option_key(const struct option *option, char out[OPTION_NAME])
{
    snprintf(out, OPTION_NAME, "%s", option->name);
    for (char *c = out; *c; c++)
        if (*c == '-')
            *c = '_';
    return out;
}

static const struct {
    const char *kind, *example;
    int (*parse)(const char *text, int64_t *out);
} types[] = {
    [OPTION_TEXT] = {"text", "", NULL},
    [OPTION_COUNT] = {"number", "a whole number", count_parse},
    [OPTION_TIME] = {"time", "a time with its unit, as 30s, 5m or 26h",
                     duration_parse},
    [OPTION_SIZE] = {"size", "a size, as 8MiB or 64KiB", size_parse},
};

const char *option_kind(const struct option *option)
{
    return types[option->type].kind;
}

static int set_text(const struct option *option, const char *text,
                    struct config *config, char *error)
{
    char **field = (char **)((char *)config + option->at);

    if (option->check && option->check(text, error) < 0)
        return -1;
    free(*field);
    *field = xstrdup(text);
    return 0;
}

int option_set(const struct option *option, const char *text,
               struct config *config, char *error)
{
    int64_t value, least, most;

    if (option->type == OPTION_TEXT)
        return set_text(option, text, config, error);
    if (types[option->type].parse(option->least, &least) < 0 ||
        types[option->type].parse(option->most, &most) < 0)
        die("config: range of %s", option->name);
    if (types[option->type].parse(text, &value) < 0) {
        snprintf(error, 256, "'%.60s' is not %s", text,
                 types[option->type].example);
        return -1;
    }
    if (value < least || value > most) {
        snprintf(error, 256, "'%.60s' is not within %s to %s", text,
                 option->least, option->most);
        return -1;
    }
    memcpy((char *)config + option->at, &value, sizeof value);
    return 0;
}
