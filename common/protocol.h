/* protocol.h - how accepted requests become finished syncs, whatever dies.
 *
 *   accept --> stream.want raised --bell--> claim --> page commit ... --> finish
 *                   ^                         |                             |
 *                   '---- give back, reap <---'      next step or sync ended'
 *
 * A stream is in one of three conditions, read from its row alone:
 *   idle      want == done
 *   runnable  want > done, owner NULL (and not_before passed)
 *   held      owner set: one claim, proved by fence + claim_id + page
 * NEXT, the generation a new request waits for, is the first that has not
 * started: gen > done ? gen + 1 : done + 1.
 *
 * The lock of (account, type) is the sync row in state running or processing;
 * no process holds it. All functions but the readers must be called between
 * store_begin() and store_commit(); nothing counts until the commit.
 * Rows are locked in this order: sync, streams by (connection, name), an
 * account's own steps last.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "common/platform.h"
#include "common/store.h"
#include "common/stream.h"

enum {
    PLATFORM_NAME = 32,
    CLAIM_ID = 16,   /* random bytes of a claim */
    CRASHES_MAX = 3, /* of workers on one page: then it is a dead letter */
};

struct stream_key {
    int64_t account, connection; /* connection 0: the account's own step */
    enum stream stream;
};

/* Streams that became runnable inside a transaction: ring their bells after
 * its commit. Zero-initialise; free(list). */
struct ring {
    struct stream_key key;
    char platform[PLATFORM_NAME]; /* "" for an account's own step */
    bool urgent;
};
struct rings {
    struct ring *list;
    size_t n, size;
};
void rings_add(struct rings *rings, const struct ring *ring);

/* ---- accept.c ---- */

struct ask {
    enum sync_type type;
    const char *by; /* "clock", "door", "command line", ... */
    bool urgent;    /* a person waits */
    int64_t at;     /* us UTC */
};
struct accepted {
    int64_t sync;  /* its number within the account */
    bool waiting;  /* one of the type runs: this one comes right after it */
    int64_t since; /* when the running one started, if waiting */
};
/* Starts a sync of ACCOUNT, or remembers it once while one of its type runs. */
must_check int sync_accept(struct store *store, int64_t account,
                           const struct ask *ask, struct accepted *out,
                           struct rings *rings);
/* Keeps what was refused, where `stocktide status` shows it (newest 1000). */
must_check int request_reject(struct store *store, const char *source,
                              const char *element, const char *reason);

/* ---- claim.c ---- */

struct claim {
    struct stream_key key;
    char platform[PLATFORM_NAME];
    char id[2 * CLAIM_ID + 1];
    int64_t fence, gen;
    int64_t page;         /* pages of this generation that are stored */
    char *position;       /* ours: claim_free() */
    struct window window; /* of this generation; set by the first commit */
    bool windowed;        /* window is set (page > 0) */
    bool whole;           /* a full sync waits for it: sweep, compute all */
    int64_t cursor;  /* where the next window starts; INSTANT_NONE: never */
    int64_t tries;   /* claims since the last stored page, this one too */
    int64_t crashes; /* of workers, since the last stored page */
    bool urgent;
};
/* 1: claimed; 0: nothing to do or somebody else has it; -1. */
must_check int stream_claim(struct store *store, const struct stream_key *key,
                            const char *owner, int64_t now, int64_t lease,
                            struct claim *out);
void claim_free(struct claim *claim);
/* A claim of its own: to be moved on inside a transaction, and taken in the
 * stead of CLAIM when that is committed. claim_free() it. */
struct claim claim_copy(const struct claim *claim);
/* 1 while the claim still holds; reads under the row's lock. 0, -1. */
must_check int claim_holds(struct store *store, const struct claim *claim);
/* Shows that the holder lives. 1, or 0: not ours any more, or -1. */
must_check int claim_beat(struct store *store, const struct claim *claim,
                          int64_t lease_until);
/* Lets go of it: anybody may go on from the stored page, not before
 * NOT_BEFORE. ERROR (NULL: keep) is shown to people. FAILED: how many attempts
 * at the page failed under this claim. */
must_check int claim_give_back(struct store *store, const struct claim *claim,
                               int64_t not_before, const char *error,
                               int64_t failed);

/* ---- commit.c ---- */

struct counts {
    int64_t rows, added, changed, removed;
};
/* A page that is not the last: stored with what was upserted in the same
 * transaction. Moves CLAIM on (page, position, tries) when it returns 1; 0: not
 * ours any more: roll back what the page wrote. */
must_check int stream_page(struct store *store, struct claim *claim,
                           const char *position, const struct window *window,
                           const struct counts *counts, int64_t lease_until);

/* ---- finish.c ---- */

struct ending {
    const char *outcome;  /* OUTCOME_OK, ... */
    const char *error;    /* NULL when ok */
    int64_t cursor;       /* INSTANT_NONE: leave it where it is */
    int64_t as_of;        /* the data is complete up to here; NONE: as before */
    struct counts counts; /* of the last page */
    int64_t now;
};
#define OUTCOME_OK "ok"
#define OUTCOME_FAILED "failed" /* the platform, or its answers */
#define OUTCOME_DEAD "dead"     /* crashed its workers, or was given up */

/* Ends the generation of CLAIM: parts, next steps, the sync's end, the promotion
 * of the waiting one. 1; 0: not ours any more, roll back; -1. */
must_check int stream_finish(struct store *store, const struct claim *claim,
                             const struct ending *ending, struct rings *rings);

/* ---- used by accept.c and finish.c: chain.c ---- */

/* Sets the streams of sync ID going; the sync row exists in state running. */
must_check int chain_start(struct store *store, int64_t account, int64_t id,
                           enum sync_type type, bool urgent, int64_t now,
                           struct rings *rings);
/* Goes to the next step of sync ID while all parts of its step have ended. */
must_check int chain_advance(struct store *store, int64_t account, int64_t id,
                             int64_t now, struct rings *rings);

/* ---- reap.c ---- */

/* What a lease looked like when it was seen. */
struct lease {
    struct stream_key key;
    int64_t fence, beat;
    char owner[128];
    char platform[PLATFORM_NAME];
    bool urgent;
};
/* Up to SIZE leases, of OWNER or (NULL) of all. How many, or -1. */
must_check int lease_list(struct store *store, const char *owner,
                          struct lease *out, size_t size);
/* Frees it if it still is as it was seen. CRASHED: its worker died of the page.
 * 1 freed, 0 not, -1. */
must_check int lease_reap(struct store *store, const struct lease *seen,
                          bool crashed, struct rings *rings);
/* Up to SIZE runnable streams, urgent ones first, then the longest waiting;
 * a nightly one that waited 15 minutes counts as urgent. How many, or -1. */
must_check int runnable_list(struct store *store, int64_t now, struct ring *out,
                             size_t size);

#endif
