/* pace.c - may this connection ask now? See pace.h. */
#include <stdio.h>
#include <stdlib.h>

#include "common/keys.h"
#include "common/redis.h"
#include "worker/pace.h"
#include "worker/throttle.h"

#define REDIS_SECONDS 2.

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

static int burst(int rate)
{
    return rate / 60 + 1;
}

static void on_reply(void *arg, const struct redis_reply *reply)
{
    struct pace *p = arg;
    int64_t wait;

    if (p->done) {
        if (reply_type(reply) == REPLY_INT)
            wait = reply_int(reply);
        else
            wait =
                bucket_take(&known_get(p->budget.known, p->budget.account,
                                       p->budget.connection)
                                 ->bucket,
                            p->budget.rate, burst(p->budget.rate), mono_us());
        p->done(p->arg, wait);
    }
    free(p);
}

struct pace *pace_ask(struct redis *redis, const struct pace_budget *budget,
                      pace_done *done, void *arg)
{
    struct pace *p = xcalloc(1, sizeof *p);
    char key[80];

    *p = (struct pace){done, arg, *budget};
    redis_call(redis, REDIS_SECONDS, on_reply, p, "EVAL %s 1 %s %d %d %d",
               throttle_script, key_of(budget, key), budget->rate,
               burst(budget->rate), 1);
    return p;
}

void pace_cancel(struct pace *pace)
{
    if (pace)
        pace->done = NULL;
}

void pace_penalty(struct redis *redis, const struct pace_budget *budget,
                  int64_t wait)
{
    char key[80];

    redis_call(redis, REDIS_SECONDS, NULL, NULL, "EVAL %s 1 %s %lld",
               throttle_penalty_script, key_of(budget, key), (long long)wait);
}
