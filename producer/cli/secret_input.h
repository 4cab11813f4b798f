/* secret_input.h - a secret from standard input. */
#ifndef CLI_SECRET_INPUT_H
#define CLI_SECRET_INPUT_H

#include "common/base.h"

/* One line into OUT (SIZE bytes), asked for without echo on a terminal. 0, or
 * -1 (nothing, or too long). Wipe OUT after use. */
must_check int secret_input(char *out, size_t size);

#endif
