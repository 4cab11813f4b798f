/* run.h - the story of one child of the pool. */
#ifndef RUN_H
#define RUN_H

#include "common/config.h"

/* What a child shares with its parent, in shared memory. */
struct child_board {
    int64_t turns; /* of its loop: stands still when it is stuck */
};

/* Works until TERM, or until LIFELINE (read end) closes, which it does when the
 * parent dies. NUMBER tells children apart. The exit status of the process. */
int run_child(const struct config *config, int number, int lifeline,
              struct child_board *board);
/* The owner text of process PID of this pool: who holds a lease. Gives OUT. */
const char *run_owner(long pid, char out[128]);

#endif
