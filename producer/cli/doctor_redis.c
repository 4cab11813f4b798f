/* doctor_redis.c - is Redis there, and set up so that requests at its door
 * survive? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/keys.h"
#include "common/redis.h"
#include "common/stream.h"
#include "producer/cli/checkup.h"

#define SECONDS 2.

enum { VERSION_LEAST = 7 };

static void check_version(struct checkup *c, struct redis_line *line)
{
    const char *info = reply_text(redis_line_call(line, "INFO server"), NULL);
    const char *found = strstr(info, "redis_version:");
    char version[32] = "";

    if (found)
        snprintf(version, sizeof version, "%.*s",
                 (int)strcspn(found + 14, "\r\n"), found + 14);
    if (!found)
        checkup_line(c, CHECK_WARN, "redis",
                     "this user may not ask INFO; look yourself: version 7 or "
                     "newer",
                     "%s answers; its version cannot be seen",
                     c->call->config->redis);
    else if (atoi(version) < VERSION_LEAST)
        checkup_line(c, CHECK_FAIL, "redis", "install Redis 7 or newer",
                     "version %s is too old", version);
    else
        checkup_line(c, CHECK_OK, "redis", NULL, "%s answers, version %s",
                     c->call->config->redis, version);
}

/* The value of a setting of Redis into OUT; false: it may not be asked for. */
static bool setting(struct redis_line *line, const char *name, char *out,
                    size_t size)
{
    const struct redis_reply *reply =
        redis_line_call(line, "CONFIG GET %s", name);

    snprintf(out, size, "%s", reply_text(reply_at(reply, 1), NULL));
    return reply_size(reply) == 2;
}

static void check_eviction(struct checkup *c, struct redis_line *line)
{
    char policy[64];

    if (!setting(line, "maxmemory-policy", policy, sizeof policy))
        checkup_line(c, CHECK_WARN, "redis",
                     "look yourself: maxmemory-policy noeviction, appendonly "
                     "yes",
                     "this user may not ask for settings");
    else if (strcmp(policy, "noeviction") != 0)
        checkup_line(c, CHECK_FAIL, "redis",
                     "set maxmemory-policy noeviction: else requests at the "
                     "door may be dropped when memory is short",
                     "maxmemory-policy is %s", policy);
    else
        checkup_line(c, CHECK_OK, "redis", NULL,
                     "maxmemory-policy noeviction: no request is dropped");
}

static void check_durability(struct checkup *c, struct redis_line *line)
{
    char only[16], sync[32];

    if (!setting(line, "appendonly", only, sizeof only) ||
        !setting(line, "appendfsync", sync, sizeof sync))
        return;
    if (strcmp(only, "yes") != 0)
        checkup_line(c, CHECK_WARN, "redis",
                     "set appendonly yes and appendfsync always",
                     "appendonly no: requests at the door that no producer "
                     "has taken yet are lost when Redis ends");
    else if (strcmp(sync, "always") == 0)
        checkup_line(c, CHECK_OK, "redis", NULL,
                     "appendfsync always: what LPUSH acknowledged survives a "
                     "power cut");
    else if (strcmp(sync, "everysec") == 0)
        checkup_line(c, CHECK_OK, "redis", NULL,
                     "appendfsync everysec: a power cut may lose the last "
                     "second of requests at the door");
    else
        checkup_line(c, CHECK_WARN, "redis",
                     "set appendfsync always (or everysec)",
                     "appendfsync %s: a power cut may lose many seconds of "
                     "requests at the door",
                     sync);
}

static void check_doors(struct checkup *c, struct redis_line *line)
{
    int good = 0;

    for (int i = 0; i < SYNC_TYPES; i++) {
        const char *name = sync_type_name((enum sync_type)i);
        const char *type = reply_text(
            redis_line_call(line, "TYPE " KEY_DOOR "%s", name), NULL);
        if (strcmp(type, "none") == 0 || strcmp(type, "list") == 0)
            good++;
        else
            checkup_line(c, CHECK_FAIL, "redis",
                         "somebody writes something else there; the producer "
                         "renames it out of the way",
                         KEY_DOOR "%s is a %s, not a list", name,
                         *type ? type : "key that cannot be asked for");
    }
    if (good == SYNC_TYPES)
        checkup_line(c, CHECK_OK, "redis", NULL,
                     "the doors " KEY_DOOR "full, variants, purchase_orders "
                     "are lists");
}

void doctor_redis(struct checkup *c)
{
    char error[256];
    struct redis_line *line =
        redis_line_open(&c->call->config->address, SECONDS, error);
    const struct redis_reply *pong;

    if (!line) {
        checkup_line(c, CHECK_FAIL, "redis",
                     "start it, or set --redis or STOCKTIDE_REDIS; until then "
                     "only the command line can ask for syncs",
                     "cannot reach %s", error);
        return;
    }
    pong = redis_line_call(line, "PING");
    if (reply_type(pong) == REPLY_ERROR || !pong) {
        checkup_line(c, CHECK_FAIL, "redis",
                     "set --redis-user and --redis-password-file",
                     "%s does not let us in: %s", c->call->config->redis,
                     pong ? reply_text(pong, NULL) : "no answer");
    } else {
        check_version(c, line);
        check_eviction(c, line);
        check_durability(c, line);
        check_doors(c, line);
    }
    redis_line_close(line);
}
