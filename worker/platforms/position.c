/* position.c - positions as words. See position.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "worker/platforms/position.h"

int position_number(const char **at, int64_t *out)
{
    const char *start = *at;
    long long value;
    char *end;

    start += *start == '-';
    if (*start < '0' || *start > '9')
        return -1;
    errno = 0;
    value = strtoll(*at, &end, 10);
    if (errno || (*end && *end != ' '))
        return -1;
    *at = end + (*end == ' ');
    *out = value;
    return 0;
}
