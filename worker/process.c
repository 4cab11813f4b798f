/* process.c - one generation of an account's own step. See process.h. */
#include <stdio.h>
#include <stdlib.h>

#include "common/account.h"
#include "common/log.h"
#include "common/zone.h"
#include "worker/desk.h"
#include "worker/process.h"

struct process {
    struct desk_job job; /* first: the desk hands it back */
    const struct fetch_env *env;
    struct claim claim;
    struct claim moved; /* the claim when the chunk at hand is committed */
    struct account account;
    const struct zone *zone;
    bool stopping, last;
    char error[256];
    process_ended *ended;
    void *arg;
};

static process_step *const steps[STREAM_COUNT] = {
    [STREAM_ON_ORDER] = on_order_chunk,
    [STREAM_METRICS] = metrics_chunk,
};

/* Until when all that the account's platforms bring is known. INSTANT_NONE
 * while one of them never came to an end. */
static int oldest_input(struct store *store, int64_t account, int64_t *as_of)
{
    struct query *q = store_query(
        store,
        "SELECT min(s.as_of), count(*) - count(s.as_of) FROM stream s "
        "JOIN connection c ON c.account = s.account AND c.id = s.connection "
        "WHERE s.account = ?1 AND c.enabled = 1",
        WITH(INT(account)));

    *as_of = INSTANT_NONE;
    if (query_next(q) && query_int(q, 1) == 0)
        *as_of = query_int(q, 0);
    return query_end(q);
}

/* The place of the account, 1 or 0 when it is gone, -1. */
static int read_account(struct process *p, struct store *store)
{
    int found = account_read(store, p->claim.key.account, &p->account);

    if (found <= 0)
        return found;
    p->zone = zone_get(p->account.zone, p->error);
    return p->zone ? 1 : 0;
}

static int work_failed(struct desk_job *job, struct store *store,
                       struct rings *rings)
{
    struct process *p = (struct process *)(void *)job;
    const struct ending ending = {.outcome = OUTCOME_FAILED,
                                  .error = p->error,
                                  .cursor = INSTANT_NONE,
                                  .as_of = INSTANT_NONE,
                                  .now = now_us()};

    p->last = true;
    return stream_finish(store, &p->claim, &ending, rings);
}

static int finish(struct process *p, const struct chunk *c, struct rings *rings)
{
    const struct ending ending = {.outcome = OUTCOME_OK,
                                  .cursor = INSTANT_NONE,
                                  .as_of = c->as_of,
                                  .counts = c->counts,
                                  .now = c->now};

    p->last = true;
    return stream_finish(c->store, &p->claim, &ending, rings);
}

static int run_chunk(struct process *p, struct chunk *c, struct rings *rings)
{
    const struct window window = {.from = INSTANT_NONE, .to = c->as_of};

    if (steps[p->claim.key.stream](c) < 0)
        return -1;
    if (c->next.length == 0)
        return finish(p, c, rings);
    claim_free(&p->moved);
    p->moved = claim_copy(&p->claim);
    return stream_page(c->store, &p->moved, buf_str(&c->next), &window,
                       &c->counts, c->now + p->env->config->lease);
}

static int work_chunk(struct desk_job *job, struct store *store,
                      struct rings *rings)
{
    struct process *p = (struct process *)(void *)job;
    struct chunk c = {.store = store,
                      .account = &p->account,
                      .zone = p->zone,
                      .claim = &p->claim,
                      .position = p->claim.position,
                      .now = now_us(),
                      .as_of = p->claim.window.to};
    int result = claim_holds(store, &p->claim);

    if (result <= 0)
        return result;
    c.today = zone_local_day(p->zone, c.now);
    if (p->claim.page == 0 &&
        oldest_input(store, p->claim.key.account, &c.as_of) < 0)
        return -1;
    result = run_chunk(p, &c, rings);
    buf_free(&c.next);
    return result;
}

static int work_give_back(struct desk_job *job, struct store *store,
                          struct rings *rings)
{
    struct process *p = (struct process *)(void *)job;

    (void)rings;
    p->last = true;
    return claim_give_back(store, &p->claim, now_us(), NULL, 0);
}

static void after(struct desk_job *job, int result)
{
    struct process *p = (struct process *)(void *)job;

    if (result > 0 && !p->last) {
        claim_free(&p->claim);
        p->claim = p->moved;
        p->moved.position = NULL;
        job->work = p->stopping ? work_give_back : work_chunk;
        desk_add(p->env->desk, job);
        return;
    }
    if (result < 0 && job->work == work_chunk) {
        snprintf(p->error, sizeof p->error,
                 "the store refused a chunk of %s; see the log",
                 stream_name(p->claim.key.stream));
        job->work = work_failed;
        desk_add(p->env->desk, job);
        return;
    }
    p->ended(p->arg, p);
    account_free(&p->account);
    claim_free(&p->claim);
    claim_free(&p->moved);
    free(p);
}

struct process *process_start(const struct fetch_env *env, struct claim *claim,
                              process_ended *ended, void *arg)
{
    struct process *p = xcalloc(1, sizeof *p);

    *p = (struct process){
        .env = env, .claim = *claim, .ended = ended, .arg = arg};
    claim->position = NULL;
    p->job.after = after;
    p->job.work = work_chunk;
    if (p->claim.crashes >= CRASHES_MAX) {
        snprintf(p->error, sizeof p->error, "%s crashed its worker %d times",
                 stream_name(p->claim.key.stream), CRASHES_MAX);
        p->job.work = work_failed;
    } else if (read_account(p, env->store) <= 0) {
        log_error("account %lld: %s", (long long)p->claim.key.account,
                  *p->error ? p->error : "cannot be read");
        p->job.work = work_failed;
    }
    desk_add(env->desk, &p->job);
    return p;
}

void process_stop(struct process *p)
{
    p->stopping = true;
}
