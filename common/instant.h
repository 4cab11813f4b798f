/* instant.h - instants: int64 microseconds since 1970 UTC, and their texts.
 *
 * No time zones here (zone.h has them): a text without an offset is UTC.
 */
#ifndef INSTANT_H
#define INSTANT_H

#include "common/base.h"

#define INSTANT_NONE INT64_MIN /* "never", "not known" */

enum { INSTANT_TEXT = 40 };

struct civil { /* a date and time of day, proleptic Gregorian */
    int year, month, day;
    int hour, minute, second;
    int microsecond;
};

/* Days since 1970-01-01; any month and day (they carry over). */
int64_t days_from_civil(int64_t year, int month, int day);
void civil_from_days(int64_t days, struct civil *date); /* time of day: 0 */
int64_t instant_from_civil(const struct civil *utc);
void instant_to_civil(int64_t instant, struct civil *utc);

/* ISO 8601 / RFC 3339: "2026-11-23", "2026-11-23T04:00:00", a blank for the T,
 * any number of decimals (cut at 1e-6), "Z", "+01:00", "+0100", or nothing
 * (UTC). 0, or -1 with *OUT untouched. */
must_check int instant_parse(const char *text, int64_t *out);
/* "Tue, 15 Nov 1994 08:12:31 GMT" (RFC 9110): 0 or -1. */
must_check int instant_parse_http(const char *text, int64_t *out);

/* "2026-11-23T04:00:00Z"; decimals (3 or 6) only where they are needed.
 * INSTANT_NONE gives "-". Gives OUT. */
const char *instant_text(int64_t instant, char out[INSTANT_TEXT]);
/* "2026-11-23 04:00:00": whole seconds, UTC, as many platforms want it; SEP
 * stands between date and time. Gives OUT. */
const char *instant_seconds(int64_t instant, char sep, char out[INSTANT_TEXT]);

#endif
