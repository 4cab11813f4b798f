/* numbers.h - numbers that somebody types: on standard input, or as the value
 * of a flag.
 *
 *   12 15.5 0, 3     # a week; blanks, commas and line ends separate
 *   -1 2e3
 *
 * Two commas with nothing between them are a mistake, for a period that is left
 * out shifts all after it. So are "nan", "inf" and what a double cannot hold.
 */
#ifndef CLI_NUMBERS_H
#define CLI_NUMBERS_H

#include "common/base.h"

struct call;

enum { NUMBERS_MAX = 100000 };

struct numbers {
    double *values; /* NULL while there are none */
    size_t n, size;
};

/* All of standard input. An exit code; what is wrong has been said, with its
 * line. */
must_check int numbers_read(struct numbers *out);
void numbers_free(struct numbers *numbers);

/* The value of --NAME; OTHERWISE if it is not given, unless that is NAN: then
 * it must be. An exit code. */
must_check int numbers_flag(const struct call *call, const char *name,
                            double otherwise, double *out);

enum { NUMBER_TEXT = 32 };

/* For people: up to four decimals, more of what is small. Gives OUT. */
const char *number_text(double value, char out[NUMBER_TEXT]);

#endif
