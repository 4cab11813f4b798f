/* test_cli.c - the command line as people and scripts use it: the real program
 * on a store of its own. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/account.h"
#include "common/redis.h"
#include "tests/helper_cli.h"
#include "tests/helper_store.h"

/* The exit code, with what went wrong beside it. */
#define RUN(want, ...)                                                         \
    do {                                                                       \
        int code_ = cli(__VA_ARGS__, NULL);                                    \
        ck_assert_msg(code_ == (want), "exit %d: %s%s", code_, cli_out,        \
                      cli_err);                                                \
    } while (0)
#define SAYS(text)                                                             \
    ck_assert_msg(strstr(cli_out, text) != NULL, "no '%s' in: %s", text,       \
                  cli_out)
#define COMPLAINS(text)                                                        \
    ck_assert_msg(strstr(cli_err, text) != NULL, "no '%s' in: %s", text,       \
                  cli_err)

static void add_acme(void)
{
    RUN(0, "account", "add", "acme", "--zone", "Europe/Berlin");
    RUN(0, "connection", "add", "acme", "shop", "--platform", "echo");
}

static struct store *open_store(void)
{
    struct store *store = store_open(getenv("STOCKTIDE_STORE"));

    ck_assert_ptr_nonnull(store);
    return store;
}

/* -- words -- */

static const struct {
    const char *words[4];
    int exit;
    const char *out, *err;
} lines[] = {
    {{NULL}, 2, "usage", NULL},
    {{"--help"}, 0, "connection add ACCOUNT NAME", NULL},
    {{"help"}, 0, "exit codes", NULL},
    {{"help", "sync"}, 0, "--wait", NULL},
    {{"sync", "--help"}, 0, "--wait", NULL},
    {{"help", "account", "add"}, 0, "--lead-time days", NULL},
    {{"account"}, 2, "stocktide account list", NULL},
    {{"--version"}, 0, "stocktide 0.", NULL},
    {{"acount", "list"}, 2, NULL, "did you mean: stocktide account list"},
    {{"frobnicate"}, 2, NULL, "see: stocktide help"},
    {{"sync"}, 2, NULL, "an argument is missing"},
    {{"account", "list", "x"}, 2, NULL, "one argument too many"},
    {{"account", "list", "--colour"}, 2, NULL, "unknown option --colour"},
    {{"account", "list", "-x"}, 2, NULL, "unknown option -x"},
    {{"account", "add", "--zone"}, 2, NULL, "value of --zone is missing"},
    {{"sync", "acme", "--wait=yes"}, 2, NULL, "--wait takes no value"},
    {{"--lease", "5", "config"}, 2, NULL, "--lease: '5' is not a time"},
    {{"account", "list"}, 4, NULL, "there is no store at"},
    {{"platforms"}, 0, "woocommerce", NULL},
    {{"config", "--markdown"}, 0, "| `--store` | `STOCKTIDE_STORE`", NULL},
    {{"config"}, 0, "STOCKTIDE_STORE", NULL},
};

START_TEST(test_lines)
{
    const char *const *w = lines[_i].words;
    int code = w[0] ? cli(w[0], w[1], w[2], w[3], NULL) : cli(NULL, NULL);

    ck_assert_msg(code == lines[_i].exit, "exit %d: %s%s", code, cli_out,
                  cli_err);
    if (lines[_i].out)
        SAYS(lines[_i].out);
    if (lines[_i].err)
        COMPLAINS(lines[_i].err);
    else
        ck_assert_str_eq(cli_err, "");
}
END_TEST

/* Help fits a terminal. */
START_TEST(test_help_width)
{
    RUN(0, "--help");
    for (const char *line = cli_out; *line; line += strcspn(line, "\n") + 1)
        ck_assert_msg(strcspn(line, "\n") <= 80, "%.100s", line);
}
END_TEST

/* -- accounts -- */

START_TEST(test_accounts)
{
    RUN(0, "account", "add", "acme", "--zone", "Europe/Berlin", "--nightly",
        "03:30", "--lead-time=21", "--uom-rounding", "nearest");
    SAYS("account acme added; next nightly sync");
    RUN(1, "account", "add", "acme", "--zone", "UTC");
    COMPLAINS("stocktide account set acme");
    RUN(1, "account", "add", "b", "--zone", "Europe/Berlni");
    COMPLAINS("Europe/Berlni");
    RUN(2, "account", "add", "b");
    COMPLAINS("--zone Europe/Berlin");
    RUN(1, "account", "add", "b c", "--zone", "UTC");
    RUN(1, "account", "set", "acme", "--lead-time", "soon");
    COMPLAINS("lead_time: a whole number of days");
    RUN(0, "account", "set", "acme", "--moq", "2.5", "--lead-time", "none");
    RUN(0, "account", "show", "acme");
    SAYS("Europe/Berlin");
    SAYS("03:30");
    SAYS("2.5 pieces");
    ck_assert_ptr_null(strstr(cli_out, "lead_time"));
    RUN(0, "account", "list");
    SAYS("ACCOUNT");
    RUN(3, "account", "show", "nobody");
    COMPLAINS("no account 'nobody'; see: stocktide account list");
    RUN(2, "account", "remove", "acme");
    COMPLAINS("--yes");
    RUN(0, "account", "remove", "acme", "--yes");
    RUN(3, "account", "show", "acme");
}
END_TEST

/* -- connections -- */

START_TEST(test_connections)
{
    RUN(0, "account", "add", "acme", "--zone", "UTC");
    RUN(2, "connection", "add", "acme", "shop");
    RUN(1, "connection", "add", "acme", "shop", "--platform", "magento",
        "--url", "https://x");
    COMPLAINS("stocktide platforms");
    RUN(1, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "http://odoo", "--secret", "env:K");
    COMPLAINS("not encrypted");
    RUN(0, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "http://odoo", "--secret", "env:K", "--allow-private", "--set",
        "database=acme", "--set", "company=2");
    RUN(1, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "https://x");
    COMPLAINS("stocktide connection set acme erp");
    RUN(0, "connection", "set", "acme", "erp", "--set", "database=none");
    RUN(2, "connection", "set", "acme", "erp", "--set", "database");
    RUN(2, "connection", "set", "acme", "erp", "--settings", "[]");
    RUN(0, "connection", "list", "acme");
    SAYS("env:K");
    RUN(0, "connection", "disable", "acme", "erp");
    RUN(0, "connection", "list", "acme");
    SAYS("off");
    RUN(0, "connection", "enable", "acme", "erp");
    RUN(3, "connection", "enable", "acme", "shop");
    COMPLAINS("stocktide connection list acme");
    RUN(2, "connection", "remove", "acme", "erp");
    RUN(0, "connection", "remove", "acme", "erp", "--yes");
    RUN(0, "connection", "list", "acme");
    SAYS("no connections yet");
}
END_TEST

START_TEST(test_secrets)
{
    struct json_value list;
    struct store *store;
    char *secret = NULL;

    RUN(0, "account", "add", "acme", "--zone", "UTC");
    /* A plain one is refused, and not repeated (see cli_json and cli). */
    RUN(1, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "https://x", "--secret", CANARY);
    COMPLAINS("env:NAME or file:/path");
    RUN(1, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "https://user:" CANARY "@x", "--secret", "env:K");
    COMPLAINS("user name");
    RUN(2, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "https://x", "--secret-stdin");
    COMPLAINS("no secret came");
    cli_input(CANARY "\n");
    RUN(0, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "https://x", "--secret-stdin");
    list = cli_json(0, "connection", "list", "acme", NULL);
    ck_assert_str_eq(json_str_or(json_get(json_at(list, 0), "secret"), ""),
                     "sealed");

    store = open_store();
    ck_assert_int_eq(store_get_text(store, &secret,
                                    "SELECT secret FROM connection", WITHOUT),
                     1);
    ck_assert_int_eq(strncmp(secret, "sealed:", 7), 0);
    ck_assert_ptr_null(strstr(secret, CANARY));
    free(secret);
    store_close(store);

    RUN(1, "connection", "set", "acme", "erp", "--url", "https://elsewhere");
    COMPLAINS("sealed secret is void");
    RUN(1, "--key-file", "", "doctor");
    SAYS("1 secrets are sealed");
    ck_assert_int_eq(chmod(cli_path("key"), 0444), 0);
    RUN(1, "doctor");
    SAYS("chmod 400");
}
END_TEST

/* -- JSON -- */

START_TEST(test_json)
{
    add_acme();
    RUN(0, "sync", "acme");
    ck_assert_int_eq(json_type(cli_json(0, "account", "list", NULL)),
                     JSON_ARRAY);
    ck_assert_str_eq(
        json_str_or(
            json_get(cli_json(0, "account", "show", "acme", NULL), "zone"), ""),
        "Europe/Berlin");
    cli_json(0, "account", "set", "acme", "--moq", "3", NULL);
    cli_json(0, "connection", "list", "acme", NULL);
    ck_assert_int_ge((int)json_size(cli_json(0, "platforms", NULL)), 6);
    cli_json(0, "config", NULL);
    cli_json(0, "status", NULL);
    cli_json(0, "status", "acme", NULL);
    cli_json(0, "syncs", "acme", NULL);
    cli_json(0, "show", "acme", "1", NULL);
    cli_json(0, "dead", NULL);
    cli_json(0, "retry", "acme", NULL);
    cli_json(0, "metrics", "acme", NULL);
    cli_json(0, "schedule", "acme", NULL);
    cli_json(0, "schedule", "--zone", "UTC", NULL);
    cli_json(1, "doctor", NULL);
    cli_json(0, "sync", "acme", "variants", NULL);
    cli_json(0, "connection", "remove", "acme", "shop", "--yes", NULL);
    cli_json(0, "account", "remove", "acme", "--yes", NULL);
}
END_TEST

/* -- apply -- */

static const char good_file[] =
    "{\"accounts\":[{\"name\":\"acme\",\"zone\":\"Europe/Berlin\","
    "\"nightly\":\"03:00\",\"lead_time\":14,\"connections\":["
    "{\"name\":\"shop\",\"platform\":\"woocommerce\",\"url\":"
    "\"https://shop.example\",\"user\":\"ck\",\"secret\":\"env:SHOP\","
    "\"settings\":{\"currency\":\"EUR\"}},"
    "{\"name\":\"e\",\"platform\":\"echo\",\"enabled\":false}],"
    "\"schedules\":[{\"type\":\"variants\",\"at\":\"13:00\"},"
    "{\"type\":\"full\",\"once\":\"2020-01-01T18:00\"},"
    "{\"type\":\"full\",\"once\":\"2090-01-01T18:00\"}],"
    "\"items\":{\"A-1\":{\"moq\":2.5},\"B-1\":null}},"
    "{\"name\":\"b\",\"zone\":\"UTC\"}]}";

static int64_t count_of(struct json_value root, const char *what)
{
    int64_t n = -1;

    ck_assert_int_eq(json_int(json_get(root, what), &n), 0);
    return n;
}

START_TEST(test_apply)
{
    struct json_value done;
    struct store *store;

    cli_write("good.json", good_file, 0600);
    done = cli_json(0, "apply", "good.json", "--dry-run", NULL);
    ck_assert_int_eq(count_of(done, "created"), 7);
    RUN(0, "account", "list");
    SAYS("no accounts yet");

    RUN(0, "apply", "good.json");
    SAYS("7 created, 0 changed, 2 unchanged");
    SAYS("connection shop");
    RUN(0, "apply", "good.json");
    SAYS("0 created, 0 changed, 9 unchanged");
    store = open_store();
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM schedule"), 4);
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM item_rule"), 1);
    ck_assert_int_eq(test_number(store, "SELECT count(*) FROM connection "
                                        "WHERE enabled = 0"),
                     1);
    store_close(store);

    /* Through standard input; what is not named stays. */
    cli_input("{\"accounts\":[{\"name\":\"acme\",\"zone\":\"Europe/Berlin\","
              "\"connections\":[{\"name\":\"shop\",\"platform\":"
              "\"woocommerce\",\"url\":\"https://other.example\",\"user\":"
              "\"ck\"}],\"items\":{\"A-1\":null}}]}");
    done = cli_json(0, "apply", "-", NULL);
    ck_assert_int_eq(count_of(done, "changed"), 3);
    RUN(0, "connection", "list", "acme");
    SAYS("https://other.example");
    SAYS("env:SHOP"); /* the file did not say another */
    SAYS("echo");
    RUN(0, "schedule", "acme");
    SAYS("daily 02:00");
    SAYS("daily 13:00");
}
END_TEST

/* The member or text PUT in place of %s in an account that is fine. */
static const struct {
    const char *put, *says;
} mistakes[] = {
    {"\"conections\":[]", "accounts[0].conections: unknown key"},
    {"\"nightly\":2", "accounts[0].nightly: must be a text"},
    {"\"nightly\":\"25:00\"", "accounts[0]: nightly: a time of day"},
    {"\"lead_time\":-1", "accounts[0]: lead_time: a whole number"},
    {"\"connections\":{}", "accounts[0].connections: must be a list"},
    {"\"connections\":[1]", "accounts[0].connections[0]: must be an object"},
    {"\"connections\":[{\"name\":\"x\"}]",
     "connections[0]: 'platform' is missing"},
    {"\"connections\":[{\"name\":\"x\",\"platform\":\"odoo\",\"url\":"
     "\"https://x\",\"secret\":\"" CANARY "\"}]",
     "connections[0]: not a reference to a secret"},
    {"\"connections\":[{\"name\":\"x\",\"platform\":\"odoo\",\"url\":"
     "\"https://x\",\"password\":\"" CANARY "\"}]",
     "connections[0].password: unknown key"},
    {"\"connections\":[{\"name\":\"x\",\"platform\":\"nope\"}]",
     "connections[0]: there is no platform 'nope'"},
    {"\"schedules\":[{\"type\":\"full\"}]", "schedules[0]: says neither"},
    {"\"schedules\":[{\"type\":\"ful\",\"at\":\"01:00\"}]",
     "schedules[0]: type: there is no sync"},
    {"\"schedules\":[{\"type\":\"full\",\"once\":\"soon\"}]",
     "schedules[0]: once: a date and time"},
    {"\"items\":{\"A\":{\"nightly\":1}}", "items.A.nightly: unknown key"},
    {"\"items\":{\"A\":{\"moq\":-1}}", "items.A: moq: a number of pieces"},
    {"\"items\":{\"A\":3}", "items.A: must be an object"},
    {"}],\"more\":[{", "more: unknown key"},
};

START_TEST(test_apply_mistakes)
{
    char *text = xasprintf("{\"accounts\":[{\"name\":\"fine\",\"zone\":\"UTC\"}"
                           "]}");

    cli_write("a.json", text, 0600);
    RUN(0, "apply", "a.json");
    free(text);
    text = xasprintf("{\"accounts\":[{\"name\":\"new\",\"zone\":\"UTC\",%s}]}",
                     mistakes[_i].put);
    cli_write("a.json", text, 0600);
    free(text);
    if (strncmp(mistakes[_i].put, "}]", 2) == 0)
        cli_write("a.json", "{\"accounts\":[],\"more\":1}", 0600);
    RUN(1, "apply", "a.json");
    COMPLAINS(mistakes[_i].says);
    COMPLAINS("nothing was changed");
    RUN(3, "account", "show", "new");
}
END_TEST

START_TEST(test_apply_not_json)
{
    RUN(1, "apply", "nothing.json");
    COMPLAINS("nothing.json: No such file");
    cli_input("{\"accounts\":[");
    RUN(1, "apply", "-");
    COMPLAINS("standard input is not JSON");
    cli_input("[]");
    RUN(1, "apply", "-");
    COMPLAINS("must be an object");
}
END_TEST

/* -- syncs -- */

START_TEST(test_sync)
{
    add_acme();
    RUN(3, "sync", "nobody");
    RUN(2, "sync", "acme", "everything");
    COMPLAINS("full, variants or purchase_orders");
    RUN(0, "sync", "acme");
    SAYS("full sync 1 of acme started");
    COMPLAINS("Redis is away");
    COMPLAINS("safe in the store");
    RUN(0, "sync", "acme", "full");
    SAYS("already running since");
    SAYS("yours (2) is remembered and runs right after");
    RUN(0, "status", "acme");
    SAYS("full sync 1: running, 0 of 6 streams");
    SAYS("full sync 2: waiting for the running one");
    SAYS("shop/variants");
    RUN(0, "status");
    SAYS("none yet");
    RUN(0, "syncs", "acme", "--limit", "1");
    SAYS("waiting");
    ck_assert_ptr_null(strstr(cli_out, "running"));
    RUN(2, "syncs", "acme", "--limit", "0");
    RUN(3, "show", "acme", "9");
    RUN(2, "show", "acme", "x");
}
END_TEST

START_TEST(test_bells)
{
    const struct redis_address address = {.url = getenv("STOCKTIDE_REDIS")};
    struct redis_line *line;
    char error[256];

    add_acme();
    cli_redis_start();
    RUN(0, "sync", "acme", "variants");
    ck_assert_str_eq(cli_err, "");
    line = redis_line_open(&address, 2., error);
    ck_assert_msg(line != NULL, "%s", error);
    ck_assert_int_eq(
        (int)reply_int(redis_line_call(line, "LLEN tasks:fetch:echo")), 2);
    redis_line_close(line);
}
END_TEST

/* Does all that is to be done, as workers would; the stream BAD fails. */
static void work(struct store *store, int bad)
{
    struct ring list[64];
    int n;

    while ((n = runnable_list(store, now_us(), list, ARRAY_LEN(list))) > 0)
        for (int i = 0; i < n; i++) {
            struct claim claim;
            ck_assert(test_claim(store, list[i].key, "test", now_us(), &claim));
            ck_assert_int_eq(test_finish(store, &claim,
                                         (int)list[i].key.stream == bad
                                             ? OUTCOME_FAILED
                                             : OUTCOME_OK,
                                         now_us()),
                             1);
        }
    ck_assert_int_eq(n, 0);
}

/* Until the sync that the program in the background asked for is there. */
static void await_sync(struct store *store)
{
    int64_t deadline = mono_us() + 20 * SECOND, n = 0;

    while (store_get(store, &n, "SELECT count(*) FROM sync", WITHOUT) == 1 &&
           n == 0) {
        ck_assert(mono_us() < deadline);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

static const struct {
    int bad, exit;
    const char *says;
} waits[] = {
    {-1, 0, "full sync 1 of acme done in"},
    {STREAM_SALES, 1, "full sync 1 of acme partial in"},
};

START_TEST(test_wait)
{
    struct store *store;

    add_acme();
    store = open_store();
    cli_start("sync", "acme", "--wait", NULL);
    await_sync(store);
    work(store, waits[_i].bad);
    ck_assert_int_eq(cli_end(), waits[_i].exit);
    SAYS(waits[_i].says);
    SAYS("shop/variants");
    SAYS("metrics");
    if (waits[_i].bad >= 0)
        SAYS("made to fail");
    ck_assert_ptr_null(strchr(cli_out, '\033')); /* it is no terminal */
    store_close(store);
    RUN(0, "status", "acme");
    SAYS("fresh, as of");
    RUN(0, "show", "acme", "1");
    SAYS("asked");
}
END_TEST

START_TEST(test_dead_and_retry)
{
    struct store *store;
    struct json_value list;

    add_acme();
    RUN(0, "sync", "acme");
    store = open_store();
    work(store, STREAM_STOCK);
    /* What a platform says must not steer a terminal. */
    test_exec(store, "UPDATE stream SET last_error = 'bad ' || char(27) || "
                     "'[2J' || char(10) || char(155) || 'x' "
                     "WHERE outcome = 'failed'");
    RUN(0, "dead", "acme");
    SAYS("shop/stock");
    SAYS("bad  [2J");
    ck_assert_ptr_null(strchr(cli_out, '\033'));
    ck_assert_ptr_null(strstr(cli_out, "\xc2\x9b"));
    RUN(0, "status");
    SAYS("1 streams failed");
    list = cli_json(0, "retry", "acme", NULL);
    ck_assert_int_eq((int)json_size(list), 1);
    ck_assert_str_eq(json_str_or(json_get(json_at(list, 0), "type"), ""),
                     "variants");
    work(store, -1);
    RUN(0, "dead");
    SAYS("nothing ended badly");
    RUN(0, "retry", "acme");
    SAYS("nothing of acme ended badly");
    store_close(store);
}
END_TEST

START_TEST(test_watch)
{
    struct store *store;

    add_acme();
    store = open_store();
    test_accept(store, 1, SYNC_VARIANTS, false, now_us(), NULL);
    work(store, -1); /* before: is not told */
    cli_start("watch", "acme", NULL);
    test_accept(store, 1, SYNC_FULL, false, now_us(), NULL);
    cli_await("full sync 2 of acme started");
    work(store, -1);
    cli_await("full sync 2 of acme done in");
    ck_assert_ptr_null(strstr(cli_out, "variants sync 1 of acme done"));
    cli_kill();
    store_close(store);
}
END_TEST

START_TEST(test_status_old)
{
    struct store *store;

    add_acme();
    store = open_store();
    ck_assert_int_eq(
        request_reject(store, "door:full", "acmee", "unknown account"), 0);
    for (int hours = 31; hours < 50; hours += 18) {
        ck_assert_int_eq(
            store_exec(store,
                       "UPDATE stream SET as_of = ?1 WHERE connection = 0",
                       WITH(INT(now_us() - hours * 3600 * SECOND))),
            2);
        RUN(0, "status", "acme");
        if (hours == 31)
            SAYS("old, as of");
        else
            SAYS("too old, as of");
    }
    SAYS("acmee");
    RUN(0, "status");
    SAYS("unknown account");
    store_close(store);
}
END_TEST

/* -- schedules -- */

START_TEST(test_schedules)
{
    struct json_value run;

    add_acme();
    run =
        json_at(cli_json(0, "schedule", "--zone", "Europe/Berlin", "--at",
                         "02:00", "--from", "2026-03-29", "--count", "1", NULL),
                0);
    ck_assert_str_eq(json_str_or(json_get(run, "utc"), ""),
                     "2026-03-29T01:00:00Z");
    ck_assert_str_eq(json_str_or(json_get(run, "kind"), ""), "gap");
    RUN(0, "schedule", "--zone", "Europe/Berlin", "--at", "02:30", "--from",
        "2026-10-25", "--count", "2");
    SAYS("twice");
    RUN(2, "schedule");
    RUN(1, "schedule", "--zone", "Nowhere");
    RUN(2, "schedule", "--zone", "UTC", "--at", "2");
    RUN(2, "schedule", "--zone", "UTC", "--from", "2026-02-30");
    RUN(2, "schedule", "--zone", "UTC", "--count", "-1");

    RUN(0, "schedule", "acme", "add", "variants", "--at", "13:00");
    RUN(0, "schedule", "acme", "add", "full", "--once", "2090-12-01T18:00");
    RUN(2, "schedule", "acme", "add", "full", "--once", "2020-12-01T18:00");
    COMPLAINS("is past");
    RUN(2, "schedule", "acme", "add", "full");
    RUN(2, "schedule", "acme", "add", "--at", "13:00");
    RUN(2, "schedule", "acme", "frob");
    RUN(0, "schedule", "acme");
    SAYS("daily 02:00 (nightly)");
    SAYS("2090-12-01 18:00 CET");
    RUN(2, "schedule", "acme", "remove", "0");
    RUN(0, "schedule", "acme", "remove", "1");
    RUN(3, "schedule", "acme", "remove", "1");
}
END_TEST

/* -- metrics -- */

START_TEST(test_metrics)
{
    struct json_value row;
    struct store *store;
    int64_t n;

    add_acme();
    store = open_store();
    test_exec(store,
              "INSERT INTO metric (account, item, location, day, gen, as_of, "
              "available, velocity, to_order, urgency, sells_out_first) VALUES "
              "(1, 'A-1', '', 20000, 1, 0, 1500000, 500000, 12000000, 1, 3), "
              "(1, 'B-1', 'Berlin', 20000, 1, 0, 0, 0, 5000000, 2, 0), "
              "(1, 'D-1', '', 20000, 1, 0, 0, 0, 0, 2, 0), "
              "(1, 'C-1', '', 20000, 1, 0, 9000000, 0, 0, 0, NULL)");
    RUN(0, "metrics", "acme");
    ck_assert(strstr(cli_out, "B-1") < strstr(cli_out, "A-1"));
    SAYS("1.5");
    SAYS("3 d");
    SAYS("C-1");
    RUN(0, "metrics", "acme", "--urgent", "--limit", "1");
    SAYS("B-1");
    ck_assert_ptr_null(strstr(cli_out, "A-1"));
    /* Nothing can be done about what need not be ordered. */
    RUN(0, "metrics", "acme", "--urgent");
    SAYS("A-1");
    ck_assert_ptr_null(strstr(cli_out, "D-1"));
    RUN(0, "metrics", "acme", "--sku", "A-1");
    SAYS("sold on a day with something to sell");
    RUN(3, "metrics", "acme", "--sku", "Z");
    row = json_at(cli_json(0, "metrics", "acme", "--sku", "A-1", NULL), 0);
    ck_assert_int_eq(json_fixed(json_get(row, "velocity"), &n), 0);
    ck_assert_int_eq(n, 500000);
    ck_assert_str_eq(json_str_or(json_get(row, "day"), ""), "2024-10-04");
    store_close(store);
}
END_TEST

/* -- doctor -- */

START_TEST(test_doctor)
{
    const struct redis_address address = {.url = getenv("STOCKTIDE_REDIS")};
    struct redis_line *line;
    char error[256];

    RUN(1, "doctor");
    SAYS("there is no store at");
    SAYS("cannot reach");
    add_acme();
    RUN(0, "connection", "add", "acme", "erp", "--platform", "odoo", "--url",
        "https://x", "--secret", "env:NOT_HERE");
    cli_redis_start();
    RUN(0, "doctor");
    SAYS("noeviction");
    SAYS("appendfsync always");
    SAYS("data of version");
    SAYS("the environment has no NOT_HERE");
    ck_assert_ptr_null(strstr(cli_out, "FAIL"));

    line = redis_line_open(&address, 2., error);
    ck_assert_msg(line != NULL, "%s", error);
    redis_line_call(line, "SET sync:full x");
    redis_line_call(line, "CONFIG SET maxmemory-policy allkeys-lru");
    redis_line_call(line, "CONFIG SET appendonly no");
    redis_line_close(line);
    RUN(1, "doctor");
    SAYS("sync:full is a string, not a list");
    SAYS("maxmemory-policy is allkeys-lru");
    SAYS("appendonly no");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli");
    TCase *tests = tcase_create("cli");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, cli_setup, cli_teardown);
    tcase_add_loop_test(tests, test_lines, 0, ARRAY_LEN(lines));
    tcase_add_test(tests, test_help_width);
    tcase_add_test(tests, test_accounts);
    tcase_add_test(tests, test_connections);
    tcase_add_test(tests, test_secrets);
    tcase_add_test(tests, test_json);
    tcase_add_test(tests, test_apply);
    tcase_add_loop_test(tests, test_apply_mistakes, 0, ARRAY_LEN(mistakes));
    tcase_add_test(tests, test_apply_not_json);
    tcase_add_test(tests, test_sync);
    tcase_add_test(tests, test_bells);
    tcase_add_loop_test(tests, test_wait, 0, ARRAY_LEN(waits));
    tcase_add_test(tests, test_dead_and_retry);
    tcase_add_test(tests, test_watch);
    tcase_add_test(tests, test_status_old);
    tcase_add_test(tests, test_schedules);
    tcase_add_test(tests, test_metrics);
    tcase_add_test(tests, test_doctor);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
