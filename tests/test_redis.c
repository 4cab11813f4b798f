/* test_redis.c - the door to Redis, against a server of its own on a unix
 * socket: answers, lost and silent servers, wrong passwords. */
#include <check.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/redis.h"

#define PATIENCE 20. /* seconds until a test gives up */

static char directory[64], url[96], log_path[96];
static struct redis_address address;
static pid_t server;
static struct ev_loop *loop;
static ev_timer tick; /* so that conditions are looked at */

/* ---- a server ---- */

static void start_server(const char *password)
{
    char socket[96];

    snprintf(socket, sizeof socket, "%s/s", directory);
    server = fork();
    if (server == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket",
               socket, "--dir", directory, "--save", "", "--requirepass",
               password, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_gt(server, 0);
}

static void end_server(int signal)
{
    if (server > 0) {
        kill(server, signal);
        waitpid(server, NULL, 0);
    }
    server = 0;
}

/* A line to the server as soon as it answers. */
static struct redis_line *line_open(void)
{
    const struct timespec nap = {.tv_nsec = 5000000};
    int64_t until = mono_us() + 20 * SECOND;
    char error[256] = "";

    while (mono_us() < until) {
        struct redis_line *line = redis_line_open(&address, 5., error);
        if (line && strcmp(reply_text(redis_line_call(line, "PING"), NULL),
                           "PONG") == 0)
            return line;
        redis_line_close(line);
        nanosleep(&nap, NULL);
    }
    ck_abort_msg("no server: %s", error);
}

static void on_tick(struct ev_loop *l, ev_timer *w, int events)
{
    (void)l;
    (void)w;
    (void)events;
}

static void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/test_redis.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(url, sizeof url, "unix:%s/s", directory);
    snprintf(log_path, sizeof log_path, "%s/log", directory);
    address = (struct redis_address){.url = url};
    loop = ev_loop_new(0);
    ev_timer_init(&tick, on_tick, .01, .01);
    ev_timer_start(loop, &tick);
}

static void setup_with_server(void)
{
    setup();
    start_server("");
    redis_line_close(line_open());
}

static void teardown(void)
{
    char socket[96];

    end_server(SIGKILL);
    ev_loop_destroy(loop);
    snprintf(socket, sizeof socket, "%s/s", directory);
    unlink(socket);
    unlink(log_path);
    ck_assert_int_eq(rmdir(directory), 0);
}

/* ---- calls ---- */

struct call {
    bool returned; /* the function that was given it */
    int done;
    enum reply_type type;
    int64_t number;
    char text[64];
};

static void on_done(void *arg, const struct redis_reply *reply)
{
    struct call *call = arg;

    ck_assert(call->returned);
    call->done++;
    call->type = reply_type(reply);
    call->number = reply_int(reply);
    snprintf(call->text, sizeof call->text, "%s", reply_text(reply, NULL));
}

#define CALL(redis, place, ...)                                                \
    do {                                                                       \
        *(place) = (struct call){0};                                           \
        redis_call(redis, 5., on_done, place, __VA_ARGS__);                    \
        (place)->returned = true;                                              \
    } while (0)

/* Turns the loop until CONDITION holds. */
#define until(condition)                                                       \
    do {                                                                       \
        int64_t until_end = mono_us() + (int64_t)(PATIENCE * 1e6);             \
        while (!(condition)) {                                                 \
            ck_assert_msg(mono_us() < until_end, "never: %s", #condition);     \
            ev_run(loop, EVRUN_ONCE);                                          \
        }                                                                      \
    } while (0)

/* Turns the loop for a while in which nothing may happen. */
static void linger(double seconds)
{
    int64_t end = mono_us() + (int64_t)(seconds * 1e6);

    while (mono_us() < end)
        ev_run(loop, EVRUN_ONCE);
}

static struct redis *open_door(void)
{
    struct redis *redis = redis_open(loop, &address);

    ck_assert_ptr_nonnull(redis);
    return redis;
}

/* ---- answers ---- */

START_TEST(test_answers)
{
    struct redis *redis = open_door();
    struct call calls[6];

    /* asked before there is a connection; answered in their order */
    ck_assert(!redis_connected(redis));
    CALL(redis, &calls[0], "SET k %s", "v w");
    CALL(redis, &calls[1], "GET k");
    CALL(redis, &calls[2], "INCRBY n %d", 41);
    CALL(redis, &calls[3], "GET none");
    CALL(redis, &calls[4], "INCR k");
    redis_call(redis, 5., NULL, NULL, "INCR n");
    CALL(redis, &calls[5], "GET n");
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(calls[i].done, 0);
    until(calls[5].done);
    ck_assert(redis_connected(redis));
    ck_assert_str_eq(calls[0].text, "OK");
    ck_assert_str_eq(calls[1].text, "v w");
    ck_assert_int_eq(calls[2].type, REPLY_INT);
    ck_assert_int_eq(calls[2].number, 41);
    ck_assert_int_eq(calls[3].type, REPLY_NONE);
    ck_assert_int_eq(calls[4].type, REPLY_ERROR);
    ck_assert_str_eq(calls[5].text, "42");
    linger(.1);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(calls[i].done, 1);
    redis_close(redis);
}
END_TEST

static void on_list(void *arg, const struct redis_reply *reply)
{
    size_t length = 0;

    ck_assert_int_eq(reply_type(reply), REPLY_LIST);
    ck_assert_uint_eq(reply_size(reply), 2);
    ck_assert_int_eq(memcmp(reply_text(reply_at(reply, 1), &length), "a\0b", 3),
                     0);
    ck_assert_uint_eq(length, 3);
    ck_assert_str_eq(reply_text(reply_at(reply, 0), NULL), "");
    ck_assert_ptr_null(reply_at(reply, 2));
    ++*(int *)arg;
}

START_TEST(test_lists_and_bytes)
{
    const char *argv[] = {"RPUSH", "l", "", "a\0b"};
    const size_t lengths[] = {5, 1, 0, 3};
    struct redis *redis = open_door();
    int done = 0;

    redis_call_argv(redis, 5., NULL, NULL, 4, argv, lengths);
    redis_call(redis, 5., on_list, &done, "LRANGE %b 0 -1", "l", (size_t)1);
    until(done == 1);
    redis_close(redis);
    /* all readers take nothing */
    ck_assert_int_eq(reply_type(NULL), REPLY_NONE);
    ck_assert_int_eq(reply_int(NULL), 0);
    ck_assert_str_eq(reply_text(NULL, NULL), "");
    ck_assert_uint_eq(reply_size(NULL), 0);
    ck_assert_ptr_null(reply_at(NULL, 0));
}
END_TEST

static void on_again(void *arg, const struct redis_reply *reply)
{
    struct redis **redis = arg;

    if (reply_int(reply) < 100)
        redis_call(*redis, 5., on_again, arg, "INCR n");
    else
        *redis = NULL;
}

START_TEST(test_calls_from_answers)
{
    struct redis *redis = open_door(), *going = redis;

    redis_call(redis, 5., on_again, &going, "INCR n");
    until(!going);
    redis_close(redis);
}
END_TEST

/* ---- no answers ---- */

START_TEST(test_no_server)
{
    struct redis *redis = open_door();
    struct call calls[3];

    until(!redis_connected(redis));
    CALL(redis, &calls[0], "GET k");
    CALL(redis, &calls[1], "GET k");
    redis_call(redis, 5., NULL, NULL, "GET k");
    redis_call_argv(redis, 5., NULL, NULL, 1, (const char *[]){"PING"},
                    (const size_t[]){4});
    until(calls[0].done && calls[1].done);
    ck_assert_int_eq(calls[0].type, REPLY_NONE);
    linger(.1);
    CALL(redis, &calls[2], "GET k"); /* between two tries to connect */
    until(calls[2].done);
    linger(.3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(calls[i].done, 1);
    /* it comes later */
    start_server("");
    until(redis_connected(redis));
    CALL(redis, &calls[0], "PING");
    until(calls[0].done);
    ck_assert_str_eq(calls[0].text, "PONG");
    redis_close(redis);
}
END_TEST

static void on_fail_again(void *arg, const struct redis_reply *reply)
{
    int *left = arg;

    ck_assert_int_eq(reply_type(reply), REPLY_NONE);
    --*left;
}

/* Who tries again at once gets one failure a turn, not an endless one. */
static struct redis *retrying;
static int retries;

static void on_retry(void *arg, const struct redis_reply *reply)
{
    (void)arg;
    ck_assert_int_eq(reply_type(reply), REPLY_NONE);
    if (++retries < 50)
        redis_call(retrying, 5., on_retry, NULL, "PING");
}

START_TEST(test_retry_from_a_failure)
{
    retrying = open_door();
    redis_call(retrying, 5., on_retry, NULL, "PING");
    until(retries == 50);
    redis_close(retrying);
}
END_TEST

START_TEST(test_killed_and_restarted)
{
    struct redis *redis = open_door();
    struct call a, blocked, after;

    CALL(redis, &a, "PING");
    until(a.done);
    CALL(redis, &blocked, "BRPOP nothing 0");
    linger(.05);
    ck_assert_int_eq(blocked.done, 0);
    end_server(SIGKILL);
    until(blocked.done);
    ck_assert_int_eq(blocked.type, REPLY_NONE);
    until(!redis_connected(redis));
    CALL(redis, &after, "PING");
    until(after.done);
    ck_assert_int_eq(after.type, REPLY_NONE);
    start_server("");
    until(redis_connected(redis));
    CALL(redis, &after, "PING");
    until(after.done);
    ck_assert_str_eq(after.text, "PONG");
    ck_assert_int_eq(blocked.done, 1);
    redis_close(redis);
}
END_TEST

START_TEST(test_silent_server)
{
    struct redis *redis = open_door();
    struct call fast = {0}, slow = {0};
    int64_t begun;

    CALL(redis, &fast, "PING");
    until(fast.done);
    kill(server, SIGSTOP);
    begun = mono_us();
    fast = (struct call){.returned = true};
    slow = (struct call){.returned = true};
    redis_call(redis, .5, on_done, &fast, "PING");
    redis_call(redis, 60., on_done, &slow, "PING");
    until(fast.done);
    ck_assert_int_ge(mono_us() - begun, SECOND / 2 - 50000);
    ck_assert_int_eq(fast.type, REPLY_NONE);
    /* the connection was given up, and with it all behind */
    until(slow.done);
    ck_assert_int_eq(slow.type, REPLY_NONE);
    kill(server, SIGCONT);
    until(redis_connected(redis));
    CALL(redis, &fast, "PING");
    until(fast.done);
    ck_assert_str_eq(fast.text, "PONG");
    ck_assert_int_eq(slow.done, 1);
    redis_close(redis);
}
END_TEST

/* ---- the end ---- */

START_TEST(test_none_after_close)
{
    struct redis *redis = open_door();
    struct call a, b, c;

    CALL(redis, &a, "PING");
    until(a.done);
    CALL(redis, &b, "BRPOP nothing 0");
    CALL(redis, &c, "PING");
    linger(.02);
    redis_close(redis);
    linger(.2);
    ck_assert_int_eq(b.done + c.done, 0);
    redis_close(NULL);
}
END_TEST

START_TEST(test_close_while_connecting)
{
    struct redis *redis = open_door();
    struct call a;

    CALL(redis, &a, "PING");
    redis_close(redis);
    linger(.1);
    ck_assert_int_eq(a.done, 0);
}
END_TEST

START_TEST(test_close_without_server)
{
    struct redis *redis;
    int left = 1;

    end_server(SIGKILL);
    redis = open_door();
    linger(.1);
    redis_call(redis, 5., on_fail_again, &left, "PING");
    redis_close(redis);
    linger(.1);
    ck_assert_int_eq(left, 1);
}
END_TEST

START_TEST(test_bad_address)
{
    char error[256] = "";

    address.url = "nowhere";
    ck_assert_ptr_null(redis_open(loop, &address));
    ck_assert_ptr_null(redis_line_open(&address, 1., error));
    ck_assert_ptr_nonnull(strstr(error, "is not an address of Redis"));
}
END_TEST

/* ---- passwords ---- */

/* What is logged goes to a file from now on. */
static void catch_log(void)
{
    int fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_ge(dup2(fd, 2), 0);
    close(fd);
}

static bool was_logged(const char *text)
{
    static char bytes[16384];
    int fd = open(log_path, O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof bytes - 1);

    close(fd);
    bytes[n > 0 ? n : 0] = '\0';
    return strstr(bytes, text) != NULL;
}

START_TEST(test_password)
{
    struct redis *redis;
    struct call a;
    char error[256] = "";

    start_server("right");
    address.password = "right";
    redis_line_close(line_open());
    redis = open_door();
    CALL(redis, &a, "PING");
    until(a.done);
    ck_assert_str_eq(a.text, "PONG");
    redis_close(redis);

    address.user = "default";
    redis_line_close(line_open());
    address.user = "somebody";
    ck_assert_ptr_null(redis_line_open(&address, 5., error));
    ck_assert_ptr_nonnull(strstr(error, "WRONGPASS"));
    address = (struct redis_address){.url = url, .password = "wrong"};
    ck_assert_ptr_null(redis_line_open(&address, 5., error));
    ck_assert_ptr_nonnull(strstr(error, "WRONGPASS"));

    catch_log();
    redis = open_door();
    CALL(redis, &a, "PING");
    until(a.done);
    ck_assert_int_eq(a.type, REPLY_ERROR);
    ck_assert(was_logged("redis: refused: WRONGPASS"));
    ck_assert(!was_logged("wrong"));
    redis_close(redis);
}
END_TEST

/* ---- the plain line ---- */

START_TEST(test_line)
{
    static const char *const argv[] = {"SET", "k", "a\0b"};
    static const size_t lengths[] = {3, 1, 3};
    struct redis_line *line = line_open();
    const char *args[] = {argv[0], argv[1], argv[2]};
    size_t length;

    ck_assert_str_eq(reply_text(redis_line_argv(line, 3, args, lengths), NULL),
                     "OK");
    reply_text(redis_line_call(line, "GET %s", "k"), &length);
    ck_assert_uint_eq(length, 3);
    ck_assert_int_eq(reply_type(redis_line_call(line, "NONSENSE")),
                     REPLY_ERROR);
    end_server(SIGKILL);
    ck_assert_ptr_null(redis_line_call(line, "PING"));
    ck_assert_ptr_null(redis_line_call(line, "PING"));
    redis_line_close(line);
    redis_line_close(NULL);
}
END_TEST

START_TEST(test_line_to_a_silent_server)
{
    char error[256] = "";
    struct redis_line *line;
    int64_t begun;

    line = redis_line_open(&address, .3, error);
    ck_assert_msg(line != NULL, "%s", error);
    kill(server, SIGSTOP);
    begun = mono_us();
    ck_assert_ptr_null(redis_line_call(line, "PING"));
    ck_assert_int_lt(mono_us() - begun, 10 * SECOND);
    redis_line_close(line);
}
END_TEST

START_TEST(test_line_to_nobody)
{
    char error[256] = "";

    ck_assert_ptr_null(redis_line_open(&address, 1., error));
    ck_assert_ptr_nonnull(strstr(error, "No such file"));
    address.url = "redis://127.0.0.1:1";
    ck_assert_ptr_null(redis_line_open(&address, 1., error));
    ck_assert_ptr_nonnull(strstr(error, "redis://127.0.0.1:1: "));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("redis");
    TCase *with = tcase_create("with a server"), *no = tcase_create("without");

    tcase_add_checked_fixture(with, setup_with_server, teardown);
    tcase_set_timeout(with, 60.);
    tcase_add_test(with, test_answers);
    tcase_add_test(with, test_lists_and_bytes);
    tcase_add_test(with, test_calls_from_answers);
    tcase_add_test(with, test_killed_and_restarted);
    tcase_add_test(with, test_silent_server);
    tcase_add_test(with, test_none_after_close);
    tcase_add_test(with, test_close_while_connecting);
    tcase_add_test(with, test_close_without_server);
    tcase_add_test(with, test_line);
    tcase_add_test(with, test_line_to_a_silent_server);
    suite_add_tcase(s, with);
    tcase_add_checked_fixture(no, setup, teardown);
    tcase_set_timeout(no, 60.);
    tcase_add_test(no, test_no_server);
    tcase_add_test(no, test_retry_from_a_failure);
    tcase_add_test(no, test_bad_address);
    tcase_add_test(no, test_password);
    tcase_add_test(no, test_line_to_nobody);
    suite_add_tcase(s, no);
    return s;
}

int main(void)
{
    SRunner *runner;
    int failed;

    signal(SIGPIPE, SIG_IGN); /* as all programs do */
    runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
