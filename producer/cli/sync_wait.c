/* sync_wait.c - waiting for a sync, with a line of progress on a terminal. See
 * sync_ask.h. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "producer/cli/sync_ask.h"
#include "producer/cli/sync_info.h"

#define LONELY (10 * SECOND) /* without any sign of a worker */

static void nap(void)
{
    const struct timespec tenth = {.tv_nsec = 100000000};

    fflush(stdout);
    nanosleep(&tenth, NULL);
}

static void clear_line(void)
{
    if (term_live())
        fputs("\r\033[K", stdout);
}

static void show(const struct sync_info *s)
{
    if (term_live())
        printf("\r\033[K%.*s", term_width() - 1, sync_progress(s));
}

/* Says once that nobody works, if so. */
static void look_for_workers(const struct sync_info *s, int64_t *alone_since,
                             int64_t *pages)
{
    if (s->held || s->pages != *pages || *alone_since == INSTANT_NONE) {
        if (*alone_since != INSTANT_NONE)
            *alone_since = mono_us();
        *pages = s->pages;
        return;
    }
    if (mono_us() - *alone_since < LONELY)
        return;
    clear_line();
    note("nobody has worked on it for 10 s; does stocktide-worker run? see: "
         "stocktide doctor");
    *alone_since = INSTANT_NONE;
}

/* 1 when it ended, 0 when it is gone, -1. */
static int wait_for_end(const struct call *call, int64_t account, int64_t sync,
                        struct sync_info *s)
{
    int64_t alone_since = mono_us(), pages = 0;
    int found;

    while ((found = sync_info_read(call->store, account, sync, s)) > 0) {
        if (!sync_is_open(s))
            break;
        show(s);
        look_for_workers(s, &alone_since, &pages);
        nap();
    }
    clear_line();
    return found;
}

static int tell_end(const struct call *call, const struct sync_info *s)
{
    bool well = strcmp(s->state, "done") == 0;

    if (call->json) {
        struct out o = {0};
        if (sync_out(&o, NULL, call->store, s, true) < 0) {
            buf_free(&o.text);
            return call_store_failed();
        }
        out_print(&o);
    } else {
        say_in(well ? GREEN : RED, "%s\n", sync_summary(s));
        if (sync_parts_print(call->store, s) < 0)
            return call_store_failed();
    }
    return well ? EXIT_DONE : EXIT_FAILED;
}

int sync_wait(const struct call *call, const struct account *account,
              int64_t sync)
{
    struct sync_info s;
    int found = wait_for_end(call, account->id, sync, &s);

    if (found < 0)
        return call_store_failed();
    if (found == 0)
        return fail(EXIT_NOT_FOUND,
                    "sync %lld of %s is gone: the account was "
                    "removed",
                    (long long)sync, account->name);
    return tell_end(call, &s);
}
