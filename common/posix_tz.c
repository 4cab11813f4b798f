/* posix_tz.c - read the rule text of a zone file. See posix_tz.h.
 *
 *   text   = name offset [name [offset] "," rule "," rule]
 *   name   = 3 or more letters | "<" letters, digits, + and - ">"
 *   offset = [+-] hours [":" minutes [":" seconds]]       west is positive
 *   rule   = ("J" day | day | "M" month "." week "." day) ["/" time]
 */
#include <ctype.h>
#include <string.h>

#include "common/instant.h"
#include "common/posix_tz.h"

enum { HOUR = 3600, DAY = 86400 };

static bool take(const char **c, char wanted)
{
    if (**c != wanted)
        return false;
    (*c)++;
    return true;
}

/* A number of up to three digits within LOW..HIGH. */
static int take_number(const char **c, int low, int high, int *out)
{
    const char *start = *c;
    int value = 0;

    while (isdigit((unsigned char)**c) && *c - start < 3)
        value = value * 10 + *(*c)++ - '0';
    if (*c == start || value < low || value > high)
        return -1;
    *out = value;
    return 0;
}

static int take_name(const char **c, char name[POSIX_TZ_NAME])
{
    bool quoted = take(c, '<');
    size_t length = 0;

    while (isalpha((unsigned char)(*c)[length]) ||
           (quoted && (isdigit((unsigned char)(*c)[length]) ||
                       (*c)[length] == '+' || (*c)[length] == '-')))
        length++;
    if (length < 3 || length >= POSIX_TZ_NAME)
        return -1;
    memcpy(name, *c, length);
    name[length] = '\0';
    *c += length;
    return quoted && !take(c, '>') ? -1 : 0;
}

/* [+-]hours[:minutes[:seconds]], in seconds. */
static int take_time(const char **c, int hours_max, int *out)
{
    int sign = 1, hours, minutes = 0, seconds = 0;

    if (take(c, '-'))
        sign = -1;
    else
        take(c, '+');
    if (take_number(c, 0, hours_max, &hours) < 0)
        return -1;
    if (take(c, ':') && (take_number(c, 0, 59, &minutes) < 0 ||
                         (take(c, ':') && take_number(c, 0, 59, &seconds) < 0)))
        return -1;
    *out = sign * (hours * HOUR + minutes * 60 + seconds);
    return 0;
}

static int take_day(const char **c, struct posix_tz_rule *rule)
{
    if (take(c, 'J')) {
        rule->kind = RULE_JULIAN;
        return take_number(c, 1, 365, &rule->day);
    }
    if (take(c, 'M')) {
        rule->kind = RULE_WEEKDAY;
        if (take_number(c, 1, 12, &rule->month) < 0 || !take(c, '.') ||
            take_number(c, 1, 5, &rule->week) < 0 || !take(c, '.'))
            return -1;
        return take_number(c, 0, 6, &rule->day);
    }
    rule->kind = RULE_DAY;
    return take_number(c, 0, 365, &rule->day);
}

static int take_rule(const char **c, struct posix_tz_rule *rule)
{
    rule->seconds = 2 * HOUR;
    if (!take(c, ',') || take_day(c, rule) < 0)
        return -1;
    return take(c, '/') ? take_time(c, 167, &rule->seconds) : 0;
}

/* POSIX counts west of Greenwich, we east. */
static int take_offset(const char **c, int *east)
{
    int west;

    if (take_time(c, 24, &west) < 0)
        return -1;
    *east = -west;
    return 0;
}

int posix_tz_parse(const char *c, struct posix_tz *out)
{
    struct posix_tz tz = {0};

    if (take_name(&c, tz.name[POSIX_TZ_STANDARD]) < 0 ||
        take_offset(&c, &tz.offset[POSIX_TZ_STANDARD]) < 0)
        return -1;
    if (*c) {
        tz.has_daylight = true;
        tz.offset[POSIX_TZ_DAYLIGHT] = tz.offset[POSIX_TZ_STANDARD] + HOUR;
        if (take_name(&c, tz.name[POSIX_TZ_DAYLIGHT]) < 0 ||
            (*c && *c != ',' &&
             take_offset(&c, &tz.offset[POSIX_TZ_DAYLIGHT]) < 0) ||
            take_rule(&c, &tz.begins[POSIX_TZ_DAYLIGHT]) < 0 ||
            take_rule(&c, &tz.begins[POSIX_TZ_STANDARD]) < 0)
            return -1;
    }
    if (*c)
        return -1;
    *out = tz;
    return 0;
}

static int64_t weekday_of_month(int64_t year, const struct posix_tz_rule *rule)
{
    int64_t first = days_from_civil(year, rule->month, 1);
    int64_t next_month = days_from_civil(year, rule->month + 1, 1);
    /* 1970-01-01 was a Thursday. */
    int weekday = (int)(((first + 4) % 7 + 7) % 7);
    int64_t day = first + (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;

    return day < next_month ? day : day - 7; /* week 5 means the last one */
}

static int64_t rule_day(int64_t year, const struct posix_tz_rule *rule)
{
    int64_t january = days_from_civil(year, 1, 1);
    int64_t march = days_from_civil(year, 3, 1);

    switch (rule->kind) {
    case RULE_WEEKDAY:
        return weekday_of_month(year, rule);
    case RULE_JULIAN: /* day 60 is 1 March, also in a leap year */
        return rule->day < 60 ? january + rule->day - 1
                              : march + rule->day - 60;
    default:
        return january + rule->day;
    }
}

int64_t posix_tz_change(const struct posix_tz *tz, int64_t year,
                        enum posix_tz_half half)
{
    const struct posix_tz_rule *rule = &tz->begins[half];

    /* The rule's clock is the one that is about to be changed. */
    return rule_day(year, rule) * DAY + rule->seconds - tz->offset[!half];
}
