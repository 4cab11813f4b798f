/* when.h - times, spans and numbers for people.
 *
 * Each gives a text that stays valid for the next 15 calls of any of them.
 */
#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include "common/instant.h"
#include "common/zone.h"

/* "2026-11-23 02:00 CET", the wall clock in ZONE (NULL: UTC). */
const char *when_local(const struct zone *zone, int64_t instant);
/* "3 h ago", "in 15 h", "just now". */
const char *when_ago(int64_t instant);
/* "2026-11-23 02:00 CET (3 h ago)"; OTHERWISE for INSTANT_NONE. */
const char *when_both(const struct zone *zone, int64_t instant,
                      const char *otherwise);
/* "450 ms", "3.2 s", "1 min 20 s", "8 h 5 min". */
const char *when_span(int64_t us);
/* "12,345"; "-" for what is not known. */
const char *when_count(int64_t n);
/* The zone of that name, or NULL. */
const struct zone *when_zone(const char *name);

#endif
