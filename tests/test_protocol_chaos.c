/* test_protocol_chaos.c - the protocol under random steps and faults, beside a
 * small model of it in memory.
 *
 *   SEED=7 STEPS=1000000 build/asan/test_protocol_chaos
 *
 * Simulated workers claim, store pages, end generations well or badly, give
 * back, die, are paused and wake up with claims that others have taken over;
 * transactions are rolled back, or done while their answer is lost. After every
 * step the row it touched must be what the model says, and at the end of each
 * sync all of these hold:
 *   - each part's generation ended, and the sync's state tells how;
 *   - the parts of a step were started after all parts of the step before it
 *     had ended;
 *   - each request for it was made before its fetches were started.
 * From time to time the faults stop, and all must settle.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helper_store.h"
#include "tests/sim/dice.h"

enum {
    ACCOUNTS = 5,
    CONNECTIONS = 2,
    WORKERS = 8,
    STALE = 8,   /* claims of workers that were paused */
    SEEN = 8,    /* leases that a reaper has looked at */
    ASKS = 4096, /* of one round at most */
    PAST = 256,  /* generations of a stream that are remembered */
    BATCH = 8,   /* steps in one transaction */
    PAGES = 3,   /* of a generation at most */
    ROUND = 4000 /* steps between two times of rest */
};

/* What was asked to be fetched in each account, by connection. */
static const unsigned layout[ACCOUNTS][CONNECTIONS] = {
    {0x3f, 0}, {0x3f, 0x0b}, {0x07, 0x38}, {0x08, 0}, {0, 0}};

struct generation {
    int64_t number, started, ended; /* steps */
    bool whole, good;
};

/* The model of a stream's row. */
struct row {
    struct stream_key key;
    int64_t gen, done, fence, beat, page, tries, crashes, cursor, not_before;
    char id[2 * CLAIM_ID + 1]; /* "": nobody has it */
    struct generation past[PAST];
};

struct asked {
    int64_t account, sync, at; /* AT: step */
};

struct world {
    uint64_t seed, dice;
    struct test_store files;
    struct store *stores[2], *open; /* OPEN: has a transaction */
    int batch;                      /* steps in it */
    int64_t now, step;
    struct row rows[ACCOUNTS * (CONNECTIONS * STREAM_FETCHED + 2)];
    size_t rows_n;
    struct claim held[WORKERS], stale[STALE]; /* fence 0: none */
    struct lease seen[SEEN];                  /* fence 0: none */
    int64_t running[ACCOUNTS][SYNC_TYPES], waiting[ACCOUNTS][SYNC_TYPES];
    int64_t all_computed[ACCOUNTS]; /* when the last metrics of all started */
    struct asked asks[ASKS];
    size_t asks_n;
    int64_t syncs_ended, pages, refused; /* what happened at all */
};

static struct world w;

#define hold(condition, ...)                                                   \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr,                                                    \
                    "SEED=%llu step %lld: ", (unsigned long long)w.seed,       \
                    (long long)w.step);                                        \
            fprintf(stderr, __VA_ARGS__);                                      \
            ck_abort_msg("%s (SEED=%llu step %lld)", #condition,               \
                         (unsigned long long)w.seed, (long long)w.step);       \
        }                                                                      \
    } while (0)

static uint32_t below(uint32_t n)
{
    return dice_below(&w.dice, n);
}

static void finish_batch(void)
{
    if (w.open)
        hold(store_commit(w.open) == 0, "commit\n");
    w.open = NULL;
    w.batch = 0;
}

/* Mostly the same, as each forgets what it knows when the other one wrote. */
static struct store *any_store(void)
{
    struct store *store = w.stores[below(12) == 0];

    if (store != w.open || w.batch >= BATCH)
        finish_batch();
    return store;
}

static struct row *row_of(const struct stream_key *key)
{
    for (size_t i = 0; i < w.rows_n; i++)
        if (w.rows[i].key.account == key->account &&
            w.rows[i].key.connection == key->connection &&
            w.rows[i].key.stream == key->stream)
            return &w.rows[i];
    ck_abort_msg("no such row");
}

static struct generation *past(struct row *row, int64_t gen)
{
    struct generation *g = &row->past[gen % PAST];

    if (g->number != gen)
        *g = (struct generation){.number = gen};
    return g;
}

/* Pages of a generation: the same whoever asks. */
static int64_t length_of(const struct row *row, int64_t gen)
{
    return 1 + (gen * 7 + row->key.account + row->key.stream) % PAGES;
}

static bool is_holder(const struct row *row, const struct claim *claim)
{
    return claim->fence == row->fence && *row->id &&
           strcmp(claim->id, row->id) == 0;
}

/* ---- what is stored must be what the model says ---- */

static void check_row(struct store *store, struct row *row)
{
    struct query *q =
        store_query(store,
                    "SELECT want, gen, done, fence, coalesce(claim_id, ''), "
                    "page, tries, crashes, cursor, not_before, beat, "
                    "owner IS NOT NULL FROM stream "
                    "WHERE account = ?1 AND connection = ?2 AND name = ?3",
                    WITH(INT(row->key.account), INT(row->key.connection),
                         INT(row->key.stream)));

    hold(query_next(q), "a row is gone\n");
    hold(query_int(q, 1) == row->gen && query_int(q, 2) == row->done &&
             query_int(q, 0) >= row->gen && query_int(q, 0) <= row->gen + 1,
         "want %lld gen %lld done %lld, model %lld %lld\n",
         (long long)query_int(q, 0), (long long)query_int(q, 1),
         (long long)query_int(q, 2), (long long)row->gen, (long long)row->done);
    hold(query_int(q, 3) == row->fence && query_int(q, 10) == row->beat &&
             strcmp(query_text(q, 4), row->id) == 0 &&
             query_int(q, 11) == (*row->id != '\0'),
         "claim %lld %s, model %lld %s\n", (long long)query_int(q, 3),
         query_text(q, 4), (long long)row->fence, row->id);
    hold(query_int(q, 5) == row->page, "page %lld, model %lld\n",
         (long long)query_int(q, 5), (long long)row->page);
    hold(query_int(q, 6) == row->tries && query_int(q, 7) == row->crashes,
         "tries %lld crashes %lld, model %lld %lld\n",
         (long long)query_int(q, 6), (long long)query_int(q, 7),
         (long long)row->tries, (long long)row->crashes);
    hold(query_int(q, 8) == row->cursor, "cursor\n");
    hold(*row->id || row->gen == row->done ||
             query_int(q, 9) == row->not_before,
         "not_before\n");
    row->not_before = query_int(q, 9);
    hold(query_end(q) == 0, "query\n");
}

struct ended {
    int64_t account, sync, type;
    int64_t before_until, until; /* when the parts of the step before, and of
                                    this one, had ended */
    int step;
    int parts[3], good[3];
    int64_t unmarked; /* when its last whole fetch ended */
};

/* One part of a sync that has ended. */
static void check_part(struct ended *e, struct query *q)
{
    struct stream_key key = {e->account, query_int(q, 1),
                             (enum stream)query_int(q, 2)};
    struct row *row = row_of(&key);
    struct generation *g = past(row, query_int(q, 3));
    int step = (int)query_int(q, 0);

    hold(step == 0
             ? sync_fetches((enum sync_type)e->type, key.stream)
             : sync_step((enum sync_type)e->type, step - 1) == (int)key.stream,
         "step %d is %s\n", step, stream_name(key.stream));
    if (step != e->step) {
        e->before_until = e->until;
        e->step = step;
    }
    hold(row->done >= g->number && g->ended > 0, "a part has not ended\n");
    hold(g->good == (strcmp(query_text(q, 4), "ok") == 0), "outcome\n");
    hold(step == 0 || g->started > e->before_until,
         "step %d started before the one before it had ended\n", step);
    if (g->ended > e->until)
        e->until = g->ended;
    e->parts[step]++;
    e->good[step] += g->good;
    if (step == 0 && g->whole && !stream_is_orders(key.stream) &&
        g->ended > e->unmarked)
        e->unmarked = g->ended;
    for (size_t i = 0; step == 0 && i < w.asks_n; i++)
        hold(w.asks[i].account != e->account || w.asks[i].sync != e->sync ||
                 g->started > w.asks[i].at,
             "asked at %lld, fetched from %lld on\n", (long long)w.asks[i].at,
             (long long)g->started);
}

static int fetches_of(int64_t account, enum sync_type type)
{
    int n = 0;

    for (int c = 0; c < CONNECTIONS; c++)
        for (int s = 0; s < STREAM_FETCHED; s++)
            n += (layout[account - 1][c] >> s & 1) &&
                 sync_fetches(type, (enum stream)s);
    return n;
}

static void forget_asks(int64_t account, int64_t sync)
{
    size_t kept = 0;

    for (size_t i = 0; i < w.asks_n; i++)
        if (w.asks[i].account != account || w.asks[i].sync != sync)
            w.asks[kept++] = w.asks[i];
    w.asks_n = kept;
}

static void check_ended(struct store *store, struct ended *e)
{
    enum sync_type type = (enum sync_type)e->type;
    int steps = sync_step(type, 1) < 0 ? 1 : 2;
    char *state = NULL;
    const char *should;
    struct query *q = store_query(
        store,
        "SELECT step, connection, name, target, outcome FROM sync_part "
        "WHERE account = ?1 AND sync = ?2 ORDER BY step",
        WITH(INT(e->account), INT(e->sync)));

    while (query_next(q))
        check_part(e, q);
    hold(query_end(q) == 0, "query\n");
    hold(e->parts[0] == fetches_of(e->account, type), "fetch parts\n");
    hold(e->parts[1] == 1 && e->parts[2] == steps - 1, "processing parts\n");
    hold(!e->unmarked || !e->good[steps] ||
             w.all_computed[e->account - 1] > e->unmarked,
         "rows came without marks, and the metrics looked only for marks\n");
    should = e->good[0] + e->good[1] + e->good[2] ==
                     e->parts[0] + e->parts[1] + e->parts[2]
                 ? "done"
             : e->good[0] == 0 ? "failed"
                               : "partial";
    hold(store_get_text(store, &state,
                        "SELECT state FROM sync WHERE account = ?1 "
                        "AND id = ?2 AND ended_at IS NOT NULL",
                        WITH(INT(e->account), INT(e->sync))) == 1,
         "no end\n");
    hold(strcmp(state, should) == 0, "sync is %s, not %s\n", state, should);
    free(state);
    forget_asks(e->account, e->sync);
    w.syncs_ended++;
}

/* Reads which syncs of the account are open; those that were and are not any
 * more have ended. */
static void check_syncs(struct store *store, int64_t account)
{
    int64_t *running = w.running[account - 1],
            *waiting = w.waiting[account - 1];
    int64_t now_running[SYNC_TYPES] = {0}, low = INT64_MAX;
    int64_t now_waiting[SYNC_TYPES] = {0};
    struct query *q;

    for (int t = 0; t < SYNC_TYPES; t++)
        if (running[t] && running[t] < low)
            low = running[t];
    q = store_query(store,
                    "SELECT id, type, state FROM sync WHERE account = ?1 "
                    "AND id >= ?2 AND ended_at IS NULL",
                    WITH(INT(account), INT(low)));
    while (query_next(q)) {
        bool waits = strcmp(query_text(q, 2), "waiting") == 0;
        int64_t *place = &(waits ? now_waiting : now_running)[query_int(q, 1)];
        hold(*place == 0, "two syncs of a type\n");
        *place = query_int(q, 0);
    }
    hold(query_end(q) == 0, "query\n");
    for (int t = 0; t < SYNC_TYPES; t++) {
        struct ended e = {.account = account, .sync = running[t], .type = t};
        if (running[t] && now_running[t] != running[t]) {
            hold(now_running[t] == waiting[t], "the waiting one was passed\n");
            check_ended(store, &e);
        }
        running[t] = now_running[t];
        waiting[t] = now_waiting[t];
    }
}

/* ---- faults of a transaction ---- */

enum fate { DONE, ROLLED_BACK, ANSWER_LOST };

static enum fate fate(void)
{
    uint32_t roll = below(100);

    return roll < 5 ? ROLLED_BACK : roll < 11 ? ANSWER_LOST : DONE;
}

/* Several steps share a transaction, as they do on a worker's desk; what is
 * rolled back is one of them. */
static void begin(struct store *store)
{
    if (w.open != store) {
        finish_batch();
        hold(store_begin(store) == 0, "begin\n");
        w.open = store;
    }
    w.batch++;
    test_exec(store, "SAVEPOINT step");
}

static void end(struct store *store, bool good)
{
    if (!good)
        test_exec(store, "ROLLBACK TO step");
    test_exec(store, "RELEASE step");
}

/* ---- steps ---- */

static void do_ask(void)
{
    struct store *store = any_store();
    int64_t account = 1 + below(ACCOUNTS);
    const struct ask ask = {.type = (enum sync_type)below(SYNC_TYPES),
                            .by = "chaos",
                            .urgent = below(2),
                            .at = w.now};
    int64_t *running = &w.running[account - 1][ask.type];
    int64_t *waiting = &w.waiting[account - 1][ask.type];
    struct rings rings = {0};
    struct accepted accepted;
    bool good = fate() != ROLLED_BACK; /* accepting twice does no harm */

    if (w.asks_n == ASKS)
        return;
    begin(store);
    hold(sync_accept(store, account, &ask, &accepted, &rings) == 0, "accept\n");
    hold(accepted.waiting == (*running != 0),
         "accepted beside a running one\n");
    hold(!*waiting || accepted.sync == *waiting, "a second one waits\n");
    end(store, good);
    free(rings.list);
    if (!good)
        return;
    w.asks[w.asks_n++] = (struct asked){account, accepted.sync, w.step};
    *(accepted.waiting ? waiting : running) = accepted.sync;
}

static struct stream_key any_key(struct store *store)
{
    struct ring rings[6];
    int n;

    if (below(2))
        return w.rows[below((uint32_t)w.rows_n)].key;
    n = runnable_list(store, w.now, rings, ARRAY_LEN(rings));
    hold(n >= 0, "runnable_list\n");
    if (n > 0)
        return rings[below((uint32_t)n)].key;
    return w.rows[below((uint32_t)w.rows_n)].key;
}

static bool is_wanted(struct store *store, const struct row *row)
{
    int64_t one;

    return store_get(store, &one,
                     "SELECT 1 FROM stream WHERE account = ?1 "
                     "AND connection = ?2 AND name = ?3 AND want > done",
                     WITH(INT(row->key.account), INT(row->key.connection),
                          INT(row->key.stream))) == 1;
}

/* The model claims too. */
static void model_claim(struct row *row, const struct claim *c)
{
    bool starts = row->gen == row->done;
    char position[24];

    hold(!*row->id, "claimed from a holder\n");
    hold(row->not_before <= w.now, "claimed before its time\n");
    hold(c->fence == row->fence + 1, "fence\n");
    hold(c->gen == row->done + 1, "generation\n");
    hold(c->page == row->page && c->tries == row->tries + 1 &&
             c->crashes == row->crashes && c->cursor == row->cursor,
         "page, tries or cursor\n");
    snprintf(position, sizeof position, "%lld", (long long)row->page);
    hold(strcmp(c->position, row->page ? position : "") == 0, "position %s\n",
         c->position);
    hold(!c->windowed || c->window.to == c->gen * 1000 + 1, "window\n");
    row->gen = c->gen;
    row->fence++;
    row->beat++;
    row->tries++;
    memcpy(row->id, c->id, sizeof row->id);
    if (starts) {
        past(row, c->gen)->started = w.step;
        past(row, c->gen)->whole = c->whole;
    }
    hold(past(row, c->gen)->whole == c->whole, "whole changed\n");
}

static void do_claim(struct store *store, size_t worker, struct stream_key key)
{
    struct row *row = row_of(&key);
    enum fate how = fate();
    struct claim claim;
    char owner[16];
    int got;

    snprintf(owner, sizeof owner, "w%zu", worker);
    begin(store);
    got = stream_claim(store, &key, owner, w.now, 60 * SECOND, &claim);
    hold(got >= 0, "claim\n");
    hold(got || *row->id || row->not_before > w.now || !is_wanted(store, row),
         "could have been claimed\n");
    end(store, how != ROLLED_BACK);
    if (got && how != ROLLED_BACK) {
        model_claim(row, &claim);
        check_row(store, row);
        if (how == DONE) {
            w.held[worker] = claim;
            return;
        }
    }
    claim_free(&claim);
}

static void model_page(struct row *row)
{
    row->page++;
    row->beat++;
    row->tries = 1;
    row->crashes = 0;
    w.pages++;
}

static void model_finish(struct row *row, bool good)
{
    struct generation *g = past(row, row->gen);

    hold(!good || row->page + 1 == length_of(row, row->gen),
         "ended on page %lld\n", (long long)row->page);
    g->ended = w.step;
    g->good = good;
    row->done = row->gen;
    *row->id = '\0';
    row->page = row->tries = row->crashes = 0;
    if (good)
        row->cursor = w.now;
    if (good && g->whole && row->key.stream == STREAM_METRICS)
        w.all_computed[row->key.account - 1] = g->started;
}

static int put_page(struct store *store, struct claim *claim)
{
    const struct window window = {.from = INSTANT_NONE,
                                  .to = claim->gen * 1000 + 1};
    const struct counts counts = {.rows = 1};
    char position[24];

    snprintf(position, sizeof position, "%lld", (long long)claim->page + 1);
    return stream_page(store, claim, position, &window, &counts,
                       w.now + 60 * SECOND);
}

static int put_end(struct store *store, const struct claim *claim, bool good)
{
    const char *bad = below(2) ? OUTCOME_FAILED : OUTCOME_DEAD;
    const struct ending ending = {.outcome = good ? OUTCOME_OK : bad,
                                  .error = good ? NULL : "bad luck",
                                  .cursor = good ? w.now : INSTANT_NONE,
                                  .as_of = good ? w.now : INSTANT_NONE,
                                  .now = w.now};
    struct rings rings = {0};
    int done = stream_finish(store, claim, &ending, &rings);

    free(rings.list);
    return done;
}

/* The next page, or the end, of CLAIM; what the worker knows of it goes into
 * CLAIM. False when it has nothing to hold any more. */
static bool do_work(struct store *store, struct claim *claim, enum fate how,
                    bool good)
{
    struct row *row = row_of(&claim->key);
    bool last = claim->page + 1 >= length_of(row, claim->gen) || !good;
    bool valid = is_holder(row, claim) && claim->page == row->page;
    struct claim next = claim_copy(claim); /* as commits change it */
    int done;

    begin(store);
    hold(claim_holds(store, claim) == valid, "claim_holds\n");
    done = last ? put_end(store, claim, good) : put_page(store, &next);
    hold(done == valid, "%s gave %d\n", last ? "finish" : "page", done);
    end(store, done && how != ROLLED_BACK);
    w.refused += !done;
    if (done && how != ROLLED_BACK) {
        last ? model_finish(row, good) : model_page(row);
        check_row(store, row);
        if (last)
            check_syncs(store, row->key.account);
    }
    if (done && how == DONE && !last) {
        claim_free(claim);
        *claim = next;
        return true;
    }
    claim_free(&next);
    return how != DONE; /* knows nothing: it tries again */
}

static void drop(struct claim *claim)
{
    claim_free(claim);
    *claim = (struct claim){0};
}

static void do_give_back(struct store *store, struct claim *claim)
{
    struct row *row = row_of(&claim->key);
    bool valid = is_holder(row, claim);
    int64_t failed = below(3), not_before = w.now + below(20) * SECOND;

    hold(claim_give_back(store, claim, not_before, below(2) ? "slow" : NULL,
                         failed) == valid,
         "give back\n");
    if (valid) {
        *row->id = '\0';
        row->not_before = not_before;
        row->tries += failed - 1;
    }
    check_row(store, row);
    drop(claim);
}

static void do_beat(struct store *store, const struct claim *claim)
{
    struct row *row = row_of(&claim->key);
    bool valid = is_holder(row, claim);

    hold(claim_beat(store, claim, w.now + 60 * SECOND) == valid, "beat\n");
    row->beat += valid;
    check_row(store, row);
}

static void do_reap(struct store *store, const struct lease *seen, bool crashed)
{
    struct row *row = row_of(&seen->key);
    bool valid =
        *row->id && row->fence == seen->fence && row->beat == seen->beat;
    struct rings rings = {0};

    hold(lease_reap(store, seen, crashed, &rings) == valid, "reap\n");
    hold(rings.n == valid, "rings of a reap\n");
    free(rings.list);
    if (valid) {
        *row->id = '\0';
        row->crashes += crashed;
    }
    check_row(store, row);
}

/* The parent of a worker that died frees what it had. */
static void reap_dead(struct store *store, size_t worker)
{
    struct lease leases[8];
    char owner[16];
    int n;

    snprintf(owner, sizeof owner, "w%zu", worker);
    n = lease_list(store, owner, leases, ARRAY_LEN(leases));
    hold(n >= 0, "lease_list\n");
    for (int i = 0; i < n; i++) {
        hold(strcmp(leases[i].owner, owner) == 0, "somebody else's lease\n");
        do_reap(store, &leases[i], true);
    }
}

/* Looks at leases now, frees them (if they stay so) at a later step. */
static void do_watch(struct store *store)
{
    struct lease *seen = &w.seen[below(SEEN)], leases[16];
    int n;

    if (seen->fence) {
        do_reap(store, seen, false);
        seen->fence = 0;
        return;
    }
    n = lease_list(store, NULL, leases, ARRAY_LEN(leases));
    hold(n >= 0, "lease_list\n");
    if (n > 0)
        *seen = leases[below((uint32_t)n)];
}

/* A worker that slept while others took over. */
static void do_wake(struct store *store)
{
    struct claim *claim = &w.stale[below(STALE)];

    if (!claim->fence)
        return;
    switch (below(3)) {
    case 0:
        do_beat(store, claim);
        break;
    case 1:
        do_give_back(store, claim);
        break;
    default:
        if (!do_work(store, claim, fate(), below(8)))
            drop(claim);
    }
}

static void do_sleep(struct claim *claim)
{
    struct claim *bed = &w.stale[below(STALE)];

    drop(bed);
    *bed = *claim;
    *claim = (struct claim){0};
}

static void work_step(struct store *store, size_t worker)
{
    struct claim *claim = &w.held[worker];
    uint32_t roll = below(100);

    if (!claim->fence) {
        do_claim(store, worker, any_key(store));
    } else if (roll < 74) {
        if (!do_work(store, claim, fate(), below(10)))
            drop(claim);
    } else if (roll < 80) {
        do_give_back(store, claim);
    } else if (roll < 86) {
        do_beat(store, claim);
    } else if (roll < 92) {
        do_sleep(claim);
    } else {
        drop(claim); /* killed; the parent may be gone as well */
        if (below(3))
            reap_dead(store, worker);
    }
}

static void one_step(void)
{
    uint32_t roll = below(100);

    w.step++;
    w.now += below(3) * SECOND;
    if (roll < 7)
        do_ask();
    else if (roll < 17)
        do_watch(any_store());
    else if (roll < 24)
        do_wake(any_store());
    else
        work_step(any_store(), below(WORKERS));
}

/* ---- the faults stop ---- */

static void free_all_leases(void)
{
    struct lease leases[32];
    int n;

    while ((n = lease_list(w.stores[0], NULL, leases, ARRAY_LEN(leases))) > 0)
        for (int i = 0; i < n; i++)
            do_reap(w.stores[0], &leases[i], false);
    hold(n == 0, "lease_list\n");
}

static void run_to_end(const struct stream_key *key)
{
    struct row *row = row_of(key);
    struct claim claim;

    w.step++;
    hold(stream_claim(w.stores[0], key, "last", w.now, SECOND, &claim) == 1,
         "runnable, but cannot be claimed\n");
    model_claim(row, &claim);
    while (do_work(w.stores[0], &claim, DONE, true))
        w.step++;
    claim_free(&claim);
}

static void settle(void)
{
    struct ring ring;
    int64_t open;

    for (size_t i = 0; i < WORKERS; i++)
        drop(&w.held[i]);
    for (size_t i = 0; i < STALE; i++)
        drop(&w.stale[i]);
    memset(w.seen, 0, sizeof w.seen);
    finish_batch();
    free_all_leases();
    w.now += 60 * SECOND;
    for (int i = 0; runnable_list(w.stores[0], w.now, &ring, 1) == 1; i++) {
        hold(i < 1000, "does not come to rest\n");
        run_to_end(&ring.key);
    }
    finish_batch();
    open = test_number(w.stores[1],
                       "SELECT count(*) FROM sync WHERE ended_at IS NULL");
    hold(open == 0, "%lld syncs never end\n", (long long)open);
    open = test_number(w.stores[1],
                       "SELECT count(*) FROM stream WHERE want <> done "
                       "OR gen <> done OR owner IS NOT NULL");
    hold(open == 0, "%lld streams not at rest\n", (long long)open);
    hold(w.asks_n == 0, "%zu requests were forgotten\n", w.asks_n);
}

/* ---- */

static void make_rows(struct store *store)
{
    for (int64_t a = 1; a <= ACCOUNTS; a++) {
        test_account(store, a);
        for (int64_t c = 1; c <= CONNECTIONS; c++)
            test_connection(store, a, c, layout[a - 1][c - 1]);
        for (int64_t c = 0; c <= CONNECTIONS; c++)
            for (int s = 0; s < STREAM_COUNT; s++)
                if (c == 0
                        ? s >= STREAM_FETCHED
                        : s < STREAM_FETCHED && layout[a - 1][c - 1] >> s & 1)
                    w.rows[w.rows_n++] = (struct row){
                        .key = {a, c, (enum stream)s}, .cursor = INSTANT_NONE};
    }
}

static int64_t setting(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoll(text, NULL, 10) : otherwise;
}

START_TEST(test_chaos)
{
    int64_t steps = setting("STEPS", 200000);

    w.seed = w.dice = (uint64_t)setting("SEED", now_us());
    w.now = 1000 * SECOND;
    test_store_make(&w.files);
    for (int i = 0; i < 2; i++) {
        w.stores[i] = test_store_open(&w.files);
        test_exec(w.stores[i], "PRAGMA synchronous = OFF");
        test_exec(w.stores[i], "PRAGMA wal_autocheckpoint = 200");
    }
    make_rows(w.stores[0]);
    for (int64_t i = 1; i <= steps; i++) {
        one_step();
        if (i % ROUND == 0 || i == steps)
            settle();
    }
    printf("SEED=%llu: %lld steps, %lld pages, %lld syncs ended, %lld commits "
           "of old claims refused\n",
           (unsigned long long)w.seed, (long long)w.step, (long long)w.pages,
           (long long)w.syncs_ended, (long long)w.refused);
    /* or nothing of it was tested */
    ck_assert_int_gt(w.syncs_ended, steps / 500);
    ck_assert_int_gt(w.refused, steps / 500);
    for (int i = 0; i < 2; i++)
        store_close(w.stores[i]);
    test_store_remove(&w.files);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol under faults");
    TCase *chaos = tcase_create("chaos");
    SRunner *runner;
    int failed;

    tcase_set_timeout(chaos, 600.);
    tcase_add_test(chaos, test_chaos);
    suite_add_tcase(suite, chaos);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
