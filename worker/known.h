/* known.h - what a child remembers of connections from one fetch to the next:
 * the session, and how far the platform's clock is from ours. Only a cache. */
#ifndef KNOWN_H
#define KNOWN_H

#include "common/platform.h"
#include "worker/throttle.h"

struct known {
    struct known *next;
    int64_t account, connection;
    char session[SESSION_MAX]; /* "": none. A secret: zeroed at the end */
    int64_t skew;        /* us by which the platform's clock is ahead of ours */
    int64_t paced_until; /* monotonic: it was too fast not long ago */
    struct bucket bucket; /* its rate budget while Redis is away */
};

struct known_list {
    struct known *first;
    size_t n;
};

/* What is known of a connection; at first nothing. Borrowed until the next call
 * (the least recently used of many are forgotten). */
struct known *known_get(struct known_list *list, int64_t account,
                        int64_t connection);
void known_free(struct known_list *list);

#endif
