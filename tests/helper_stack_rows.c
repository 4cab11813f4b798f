/* helper_stack_rows.c - what is in a stack's store and simulator. See
 * helper_stack.h. Beside it: helper_stack.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/account.h"
#include "tests/helper_http_client.h"
#include "tests/helper_sim.h"
#include "tests/helper_stack.h"

int64_t stack_account(struct stack *s, const char *name)
{
    char error[256] = "";
    int64_t id = 0;

    ck_assert_int_eq(store_begin(s->store), 0);
    ck_assert_msg(account_put(s->store, name, "UTC", "{}", now_us(), error) ==
                      0,
                  "%s", error);
    ck_assert_int_eq(store_commit(s->store), 0);
    ck_assert_int_eq(account_find(s->store, name, &id), 1);
    return id;
}

/* Texts of C are borrowed. */
static int64_t put(struct stack *s, struct connection *c)
{
    struct connection stored;
    char error[256] = "";
    int64_t id;

    ck_assert_ptr_nonnull(platform_find(c->platform));
    ck_assert_int_eq(store_begin(s->store), 0);
    ck_assert_msg(connection_put(s->store, c, now_us(), error) == 0, "%s",
                  error);
    ck_assert_int_eq(store_commit(s->store), 0);
    ck_assert_int_eq(connection_find(s->store, c->account, c->name, &stored),
                     1);
    id = stored.id;
    connection_free(&stored);
    free(c->name);
    free(c->platform);
    free(c->url);
    free(c->user);
    free(c->secret);
    free(c->settings);
    return id;
}

static struct connection make(struct stack *s, int64_t account,
                              const char *name, const char *platform,
                              const char *settings)
{
    return (struct connection){
        .account = account,
        .name = xstrdup(name),
        .platform = xstrdup(platform),
        .url = xstrdup(s ? helper_sim_url(s->sim) : ""),
        .user = xstrdup(""),
        .secret = xstrdup(""),
        .settings = xstrdup(settings ? settings : "{}"),
        .private_allowed = true,
        .enabled = true,
    };
}

static void set(char **text, const char *to)
{
    free(*text);
    *text = xstrdup(to);
}

int64_t stack_shop(struct stack *s, int64_t account, const char *settings)
{
    struct connection c = make(s, account, "shop", "woocommerce", settings);

    set(&c.user, "ck_demo");
    set(&c.secret, "env:SHOP_SECRET");
    return put(s, &c);
}

int64_t stack_erp(struct stack *s, int64_t account, const char *settings)
{
    struct connection c = make(s, account, "erp", "odoo", settings);

    set(&c.secret, "env:ERP_SECRET");
    return put(s, &c);
}

int64_t stack_echo(struct stack *s, int64_t account)
{
    struct connection c = make(NULL, account, "echo", "echo", NULL);

    return put(s, &c);
}

/* ---- Redis and SQL ---- */

void stack_ask(struct stack *s, const char *type, const char *element)
{
    const struct redis_reply *reply =
        redis_line_call(s->redis, "LPUSH sync:%s %s", type, element);

    ck_assert_msg(reply_type(reply) == REPLY_INT, "LPUSH: %s",
                  reply_text(reply, NULL));
}

int64_t stack_int(struct stack *s, const char *sql, const struct value *values,
                  size_t n)
{
    int64_t out = 0;

    ck_assert_msg(store_get(s->store, &out, sql, values, n) == 1, "no row: %s",
                  sql);
    return out;
}

const char *stack_text(struct stack *s, const char *sql,
                       const struct value *values, size_t n)
{
    static char *last;

    free(last);
    last = NULL;
    ck_assert_msg(store_get_text(s->store, &last, sql, values, n) == 1,
                  "no row: %s", sql);
    return last;
}

void stack_exec(struct stack *s, const char *sql, const struct value *values,
                size_t n)
{
    ck_assert_msg(store_exec(s->store, sql, values, n) > 0, "nothing done: %s",
                  sql);
}

bool stack_idle(struct stack *s)
{
    return stack_int(s,
                     "SELECT (SELECT count(*) FROM sync "
                     "WHERE ended_at IS NULL) + (SELECT count(*) FROM stream "
                     "WHERE want > done)",
                     WITHOUT) == 0;
}

int64_t stack_syncs(struct stack *s, int64_t account, const char *state)
{
    return stack_int(s,
                     "SELECT count(*) FROM sync WHERE account = ?1 "
                     "AND state = ?2",
                     WITH(INT(account), TEXT(state)));
}

static void check_none(struct stack *s, const char *what, const char *sql)
{
    int64_t n = stack_int(s, sql, WITHOUT);

    ck_assert_msg(n == 0, "%lld %s", (long long)n, what);
}

void stack_check_rest(struct stack *s)
{
    check_none(s, "open syncs",
               "SELECT count(*) FROM sync WHERE ended_at IS NULL "
               "OR state IN ('running', 'processing', 'waiting')");
    check_none(s, "streams that are held",
               "SELECT count(*) FROM stream WHERE owner IS NOT NULL "
               "OR claim_id IS NOT NULL OR lease_until IS NOT NULL");
    check_none(s, "streams that are not done",
               "SELECT count(*) FROM stream WHERE want <> done "
               "OR gen <> done");
    check_none(s, "streams in the middle of a generation",
               "SELECT count(*) FROM stream WHERE page <> 0 "
               "OR position <> ''");
    check_none(s, "parts without an outcome",
               "SELECT count(*) FROM sync_part WHERE outcome IS NULL");
    check_none(s, "parts whose generation never ended",
               "SELECT count(*) FROM sync_part p JOIN stream t "
               "ON t.account = p.account AND t.connection = p.connection "
               "AND t.name = p.name WHERE p.target > t.done");
    check_none(s, "syncs that are done though a part is not",
               "SELECT count(*) FROM sync s JOIN sync_part p "
               "ON p.account = s.account AND p.sync = s.id "
               "WHERE s.state = 'done' AND p.outcome <> 'ok'");
    check_none(s, "steps that began before the one before had ended",
               "SELECT count(*) FROM sync_part a JOIN sync_part b "
               "ON a.account = b.account AND a.sync = b.sync "
               "AND a.step < b.step AND a.ended_at > b.ended_at");
    check_none(s, "ids of a sweep left over", "SELECT count(*) FROM seen");
    check_none(s, "dirty variants left over", "SELECT count(*) FROM dirty");
}

/* ---- the simulator ---- */

static struct told call_sim(struct stack *s, const char *method,
                            const char *path)
{
    char *url = xasprintf("%s/sim/%s", helper_sim_url(s->sim), path);
    const struct http_call call = {.method = method,
                                   .url = url,
                                   .body = *method == 'P' ? "" : NULL,
                                   .private_allowed = true};
    struct client c;
    struct told told = {0};

    client_open(&c, NULL);
    client_start(&c, &call, &told);
    client_run(&c);
    client_close(&c);
    ck_assert_msg(told.status == 200, "%s: %d %s %s", path, told.status,
                  told.error, told.body);
    free(url);
    return told;
}

void stack_sim(struct stack *s, const char *format, ...)
{
    char path[512];
    va_list args;
    struct told told;

    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    told = call_sim(s, "POST", path);
    told_free(&told);
}

int64_t stack_stat(struct stack *s, const char *path)
{
    struct told told = call_sim(s, "GET", "stats");
    struct json *json = json_new();
    struct json_value root;
    int64_t n = 0; /* what was never asked is not listed */

    ck_assert_int_eq(json_parse(json, told.body, told.length, &root), 0);
    if (json_int(json_path(root, path), &n) < 0)
        n = 0;
    json_free(json);
    told_free(&told);
    return n;
}
