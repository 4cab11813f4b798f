/* zone.h - time zones: offsets, local days, and when a local time of day runs.
 *
 *   char why[ZONE_ERROR];
 *   const struct zone *z = zone_get("Europe/Berlin", why);  NULL: say WHY
 *   next = zone_next(z, 2 * 60, now_us());                  02:00 in Berlin
 *
 * The data are the system's zone files (TZif, RFC 8536), in zone.c; finding,
 * keeping and re-reading them is in zone_files.c. We read them ourselves as the
 * C library has one zone for the whole process and takes a name it does not
 * know for UTC.
 *
 * One rule for times that a clock change touches, RFC 5545 3.3.5: a local time
 * that does not exist is read with the offset in force before the gap (02:00 in
 * a gap from 02:00 to 03:00 is the instant the gap ends); a local time that
 * comes twice is the first one.
 *
 * Queries allocate nothing. Their instants and days must lie in the years
 * -9999 to 9999; zone_offset() and zone_abbreviation() take any instant.
 */
#ifndef ZONE_H
#define ZONE_H

#include "common/base.h"

enum { ZONE_NAME = 64, ZONE_ERROR = 256, ZONE_TEXT = 40 };

struct zone;

/* How a local date and time of day meets the clock. */
enum zone_fit { ZONE_ONCE, ZONE_SKIPPED, ZONE_TWICE };

/* Seconds east of UTC. */
int zone_offset(const struct zone *z, int64_t instant);
/* "CEST", "+03"; borrowed until zone_refresh(). */
const char *zone_abbreviation(const struct zone *z, int64_t instant);
/* "2026-03-29 03:00:00 +0200", the wall clock at INSTANT; an offset with
 * seconds is "+005328". Gives OUT. */
const char *zone_text(const struct zone *z, int64_t instant,
                      char out[ZONE_TEXT]);

/* The local date at INSTANT, in days since 1970-01-01. */
int64_t zone_local_day(const struct zone *z, int64_t instant);
/* The first instant whose local date is DAY or later. These instants cut time
 * into days; where midnight comes twice an hour after the first still has the
 * older date. */
int64_t zone_day_start(const struct zone *z, int64_t day);
/* The instant of a local date and time of day (0..1439), by the rule above. */
int64_t zone_instant(const struct zone *z, int64_t day, int minute_of_day);
enum zone_fit zone_fit(const struct zone *z, int64_t day, int minute_of_day);
/* The least zone_instant() of any date that is later than AFTER. A local day
 * that was skipped shares its instant with a neighbour: that is one run. */
int64_t zone_next(const struct zone *z, int minute_of_day, int64_t after);

/* The pure core: a zone from the bytes of its file, fat or slim. NULL with the
 * reason in *WHY (a literal) if they are damaged, have leap seconds (the
 * "right/" zones), or are of version 1, which ends in 2037: no system of the
 * last 15 years writes it. Gives the zone. */
must_check struct zone *zone_parse(const void *bytes, size_t length,
                                   const char **why);
void zone_free(struct zone *z); /* NULL is fine */
/* Exchanges what the two hold: pointers to A then see B's data. */
void zone_swap(struct zone *a, struct zone *b);

/* Reads NAME's file. The name must be in the system's list of zones, tzdata.zi;
 * without that list, be a zone file below the directory. Names that mean "this
 * machine's zone" or nothing at all (localtime, posixrules, Factory) and the
 * posix/ and right/ copies are refused. NULL with the reason in WHY: there is
 * no silent UTC. Gives the zone. */
must_check struct zone *zone_load(const char *name, char why[ZONE_ERROR]);
/* The same through a cache. Borrowed; valid until zone_directory_set(). */
must_check const struct zone *zone_get(const char *name, char why[ZONE_ERROR]);
/* Reads again what changed on disk since it was read; call it hourly, as laws
 * change more often than we restart. Zones got before stay valid and see the
 * new data. A file that is gone or damaged is logged and its old data kept.
 * Returns how many zones were read again: if any, compute stored times anew. */
int zone_refresh(void);
/* Where the zone files are; NULL is /usr/share/zoneinfo. Forgets all zones, so
 * call it before the first zone_get(). Borrows PATH. */
void zone_directory_set(const char *path);

#endif
