/* fetch_state.h - a fetch, as its two halves see it: fetch.c asks and judges,
 * fetch_store.c puts what came of it on the desk. Nobody else includes this. */
#ifndef FETCH_STATE_H
#define FETCH_STATE_H

#include <ev.h>

#include "worker/desk.h"
#include "worker/fetch.h"
#include "worker/http.h"
#include "worker/link.h"
#include "worker/pace.h"
#include "worker/pagecheck.h"

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

/* Cancels what is under way to the platform. */
void fetch_quiet(struct fetch *f);
/* A parked fetch holds no slot. */
void fetch_park(struct fetch *f, bool parked);
/* "account/connection/stream". Gives OUT. */
const char *fetch_name(const struct fetch *f, char out[256]);

/* Each puts one job on the desk, so none may be there: see fetch_settle(). */
void fetch_store_page(struct fetch *f);
void fetch_give_back(struct fetch *f, int64_t not_before, const char *why);
void fetch_fail(struct fetch *f, const char *outcome, const char *why);
/* Lets the desk work now if a job is there. False if that ended the fetch, or
 * if it is about to end: then leave it alone. */
must_check bool fetch_settle(struct fetch *f);

#endif
