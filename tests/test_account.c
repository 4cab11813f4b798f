/* test_account.c - accounts, connections and schedules as rows; URLs; rules. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/account.h"
#include "common/metrics/metrics.h"
#include "common/protocol.h"
#include "common/rules.h"
#include "common/schedule.h"
#include "common/secret.h"

#define NOON INT64_C(1774180800000000) /* 2026-03-22T12:00:00Z */
#define HOUR (3600 * SECOND)

static char directory[64];
static struct store *store;
static char error[256];

static void setup(void)
{
    char url[128];

    snprintf(directory, sizeof directory, "/tmp/test_account.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(url, sizeof url, "sqlite:%s/s.db", directory);
    store = store_open(url);
    ck_assert_ptr_nonnull(store);
    ck_assert_int_eq(store_begin(store), 0);
}

static void teardown(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[128];

    store_close(store);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        snprintf(path, sizeof path, "%s/s.db%s", directory, ends[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(directory), 0);
}

static int64_t number(const char *sql)
{
    int64_t n = -1;

    ck_assert_int_ge(store_get(store, &n, sql, WITHOUT), 0);
    return n;
}

static int64_t add_account(const char *name)
{
    int64_t id = 0;

    ck_assert_msg(
        account_put(store, name, "Europe/Berlin", NULL, NOON, error) == 0, "%s",
        error);
    ck_assert_int_eq(account_find(store, name, &id), 1);
    return id;
}

static struct connection echo_of(int64_t account)
{
    static char name[] = "shop", platform[] = "echo", url[] = "/tmp/x",
                empty[] = "", settings[] = "{}";

    return (struct connection){.account = account,
                               .name = name,
                               .platform = platform,
                               .url = url,
                               .user = empty,
                               .secret = empty,
                               .settings = settings,
                               .enabled = true};
}

static void put_fine(const struct connection *c)
{
    ck_assert_msg(connection_put(store, c, NOON, error) == 0, "%s", error);
}

/* Settings come from literals in tables. */
static char *text(const char *literal)
{
    static char copies[16][256];
    static int next;
    char *copy = copies[next++ % 16];

    snprintf(copy, sizeof copies[0], "%s", literal);
    return copy;
}

/* -- accounts -- */

START_TEST(test_account)
{
    struct account a;
    int64_t id = add_account("acme"), other = add_account("b.2-c_D");

    ck_assert_int_ne(id, other);
    ck_assert_int_eq(account_read(store, id, &a), 1);
    ck_assert_str_eq(a.name, "acme");
    ck_assert_str_eq(a.zone, "Europe/Berlin");
    ck_assert_str_eq(a.settings, "{}");
    ck_assert_int_eq(account_nightly(&a), 120);
    account_free(&a);
    ck_assert_int_eq(account_read(store, 99, &a), 0);
    ck_assert_int_eq(account_find(store, "none", &id), 0);
    /* its own steps */
    ck_assert_int_eq(number("SELECT count(*) FROM stream WHERE connection = 0 "
                            "AND name IN (6, 7)"),
                     4);
}
END_TEST

static const struct {
    const char *name, *zone, *settings, *says;
} bad_accounts[] = {
    {"", "UTC", NULL, "is not a name"},
    {"a b", "UTC", NULL, "is not a name"},
    {"a/b", "UTC", NULL, "is not a name"},
    {"x123456789x123456789x123456789x123456789x123456789x123456789x1234", "UTC",
     NULL, "is not a name"},
    {"a", NULL, NULL, "needs a time zone"},
    {"a", "Europe/Berlni", NULL, "Europe/Berlni"},
    {"a", "../../etc/passwd", NULL, "zone"},
    {"a", "UTC", "[]", "must be a JSON object"},
    {"a", "UTC", "{", "must be a JSON object"},
    {"a", "UTC", "{\"nightly\":\"24:00\"}", "nightly: a time of day"},
    {"a", "UTC", "{\"nightly\":2}", "nightly: a time of day"},
    {"a", "UTC", "{\"lead_tme\":2}", "lead_tme: unknown setting"},
    {"a", "UTC", "{\"lead_time\":-1}", "lead_time: a whole number of days"},
    {"a", "UTC", "{\"lead_time\":366}", "lead_time: a whole number of days"},
    {"a", "UTC", "{\"window_days\":0}", "window_days: a whole number"},
    {"a", "UTC", "{\"moq\":-0.5}", "moq: a number of pieces"},
    {"a", "UTC", "{\"uom_rounding\":\"sideways\"}", "one of up|nearest|down"},
};

START_TEST(test_bad_accounts)
{
    ck_assert_int_eq(account_put(store, bad_accounts[_i].name,
                                 bad_accounts[_i].zone,
                                 bad_accounts[_i].settings, NOON, error),
                     -1);
    ck_assert_msg(strstr(error, bad_accounts[_i].says) != NULL, "%s", error);
}
END_TEST

START_TEST(test_name_of_64)
{
    char name[66];

    memset(name, 'x', 65);
    name[65] = '\0';
    ck_assert(!account_name_valid(name));
    name[64] = '\0';
    ck_assert(account_name_valid(name));
}
END_TEST

START_TEST(test_rules)
{
    struct metric_settings rules = metric_settings_default;
    struct json *parser = json_new();
    struct json_value root;
    const char *json = "{\"lead_time\":3,\"moq\":\"2.5\",\"form\":"
                       "\"backorder\",\"uom_rounding\":\"down\",\"nightly\":1}";

    ck_assert_int_eq(json_parse(parser, json, strlen(json), &root), 0);
    ck_assert_int_eq(rules_read(root, &rules, error), 0);
    ck_assert_int_eq(rules.lead_time, 3);
    ck_assert_int_eq(rules.moq, 2500000);
    ck_assert_int_eq(rules.form, REPLENISH_BACKORDER);
    ck_assert_int_eq(rules.uom_rounding, UOM_DOWN);
    ck_assert_int_eq(rules.days_of_stock, 30); /* as before */
    json_free(parser);

    for (size_t i = 0; rule_at(i); i++)
        ck_assert(rule_known(rule_at(i)->name));
}
END_TEST

START_TEST(test_item_rules)
{
    int64_t id = add_account("acme");

    ck_assert_int_eq(item_rule_put(store, id, "SKU 1", "{\"moq\": 50}", error),
                     0);
    ck_assert_int_eq(item_rule_put(store, id, "SKU 1", "{\"moq\": 5}", error),
                     0);
    ck_assert_int_eq(number("SELECT count(*) FROM item_rule"), 1);
    ck_assert_int_eq(
        item_rule_put(store, id, "x", "{\"nightly\":\"02:00\"}", error), -1);
    ck_assert_int_eq(item_rule_put(store, id, "", "{}", error), -1);
    ck_assert_int_eq(item_rule_put(store, id, "SKU 1", "", error), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM item_rule"), 0);
}
END_TEST

/* -- schedules -- */

static int64_t nightly(int64_t account)
{
    int64_t at = 0;

    ck_assert_int_eq(store_get(store, &at,
                               "SELECT next_at FROM schedule WHERE "
                               "account = ?1 AND id = 0",
                               WITH(INT(account))),
                     1);
    return at;
}

START_TEST(test_nightly)
{
    int64_t id = add_account("acme");
    int64_t first = NOON + 13 * HOUR; /* 02:00 in Berlin, UTC+1 */

    ck_assert_int_eq(nightly(id), first);
    /* Put again, when it is due and the clock has not taken it: still due. */
    ck_assert_int_eq(account_put(store, "acme", NULL,
                                 "{\"nightly\":\"02:00\",\"moq\":1}",
                                 first + 5 * SECOND, error),
                     0);
    ck_assert_int_eq(nightly(id), first);
    ck_assert_int_eq(account_put(store, "acme", NULL, "{\"nightly\":\"03:30\"}",
                                 NOON, error),
                     0);
    ck_assert_int_eq(nightly(id), first + 3 * HOUR / 2);
    ck_assert_int_eq(account_put(store, "acme", "UTC", NULL, NOON, error), 0);
    ck_assert_int_eq(nightly(id), NOON + 31 * HOUR / 2);
    ck_assert_int_eq(number("SELECT count(*) FROM schedule"), 1);
    ck_assert_int_eq(number("SELECT type FROM schedule"), SYNC_FULL);
}
END_TEST

/* 2026-03-29: 02:00 and 03:00 are the same instant, but not the same rule. */
START_TEST(test_nightly_in_a_gap)
{
    int64_t id = add_account("acme"), saturday = NOON + 6 * 24 * HOUR;

    ck_assert_int_eq(store_exec(store, "UPDATE schedule SET next_at = ?1",
                                WITH(INT(saturday + 13 * HOUR))),
                     1);
    ck_assert_int_eq(account_put(store, "acme", NULL, "{\"nightly\":\"03:00\"}",
                                 saturday, error),
                     0);
    ck_assert_int_eq(nightly(id), saturday + 13 * HOUR);
    ck_assert_int_eq(number("SELECT minute FROM schedule"), 180);
}
END_TEST

START_TEST(test_further_schedules)
{
    int64_t id = add_account("acme"), daily = 0, once = 0;

    ck_assert_int_eq(
        schedule_add(store, id, SYNC_VARIANTS, 600, NOON + 21 * HOUR, &daily),
        0);
    ck_assert_int_eq(schedule_add(store, id, SYNC_FULL, -1, NOON + 5, &once),
                     0);
    ck_assert_int_eq(daily, 1);
    ck_assert_int_eq(once, 2);
    /* The daily one follows the zone, the single one is an instant. */
    ck_assert_int_eq(account_put(store, "acme", "UTC", NULL, NOON, error), 0);
    ck_assert_int_eq(number("SELECT next_at FROM schedule WHERE id = 1"),
                     NOON + 22 * HOUR);
    ck_assert_int_eq(number("SELECT type FROM schedule WHERE id = 1"),
                     SYNC_VARIANTS);
    ck_assert_int_eq(number("SELECT next_at FROM schedule WHERE id = 2"),
                     NOON + 5);
    ck_assert_int_eq(schedule_remove(store, id, daily), 1);
    ck_assert_int_eq(schedule_remove(store, id, daily), 0);
}
END_TEST

/* -- connections -- */

START_TEST(test_connection)
{
    int64_t id = add_account("acme");
    struct connection c = echo_of(id), read;

    put_fine(&c);
    ck_assert_int_eq(connection_find(store, id, "shop", &read), 1);
    ck_assert_str_eq(read.account_name, "acme");
    ck_assert_str_eq(read.platform, "echo");
    ck_assert(read.enabled && !read.private_allowed);
    ck_assert_int_eq(number("SELECT count(*) FROM stream WHERE connection = 1 "
                            "AND platform = 'echo'"),
                     6);
    connection_free(&read);
    ck_assert_int_eq(connection_read(store, id, 1, &read), 1);
    connection_free(&read);
    ck_assert_int_eq(connection_read(store, id, 2, &read), 0);

    c.settings = text("{\"streams\": [\"variants\", \"sales\"]}");
    put_fine(&c);
    ck_assert_int_eq(number("SELECT count(*) FROM stream WHERE connection = 1"),
                     2);
    ck_assert_int_eq(number("SELECT count(*) FROM connection"), 1);
    ck_assert_int_eq(connection_remove(store, id, 1), 1);
    ck_assert_int_eq(connection_remove(store, id, 1), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM stream WHERE connection > 0"),
                     0);
}
END_TEST

static const struct {
    const char *platform, *url, *user, *secret, *settings, *says;
    bool private_allowed;
} bad_connections[] = {
    {"magento", "https://x", "", "", "{}", "no platform 'magento'", 0},
    {"echo", "ftp://x", "", "", "{}", "does not begin with https://", 0},
    {"odoo", "http://x", "", "env:K", "{}", "not encrypted", 0},
    {"odoo", "/tmp/x", "", "env:K", "{}", "is a folder", 0},
    {"odoo", "file:///tmp/x", "", "env:K", "{}", "is a folder", 0},
    {"odoo", "https://x", "", "", "{}", "odoo needs a secret", 0},
    {"woocommerce", "https://x", "", "env:K", "{}", "needs a user", 0},
    {"odoo", "https://x", "", "hunter2", "{}", "env:NAME or file:/path", 0},
    {"echo", "/x", "", "", "[]", "JSON object", 0},
    {"echo", "/x", "", "", "{\"streams\":\"stock\"}", "a list of names", 0},
    {"echo", "/x", "", "", "{\"streams\":[]}", "a list of names", 0},
    {"echo", "/x", "", "", "{\"streams\":[\"metrics\"]}", "no stream", 0},
    {"woocommerce", "https://x", "u", "env:K", "{\"currency\":1}", "currency",
     0},
};

START_TEST(test_bad_connections)
{
    struct connection c = echo_of(add_account("acme"));

    c.platform = text(bad_connections[_i].platform);
    c.url = text(bad_connections[_i].url);
    c.user = text(bad_connections[_i].user);
    c.private_allowed = bad_connections[_i].private_allowed;
    char secret[64], settings[128];
    snprintf(secret, sizeof secret, "%s", bad_connections[_i].secret);
    snprintf(settings, sizeof settings, "%s", bad_connections[_i].settings);
    c.secret = secret;
    c.settings = settings;
    ck_assert_int_eq(connection_put(store, &c, NOON, error), -1);
    ck_assert_msg(strstr(error, bad_connections[_i].says) != NULL, "%s", error);
    ck_assert_ptr_null(strstr(error, "hunter2"));
}
END_TEST

START_TEST(test_platform_stays)
{
    struct connection c = echo_of(add_account("acme"));

    put_fine(&c);
    c.platform = text("csv");
    ck_assert_int_eq(connection_put(store, &c, NOON, error), -1);
    ck_assert_ptr_nonnull(strstr(error, "echo connection and stays one"));
}
END_TEST

START_TEST(test_moved_url_voids_secret)
{
    int64_t id = add_account("acme");
    struct connection c = echo_of(id);
    const struct secret_binding binding = {"acme", "shop",
                                           "https://shop.example"};
    char key[96], *sealed;

    snprintf(key, sizeof key, "%s/key", directory);
    sealed = secret_seal("hunter2", key, &binding, error);
    unlink(key);
    c.platform = text("odoo");
    c.url = text("https://shop.example/a");
    c.secret = sealed;
    put_fine(&c);
    c.url = text("https://SHOP.example:443/b"); /* the same origin */
    put_fine(&c);
    c.url = text("https://evil.example/b");
    ck_assert_int_eq(connection_put(store, &c, NOON, error), -1);
    ck_assert_ptr_nonnull(strstr(error, "secret is void"));
    c.secret = text("env:OTHER");
    put_fine(&c);
    free(sealed);
}
END_TEST

static struct accepted start(int64_t account, enum sync_type type)
{
    const struct ask ask = {type, "test", false, NOON};
    struct accepted accepted;
    struct rings rings = {0};

    ck_assert_int_eq(sync_accept(store, account, &ask, &accepted, &rings), 0);
    free(rings.list);
    return accepted;
}

/* A sync that waits for a connection goes on without it. */
START_TEST(test_stops_running)
{
    int64_t id = add_account("acme");
    struct connection c = echo_of(id);
    struct claim claim;
    const struct stream_key key = {id, 1, STREAM_STOCK};

    put_fine(&c);
    start(id, SYNC_VARIANTS);
    ck_assert_int_eq(stream_claim(store, &key, "w", NOON, HOUR, &claim), 1);
    ck_assert_int_eq(number("SELECT count(*) FROM sync_part "
                            "WHERE outcome IS NULL"),
                     2);
    if (_i == 0) {
        c.enabled = false;
        put_fine(&c);
    } else {
        ck_assert_int_eq(connection_remove(store, id, 1), 1);
    }
    ck_assert_int_eq(number("SELECT count(*) FROM sync_part WHERE step = 0 "
                            "AND outcome = 'failed'"),
                     2);
    ck_assert_int_eq(number("SELECT step FROM sync"), 1);
    ck_assert_int_eq(claim_holds(store, &claim), 0);
    ck_assert_int_eq(number("SELECT count(*) FROM stream WHERE connection = 1 "
                            "AND (want > done OR owner IS NOT NULL)"),
                     0);
    claim_free(&claim);
    ck_assert_int_eq(number("SELECT count(*) FROM stream "
                            "WHERE connection = 0 AND want > done"),
                     1);
}
END_TEST

/* A removed connection's number is not given again: history names it. */
START_TEST(test_numbers_stay)
{
    int64_t id = add_account("acme");
    struct connection c = echo_of(id), read;

    put_fine(&c);
    start(id, SYNC_VARIANTS);
    ck_assert_int_eq(connection_remove(store, id, 1), 1);
    put_fine(&c);
    ck_assert_int_eq(connection_find(store, id, "shop", &read), 1);
    ck_assert_int_eq(read.id, 2);
    connection_free(&read);
}
END_TEST

START_TEST(test_remove_account)
{
    int64_t id = add_account("acme"), other = add_account("other"), n;
    struct connection c = echo_of(id);
    char *sql[32];
    size_t tables = 0;
    struct query *q;

    put_fine(&c);
    c.account = other;
    put_fine(&c);
    start(id, SYNC_FULL);
    ck_assert_int_eq(account_remove(store, id), 1);
    ck_assert_int_eq(account_remove(store, id), 0);

    q = store_query(store,
                    "SELECT m.name, p.name FROM sqlite_master m "
                    "JOIN pragma_table_info(m.name) p "
                    "WHERE m.type = 'table' AND p.name = 'account'",
                    WITHOUT);
    while (query_next(q) && tables < ARRAY_LEN(sql))
        sql[tables++] = xasprintf("SELECT count(*) FROM %s WHERE account = %d",
                                  query_text(q, 0), (int)id);
    ck_assert_int_eq(query_end(q), 0);
    ck_assert_int_ge((int)tables, 17);
    for (size_t i = 0; i < tables; i++) {
        ck_assert_int_eq(store_get(store, &n, sql[i], WITHOUT), 1);
        ck_assert_msg(n == 0, "%s", sql[i]);
    }
    ck_assert_int_eq(number("SELECT count(*) FROM connection"), 1);
    store_close(store); /* it knows statements by their texts */
    store = NULL;
    for (size_t i = 0; i < tables; i++)
        free(sql[i]);
}
END_TEST

/* -- urls -- */

static const struct {
    const char *url;
    const char *origin; /* NULL: refused */
    const char *path;
} urls[] = {
    {"https://shop.example", "https://shop.example", ""},
    {"https://shop.example/", "https://shop.example", ""},
    {"HTTPS://Shop.Example:443/Shop/", "https://shop.example", "/Shop"},
    {"https://shop.example:8443/a/b", "https://shop.example:8443", "/a/b"},
    {"http://10.0.0.7:80/x", "http://10.0.0.7", "/x"},
    {"http://10.0.0.7:443", "http://10.0.0.7:443", ""},
    {"https://[2001:DB8::1]:99/x", "https://[2001:db8::1]:99", "/x"},
    {"file:///srv/data/", "file://", "/srv/data"},
    {"/srv/my data", "file://", "/srv/my data"},
    {"", NULL, ""},
    {"shop.example", NULL, ""},
    {"https://", NULL, ""},
    {"https:///x", NULL, ""},
    {"https://u:p@shop.example", NULL, ""},
    {"https://shop.example@evil.example/", NULL, ""},
    {"https://shop.example/?a=b", NULL, ""},
    {"https://shop.example?a=b", NULL, ""},
    {"https://shop.example#x", NULL, ""},
    {"https://shop.example:0", NULL, ""},
    {"https://shop.example:65536", NULL, ""},
    {"https://shop.example:", NULL, ""},
    {"https://shop.example:80x", NULL, ""},
    {"https://shop.example:123456", NULL, ""},
    {"https://shop.example\\@evil.example", NULL, ""},
    {"https://shop.example /x", NULL, ""},
    {"https://shop.example/a\nb", NULL, ""},
    {"https://sh\xc3\xb6p.example", NULL, ""},
    {"https://shop.example/a/../b", NULL, ""},
    {"https://shop.example/.", NULL, ""},
    {"https://[::1", NULL, ""},
    {"https://[]", NULL, ""},
    {"file://host/x", NULL, ""},
    {"/srv/../etc", NULL, ""},
    {"gopher://x", NULL, ""},
};

START_TEST(test_urls)
{
    char origin[512], path[512];

    ck_assert_msg(url_origin(urls[_i].url, origin) ==
                      (urls[_i].origin ? 0 : -1),
                  "%s", urls[_i].url);
    if (urls[_i].origin)
        ck_assert_str_eq(origin, urls[_i].origin);
    ck_assert_str_eq(url_path(urls[_i].url, path), urls[_i].path);
}
END_TEST

START_TEST(test_url_check)
{
    char path[512], longer[600] = "https://x/";

    ck_assert_int_eq(url_check("http://x", false, true, error), 0);
    ck_assert_int_eq(url_check("http://x", false, false, error), -1);
    ck_assert_int_eq(url_check("/x", true, false, error), 0);
    ck_assert(url_is_local("/x") && !url_is_local("https://x"));
    ck_assert_int_eq(url_check("https://u:hunter2@x", true, true, error), -1);
    ck_assert_ptr_null(strstr(error, "hunter2"));
    memset(longer + 10, 'x', 580);
    ck_assert_int_eq(url_check(longer, true, true, error), -1);
    ck_assert_str_eq(url_path(longer, path), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("account");
    TCase *tests = tcase_create("account");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_account);
    tcase_add_loop_test(tests, test_bad_accounts, 0, ARRAY_LEN(bad_accounts));
    tcase_add_test(tests, test_name_of_64);
    tcase_add_test(tests, test_rules);
    tcase_add_test(tests, test_item_rules);
    tcase_add_test(tests, test_nightly);
    tcase_add_test(tests, test_nightly_in_a_gap);
    tcase_add_test(tests, test_further_schedules);
    tcase_add_test(tests, test_connection);
    tcase_add_loop_test(tests, test_bad_connections, 0,
                        ARRAY_LEN(bad_connections));
    tcase_add_test(tests, test_platform_stays);
    tcase_add_test(tests, test_moved_url_voids_secret);
    tcase_add_loop_test(tests, test_stops_running, 0, 2);
    tcase_add_test(tests, test_numbers_stay);
    tcase_add_test(tests, test_remove_account);
    tcase_add_loop_test(tests, test_urls, 0, ARRAY_LEN(urls));
    tcase_add_test(tests, test_url_check);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
