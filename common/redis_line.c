/* redis_line.c - a plain line to Redis that waits for each answer, and the
 * readers of answers. See redis.h. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/redis.h"
#include "common/redis_url.h"

struct redis_line {
    redisContext *context;
    redisReply *reply;
};

static const redisReply *raw(const struct redis_reply *reply)
{
    return (const redisReply *)reply;
}

enum reply_type reply_type(const struct redis_reply *reply)
{
    if (!reply)
        return REPLY_NONE;
    switch (raw(reply)->type) {
    case REDIS_REPLY_INTEGER:
        return REPLY_INT;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        return REPLY_TEXT;
    case REDIS_REPLY_ARRAY:
        return REPLY_LIST;
    case REDIS_REPLY_ERROR:
        return REPLY_ERROR;
    default:
        return REPLY_NONE;
    }
}

int64_t reply_int(const struct redis_reply *reply)
{
    return reply_type(reply) == REPLY_INT ? raw(reply)->integer : 0;
}

const char *reply_text(const struct redis_reply *reply, size_t *length)
{
    enum reply_type type = reply_type(reply);
    bool is_text = type == REPLY_TEXT || type == REPLY_ERROR;

    if (length)
        *length = is_text ? (size_t)raw(reply)->len : 0;
    return is_text ? raw(reply)->str : "";
}

size_t reply_size(const struct redis_reply *reply)
{
    return reply_type(reply) == REPLY_LIST ? raw(reply)->elements : 0;
}

const struct redis_reply *reply_at(const struct redis_reply *reply, size_t i)
{
    if (i >= reply_size(reply))
        return NULL;
    return (const struct redis_reply *)raw(reply)->element[i];
}

static struct timeval to_timeval(double seconds)
{
    return (struct timeval){
        .tv_sec = (time_t)seconds,
        .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6),
    };
}

/* Sends what a connection starts with; the error of Redis in ERROR. */
static int greet(struct redis_line *line, const struct redis_address *a,
                 int database, char *error)
{
    const struct redis_reply *reply = NULL;

    if (a->password && *a->password)
        reply = a->user && *a->user
                    ? redis_line_call(line, "AUTH %s %s", a->user, a->password)
                    : redis_line_call(line, "AUTH %s", a->password);
    if (reply_type(reply) != REPLY_ERROR && database)
        reply = redis_line_call(line, "SELECT %d", database);
    if (reply_type(reply) != REPLY_ERROR)
        return 0;
    snprintf(error, 256, "%.200s", reply_text(reply, NULL));
    return -1;
}

struct redis_line *redis_line_open(const struct redis_address *address,
                                   double seconds, char *error)
{
    struct redis_line *line = xcalloc(1, sizeof *line);
    struct timeval limit = to_timeval(seconds);
    struct redis_url url = {0};

    if (redis_url_parse(address->url, &url, error) < 0)
        goto fail;
    line->context = url.path
                        ? redisConnectUnixWithTimeout(url.path, limit)
                        : redisConnectWithTimeout(url.host, url.port, limit);
    if (!line->context || line->context->err) {
        snprintf(error, 256, "%.120s: %.100s", address->url,
                 line->context ? line->context->errstr : "out of memory");
        goto fail;
    }
    redisSetTimeout(line->context, limit);
    if (greet(line, address, url.database, error) < 0)
        goto fail;
    redis_url_free(&url);
    return line;
fail:
    redis_url_free(&url);
    redis_line_close(line);
    return NULL;
}

void redis_line_close(struct redis_line *line)
{
    if (!line)
        return;
    freeReplyObject(line->reply);
    if (line->context)
        redisFree(line->context);
    free(line);
}

static const struct redis_reply *keep(struct redis_line *line, void *reply)
{
    freeReplyObject(line->reply);
    line->reply = reply;
    return reply;
}

const struct redis_reply *redis_line_call(struct redis_line *line,
                                          const char *format, ...)
{
    va_list args;
    void *reply;

    va_start(args, format);
    reply = redisvCommand(line->context, format, args);
    va_end(args);
    return keep(line, reply);
}

const struct redis_reply *redis_line_argv(struct redis_line *line, int argc,
                                          const char **argv,
                                          const size_t *lengths)
{
    return keep(line, redisCommandArgv(line->context, argc, argv, lengths));
}
