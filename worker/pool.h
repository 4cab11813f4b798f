/* pool.h - the parent of a worker: forks children and keeps their number. */
#ifndef POOL_H
#define POOL_H

#include "common/config.h"

/* Runs until TERM or INT, or until all children are gone. Exit status. */
int pool_run(const struct config *config);

#endif
