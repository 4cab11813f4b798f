/* test_http.c - transfers against a server that answers well and badly.
 * Certificates: test_http_tls.c. Addresses: test_http_address.c. */
#include <arpa/inet.h>
#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "tests/helper_http_client.h"
#include "tests/helper_http_server.h"

static struct http_server server;
static char url_text[256];

static void start_server(void)
{
    http_server_start(&server);
}

static void stop_server(void)
{
    http_server_stop(&server);
}

/* Valid until the next call. */
static const char *url(const char *path)
{
    snprintf(url_text, sizeof url_text, "http://127.0.0.1:%d%s", server.port,
             path);
    return url_text;
}

static struct told get(const char *path, const struct http_limits *limits)
{
    return client_get(url(path), limits);
}

static struct http_call call_of(const char *path)
{
    return (struct http_call){
        .method = "GET", .url = url(path), .private_allowed = true};
}

/* The resolver of this program: libcurl's look-ups come here. A name below
 * "stuck." is not answered until the test says so. */
static sem_t stuck;

int getaddrinfo(const char *name, const char *service,
                const struct addrinfo *hints, struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *,
                struct addrinfo **);

    if (name && strncmp(name, "stuck.", 6) == 0) {
        sem_wait(&stuck);
        return EAI_AGAIN;
    }
    if (name && strcmp(name, "rebound.example") == 0)
        name = "127.0.0.1";
    if (name && strcmp(name, "absent.example") == 0)
        return EAI_NONAME;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name, service, hints, found);
}

/* Answers that are answers. */

static const struct {
    const char *path;
    int status;
    const char *body;
    const char *header;
} answers[] = {
    {"/ok/3", 200, "xxx", "Content-Length: 3\r\n"},
    {"/ok/0", 200, "", "Content-Length: 0\r\n"},
    {"/status/201", 201, "told", "Retry-After: 7\r\n"},
    {"/status/204", 204, "", "Retry-After: 7\r\n"},
    {"/status/401", 401, "told", "Retry-After: 7\r\n"},
    {"/status/404", 404, "told", "Retry-After: 7\r\n"},
    {"/status/429", 429, "told", "Retry-After: 7\r\n"},
    {"/status/503", 503, "told", "Retry-After: 7\r\n"},
    {"/redirect", 302, "", "Location: /ok/1\r\n"},
    {"/gzip", 200, "hello", "Content-Encoding: gzip\r\n"},
    {"/deflate", 200, "hello", "Content-Encoding: deflate\r\n"},
    {"/trailer", 200, "ok", "X-Head: 1\r\n"},
    {"/trailer", 200, "ok", "X-Tail: 1\r\n"},
};

START_TEST(test_answer)
{
    struct told told = get(answers[_i].path, NULL);

    ck_assert_str_eq(told.error, "");
    ck_assert_int_eq(told.times, 1);
    ck_assert_int_eq(told.status, answers[_i].status);
    ck_assert_str_eq(told.body, answers[_i].body);
    ck_assert_uint_eq(told.length, strlen(answers[_i].body));
    ck_assert(told.padded);
    ck_assert(!told.refused);
    ck_assert_ptr_nonnull(strstr(told.headers, answers[_i].header));
    ck_assert_ptr_null(strstr(told.headers, "HTTP/"));
    ck_assert_ptr_null(strstr(told.headers, "X-Interim"));
    ck_assert_int_eq(atomic_load(&server.counts->requests), 1);
    told_free(&told);
}
END_TEST

/* What is sent, and that nothing of it is left for the next call. */
START_TEST(test_request)
{
    static const char want_post[] = "POST /echo?a=1 HTTP/1.1\r\n";
    struct client c;
    struct told post = {0}, plain = {0};
    struct http_call call = call_of("/echo?a=1");

    client_open(&c, NULL);
    call.method = "POST";
    call.headers = "X-Token: abc\nContent-Type: application/json\n";
    call.body = "{\"a\":1}";
    call.length = 7;
    client_start(&c, &call, &post);
    client_run(&c);
    ck_assert_int_eq(strncmp(post.body, want_post, strlen(want_post)), 0);
    ck_assert_ptr_nonnull(strstr(post.body, "\r\nX-Token: abc\r\n"));
    ck_assert_ptr_nonnull(strstr(post.body, "\r\nContent-Length: 7\r\n"));
    ck_assert_ptr_nonnull(strstr(post.body, "Type: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(post.body, "Encoding: gzip, deflate\r\n"));
    ck_assert_ptr_nonnull(strstr(post.body, "\r\nUser-Agent: stocktide\r\n"));
    ck_assert_ptr_nonnull(strstr(post.body, "\r\n\r\n{\"a\":1}"));
    ck_assert_ptr_null(strstr(post.body, "Expect"));

    call = call_of("/echo");
    client_start(&c, &call, &plain);
    client_run(&c);
    ck_assert_int_eq(strncmp(plain.body, "GET /echo HTTP/1.1\r\n", 20), 0);
    ck_assert_ptr_null(strstr(plain.body, "X-Token"));
    ck_assert_ptr_null(strstr(plain.body, "Content-"));
    ck_assert_int_eq(atomic_load(&server.counts->accepts), 1);
    client_close(&c);
    told_free(&post);
    told_free(&plain);
}
END_TEST

START_TEST(test_large_post)
{
    struct client c;
    struct told told = {0};
    struct http_call call = call_of("/echo");
    struct buf body = {0};

    for (int i = 0; i < 2000000; i++)
        buf_char(&body, (char)('a' + i % 26));
    call.method = "POST";
    call.body = body.data;
    call.length = body.length;
    client_open(&c, NULL);
    client_start(&c, &call, &told);
    client_run(&c);
    ck_assert_int_eq(told.status, 200);
    ck_assert_uint_gt(told.length, body.length);
    ck_assert_mem_eq(told.body + told.length - body.length, body.data,
                     body.length);
    client_close(&c);
    told_free(&told);
    buf_free(&body);
}
END_TEST

START_TEST(test_environment_is_not_asked)
{
    struct told told;

    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    told = get("/ok/1", NULL);
    ck_assert_int_eq(told.status, 200);
    told_free(&told);
}
END_TEST

/* One transfer after the other, each started in the callback of the last. */

struct chain {
    struct http *http;
    struct ev_loop *loop;
    struct http_call call;
    int left, good;
    bool inside; /* http_start() is on the stack */
};

static void on_link(void *arg, const struct http_result *result)
{
    struct chain *chain = arg;

    ck_assert(!chain->inside);
    chain->good += result->status == 200;
    if (--chain->left == 0) {
        ev_break(chain->loop, EVBREAK_ONE);
        return;
    }
    chain->inside = true;
    http_start(chain->http, &chain->call, on_link, chain);
    chain->inside = false;
    ck_assert_uint_eq(strlen(result->body), result->length); /* still there */
}

START_TEST(test_keep_alive)
{
    struct client c;
    struct chain chain = {.left = 300, .call = call_of("/ok/500")};

    client_open(&c, NULL);
    chain.http = c.http;
    chain.loop = c.loop;
    http_start(c.http, &chain.call, on_link, &chain);
    c.pending = 1;
    client_run(&c);
    ck_assert_int_eq(chain.good, 300);
    ck_assert_int_eq(atomic_load(&server.counts->accepts), 1);
    client_close(&c);
}
END_TEST

/* The server says keep-alive and closes: the next call must not suffer. */
START_TEST(test_dead_connection_is_noticed)
{
    struct client c;
    struct http_call call = call_of("/rude");

    client_open(&c, NULL);
    for (int i = 0; i < 20; i++) {
        struct told told = {0};

        client_start(&c, &call, &told);
        client_run(&c);
        ck_assert_msg(told.status == 200, "%d: %s", i, told.error);
        told_free(&told);
    }
    ck_assert_int_eq(atomic_load(&server.counts->accepts), 20);
    client_close(&c);
}
END_TEST

START_TEST(test_many_at_once)
{
    enum { MANY = 50, ROUNDS = 4 };
    struct client c;
    struct told told[MANY];
    struct http_call call = call_of("/ok/20000");

    client_open(&c, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        memset(told, 0, sizeof told);
        for (int i = 0; i < MANY; i++)
            client_start(&c, &call, &told[i]);
        client_run(&c);
        for (int i = 0; i < MANY; i++) {
            ck_assert_int_eq(told[i].times, 1);
            ck_assert_int_eq(told[i].status, 200);
            ck_assert_uint_eq(told[i].length, 20000);
            ck_assert(told[i].padded);
            told_free(&told[i]);
        }
    }
    ck_assert_int_eq(atomic_load(&server.counts->requests), MANY * ROUNDS);
    ck_assert_int_le(atomic_load(&server.counts->accepts), MANY);
    client_close(&c);
}
END_TEST

/* A long answer, then a short one in the same buffer: nothing shines through. */
START_TEST(test_buffer_reused)
{
    struct client c;
    struct http_call call;

    client_open(&c, NULL);
    for (int i = 5000; i > 0; i -= 499) {
        char path[32];
        struct told told = {0};

        snprintf(path, sizeof path, "/ok/%d", i);
        call = call_of(path);
        client_start(&c, &call, &told);
        client_run(&c);
        ck_assert_uint_eq(told.length, (size_t)i);
        ck_assert(told.padded);
        told_free(&told);
    }
    client_close(&c);
}
END_TEST

/* What does not become an answer. */

static const struct {
    const char *path;
    struct http_limits limits; /* 0: the default */
    const char *error;         /* "@" stands for the server */
} failures[] = {
    {.path = "/cut?key=SECRET", .error = "ask @: connection cut in the middle"},
    {.path = "/cut-chunk?key=SECRET",
     .error = "ask @: connection cut in the middle"},
    {.path = "/cut-header?key=SECRET",
     .error = "ask @: connection cut in the middle"},
    {.path = "/bad-gzip?key=SECRET",
     .error = "ask @: the compressed answer is broken"},
    {.path = "/close?key=SECRET",
     .error = "ask @: connection closed without an answer"},
    {.path = "/garbage?key=SECRET", .error = "ask @: the answer is not HTTP"},
    {.path = "/http09?key=SECRET", .error = "ask @: the answer is not HTTP"},
    {.path = "/nul?key=SECRET", .error = "ask @: the answer is not HTTP"},
    {"/ok/4097?key=SECRET", {.body = 4096}, "ask @: answer larger than 4 KiB"},
    {"/ok/9?key=SECRET", {.body = 7}, "ask @: answer larger than 7 bytes"},
    {.path = "/bomb?key=SECRET", .error = "ask @: answer larger than 8 MiB"},
    {.path = "/headers/40000", .error = "ask @: headers larger than 32 KiB"},
    {.path = "/headers/90000", .error = "ask @: headers larger than 32 KiB"},
    {.path = "/continue?key=SECRET",
     .error = "ask @: headers larger than 32 KiB"},
    {"/never?key=SECRET", {.total = 0.2}, "ask @: no whole answer after 0.2 s"},
    {"/drip?key=SECRET", {.total = 0.3}, "ask @: no whole answer after 0.3 s"},
    {"/drip?key=SECRET",
     {.slow = 1, .slow_bytes = 1000},
     "ask @: less than 1000 bytes a second for 1 s"},
    {"/never?key=SECRET",
     {.slow = 1},
     "ask @: less than 100 bytes a second for 1 s"},
};

static struct http_limits with_defaults(struct http_limits l)
{
    const struct http_limits *d = &http_limits_default;

    l.connect = l.connect > 0 ? l.connect : d->connect;
    l.total = l.total > 0 ? l.total : d->total;
    l.slow = l.slow > 0 ? l.slow : d->slow;
    l.slow_bytes = l.slow_bytes ? l.slow_bytes : d->slow_bytes;
    l.body = l.body ? l.body : d->body;
    l.headers = l.headers ? l.headers : d->headers;
    return l;
}

START_TEST(test_failure)
{
    struct http_limits limits = with_defaults(failures[_i].limits);
    struct told told = get(failures[_i].path, &limits);
    const char *at = strchr(failures[_i].error, '@');
    struct buf want = {0};

    buf_add(&want, failures[_i].error, (size_t)(at - failures[_i].error));
    buf_printf(&want, "127.0.0.1:%d%s", server.port, at + 1);
    ck_assert_str_eq(told.error, want.data);
    ck_assert_int_eq(told.status, 0);
    ck_assert(!told.refused);
    ck_assert_str_eq(told.body, "");
    ck_assert_str_eq(told.headers, "");
    ck_assert(told.padded);
    buf_free(&want);
    told_free(&told);
}
END_TEST

START_TEST(test_limits_are_inclusive)
{
    struct http_limits limits =
        with_defaults((struct http_limits){.body = 4096, .headers = 40000});
    struct told body = get("/ok/4096", &limits);
    struct told headers = get("/headers/30000", &limits);

    ck_assert_int_eq(body.status, 200);
    ck_assert_uint_eq(body.length, 4096);
    ck_assert_int_eq(headers.status, 200);
    told_free(&body);
    told_free(&headers);
}
END_TEST

/* kB of our memory that is resident: FIELD "VmRSS:" now, "VmHWM:" at most. */
static long memory(const char *field)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    long kb = -1;

    ck_assert_ptr_nonnull(f);
    while (kb < 0 && fgets(line, sizeof line, f))
        if (strncmp(line, field, strlen(field)) == 0)
            kb = atol(line + strlen(field));
    fclose(f);
    return kb;
}

START_TEST(test_bomb_stays_small)
{
    struct told warm = get("/gzip", NULL), told;
    long before = memory("VmRSS:");

    told = get("/bomb", NULL);
    ck_assert_ptr_nonnull(strstr(told.error, "answer larger than 8 MiB"));
    ck_assert_int_lt(memory("VmHWM:") - before, 64 * 1024);
    told_free(&warm);
    told_free(&told);
}
END_TEST

START_TEST(test_nobody_listens)
{
    struct told told = client_get("http://127.0.0.1:1/?key=SECRET", NULL);

    ck_assert_str_eq(told.error, "connect to 127.0.0.1:1: Connection refused");
    ck_assert(!told.refused);
    told_free(&told);
}
END_TEST

START_TEST(test_no_such_name)
{
    struct told told = client_get("http://absent.example/?key=SECRET", NULL);

    ck_assert_str_eq(told.error, "look up absent.example:80: no such name, or "
                                 "no name server");
    ck_assert(!told.refused);
    told_free(&told);
}
END_TEST

/* A listening socket that nobody accepts from; its port. */
static int listen_deaf(int *fd, int backlog)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof a;

    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(*fd, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(*fd, backlog), 0);
    ck_assert_int_eq(getsockname(*fd, (struct sockaddr *)&a, &length), 0);
    return ntohs(a.sin_port);
}

/* The kernel lets one or two more in than the backlog says. */
static void fill_backlog(int port, int *fds, int count)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                            .sin_port = htons((uint16_t)port)};

    for (int i = 0; i < count; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        ck_assert(connect(fds[i], (struct sockaddr *)&a, sizeof a) == 0 ||
                  errno == EINPROGRESS);
    }
}

static const struct http_limits short_connect = {.connect = 0.3,
                                                 .total = 20,
                                                 .slow = 20,
                                                 .slow_bytes = 1,
                                                 .body = 1000,
                                                 .headers = 1000};

static void expect_connect_timeout(const char *scheme, int port)
{
    char text[64], want[128];
    int64_t start = mono_us();
    struct told told;

    snprintf(text, sizeof text, "%s://127.0.0.1:%d/", scheme, port);
    snprintf(want, sizeof want,
             "connect to 127.0.0.1:%d: timed out after 0.3 s", port);
    told = client_get(text, &short_connect);
    ck_assert_str_eq(told.error, want);
    ck_assert(!told.refused);
    ck_assert_int_lt(mono_us() - start, 3 * SECOND);
    told_free(&told);
}

START_TEST(test_black_hole)
{
    int fds[4], listener, port = listen_deaf(&listener, 0);

    fill_backlog(port, fds, 4);
    expect_connect_timeout("http", port);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
    close(listener);
}
END_TEST

START_TEST(test_silent_tls)
{
    int listener, port = listen_deaf(&listener, 5);

    expect_connect_timeout("https", port);
    close(listener);
}
END_TEST

/* A name server that does not answer holds up neither its own transfer nor the
 * others, and giving up does not wait for it. */
START_TEST(test_stuck_name)
{
    struct client c;
    struct told hangs = {0}, good = {0};
    struct http_call call = call_of("/ok/1"), stuck_call = call;
    int64_t start = mono_us();

    sem_init(&stuck, 0, 0);
    stuck_call.url = "http://stuck.example/?key=SECRET";
    client_open(&c, &short_connect);
    client_start(&c, &stuck_call, &hangs);
    client_start(&c, &call, &good);
    http_cancel(client_start(&c, &stuck_call, &hangs));
    client_forget(&c);
    client_run(&c);
    client_start(&c, &stuck_call, &hangs); /* for http_close() */
    client_close(&c);

    ck_assert_int_lt(mono_us() - start, 3 * SECOND);
    ck_assert_int_eq(good.status, 200);
    ck_assert_int_eq(hangs.times, 1);
    ck_assert_str_eq(hangs.error,
                     "look up stuck.example:80: timed out after 0.3 s");
    told_free(&hangs);
    told_free(&good);
    for (int i = 0; i < 3; i++)
        sem_post(&stuck);
}
END_TEST

/* What is not tried. */

static const struct {
    const char *url; /* "@" stands for the server's port */
    bool private_allowed;
    const char *headers, *method;
    const char *error; /* a part of it */
} refusals[] = {
    {"https://127.0.0.1:@/?key=SECRET", false, 0, 0, "not a public address"},
    {"https://localhost:@/?key=SECRET", false, 0, 0, "not a public address"},
    {"https://rebound.example:@/", false, 0, 0, "not a public address"},
    {"https://127.1:@/", false, 0, 0, "not a public address"},
    {"https://0:@/", false, 0, 0, "not a public address"},
    {"https://0.0.0.0:@/", false, 0, 0, "not a public address"},
    {"https://2130706433:@/", false, 0, 0, "not a public address"},
    {"https://0x7f000001:@/", false, 0, 0, "not a public address"},
    {"https://0x7f.1:@/", false, 0, 0, "not a public address"},
    {"https://017700000001:@/", false, 0, 0, "not a public address"},
    {"https://0177.0.0.01:@/", false, 0, 0, "not a public address"},
    {"https://%31%32%37.0.0.1:@/", false, 0, 0, "not a public address"},
    {"https://[::1]:@/", false, 0, 0, "not a public address"},
    {"https://[::]:@/", false, 0, 0, "not a public address"},
    {"https://[::ffff:127.0.0.1]:@/", false, 0, 0, "not a public address"},
    {"https://[::ffff:7f00:1]:@/", false, 0, 0, "not a public address"},
    {"https://[64:ff9b::127.0.0.1]:@/", false, 0, 0, "not a public address"},
    {"https://[2002:7f00:1::]:@/", false, 0, 0, "not a public address"},
    {"https://[fe80::1%25lo]:@/", false, 0, 0, "not a public address"},
    {"https://[fd00::1]:@/", false, 0, 0, "not a public address"},
    {"https://169.254.169.254/latest", false, 0, 0, "not a public address"},
    {"https://10.1.2.3/", false, 0, 0, "not a public address"},
    {"http://127.0.0.1:@/?key=SECRET", false, 0, 0, "only https is allowed"},
    {"http://shop.example/", false, 0, 0, "only https is allowed"},
    {"ftp://127.0.0.1:@/", true, 0, 0, "only https is allowed"},
    {"file:///etc/passwd", true, 0, 0, "only https is allowed"},
    {"gopher://127.0.0.1:@/", true, 0, 0, "only https is allowed"},
    {"file:///etc/passwd", false, 0, 0, "only https is allowed"},
    {"http://me@127.0.0.1:@/", true, 0, 0, "the URL cannot be used"},
    {"http://me:SECRET@127.0.0.1:@/", true, 0, 0, "the URL cannot be used"},
    {"https://shop.example@127.0.0.1/", true, 0, 0, "the URL cannot be used"},
    {"", true, 0, 0, "the URL cannot be used"},
    {"127.0.0.1:@/ok/1", true, 0, 0, "the URL cannot be used"},
    {"/ok/1", true, 0, 0, "the URL cannot be used"},
    {"http://", true, 0, 0, "the URL cannot be used"},
    {"http://127.0.0.1:99999/", true, 0, 0, "the URL cannot be used"},
    {"http://127.0.0.1:@/a b", true, 0, 0, "the URL cannot be used"},
    {"http://127.0.0.1:@/a\r\nX: y", true, 0, 0, "the URL cannot be used"},
    {"http://127.0.0.1 .example/", true, 0, 0, "the URL cannot be used"},
    {"http://127.0.0.1:@/", true, "A: b\rC: SECRET\n", 0, "header line"},
    {"http://127.0.0.1:@/", true, "A: b\nSECRET\n", 0, "header line"},
    {"http://127.0.0.1:@/", true, ": SECRET\n", 0, "header line"},
    {"http://127.0.0.1:@/", true, 0, "DELETE", "method DELETE"},
};

START_TEST(test_refusal)
{
    struct client c;
    struct told told = {0};
    struct buf text = {0};
    const char *at = strchr(refusals[_i].url, '@');
    struct http_call call = {.method = refusals[_i].method,
                             .private_allowed = refusals[_i].private_allowed,
                             .headers = refusals[_i].headers};

    if (at && strchr(at + 1, '@'))
        at = strchr(at + 1, '@'); /* behind a user name */
    if (at && at[-1] == ':') {
        buf_add(&text, refusals[_i].url, (size_t)(at - refusals[_i].url));
        buf_printf(&text, "%d%s", server.port, at + 1);
    } else {
        buf_text(&text, refusals[_i].url);
    }
    call.url = buf_str(&text);
    call.method = call.method ? call.method : "GET";

    client_open(&c, NULL);
    client_start(&c, &call, &told);
    ck_assert_int_eq(told.times, 0); /* not before it returned */
    client_run(&c);
    ck_assert_int_eq(told.times, 1);
    ck_assert_int_eq(told.status, 0);
    ck_assert_msg(told.refused, "%s: %s", call.url, told.error);
    ck_assert_msg(strstr(told.error, refusals[_i].error) != NULL, "%s: %s",
                  call.url, told.error);
    ck_assert_ptr_null(strstr(told.error, "SECRET"));
    ck_assert_ptr_null(strstr(told.error, "key="));
    ck_assert_int_eq(atomic_load(&server.counts->accepts), 0);
    client_close(&c);
    told_free(&told);
    buf_free(&text);
}
END_TEST

/* The same spelling does reach the server when it may. */
START_TEST(test_private_allowed)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "2130706433",
                                        "0x7f.1", "rebound.example"};

    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        char text[128];
        struct told told;

        snprintf(text, sizeof text, "http://%s:%d/ok/1", hosts[i], server.port);
        told = client_get(text, NULL);
        ck_assert_msg(told.status == 200, "%s: %s", text, told.error);
        told_free(&told);
    }
}
END_TEST

/* Cancel and close. */

START_TEST(test_cancel_at_once)
{
    struct client c;
    struct told gone = {0}, stays = {0};
    struct http_call good = call_of("/ok/1"), bad = good;

    bad.url = "nonsense";
    client_open(&c, NULL);
    client_start(&c, &good, &stays);
    http_cancel(client_start(&c, &good, &gone));
    http_cancel(client_start(&c, &bad, &gone));
    client_forget(&c);
    client_forget(&c);
    client_run(&c);
    ck_assert_int_eq(gone.times, 0);
    ck_assert_int_eq(stays.status, 200);
    client_close(&c);
    told_free(&stays);
}
END_TEST

static bool asked(struct ev_loop *loop, int requests)
{
    int64_t deadline = mono_us() + 10 * SECOND;

    while (atomic_load(&server.counts->requests) < requests) {
        ck_assert_int_lt(mono_us(), deadline);
        ev_run(loop, EVRUN_NOWAIT);
    }
    return true;
}

START_TEST(test_cancel_under_way)
{
    struct client c;
    struct told gone = {0}, stays = {0};
    struct http_call call = call_of("/never"), good;
    struct http_transfer *t;

    client_open(&c, NULL);
    t = client_start(&c, &call, &gone);
    ck_assert(asked(c.loop, 1));
    http_cancel(t);
    client_forget(&c);
    good = call_of("/ok/1");
    client_start(&c, &good, &stays);
    client_run(&c);
    ck_assert_int_eq(gone.times, 0);
    ck_assert_int_eq(stays.status, 200);
    client_close(&c);
    told_free(&stays);
}
END_TEST

/* A callback cancels all others and itself, or closes everything. */

enum { GROUP = 8 };
struct group {
    struct client client;
    struct http_transfer *transfers[GROUP];
    struct http_call call;
    bool close; /* instead of cancelling */
    bool again; /* start another one before closing */
    int times;
};

static void on_member(void *arg, const struct http_result *result)
{
    struct group *g = arg;

    (void)result;
    g->times++;
    ev_break(g->client.loop, EVBREAK_ONE);
    if (g->again)
        http_start(g->client.http, &g->call, on_member, g);
    if (g->close)
        http_close(g->client.http);
    else
        for (int i = 0; i < GROUP; i++)
            http_cancel(g->transfers[i]);
    ck_assert_uint_eq(strlen(result->body), result->length); /* still there */
}

static void run_group(struct group *g, const char *path)
{
    client_open(&g->client, NULL);
    g->call = call_of(path);
    for (int i = 0; i < GROUP; i++)
        g->transfers[i] = http_start(g->client.http, &g->call, on_member, g);
    g->client.pending = 1;
    client_run(&g->client);
    ev_run(g->client.loop, EVRUN_NOWAIT);
    ck_assert_int_eq(g->times, 1);
    if (!g->close)
        http_close(g->client.http);
    ev_loop_destroy(g->client.loop);
}

static const struct {
    const char *path;
    bool close, again;
} groups[] = {
    {"/ok/1", false, false},     {"/ok/1", true, false},
    {"/ok/1", true, true},       {"/close", false, false},
    {"/close", true, true},      {"/a bad URL", false, false},
    {"/a bad URL", true, false}, {"/a bad URL", true, true},
};

START_TEST(test_inside_callback)
{
    struct group g = {.close = groups[_i].close, .again = groups[_i].again};

    run_group(&g, groups[_i].path);
}
END_TEST

START_TEST(test_close_under_way)
{
    static const char *const paths[] = {"/never", "/drip", "/ok/1", "/a b",
                                        "/bomb"};
    struct client c;
    struct told told[ARRAY_LEN(paths)] = {0};

    client_open(&c, NULL);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct http_call call = call_of(paths[i]);

        client_start(&c, &call, &told[i]);
    }
    ck_assert(asked(c.loop, 2));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        told_free(&told[i]); /* the quick ones may have been told */
    client_close(&c);
}
END_TEST

START_TEST(test_close_before_anything)
{
    struct client c;

    client_open(&c, NULL);
    client_close(&c);
    http_close(NULL);
}
END_TEST

/* Secrets. */

static char piece[1 << 20]; /* of memory, while it is searched */

/* How often MASKED, unmasked, is in the first N bytes of PIECE. */
static int find_in_piece(const char *masked, size_t n)
{
    size_t length = strlen(masked);
    int found = 0;

    for (size_t i = 0; i + length <= n; i++) {
        size_t k = 0;

        while (k < length && (piece[i + k] ^ 1) == masked[k])
            k++;
        found += k == length;
    }
    return found;
}

/* How often a secret is in our memory. It is given masked, each byte XORed with
 * 1, or the search would find what it searches with. */
static int find_in_memory(const char *masked)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory_fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), found = 0;
    unsigned long long at, to, ours = (uintptr_t)piece;
    char line[512], mode[8];

    ck_assert(maps && memory_fd >= 0);
    while (fgets(line, sizeof line, maps)) {
        /* The huge ones are the sanitizer's shadow. */
        if (sscanf(line, "%llx-%llx %7s", &at, &to, mode) != 3 ||
            strncmp(mode, "rw", 2) != 0 || to - at > 1ULL << 30)
            continue;
        while (at < to) {
            size_t want = to - at < sizeof piece ? to - at : sizeof piece;
            ssize_t n;

            if (at < ours && at + want > ours)
                want = ours - at;
            if (at >= ours && at < ours + sizeof piece) {
                at = ours + sizeof piece;
                continue;
            }
            n = pread(memory_fd, piece, want, (off_t)at);
            found += n > 0 ? find_in_piece(masked, (size_t)n) : 0;
            at += want > 100 ? want - 99 : want; /* a secret may be cut */
        }
    }
    memset(piece, 0, sizeof piece);
    fclose(maps);
    close(memory_fd);
    return found;
}

static void write_secret(char *out, const char *masked)
{
    size_t i = 0;

    for (; masked[i]; i++)
        out[i] = (char)(masked[i] ^ 1);
    out[i] = '\0';
}

static void send_secrets(struct client *c, const char *masked, const char *path,
                         bool cancel)
{
    char secret[64], headers[128], body[128];
    struct told told = {0};
    struct http_call call = call_of(path);
    struct http_transfer *t;

    write_secret(secret, masked);
    snprintf(headers, sizeof headers, "X-Token: %s\n", secret);
    snprintf(body, sizeof body, "{\"token\":\"%s\"}", secret);
    call.method = "POST";
    call.headers = headers;
    call.body = body;
    call.length = strlen(body);
    t = client_start(c, &call, &told);
    if (cancel) {
        ck_assert(asked(c->loop, atomic_load(&server.counts->requests) + 1));
        http_cancel(t);
        client_forget(c);
    }
    client_run(c);
    told_free(&told);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(headers, sizeof headers);
    explicit_bzero(body, sizeof body);
}

START_TEST(test_requests_are_wiped)
{
    static const char masked[] = "rdbsdu,bnqhdr,`sd,vhqde,12345";
    char secret[64];
    struct client c;

    /* The search finds what is there. */
    write_secret(secret, masked);
    ck_assert_int_ge(find_in_memory(masked), 1);
    explicit_bzero(secret, sizeof secret);
    ck_assert_int_eq(find_in_memory(masked), 0);

    client_open(&c, NULL);
    send_secrets(&c, masked, "/ok/1", false);
    send_secrets(&c, masked, "/cut", false);
    send_secrets(&c, masked, "/never", true);
    send_secrets(&c, masked, "/a bad URL", false);
    ck_assert_int_eq(find_in_memory(masked), 0);
    client_close(&c);
    ck_assert_int_eq(find_in_memory(masked), 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("http");
    TCase *good = tcase_create("good"), *bad = tcase_create("bad"),
          *life = tcase_create("life");
    TCase *const all[] = {good, bad, life};

    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        tcase_add_checked_fixture(all[i], start_server, stop_server);
        tcase_set_timeout(all[i], 60);
        suite_add_tcase(suite, all[i]);
    }
    tcase_add_loop_test(good, test_answer, 0, (int)ARRAY_LEN(answers));
    tcase_add_test(good, test_request);
    tcase_add_test(good, test_large_post);
    tcase_add_test(good, test_environment_is_not_asked);
    tcase_add_test(good, test_keep_alive);
    tcase_add_test(good, test_dead_connection_is_noticed);
    tcase_add_test(good, test_many_at_once);
    tcase_add_test(good, test_buffer_reused);
    tcase_add_test(good, test_private_allowed);

    tcase_add_loop_test(bad, test_failure, 0, (int)ARRAY_LEN(failures));
    tcase_add_loop_test(bad, test_refusal, 0, (int)ARRAY_LEN(refusals));
    tcase_add_test(bad, test_limits_are_inclusive);
    tcase_add_test(bad, test_bomb_stays_small);
    tcase_add_test(bad, test_nobody_listens);
    tcase_add_test(bad, test_no_such_name);
    tcase_add_test(bad, test_black_hole);
    tcase_add_test(bad, test_silent_tls);
    tcase_add_test(bad, test_stuck_name);

    tcase_add_test(life, test_cancel_at_once);
    tcase_add_test(life, test_cancel_under_way);
    tcase_add_loop_test(life, test_inside_callback, 0, (int)ARRAY_LEN(groups));
    tcase_add_test(life, test_close_under_way);
    tcase_add_test(life, test_close_before_anything);
    tcase_add_test(life, test_requests_are_wiped);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(make_suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
