/* status_account.c - the state of one account. Before it: cmd_status.c. */
#include <stdio.h>
#include <string.h>

#include "common/protocol.h"
#include "producer/cli/freshness.h"
#include "producer/cli/status_account.h"
#include "producer/cli/sync_info.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

/* -- metrics -- */

static int metrics_as_of(const struct call *call, int64_t account, int64_t *out)
{
    *out = INSTANT_NONE;
    return store_get(call->store, out,
                     "SELECT as_of FROM stream WHERE account = ?1 "
                     "AND connection = 0 AND name = ?2",
                     WITH(INT(account), INT(STREAM_METRICS))) < 0
               ? -1
               : 0;
}

static int print_metrics(const struct call *call, const struct account *account)
{
    struct freshness fresh;
    int64_t as_of;

    if (metrics_as_of(call, account->id, &as_of) < 0)
        return -1;
    fresh = freshness_of(call->config, as_of);
    say("  metrics  ");
    say_in(fresh.color, "%s", fresh.word);
    if (as_of != INSTANT_NONE)
        say(", as of %s", when_both(when_zone(account->zone), as_of, "-"));
    say("\n");
    return 0;
}

/* -- syncs -- */

static int print_open(const struct call *call, const struct account *account)
{
    struct query *q = syncs_open(call->store, account->id);
    struct sync_info s;

    while (sync_info_next(q, &s))
        say("  %s sync %lld: %s\n", sync_type_name(s.type), (long long)s.id,
            sync_progress(&s));
    return query_end(q);
}

static int print_last(const struct call *call, const struct account *account)
{
    struct query *q = syncs_last(call->store, account->id);
    struct table *t = table_new("LAST SYNC", "RESULT", "ENDED", ">TOOK",
                                ">ROWS", "CHANGES", NULL);
    const struct zone *zone = when_zone(account->zone);
    struct sync_info s;

    while (sync_info_next(q, &s)) {
        enum color color = strcmp(s.state, "done") == 0      ? GREEN
                           : strcmp(s.state, "partial") == 0 ? YELLOW
                                                             : RED;
        table_cell(t, PLAIN, "%s", sync_type_name(s.type));
        table_cell(t, color, "%s", s.state);
        table_cell(t, PLAIN, "%s", when_both(zone, s.ended_at, "-"));
        table_cell(t, PLAIN, "%s", when_span(s.ended_at - s.started_at));
        table_cell(t, PLAIN, "%s", when_count(s.rows));
        table_cell(t, PLAIN, "%s", sync_changes(&s));
    }
    if (!table_empty(t))
        say("\n");
    table_print(t, 2);
    return query_end(q);
}

static int out_syncs(const struct call *call, struct out *o, const char *key,
                     struct query *q)
{
    struct sync_info s;
    int result = 0;

    out_open(o, key, '[');
    while (sync_info_next(q, &s))
        if (sync_out(o, NULL, call->store, &s, false) < 0)
            result = -1;
    out_close(o, ']');
    return query_end(q) < 0 ? -1 : result;
}

/* -- streams -- */

static const char streams_sql[] =
    "SELECT c.name, t.connection, t.name, t.want > t.done, "
    "t.owner IS NOT NULL, t.not_before, t.tries, t.outcome, t.ended_at, "
    "t.page, CASE WHEN t.gen > t.done THEN t.rows END, t.last_error, t.as_of, "
    "coalesce(c.enabled, 1) FROM stream t LEFT JOIN connection c "
    "ON c.account = t.account AND c.id = t.connection "
    "WHERE t.account = ?1 ORDER BY t.connection = 0, t.connection, t.name";

struct stream_state {
    char name[160];
    char state[64];
    enum color color;
    int64_t pages, rows, ended_at, as_of;
    const char *error; /* borrowed until the next row */
};

static void word_of(struct query *q, struct stream_state *s)
{
    const char *outcome = query_text(q, 7);
    int64_t not_before = query_int(q, 5);
    const char *word = outcome;

    s->color = strcmp(outcome, OUTCOME_OK) == 0 ? GREEN : RED;
    if (!query_int(q, 13)) {
        word = "switched off";
        s->color = DIM;
    } else if (query_int(q, 4)) {
        word = "running";
        s->color = BOLD;
    } else if (query_int(q, 3) && not_before > now_us()) {
        snprintf(s->state, sizeof s->state, "tries again %s",
                 when_ago(not_before));
        s->color = YELLOW;
        return;
    } else if (query_int(q, 3)) {
        word = "waiting";
        s->color = PLAIN;
    } else if (!*outcome) {
        word = "never read";
        s->color = DIM;
    }
    snprintf(s->state, sizeof s->state, "%s", word);
}

static bool next_stream(struct query *q, struct stream_state *s)
{
    const char *name;

    if (!query_next(q))
        return false;
    name = stream_name((enum stream)query_int(q, 2));
    if (query_int(q, 1) == 0)
        snprintf(s->name, sizeof s->name, "%s", name);
    else
        snprintf(s->name, sizeof s->name, "%s/%s", query_text(q, 0), name);
    word_of(q, s);
    s->ended_at = query_int(q, 8);
    s->rows = query_int(q, 10);
    s->pages = s->rows == INSTANT_NONE ? INSTANT_NONE : query_int(q, 9);
    s->as_of = query_int(q, 12);
    s->error = query_text(q, 11);
    return true;
}

static int print_streams(const struct call *call, const struct account *account)
{
    struct query *q =
        store_query(call->store, streams_sql, WITH(INT(account->id)));
    struct table *t = table_new("STREAM", "STATE", ">PAGES", ">ROWS",
                                "COMPLETE UP TO", "TROUBLE", NULL);
    const struct zone *zone = when_zone(account->zone);
    struct stream_state s;

    while (next_stream(q, &s)) {
        table_cell(t, PLAIN, "%s", s.name);
        table_cell(t, s.color, "%s", s.state);
        table_cell(t, PLAIN, "%s", when_count(s.pages));
        table_cell(t, PLAIN, "%s", when_count(s.rows));
        table_cell(t, PLAIN, "%s", when_both(zone, s.as_of, "-"));
        table_cell(t, PLAIN, "%s", s.error);
    }
    say("\n");
    table_print(t, 2);
    return query_end(q);
}

static int out_streams(const struct call *call, struct out *o, int64_t account)
{
    struct query *q = store_query(call->store, streams_sql, WITH(INT(account)));
    struct stream_state s;

    out_open(o, "streams", '[');
    while (next_stream(q, &s)) {
        out_open(o, NULL, '{');
        out_text(o, "stream", s.name);
        out_text(o, "state", s.state);
        out_int(o, "pages", s.pages);
        out_int(o, "rows", s.rows);
        out_instant(o, "ended_at", s.ended_at);
        out_instant(o, "complete_up_to", s.as_of);
        out_text(o, "error", *s.error ? s.error : NULL);
        out_close(o, '}');
    }
    out_close(o, ']');
    return query_end(q);
}

/* -- next runs -- */

static const char next_sql[] =
    "SELECT type, next_at FROM schedule WHERE account = ?1 ORDER BY next_at "
    "LIMIT 5";

static int print_next(const struct call *call, const struct account *account)
{
    struct query *q =
        store_query(call->store, next_sql, WITH(INT(account->id)));
    const char *lead = "\n  next     ";

    while (query_next(q)) {
        say("%s%s %s\n", lead, sync_type_name((enum sync_type)query_int(q, 0)),
            when_both(when_zone(account->zone), query_int(q, 1), "-"));
        lead = "           ";
    }
    return query_end(q);
}

static int out_next(const struct call *call, struct out *o, int64_t account)
{
    struct query *q = store_query(call->store, next_sql, WITH(INT(account)));

    out_open(o, "next", '[');
    while (query_next(q)) {
        out_open(o, NULL, '{');
        out_text(o, "type", sync_type_name((enum sync_type)query_int(q, 0)));
        out_instant(o, "at", query_int(q, 1));
        out_close(o, '}');
    }
    out_close(o, ']');
    return query_end(q);
}

/* -- refused requests -- */

static const char rejected_sql[] =
    "SELECT at, source, element, reason FROM rejected "
    "WHERE ?1 IS NULL OR instr(element, ?1) > 0 ORDER BY id DESC LIMIT 10";

int status_rejected_print(const struct call *call, const char *account)
{
    struct query *q =
        store_query(call->store, rejected_sql, WITH(TEXT(account)));
    struct table *t = table_new("REFUSED REQUEST", "FROM", "WHEN", "WHY", NULL);

    while (query_next(q)) {
        table_cell(t, PLAIN, "%.60s", query_text(q, 2));
        table_cell(t, PLAIN, "%s", query_text(q, 1));
        table_cell(t, PLAIN, "%s", when_ago(query_int(q, 0)));
        table_cell(t, YELLOW, "%s", query_text(q, 3));
    }
    if (!table_empty(t))
        say("\n");
    table_print(t, account ? 2 : 0);
    return query_end(q);
}

int status_rejected_out(const struct call *call, struct out *o,
                        const char *account)
{
    struct query *q =
        store_query(call->store, rejected_sql, WITH(TEXT(account)));

    out_open(o, "rejected", '[');
    while (query_next(q)) {
        out_open(o, NULL, '{');
        out_instant(o, "at", query_int(q, 0));
        out_text(o, "source", query_text(q, 1));
        out_text(o, "element", query_text(q, 2));
        out_text(o, "reason", query_text(q, 3));
        out_close(o, '}');
    }
    out_close(o, ']');
    return query_end(q);
}

/* -- all of it -- */

int status_account_print(const struct call *call, const struct account *account)
{
    say_in(BOLD, "%s", account->name);
    say("  %s, now %s\n", account->zone,
        when_local(when_zone(account->zone), now_us()));
    if (print_metrics(call, account) < 0 || print_open(call, account) < 0 ||
        print_last(call, account) < 0 || print_streams(call, account) < 0 ||
        print_next(call, account) < 0 ||
        status_rejected_print(call, account->name) < 0)
        return -1;
    return 0;
}

int status_account_out(const struct call *call, struct out *o,
                       const struct account *account)
{
    int64_t as_of;

    if (metrics_as_of(call, account->id, &as_of) < 0)
        return -1;
    out_text(o, "account", account->name);
    out_text(o, "zone", account->zone);
    out_instant(o, "metrics_as_of", as_of);
    out_int(o, "metrics_age_seconds",
            as_of == INSTANT_NONE ? as_of : (now_us() - as_of) / SECOND);
    out_text(o, "metrics", freshness_of(call->config, as_of).word);
    if (out_syncs(call, o, "open", syncs_open(call->store, account->id)) < 0 ||
        out_syncs(call, o, "last", syncs_last(call->store, account->id)) < 0 ||
        out_streams(call, o, account->id) < 0 ||
        out_next(call, o, account->id) < 0)
        return -1;
    return 0;
}
