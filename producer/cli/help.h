/* help.h - help, from the table of commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "producer/cli/command.h"

void help_all(void);
void help_command(const struct command *command);

#endif
