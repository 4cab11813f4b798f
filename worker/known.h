/* known.h - what a child remembers of connections from one fetch to the next:
 * the session, and how far the platform's clock is from ours. Only a cache. */
#ifndef KNOWN_H
#define KNOWN_H

#include <sys/queue.h>

#include "common/platform.h"
#include "worker/throttle.h"

enum { KNOWN_BUCKETS = 256 };

struct known {
    LIST_ENTRY(known) beside; /* of the same bucket */
    TAILQ_ENTRY(known) used;
    int64_t account, connection;
    int64_t skew;        /* us by which the platform's clock is ahead of ours */
    int64_t paced_until; /* monotonic: it was too fast not long ago */
    struct bucket bucket;      /* its rate budget while Redis is away */
    char session[SESSION_MAX]; /* "": none. A secret: zeroed at the end */
};

struct known_list { /* zero-initialise */
    LIST_HEAD(, known) buckets[KNOWN_BUCKETS];
    TAILQ_HEAD(known_order, known)
    used; /* the last one was not for the longest time */
    size_t n;
};

/* What is known of a connection; at first nothing. Borrowed until the next call
 * (the least recently used of many are forgotten). */
struct known *known_get(struct known_list *list, int64_t account,
                        int64_t connection);
void known_free(struct known_list *list);

#endif
