/* units.h - durations and sizes as people write them: "30s", "26h", "8MiB".
 *
 * Both want a unit where it matters: a bare 30 could be seconds or minutes.
 */
#ifndef UNITS_H
#define UNITS_H

#include "common/base.h"

/* "250ms", "30s", "5m", "26h", "2d", or several: "1h30m". Into us. 0, or -1
 * with *OUT untouched. */
must_check int duration_parse(const char *text, int64_t *out);
/* "8MiB", "64KiB", "1GiB", "5MB", or bytes as a bare number. 0, or -1. */
must_check int size_parse(const char *text, int64_t *out);
/* A whole number, digits alone. 0, or -1. */
must_check int count_parse(const char *text, int64_t *out);

#endif
