/* units.c - durations and sizes as people write them. See units.h. */
#include <string.h>

#include "common/units.h"

struct unit {
    const char *name;
    int64_t worth;
};

#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static const struct unit times[] = {
    {"ms", 1000}, {"s", SECOND}, {"m", MINUTE}, {"h", HOUR}, {"d", 24 * HOUR},
};
static const struct unit sizes[] = {
    {"", 1},          {"B", 1},           {"kB", 1000},
    {"MB", 1000000},  {"GB", 1000000000}, {"KiB", 1 << 10},
    {"MiB", 1 << 20}, {"GiB", 1 << 30},
};

/* Digits at *C, which moves behind them. */
static int digits(const char **c, int64_t *out)
{
    int64_t value = 0;

    if (**c < '0' || **c > '9')
        return -1;
    for (; **c >= '0' && **c <= '9'; (*c)++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, **c - '0', &value))
            return -1;
    *out = value;
    return 0;
}

static const struct unit *unit_of(const struct unit *units, size_t n,
                                  const char *name, size_t length)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(units[i].name) == length &&
            memcmp(units[i].name, name, length) == 0)
            return &units[i];
    return NULL;
}

/* One number and its unit at *C, added to *SUM. */
static int take(const char **c, const struct unit *units, size_t n,
                int64_t *sum)
{
    const struct unit *unit;
    int64_t value;
    size_t length;

    if (digits(c, &value) < 0)
        return -1;
    length = strcspn(*c, "0123456789");
    unit = unit_of(units, n, *c, length);
    if (!unit || __builtin_mul_overflow(value, unit->worth, &value) ||
        __builtin_add_overflow(*sum, value, sum))
        return -1;
    *c += length;
    return 0;
}

int duration_parse(const char *text, int64_t *out)
{
    int64_t sum = 0;

    do
        if (take(&text, times, ARRAY_LEN(times), &sum) < 0)
            return -1;
    while (*text);
    *out = sum;
    return 0;
}

int size_parse(const char *text, int64_t *out)
{
    int64_t sum = 0;

    if (take(&text, sizes, ARRAY_LEN(sizes), &sum) < 0 || *text)
        return -1;
    *out = sum;
    return 0;
}

int count_parse(const char *text, int64_t *out)
{
    int64_t value;

    if (digits(&text, &value) < 0 || *text)
        return -1;
    *out = value;
    return 0;
}
