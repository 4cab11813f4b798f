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
 * Storing is fetch_store.c's half. The page's rows live in the fetch's arena
 * until its job is done. Should the answer to the next page be here before the
 * desk has worked, the desk works first.
 */
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/log.h"
#include "worker/fetch_state.h"
#include "worker/local.h"
#include "worker/sweep.h"
#include "worker/verdict.h"

static void ask(struct fetch *f);
static void on_answer(struct fetch *f, const struct answer *answer,
                      const char *error, bool refused);

static struct known *known_of(struct fetch *f)
{
    return known_get(f->env->known, f->claim.key.account,
                     f->claim.key.connection);
}

/* ---- answers ---- */

static void wait_for(struct fetch *f, int64_t wait)
{
    f->state = WAITING;
    fetch_park(f, true);
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
    fetch_store_page(f);
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
        log_debug("%s: %s", fetch_name(f, name), f->page.error);
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
        fetch_give_back(f, now_us() + wait, f->page.error);
        break;
    case VERDICT_LOGIN:
        login(f);
        break;
    case VERDICT_RESTART:
        restart(f);
        break;
    case VERDICT_FAIL:
        fetch_fail(f, OUTCOME_FAILED, f->page.error);
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

static void on_answer(struct fetch *f, const struct answer *answer,
                      const char *error, bool refused)
{
    const struct platform *platform;
    struct question question;
    struct known *known;

    if (!fetch_settle(f))
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

/* A position that its own platform refuses: the page it came with counts. */
static void cannot_ask(struct fetch *f, const char *error)
{
    if (fetch_settle(f))
        fetch_fail(f, OUTCOME_FAILED, error);
}

static void send_request(struct fetch *f)
{
    struct request request = {0};
    char error[256] = "";

    f->state = ASKING;
    if (make_request(f, &request, error) < 0)
        cannot_ask(f, error);
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
    fetch_park(f, false);
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
    fetch_park(f, false);
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
        fetch_fail(f, OUTCOME_FAILED, error);
        return f;
    }
    if (f->claim.crashes >= CRASHES_MAX) {
        snprintf(error, sizeof error,
                 "page %lld crashed its worker %lld times; position '%.100s'",
                 (long long)f->claim.page + 1, (long long)f->claim.crashes,
                 f->position);
        fetch_fail(f, OUTCOME_DEAD, error);
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
        fetch_give_back(f, now_us(), "");
}
