/* schedule.h - when an account's nightly sync runs: texts, rules, a preview.
 *
 * Pure, on top of zone.h, which has the one rule for local times that a clock
 * change touches. The producer's clock keeps `next_at`, the instant of the next
 * run, in the store, and asks schedule_look() every second what to do.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "common/base.h"
#include "common/instant.h"
#include "common/zone.h"

enum { SCHEDULE_DATE = 40, SCHEDULE_NOTE = 128 };

/* -- texts: 0, or -1 with *WHY (a literal) and *OUT untouched ------------ */

/* "02:00" -> 120, from 00:00 to 23:59. */
must_check int schedule_parse_time(const char *text, int *minute,
                                   const char **why);
/* "2026-03-29" -> days since 1970-01-01. */
must_check int schedule_parse_date(const char *text, int64_t *day,
                                   const char **why);
/* "2026-03-29T02:30", a local time in Z -> its instant, by the rule. */
must_check int schedule_parse_once(const char *text, const struct zone *z,
                                   int64_t *instant, const char **why);
/* Gives OUT. */
const char *schedule_date_text(int64_t day, char out[SCHEDULE_DATE]);

/* -- rules -------------------------------------------------------------- */

enum schedule_verdict {
    SCHEDULE_WAIT,   /* nothing to do */
    SCHEDULE_RUN,    /* accept a sync and store the new next_at, in one
                        transaction: a crash then repeats nothing */
    SCHEDULE_CORRECT /* only store the new next_at */
};

/* What to do about *NEXT_AT (INSTANT_NONE: never computed) at NOW; sets it to
 * the new value where the verdict says so.
 *
 *   next_at <= now          RUN, and go on with the first run after now: who
 *                           was down for three nights has one sync to catch up
 *                           with, not three
 *   next_at > now + 27 h    CORRECT: two runs are never more than 26 h apart,
 *                           so the clock was ahead by mistake when it was
 *                           computed, and waiting would leave out nights
 *   else                    WAIT; so a clock set back by less than 3 h does not
 *                           repeat a run
 *
 * After a change of the account's zone or time, or when zone_refresh() read
 * anything, store schedule_next() instead. */
enum schedule_verdict schedule_look(const struct zone *z, int minute,
                                    int64_t now, int64_t *next_at);
/* The first run after AFTER. */
int64_t schedule_next(const struct zone *z, int minute, int64_t after);

/* -- preview ------------------------------------------------------------ */

struct schedule_run {
    int64_t day;              /* the local date it is the run of */
    int64_t at;               /* when it runs */
    char local[ZONE_TEXT];    /* the wall clock then */
    enum zone_fit fit;        /* normal | gap | twice */
    char note[SCHEDULE_NOTE]; /* for people; "" if there is nothing to say */
};

struct schedule_walk {
    const struct zone *zone; /* borrowed */
    int minute;
    int64_t day; /* the date to look at next */
};

/* Walks over the runs, beginning with the one of the local date DAY, or with
 * the first after an instant. Where a local day was skipped (Samoa 2011-12-30),
 * its run is the one of the date after it, and comes once. */
struct schedule_walk schedule_from_day(const struct zone *z, int minute,
                                       int64_t day);
struct schedule_walk schedule_from_instant(const struct zone *z, int minute,
                                           int64_t after);
void schedule_walk_on(struct schedule_walk *walk, struct schedule_run *run);
/* "normal", "gap" or "twice". */
const char *schedule_kind(enum zone_fit fit);

#endif
