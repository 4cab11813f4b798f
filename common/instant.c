/* instant.c - instants and their texts. See instant.h. */
#include <stdio.h>
#include <string.h>

#include "common/instant.h"

#define DAY (INT64_C(86400) * SECOND)

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
int64_t days_from_civil(int64_t year, int month, int day)
{
    int64_t m = month - 1;
    int64_t y = year + (m >= 0 ? m / 12 : -((11 - m) / 12));
    int64_t era, yoe, doy, doe;

    m = (m % 12 + 12) % 12 + 1;
    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void civil_from_days(int64_t days, struct civil *date)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *date = (struct civil){
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .month = (int)(mp < 10 ? mp + 3 : mp - 9),
    };
    date->year = (int)(yoe + era * 400 + (date->month <= 2));
}

int64_t instant_from_civil(const struct civil *c)
{
    int64_t days = days_from_civil(c->year, c->month, c->day);
    int64_t seconds = c->hour * 3600 + c->minute * 60 + c->second;

    return days * DAY + seconds * SECOND + c->microsecond;
}

void instant_to_civil(int64_t instant, struct civil *c)
{
    int64_t days = instant / DAY - (instant % DAY < 0);
    int64_t rest = instant % DAY + (instant % DAY < 0 ? DAY : 0);
    int seconds = (int)(rest / SECOND);

    civil_from_days(days, c);
    c->hour = seconds / 3600;
    c->minute = seconds / 60 % 60;
    c->second = seconds % 60;
    c->microsecond = (int)(rest % SECOND);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* COUNT digits at *C within LOW..HIGH; -1 if it is not so. */
static int digits(const char **c, int count, int low, int high, int *out)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*c)++) {
        if (!is_digit(**c))
            return -1;
        value = value * 10 + (**c - '0');
    }
    *out = value;
    return value >= low && value <= high ? 0 : -1;
}

static bool take(const char **c, char wanted)
{
    if (**c != wanted)
        return false;
    (*c)++;
    return true;
}

static int parse_fraction(const char **c, int *microsecond)
{
    int unit = 100000;

    if (!take(c, '.') && !take(c, ','))
        return 0;
    if (!is_digit(**c))
        return -1;
    for (; is_digit(**c); (*c)++, unit /= 10)
        *microsecond += (**c - '0') * unit;
    return 0;
}

/* "Z", "+01:00", "+0100", "+01" or nothing, as seconds east of UTC. */
static int parse_offset(const char **c, int *offset)
{
    int hours, minutes = 0, sign;

    *offset = 0;
    if (take(c, 'Z') || take(c, 'z') || **c == '\0')
        return 0;
    if (**c != '+' && **c != '-')
        return -1;
    sign = *(*c)++ == '-' ? -1 : 1;
    if (digits(c, 2, 0, 23, &hours) < 0)
        return -1;
    take(c, ':');
    if (**c && digits(c, 2, 0, 59, &minutes) < 0)
        return -1;
    *offset = sign * (hours * 3600 + minutes * 60);
    return 0;
}

static int parse_time_of_day(const char **c, struct civil *t)
{
    if (digits(c, 2, 0, 23, &t->hour) < 0 || !take(c, ':') ||
        digits(c, 2, 0, 59, &t->minute) < 0)
        return -1;
    if (take(c, ':') && (digits(c, 2, 0, 60, &t->second) < 0 ||
                         parse_fraction(c, &t->microsecond) < 0))
        return -1;
    return 0;
}

static bool is_date(const struct civil *c)
{
    struct civil same;

    civil_from_days(days_from_civil(c->year, c->month, c->day), &same);
    return same.month == c->month && same.day == c->day;
}

int instant_parse(const char *c, int64_t *out)
{
    struct civil t = {0};
    int offset = 0;

    if (digits(&c, 4, 1, 9999, &t.year) < 0 || !take(&c, '-') ||
        digits(&c, 2, 1, 12, &t.month) < 0 || !take(&c, '-') ||
        digits(&c, 2, 1, 31, &t.day) < 0 || !is_date(&t))
        return -1;
    if ((take(&c, 'T') || take(&c, ' ')) &&
        (parse_time_of_day(&c, &t) < 0 || parse_offset(&c, &offset) < 0))
        return -1;
    if (*c)
        return -1;
    *out = instant_from_civil(&t) - offset * SECOND;
    return 0;
}

int instant_parse_http(const char *text, int64_t *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil t = {0};
    char month[4], zone[4];
    const char *found;
    int used = 0;

    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d %3[A-Z]%n",
               &t.day, month, &t.year, &t.hour, &t.minute, &t.second, zone,
               &used) != 7 ||
        text[used] || strcmp(zone, "GMT") != 0 || strlen(month) != 3)
        return -1;
    found = strstr(months, month);
    if (!found || (found - months) % 3 || t.year < 1 || t.hour > 23 ||
        t.minute > 59 || t.second > 60 || t.hour < 0 || t.minute < 0 ||
        t.second < 0)
        return -1;
    t.month = (int)(found - months) / 3 + 1;
    if (!is_date(&t))
        return -1;
    *out = instant_from_civil(&t);
    return 0;
}

const char *instant_text(int64_t instant, char out[INSTANT_TEXT])
{
    struct civil c;
    char fraction[12] = "";

    if (instant == INSTANT_NONE)
        return strcpy(out, "-");
    instant_to_civil(instant, &c);
    if (c.microsecond % 1000)
        snprintf(fraction, sizeof fraction, ".%06d", c.microsecond);
    else if (c.microsecond)
        snprintf(fraction, sizeof fraction, ".%03d", c.microsecond / 1000);
    snprintf(out, INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", c.year,
             c.month, c.day, c.hour, c.minute, c.second, fraction);
    return out;
}

const char *instant_seconds(int64_t instant, char sep, char out[INSTANT_TEXT])
{
    struct civil c;

    instant_to_civil(instant, &c);
    snprintf(out, INSTANT_TEXT, "%04d-%02d-%02d%c%02d:%02d:%02d", c.year,
             c.month, c.day, sep, c.hour, c.minute, c.second);
    return out;
}
