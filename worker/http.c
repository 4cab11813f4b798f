/* http.c - many HTTP transfers on one libev loop.
 * Before it: fetch.c. After it: http_transfer.c.
 *
 * libcurl says which sockets it waits for (on_watch) and for how long
 * (on_wait); the loop says when something happened (on_socket, on_timeout);
 * libcurl then works, and finished transfers are told to their callers.
 *
 *             .-- call makes no sense --> REFUSED --next turn of the loop--.
 *   IDLE -----+                                                            v
 *    ^        '-------------------------> RUNNING ----answer or error--> TELLING
 *    |                                       |                             |
 *    '------------- http_cancel -------------'-----------------------------'
 *
 * Callers are told from the loop only, never from inside libcurl, so what they
 * do in a callback - start, cancel, even close - meets libcurl at rest.
 */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "worker/http_transfer.h"

enum {
    IDLE_MAX = 64,       /* transfers kept for the next calls */
    CONNECTIONS_MAX = 64 /* connections kept alive when nobody uses them */
};

const struct http_limits http_limits_default = {
    .connect = 5,
    .total = 60,
    .slow = 30,
    .slow_bytes = 100,
    .body = 8 * 1024 * 1024,
    .headers = 32 * 1024,
};

LIST_HEAD(transfers, http_transfer);

struct watch {
    ev_io io;
    struct http *http;
};

struct http {
    struct ev_loop *loop;
    struct http_limits limits;
    CURLM *multi;
    ev_timer timeout;
    struct watch **watches; /* by file descriptor; NULL: never used */
    size_t watches_n;
    struct transfers active; /* RUNNING, REFUSED, TELLING */
    struct transfers idle;
    size_t idle_n;
    bool telling; /* inside a callback of ours */
    bool closing; /* http_close() came from there */
};

static void check(CURLMcode code, const char *what)
{
    if (code != CURLM_OK)
        die("libcurl: %s: %s", what, curl_multi_strerror(code));
}

/* Transfers. */

static struct http_transfer *take_idle(struct http *http)
{
    struct http_transfer *t = LIST_FIRST(&http->idle);

    if (!t) {
        t = transfer_new(&http->limits);
        t->http = http;
        return t;
    }
    LIST_REMOVE(t, link);
    http->idle_n--;
    return t;
}

static void release(struct http_transfer *t)
{
    struct http *http = t->http;

    LIST_REMOVE(t, link);
    if (http->idle_n == IDLE_MAX) {
        transfer_free(t);
        return;
    }
    transfer_forget(t);
    t->state = TRANSFER_IDLE;
    LIST_INSERT_HEAD(&http->idle, t, link);
    http->idle_n++;
}

static void destroy(struct http *http)
{
    struct http_transfer *t;

    while ((t = LIST_FIRST(&http->idle)) != NULL) {
        LIST_REMOVE(t, link);
        transfer_free(t);
    }
    check(curl_multi_cleanup(http->multi), "cleanup");
    ev_timer_stop(http->loop, &http->timeout);
    for (size_t i = 0; i < http->watches_n; i++) {
        if (http->watches[i])
            ev_io_stop(http->loop, &http->watches[i]->io);
        free(http->watches[i]);
    }
    free(http->watches);
    free(http);
}

/* The last that is done with T, and perhaps with its http. */
static void tell(struct http_transfer *t, const struct http_result *result)
{
    struct http *http = t->http;

    t->state = TRANSFER_TELLING;
    http->telling = true;
    t->done(t->arg, result);
    http->telling = false;
    release(t);
}

/* Does not touch HTTP after a callback closed it. */
static void tell_finished(struct http *http)
{
    CURLMsg *message;
    int left;

    while (!http->closing &&
           (message = curl_multi_info_read(http->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct http_transfer *t = NULL;
        struct http_result result;

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
        result = transfer_result(t, code);
        /* Before the callback, which may like to use the connection again. */
        check(curl_multi_remove_handle(http->multi, easy), "remove");
        tell(t, &result);
    }
    if (http->closing)
        destroy(http);
}

static void on_soon(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct http_transfer *t = timer->data;
    struct http *http = t->http;
    struct http_result result = transfer_refusal(t);

    (void)loop;
    (void)events;
    tell(t, &result);
    if (http->closing)
        destroy(http);
}

/* What the loop tells libcurl. */

static void on_socket(struct ev_loop *loop, ev_io *io, int events)
{
    struct watch *watch = io->data;
    int running, what = (events & EV_READ ? CURL_CSELECT_IN : 0) |
                        (events & EV_WRITE ? CURL_CSELECT_OUT : 0);

    (void)loop;
    check(curl_multi_socket_action(watch->http->multi, io->fd, what, &running),
          "socket");
    tell_finished(watch->http);
}

static void on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct http *http = timer->data;
    int running;

    (void)loop;
    (void)events;
    check(
        curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running),
        "timeout");
    tell_finished(http);
}

/* What libcurl tells the loop. */

static struct watch *watch_of(struct http *http, curl_socket_t fd)
{
    size_t i = (size_t)fd;

    if (i >= http->watches_n) {
        size_t more = 2 * i + 16;

        http->watches = xrealloc(http->watches, more * sizeof(struct watch *));
        memset(http->watches + http->watches_n, 0,
               (more - http->watches_n) * sizeof(struct watch *));
        http->watches_n = more;
    }
    if (!http->watches[i]) {
        struct watch *watch = xcalloc(1, sizeof *watch);

        watch->http = http;
        ev_io_init(&watch->io, on_socket, fd, 0);
        watch->io.data = watch;
        http->watches[i] = watch;
    }
    return http->watches[i];
}

static int on_watch(CURL *easy, curl_socket_t fd, int what, void *arg,
                    void *unused)
{
    struct http *http = arg;
    struct watch *watch = watch_of(http, fd);

    (void)easy;
    (void)unused;
    ev_io_stop(http->loop, &watch->io);
    if (what == CURL_POLL_REMOVE)
        return 0;
    ev_io_set(&watch->io, fd,
              (what & CURL_POLL_IN ? EV_READ : 0) |
                  (what & CURL_POLL_OUT ? EV_WRITE : 0));
    ev_io_start(http->loop, &watch->io);
    return 0;
}

static int on_wait(CURLM *multi, long milliseconds, void *arg)
{
    struct http *http = arg;

    (void)multi;
    ev_timer_stop(http->loop, &http->timeout);
    if (milliseconds < 0)
        return 0;
    ev_timer_set(&http->timeout, (double)milliseconds / 1000, 0.);
    ev_timer_start(http->loop, &http->timeout);
    return 0;
}

/* What callers call. */

struct http *http_open(struct ev_loop *loop, const struct http_limits *limits)
{
    static bool ready;
    struct http *http = xcalloc(1, sizeof *http);

    if (!ready)
        transfer_library();
    ready = true;

    http->loop = loop;
    http->limits = *limits;
    http->multi = curl_multi_init();
    if (!http->multi)
        die("libcurl gives no handle");
    ev_timer_init(&http->timeout, on_timeout, 0., 0.);
    http->timeout.data = http;
    LIST_INIT(&http->active);
    LIST_INIT(&http->idle);

    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_watch);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_wait);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_MAX);
    return http;
}

void http_close(struct http *http)
{
    struct http_transfer *t, *next;

    if (!http)
        return;
    for (t = LIST_FIRST(&http->active); t; t = next) {
        next = LIST_NEXT(t, link);
        http_cancel(t);
    }
    if (http->telling)
        http->closing = true; /* tell_finished() or on_soon() goes on */
    else
        destroy(http);
}

struct http_transfer *http_start(struct http *http,
                                 const struct http_call *call, http_done *done,
                                 void *arg)
{
    struct http_transfer *t = take_idle(http);

    t->done = done;
    t->arg = arg;
    LIST_INSERT_HEAD(&http->active, t, link);
    if (transfer_prepare(t, call) < 0) {
        t->state = TRANSFER_REFUSED;
        ev_timer_init(&t->soon, on_soon, 0., 0.);
        t->soon.data = t;
        ev_timer_start(http->loop, &t->soon);
        return t;
    }
    t->state = TRANSFER_RUNNING;
    check(curl_multi_add_handle(http->multi, t->easy), "add");
    return t;
}

void http_cancel(struct http_transfer *t)
{
    struct http *http = t->http;

    switch (t->state) {
    case TRANSFER_RUNNING:
        check(curl_multi_remove_handle(http->multi, t->easy), "remove");
        release(t);
        break;
    case TRANSFER_REFUSED:
        ev_timer_stop(http->loop, &t->soon);
        release(t);
        break;
    case TRANSFER_TELLING: /* too late; tell() releases it */
    case TRANSFER_IDLE:
        break;
    }
}
