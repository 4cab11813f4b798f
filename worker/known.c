/* known.c - what a child remembers of connections. See known.h. */
#include <stdlib.h>
#include <string.h>

#include "worker/known.h"

enum { MOST = 256 };

static size_t bucket_of(int64_t account, int64_t connection)
{
    uint64_t both = (uint64_t)account * 31 + (uint64_t)connection;

    return both * UINT64_C(0x9e3779b97f4a7c15) >> 56; /* of KNOWN_BUCKETS */
}

static struct known *find(struct known_list *list, int64_t account,
                          int64_t connection)
{
    struct known *known;

    LIST_FOREACH(known, &list->buckets[bucket_of(account, connection)], beside)
    if (known->account == account && known->connection == connection)
        return known;
    return NULL;
}

/* One that knows nothing: a new one, or the least recently used, forgotten. */
static struct known *blank(struct known_list *list)
{
    struct known *known;

    if (list->n < MOST) {
        if (list->n++ == 0)
            TAILQ_INIT(&list->used);
        return xcalloc(1, sizeof *known);
    }
    known = TAILQ_LAST(&list->used, known_order);
    TAILQ_REMOVE(&list->used, known, used);
    LIST_REMOVE(known, beside);
    explicit_bzero(known, sizeof *known);
    return known;
}

struct known *known_get(struct known_list *list, int64_t account,
                        int64_t connection)
{
    struct known *known = find(list, account, connection);

    if (known) {
        TAILQ_REMOVE(&list->used, known, used);
    } else {
        known = blank(list);
        known->account = account;
        known->connection = connection;
        LIST_INSERT_HEAD(&list->buckets[bucket_of(account, connection)], known,
                         beside);
    }
    TAILQ_INSERT_HEAD(&list->used, known, used);
    return known;
}

void known_free(struct known_list *list)
{
    while (list->n > 0) {
        struct known *known = TAILQ_FIRST(&list->used);
        TAILQ_REMOVE(&list->used, known, used);
        explicit_bzero(known, sizeof *known);
        free(known);
        list->n--;
    }
    *list = (struct known_list){0};
}
