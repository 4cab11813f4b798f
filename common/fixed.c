/* fixed.c - money and quantities in steps of 1e-6. See fixed.h. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/fixed.h"

__extension__ typedef __int128 wide; /* gcc and clang have it */

enum { DECIMALS = 6, EXPONENT_MAX = 400 };

static const char *skip_blanks(const char *c)
{
    while (*c == ' ' || *c == '\t')
        c++;
    return c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* An optional exponent at *C, which it moves behind; -1 if it is malformed. */
static int read_exponent(const char **c, int *exponent)
{
    int sign = 1, value = 0;

    *exponent = 0;
    if (**c != 'e' && **c != 'E')
        return 0;
    (*c)++;
    if (**c == '+' || **c == '-')
        sign = *(*c)++ == '-' ? -1 : 1;
    if (!is_digit(**c))
        return -1;
    for (; is_digit(**c); (*c)++)
        if (value < EXPONENT_MAX)
            value = value * 10 + (**c - '0');
    *exponent = sign * value;
    return 0;
}

/* Value of the LENGTH characters at DIGITS (digits and at most one point),
 * whose point is moved EXPONENT places, in 1e-6; -1 beyond the range. */
static int scale(const char *digits, size_t length, int exponent, int64_t *out)
{
    const char *point = memchr(digits, '.', length);
    int before = (int)(point ? point - digits : (long)length);
    int wanted = before + exponent + DECIMALS; /* digits that count */
    int64_t value = 0;
    int seen = 0;

    for (size_t i = 0; i < length; i++) {
        int digit = digits[i] - '0';
        if (digits[i] == '.')
            continue;
        if (seen < wanted && (__builtin_mul_overflow(value, 10, &value) ||
                              __builtin_add_overflow(value, digit, &value)))
            return -1;
        if (seen == wanted && digit >= 5 &&
            __builtin_add_overflow(value, 1, &value))
            return -1;
        seen++;
    }
    for (; value != 0 && seen < wanted; seen++)
        if (__builtin_mul_overflow(value, 10, &value))
            return -1;
    *out = value;
    return 0;
}

int fixed_parse(const char *text, int64_t *out)
{
    const char *c = skip_blanks(text), *digits;
    bool negative = false, any = false, point = false;
    size_t length;
    int64_t value;
    int exponent;

    if (*c == '-' || *c == '+')
        negative = *c++ == '-';
    digits = c;
    for (; is_digit(*c) || (*c == '.' && !point); c++) {
        any |= is_digit(*c);
        point |= *c == '.';
    }
    length = (size_t)(c - digits);
    if (!any || length > EXPONENT_MAX || read_exponent(&c, &exponent) < 0 ||
        *skip_blanks(c) != '\0' || scale(digits, length, exponent, &value) < 0)
        return -1;
    *out = negative ? -value : value;
    return 0;
}

int fixed_from_double(double value, int64_t *out)
{
    double scaled = round(value * (double)FIXED_ONE);

    if (!(fabs(scaled) < 9.2e18)) /* also refuses NaN */
        return -1;
    *out = (int64_t)scaled;
    return 0;
}

const char *fixed_text(int64_t value, char out[FIXED_TEXT])
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t whole = size / (uint64_t)FIXED_ONE;
    unsigned rest = (unsigned)(size % (uint64_t)FIXED_ONE);
    int length = snprintf(out, FIXED_TEXT, "%s%" PRIu64 ".%06u",
                          value < 0 ? "-" : "", whole, rest);

    while (out[length - 1] == '0')
        out[--length] = '\0';
    if (out[length - 1] == '.')
        out[--length] = '\0';
    return out;
}

int64_t fixed_mul(int64_t a, int64_t b)
{
    wide product = (wide)a * b;
    wide half = FIXED_ONE / 2;
    wide value = (product + (product < 0 ? -half : half)) / FIXED_ONE;

    if (value > INT64_MAX)
        return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

double fixed_to_double(int64_t value)
{
    return (double)value / (double)FIXED_ONE;
}
