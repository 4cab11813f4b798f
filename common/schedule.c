/* schedule.c - when an account's nightly sync runs. See schedule.h; after it:
 * zone.c. */
#include <stdio.h>
#include <string.h>

#include "common/schedule.h"

#define HOUR (3600 * SECOND)
#define AHEAD_MAX (27 * HOUR)

static const char why_time[] =
    "a time of day looks like 02:00, from 00:00 to 23:59";
static const char why_date[] =
    "a date looks like 2026-03-29, and must be in the calendar";
static const char why_once[] =
    "a date and time looks like 2026-03-29T02:00, local time without an offset";

/* TEXT has the form of PATTERN, where 0 stands for any digit. */
static bool is_like(const char *text, const char *pattern)
{
    for (; *pattern; text++, pattern++)
        if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    return *text == '\0';
}

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

int schedule_parse_time(const char *text, int *minute, const char **why)
{
    if (!is_like(text, "00:00") || two_digits(text) > 23 ||
        two_digits(text + 3) > 59) {
        *why = why_time;
        return -1;
    }
    *minute = two_digits(text) * 60 + two_digits(text + 3);
    return 0;
}

int schedule_parse_date(const char *text, int64_t *day, const char **why)
{
    int64_t midnight;

    if (!is_like(text, "0000-00-00") || instant_parse(text, &midnight) < 0) {
        *why = why_date;
        return -1;
    }
    /* Exact, also before 1970: it is a midnight. */
    *day = midnight / (24 * HOUR);
    return 0;
}

int schedule_parse_once(const char *text, const struct zone *z,
                        int64_t *instant, const char **why)
{
    char date[sizeof "2026-03-29"] = "";
    int64_t day;
    int minute;

    if (!is_like(text, "0000-00-00T00:00")) {
        *why = why_once;
        return -1;
    }
    memcpy(date, text, sizeof date - 1);
    if (schedule_parse_date(date, &day, why) < 0 ||
        schedule_parse_time(text + sizeof date, &minute, why) < 0)
        return -1;
    *instant = zone_instant(z, day, minute);
    return 0;
}

const char *schedule_date_text(int64_t day, char out[SCHEDULE_DATE])
{
    struct civil c;

    civil_from_days(day, &c);
    snprintf(out, SCHEDULE_DATE, "%04d-%02d-%02d", c.year, c.month, c.day);
    return out;
}

enum schedule_verdict schedule_look(const struct zone *z, int minute,
                                    int64_t now, int64_t *next_at)
{
    bool due = *next_at <= now && *next_at != INSTANT_NONE;

    if (*next_at > now && *next_at <= now + AHEAD_MAX)
        return SCHEDULE_WAIT;
    *next_at = schedule_next(z, minute, now);
    return due ? SCHEDULE_RUN : SCHEDULE_CORRECT;
}

int64_t schedule_next(const struct zone *z, int minute, int64_t after)
{
    return zone_next(z, minute, after);
}

struct schedule_walk schedule_from_day(const struct zone *z, int minute,
                                       int64_t day)
{
    return (struct schedule_walk){.zone = z, .minute = minute, .day = day};
}

struct schedule_walk schedule_from_instant(const struct zone *z, int minute,
                                           int64_t after)
{
    int64_t day = zone_local_day(z, after) - 1;

    while (zone_instant(z, day, minute) <= after)
        day++;
    return schedule_from_day(z, minute, day);
}

static void gap_note(const struct zone *z, int minute, struct schedule_run *run)
{
    bool gap_ends = zone_offset(z, run->at - 1) != zone_offset(z, run->at);

    snprintf(run->note, sizeof run->note,
             gap_ends ? "%02d:%02d does not exist; runs when the gap ends"
                      : "%02d:%02d does not exist; runs as late as before the "
                        "clock change",
             minute / 60, minute % 60);
}

void schedule_walk_on(struct schedule_walk *walk, struct schedule_run *run)
{
    const struct zone *z = walk->zone;
    int minute = walk->minute;
    int64_t first = walk->day;
    char date[SCHEDULE_DATE];

    run->day = first;
    run->at = zone_instant(z, first, minute);
    run->note[0] = '\0';
    while (zone_instant(z, run->day + 1, minute) == run->at)
        run->day++;
    walk->day = run->day + 1;
    run->fit = zone_fit(z, run->day, minute);
    zone_text(z, run->at, run->local);
    if (run->fit == ZONE_SKIPPED)
        gap_note(z, minute, run);
    else if (run->fit == ZONE_TWICE)
        snprintf(run->note, sizeof run->note,
                 "%02d:%02d comes twice; runs the first time", minute / 60,
                 minute % 60);
    else if (run->day != first)
        snprintf(run->note, sizeof run->note,
                 "%s was skipped here; its run is this one",
                 schedule_date_text(first, date));
}

const char *schedule_kind(enum zone_fit fit)
{
    static const char *const names[] = {
        [ZONE_ONCE] = "normal", [ZONE_SKIPPED] = "gap", [ZONE_TWICE] = "twice"};

    return names[fit];
}
