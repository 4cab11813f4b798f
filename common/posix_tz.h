/* posix_tz.h - the rule text at the end of a zone file (RFC 8536, section 3.3):
 * how a zone goes on for ever after its last listed change.
 *
 *   "CET-1CEST,M3.5.0,M10.5.0/3"     "<+03>-3"     "IST-2IDT,M3.4.4/26,M10.5.0"
 *
 * Pure. Its only user is zone.c.
 */
#ifndef POSIX_TZ_H
#define POSIX_TZ_H

#include "common/base.h"

enum { POSIX_TZ_NAME = 16 }; /* bytes of an abbreviation, NUL included */

enum posix_tz_half { POSIX_TZ_STANDARD, POSIX_TZ_DAYLIGHT };

/* A day of every year, and the seconds from that day's midnight. */
struct posix_tz_rule {
    enum { RULE_JULIAN, RULE_DAY, RULE_WEEKDAY } kind; /* Jn, n, Mm.w.d */
    int month, week;
    int day;     /* 1..365 without 29 February; 0..365; 0..6, Sunday first */
    int seconds; /* -167..167 hours */
};

struct posix_tz {
    int offset[2]; /* of each half, seconds east of UTC */
    char name[2][POSIX_TZ_NAME];
    bool has_daylight;
    struct posix_tz_rule begins[2]; /* of each half; set if has_daylight */
};

/* 0, or -1: not such a text (daylight time without its rules included). */
must_check int posix_tz_parse(const char *text, struct posix_tz *out);
/* The second since 1970 at which HALF begins in YEAR; needs has_daylight. */
int64_t posix_tz_change(const struct posix_tz *tz, int64_t year,
                        enum posix_tz_half half);

#endif
