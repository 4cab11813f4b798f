/* connection_streams.h - the stream rows of a connection, for
 * connection_put.c. */
#ifndef CONNECTION_STREAMS_H
#define CONNECTION_STREAMS_H

#include "common/platform.h"
#include "common/store.h"

/* A bit for each stream that PLATFORM has and SETTINGS' "streams" (if given)
 * names. 0, or -1 with ERROR (256 bytes). */
must_check int streams_chosen(const struct platform *platform,
                              struct json_value settings, int64_t *bits,
                              char *error);

/* Makes the stream rows those of BITS: new ones are added; others are stopped
 * and removed. Inside a transaction, like all here. 0, -1. */
must_check int streams_put(struct store *store, int64_t account,
                           int64_t connection, const char *platform,
                           int64_t bits, int64_t now);
/* Stops the streams of BITS where they are; a worker that has one finds its
 * claim void. Parts of syncs that wait for them end as failed with REASON. */
must_check int streams_stop(struct store *store, int64_t account,
                            int64_t connection, int64_t bits,
                            const char *reason, int64_t now);

#endif
