/* position.h - positions as words with one blank between: "2 1700000000 -1".
 *
 *   const char *at = question->position;
 *   if (position_number(&at, &phase) < 0 || ... || *at) -> broken position
 *
 * A position comes back from the store, so it is read as strictly as an answer.
 */
#ifndef PLATFORMS_POSITION_H
#define PLATFORMS_POSITION_H

#include "common/base.h"

/* Reads the decimal number at *AT, which it moves behind the number and one
 * blank. 0, or -1 (none there, beyond 64 bits, stuck to something else). */
must_check int position_number(const char **at, int64_t *out);

#endif
