/* store_sqlite.c - the store in one file; the only door to SQLite.
 *
 * WAL with synchronous=FULL: a committed transaction survives a power cut, and
 * readers never wait. Writers of several processes wait for each other in
 * store_begin(), so nothing slow may happen inside a transaction.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/log.h"
#include "common/schema.h"
#include "common/store.h"

enum {
    SLOTS = 512,             /* statements kept; a power of two */
    BUSY_LIMIT = 10000,      /* ms that a writer waits for the others */
    CHECKPOINT_PAGES = 4000, /* WAL pages before they move into the file */
};

struct query {
    const char *sql; /* where the caller's literal stands: the key */
    sqlite3_stmt *statement;
    struct store *store;
    int state; /* SQLITE_ROW, SQLITE_DONE or an error, of the last step */
    bool busy; /* between store_query() and query_end() */
};

struct store {
    sqlite3 *db;
    struct query slots[SLOTS];
    struct query broken; /* lent when a statement cannot be prepared */
    int64_t writes;
    int64_t busy_since;
    bool updated; /* the upsert under way met a row */
};

static void complain(struct store *store, const char *what)
{
    log_error("store: %s: %s", what, sqlite3_errmsg(store->db));
}

/* updated(rev): one more, and the statement is known to update. RETURNING would
 * tell as much, for half as much again as the upsert costs. */
static void on_updated(sqlite3_context *context, int count,
                       sqlite3_value **values)
{
    struct store *store = sqlite3_user_data(context);

    (void)count;
    store->updated = true;
    sqlite3_result_int64(context, sqlite3_value_int64(values[0]) + 1);
}

/* SQLite's own wait backs off to 100 ms a try; writers here are short. */
static void nap(int tries)
{
    const struct timespec time = {.tv_nsec = tries < 20 ? 100000 : 1000000};

    nanosleep(&time, NULL);
}

static int on_busy(void *arg, int tries)
{
    struct store *store = arg;
    int64_t now = mono_us();

    if (tries == 0)
        store->busy_since = now;
    if (now - store->busy_since > BUSY_LIMIT * INT64_C(1000))
        return 0;
    nap(tries);
    return 1;
}

static struct query *slot_of(struct store *store, const char *sql)
{
    size_t at = ((uintptr_t)sql >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 55;

    for (size_t i = 0; i < SLOTS; i++) {
        struct query *q = &store->slots[(at + i) % SLOTS];
        if (!q->sql || (q->sql == sql && !q->busy))
            return q;
    }
    die("store: more than %d statements", SLOTS);
}

/* The statement of SQL, a literal, ready to be stepped; NULL: logged. */
static struct query *prepare(struct store *store, const char *sql,
                             const struct value *values, size_t count)
{
    struct query *q = slot_of(store, sql);

    if (!q->sql) {
        if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                               &q->statement, NULL) != SQLITE_OK) {
            complain(store, sql);
            return NULL;
        }
        q->sql = sql;
        q->store = store;
    }
    for (size_t i = 0; i < count; i++) {
        int n = (int)i + 1;
        if (values[i].type == VALUE_INT)
            sqlite3_bind_int64(q->statement, n, values[i].number);
        else if (values[i].type == VALUE_TEXT && values[i].text)
            sqlite3_bind_text(q->statement, n, values[i].text, -1,
                              SQLITE_STATIC);
        else
            sqlite3_bind_null(q->statement, n);
    }
    return q;
}

static int step(struct query *q)
{
    q->state = sqlite3_step(q->statement);
    if (q->state != SQLITE_ROW && q->state != SQLITE_DONE)
        complain(q->store, sqlite3_sql(q->statement));
    return q->state;
}

int64_t store_exec(struct store *store, const char *sql,
                   const struct value *values, size_t count)
{
    struct query *q = prepare(store, sql, values, count);
    int64_t changed = -1;

    if (!q)
        return -1;
    while (step(q) == SQLITE_ROW) /* rows that nobody wants */
        ;
    if (q->state == SQLITE_DONE)
        changed = sqlite3_changes64(store->db);
    store->writes += !sqlite3_stmt_readonly(q->statement);
    sqlite3_reset(q->statement);
    return changed;
}

int store_upsert(struct store *store, const char *sql,
                 const struct value *values, size_t count)
{
    struct query *q = prepare(store, sql, values, count);
    int result = -1;

    if (!q)
        return -1;
    store->updated = false;
    if (step(q) == SQLITE_DONE) {
        if (sqlite3_changes64(store->db) == 0)
            result = UPSERT_SAME;
        else
            result = store->updated ? UPSERT_CHANGED : UPSERT_ADDED;
    }
    store->writes++;
    sqlite3_reset(q->statement);
    return result;
}

struct query *store_query(struct store *store, const char *sql,
                          const struct value *values, size_t count)
{
    struct query *q = prepare(store, sql, values, count);

    if (!q) {
        store->broken.state = SQLITE_ERROR;
        return &store->broken;
    }
    q->busy = true;
    q->state = SQLITE_ROW;
    store->writes += !sqlite3_stmt_readonly(q->statement);
    return q;
}

bool query_next(struct query *q)
{
    return q->state == SQLITE_ROW && step(q) == SQLITE_ROW;
}

int64_t query_int(struct query *q, int column)
{
    if (query_null(q, column))
        return INSTANT_NONE;
    return sqlite3_column_int64(q->statement, column);
}

bool query_null(struct query *q, int column)
{
    return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

const char *query_text(struct query *q, int column)
{
    const unsigned char *text = sqlite3_column_text(q->statement, column);

    return text ? (const char *)text : "";
}

int query_columns(struct query *q)
{
    return q->statement ? sqlite3_column_count(q->statement) : 0;
}

const char *query_column(struct query *q, int column)
{
    return sqlite3_column_name(q->statement, column);
}

int query_end(struct query *q)
{
    bool good = q->state == SQLITE_ROW || q->state == SQLITE_DONE;

    q->busy = false;
    if (q->statement)
        sqlite3_reset(q->statement);
    return good ? 0 : -1;
}

int store_get(struct store *store, int64_t *out, const char *sql,
              const struct value *values, size_t count)
{
    struct query *q = store_query(store, sql, values, count);
    bool found = query_next(q);

    if (found)
        *out = query_int(q, 0);
    return query_end(q) < 0 ? -1 : found;
}

int store_get_text(struct store *store, char **out, const char *sql,
                   const struct value *values, size_t count)
{
    struct query *q = store_query(store, sql, values, count);
    bool found = query_next(q);

    if (found)
        *out = xstrdup(query_text(q, 0));
    return query_end(q) < 0 ? -1 : found;
}

int store_begin(struct store *store)
{
    return store_exec(store, "BEGIN IMMEDIATE", WITHOUT) < 0 ? -1 : 0;
}

int store_commit(struct store *store)
{
    if (store_exec(store, "COMMIT", WITHOUT) >= 0)
        return 0;
    store_rollback(store);
    return -1;
}

void store_rollback(struct store *store)
{
    /* On a full disk SQLite rolls back by itself. */
    if (!sqlite3_get_autocommit(store->db) &&
        store_exec(store, "ROLLBACK", WITHOUT) < 0)
        die("store: can neither commit nor roll back");
}

/* Before SQLite is first used in this process. Our programs have one thread
 * that uses it, and want its memory fast, not counted. */
static void configure(void)
{
    static bool done;

    if (done)
        return;
    done = true;
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 256, 2000);
}

static int run_script(struct store *store, const char *sql)
{
    char *error = NULL;

    if (sqlite3_exec(store->db, sql, NULL, NULL, &error) == SQLITE_OK)
        return 0;
    log_error("store: %s", error);
    sqlite3_free(error);
    return -1;
}

static int migrate_from(struct store *store, int version)
{
    char text[64];
    const char *sql;

    for (int i = 0; (sql = schema_piece(version, i)); i++)
        if (run_script(store, sql) < 0)
            return -1;
    snprintf(text, sizeof text, "PRAGMA user_version = %d", version + 1);
    return run_script(store, text);
}

/* Forward only; several programs may start at once, so look again inside. */
static int migrate(struct store *store)
{
    int64_t version = 0;
    int result = -1;

    if (store_get(store, &version, "PRAGMA user_version", WITHOUT) < 0)
        return -1;
    if (version == schema_version())
        return 0;
    if (version > schema_version()) {
        log_error("store: made by a newer stocktide (schema %d, ours is %d)",
                  (int)version, schema_version());
        return -1;
    }
    if (run_script(store, "BEGIN EXCLUSIVE") < 0)
        return -1;
    if (store_get(store, &version, "PRAGMA user_version", WITHOUT) < 0)
        goto out;
    for (int v = (int)version; v < schema_version(); v++) {
        if (migrate_from(store, v) < 0)
            goto out;
    }
    if (run_script(store, schema_statistics()) < 0)
        goto out;
    result = run_script(store, "COMMIT");
out:
    if (result < 0)
        store_rollback(store);
    return result;
}

/* A new file's change to WAL does not wait for others that change it too. */
static int set_up(struct store *store)
{
    static const char settings[] = "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA cache_size = -32000;"
                                   "PRAGMA mmap_size = 1073741824;"
                                   "PRAGMA trusted_schema = OFF;";
    int64_t until = mono_us() + BUSY_LIMIT * INT64_C(1000);
    int result;

    for (int tries = 0;; tries++) {
        result = sqlite3_exec(store->db, settings, NULL, NULL, NULL);
        if (result != SQLITE_BUSY || mono_us() > until)
            break;
        nap(tries);
    }
    if (result == SQLITE_OK)
        return 0;
    complain(store, "settings");
    return -1;
}

struct store *store_open(const char *url)
{
    static const char scheme[] = "sqlite:";
    struct store *store;

    if (strncmp(url, scheme, sizeof scheme - 1) != 0) {
        log_error("store: '%s' is not a store we know; say sqlite:PATH", url);
        return NULL;
    }
    configure();
    store = xcalloc(1, sizeof *store);
    store->broken.store = store;
    if (sqlite3_open_v2(url + sizeof scheme - 1, &store->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                            SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        log_error("store: %s: %s", url, sqlite3_errmsg(store->db));
        store_close(store);
        return NULL;
    }
    sqlite3_busy_handler(store->db, on_busy, store);
    sqlite3_create_function_v2(store->db, "updated", 1, SQLITE_UTF8, store,
                               on_updated, NULL, NULL, NULL);
    sqlite3_wal_autocheckpoint(store->db, CHECKPOINT_PAGES);
    if (set_up(store) < 0 || migrate(store) < 0) {
        log_error("store: cannot use %s", url);
        store_close(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        sqlite3_finalize(store->slots[i].statement);
    sqlite3_close(store->db);
    free(store);
}

int64_t store_writes(const struct store *store)
{
    return store->writes;
}

char *store_describe(struct store *store)
{
    int64_t sync = -1;
    char *mode = NULL, *text;

    if (store_get(store, &sync, "PRAGMA synchronous", WITHOUT) < 0 ||
        store_get_text(store, &mode, "PRAGMA journal_mode", WITHOUT) < 0)
        return xstrdup("sqlite, not answering");
    text = xasprintf("sqlite %s, journal %s, %s", sqlite3_libversion(),
                     mode ? mode : "?",
                     sync >= 2 ? "durable at every commit"
                               : "the last commits may be lost in a power cut");
    free(mode);
    return text;
}
