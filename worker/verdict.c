/* verdict.c - what to do after an answer. See verdict.h. */
#include "worker/verdict.h"

#define FIRST_WAIT SECOND              /* then 2, 4, 8 ... */
#define LONGEST_WAIT (60 * SECOND)     /* of our own choice */
#define LONGEST_ASKED (900 * SECOND)   /* a Retry-After of a year is no plan */
#define HELD_WAIT (30 * SECOND)        /* longer: let go of the claim */
#define THROTTLE_LIMIT (7200 * SECOND) /* without one page: it is broken */

enum { BROKEN_TRIES = 3, LOGINS = 2, RESTARTS = 5 };

static int64_t backoff(const struct attempt *a)
{
    int64_t wait = FIRST_WAIT;

    for (int64_t i = 1; i < a->failed && wait < LONGEST_WAIT; i++)
        wait *= 2;
    if (wait > LONGEST_WAIT)
        wait = LONGEST_WAIT;
    /* Workers that failed together shall not come back together. */
    return (int64_t)((double)wait * (.8 + .4 * a->dice));
}

static enum verdict wait_for(const struct attempt *a, int64_t own,
                             int64_t *wait)
{
    int64_t asked =
        a->asked_wait < LONGEST_ASKED ? a->asked_wait : LONGEST_ASKED;

    *wait = asked > own ? asked : own;
    return *wait > HELD_WAIT ? VERDICT_GIVE_BACK : VERDICT_WAIT;
}

enum verdict verdict_of(const struct attempt *a, int64_t *wait)
{
    *wait = 0;
    switch (a->class) {
    case PAGE_GOOD:
        return VERDICT_TAKE;
    case PAGE_LOGIN:
        return a->logins < LOGINS ? VERDICT_LOGIN : VERDICT_FAIL;
    case PAGE_RESTART:
        return a->restarts < RESTARTS ? VERDICT_RESTART : VERDICT_FAIL;
    case PAGE_THROTTLED:
        if (a->throttled > THROTTLE_LIMIT)
            return VERDICT_FAIL;
        return wait_for(a, a->asked_wait ? 0 : backoff(a), wait);
    case PAGE_RETRY:
        if (a->failed >= a->tries)
            return VERDICT_FAIL;
        return wait_for(a, backoff(a), wait);
    case PAGE_BROKEN:
        if (a->failed >= a->tries || a->failed >= BROKEN_TRIES)
            return VERDICT_FAIL;
        return wait_for(a, backoff(a), wait);
    case PAGE_REFUSED:
        break;
    }
    return VERDICT_FAIL;
}
