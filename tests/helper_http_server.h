/* helper_http_server.h - a server that answers well and badly, for tests.
 *
 * A forked child with a thread for each connection, on 127.0.0.1, so that what
 * it holds is not in the memory of the test. The path says what it does:
 *
 *   /ok/N         200, N bytes 'x', connection kept
 *   /status/N     that status, "Retry-After: 7", a short body
 *   /redirect     302 to /ok/1
 *   /echo         200, the request as it came
 *   /gzip /deflate /bomb      compressed: "hello", "hello", 300 MB of zeros
 *   /headers/N    N bytes of header lines
 *   /continue     interim answers without end
 *   /trailer      chunked, with a header line behind the body
 *   /drip         a byte each 20 ms without end
 *   /cut /cut-chunk /cut-header    ends in the middle; /bad-gzip  is none
 *   /close        ends without an answer; /never  keeps silent
 *   /rude         200, says "keep-alive" and closes
 *   /nul /garbage /http09     not HTTP
 */
#ifndef HELPER_HTTP_SERVER_H
#define HELPER_HTTP_SERVER_H

#include <stdatomic.h>
#include <sys/types.h>

#include "common/base.h"

struct http_server_counts {
    atomic_int accepts, requests;
};

struct http_server {
    pid_t pid;
    int port;
    struct http_server_counts *counts; /* shared with the child */
};

void http_server_start(struct http_server *server);
void http_server_stop(struct http_server *server);

#endif
