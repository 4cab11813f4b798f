/* pace.h - may this connection ask now? The budget is shared by all workers of
 * all hosts, in Redis; without Redis each child keeps to its own.
 */
#ifndef PACE_H
#define PACE_H

#include "worker/known.h"

struct pace;
struct redis;

struct pace_budget {
    int64_t account, connection;
    int rate;                 /* requests a minute */
    struct known_list *known; /* holds the budget for when Redis is away */
};

/* WAIT: us until it may ask; 0: now, and the request is counted. Called once,
 * never before pace_ask() has returned, not at all after pace_cancel(). */
typedef void pace_done(void *arg, int64_t wait);

/* Has the connection a budget, or did it run into its platform's lately? */
bool pace_needed(const struct pace_budget *budget);
struct pace *pace_ask(struct redis *redis, const struct pace_budget *budget,
                      pace_done *done, void *arg);
void pace_cancel(struct pace *pace); /* NULL is fine */
/* The platform told us to wait: so that all workers of the connection do. */
void pace_penalty(struct redis *redis, const struct pace_budget *budget,
                  int64_t wait);

#endif
