/* throttle.h - the rate budget of a connection, shared by all workers of all
 * hosts. No I/O: the bucket, and the same bucket as a script for Redis.
 *
 *   EVAL <throttle_script> 1 throttle:<connection> <per_minute> <burst> <cost>
 *     -> microseconds to wait; 0: taken, go
 *   EVAL <throttle_penalty_script> 1 throttle:<connection> <microseconds>
 *     -> microseconds that are now left of the penalty
 *
 * Nothing is reserved: who has to wait asks again after that time, and may have
 * to wait again when others were quicker. The script uses Redis' clock, so the
 * clocks of the hosts do not matter. Without Redis a worker uses a bucket of
 * its own. A lost key is a full bucket.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include "common/base.h"

struct budget {
    int64_t per_minute; /* what flows in; 0: not limited, penalties count */
    int64_t burst;      /* what it holds at most: 1 or more */
};

/* Zero-initialise: full. */
struct bucket {
    int64_t tokens; /* in units of 1/THROTTLE_UNIT */
    int64_t at;     /* us UTC that TOKENS is of; 0: never used, full */
    int64_t until;  /* nothing is given before; 0: no penalty */
};

/* Of these a budget of one a minute gives one each microsecond, so that all is
 * whole numbers, here and in Lua. */
#define THROTTLE_UNIT INT64_C(60000000)
/* Longer is not waited for, whoever says so. */
#define THROTTLE_PENALTY_MAX (900 * SECOND)
/* The largest per_minute and burst. */
#define THROTTLE_RATE_MAX INT64_C(1000000)

/* BUDGET with each value brought into its limits. */
struct budget budget_clean(struct budget budget);

/* Takes COST tokens (no more than burst) at NOW: 0, or how many us to wait
 * before they are there; then none was taken. A clock that was set back costs
 * nothing but the time it went back over. Pure. */
int64_t bucket_take(struct bucket *bucket, struct budget budget, int64_t cost,
                    int64_t now);
/* Nothing is given before UNTIL (at most THROTTLE_PENALTY_MAX from NOW), and
 * the bucket is empty then. An earlier UNTIL than the one known is ignored. */
void bucket_penalty(struct bucket *bucket, int64_t until, int64_t now);

/* KEYS[1]; ARGV: per_minute, burst, cost, as budget_clean() leaves them. The
 * hash has the fields of struct bucket and expires when it would be full. */
extern const char throttle_script[];
/* KEYS[1]; ARGV: microseconds. The same as bucket_penalty(). */
extern const char throttle_penalty_script[];
/* The wait that a script's integer REPLY says, made safe: never negative,
 * never absurd. */
int64_t throttle_wait(int64_t reply);

#endif
