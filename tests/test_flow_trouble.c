/* test_flow_trouble.c - platforms that lie, stall, cut and flood. Does a sync
 * recover with the right rows, or end with a reason that a person understands,
 * while everything else goes on? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "tests/helper_world.h"

enum { LONG = 60 };
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MAX INT64_C(600000000) /* with the sanitizer's own */
#else
#define MEMORY_MAX INT64_C(200000000)
#endif

#define SHORT_LIMITS                                                           \
    "--children 2 --tries 2 --page-time 2s --page-limit 40 --lease 10s"

static struct stack *s;
static int64_t account, shop, erp;
static struct process *worker;

static void open_stack(const char *const *sim_options)
{
    s = stack_open(sim_options);
    stack_producer(s, "--lease 10s");
    worker = stack_worker(s, SHORT_LIMITS);
}

/* Another account at the same two platforms. */
static void open_account(size_t number)
{
    char name[32];

    snprintf(name, sizeof name, "account-%zu", number);
    account = stack_account(s, name);
    shop = stack_shop(s, account, NULL);
    erp = stack_erp(s, account, NULL);
}

static void ask(const char *type)
{
    stack_ask(s, type,
              stack_text(s, "SELECT name FROM account WHERE id = ?1",
                         WITH(INT(account))));
}

static int64_t ended(void)
{
    return stack_int(
        s,
        "SELECT count(*) FROM sync WHERE account = ?1 AND ended_at IS NOT NULL",
        WITH(INT(account)));
}

/* How the last one ended; it stays until the next call. */
static const char *sync_and_wait(const char *type)
{
    static char state[32];
    int64_t before = ended();

    ask(type);
    await(LONG, ended() == before + 1);
    snprintf(state, sizeof state, "%s",
             stack_text(s,
                        "SELECT state FROM sync WHERE account = ?1 "
                        "ORDER BY id DESC LIMIT 1",
                        WITH(INT(account))));
    return state;
}

static void sim_fault(const char *fault)
{
    stack_sim(s, "fault?what=%s", fault);
}

static void check_sync(const char *type, const char *state)
{
    const char *got = sync_and_wait(type);

    ck_assert_msg(strcmp(got, state) == 0, "%s, not %s: %s", got, state,
                  stack_text(s,
                             "SELECT coalesce(group_concat(error, '; '), '') "
                             "FROM sync_part WHERE account = ?1",
                             WITH(INT(account))));
}

static void check_world(void)
{
    world_check_shop(s, account, shop, ALL_STREAMS);
    world_check_erp(s, account, erp, ALL_STREAMS);
}

/* No child has died of what it was fed, or has grown. */
static void check_workers(const char *what)
{
    pid_t children[CHILDREN_SEEN_MAX];
    int n = process_children(worker, children);

    ck_assert_msg(process_said(worker, " ended ") == 0, "%s: a child died",
                  what);
    for (int i = 0; i < n; i++)
        ck_assert_msg(pid_memory(children[i]) < MEMORY_MAX,
                      "%s: a child has %lld bytes", what,
                      (long long)pid_memory(children[i]));
}

static void close_stack(void)
{
    await(LONG, stack_idle(s));
    stack_check_rest(s);
    stack_close(s);
}

/* ---- answers that are wrong ---- */

struct trouble {
    const char *what;
    const char *fault;  /* of the simulator */
    const char *reason; /* why the stream fails; NULL: it does not */
    int64_t connection;
    enum stream stream;
};

#define ALWAYS "&count=100000"
/* Each trouble has a stream of its own; ITS_ is what its URIs have in them. */
#define PRODUCTS 1, STREAM_VARIANTS
#define ITS_PRODUCTS "&match=/products"
#define ORDERS 1, STREAM_SALES
#define ITS_ORDERS "&match=/orders"
#define VARIANTS 2, STREAM_VARIANTS
#define ITS_VARIANTS "&match=product.product"
#define QUANTS 2, STREAM_STOCK
#define ITS_QUANTS "&match=stock.quant"
#define PURCHASES 2, STREAM_PURCHASE_ORDERS
#define ITS_PURCHASES "&match=purchase.order/"
#define TRANSFERS 2, STREAM_TRANSFER_ORDERS
#define ITS_TRANSFERS "&match=stock.picking/"
#define ASSEMBLIES 2, STREAM_ASSEMBLY_ORDERS
#define ITS_ASSEMBLIES "&match=mrp.production"
#define HTML "answered HTML instead of JSON"
#define JSON "answered broken JSON"
#define LARGE "answer larger than 8 MiB"
#define SLOW "no whole answer after 2 s"

static const struct trouble spoilt[] = {
    {"half of an answer", "truncate" ITS_ORDERS ALWAYS, JSON, ORDERS},
    {"a page for browsers", "html" ITS_PRODUCTS ALWAYS, HTML, PRODUCTS},
    {"5 million brackets", "deep" ITS_QUANTS ALWAYS, JSON, QUANTS},
    {"10 million elements", "many" ITS_VARIANTS ALWAYS, LARGE, VARIANTS},
    {"300 MB of blanks", "bomb" ITS_PURCHASES ALWAYS, LARGE, PURCHASES},
    {"a warning before JSON", "notice" ITS_TRANSFERS ALWAYS, HTML, TRANSFERS},
    {"bytes that are no text", "badutf8" ITS_ASSEMBLIES ALWAYS,
     "is not valid UTF-8", ASSEMBLIES},
};

static const struct trouble more_spoilt[] = {
    {"wrong types", "wrongtypes" ITS_ORDERS ALWAYS, "has no id", ORDERS},
    {"wrong types of the ERP", "wrongtypes" ITS_PURCHASES ALWAYS, "has no id",
     PURCHASES},
    {"numbers beyond all types", "bigint" ITS_PRODUCTS ALWAYS,
     "Problem while parsing a number", PRODUCTS},
    {"numbers beyond all types of the ERP", "bigint" ITS_QUANTS ALWAYS,
     "Problem while parsing a number", QUANTS},
    {"half of an answer of the ERP", "truncate" ITS_ASSEMBLIES ALWAYS, JSON,
     ASSEMBLIES},
};

/* What is wrong once is asked for again, and is no harm. */
static const struct trouble spoilt_once[] = {
    {"half of an answer once", "truncate" ITS_ORDERS, NULL, ORDERS},
    {"a page for browsers once", "html" ITS_PRODUCTS, NULL, PRODUCTS},
    {"5 million brackets once", "deep" ITS_QUANTS, NULL, QUANTS},
    {"300 MB of blanks once", "bomb" ITS_PURCHASES, NULL, PURCHASES},
    {"bytes that are no text once", "badutf8" ITS_TRANSFERS, NULL, TRANSFERS},
    {"cut in the middle once", "cut" ITS_ASSEMBLIES, NULL, ASSEMBLIES},
    {"a byte a second once", "drip" ITS_VARIANTS, NULL, VARIANTS},
};

static const struct trouble refused[] = {
    {"no login", "unauth" ITS_ORDERS,
     "status 401: Sorry, you cannot list resources.", ORDERS},
    {"no right", "status&arg=403" ITS_PRODUCTS, "status 403: as you wished",
     PRODUCTS},
    {"no right in the ERP", "status&arg=403" ITS_QUANTS, "status 403", QUANTS},
    {"nothing there", "status&arg=404" ITS_PURCHASES, "status 404", PURCHASES},
    {"an error", "status&arg=500" ITS_TRANSFERS ALWAYS, "status 500",
     TRANSFERS},
    {"not now", "status&arg=503" ITS_ASSEMBLIES ALWAYS, "status 503",
     ASSEMBLIES},
    {"elsewhere", "redirect&arg=https://evil.example/" ITS_VARIANTS,
     "redirects to https://evil.example/; not followed", VARIANTS},
};

static const struct trouble refused_once[] = {
    {"an error once", "status&arg=500" ITS_ORDERS, NULL, ORDERS},
    {"not now, once", "status&arg=503" ITS_QUANTS, NULL, QUANTS},
    {"too fast, for a second",
     "status&arg=429&retry_after=1&count=3" ITS_PRODUCTS, NULL, PRODUCTS},
    {"too fast, until a date",
     "status&arg=429&retry_after=date:2" ITS_PURCHASES, NULL, PURCHASES},
    {"too fast, nobody says how long",
     "status&arg=429&retry_after=none" ITS_VARIANTS, NULL, VARIANTS},
};

static const struct trouble sent[] = {
    {"cut in the middle", "cut" ITS_ORDERS ALWAYS, "connection cut in the",
     ORDERS},
    {"a byte a second", "drip" ITS_QUANTS ALWAYS, SLOW, QUANTS},
    {"no answer at all", "hang" ITS_PURCHASES ALWAYS, SLOW, PURCHASES},
    {"headers, slowly", "slowheader" ITS_TRANSFERS ALWAYS, SLOW, TRANSFERS},
};

static const struct {
    const struct trouble *list;
    size_t n;
} groups[] = {
    {spoilt, ARRAY_LEN(spoilt)},
    {more_spoilt, ARRAY_LEN(more_spoilt)},
    {spoilt_once, ARRAY_LEN(spoilt_once)},
    {refused, ARRAY_LEN(refused)},
    {refused_once, ARRAY_LEN(refused_once)},
    {sent, ARRAY_LEN(sent)},
};

static void check_stream(const struct trouble *t)
{
    char outcome[32];
    const char *error;

    snprintf(
        outcome, sizeof outcome, "%s",
        stack_text(s,
                   "SELECT outcome FROM sync_part WHERE account = ?1 "
                   "AND connection = ?2 AND name = ?3",
                   WITH(INT(account), INT(t->connection), INT(t->stream))));
    error = stack_text(s,
                       "SELECT coalesce(error, '') FROM sync_part "
                       "WHERE account = ?1 AND connection = ?2 AND name = ?3",
                       WITH(INT(account), INT(t->connection), INT(t->stream)));
    ck_assert_msg(strcmp(outcome, t->reason ? "failed" : "ok") == 0,
                  "%s: %s, %s", t->what, outcome, error);
    if (t->reason)
        ck_assert_msg(strstr(error, t->reason), "%s: %s", t->what, error);
}

/* All troubles of a group at once: those that must fail do, with their reason;
 * all other streams and the account's own steps are well. */
START_TEST(test_trouble)
{
    int64_t failing = 0;

    open_stack(NULL);
    open_account(1);
    for (size_t i = 0; i < groups[_i].n; i++) {
        sim_fault(groups[_i].list[i].fault);
        failing += groups[_i].list[i].reason != NULL;
    }
    check_sync("full", failing ? "partial" : "done");
    for (size_t i = 0; i < groups[_i].n; i++)
        check_stream(&groups[_i].list[i]);
    ck_assert_int_eq(stack_int(s,
                               "SELECT count(*) FROM sync_part "
                               "WHERE account = ?1 AND outcome = 'ok'",
                               WITH(INT(account))),
                     8 + 2 - failing);
    check_workers(groups[_i].list[0].what);
    sim_fault("clear");
    if (failing)
        check_sync("full", "done");
    check_world();
    close_stack();
}
END_TEST

static int64_t metrics_as_of(void)
{
    return stack_int(s, "SELECT as_of FROM stream WHERE name = ?1",
                     WITH(INT(STREAM_METRICS)));
}

/* While the shop is down, numbers of the ERP are made, and say how old the
 * shop's part in them is. */
START_TEST(test_platform_is_down)
{
    int64_t as_of;
    char sku[64];

    open_stack(NULL);
    open_account(1);
    check_sync("full", "done");
    as_of = stack_int(s, "SELECT min(as_of) FROM stream WHERE connection = 1",
                      WITHOUT);
    snprintf(sku, sizeof sku, "%s",
             stack_text(s,
                        "SELECT item FROM metric "
                        "WHERE location = 'Rotterdam/Stock' "
                        "AND item NOT LIKE '#%' LIMIT 1",
                        WITHOUT));
    sim_fault("status&arg=403&match=/wp-json" ALWAYS);
    stack_sim(s, "stock?sku=%s&quantity=4321", sku);
    check_sync("full", "partial");
    ck_assert_int_eq(stack_int(s,
                               "SELECT on_hand FROM metric WHERE item = ?1 "
                               "AND location = 'Rotterdam/Stock'",
                               WITH(TEXT(sku))),
                     4321 * FIXED_ONE);
    ck_assert_int_eq(metrics_as_of(), as_of);
    sim_fault("clear");
    check_sync("full", "done");
    ck_assert_int_gt(metrics_as_of(), as_of);
    close_stack();
}
END_TEST

/* ---- listings that are wrong ---- */

static int64_t errors_like(const char *like)
{
    return stack_int(s,
                     "SELECT count(*) FROM sync_part WHERE account = ?1 "
                     "AND error LIKE ?2",
                     WITH(INT(account), TEXT(like)));
}

/* It is stopped; what it invented goes when listings are sane again, though
 * not at the first word: they name less than half of what is stored. */
START_TEST(test_endless)
{
    open_stack(NULL);
    open_account(1);
    sim_fault("endless&match=product.product" ALWAYS);
    check_sync("full", "partial");
    ck_assert_int_eq(errors_like("more than 40 pages%does not end"), 1);
    check_workers("pages without end");
    sim_fault("clear");
    check_sync("full", "done");
    ck_assert_int_eq(errors_like("%deletions are held%"), 1);
    check_sync("full", "done");
    check_world();
    close_stack();
}
END_TEST

/* A listing that suddenly names a tenth is not believed, the second time it
 * is; and when all are back, they are here again. */
START_TEST(test_shrunk)
{
    int64_t all;

    open_stack(NULL);
    open_account(1);
    check_sync("full", "done");
    all = stack_int(s, "SELECT count(*) FROM variant WHERE removed_at IS NULL",
                    WITHOUT);
    sim_fault("shrink&match=_fields=id" ALWAYS);
    check_sync("full", "done");
    ck_assert_int_eq(errors_like("%deletions are held%"), 1);
    ck_assert_int_eq(
        stack_int(s, "SELECT count(*) FROM variant WHERE removed_at IS NULL",
                  WITHOUT),
        all);
    check_sync("full", "done");
    ck_assert_int_lt(
        stack_int(s, "SELECT count(*) FROM variant WHERE removed_at IS NULL",
                  WITHOUT),
        all);
    sim_fault("clear");
    check_sync("full", "done");
    ck_assert_int_eq(
        stack_int(s, "SELECT count(*) FROM variant WHERE removed_at IS NULL",
                  WITHOUT),
        all);
    close_stack();
}
END_TEST

static const char *const harmless[] = {
    "outside&match=/orders" ALWAYS,      "outside&match=product.product" ALWAYS,
    "repeat&match=/wp-json" ALWAYS,      "repeat&match=/json/2" ALWAYS,
    "ignorefilter&match=/json/2" ALWAYS,
};

/* A window that is not kept to, and pages past the end: the rows are right
 * all the same, in the first load and after a change. */
START_TEST(test_harmless)
{
    open_stack(NULL);
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
        open_account(i);
        sim_fault(harmless[i]);
        check_sync("full", "done");
        stack_sim(s, "variant?sku=NEW-%zu&title=New", i);
        stack_sim(s, "order?sku=NEW-%zu&quantity=2", i);
        check_sync("full", "done");
        sim_fault("clear");
        check_world();
    }
    close_stack();
}
END_TEST

/* A shop that does not know the filter would be read from its first day on,
 * again and again. */
START_TEST(test_ignored_filter)
{
    open_stack(NULL);
    open_account(1);
    sim_fault("ignorefilter&match=/orders" ALWAYS);
    check_sync("full", "partial");
    ck_assert_int_eq(errors_like("%not in the order and since the time%"), 1);
    sim_fault("clear");
    check_sync("full", "done");
    sim_fault("ignorefilter&match=/orders" ALWAYS);
    check_sync("full", "partial");
    ck_assert_int_eq(errors_like("%not in the order and since the time%"), 2);
    sim_fault("clear");
    check_sync("full", "done");
    check_world();
    close_stack();
}
END_TEST

/* More rows of one second than fit on a page, and than on several. */
START_TEST(test_ties)
{
    open_stack(NULL);
    open_account(1);
    check_sync("full", "done");
    stack_sim(s, "ties?count=450");
    check_sync("variants", "done");
    world_check_shop(s, account, shop, STREAM_BIT(STREAM_VARIANTS));
    world_check_erp(s, account, erp, STREAM_BIT(STREAM_VARIANTS));
    open_account(2);
    check_sync("full", "done");
    check_world();
    close_stack();
}
END_TEST

static const char *const bulk[] = {"--variants",
                                   "400",
                                   "--order-lines",
                                   "100",
                                   "--days",
                                   "60",
                                   "--purchase-orders",
                                   "5",
                                   "--transfers",
                                   "5",
                                   "--assemblies",
                                   "5",
                                   "--woo-stamps",
                                   "bulk",
                                   NULL};

START_TEST(test_bulk_edit)
{
    open_stack(bulk);
    open_account(1);
    check_sync("full", "done");
    check_world();
    close_stack();
}
END_TEST

/* A transaction that was long under way shows its rows when our window is
 * past their stamps. */
START_TEST(test_late_commit)
{
    open_stack(NULL);
    open_account(1);
    check_sync("full", "done");
    stack_sim(s, "late?sku=LATE-1&seconds=40");
    check_sync("variants", "done");
    world_check_shop(s, account, shop, STREAM_BIT(STREAM_VARIANTS));
    world_check_erp(s, account, erp, STREAM_BIT(STREAM_VARIANTS));
    close_stack();
}
END_TEST

static const char *const walked[] = {
    "/products",   "/variations",    "/orders",       "product.product",
    "stock.quant", "purchase.order", "stock.picking", "mrp.production"};

/* While a listing is walked, of its rows to come one changes, one goes. */
START_TEST(test_midwalk)
{
    open_stack(NULL);
    for (size_t i = 0; i < ARRAY_LEN(walked); i++) {
        char *fault = xasprintf("midwalk&match=%s&count=1", walked[i]);
        open_account(i);
        sim_fault(fault);
        check_sync("full", "done");
        sim_fault("clear");
        check_sync("full", "done");
        check_workers(walked[i]);
        free(fault);
        world_check_erp(s, account, erp, ALL_STREAMS);
        world_check_shop(s, account, shop, STREAM_BIT(STREAM_VARIANTS));
    }
    close_stack();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow trouble");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, 180);
    tcase_add_loop_test(tcase, test_trouble, 0, ARRAY_LEN(groups));
    tcase_add_test(tcase, test_platform_is_down);
    tcase_add_test(tcase, test_endless);
    tcase_add_test(tcase, test_shrunk);
    tcase_add_test(tcase, test_harmless);
    tcase_add_test(tcase, test_ignored_filter);
    tcase_add_test(tcase, test_ties);
    tcase_add_test(tcase, test_bulk_edit);
    tcase_add_test(tcase, test_late_commit);
    tcase_add_test(tcase, test_midwalk);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
