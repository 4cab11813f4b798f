/* desk.h - where a child's work on the store is gathered into transactions.
 *
 * Claims, page commits and endings of many streams that are ready at the same
 * time share one transaction, and so one wait for the disk. The desk works once
 * in each turn of the loop, after all that was readable has been read.
 *
 *   desk_add(desk, &job)
 *     work(job, store, rings)   inside the transaction
 *     after(job, result)        after it: result of work() if it was committed,
 *                               -1 if the store refused this job
 * after() is called exactly once for each job, never inside desk_add(). When
 * the store cannot be written at all, the process ends: what it had claimed is
 * given to others.
 */
#ifndef DESK_H
#define DESK_H

#include "common/protocol.h"

struct ev_loop;
struct desk;

struct desk_job { /* first member of the caller's struct, which stays its own */
    struct desk_job *next;
    /* 1: done; 0: not ours any more, nothing was written; -1: store error. */
    int (*work)(struct desk_job *job, struct store *store, struct rings *rings);
    void (*after)(struct desk_job *job, int result);
    int result;
};

/* RANG is told what became runnable, after each commit. */
typedef void desk_rang(void *arg, const struct rings *rings);

struct desk *desk_open(struct ev_loop *loop, struct store *store,
                       desk_rang *rang, void *arg);
void desk_close(struct desk *desk); /* jobs not worked on are forgotten */
void desk_add(struct desk *desk, struct desk_job *job);
/* Works on what was added, now. */
void desk_flush(struct desk *desk);

#endif
