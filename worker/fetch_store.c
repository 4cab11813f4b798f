/* fetch_store.c - what a fetch puts on the desk: a page with its rows, the
 * end of the generation, giving the stream back, signs of life.
 * Before it: fetch.c. After it: rows_store.c, sweep.c and the protocol.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/zone.h"
#include "worker/fetch_state.h"
#include "worker/rows_store.h"
#include "worker/sweep.h"

const char *fetch_name(const struct fetch *f, char out[256])
{
    snprintf(out, 256, "%s/%s/%s",
             f->link.connection.account_name ? f->link.connection.account_name
                                             : "?",
             f->link.connection.name ? f->link.connection.name : "?",
             stream_name(f->claim.key.stream));
    return out;
}

void fetch_park(struct fetch *f, bool parked)
{
    if (f->parked == parked)
        return;
    f->parked = parked;
    f->env->slot(f->env->arg, parked ? -1 : 1);
}

void fetch_quiet(struct fetch *f)
{
    if (f->transfer)
        http_cancel(f->transfer);
    f->transfer = NULL;
    ev_timer_stop(f->env->loop, &f->timer);
    pace_cancel(f->pace);
    f->pace = NULL;
    f->state = STILL;
}

static void fetch_free(struct fetch *f)
{
    if (f->gone)
        *f->gone = true;
    f->page.json = NULL; /* shared */
    page_free(&f->page);
    claim_free(&f->claim);
    claim_free(&f->moved);
    link_close(&f->link);
    buf_free(&f->local);
    free(f->position);
    free(f);
}

static void end(struct fetch *f)
{
    const struct fetch_env *env = f->env;

    fetch_quiet(f);
    fetch_park(f, false);
    env->ended(env->arg, f);
    if (f->beating) { /* its job still points here: on_beat_done() frees */
        f->env = NULL;
        return;
    }
    fetch_free(f);
}

static void put_on_desk(struct fetch *f,
                        int (*work)(struct desk_job *, struct store *,
                                    struct rings *),
                        void (*after)(struct desk_job *, int))
{
    if (f->on_desk)
        die("fetch: two jobs at once");
    f->on_desk = true;
    f->job.work = work;
    f->job.after = after;
    desk_add(f->env->desk, &f->job);
}

#define FETCH_OF(pointer, member)                                              \
    ((struct fetch *)(void *)((char *)(pointer)-offsetof(struct fetch, member)))

static int work_give_back(struct desk_job *job, struct store *store,
                          struct rings *rings)
{
    struct fetch *f = FETCH_OF(job, job);

    (void)rings;
    return claim_give_back(store, &f->claim, f->not_before,
                           *f->note ? f->note : NULL, f->failed);
}

static void after_last(struct desk_job *job, int result)
{
    struct fetch *f = FETCH_OF(job, job);
    char name[256];

    f->on_desk = false;
    if (result == 0)
        log_info("%s: somebody else has it now", fetch_name(f, name));
    end(f); /* a refusal of the store was logged; the lease runs out */
}

void fetch_give_back(struct fetch *f, int64_t not_before, const char *why)
{
    fetch_quiet(f);
    f->not_before = not_before;
    snprintf(f->note, sizeof f->note, "%s", why);
    put_on_desk(f, work_give_back, after_last);
}

static int work_fail(struct desk_job *job, struct store *store,
                     struct rings *rings)
{
    struct fetch *f = FETCH_OF(job, job);

    return stream_finish(store, &f->claim, &f->ending, rings);
}

void fetch_fail(struct fetch *f, const char *outcome, const char *why)
{
    char name[256];

    fetch_quiet(f);
    snprintf(f->note, sizeof f->note, "%s", why);
    log_warn("%s: %s: %s", fetch_name(f, name), outcome, f->note);
    f->ending = (struct ending){.outcome = outcome,
                                .error = f->note,
                                .cursor = INSTANT_NONE,
                                .as_of = INSTANT_NONE,
                                .now = now_us()};
    put_on_desk(f, work_fail, after_last);
}

static int64_t cursor_after(const struct fetch *f)
{
    return f->window.to - f->link.facts->lag * SECOND;
}

static int work_last(struct fetch *f, struct rows_target *t,
                     struct rings *rings)
{
    f->note[0] = '\0';
    if (f->window.sweep && sweep(t, f->note) < 0)
        return -1;
    f->ending = (struct ending){.outcome = OUTCOME_OK,
                                .error = *f->note ? f->note : NULL,
                                .cursor = cursor_after(f),
                                .as_of = f->window.to,
                                .counts = t->counts,
                                .now = t->now};
    return stream_finish(t->store, &f->claim, &f->ending, rings);
}

static int work_page(struct desk_job *job, struct store *store,
                     struct rings *rings)
{
    struct fetch *f = FETCH_OF(job, job);
    int64_t now = now_us();
    struct rows_target t = {
        .store = store,
        .key = f->claim.key,
        .location = f->link.location,
        .locations = json_get(f->link.endpoint.settings, "locations"),
        .stock_ignored = f->link.stock_ignored,
        .now = now,
        .today = zone_local_day(f->link.zone, now),
        .whole = f->claim.whole,
    };
    const struct rows *rows = &f->page.rows;

    if (rows_count(rows) + rows->ids_n + rows->gone_n + rows->whole_n +
                rows->whole_stock_n >
            0 ||
        f->window.sweep) {
        int holds = claim_holds(store, &f->claim);
        if (holds <= 0)
            return holds;
        if (f->window.sweep && f->claim.page == 0 &&
            sweep_forget(store, &f->claim.key) < 0)
            return -1;
        if (rows_store(&t, rows) < 0)
            return -1;
    }
    if (!f->page.next)
        return work_last(f, &t, rings);
    claim_free(&f->moved);
    f->moved = claim_copy(&f->claim);
    return stream_page(store, &f->moved, f->position, &f->window, &t.counts,
                       now + f->env->config->lease);
}

static void after_page(struct desk_job *job, int result)
{
    struct fetch *f = FETCH_OF(job, job);

    f->on_desk = false;
    f->last_sign = mono_us();
    if (result == 0) {
        after_last(job, 0);
    } else if (result < 0) {
        f->failed = f->env->config->tries; /* no use to try the same again */
        fetch_fail(f, OUTCOME_FAILED, "the store refused a page; see the log");
    } else if (!f->page.next) {
        end(f);
    } else {
        claim_free(&f->claim);
        f->claim = f->moved;
        f->moved.position = NULL;
        if (f->stopping)
            fetch_give_back(f, now_us(), "");
    }
}

void fetch_store_page(struct fetch *f)
{
    put_on_desk(f, work_page, after_page);
}

/* The page before is stored first. False if that ended the fetch. */
bool fetch_settle(struct fetch *f)
{
    bool gone = false;

    if (!f->on_desk)
        return true;
    f->gone = &gone;
    desk_flush(f->env->desk);
    if (gone)
        return false;
    f->gone = NULL;
    return !f->on_desk; /* else it is being given back, or fails */
}

static int work_beat(struct desk_job *job, struct store *store,
                     struct rings *rings)
{
    struct fetch *f = FETCH_OF(job, beat);

    (void)rings;
    if (!f->env)
        return 1;
    return claim_beat(store, &f->claim, now_us() + f->env->config->lease);
}

static void on_beat_done(struct desk_job *job, int result)
{
    struct fetch *f = FETCH_OF(job, beat);

    f->beating = false;
    if (!f->env) { /* it ended while its sign of life was on the desk */
        fetch_free(f);
        return;
    }
    f->last_sign = mono_us();
    if (result == 0 && !f->on_desk)
        end(f); /* somebody else has it */
}

void fetch_beat(struct fetch *f, int64_t now)
{
    if (f->on_desk || f->beating ||
        now - f->last_sign < f->env->config->lease / 3)
        return;
    f->beating = true;
    f->beat.work = work_beat;
    f->beat.after = on_beat_done;
    desk_add(f->env->desk, &f->beat);
}
