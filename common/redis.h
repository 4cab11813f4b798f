/* redis.h - Redis on a libev loop, and a plain line to it; the only door to
 * hiredis.
 *
 *   struct redis *r = redis_open(loop, &address);
 *   redis_call(r, 5., on_reply, arg, "LPUSH %s %b", key, bytes, length);
 *
 * A callback is called exactly once, never before the call that was given it
 * has returned, and not at all after redis_close(). REPLY is NULL when there was
 * no answer in time or no connection: nobody knows whether Redis did it. The
 * connection comes back by itself, with jittered back-off up to a second.
 * Open after fork(). A blocking command holds up all behind it: use two.
 */
#ifndef REDIS_H
#define REDIS_H

#include "common/base.h"

struct ev_loop;
struct redis;
struct redis_reply;

struct redis_address { /* all borrowed, and kept: must outlive what uses them */
    const char *url;   /* "unix:/run/redis.sock", "redis://host:6379/0" */
    const char *user;  /* NULL or "": none */
    const char *password; /* NULL or "": none */
};

typedef void redis_done(void *arg, const struct redis_reply *reply);

struct redis *redis_open(struct ev_loop *loop,
                         const struct redis_address *address);
void redis_close(struct redis *redis); /* NULL is fine */
bool redis_connected(const struct redis *redis);

/* Sends a command in hiredis' format (%s, %b with size_t, %d ...). DONE may be
 * NULL. SECONDS until the answer is given up and the connection renewed. */
void redis_call(struct redis *redis, double seconds, redis_done *done,
                void *arg, const char *format, ...);
void redis_call_argv(struct redis *redis, double seconds, redis_done *done,
                     void *arg, int argc, const char **argv,
                     const size_t *lengths);

enum reply_type {
    REPLY_NONE, /* nil, or no reply at all */
    REPLY_INT,
    REPLY_TEXT, /* also a status such as OK */
    REPLY_LIST,
    REPLY_ERROR
};
/* Each accepts NULL. */
enum reply_type reply_type(const struct redis_reply *reply);
int64_t reply_int(const struct redis_reply *reply); /* 0 for other types */
/* "" for other types; of an error its message. LENGTH may be NULL. */
const char *reply_text(const struct redis_reply *reply, size_t *length);
size_t reply_size(const struct redis_reply *reply); /* elements of a list */
const struct redis_reply *reply_at(const struct redis_reply *reply, size_t i);

/* A line that waits for each answer, for the command line and tests. */
struct redis_line;
/* NULL with the reason in ERROR (256 bytes). */
struct redis_line *redis_line_open(const struct redis_address *address,
                                   double seconds, char *error);
void redis_line_close(struct redis_line *line); /* NULL is fine */
/* The answer, borrowed until the next call; NULL: connection lost. */
const struct redis_reply *redis_line_call(struct redis_line *line,
                                          const char *format, ...);
const struct redis_reply *redis_line_argv(struct redis_line *line, int argc,
                                          const char **argv,
                                          const size_t *lengths);

#endif
