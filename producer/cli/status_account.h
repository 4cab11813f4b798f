/* status_account.h - the state of one account, and what is shared with the
 * overview of all. Each: 0, or -1 (store; logged). */
#ifndef CLI_STATUS_ACCOUNT_H
#define CLI_STATUS_ACCOUNT_H

#include "producer/cli/call.h"

must_check int status_account_print(const struct call *call,
                                    const struct account *account);
must_check int status_account_out(const struct call *call, struct out *o,
                                  const struct account *account);
/* Requests that were refused, the newest 10 that name ACCOUNT (NULL: all). */
must_check int status_rejected_print(const struct call *call,
                                     const char *account);
must_check int status_rejected_out(const struct call *call, struct out *o,
                                   const char *account);

#endif
