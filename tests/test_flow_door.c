/* test_flow_door.c - anybody may put anything at the public door. Is what is
 * wrong refused with a reason, and is nothing lost that is right? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/buf.h"
#include "tests/helper_stack.h"

enum { LONG = 40 };

static struct stack *s;
static int64_t acme;
static struct process *producer;

static void open_stack(void)
{
    s = stack_open(NULL);
    acme = stack_account(s, "acme");
    stack_echo(s, acme);
    producer = stack_producer(s, "");
    stack_worker(s, "--children 1");
}

static void close_stack(void)
{
    stack_check_rest(s);
    stack_close(s);
}

static void check_still_open(void)
{
    int64_t before = stack_syncs(s, acme, "done");

    stack_ask(s, "full", "acme");
    stack_ask(s, "variants", "acme");
    stack_ask(s, "purchase_orders", "acme");
    await(LONG, stack_syncs(s, acme, "done") >= before + 3);
    await(LONG, stack_idle(s));
}

static int64_t rejected(void)
{
    return stack_int(s, "SELECT count(*) FROM rejected", WITHOUT);
}

/* Requests in lists that a producer has taken and not answered for. */
static int64_t taken(void)
{
    return reply_int(redis_line_call(
        s->redis, "EVAL %s 0",
        "local n = 0 for _, k in ipairs(redis.call('KEYS', 'sync:intake:*')) "
        "do n = n + redis.call('LLEN', k) end return n"));
}

/* ---- what is wrong ---- */

static char huge[200 * 1024];

static const struct {
    const char *what, *element;
    size_t length; /* 0: of the text */
    const char *reason;
} refused[] = {
    {"an unknown account", "nobody", 0, "unknown account"},
    {"a blank", "ac me", 0, "not an account's name"},
    {"a path", "../../etc/passwd", 0, "not an account's name"},
    {"a script", "<script>alert(1)</script>", 0, "not an account's name"},
    {"200 kB", huge, sizeof huge, "204800 bytes are not an account's name"},
    {"a NUL byte", "acme\0acme", 9, "has a NUL byte"},
    {"bytes", "\xff\xfe\x80\x01", 0, "not an account's name"},
    {"half of JSON", "{\"account\":", 0, "broken JSON"},
    {"JSON without an account", "{}", 0, "JSON without an account"},
    {"a member we do not know", "{\"account\":\"acme\",\"x\":1}", 0,
     "member 'x' is not known"},
    {"an account that is a number", "{\"account\":1}", 0,
     "member 'account' is not known, or of a wrong type"},
    {"deep JSON",
     "{\"account\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
     0, "broken JSON"},
};

START_TEST(test_refused)
{
    struct json *json = json_new();
    struct json_value root;
    const char *text;
    size_t length;

    memset(huge, 'x', sizeof huge);
    open_stack();
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        length =
            refused[i].length ? refused[i].length : strlen(refused[i].element);
        redis_line_call(s->redis, "LPUSH sync:variants %b", refused[i].element,
                        length);
        await(LONG, rejected() == (int64_t)i + 1);
        text = stack_text(
            s, "SELECT reason FROM rejected ORDER BY id DESC LIMIT 1", WITHOUT);
        ck_assert_msg(strstr(text, refused[i].reason), "%s: %s",
                      refused[i].what, text);
        /* People and programs can read it in Redis, too. */
        await(LONG, reply_int(redis_line_call(
                        s->redis, "LLEN sync:rejected")) == (int64_t)i + 1);
        text = reply_text(redis_line_call(s->redis, "LINDEX sync:rejected 0"),
                          &length);
        if (strcmp(refused[i].what, "bytes") != 0)
            ck_assert_msg(json_parse(json, text, length, &root) == 0 &&
                              strstr(json_str_or(json_get(root, "reason"), ""),
                                     refused[i].reason),
                          "%s: %s", refused[i].what, text);
    }
    ck_assert_int_eq(stack_int(s, "SELECT count(*) FROM sync", WITHOUT), 0);
    check_still_open();
    json_free(json);
    close_stack();
}
END_TEST

static const char *const wrong_types[] = {
    "SET sync:full x",
    "SADD sync:variants x y",
    "HSET sync:purchase_orders x y",
};

START_TEST(test_wrong_type_at_the_door)
{
    open_stack();
    check_still_open();
    for (size_t i = 0; i < ARRAY_LEN(wrong_types); i++)
        ck_assert_int_ne(reply_type(redis_line_call(s->redis, wrong_types[i])),
                         REPLY_ERROR);
    await(LONG, rejected() == ARRAY_LEN(wrong_types));
    await(LONG, reply_size(redis_line_call(
                    s->redis, "KEYS sync:rejected:wrongtype:*")) == 3);
    check_still_open();
    close_stack();
}
END_TEST

START_TEST(test_wrong_type_at_rejected)
{
    open_stack();
    redis_line_call(s->redis, "SET sync:rejected x");
    stack_ask(s, "full", "nobody");
    await(LONG, rejected() == 1);
    check_still_open();
    close_stack();
}
END_TEST

/* ---- many ---- */

START_TEST(test_burst)
{
    enum { REQUESTS = 2000, ACCOUNTS = 25 };
    struct buf script = {0};
    char name[32];

    open_stack();
    for (int i = 0; i < ACCOUNTS; i++) {
        snprintf(name, sizeof name, "shop-%d", i);
        stack_echo(s, stack_account(s, name));
    }
    buf_printf(&script,
               "for i = 0, %d do "
               "local name = 'shop-' .. i %% %d "
               "if i %% 3 == 0 then "
               "name = '{\"account\":\"' .. name .. '\"}' end "
               "redis.call('LPUSH', 'sync:' .. ARGV[1 + i %% 3], name)"
               " end",
               REQUESTS - 1, ACCOUNTS);
    redis_line_call(s->redis, "EVAL %s 0 full variants purchase_orders",
                    buf_str(&script));
    await(LONG, stack_int(s, "SELECT coalesce(sum(hits), 0) FROM sync",
                          WITHOUT) == REQUESTS);
    await(LONG, stack_idle(s));
    await(LONG, taken() == 0);
    ck_assert_int_eq(
        stack_int(s, "SELECT count(*) FROM sync WHERE state <> 'done'",
                  WITHOUT),
        0);
    ck_assert_int_eq(rejected(), 0);
    buf_free(&script);
    close_stack();
}
END_TEST

/* ---- producers that die, sleep, or do not hear ---- */

/* The store is busy, so that a producer has taken, and cannot accept. */
START_TEST(test_dead_producer)
{
    open_stack();
    ck_assert_int_eq(store_begin(s->store), 0);
    stack_ask(s, "full", "acme");
    stack_ask(s, "variants", "acme");
    await(LONG, taken() > 0 && reply_int(redis_line_call(
                                   s->redis, "LLEN sync:full")) == 0);
    process_end(producer, SIGKILL);
    store_rollback(s->store);
    ck_assert_int_eq(stack_int(s, "SELECT count(*) FROM sync", WITHOUT), 0);
    producer = stack_producer(s, "");
    await(LONG, stack_syncs(s, acme, "done") == 2);
    await(LONG, stack_idle(s));
    ck_assert_int_eq(taken(), 0);
    ck_assert_int_gt(process_said(producer, "put back"), 0);
    close_stack();
}
END_TEST

/* Whoever sleeps longer than its sign of life lasts is dead to the others, and
 * must not take off what it did not put there. */
START_TEST(test_sleeping_producer)
{
    struct process *other;

    open_stack();
    check_still_open();
    process_signal(producer, SIGSTOP);
    other = stack_producer(s, "");
    for (int i = 0; i < 20; i++) { /* the sleeper's lines take some of them */
        stack_ask(s, "full", "acme");
        stack_ask(s, "variants", "acme");
    }
    await(LONG, process_said(other, "put back") > 0);
    await(LONG, taken() == 0);
    process_signal(producer, SIGCONT);
    check_still_open();
    await(LONG, taken() == 0);
    /* Accepting twice is allowed, losing is not. */
    ck_assert_int_ge(stack_int(s, "SELECT sum(hits) FROM sync", WITHOUT),
                     3 + 40 + 3);
    process_end(other, SIGTERM);
    check_still_open();
    close_stack();
}
END_TEST

/* The lines on which the producer waits at the door break just when Redis has
 * handed out an element: nobody told it so. */
static void ask_and_cut_lines(const char *type, const char *account)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *list =
        reply_text(redis_line_call(s->redis, "CLIENT LIST"), NULL);
    struct buf both = {0};
    char got[64];
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    buf_printf(&both, "LPUSH sync:%s %s\r\n", type, account);
    for (const char *line = list; *line; line = strchr(line, '\n') + 1) {
        const char *cmd = strstr(line, " cmd=");
        if (cmd && strncmp(cmd, " cmd=blmove", 11) == 0)
            buf_printf(&both, "CLIENT KILL ID %ld\r\n",
                       strtol(line + strlen("id="), NULL, 10));
    }
    snprintf(address.sun_path, sizeof address.sun_path, "%s",
             s->redis_url + strlen("unix:"));
    ck_assert_int_eq(
        connect(fd, (struct sockaddr *)(void *)&address, sizeof address), 0);
    /* One packet: Redis answers nobody before all of it is done. */
    ck_assert_int_eq(write(fd, both.data, both.length), (ssize_t)both.length);
    ck_assert_int_gt(read(fd, got, sizeof got), 0);
    close(fd);
    buf_free(&both);
}

static int lines_at_the_door(void)
{
    const char *at = reply_text(redis_line_call(s->redis, "CLIENT LIST"), NULL);
    int n = 0;

    for (; (at = strstr(at, "cmd=blmove")); at++)
        n++;
    return n;
}

START_TEST(test_unheard_answer)
{
    int64_t beta;

    open_stack();
    beta = stack_account(s, "beta");
    stack_echo(s, beta);
    await(LONG, lines_at_the_door() == 3);
    ask_and_cut_lines("full", "acme");
    /* What was taken unheard must not be taken off for what comes next. */
    await(LONG, lines_at_the_door() == 3);
    stack_ask(s, "full", "beta");
    await(LONG, stack_syncs(s, beta, "done") == 1);
    await(LONG, stack_syncs(s, acme, "done") == 1);
    await(LONG, taken() == 0);
    close_stack();
}
END_TEST

/* Longer than a writer waits for the store. */
START_TEST(test_busy_store)
{
    open_stack();
    ck_assert_int_eq(store_begin(s->store), 0);
    stack_ask(s, "full", "acme");
    await(LONG, process_said(producer, "the store refused") > 0);
    store_rollback(s->store);
    await(LONG, stack_syncs(s, acme, "done") == 1);
    await(LONG, stack_idle(s));
    await(LONG, taken() == 0);
    close_stack();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow door");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_refused);
    tcase_add_test(tcase, test_wrong_type_at_the_door);
    tcase_add_test(tcase, test_wrong_type_at_rejected);
    tcase_add_test(tcase, test_burst);
    tcase_add_test(tcase, test_dead_producer);
    tcase_add_test(tcase, test_sleeping_producer);
    tcase_add_test(tcase, test_unheard_answer);
    tcase_add_test(tcase, test_busy_store);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
