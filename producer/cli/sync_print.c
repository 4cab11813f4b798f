/* sync_print.c - syncs and their parts in words, tables and JSON. See
 * sync_info.h. */
#include <stdio.h>
#include <string.h>

#include "common/protocol.h"
#include "producer/cli/sync_info.h"
#include "producer/cli/table.h"
#include "producer/cli/when.h"

enum { LINES = 4, LINE = 256 };

static char *next_line(void)
{
    static char lines[LINES][LINE];
    static unsigned at;

    return lines[at++ % LINES];
}

static size_t add_change(char *line, size_t at, int64_t n, const char *what)
{
    if (n <= 0)
        return at;
    return at + (size_t)snprintf(line + at, LINE - at, "%s%s %s",
                                 at ? ", " : "", when_count(n), what);
}

const char *sync_changes(const struct sync_info *s)
{
    char *line = next_line();
    size_t at = add_change(line, 0, s->added, "added");

    at = add_change(line, at, s->changed, "changed");
    at = add_change(line, at, s->removed, "removed");
    return at ? line : "nothing changed";
}

const char *sync_progress(const struct sync_info *s)
{
    char *line = next_line();
    int64_t took = now_us() - s->started_at;

    if (strcmp(s->state, "waiting") == 0)
        return "waiting for the running one to end";
    snprintf(line, LINE,
             "%s, %lld of %lld streams, %s pages, %s rows, %s rows/s, %s",
             s->state, (long long)s->parts_ended, (long long)s->parts,
             when_count(s->pages), when_count(s->rows),
             when_count(took > SECOND ? s->rows * SECOND / took : s->rows),
             when_span(took));
    return line;
}

const char *sync_summary(const struct sync_info *s)
{
    char *line = next_line();

    snprintf(line, LINE, "%s sync %lld of %s %s in %s: %s rows read, %s",
             sync_type_name(s->type), (long long)s->id, s->account_name,
             s->state, when_span(s->ended_at - s->started_at),
             when_count(s->rows), sync_changes(s));
    return line;
}

/* -- parts -- */

static const char parts_sql[] =
    "SELECT c.name, p.connection, p.name, p.outcome, p.error, "
    "CASE WHEN p.outcome IS NOT NULL THEN p.pages "
    " WHEN t.gen >= p.target THEN t.page END, "
    "CASE WHEN p.outcome IS NOT NULL THEN p.rows "
    " WHEN t.gen >= p.target THEN t.rows END, "
    "p.added, p.changed, p.removed, t.owner, t.last_error, p.ended_at "
    "FROM sync_part p LEFT JOIN connection c ON c.account = p.account "
    "AND c.id = p.connection LEFT JOIN stream t ON t.account = p.account "
    "AND t.connection = p.connection AND t.name = p.name "
    "WHERE p.account = ?1 AND p.sync = ?2 "
    "ORDER BY p.step, p.connection, p.name";

struct part {
    char name[160]; /* "shop/variants", "metrics" */
    const char *state, *error;
    int64_t pages, rows, added, changed, removed, ended_at;
};

/* ERROR is borrowed until the next row. */
static bool next_part(struct query *q, struct part *out)
{
    const char *stream, *connection;
    bool ended;

    if (!query_next(q))
        return false;
    stream = stream_name((enum stream)query_int(q, 2));
    connection = query_null(q, 0) ? "(removed)" : query_text(q, 0);
    if (query_int(q, 1) == 0)
        snprintf(out->name, sizeof out->name, "%s", stream);
    else
        snprintf(out->name, sizeof out->name, "%s/%s", connection, stream);
    ended = !query_null(q, 3);
    out->pages = query_int(q, 5);
    out->rows = query_int(q, 6);
    out->added = query_int(q, 7);
    out->changed = query_int(q, 8);
    out->removed = query_int(q, 9);
    out->ended_at = query_int(q, 12);
    out->state = ended               ? query_text(q, 3)
                 : query_null(q, 10) ? "waiting"
                                     : "running";
    out->error = query_text(q, ended ? 4 : 11);
    return true;
}

static struct query *open_parts(struct store *store, const struct sync_info *s)
{
    return store_query(store, parts_sql, WITH(INT(s->account), INT(s->id)));
}

static enum color color_of(const char *state)
{
    if (strcmp(state, OUTCOME_OK) == 0)
        return GREEN;
    if (strcmp(state, "waiting") == 0 || strcmp(state, "running") == 0)
        return PLAIN;
    return RED;
}

int sync_parts_print(struct store *store, const struct sync_info *s)
{
    struct table *t = table_new("STREAM", "RESULT", ">PAGES", ">ROWS", ">ADDED",
                                ">CHANGED", ">REMOVED", "WHY", NULL);
    struct query *q = open_parts(store, s);
    struct part part;

    while (next_part(q, &part)) {
        const int64_t counts[] = {part.pages, part.rows, part.added,
                                  part.changed, part.removed};
        table_cell(t, PLAIN, "%s", part.name);
        table_cell(t, color_of(part.state), "%s", part.state);
        for (size_t i = 0; i < ARRAY_LEN(counts); i++)
            table_cell(t, PLAIN, "%s", when_count(counts[i]));
        table_cell(t, PLAIN, "%s", part.error);
    }
    table_print(t, 2);
    return query_end(q);
}

static int parts_out(struct out *o, struct store *store,
                     const struct sync_info *s)
{
    struct query *q = open_parts(store, s);
    struct part part;

    out_open(o, "parts", '[');
    while (next_part(q, &part)) {
        out_open(o, NULL, '{');
        out_text(o, "stream", part.name);
        out_text(o, "state", part.state);
        out_text(o, "error", *part.error ? part.error : NULL);
        out_int(o, "pages", part.pages);
        out_int(o, "rows", part.rows);
        out_int(o, "added", part.added);
        out_int(o, "changed", part.changed);
        out_int(o, "removed", part.removed);
        out_instant(o, "ended_at", part.ended_at);
        out_close(o, '}');
    }
    out_close(o, ']');
    return query_end(q);
}

int sync_out(struct out *o, const char *key, struct store *store,
             const struct sync_info *s, bool with_parts)
{
    int result = 0;

    out_open(o, key, '{');
    out_text(o, "account", s->account_name);
    out_int(o, "sync", s->id);
    out_text(o, "type", sync_type_name(s->type));
    out_text(o, "state", s->state);
    out_text(o, "asked_by", s->asked_by);
    out_int(o, "requests", s->hits);
    out_instant(o, "asked_at", s->asked_at);
    out_instant(o, "started_at", s->started_at);
    out_instant(o, "ended_at", s->ended_at);
    out_int(o, "streams", s->parts);
    out_int(o, "streams_ended", s->parts_ended);
    out_int(o, "streams_failed", s->parts_failed);
    out_int(o, "pages", s->pages);
    out_int(o, "rows", s->rows);
    out_int(o, "added", s->added);
    out_int(o, "changed", s->changed);
    out_int(o, "removed", s->removed);
    if (with_parts)
        result = parts_out(o, store, s);
    out_close(o, '}');
    return result;
}
