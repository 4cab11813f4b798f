/* call.h - one call of a command: its arguments, taken apart and checked.
 */
#ifndef CLI_CALL_H
#define CLI_CALL_H

#include "common/account.h"
#include "common/config.h"
#include "producer/cli/command.h"
#include "producer/cli/out.h"
#include "producer/cli/term.h"

enum exit_code {
    EXIT_DONE,
    EXIT_FAILED, /* or: looked, and found problems */
    EXIT_USAGE,
    EXIT_NOT_FOUND,
    EXIT_UNREACHABLE /* the store, or Redis */
};

enum { CALL_ARGS = 4, CALL_FLAGS = 64 };

struct call {
    const struct command *command;
    const struct config *config;
    struct store *store; /* open, if the command needs one */
    const char *args[CALL_ARGS];
    int args_n;
    bool json;
    struct {
        const char *name, *value;
    } flags[CALL_FLAGS];
    size_t flags_n;
};

/* Takes the words behind the command's name apart. An exit code. */
must_check int call_parse(struct call *call, int n, char **words);
/* Opens the store, which must be there; nothing if it is open. An exit code. */
must_check int call_open(struct call *call);
/* The same, and creates it if there is none. */
must_check int call_create(struct call *call);

/* The value of --NAME, the last one given; "" for a switch; NULL: not given. */
const char *call_flag(const struct call *call, const char *name);
/* Each value of --NAME in turn; *AT starts at 0. NULL: no more. */
const char *call_each(const struct call *call, const char *name, size_t *at);
/* The value of --NAME as a whole number within the range; OTHERWISE if it is
 * not given. An exit code. */
must_check int call_number(const struct call *call, const char *name,
                           int64_t otherwise, int64_t least, int64_t most,
                           int64_t *out);

/* The account of that name. An exit code. */
must_check int call_account(const struct call *call, const char *name,
                            struct account *out);
/* The connection; EXIT_NOT_FOUND tells what there is. */
must_check int call_connection(const struct call *call,
                               const struct account *account, const char *name,
                               struct connection *out);
/* What to return when the store did not answer; it has been logged. */
int call_store_failed(void);
/* Tells what became of a thing: "account acme removed", or as JSON. */
void call_result(const struct call *call, const char *kind, const char *name,
                 const char *result);

#endif
