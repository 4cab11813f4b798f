/* helper_http_server.c - a server that answers well and badly, for tests. See
 * its header. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "common/buf.h"
#include "tests/helper_http_server.h"

struct request {
    int fd;
    long number; /* behind the last '/' of the path */
    struct buf text;
};

static struct http_server_counts *counts;

/* A write that fails is a client that left: answers then just end. */
static bool put(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t n = send(fd, at, length, MSG_NOSIGNAL);

        if (n < 0)
            return false;
        at += n;
        length -= (size_t)n;
    }
    return true;
}

static bool say(int fd, const char *text)
{
    return put(fd, text, strlen(text));
}

static bool answer(int fd, const char *head, const void *body, size_t length)
{
    struct buf b = {0};
    bool sent;

    buf_printf(&b, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", head, length);
    buf_add(&b, body, length);
    sent = put(fd, b.data, b.length);
    buf_free(&b);
    return sent;
}

static void pause_ms(int ms)
{
    poll(NULL, 0, ms);
}

/* LENGTH zeros or "hello", as gzip (window bits 31) or deflate (15). */
static void compress_to(struct buf *out, size_t length, int bits)
{
    static unsigned char in[65536];
    unsigned char piece[65536];
    z_stream z = {0};
    int result = Z_OK;

    if (deflateInit2(&z, 9, Z_DEFLATED, bits, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        die("deflateInit2");
    while (result != Z_STREAM_END) {
        size_t n = length < sizeof in ? length : sizeof in;

        if (z.avail_in == 0 && length > 0) {
            z.next_in = length == 5 ? (unsigned char *)(uintptr_t) "hello" : in;
            z.avail_in = (unsigned)n;
            length -= n;
        }
        z.next_out = piece;
        z.avail_out = sizeof piece;
        result = deflate(&z, length ? Z_NO_FLUSH : Z_FINISH);
        buf_add(out, piece, sizeof piece - z.avail_out);
    }
    deflateEnd(&z);
}

static bool packed(struct request *r, size_t length, int bits,
                   const char *encoding)
{
    struct buf body = {0}, head = {0};
    bool sent;

    compress_to(&body, length, bits);
    buf_printf(&head, "200 OK\r\nContent-Encoding: %s", encoding);
    sent = answer(r->fd, head.data, body.data, body.length);
    buf_free(&body);
    buf_free(&head);
    return sent;
}

/* What the paths do; false: close the connection. */

static bool do_ok(struct request *r)
{
    struct buf body = {0};
    bool sent;

    for (long i = 0; i < r->number; i++)
        buf_char(&body, 'x');
    sent = answer(r->fd, "200 OK", buf_str(&body), body.length);
    buf_free(&body);
    return sent;
}

static bool do_status(struct request *r)
{
    char head[64];

    snprintf(head, sizeof head, "%ld Told so\r\nRetry-After: 7", r->number);
    return answer(r->fd, head, "told", r->number == 204 ? 0 : 4);
}

static bool do_redirect(struct request *r)
{
    return answer(r->fd, "302 Found\r\nLocation: /ok/1", "", 0);
}

static bool do_echo(struct request *r)
{
    return answer(r->fd, "200 OK", r->text.data, r->text.length);
}

static bool do_gzip(struct request *r)
{
    return packed(r, 5, 31, "gzip");
}

static bool do_deflate(struct request *r)
{
    return packed(r, 5, 15, "deflate");
}

static bool do_bomb(struct request *r)
{
    return packed(r, (size_t)300 * 1000 * 1000, 31, "gzip");
}

static bool do_headers(struct request *r)
{
    struct buf head = {0};
    bool sent;

    buf_text(&head, "200 OK");
    for (long i = 0; i < r->number; i += 100)
        buf_printf(&head, "\r\nX-%06ld: %088ld", i, i);
    sent = answer(r->fd, head.data, "ok", 2);
    buf_free(&head);
    return sent;
}

static bool do_continue(struct request *r)
{
    while (say(r->fd, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))
        continue;
    return false;
}

static bool do_trailer(struct request *r)
{
    return say(r->fd, "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                      "X-Head: 1\r\n\r\n"
                      "2\r\nok\r\n0\r\nX-Tail: 1\r\n\r\n");
}

static bool do_drip(struct request *r)
{
    say(r->fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (say(r->fd, "x"))
        pause_ms(20);
    return false;
}

static bool do_cut(struct request *r)
{
    say(r->fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
    return false;
}

static bool do_cut_chunk(struct request *r)
{
    say(r->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhello\r\n");
    return false;
}

static bool do_bad_gzip(struct request *r)
{
    return answer(r->fd, "200 OK\r\nContent-Encoding: gzip", "no gzip", 7);
}

static bool do_cut_header(struct request *r)
{
    say(r->fd, "HTTP/1.1 200 OK\r\nContent-Len");
    return false;
}

static bool do_close(struct request *r)
{
    (void)r;
    return false;
}

static bool do_never(struct request *r)
{
    struct pollfd p = {.fd = r->fd, .events = POLLIN};

    poll(&p, 1, -1); /* until the client leaves */
    return false;
}

static bool do_rude(struct request *r)
{
    answer(r->fd, "200 OK\r\nConnection: keep-alive", "ok", 2);
    return false;
}

static bool do_nul(struct request *r)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n";

    put(r->fd, text, sizeof text - 1);
    return false;
}

static bool do_garbage(struct request *r)
{
    say(r->fd, "SSH-2.0-OpenSSH_9.2\r\n");
    return false;
}

static bool do_http09(struct request *r)
{
    say(r->fd, "<html>hello</html>");
    return false;
}

static const struct {
    const char *path;
    bool (*act)(struct request *r);
} routes[] = {
    {"/ok", do_ok},
    {"/status", do_status},
    {"/redirect", do_redirect},
    {"/echo", do_echo},
    {"/gzip", do_gzip},
    {"/deflate", do_deflate},
    {"/bomb", do_bomb},
    {"/headers", do_headers},
    {"/continue", do_continue},
    {"/trailer", do_trailer},
    {"/drip", do_drip},
    {"/cut-chunk", do_cut_chunk},
    {"/bad-gzip", do_bad_gzip},
    {"/cut-header", do_cut_header},
    {"/cut", do_cut},
    {"/close", do_close},
    {"/never", do_never},
    {"/rude", do_rude},
    {"/nul", do_nul},
    {"/garbage", do_garbage},
    {"/http09", do_http09},
};

/* Reads one request with its body; false at the end of the connection. */
static bool read_request(struct request *r)
{
    char piece[16384];
    size_t want = 0;

    buf_clear(&r->text);
    while (want == 0 || r->text.length < want) {
        ssize_t n = recv(r->fd, piece, sizeof piece, 0);
        const char *end, *length;

        if (n <= 0)
            return false;
        buf_add(&r->text, piece, (size_t)n);
        end = strstr(r->text.data, "\r\n\r\n");
        if (!end || want > 0)
            continue;
        length = strstr(r->text.data, "Content-Length: ");
        want = (size_t)(end + 4 - r->text.data);
        if (length && length < end)
            want += (size_t)atol(length + strlen("Content-Length: "));
    }
    return true;
}

static bool act(struct request *r)
{
    const char *path = strchr(r->text.data, ' ') + 1;

    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        size_t length = strlen(routes[i].path);

        if (strncmp(path, routes[i].path, length) != 0)
            continue;
        r->number = path[length] == '/' ? atol(path + length + 1) : 0;
        return routes[i].act(r);
    }
    return answer(r->fd, "404 Not Found", "", 0);
}

static void *serve(void *arg)
{
    struct request r = {.fd = (int)(intptr_t)arg};

    while (read_request(&r)) {
        atomic_fetch_add(&counts->requests, 1);
        if (!act(&r))
            break;
    }
    close(r.fd);
    buf_free(&r.text);
    return NULL;
}

static _Noreturn void accept_for_ever(int listener)
{
    const int on = 1;

    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        pthread_t thread;

        if (fd < 0)
            die("accept: %s", strerror(errno));
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        atomic_fetch_add(&counts->accepts, 1);
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) != 0)
            die("no thread");
        pthread_detach(thread);
    }
}

void http_server_start(struct http_server *server)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(fd, 1000) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &length) < 0)
        die("no listening socket: %s", strerror(errno));
    server->port = ntohs(a.sin_port);
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        die("mmap: %s", strerror(errno));
    server->counts = counts;

    server->pid = fork();
    if (server->pid < 0)
        die("fork: %s", strerror(errno));
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        accept_for_ever(fd);
    }
    close(fd);
}

void http_server_stop(struct http_server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    munmap(server->counts, sizeof *server->counts);
}
