/* http_transfer.c - one transfer: what libcurl is told, what comes back.
 * Before it: http.c. After it: http_address.c, http_error.c.
 *
 * Options are set anew for each call, none is kept, so nothing of one account's
 * call can reach the next one's. (libcurl also counts its retries on dead kept
 * connections until the reset, and gives up at five.)
 */
#include <arpa/inet.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/http_transfer.h"

enum {
    PADDING = 64,            /* readable bytes behind a body */
    BODY_KEPT = 1024 * 1024, /* a larger buffer is not kept for the next */
    KEEPALIVE_IDLE = 30,     /* seconds */
    KEEPALIVE_INTERVAL = 10, /* seconds */
    BUFFER = 64 * 1024,      /* what is read from a socket at once */
};

static const char zeros[PADDING + 1];

/* libcurl's memory: requests go through it, so all of it is wiped. */

static void wiping_free(void *p)
{
    if (p)
        explicit_bzero(p, malloc_usable_size(p));
    free(p);
}

static void *wiping_realloc(void *old, size_t size)
{
    size_t had = old ? malloc_usable_size(old) : 0;
    void *p = malloc(size ? size : 1);

    if (!p)
        return NULL; /* libcurl knows what to do */
    if (old)
        memcpy(p, old, had < size ? had : size);
    wiping_free(old);
    return p;
}

void transfer_library(void)
{
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free,
                             wiping_realloc, strdup, calloc) != CURLE_OK)
        die("libcurl does not start");
}

/* What libcurl calls. */

static size_t on_header(char *line, size_t size, size_t count, void *arg)
{
    struct http_transfer *t = arg;
    size_t length = size * count;

    t->header_bytes += length;
    if (t->header_bytes > t->limits->headers) {
        t->too_large = "headers";
        return 0;
    }
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        buf_clear(&t->headers); /* of an interim answer */
        t->headers_whole = false;
        return length;
    }
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    if (length == 0) {
        t->headers_whole = true;
        return size * count;
    }
    buf_add(&t->headers, line, length);
    buf_text(&t->headers, "\r\n");
    return size * count;
}

/* Counts what came out of decompression; libcurl's own limit would not. */
static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct http_transfer *t = arg;

    if (size * count > t->limits->body - t->body.length) {
        t->too_large = "answer";
        return 0;
    }
    buf_add(&t->body, bytes, size * count);
    return size * count;
}

/* Here, and not when the name is looked up, since a name may lead elsewhere
 * the second time. */
static curl_socket_t on_open(void *arg, curlsocktype purpose,
                             struct curl_sockaddr *address)
{
    struct http_transfer *t = arg;

    (void)purpose;
    if (!t->private_allowed &&
        !http_is_public(&address->addr, address->addrlen)) {
        t->kept_out++;
        return CURL_SOCKET_BAD;
    }
    t->opened++;
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static bool text_is_public(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return http_is_public((const struct sockaddr *)&v4, sizeof v4);
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        return http_is_public((const struct sockaddr *)&v6, sizeof v6);
    return false;
}

/* A kept connection was opened by another call, which may have been allowed
 * what this one is not. */
static int on_send(void *arg, char *remote, char *local, int remote_port,
                   int local_port)
{
    struct http_transfer *t = arg;

    (void)local;
    (void)remote_port;
    (void)local_port;
    if (t->private_allowed || text_is_public(remote))
        return CURL_PREREQFUNC_OK;
    t->kept_out++;
    return CURL_PREREQFUNC_ABORT;
}

/* Options. One that this libcurl does not know may be one that keeps us safe,
 * so there is no going on without. */
#define SET(option, value)                                                     \
    do {                                                                       \
        if (curl_easy_setopt(t->easy, option, value) != CURLE_OK)              \
            die("libcurl refuses " #option);                                   \
    } while (0)

static void set_safety(struct http_transfer *t, const struct http_call *call)
{
    SET(CURLOPT_PROTOCOLS_STR, call->private_allowed ? "http,https" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, ""); /* also not the environment's */
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
    SET(CURLOPT_OPENSOCKETDATA, t);
    SET(CURLOPT_PREREQFUNCTION, on_send);
    SET(CURLOPT_PREREQDATA, t);
    if (call->ca_file) {
        SET(CURLOPT_CAINFO, call->ca_file);
        SET(CURLOPT_CAPATH, NULL); /* instead of the system's, not beside */
    }
}

static long milliseconds(double seconds)
{
    return (long)ceil(seconds * 1000);
}

static void set_limits(struct http_transfer *t)
{
    SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(t->limits->connect));
    SET(CURLOPT_TIMEOUT_MS, milliseconds(t->limits->total));
    SET(CURLOPT_LOW_SPEED_TIME, (long)ceil(t->limits->slow));
    SET(CURLOPT_LOW_SPEED_LIMIT, t->limits->slow_bytes);
    SET(CURLOPT_NOSIGNAL, 1L);
    /* Else giving up a look-up would wait for the thread that does it. */
    SET(CURLOPT_QUICK_EXIT, 1L);
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE);
    SET(CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_INTERVAL);
}

static void set_request(struct http_transfer *t, const struct http_call *call)
{
    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_ERRORBUFFER, t->detail);
    SET(CURLOPT_CURLU, t->url);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    /* A compressed stream that stops early in a whole body is not noticed by
     * libcurl; whoever reads the body will. */
    SET(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    SET(CURLOPT_USERAGENT, "stocktide");
    SET(CURLOPT_HTTPHEADER, t->lines);
    SET(CURLOPT_BUFFERSIZE, (long)BUFFER);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, t);
    if (strcmp(call->method, "POST") == 0) {
        buf_add(&t->request, call->body, call->body ? call->length : 0);
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDS, t->request.data);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->request.length);
    }
}

/* Reading the call. */

static bool scheme_allowed(const struct http_transfer *t, const char *scheme)
{
    return strcmp(scheme, "https") == 0 ||
           (t->private_allowed && strcmp(scheme, "http") == 0);
}

/* Writes WHERE. The URL itself is in no text: its query may hold a key. */
static int read_url(struct http_transfer *t, const char *url)
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    CURLUcode code =
        curl_url_set(t->url, CURLUPART_URL, url, CURLU_DISALLOW_USER);
    int result = -1;

    if (!code)
        code = curl_url_get(t->url, CURLUPART_SCHEME, &scheme, 0);
    if (!code && !scheme_allowed(t, scheme)) {
        transfer_fail(
            t, "the URL cannot be used: only https is allowed, not %s", scheme);
        goto out;
    }
    if (!code)
        code = curl_url_get(t->url, CURLUPART_HOST, &host, 0);
    if (!code)
        code = curl_url_get(t->url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    if (code) {
        transfer_fail(t, "the URL cannot be used: %s", curl_url_strerror(code));
        goto out;
    }
    snprintf(t->where, sizeof t->where, "%s:%s", host, port);
    result = 0;
out:
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return result;
}

static bool good_line(const char *line)
{
    const char *colon = strchr(line, ':');

    for (const char *c = line; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 127)
            return false;
    return colon && colon > line;
}

static void add_line(struct http_transfer *t, const char *line)
{
    struct curl_slist *longer = curl_slist_append(t->lines, line);

    if (!longer)
        die("out of memory (a header line)");
    t->lines = longer;
}

/* A line that is none would become part of its neighbour or a second request:
 * perhaps somebody pasted a key with its line break. It is not quoted. */
static int read_headers(struct http_transfer *t, const char *headers)
{
    struct buf copy = {0};
    char *rest, *line;
    int result = 0;

    buf_text(&copy, headers ? headers : "");
    rest = copy.data;
    while (result == 0 && (line = strsep(&rest, "\n")) != NULL) {
        if (*line && !good_line(line))
            result =
                transfer_fail(t, "ask %s: a header line is broken", t->where);
        else if (*line)
            add_line(t, line);
    }
    add_line(t, "Expect:"); /* do not wait for leave to send a body */
    buf_wipe(&copy);
    return result;
}

int transfer_prepare(struct http_transfer *t, const struct http_call *call)
{
    t->private_allowed = call->private_allowed;
    if (read_url(t, call->url) < 0 || read_headers(t, call->headers) < 0)
        return -1;
    if (strcmp(call->method, "GET") != 0 && strcmp(call->method, "POST") != 0)
        return transfer_fail(t, "ask %s: method %s is not known", t->where,
                             call->method);
    set_safety(t, call);
    set_limits(t);
    set_request(t, call);
    return 0;
}

/* The life of a transfer. */

struct http_transfer *transfer_new(const struct http_limits *limits)
{
    struct http_transfer *t = xcalloc(1, sizeof *t);

    t->limits = limits;
    t->easy = curl_easy_init();
    t->url = curl_url();
    if (!t->easy || !t->url)
        die("libcurl gives no handle");
    return t;
}

void transfer_free(struct http_transfer *t)
{
    transfer_forget(t);
    curl_easy_cleanup(t->easy);
    curl_url_cleanup(t->url);
    buf_free(&t->headers);
    buf_free(&t->body);
    free(t);
}

struct http_result transfer_refusal(const struct http_transfer *t)
{
    return (struct http_result){
        .refused = true, .error = t->error, .headers = "", .body = zeros};
}

struct http_result transfer_result(struct http_transfer *t, CURLcode code)
{
    struct http_result result = {.error = "", .headers = "", .body = zeros};
    long status = 0;

    if (code == CURLE_OK && !t->headers_whole)
        code = CURLE_PARTIAL_FILE; /* libcurl lets it pass */
    if (code == CURLE_OK)
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 0) {
        transfer_explain(t, code);
        result.refused = transfer_kept_out(t);
        result.error = t->error;
        return result;
    }
    buf_add(&t->body, zeros, PADDING);
    t->body.length -= PADDING;
    result.status = (int)status;
    result.headers = buf_str(&t->headers);
    result.body = t->body.data;
    result.length = t->body.length;
    return result;
}

void transfer_forget(struct http_transfer *t)
{
    curl_easy_reset(t->easy);
    curl_url_set(t->url, CURLUPART_URL, NULL, 0);
    curl_slist_free_all(t->lines); /* wipes, see wiping_free() */
    t->lines = NULL;
    buf_wipe(&t->request);
    buf_clear(&t->headers);
    if (t->body.size > BODY_KEPT)
        buf_free(&t->body);
    else
        buf_clear(&t->body);
    t->header_bytes = 0;
    t->headers_whole = false;
    t->opened = 0;
    t->kept_out = 0;
    t->too_large = NULL;
    t->error[0] = '\0';
    t->detail[0] = '\0';
}
