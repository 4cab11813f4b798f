/* cmd_watch.c - watch: running syncs as they go on, and each that ends.
 *
 *   full sync 12 of acme done in 3.1 s: ...     stays
 *   variants sync 13 of acme started            stays
 *   > variants 13 acme: running, 2 of 4 ...     redrawn, on a terminal only
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "producer/cli/call.h"
#include "producer/cli/sync_info.h"
#include "producer/cli/when.h"

enum { LIVE_MAX = 20 }; /* running syncs that are drawn */

/* The time in a row is taken before its commit: look back a little, and
 * remember what was told. */
#define LOOK_BACK (15 * SECOND)

struct names { /* of syncs: pairs of account and number */
    int64_t *list;
    size_t n;
};

struct watch {
    const struct call *call;
    int64_t account;      /* 0: all */
    int lines;            /* drawn below, to be erased */
    bool begun;           /* what ended before is not told */
    struct names running; /* in the look before this one */
    struct names ended;   /* likewise, not long ago */
};

static void names_add(struct names *names, const struct sync_info *s)
{
    names->list =
        xrealloc(names->list, 2 * (names->n + 1) * sizeof *names->list);
    names->list[2 * names->n] = s->account;
    names->list[2 * names->n++ + 1] = s->id;
}

static bool names_have(const struct names *names, const struct sync_info *s)
{
    for (size_t i = 0; i < names->n; i++)
        if (names->list[2 * i] == s->account && names->list[2 * i + 1] == s->id)
            return true;
    return false;
}

static void nap(void)
{
    const struct timespec fifth = {.tv_nsec = 200000000};

    fflush(stdout);
    nanosleep(&fifth, NULL);
}

static void erase(struct watch *w)
{
    if (w->lines)
        printf("\033[%dA\033[J", w->lines);
    w->lines = 0;
}

static void tell(const struct watch *w, const struct sync_info *s,
                 const char *what)
{
    struct out o = {0};

    if (w->call->json) {
        if (sync_out(&o, NULL, w->call->store, s, false) == 0)
            out_print(&o);
        return;
    }
    say_in(DIM, "%.16s ", when_local(when_zone(s->zone), now_us()));
    if (sync_is_open(s))
        say("%s sync %lld of %s %s\n", sync_type_name(s->type),
            (long long)s->id, s->account_name, what);
    else
        say_in(strcmp(s->state, "done") == 0 ? GREEN : RED, "%s\n",
               sync_summary(s));
}

static int tell_ended(struct watch *w)
{
    struct query *q = syncs_ended_after(w->call->store, now_us() - LOOK_BACK);
    struct names ended = {0};
    struct sync_info s;

    while (sync_info_next(q, &s)) {
        names_add(&ended, &s);
        if (w->begun && !names_have(&w->ended, &s) &&
            (!w->account || s.account == w->account))
            tell(w, &s, "");
    }
    w->begun = true;
    free(w->ended.list);
    w->ended = ended;
    return query_end(q);
}

static void draw(struct watch *w, const struct sync_info *s)
{
    char *line;

    if (w->lines == LIVE_MAX || !term_live() || w->call->json)
        return;
    line = xasprintf("> %s %lld %s: %s", sync_type_name(s->type),
                     (long long)s->id, s->account_name, sync_progress(s));
    printf("%.*s\n", term_width() - 1, term_clean(line));
    free(line);
    w->lines++;
}

static int tell_started(struct watch *w)
{
    struct query *q = syncs_open(w->call->store, w->account);
    struct names running = {0};
    struct sync_info s;

    while (sync_info_next(q, &s)) {
        if (strcmp(s.state, "waiting") == 0)
            continue;
        names_add(&running, &s);
        if (!names_have(&w->running, &s))
            tell(w, &s, "started");
    }
    free(w->running.list);
    w->running = running;
    return query_end(q);
}

static int draw_all(struct watch *w)
{
    struct query *q = syncs_open(w->call->store, w->account);
    struct sync_info s;

    while (sync_info_next(q, &s))
        draw(w, &s);
    return query_end(q);
}

static int watch(const struct call *call, int64_t account)
{
    struct watch w = {.call = call, .account = account};
    int result = 0;

    if (term_live() && !call->json)
        say_in(DIM, "watching; end with Ctrl-C\n");
    while (result == 0 && !ferror(stdout)) {
        erase(&w);
        if (tell_ended(&w) < 0 || tell_started(&w) < 0 || draw_all(&w) < 0)
            result = -1;
        nap();
    }
    free(w.running.list);
    free(w.ended.list);
    return result;
}

static int run_watch(struct call *call)
{
    struct account account = {0};
    int64_t id = 0;
    int code = EXIT_DONE;

    if (call->args_n)
        code = call_account(call, call->args[0], &account);
    if (code)
        return code;
    id = account.id;
    account_free(&account);
    return watch(call, id) < 0 ? call_store_failed() : EXIT_DONE;
}

const struct command watch_commands[] = {
    {"watch", "[ACCOUNT]", 0, 1, "running syncs, live, and what each changed",
     "Until Ctrl-C. Not on a terminal it prints one line for each sync that "
     "starts or\nends; with --json one object.",
     NULL, false, STORE_NEEDED, run_watch},
    {0},
};
