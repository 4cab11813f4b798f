/* helper_http_client.h - asks through worker/http and keeps what was told.
 *
 *   struct client c;
 *   struct told told = {0};
 *   client_open(&c, &limits);
 *   client_start(&c, &call, &told);
 *   client_run(&c);                     until all were told
 *   told_free(&told); client_close(&c);
 */
#ifndef HELPER_HTTP_CLIENT_H
#define HELPER_HTTP_CLIENT_H

#include <ev.h>

#include "worker/http.h"

struct client {
    struct ev_loop *loop;
    struct http *http;
    int pending;
};

struct told {
    struct client *client;
    int times; /* how often DONE was called */
    int status;
    bool refused;
    bool padded; /* body ends with NUL and PADDING readable bytes */
    char *error, *headers, *body;
    size_t length;
};

void client_open(struct client *c, const struct http_limits *limits);
void client_close(struct client *c);
struct http_transfer *
client_start(struct client *c, const struct http_call *call, struct told *told);
/* One that will not be told, having been cancelled. */
void client_forget(struct client *c);
/* Aborts the test after 30 seconds. */
void client_run(struct client *c);
/* A GET, private allowed, on a new client; told_free() the result. */
struct told client_get(const char *url, const struct http_limits *limits);
void told_free(struct told *told);

#endif
