/* fuzz_zone.c - any bytes as a zone file, and every query about it.
 *
 *   build/fuzz/fuzz_zone -max_len=4096 CORPUS tests/data/zoneinfo/slim
 */
#include <stdlib.h>

#include "common/instant.h"
#include "common/zone.h"

#define DAY (86400 * SECOND)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void query(const struct zone *z, int64_t instant, int minute)
{
    int64_t day = zone_local_day(z, instant);
    int64_t start = zone_day_start(z, day);
    int64_t next = zone_next(z, minute, instant);
    char text[ZONE_TEXT];

    expect(zone_local_day(z, start) >= day);
    expect(zone_local_day(z, start - 1) < day);
    expect(next > instant);
    expect(zone_fit(z, day, minute) <= ZONE_TWICE);
    expect(zone_abbreviation(z, instant) != NULL);
    expect(zone_text(z, instant, text) == text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *why = NULL;
    struct zone *z = zone_parse(data, size, &why);
    int minute = size ? data[size - 1] * 5 % 1440 : 0;

    if (!z) {
        expect(why != NULL);
        return 0;
    }
    zone_offset(z, INT64_MIN);
    zone_offset(z, INT64_MAX);
    for (int64_t year = -9000; year < 9000; year += 1499)
        query(z, days_from_civil(year, 3, 29) * DAY, minute);
    for (int64_t month = 0; month < 24; month++)
        query(z, days_from_civil(2026, (int)month, 25) * DAY, minute);
    zone_free(z);
    return 0;
}
