/* store.h - the SQL store, seen as statements and rows.
 *
 *   struct store *store = store_open("sqlite:/var/lib/stocktide/store.db");
 *   store_exec(store, "UPDATE t SET n = ?1 WHERE id = ?2", WITH(INT(n), TEXT(id)))
 *   q = store_query(store, "SELECT a, b FROM t WHERE c = ?1", WITH(INT(c)));
 *   while (query_next(q))
 *       use(query_int(q, 0), query_text(q, 1));
 *   if (query_end(q) < 0) ...
 *
 * Statements are prepared once and kept, by the address of their text: SQL must
 * be a literal, or live as long as the store. What is written between
 * store_begin() and store_commit() becomes durable as one; outside of them each
 * statement is its own transaction. SQL that several stores understand; the
 * door is store_sqlite.c. Open after fork().
 */
#ifndef STORE_H
#define STORE_H

#include "common/base.h"
#include "common/instant.h"

struct store;
struct query;

struct value {
    enum { VALUE_NULL, VALUE_INT, VALUE_TEXT } type;
    int64_t number;
    const char *text; /* borrowed for the call */
};
#define INT(n) ((struct value){.type = VALUE_INT, .number = (n)})
#define TEXT(t) ((struct value){.type = VALUE_TEXT, .text = (t)})
/* INSTANT_NONE and FIXED_NONE are stored as NULL. */
#define MAYBE(n)                                                               \
    ((struct value){.type = (n) == INSTANT_NONE ? VALUE_NULL : VALUE_INT,      \
                    .number = (n)})
#define WITH(...)                                                              \
    (const struct value[]){__VA_ARGS__},                                       \
        sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
#define WITHOUT NULL, 0

/* Opens, creates and migrates as needed. NULL: logged. URL is "sqlite:PATH". */
struct store *store_open(const char *url);
void store_close(struct store *store); /* NULL is fine; rolls back */

/* A transaction for writing: waits for other writers, within a limit. Each
 * result: 0, or -1 (logged; after a failed commit nothing was done). */
must_check int store_begin(struct store *store);
must_check int store_commit(struct store *store);
void store_rollback(struct store *store); /* fine when none is open */

/* Rows changed, or -1 (logged). */
must_check int64_t store_exec(struct store *store, const char *sql,
                              const struct value *values, size_t count);

/* What an upsert with "rev = updated(t.rev)" did, where rev starts at 1 and
 * counts updates; UPSERT_SAME when its guard let nothing be written. -1:
 * logged. */
enum { UPSERT_SAME, UPSERT_ADDED, UPSERT_CHANGED };
must_check int store_upsert(struct store *store, const char *sql,
                            const struct value *values, size_t count);

/* Always gives a query that query_end() takes; errors show there. */
struct query *store_query(struct store *store, const char *sql,
                          const struct value *values, size_t count);
bool query_next(struct query *query);
int64_t query_int(struct query *query, int column); /* NULL: INSTANT_NONE */
bool query_null(struct query *query, int column);
/* "" for NULL. Borrowed until the next call on this query. */
const char *query_text(struct query *query, int column);
int query_columns(struct query *query);
const char *query_column(struct query *query, int column);
must_check int query_end(struct query *query); /* 0, or -1 (logged) */

/* The first column of the first row: 1 and *OUT, 0 when there is no row, -1. */
must_check int store_get(struct store *store, int64_t *out, const char *sql,
                         const struct value *values, size_t count);
/* Like store_get() for a text, which is given; free() it. */
must_check int store_get_text(struct store *store, char **out, const char *sql,
                              const struct value *values, size_t count);

/* Statements that wrote since it was opened (for tests and figures). */
int64_t store_writes(const struct store *store);
/* One line for people: what it is and how durable. Gives a text to free(). */
char *store_describe(struct store *store);

#endif
