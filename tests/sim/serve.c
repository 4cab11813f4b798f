/* serve.c - the simulator on a loopback port. See serve.h.
 *
 *   a request comes in     -> visit, sim_begin()
 *   it shall wait          -> suspended, in the list of pauses
 *   serve_turn(): time is up -> resumed, handle() is called again
 *   answered               -> sent at once, cut off, or a byte a second
 *
 * A stalled request is looked at every second: has the client gone?
 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "tests/sim/serve.h"

enum { TURN_MS = 50, BODY_MAX = 8 * 1024 * 1024 };

enum step {
    READING, /* the request's body may still come */
    WAITING, /* for a delay to end */
    STALLED, /* never answered: FAULT_HANG, FAULT_SLOWHEADER */
    SENDING
};

struct visit { /* one request, from its first line to its last byte */
    struct server *server;
    struct MHD_Connection *connection;
    struct exchange x;
    enum step step;
    bool begun;
    bool paused; /* in the list of pauses */
    int64_t until;
    struct visit *next;
};

struct server {
    struct sim *sim;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;
    pthread_cond_t soon; /* a pause shorter than a turn has begun */
    struct visit *pauses;
    uint16_t port;
    bool stopping;
};

/* --- pauses --- */

static void pause_visit(struct visit *v, int64_t until)
{
    v->until = until;
    v->paused = true;
    v->next = v->server->pauses;
    v->server->pauses = v;
    MHD_suspend_connection(v->connection);
    pthread_cond_signal(&v->server->soon);
}

static int socket_of(const struct visit *v)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        v->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    return info ? info->connect_fd : -1;
}

/* A stalled visit goes on stalling until its client gives up. */
static bool keeps_stalling(struct visit *v)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nX-Slow: ";
    int fd = socket_of(v);
    char byte;
    ssize_t came = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    if (v->server->stopping || came == 0 || (came < 0 && errno != EAGAIN))
        return false;
    if (v->x.fault.kind == FAULT_SLOWHEADER) {
        byte = v->x.rows < sizeof head - 1 ? head[v->x.rows] : 'x';
        v->x.rows++;
        if (send(fd, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
            errno != EAGAIN)
            return false;
    }
    v->until = mono_us() + SECOND;
    return true;
}

static void end_pauses(struct server *server)
{
    struct visit **link = &server->pauses, *v;
    int64_t now = mono_us();

    while ((v = *link)) {
        if ((v->until > now && !server->stopping) ||
            (v->step == STALLED && keeps_stalling(v))) {
            link = &v->next;
            continue;
        }
        *link = v->next;
        v->paused = false;
        MHD_resume_connection(v->connection);
    }
}

static int64_t first_pause_end(const struct server *server)
{
    int64_t end = mono_us() + TURN_MS * INT64_C(1000);

    for (const struct visit *v = server->pauses; v; v = v->next)
        if (v->until < end)
            end = v->until;
    return end;
}

/* --- sending --- */

/* A byte a second. */
static ssize_t drip(void *arg, uint64_t pos, char *to, size_t max)
{
    struct visit *v = arg;
    struct server *server = v->server;
    ssize_t given = 0;

    (void)max;
    pthread_mutex_lock(&server->lock);
    if (server->stopping) {
        given = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (mono_us() < v->until) {
        pause_visit(v, v->until);
    } else {
        *to = v->x.out.data[pos];
        v->until = mono_us() + SECOND;
        given = 1;
    }
    pthread_mutex_unlock(&server->lock);
    return given;
}

/* Half of the body, then the connection breaks. */
static ssize_t cut(void *arg, uint64_t pos, char *to, size_t max)
{
    const struct visit *v = arg;
    size_t half = v->x.out.length / 2, at = (size_t)pos;

    if (at >= half)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (max > half - at)
        max = half - at;
    memcpy(to, v->x.out.data + at, max);
    return (ssize_t)max;
}

static struct MHD_Response *make_response(struct visit *v)
{
    struct buf *out = &v->x.out;
    struct MHD_Response *r;

    if (v->x.fault.kind == FAULT_CUT && out->length)
        return MHD_create_response_from_callback(out->length, 4096, cut, v,
                                                 NULL);
    if (v->x.fault.kind == FAULT_DRIP && out->length)
        return MHD_create_response_from_callback(out->length, 16, drip, v,
                                                 NULL);
    r = MHD_create_response_from_buffer(out->length, out->data,
                                        MHD_RESPMEM_MUST_FREE);
    *out = (struct buf){0}; /* the response's now */
    return r;
}

static void add_headers(struct MHD_Response *r, char *lines)
{
    char *line, *value;

    while (lines && (line = strsep(&lines, "\n"))) {
        value = strchr(line, ':');
        if (!value)
            continue;
        *value = '\0';
        MHD_add_response_header(r, line, value + 2);
    }
}

static enum MHD_Result send_answer(struct visit *v)
{
    struct MHD_Response *r = make_response(v);
    enum MHD_Result result;

    if (!r)
        die("no response for %s", v->x.uri);
    MHD_add_response_header(r, "Content-Type", v->x.type);
    add_headers(r, v->x.headers.data);
    v->step = SENDING;
    result = MHD_queue_response(v->connection, (unsigned)v->x.status, r);
    MHD_destroy_response(r);
    return result;
}

/* --- receiving --- */

static enum MHD_Result answer(struct visit *v)
{
    struct server *server = v->server;
    int64_t wait;

    if (!v->begun) {
        v->begun = true;
        sim_begin(server->sim, &v->x);
        wait = sim_wait(server->sim, &v->x);
        if (v->x.fault.kind == FAULT_HANG ||
            v->x.fault.kind == FAULT_SLOWHEADER) {
            v->step = STALLED;
            pause_visit(v, mono_us());
            return MHD_YES;
        }
        if (wait > 0) {
            v->step = WAITING;
            pause_visit(v, mono_us() + wait);
            return MHD_YES;
        }
    }
    if (v->step == STALLED)
        return MHD_NO; /* its client is gone, or we stop */
    sim_answer(server->sim, &v->x);
    return send_answer(v);
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *bytes,
                              size_t *bytes_n, void **state)
{
    struct server *server = arg;
    struct visit *v = *state;
    enum MHD_Result result;

    (void)url;
    (void)version;
    if (!v->connection) { /* the headers alone have come */
        v->connection = connection;
        v->x.method = method;
        v->x.authorization = header(connection, "Authorization");
        v->x.host = header(connection, "Host");
        return MHD_YES;
    }
    if (*bytes_n) {
        if (v->x.body.length + *bytes_n > BODY_MAX)
            return MHD_NO;
        buf_add(&v->x.body, bytes, *bytes_n);
        *bytes_n = 0;
        return MHD_YES;
    }
    pthread_mutex_lock(&server->lock);
    result = answer(v);
    pthread_mutex_unlock(&server->lock);
    return result;
}

/* The URI as it came: MHD itself would hand out only the path. */
static void *on_uri(void *arg, const char *uri,
                    struct MHD_Connection *connection)
{
    struct server *server = arg;
    struct visit *v = xcalloc(1, sizeof *v);
    struct stats *stats = &server->sim->stats;

    (void)connection;
    v->server = server;
    exchange_init(&v->x, "", uri);
    pthread_mutex_lock(&server->lock);
    if (++stats->now > stats->most)
        stats->most = stats->now;
    pthread_mutex_unlock(&server->lock);
    return v;
}

static void on_end(void *arg, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code)
{
    struct server *server = arg;
    struct visit *v = *state;

    (void)connection;
    (void)code;
    if (!v)
        return;
    pthread_mutex_lock(&server->lock);
    server->sim->stats.now--;
    pthread_mutex_unlock(&server->lock);
    exchange_free(&v->x);
    free(v);
    *state = NULL;
}

/* --- the server --- */

static void on_library_text(void *arg, const char *format, va_list args)
{
    (void)arg; /* broken connections are what we are for */
    (void)format;
    (void)args;
}

static int read_port(struct server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);

    if (!info)
        return -1;
    server->port = info->port;
    return 0;
}

struct server *serve_start(struct sim *sim, uint16_t port)
{
    struct server *server = xcalloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->sim = sim;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->soon, NULL);
    server->daemon = MHD_start_daemon(
        MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ERROR_LOG,
        port, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER,
        on_library_text, NULL, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_end, server,
        MHD_OPTION_CONNECTION_LIMIT, 4000u, MHD_OPTION_END);
    if (server->daemon && read_port(server) == 0)
        return server;
    log_error("port %u of 127.0.0.1 cannot be had", port);
    free(server);
    return NULL;
}

uint16_t serve_port(const struct server *server)
{
    return server->port;
}

void serve_turn(struct server *server)
{
    struct timespec until;
    int64_t end;

    pthread_mutex_lock(&server->lock);
    end = first_pause_end(server) - mono_us() + now_us();
    until.tv_sec = end / SECOND;
    until.tv_nsec = end % SECOND * 1000;
    pthread_cond_timedwait(&server->soon, &server->lock, &until);
    end_pauses(server);
    live_run(server->sim->world);
    pthread_mutex_unlock(&server->lock);
}

void serve_stop(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    end_pauses(server);
    pthread_mutex_unlock(&server->lock);
    MHD_stop_daemon(server->daemon);
    pthread_cond_destroy(&server->soon);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
