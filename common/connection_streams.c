/* connection_streams.c - the stream rows of a connection. Before it:
 * connection_put.c. After it: chain.c, which lets syncs go on that waited for a
 * stream that is no more. */
#include <stdio.h>
#include <stdlib.h>

#include "common/connection_streams.h"
#include "common/protocol.h"

#define BIT(stream) (INT64_C(1) << (stream))

static int choose(const struct platform *platform, const char *name,
                  int64_t *bits, char *error)
{
    int stream = stream_find(name);

    if (stream < 0 || !platform_stream(platform, (enum stream)stream)) {
        snprintf(error, 256, "setting streams: %s has no stream '%.40s'",
                 platform->name, name);
        return -1;
    }
    *bits |= BIT(stream);
    return 0;
}

int streams_chosen(const struct platform *platform, struct json_value settings,
                   int64_t *bits, char *error)
{
    struct json_value wanted = json_get(settings, "streams"), v;
    struct json_iter it = json_each(wanted);

    *bits = 0;
    if (json_type(wanted) == JSON_NONE) {
        for (size_t i = 0; i < platform->streams_n; i++)
            *bits |= BIT(platform->streams[i].stream);
        return 0;
    }
    if (json_type(wanted) != JSON_ARRAY || json_size(wanted) == 0) {
        snprintf(error, 256,
                 "setting streams: a list of names, as "
                 "[\"variants\", \"stock\"]");
        return -1;
    }
    while (json_next(&it, &v))
        if (choose(platform, json_str_or(v, ""), bits, error) < 0)
            return -1;
    return 0;
}

/* Syncs of the account that run: each may have waited for nothing else. */
static int let_go_on(struct store *store, int64_t account, int64_t now)
{
    struct rings unrung = {0}; /* bells are refilled from the rows */
    int64_t id = 0;
    int found;

    do {
        found = store_get(store, &id,
                          "SELECT id FROM sync WHERE account = ?1 "
                          "AND id > ?2 AND state IN ('running', 'processing') "
                          "ORDER BY id LIMIT 1",
                          WITH(INT(account), INT(id)));
        if (found > 0 && chain_advance(store, account, id, now, &unrung) < 0)
            found = -1;
    } while (found > 0);
    free(unrung.list);
    return found;
}

int streams_stop(struct store *store, int64_t account, int64_t connection,
                 int64_t bits, const char *reason, int64_t now)
{
    /* The generation is taken back: the next one reads the same window. */
    if (store_exec(store,
                   "UPDATE stream SET want = done, gen = done, owner = NULL, "
                   "claim_id = NULL, lease_until = NULL, page = 0, "
                   "position = '', tries = 0, crashes = 0, urgent = 0, "
                   "whole_want = max(whole, whole_want), whole = 0 "
                   "WHERE account = ?1 AND connection = ?2 "
                   "AND (?3 >> name) & 1 AND want > done",
                   WITH(INT(account), INT(connection), INT(bits))) < 0)
        return -1;
    if (store_exec(store,
                   "UPDATE sync_part SET outcome = ?5, error = ?4, "
                   "ended_at = ?6 WHERE account = ?1 AND connection = ?2 "
                   "AND (?3 >> name) & 1 AND outcome IS NULL",
                   WITH(INT(account), INT(connection), INT(bits), TEXT(reason),
                        TEXT(OUTCOME_FAILED), INT(now))) < 0)
        return -1;
    return let_go_on(store, account, now);
}

int streams_put(struct store *store, int64_t account, int64_t connection,
                const char *platform, int64_t bits, int64_t now)
{
    for (int s = 0; s < STREAM_FETCHED; s++)
        if (bits & BIT(s) &&
            store_exec(store,
                       "INSERT INTO stream (account, connection, name, "
                       "platform) VALUES (?1, ?2, ?3, ?4) "
                       "ON CONFLICT (account, connection, name) DO NOTHING",
                       WITH(INT(account), INT(connection), INT(s),
                            TEXT(platform))) < 0)
            return -1;
    if (streams_stop(store, account, connection, ~bits,
                     "the stream was taken out of the connection", now) < 0)
        return -1;
    return store_exec(store,
                      "DELETE FROM stream WHERE account = ?1 "
                      "AND connection = ?2 AND NOT (?3 >> name) & 1",
                      WITH(INT(account), INT(connection), INT(bits))) < 0
               ? -1
               : 0;
}
