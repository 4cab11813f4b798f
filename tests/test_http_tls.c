/* test_http_tls.c - which servers are believed.
 *
 * The certificates are made by the openssl command, which also does the
 * server's TLS; a child answers each request through its standard input and
 * output. Without the command everything is skipped, and said so.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "tests/helper_http_client.h"

static char directory[] = "/tmp/stocktide-tls-XXXXXX";

/* ca and other are authorities; the rest are servers' certificates. */
static const char make_certificates[] =
    "set -e\n"
    "key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
    "authority() {\n"
    "  openssl req -x509 $key -keyout $1.key -out $1.pem -subj /CN=$1 "
    "    -days 30\n"
    "}\n"
    "server() {\n" /* name, authority, days, alternative names */
    "  openssl req $key -keyout $1.key -out $1.csr -subj /CN=localhost\n"
    "  echo subjectAltName=$4 > $1.ext\n"
    "  openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key "
    "    -CAcreateserial -days $3 -extfile $1.ext -out $1.pem\n"
    "}\n"
    "authority ca\n"
    "authority other\n"
    "server good ca 30 DNS:localhost,IP:127.0.0.1\n"
    "server elsewhere ca 30 DNS:shop.example\n"
    "server expired ca -1 DNS:localhost\n"
    "server stranger other 30 DNS:localhost\n"
    "openssl req -x509 $key -keyout own.key -out own.pem -subj /CN=localhost "
    "  -addext subjectAltName=DNS:localhost -days 30\n";

/* A server is `openssl s_server` behind a child of ours that talks for it. */

struct tls_server {
    pid_t pid;
    int port;
    int events; /* a byte for each request that was answered */
};

/* Starts s_server with FLAGS; OUT and IN are its input and output. */
static pid_t start_openssl(const char *name, const char *flags, int *out,
                           int *in)
{
    int to[2], from[2];
    char command[512];
    pid_t pid;

    if (pipe(to) < 0 || pipe(from) < 0)
        die("pipe: %s", strerror(errno));
    snprintf(command, sizeof command,
             "exec openssl s_server -accept 127.0.0.1:0 -cert %s/%s.pem "
             "-key %s/%s.key %s 2>&1",
             directory, name, directory, name, flags);
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    *out = to[1];
    *in = from[0];
    return pid;
}

/* Tells the port, then a byte for each answer, to REPORT. */
static _Noreturn void answer_requests(int out, int in, int report)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
                                 "ok";
    static const char accept[] = "ACCEPT 127.0.0.1:";
    struct buf seen = {0};
    char piece[4096];
    bool listening = false;
    ssize_t n;

    while ((n = read(in, piece, sizeof piece)) > 0) {
        const char *at;

        buf_add(&seen, piece, (size_t)n);
        at = strstr(seen.data, accept);
        if (!listening && at && strchr(at, '\n')) {
            int port = atoi(at + strlen(accept));

            listening = write(report, &port, sizeof port) == sizeof port;
        }
        if (!strstr(seen.data, "\r\n\r\n"))
            continue;
        buf_clear(&seen);
        if (write(out, answer, strlen(answer)) < 0 || write(report, "!", 1) < 0)
            break;
    }
    _exit(0);
}

static struct tls_server tls_start(const char *name, const char *flags)
{
    struct tls_server server = {0};
    int report[2];

    ck_assert_int_eq(pipe(report), 0);
    server.pid = fork();
    if (server.pid == 0) {
        int out, in;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        start_openssl(name, flags, &out, &in);
        answer_requests(out, in, report[1]);
    }
    close(report[1]);
    server.events = report[0];
    ck_assert_int_eq(read(report[0], &server.port, sizeof server.port),
                     sizeof server.port);
    return server;
}

static void tls_stop(struct tls_server *server)
{
    kill(server->pid, SIGKILL); /* openssl dies with it */
    waitpid(server->pid, NULL, 0);
    close(server->events);
}

/* Is there another answered request? */
static bool tls_answered(const struct tls_server *server, int ms)
{
    struct pollfd p = {.fd = server->events, .events = POLLIN};
    char byte;

    return poll(&p, 1, ms) == 1 && read(server->events, &byte, 1) == 1;
}

static const struct {
    const char *certificate, *flags;
    const char *host;
    const char *authority; /* NULL: the system's */
    const char *error;     /* NULL: believed */
} cases[] = {
    {"good", "", "localhost", "ca", NULL},
    {"good", "", "127.0.0.1", "ca", NULL},
    {"good", "-tls1_2", "localhost", "ca", NULL},
    {"good", "-tls1_3", "localhost", "ca", NULL},
    {"own", "", "localhost", "own", NULL},
    {"good", "", "localhost", NULL, "unable to get local issuer"},
    {"good", "", "localhost", "other", "certificate problem"},
    {"good", "", "localhost", "absent", "certificate file"},
    {"elsewhere", "", "127.0.0.1", "ca", "no alternative certificate subject"},
    {"elsewhere", "", "localhost", "ca", "no alternative certificate subject"},
    {"expired", "", "localhost", "ca", "certificate has expired"},
    {"stranger", "", "localhost", "ca", "unable to get local issuer"},
    {"own", "", "localhost", NULL, "self-signed certificate"},
    {"own", "", "localhost", "ca", "self-signed certificate"},
    {"good", "-tls1_1 -cipher ALL:@SECLEVEL=0", "localhost", "ca",
     "tlsv1 alert protocol version"},
    {"good", "-tls1 -cipher ALL:@SECLEVEL=0", "localhost", "ca",
     "tlsv1 alert protocol version"},
    {"good", "-tls1_2 -cipher aNULL:@SECLEVEL=0", "localhost", "ca",
     "handshake failure"},
};

START_TEST(test_certificate)
{
    struct tls_server server =
        tls_start(cases[_i].certificate, cases[_i].flags);
    struct client c;
    struct told told = {0};
    char url[128], ca_file[128];
    struct http_call call = {
        .method = "GET", .url = url, .private_allowed = true};

    snprintf(url, sizeof url, "https://%s:%d/?key=SECRET", cases[_i].host,
             server.port);
    if (cases[_i].authority) {
        snprintf(ca_file, sizeof ca_file, "%s/%s.pem", directory,
                 cases[_i].authority);
        call.ca_file = ca_file;
    }
    client_open(&c, NULL);
    client_start(&c, &call, &told);
    client_run(&c);
    ck_assert_msg((cases[_i].error == NULL) == (told.status == 200), "%d %s",
                  told.status, told.error);
    if (cases[_i].error)
        ck_assert_msg(strstr(told.error, cases[_i].error) != NULL, "%s",
                      told.error);
    ck_assert_ptr_null(strstr(told.error, "SECRET"));
    ck_assert(!told.refused);
    ck_assert(tls_answered(&server, cases[_i].error ? 0 : 5000) ==
              (cases[_i].error == NULL));
    client_close(&c);
    told_free(&told);
    tls_stop(&server);
}
END_TEST

/* Asks three times over one client: allowed, strict, allowed. The second must
 * not travel on the connection that the first left open. */
START_TEST(test_kept_connection_is_judged_anew)
{
    struct tls_server server = tls_start("good", "");
    struct client c;
    char url[128], ca_file[128];
    struct http_call call = {.method = "GET", .url = url, .ca_file = ca_file};

    snprintf(url, sizeof url, "https://localhost:%d/", server.port);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", directory);
    client_open(&c, NULL);
    for (int i = 0; i < 3; i++) {
        struct told told = {0};
        bool allowed = i != 1;

        call.private_allowed = allowed;
        client_start(&c, &call, &told);
        client_run(&c);
        ck_assert_msg(told.status == (allowed ? 200 : 0), "%d: %s", i,
                      told.error);
        ck_assert(told.refused == !allowed);
        ck_assert(tls_answered(&server, allowed ? 5000 : 0) == allowed);
        told_free(&told);
    }
    client_close(&c);
    tls_stop(&server);
}
END_TEST

/* Trust that one call gave does not stay for the next. */
START_TEST(test_trust_is_not_kept)
{
    struct tls_server server = tls_start("good", "");
    struct client c;
    char url[128], ca_file[128];
    struct http_call call = {
        .method = "GET", .url = url, .private_allowed = true};
    struct told trusted = {0}, plain = {0};

    snprintf(url, sizeof url, "https://localhost:%d/", server.port);
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", directory);
    client_open(&c, NULL);
    call.ca_file = ca_file;
    client_start(&c, &call, &trusted);
    client_run(&c);
    ck_assert_int_eq(trusted.status, 200);
    client_close(&c); /* or s_server would not take the next connection */

    client_open(&c, NULL);
    call.ca_file = NULL;
    client_start(&c, &call, &plain);
    client_run(&c);
    ck_assert_int_eq(plain.status, 0);
    client_close(&c);
    told_free(&trusted);
    told_free(&plain);
    tls_stop(&server);
}
END_TEST

static void run_shell(const char *what)
{
    struct buf command = {0};

    buf_printf(&command, "cd %s && {\n%s\n} >log 2>&1", directory, what);
    if (system(command.data) != 0)
        die("%s/log says why there are no certificates", directory);
    buf_free(&command);
}

int main(void)
{
    Suite *suite = suite_create("http_tls");
    TCase *tc = tcase_create("tls");
    SRunner *runner;
    int failed;

    if (system("openssl version >/dev/null 2>&1") != 0) {
        printf("http_tls: SKIPPED, there is no openssl command\n");
        return EXIT_SUCCESS;
    }
    if (!mkdtemp(directory))
        die("mkdtemp: %s", strerror(errno));
    run_shell(make_certificates);

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, test_certificate, 0, (int)ARRAY_LEN(cases));
    tcase_add_test(tc, test_kept_connection_is_judged_anew);
    tcase_add_test(tc, test_trust_is_not_kept);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    run_shell("rm -r \"$PWD\"");
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
