/* known.c - what a child remembers of connections. See known.h. */
#include <stdlib.h>
#include <string.h>

#include "worker/known.h"

enum { MOST = 256 };

static void forget(struct known *known)
{
    explicit_bzero(known->session, sizeof known->session);
    free(known);
}

/* The last of the list was not used for the longest time. */
static void forget_last(struct known_list *list)
{
    struct known **at = &list->first;

    while ((*at)->next)
        at = &(*at)->next;
    forget(*at);
    *at = NULL;
    list->n--;
}

struct known *known_get(struct known_list *list, int64_t account,
                        int64_t connection)
{
    struct known **at = &list->first, *found;

    while (*at &&
           ((*at)->account != account || (*at)->connection != connection))
        at = &(*at)->next;
    found = *at;
    if (found) {
        *at = found->next;
    } else {
        if (list->n == MOST)
            forget_last(list);
        found = xcalloc(1, sizeof *found);
        found->account = account;
        found->connection = connection;
        list->n++;
    }
    found->next = list->first;
    return list->first = found;
}

void known_free(struct known_list *list)
{
    while (list->first) {
        struct known *known = list->first;
        list->first = known->next;
        forget(known);
    }
    list->n = 0;
}
