/* fixed.h - money and quantities: int64 in steps of 1e-6, never a double.
 *
 * 12.5 pieces are 12500000. The range is +-9.2e12 pieces or currency units.
 */
#ifndef FIXED_H
#define FIXED_H

#include "common/base.h"

#define FIXED_ONE INT64_C(1000000)

enum { FIXED_TEXT = 32 }; /* bytes that any value needs, NUL included */

/* A decimal number such as "-12.50" or "1e3": 0, or -1 (not a number, beyond
 * the range) with *OUT untouched. A seventh decimal is rounded half away from
 * zero. Leading and trailing blanks are accepted. */
must_check int fixed_parse(const char *text, int64_t *out);
must_check int fixed_from_double(double value, int64_t *out);
/* Shortest exact decimal text: "12.5", "-3", "0". Gives OUT. */
const char *fixed_text(int64_t value, char out[FIXED_TEXT]);
/* Product of two fixed numbers, rounded half away from zero; saturates. */
int64_t fixed_mul(int64_t a, int64_t b);
double fixed_to_double(int64_t value);

#endif
