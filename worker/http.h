/* http.h - many HTTP transfers on one libev loop; the only door to libcurl.
 *
 *   struct http *http = http_open(loop, &limits);
 *   http_start(http, &call, on_done, arg) -> handle
 *   on_done(arg, &result)                 exactly once, never before
 *                                         http_start() has returned, not at
 *                                         all after http_cancel()
 *
 * Safe by default: https unless the caller allows http, TLS 1.2 or later and
 * verified, redirects not followed, no proxy, no cookies, no .netrc, no user
 * name in a URL; every address that a name leads to is checked at connect time,
 * and addresses that are not public are refused unless PRIVATE_ALLOWED. Limits
 * on time (connect, total, too slow), on the decompressed body and on the
 * headers; what goes over a limit has no status, only an error. Copies of
 * requests, libcurl's too, are wiped when freed. Connections are kept alive and
 * reused. Open after fork().
 *
 * In a callback everything may be called: http_start(), http_cancel() of any
 * transfer, http_close().
 */
#ifndef HTTP_H
#define HTTP_H

#include "common/base.h"

struct ev_loop;
struct http;
struct http_transfer;

struct http_limits {
    double connect;  /* seconds until the connection (with TLS) stands: 5 */
    double total;    /* seconds for the whole transfer: 60 */
    double slow;     /* seconds below SLOW_BYTES a second: 30 */
    long slow_bytes; /* 100 */
    size_t body;     /* bytes of body after decompression: 8 MiB */
    size_t headers;  /* bytes of all header lines: 32 KiB */
};
extern const struct http_limits http_limits_default;

/* Borrowed until http_start() returns; http copies what it needs. */
struct http_call {
    const char *method;  /* "GET" or "POST" */
    const char *url;     /* absolute */
    const char *headers; /* lines "Name: value\n"; NULL: none */
    const char *body;    /* NULL with GET; without a Content-Type among the
                            headers it goes as a form */
    size_t length;
    bool private_allowed; /* loopback, private, link-local ... may be reached,
                             and plain http used */
    const char *ca_file;  /* PEM trusted instead of the system's; NULL: none */
};

struct http_result {   /* borrowed during the callback */
    int status;        /* 0: no whole answer; then ERROR says why: "connect to
                          shop.example:443: timed out after 5 s", "ask
                          shop.example:443: answer larger than 8 MiB" */
    bool refused;      /* not tried, for what the call asks: an address that is
                          not public, http, a user name in the URL, a URL or
                          header line that is none. Trying again will not help */
    const char *error; /* "" when there is a status; for people, no secrets */
    const char *headers; /* "Name: value\r\n" lines, status lines and interim
                            answers left out; "" without a status */
    const char *body;    /* NUL-terminated behind LENGTH; at least 64 readable
                            bytes follow (the JSON parser reads ahead) */
    size_t length;
};
typedef void http_done(void *arg, const struct http_result *result);

/* LIMITS are copied. */
struct http *http_open(struct ev_loop *loop, const struct http_limits *limits);
/* Cancels what is under way. NULL is fine. */
void http_close(struct http *http);

/* Never fails at once: what is wrong is told to DONE. The handle is good until
 * DONE returns or http_cancel(). */
struct http_transfer *http_start(struct http *http,
                                 const struct http_call *call, http_done *done,
                                 void *arg);
void http_cancel(struct http_transfer *transfer);

/* May ADDRESS (a struct sockaddr of LENGTH bytes) be reached from the public
 * internet? false for loopback, private, shared (100.64/10), link-local,
 * multicast, documentation, reserved, 6to4 and Teredo; the IPv6 forms that
 * carry an IPv4 address today (mapped, NAT64) are judged by that one. Pure. */
struct sockaddr;
bool http_is_public(const struct sockaddr *address, size_t length);

#endif
