/* command.h - what a command is: a row of a table, from which arguments are
 * checked and help is printed. Each cmd_*.c has the rows of its group;
 * commands.c lists the groups.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "common/base.h"

struct call;

struct flag {
    const char *name;  /* "zone", without the dashes */
    const char *value; /* "ZONE" as help shows it; NULL: a switch */
    const char *help;
};

struct command {
    const char *name;         /* "account add" */
    const char *arguments;    /* "ACCOUNT NAME" */
    int least, most;          /* how many arguments */
    const char *summary;      /* one line */
    const char *more;         /* what it does and an example; lines */
    const struct flag *flags; /* ended by a row without a name; may be NULL */
    bool rules;               /* the planning rules are flags as well */
    enum {
        STORE_NONE,
        STORE_NEEDED, /* there must be one */
        STORE_CREATED /* by this command, if there is none */
    } store;
    int (*run)(struct call *call); /* gives the exit code */
};

/* Groups of rows, each ended by a row without a name; NULL: no more. */
const struct command *command_group(size_t i);
/* The command whose name the N words begin with; *USED words are its name. */
const struct command *command_find(char **words, int n, int *used);
/* A command's name that TEXT may have meant, or NULL. */
const char *command_like(const char *text);

extern const struct command account_commands[];
extern const struct command apply_commands[];
extern const struct command config_commands[];
extern const struct command connection_commands[];
extern const struct command dead_commands[];
extern const struct command doctor_commands[];
extern const struct command forecast_commands[];
extern const struct command history_commands[];
extern const struct command metrics_commands[];
extern const struct command platform_commands[];
extern const struct command schedule_commands[];
extern const struct command status_commands[];
extern const struct command sync_commands[];
extern const struct command watch_commands[];

#endif
