/* connection.c - reading connections. Writing them is in connection_put.c,
 * which knows the platforms; who only reads need not link those. */
#include <stdlib.h>

#include "common/account.h"

#define CONNECTION                                                             \
    "SELECT c.account, c.id, a.name, c.name, c.platform, c.url, c.username, "  \
    "c.secret, c.settings, c.private_allowed, c.enabled "                      \
    "FROM connection c JOIN account a ON a.id = c.account "

static int take(struct query *q, struct connection *out)
{
    bool found = query_next(q);

    *out = (struct connection){0};
    if (found) {
        out->account = query_int(q, 0);
        out->id = query_int(q, 1);
        out->account_name = xstrdup(query_text(q, 2));
        out->name = xstrdup(query_text(q, 3));
        out->platform = xstrdup(query_text(q, 4));
        out->url = xstrdup(query_text(q, 5));
        out->user = xstrdup(query_text(q, 6));
        out->secret = xstrdup(query_text(q, 7));
        out->settings = xstrdup(query_text(q, 8));
        out->private_allowed = query_int(q, 9);
        out->enabled = query_int(q, 10);
    }
    if (query_end(q) == 0)
        return found;
    connection_free(out);
    return -1;
}

int connection_read(struct store *store, int64_t account, int64_t id,
                    struct connection *out)
{
    return take(store_query(store,
                            CONNECTION "WHERE c.account = ?1 AND c.id = ?2",
                            WITH(INT(account), INT(id))),
                out);
}

int connection_find(struct store *store, int64_t account, const char *name,
                    struct connection *out)
{
    return take(store_query(store,
                            CONNECTION "WHERE c.account = ?1 AND c.name = ?2",
                            WITH(INT(account), TEXT(name))),
                out);
}

void connection_free(struct connection *connection)
{
    free(connection->account_name);
    free(connection->name);
    free(connection->platform);
    free(connection->url);
    free(connection->user);
    free(connection->secret);
    free(connection->settings);
    *connection = (struct connection){0};
}
