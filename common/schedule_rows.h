/* schedule_rows.h - what account.c asks of an account's schedule rows. The
 * functions for everybody are in account.h. */
#ifndef SCHEDULE_ROWS_H
#define SCHEDULE_ROWS_H

#include "common/store.h"

struct zone;

/* The nightly row exists and is at MINUTE, and daily rows run by ZONE. A run
 * that is due and not yet taken stays due, unless its minute or zone changed.
 * Inside a transaction. 0, -1. */
must_check int schedules_follow(struct store *store, int64_t account,
                                const struct zone *zone, int minute,
                                int64_t now);

#endif
