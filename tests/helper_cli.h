/* helper_cli.h - runs the real program `stocktide`, in a folder of its own, and
 * a Redis beside it.
 *
 *   cli_setup();
 *   ck_assert_int_eq(cli("account", "list", NULL), 0);
 *   strstr(cli_out, ...) strstr(cli_err, ...)
 *   cli_teardown();
 *
 * The program's folder is the environment variable BUILD, else build/asan. No
 * output of it may hold CANARY: secrets in tests are made of it.
 */
#ifndef TESTS_HELPER_CLI_H
#define TESTS_HELPER_CLI_H

#include "common/json.h"
#include "common/store.h"

#define CANARY "canary-5f7a1c"

extern char cli_folder[64];
extern const char *cli_out, *cli_err; /* of the last run */

void cli_setup(void);
void cli_teardown(void);
/* "<folder>/<name>"; valid for the next 7 calls. */
const char *cli_path(const char *name);
void cli_write(const char *name, const char *text, unsigned mode);
/* What the next run reads from standard input; "" again after it. */
void cli_input(const char *text);

/* Its exit code. */
int cli(const char *argument, ...) __attribute__((sentinel));
/* Runs it with --json: parses what it wrote. Valid until the next run. */
struct json_value cli_json(int want, const char *argument, ...)
    __attribute__((sentinel));

/* In the background; END gives its exit code, cli_out and cli_err. */
void cli_start(const char *argument, ...) __attribute__((sentinel));
int cli_end(void);
/* Until standard output of the one in the background holds TEXT. */
void cli_await(const char *text);
void cli_kill(void);

/* A redis-server on a unix socket in the folder, with deploy's settings. */
void cli_redis_start(void);

#endif
