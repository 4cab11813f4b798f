/* process.h - one generation of an account's own step: the roll-up of stock
 * orders, or the metrics. Computed in chunks, each one transaction with its
 * place, so it goes on after a crash and never holds the store for long.
 * Before it: run.c. After it: on_order.c or metrics_step.c, chunk by chunk.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "worker/fetch.h"

struct zone;

struct chunk { /* what a step's function works on; borrowed */
    struct store *store;
    const struct account *account;
    const struct zone *zone;
    const struct claim *claim;
    const char *position; /* "" at first */
    int64_t now, today;   /* local day of the account */
    int64_t as_of;        /* of the oldest input, taken at the start */
    struct buf next;      /* out: where the next chunk starts; left empty at the
                             end of the work */
    struct counts counts; /* out */
};
/* 0, or -1 (logged): roll back. */
typedef int process_step(struct chunk *chunk);

int on_order_chunk(struct chunk *chunk);
int metrics_chunk(struct chunk *chunk);

struct process;
/* Takes CLAIM. ENDED is called once, not before this returned. */
typedef void process_ended(void *arg, struct process *process);
struct process *process_start(const struct fetch_env *env, struct claim *claim,
                              process_ended *ended, void *arg);
/* Gives the step back after the chunk at hand; ENDED follows. */
void process_stop(struct process *process);

#endif
