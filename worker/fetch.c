/* fetch.c - one generation of one stream, from claim to finish.
 *
 *            .------------------ next page (asked before this one is stored)
 *            v                                              |
 *   start -> PACING -> ASKING --good page--> page job ------'--last--> ended
 *            ^  |        |                      |
 *            |  '-full---+--busy, down--> WAITING (parked: holds no slot)
 *            |                               |
 *            '-------------timer-------------'
 *                        '--too long to wait--> given back
 *                        '--refused, too many tries--> failed
 *
 * The page's rows live in the fetch's arena until its job is done. Should the
 * answer to the next page be here before the desk has worked, the desk works
 * first.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/log.h"
#include "common/zone.h"
#include "worker/desk.h"
#include "worker/fetch.h"
#include "worker/http.h"
#include "worker/link.h"
#include "worker/local.h"
#include "worker/pace.h"
#include "worker/pagecheck.h"
#include "worker/rows_store.h"
#include "worker/sweep.h"
#include "worker/verdict.h"

enum state { PACING, ASKING, WAITING, STILL };

struct fetch {
    const struct fetch_env *env;
    struct claim claim;
    struct claim moved; /* the claim when the page at hand is committed */
    struct link link;
    enum state state;
    bool parked, stopping, logging_in, clock_checked;
    bool *gone; /* where to say that it is freed, or NULL */
    struct page page;
    char *position; /* of the page that is asked for; ours */
    struct window window;
    struct pagecheck check;
    struct http_transfer *transfer;
    struct buf local; /* body of a local answer */
    int local_status;
    ev_timer timer;
    struct pace *pace; /* the question that is under way */
    int64_t failed, last_good, last_sign;
    int logins, restarts;
    /* At most one of these is on the desk. */
    struct desk_job job;
    bool on_desk;
    struct ending ending; /* of the last page, or of a failure */
    char note[256];
    int64_t not_before;
    /* Signs of life go beside it. */
    struct desk_job beat;
    bool beating;
};

static void ask(struct fetch *f);
static void on_answer(struct fetch *f, const struct answer *answer,
                      const char *error, bool refused);

static const char *name_of(const struct fetch *f, char out[256])
{
    snprintf(out, 256, "%s/%s/%s",
             f->link.connection.account_name ? f->link.connection.account_name
                                             : "?",
             f->link.connection.name ? f->link.connection.name : "?",
             stream_name(f->claim.key.stream));
    return out;
}

static struct known *known_of(struct fetch *f)
{
    return known_get(f->env->known, f->claim.key.account,
                     f->claim.key.connection);
}

static void park(struct fetch *f, bool parked)
{
    if (f->parked == parked)
        return;
    f->parked = parked;
    f->env->slot(f->env->arg, parked ? -1 : 1);
}

static void quiet(struct fetch *f)
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

    quiet(f);
    park(f, false);
    env->ended(env->arg, f);
    if (f->beating) { /* its job still points here: on_beat_done() frees */
        f->env = NULL;
        return;
    }
    fetch_free(f);
}

/* ---- jobs on the desk ---- */

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
        log_info("%s: somebody else has it now", name_of(f, name));
    end(f); /* a refusal of the store was logged; the lease runs out */
}

static void give_back(struct fetch *f, int64_t not_before, const char *why)
{
    quiet(f);
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

static void fail(struct fetch *f, const char *outcome, const char *why)
{
    char name[256];

    quiet(f);
    snprintf(f->note, sizeof f->note, "%s", why);
    log_warn("%s: %s: %s", name_of(f, name), outcome, f->note);
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
        fail(f, OUTCOME_FAILED, "the store refused a page; see the log");
    } else if (!f->page.next) {
        end(f);
    } else {
        claim_free(&f->claim);
        f->claim = f->moved;
        f->moved.position = NULL;
        if (f->stopping)
            give_back(f, now_us(), "");
    }
}

/* ---- answers ---- */

static void wait_for(struct fetch *f, int64_t wait)
{
    f->state = WAITING;
    park(f, true);
    ev_timer_stop(f->env->loop, &f->timer);
    ev_timer_set(&f->timer, (double)wait / 1e6, 0.);
    ev_timer_start(f->env->loop, &f->timer);
}

static void take_page(struct fetch *f)
{
    f->failed = 0;
    f->logins = 0;
    f->last_good = mono_us();
    if (f->page.next) {
        free(f->position);
        f->position = xstrdup(f->page.next);
    }
    put_on_desk(f, work_page, after_page);
    /* The next page travels while this one is stored. */
    if (f->page.next && !f->stopping)
        ask(f);
}

static struct pace_budget budget_of(struct fetch *f)
{
    return (struct pace_budget){
        .account = f->claim.key.account,
        .connection = f->claim.key.connection,
        .rate = f->link.rate,
        .known = f->env->known,
    };
}

/* All workers of the connection wait, not only the one that was told to. */
static void tell_others(struct fetch *f, int64_t wait)
{
    struct pace_budget budget = budget_of(f);

    pace_penalty(f->env->redis, &budget, wait);
}

static void restart(struct fetch *f)
{
    free(f->position);
    f->position = xstrdup("");
    f->restarts++;
    ask(f);
}

static void login(struct fetch *f)
{
    struct known *known = known_of(f);

    explicit_bzero(known->session, sizeof known->session);
    f->logins++;
    ask(f);
}

static void judge(struct fetch *f)
{
    const struct attempt attempt = {
        .class = f->page.class,
        .failed = f->claim.tries - 1 + ++f->failed,
        .tries = f->env->config->tries,
        .asked_wait = f->page.wait,
        .throttled = mono_us() - f->last_good,
        .logins = f->logins,
        .restarts = f->restarts,
        .dice = drand48(),
    };
    char name[256];
    int64_t wait;

    if (f->page.class == PAGE_THROTTLED)
        f->failed--; /* costs no try */
    if (f->page.class != PAGE_GOOD)
        log_debug("%s: %s", name_of(f, name), f->page.error);
    switch (verdict_of(&attempt, &wait)) {
    case VERDICT_TAKE:
        take_page(f);
        break;
    case VERDICT_WAIT:
        if (f->page.class == PAGE_THROTTLED)
            tell_others(f, wait);
        wait_for(f, wait);
        break;
    case VERDICT_GIVE_BACK:
        if (f->page.class == PAGE_THROTTLED)
            tell_others(f, wait);
        give_back(f, now_us() + wait, f->page.error);
        break;
    case VERDICT_LOGIN:
        login(f);
        break;
    case VERDICT_RESTART:
        restart(f);
        break;
    case VERDICT_FAIL:
        fail(f, OUTCOME_FAILED, f->page.error);
        break;
    }
}

/* The window ends at the platform's own now. True if that had to be put right:
 * then the first page is asked for again. */
static bool put_clock_right(struct fetch *f, const struct answer *answer)
{
    struct known *known = known_of(f);
    char date[64];
    int64_t theirs, now = now_us();

    if (!answer_header(answer, "Date", date, sizeof date) ||
        instant_parse_http(date, &theirs) < 0)
        return false;
    known->skew = theirs - now;
    if (known->skew > -2 * SECOND && known->skew < 2 * SECOND)
        known->skew = 0; /* whole seconds and the way of the answer */
    if (f->clock_checked || f->claim.windowed || !f->link.facts->windowed)
        return false;
    f->clock_checked = true;
    if (known->skew >= 0 || f->window.to <= theirs + 2 * SECOND)
        return false;
    f->window.to = theirs;
    return true;
}

static void read_page(struct fetch *f, const struct question *question,
                      const struct answer *answer)
{
    f->link.platform->page(question, answer, &f->page);
    if (f->page.class == PAGE_GOOD)
        pagecheck_page(&f->check, f->link.facts, &f->window, &f->page,
                       f->position, answer, f->link.platform->is_local);
    if (f->page.class == PAGE_GOOD && f->page.next &&
        f->claim.page + 1 >= f->env->config->page_limit)
        page_fail(&f->page, PAGE_REFUSED,
                  "more than %lld pages: the listing does not end",
                  (long long)f->env->config->page_limit);
}

static struct question question_of(struct fetch *f)
{
    struct known *known = known_of(f);

    return (struct question){.endpoint = &f->link.endpoint,
                             .stream = f->claim.key.stream,
                             .window = f->window,
                             .position = f->position,
                             .session = known->session};
}

/* The page before is stored first. False if that ended the fetch. */
static bool store_first(struct fetch *f)
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

static void on_answer(struct fetch *f, const struct answer *answer,
                      const char *error, bool refused)
{
    const struct platform *platform;
    struct question question;
    struct known *known;

    if (!store_first(f))
        return;
    platform = f->link.platform;
    question = question_of(f);
    known = known_of(f);
    f->state = STILL;
    page_reset(&f->page);
    if (answer->status == 0) {
        page_fail(&f->page, refused ? PAGE_REFUSED : PAGE_RETRY, "%s", error);
    } else if (answer->status / 100 != 2) {
        if (platform->refused)
            platform->refused(&question, answer, &f->page);
        else
            page_of_status(platform, answer, &f->page);
    } else if (f->logging_in) {
        platform->login(&question, answer, known->session, &f->page);
        if (f->page.class == PAGE_GOOD) {
            ask(f);
            return;
        }
    } else if (put_clock_right(f, answer)) {
        ask(f);
        return;
    } else {
        read_page(f, &question, answer);
    }
    /* A login that is refused is not cured by another one. */
    if (f->logging_in && f->page.class == PAGE_LOGIN)
        f->page.class = PAGE_REFUSED;
    judge(f);
}

static void on_http(void *arg, const struct http_result *result)
{
    struct fetch *f = arg;
    const struct answer answer = {.status = result->status,
                                  .headers = result->headers,
                                  .body = result->body,
                                  .length = result->length};

    f->transfer = NULL;
    on_answer(f, &answer, result->error, result->refused);
}

/* ---- questions ---- */

static void send_http(struct fetch *f, const struct request *request)
{
    struct buf url = {0};
    const struct http_call call = {
        .method = request->method,
        .headers = buf_str(&request->headers),
        .body = request->body.data,
        .length = request->body.length,
        .private_allowed = f->link.connection.private_allowed,
        .ca_file = f->link.ca_file,
    };
    struct http_call with_url = call;

    buf_printf(&url, "%s%s", f->link.origin, buf_str(&request->path));
    with_url.url = buf_str(&url);
    f->transfer = http_start(f->env->http, &with_url, on_http, f);
    buf_wipe(&url);
}

/* The answer of a folder comes from the timer: never before ask() returned. */
static void send_local(struct fetch *f, const struct request *request)
{
    char error[256] = "";
    int status = 200;

    if (f->link.folder)
        status =
            local_read(f->link.folder, buf_str(&request->path),
                       (size_t)f->env->config->page_bytes, &f->local, error);
    if (status != 200)
        snprintf(f->note, sizeof f->note, "%s", error);
    f->local_status = status;
    ev_timer_set(&f->timer, 0., 0.);
    ev_timer_start(f->env->loop, &f->timer);
}

static void on_local(struct fetch *f)
{
    const struct answer answer = {.status = f->local_status,
                                  .headers = "",
                                  .body = buf_str(&f->local),
                                  .length = f->local.length};

    if (answer.status == 200) {
        on_answer(f, &answer, "", false);
        return;
    }
    page_reset(&f->page);
    page_fail(&f->page, PAGE_REFUSED, "%s", f->note);
    f->state = STILL;
    judge(f);
}

/* The login first where the platform wants one; -1 with ERROR. */
static int make_request(struct fetch *f, struct request *request, char *error)
{
    const struct platform *platform = f->link.platform;
    struct question question = question_of(f);

    f->logging_in = false;
    if (platform->login_request && !*question.session) {
        if (platform->login_request(&question, request, error) < 0)
            return -1;
        f->logging_in = request->method != NULL;
        if (f->logging_in)
            return 0;
    }
    return platform->request(&question, request, error);
}

static void send_request(struct fetch *f)
{
    struct request request = {0};
    char error[256] = "";

    f->state = ASKING;
    if (make_request(f, &request, error) < 0)
        fail(f, OUTCOME_FAILED, error);
    else if (f->link.platform->is_local && !*f->link.origin)
        send_local(f, &request);
    else
        send_http(f, &request);
    request_free(&request);
}

static void on_pace(void *arg, int64_t wait)
{
    struct fetch *f = arg;

    f->pace = NULL;
    if (wait > 0) {
        wait_for(f, wait);
        return;
    }
    park(f, false);
    send_request(f);
}

static void ask(struct fetch *f)
{
    struct pace_budget budget = budget_of(f);

    if (!pace_needed(&budget)) {
        send_request(f);
        return;
    }
    f->state = PACING;
    f->pace = pace_ask(f->env->redis, &budget, on_pace, f);
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
    struct fetch *f = w->data;

    (void)loop;
    (void)events;
    if (f->state == ASKING) {
        on_local(f);
        return;
    }
    park(f, false);
    ask(f);
}

/* ---- start, stop, signs of life ---- */

static void start_window(struct fetch *f)
{
    const struct stream_facts *facts = f->link.facts;
    struct known *known = known_of(f);
    int64_t cursor = f->claim.cursor;

    if (f->claim.windowed) {
        f->window = f->claim.window; /* goes on where a worker ended */
    } else {
        f->window.to = now_us() + known->skew;
        f->window.from = INSTANT_NONE;
        if (facts->windowed && cursor != INSTANT_NONE)
            f->window.from = cursor - facts->lookback * SECOND;
    }
    f->window.sweep =
        f->claim.whole && facts->sweeps && sweep_knows(facts->stream);
}

struct fetch *fetch_start(const struct fetch_env *env, struct claim *claim)
{
    struct fetch *f = xcalloc(1, sizeof *f);
    char error[256] = "";

    f->env = env;
    f->claim = *claim;
    claim->position = NULL;
    f->position = xstrdup(f->claim.position);
    f->page.json = env->json;
    f->page.rows.arena = arena_new();
    f->last_good = f->last_sign = mono_us();
    ev_timer_init(&f->timer, on_timer, 0., 0.);
    f->timer.data = f;
    if (link_open(&f->link, env->store, env->config, &f->claim, error) < 0) {
        fail(f, OUTCOME_FAILED, error);
        return f;
    }
    if (f->claim.crashes >= CRASHES_MAX) {
        snprintf(error, sizeof error,
                 "page %lld crashed its worker %lld times; position '%.100s'",
                 (long long)f->claim.page + 1, (long long)f->claim.crashes,
                 f->position);
        fail(f, OUTCOME_DEAD, error);
        return f;
    }
    start_window(f);
    ask(f);
    return f;
}

void fetch_stop(struct fetch *f)
{
    if (f->stopping)
        return;
    f->stopping = true;
    if (!f->on_desk)
        give_back(f, now_us(), "");
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
