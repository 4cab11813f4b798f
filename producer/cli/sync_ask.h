/* sync_ask.h - asking for a sync from the command line, and waiting for it. */
#ifndef CLI_SYNC_ASK_H
#define CLI_SYNC_ASK_H

#include "common/protocol.h"
#include "producer/cli/call.h"

/* Accepts it (durable when this returns) and rings the workers. An exit
 * code. */
must_check int sync_ask(const struct call *call, const struct account *account,
                        enum sync_type type, struct accepted *out);
/* Shows it until it has ended, then what it did. EXIT_DONE when all went well,
 * EXIT_FAILED if it ended partial or failed. */
must_check int sync_wait(const struct call *call, const struct account *account,
                         int64_t sync);

#endif
