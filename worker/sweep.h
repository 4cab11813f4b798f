/* sweep.h - what is stored but was not named by a listing of all ids is gone.
 *
 * Guarded: a listing that misses more than half of what is stored is not
 * believed the first time (a broken filter or an outage looks the same as a
 * mass deletion); the next one that is as short is.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include "worker/rows_store.h"

/* Variants and stock orders; customers' orders are history and stay. */
bool sweep_knows(enum stream stream);
/* At the end of a generation whose window asked for a sweep, in the transaction
 * of its finish. NOTE (256 bytes) says what was held back, else "". */
must_check int sweep(struct rows_target *target, char *note);
/* At its start: forgets the ids of a generation that did not end. */
must_check int sweep_forget(struct store *store, const struct stream_key *key);

#endif
