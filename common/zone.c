/* zone.c - time zones from the bytes of TZif files, and what can be asked of
 * them. Pure. See zone.h; before it: zone_files.c; after it: posix_tz.c.
 *
 * A zone is a table of spans that covers all time:
 *
 *    ALWAYS      change        change                    NEVER
 *      |--kind 0---|----kind 1---|-- ... --|----kind 3-----|
 *
 * A file lists its changes up to some year, and ends with a rule for the years
 * after that. The Gregorian calendar repeats every 400 years to the weekday, so
 * we write that rule out for 400 years once, and a later instant is looked up a
 * whole number of cycles earlier: a query is one binary search, in any year.
 *
 *   header v1, data v1 (32 bit: skipped), header v2, data v2, "\n" rule "\n"
 *
 * Seconds in here, microseconds in zone.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/instant.h"
#include "common/posix_tz.h"
#include "common/zone.h"

enum { DAY = 86400, RULE_YEARS = 405, HEADER = 44, RULE_TEXT = 128 };

#define CYCLE (INT64_C(146097) * DAY) /* 400 years */
/* No int64 of microseconds reaches these, and sums with them do not overflow.*/
#define ALWAYS (-INT64_C(10000000000000))
#define NEVER INT64_C(10000000000000)
#define LAST_CHANGE INT64_C(253402300800) /* year 10000 */
/* What RFC 8536 allows; no two offsets differ by more than their distance. */
#define OFFSET_MIN (-89999)
#define OFFSET_MAX 93599

struct kind {
    int32_t offset;
    uint16_t name; /* where in the names */
};

struct zone {
    size_t count;    /* of spans */
    int64_t *starts; /* count + 1 of them, ascending; the last is NEVER */
    uint16_t *kinds; /* what starts[i] begins */
    struct kind *kind;
    char *names;
    int64_t repeats_from, repeats_before; /* outside, look a cycle nearer */
};

/* A time with one offset: FROM <= t < TO. */
struct span {
    int64_t from, to;
    int32_t offset;
    uint16_t name;
};

/* -- reading ------------------------------------------------------------ */

struct header {
    uint32_t utcs, standards, leaps, times, kinds, names;
};

/* The parts of the 64-bit data block; point into the file. */
struct block {
    struct header h;
    const uint8_t *times, *indexes, *kinds, *names, *end;
};

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

static int64_t get64(const uint8_t *p)
{
    return (int64_t)((uint64_t)get32(p) << 32 | get32(p + 4));
}

static uint64_t block_length(const struct header *h, uint64_t time_size)
{
    return h->times * (time_size + 1) + h->kinds * UINT64_C(6) + h->names +
           h->leaps * (time_size + 4) + h->standards + h->utcs;
}

/* The header at P and the block behind it, which must fit before END. Gives
 * the block's first byte, or NULL with *WHY. */
static const uint8_t *read_header(const uint8_t *p, const uint8_t *end,
                                  uint64_t time_size, struct header *h,
                                  const char **why)
{
    if (end - p < HEADER || memcmp(p, "TZif", 4) != 0) {
        *why = "not a zone file";
        return NULL;
    }
    if (p[4] < '2') {
        *why = "version 1 of the file format, which ends in 2037";
        return NULL;
    }
    *h = (struct header){get32(p + 20), get32(p + 24), get32(p + 28),
                         get32(p + 32), get32(p + 36), get32(p + 40)};
    if (block_length(h, time_size) > (uint64_t)(end - p - HEADER)) {
        *why = "cut off";
        return NULL;
    }
    return p + HEADER;
}

static int read_block(const uint8_t *p, const uint8_t *end, struct block *b,
                      const char **why)
{
    p = read_header(p, end, 4, &b->h, why);
    if (!p)
        return -1;
    p = read_header(p + block_length(&b->h, 4), end, 8, &b->h, why);
    if (!p)
        return -1;
    if (b->h.leaps) {
        *why = "it counts leap seconds, as \"right/\" zones do";
        return -1;
    }
    if (b->h.kinds < 1 || b->h.kinds > 256 || b->h.names < 1 ||
        b->h.names > 1024 || (b->h.utcs && b->h.utcs != b->h.kinds) ||
        (b->h.standards && b->h.standards != b->h.kinds)) {
        *why = "damaged: impossible counts";
        return -1;
    }
    b->times = p;
    b->indexes = b->times + b->h.times * UINT64_C(8);
    b->kinds = b->indexes + b->h.times;
    b->names = b->kinds + b->h.kinds * UINT64_C(6);
    b->end = p + block_length(&b->h, 8);
    return 0;
}

/* The rule text between two newlines; may be empty. */
static int read_rule(const uint8_t *p, const uint8_t *end, struct posix_tz *tz,
                     bool *present, const char **why)
{
    char text[RULE_TEXT];
    const uint8_t *stop = p < end && *p == '\n'
                              ? memchr(p + 1, '\n', (size_t)(end - p - 1))
                              : NULL;
    size_t length = stop ? (size_t)(stop - p - 1) : 0;

    if (!stop) {
        *why = "cut off before its last line";
        return -1;
    }
    *present = length > 0;
    if (!length)
        return 0;
    if (length >= sizeof text || memchr(p + 1, '\0', length)) {
        *why = "damaged: its last line is no rule";
        return -1;
    }
    memcpy(text, p + 1, length);
    text[length] = '\0';
    if (posix_tz_parse(text, tz) < 0) {
        *why = "damaged: its last line is no rule";
        return -1;
    }
    return 0;
}

static bool is_name(const char *c)
{
    for (; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '+' && *c != '-')
            return false;
    return true;
}

static int add_kinds(struct zone *z, const struct block *b, const char **why)
{
    /* The two halves of the rule follow the file's own kinds. */
    z->kind = xcalloc(b->h.kinds + 2, sizeof *z->kind);
    z->names = xcalloc(1, b->h.names + 2 * POSIX_TZ_NAME);
    memcpy(z->names, b->names, b->h.names);
    for (uint32_t i = 0; i < b->h.kinds; i++) {
        const uint8_t *p = b->kinds + i * UINT64_C(6);
        int32_t offset = (int32_t)get32(p);

        if (offset < OFFSET_MIN || offset > OFFSET_MAX || p[4] > 1 ||
            p[5] >= b->h.names ||
            !memchr(b->names + p[5], '\0', b->h.names - p[5]) ||
            !is_name(z->names + p[5])) {
            *why = "damaged: an impossible offset or abbreviation";
            return -1;
        }
        z->kind[i] = (struct kind){.offset = offset, .name = p[5]};
    }
    return 0;
}

static void add_start(struct zone *z, int64_t start, unsigned kind)
{
    z->starts[z->count] = start;
    z->kinds[z->count] = (uint16_t)kind;
    z->count++;
}

static int add_listed(struct zone *z, const struct block *b, const char **why)
{
    z->starts = xcalloc(b->h.times + 2 + 2 * RULE_YEARS, sizeof *z->starts);
    z->kinds = xcalloc(b->h.times + 2 + 2 * RULE_YEARS, sizeof *z->kinds);
    add_start(z, ALWAYS, 0);
    for (uint32_t i = 0; i < b->h.times; i++) {
        int64_t time = get64(b->times + i * UINT64_C(8));

        if (time > LAST_CHANGE || b->indexes[i] >= b->h.kinds ||
            (i && time <= get64(b->times + (i - 1) * UINT64_C(8)))) {
            *why = "damaged: impossible changes";
            return -1;
        }
        if (time > ALWAYS)
            add_start(z, time, b->indexes[i]);
        else /* a "Big Bang" entry of old files */
            z->kinds[0] = b->indexes[i];
    }
    return 0;
}

static int64_t year_start(int64_t year)
{
    return days_from_civil(year, 1, 1) * DAY;
}

/* A change by the rule. Years are added in order; where the halves of two years
 * overlap the later year holds. */
static void add_ruled(struct zone *z, size_t listed, int64_t start,
                      unsigned kind)
{
    while (z->count > listed && z->starts[z->count - 1] >= start)
        z->count--;
    if (start > z->starts[listed - 1])
        add_start(z, start, kind);
}

static void write_out_rule(struct zone *z, const struct block *b,
                           const struct posix_tz *tz)
{
    size_t listed = z->count;
    bool forever = listed == 1; /* no change listed: the rule always held */
    int64_t last = forever ? 0 : z->starts[listed - 1];
    struct civil date;

    for (int half = 0; half < 2; half++) {
        size_t name = b->h.names + (size_t)half * POSIX_TZ_NAME;

        memcpy(z->names + name, tz->name[half], POSIX_TZ_NAME);
        z->kind[b->h.kinds + (unsigned)half] =
            (struct kind){.offset = tz->offset[half], .name = (uint16_t)name};
    }
    if (forever)
        z->kinds[0] = (uint16_t)b->h.kinds;
    if (!tz->has_daylight)
        return;
    civil_from_days(last / DAY - (last % DAY < 0), &date);
    for (int64_t year = date.year - 1; year < date.year + RULE_YEARS - 1;
         year++) {
        int64_t begin = posix_tz_change(tz, year, POSIX_TZ_DAYLIGHT);
        int64_t end = posix_tz_change(tz, year, POSIX_TZ_STANDARD);

        if (begin < end)
            add_ruled(z, listed, begin, b->h.kinds + POSIX_TZ_DAYLIGHT);
        add_ruled(z, listed, end, b->h.kinds + POSIX_TZ_STANDARD);
        if (begin >= end)
            add_ruled(z, listed, begin, b->h.kinds + POSIX_TZ_DAYLIGHT);
    }
    /* A year after the last listed change only the rule speaks. */
    z->repeats_before = year_start(date.year + 2) + CYCLE;
    if (forever)
        z->repeats_from = year_start(date.year + 2);
}

struct zone *zone_parse(const void *bytes, size_t length, const char **why)
{
    const uint8_t *start = bytes, *end = start + length;
    struct zone *z = xcalloc(1, sizeof *z);
    struct posix_tz tz;
    struct block block;
    bool has_rule;

    *z = (struct zone){.repeats_from = ALWAYS, .repeats_before = NEVER};
    if (read_block(start, end, &block, why) < 0 ||
        read_rule(block.end, end, &tz, &has_rule, why) < 0 ||
        add_kinds(z, &block, why) < 0 || add_listed(z, &block, why) < 0) {
        zone_free(z);
        return NULL;
    }
    if (has_rule)
        write_out_rule(z, &block, &tz);
    z->starts[z->count] = NEVER;
    return z;
}

void zone_free(struct zone *z)
{
    if (!z)
        return;
    free(z->starts);
    free(z->kinds);
    free(z->kind);
    free(z->names);
    free(z);
}

void zone_swap(struct zone *a, struct zone *b)
{
    struct zone old = *a;

    *a = *b;
    *b = old;
}

/* -- asking ------------------------------------------------------------- */

static struct span span_at(const struct zone *z, int64_t t)
{
    size_t low = 0, high = z->count; /* starts[low] <= t < starts[high] */
    int64_t shift = 0;

    if (t >= z->repeats_before)
        shift = ((t - z->repeats_before) / CYCLE + 1) * CYCLE;
    else if (t < z->repeats_from)
        shift = -((z->repeats_from - t - 1) / CYCLE + 1) * CYCLE;
    t -= shift;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;

        if (z->starts[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return (struct span){.from = z->starts[low] + shift,
                         .to = z->starts[high] + shift,
                         .offset = z->kind[z->kinds[low]].offset,
                         .name = z->kind[z->kinds[low]].name};
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int zone_offset(const struct zone *z, int64_t instant)
{
    return span_at(z, floor_div(instant, SECOND)).offset;
}

const char *zone_abbreviation(const struct zone *z, int64_t instant)
{
    return z->names + span_at(z, floor_div(instant, SECOND)).name;
}

const char *zone_text(const struct zone *z, int64_t instant,
                      char out[ZONE_TEXT])
{
    int offset = zone_offset(z, instant);
    int size = abs(offset);
    char clock[INSTANT_TEXT];
    int length;

    instant_seconds(instant + offset * SECOND, ' ', clock);
    length = snprintf(out, ZONE_TEXT, "%.26s %c%02d%02d", clock,
                      offset < 0 ? '-' : '+', size / 3600, size / 60 % 60);
    if (size % 60)
        snprintf(out + length, (size_t)(ZONE_TEXT - length), "%02d", size % 60);
    return out;
}

int64_t zone_local_day(const struct zone *z, int64_t instant)
{
    int64_t t = floor_div(instant, SECOND);

    return floor_div(t + span_at(z, t).offset, DAY);
}

/* The last span that began before any clock could show WALL (local seconds). */
static struct span span_before(const struct zone *z, int64_t wall)
{
    return span_at(z, wall - OFFSET_MAX - 1);
}

int64_t zone_day_start(const struct zone *z, int64_t day)
{
    int64_t wall = day * DAY;
    struct span s = span_before(z, wall);

    while (wall - s.offset >= s.to)
        s = span_at(z, s.to);
    /* A jump over midnight starts the day with the jump. */
    return (wall - s.offset > s.from ? wall - s.offset : s.from) * SECOND;
}

/* The second of WALL by the rule in zone.h; *S is the span it was read in. */
static int64_t read_wall(const struct zone *z, int64_t wall, struct span *s)
{
    *s = span_before(z, wall);
    for (;;) {
        struct span next;

        if (wall - s->offset < s->to)
            return wall - s->offset;
        next = span_at(z, s->to);
        /* Past the change, but not yet on the clock after it: in the gap. */
        if (wall - next.offset < s->to)
            return wall - s->offset;
        *s = next;
    }
}

int64_t zone_instant(const struct zone *z, int64_t day, int minute_of_day)
{
    struct span s;

    return read_wall(z, day * DAY + minute_of_day * 60, &s) * SECOND;
}

enum zone_fit zone_fit(const struct zone *z, int64_t day, int minute_of_day)
{
    int64_t wall = day * DAY + minute_of_day * 60;
    struct span s;

    if (read_wall(z, wall, &s) >= s.to)
        return ZONE_SKIPPED;
    while (s.to < wall - OFFSET_MIN) {
        s = span_at(z, s.to);
        if (wall - s.offset >= s.from && wall - s.offset < s.to)
            return ZONE_TWICE;
    }
    return ZONE_ONCE;
}

int64_t zone_next(const struct zone *z, int minute_of_day, int64_t after)
{
    /* Yesterday's may be still to come: its time fell into a gap. */
    int64_t day = zone_local_day(z, after) - 1;
    int64_t next;

    do
        next = zone_instant(z, day++, minute_of_day);
    while (next <= after);
    return next;
}
