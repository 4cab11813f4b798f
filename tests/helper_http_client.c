/* helper_http_client.c - asks through worker/http and keeps what was told. See
 * its header. */
#include <stdlib.h>
#include <string.h>

#include "tests/helper_http_client.h"

enum { DEADLINE = 30, PADDING = 64 };

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop;
    (void)timer;
    (void)events;
    die("not all were told within %d s", DEADLINE);
}

static bool padded(const struct http_result *result)
{
    for (size_t i = 0; i <= PADDING; i++)
        if (result->body[result->length + i] != '\0')
            return false;
    return true;
}

static void on_done(void *arg, const struct http_result *result)
{
    struct told *told = arg;

    told->times++;
    if (told->times == 1) {
        told->status = result->status;
        told->refused = result->refused;
        told->padded = padded(result);
        told->error = xstrdup(result->error);
        told->headers = xstrdup(result->headers);
        told->body = xstrndup(result->body, result->length);
        told->length = result->length;
    }
    client_forget(told->client);
}

void client_open(struct client *c, const struct http_limits *limits)
{
    c->loop = ev_loop_new(EVFLAG_AUTO);
    c->http = http_open(c->loop, limits ? limits : &http_limits_default);
    c->pending = 0;
}

void client_close(struct client *c)
{
    http_close(c->http);
    ev_loop_destroy(c->loop);
}

struct http_transfer *
client_start(struct client *c, const struct http_call *call, struct told *told)
{
    told->client = c;
    c->pending++;
    return http_start(c->http, call, on_done, told);
}

void client_forget(struct client *c)
{
    if (--c->pending == 0)
        ev_break(c->loop, EVBREAK_ONE);
}

void client_run(struct client *c)
{
    ev_timer deadline;

    ev_timer_init(&deadline, on_deadline, DEADLINE, 0.);
    ev_now_update(c->loop);
    ev_timer_start(c->loop, &deadline);
    if (c->pending > 0)
        ev_run(c->loop, 0);
    ev_timer_stop(c->loop, &deadline);
}

struct told client_get(const char *url, const struct http_limits *limits)
{
    struct http_call call = {
        .method = "GET", .url = url, .private_allowed = true};
    struct client c;
    struct told told = {0};

    client_open(&c, limits);
    client_start(&c, &call, &told);
    client_run(&c);
    client_close(&c);
    return told;
}

void told_free(struct told *told)
{
    free(told->error);
    free(told->headers);
    free(told->body);
    *told = (struct told){0};
}
