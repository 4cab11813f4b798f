/* amount.c - arithmetic on amounts that cannot overflow. See amount.h. */
#include "common/metrics/amount.h"

__extension__ typedef __int128 wide; /* gcc and clang have it */

int64_t amount_ratio(int64_t value, int64_t times, int64_t per)
{
    wide product = (wide)value * times;
    wide divisor = per;
    wide half, result;

    if (divisor < 0) {
        divisor = -divisor;
        product = -product;
    }
    half = divisor / 2; /* of an odd divisor there is no exact half to meet */
    result = (product + (product < 0 ? -half : half)) / divisor;
    if (result > INT64_MAX)
        return INT64_MAX;
    return result < INT64_MIN ? INT64_MIN : (int64_t)result;
}

int64_t amount_down(int64_t value, int64_t unit)
{
    return value - value % unit;
}

int64_t amount_up(int64_t value, int64_t unit)
{
    int64_t rest = value % unit;

    return rest ? amount_add(value, unit - rest) : value;
}
