/* pace.c - may this connection ask now? See pace.h. */
#include <stdio.h>
#include <stdlib.h>

#include "common/keys.h"
#include "common/redis.h"
#include "worker/pace.h"
#include "worker/throttle.h"

#define REDIS_SECONDS 2.
#define PACED (900 * SECOND) /* after a penalty, each request asks */

struct pace {
    pace_done *done; /* NULL: cancelled; the answer only frees it */
    void *arg;
    struct pace_budget budget;
};

static const char *key_of(const struct pace_budget *b, char out[80])
{
    snprintf(out, 80, KEY_THROTTLE "%lld.%lld", (long long)b->account,
             (long long)b->connection);
    return out;
}

static struct budget budget_of(const struct pace_budget *b)
{
    return budget_clean((struct budget){b->rate, b->rate / 60 + 1});
}

static void on_reply(void *arg, const struct redis_reply *reply)
{
    struct pace *p = arg;
    struct known *known;
    int64_t wait;

    if (p->done) {
        if (reply_type(reply) == REPLY_INT) {
            wait = throttle_wait(reply_int(reply));
        } else {
            known = known_get(p->budget.known, p->budget.account,
                              p->budget.connection);
            wait =
                bucket_take(&known->bucket, budget_of(&p->budget), 1, now_us());
        }
        p->done(p->arg, wait);
    }
    free(p);
}

struct pace *pace_ask(struct redis *redis, const struct pace_budget *budget,
                      pace_done *done, void *arg)
{
    struct pace *p = xcalloc(1, sizeof *p);
    struct budget clean = budget_of(budget);
    char key[80];

    *p = (struct pace){done, arg, *budget};
    redis_call(redis, REDIS_SECONDS, on_reply, p, "EVAL %s 1 %s %lld %lld 1",
               throttle_script, key_of(budget, key),
               (long long)clean.per_minute, (long long)clean.burst);
    return p;
}

bool pace_needed(const struct pace_budget *b)
{
    const struct known *known = known_get(b->known, b->account, b->connection);

    return b->rate > 0 || mono_us() < known->paced_until;
}

void pace_cancel(struct pace *pace)
{
    if (pace)
        pace->done = NULL;
}

void pace_penalty(struct redis *redis, const struct pace_budget *budget,
                  int64_t wait)
{
    struct known *known =
        known_get(budget->known, budget->account, budget->connection);
    int64_t now = now_us();
    char key[80];

    bucket_penalty(&known->bucket, now + wait, now);
    known->paced_until = mono_us() + PACED;
    redis_call(redis, REDIS_SECONDS, NULL, NULL, "EVAL %s 1 %s %lld",
               throttle_penalty_script, key_of(budget, key), (long long)wait);
}
