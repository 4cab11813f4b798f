/* test_zone.c - common/zone.c, zone_files.c and posix_tz.c.
 *
 * tests/data/zoneinfo/{fat,slim} hold the zones of the oracle as
 * `zic -b fat` and `zic -b slim` of tzdata 2026f compile them, so the result
 * does not depend on the machine. The system's own files are tried as well
 * where they are not older.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/instant.h"
#include "common/zone.h"

#define FAT "tests/data/zoneinfo/fat"
#define SLIM "tests/data/zoneinfo/slim"
#define ORACLE_VERSION "2026f"
#define ORACLE_RELEASED "2026-10-01"
#define HOUR (3600 * SECOND)

static const char *const sets[] = {FAT, SLIM};

static int64_t at(const char *text)
{
    int64_t instant;

    ck_assert_msg(instant_parse(text, &instant) == 0, "%s", text);
    return instant;
}

static int64_t day_of(const char *date)
{
    return at(date) / (24 * HOUR);
}

static const struct zone *get(const char *name)
{
    char why[ZONE_ERROR];
    const struct zone *z = zone_get(name, why);

    ck_assert_msg(z != NULL, "%s", why);
    return z;
}

/* -- the oracle --------------------------------------------------------- */

struct row {
    char zone[64], date[16], kind[16], utc[32], wall[32];
    long long epoch;
    double hours;
};

static enum zone_fit fit_of(const char *kind)
{
    if (strcmp(kind, "gap") == 0 || strcmp(kind, "skipped day") == 0)
        return ZONE_SKIPPED;
    return strcmp(kind, "twice") == 0 ? ZONE_TWICE : ZONE_ONCE;
}

static void check_row(const struct row *r)
{
    const struct zone *z = get(r->zone);
    int64_t day = day_of(r->date);
    int64_t run = zone_instant(z, day, 120);
    int64_t since = run - zone_instant(z, day - 1, 120);
    char text[ZONE_TEXT];

    ck_assert_msg(run == r->epoch * SECOND, "%s %s", r->zone, r->date);
    ck_assert_str_eq(instant_text(run, text), r->utc);
    ck_assert_str_eq(zone_text(z, run, text), r->wall);
    ck_assert_msg(since == (int64_t)(r->hours * 2) * HOUR / 2, "%s %s", r->zone,
                  r->date);
    ck_assert_msg(zone_fit(z, day, 120) == fit_of(r->kind), "%s %s", r->zone,
                  r->date);
    ck_assert_int_eq(zone_next(z, 120, run - 1), run);
    ck_assert_int_eq(zone_next(z, 120, run - SECOND), run);
    ck_assert_int_gt(zone_next(z, 120, run), run);
}

/* Rows of dates before UNTIL (NULL: all). Returns their number. */
static int check_oracle(const char *until)
{
    FILE *file = fopen("tests/data/nightly_oracle.csv", "r");
    char line[512];
    int rows = 0;

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file)) {
        struct row r;

        if (line[0] == '#' || strncmp(line, "zone,", 5) == 0)
            continue;
        ck_assert_msg(sscanf(line,
                             "%63[^,],%15[^,],%15[^,],%31[^,],%lld,%31[^,],%lf",
                             r.zone, r.date, r.kind, r.utc, &r.epoch, r.wall,
                             &r.hours) == 7,
                      "%s", line);
        if (until && strcmp(r.date, until) >= 0)
            continue;
        check_row(&r);
        rows++;
    }
    fclose(file);
    return rows;
}

START_TEST(test_oracle)
{
    zone_directory_set(sets[_i]);
    ck_assert_int_eq(check_oracle(NULL), 400);
}
END_TEST

START_TEST(test_oracle_with_the_systems_files)
{
    FILE *file = fopen("/usr/share/zoneinfo/tzdata.zi", "r");
    char version[16] = "none";

    if (file) {
        ck_assert_int_eq(fscanf(file, "# version %15s", version), 1);
        fclose(file);
    }
    if (!file || strcmp(version, ORACLE_VERSION) < 0) {
        fprintf(stderr,
                "skipped: the oracle with the system's files; their version "
                "is %s, the oracle's " ORACLE_VERSION "\n",
                version);
        return;
    }
    /* A newer version may know of laws made since. */
    if (strcmp(version, ORACLE_VERSION) == 0)
        ck_assert_int_eq(check_oracle(NULL), 400);
    else
        ck_assert_int_gt(check_oracle(ORACLE_RELEASED), 200);
}
END_TEST

/* -- single zones ------------------------------------------------------- */

static const struct {
    const char *zone, *utc, *wall, *abbreviation;
} clocks[] = {
    /* Samoa went over the date line and left out a day. */
    {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29 23:59:59 -1000",
     "-10"},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31 00:00:00 +1400",
     "+14"},
    /* Two hours at once. */
    {"Antarctica/Troll", "2026-03-29T00:59:59Z", "2026-03-29 00:59:59 +0000",
     "+00"},
    {"Antarctica/Troll", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00 +0200",
     "+02"},
    {"Antarctica/Troll", "2050-07-01T00:00:00Z", "2050-07-01 02:00:00 +0200",
     "+02"},
    /* Half an hour. */
    {"Australia/Lord_Howe", "2026-04-04T14:59:59Z", "2026-04-05 01:59:59 +1100",
     "+11"},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05 01:30:00 +1030",
     "+1030"},
    {"Australia/Lord_Howe", "2101-01-01T00:00:00Z", "2101-01-01 11:00:00 +1100",
     "+11"},
    /* Daylight time that is earlier, for a month each year, until 2026. */
    {"Africa/Casablanca", "2026-02-15T01:59:59Z", "2026-02-15 02:59:59 +0100",
     "+01"},
    {"Africa/Casablanca", "2026-02-15T02:00:00Z", "2026-02-15 02:00:00 +0000",
     "+00"},
    {"Africa/Casablanca", "2026-03-22T02:00:00Z", "2026-03-22 03:00:00 +0100",
     "+01"},
    {"Africa/Casablanca", "2026-09-20T00:59:59Z", "2026-09-20 01:59:59 +0100",
     "+01"},
    {"Africa/Casablanca", "2060-01-01T00:00:00Z", "2060-01-01 00:00:00 +0000",
     "+00"},
    /* Standard time in summer, "daylight time" in winter. */
    {"Europe/Dublin", "2026-03-29T00:59:59Z", "2026-03-29 00:59:59 +0000",
     "GMT"},
    {"Europe/Dublin", "2026-03-29T01:00:00Z", "2026-03-29 02:00:00 +0100",
     "IST"},
    {"Europe/Dublin", "2100-12-01T00:00:00Z", "2100-12-01 00:00:00 +0000",
     "GMT"},
    {"Europe/Dublin", "2100-07-01T00:00:00Z", "2100-07-01 01:00:00 +0100",
     "IST"},
    {"Europe/Dublin", "1900-01-01T00:00:00Z", "1899-12-31 23:34:39 -002521",
     "DMT"},
    {"America/Vancouver", "2026-12-01T00:00:00Z", "2026-11-30 17:00:00 -0700",
     "MST"},
    {"America/Vancouver", "2100-01-01T00:00:00Z", "2099-12-31 17:00:00 -0700",
     "MST"},
    {"America/Nuuk", "2100-07-01T00:00:00Z", "2100-06-30 23:00:00 -0100",
     "-01"},
    {"UTC", "2500-01-01T00:00:00Z", "2500-01-01 00:00:00 +0000", "UTC"},
};

START_TEST(test_clocks)
{
    const struct zone *z;
    char text[ZONE_TEXT];

    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        zone_directory_set(sets[i]);
        z = get(clocks[_i].zone);
        ck_assert_str_eq(zone_text(z, at(clocks[_i].utc), text),
                         clocks[_i].wall);
        ck_assert_str_eq(zone_abbreviation(z, at(clocks[_i].utc)),
                         clocks[_i].abbreviation);
    }
}
END_TEST

static const struct {
    const char *zone, *day, *utc;
} starts[] = {
    {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"},
    {"Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"},
    /* Midnight is skipped, or comes twice. */
    {"Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"},
    {"Africa/Cairo", "2026-10-30", "2026-10-29T22:00:00Z"},
    {"America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"},
    {"America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z"},
    {"America/Scoresbysund", "2026-03-29", "2026-03-29T01:00:00Z"},
    /* The day is. */
    {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
    {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"},
    {"Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00Z"},
    {"UTC", "1969-12-31", "1969-12-31T00:00:00Z"},
};

START_TEST(test_day_start)
{
    char text[INSTANT_TEXT];

    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        zone_directory_set(sets[i]);
        ck_assert_str_eq(instant_text(zone_day_start(get(starts[_i].zone),
                                                     day_of(starts[_i].day)),
                                      text),
                         starts[_i].utc);
    }
}
END_TEST

START_TEST(test_days_cut_time_into_pieces)
{
    static const char *const zones[] = {
        "Africa/Cairo",     "America/Santiago",    "America/St_Johns",
        "Antarctica/Troll", "Australia/Lord_Howe", "Europe/Berlin",
        "Pacific/Apia",     "America/Nuuk",        "America/Havana"};

    zone_directory_set(SLIM);
    for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
        const struct zone *z = get(zones[i]);

        for (int64_t day = day_of("2000-01-01"); day < day_of("2040-01-01");
             day++) {
            int64_t start = zone_day_start(z, day);

            ck_assert_int_ge(zone_local_day(z, start), day);
            ck_assert_int_lt(zone_local_day(z, start - 1), day);
            ck_assert_int_ge(zone_day_start(z, day + 1), start);
            ck_assert_int_ge(zone_instant(z, day, 0), start);
        }
    }
}
END_TEST

START_TEST(test_skipped_day_runs_once)
{
    const struct zone *z;
    int64_t run;

    zone_directory_set(SLIM);
    z = get("Pacific/Apia");
    run = zone_next(z, 120, at("2011-12-29T00:00:00Z"));
    ck_assert_int_eq(run, at("2011-12-29T12:00:00Z"));
    run = zone_next(z, 120, run);
    ck_assert_int_eq(run, at("2011-12-30T12:00:00Z"));
    run = zone_next(z, 120, run);
    ck_assert_int_eq(run, at("2011-12-31T12:00:00Z"));
}
END_TEST

START_TEST(test_before_1970)
{
    const struct zone *z;

    zone_directory_set(SLIM);
    z = get("UTC");
    ck_assert_int_eq(zone_local_day(z, -1), -1);
    ck_assert_int_eq(zone_local_day(z, -24 * HOUR), -1);
    ck_assert_int_eq(zone_local_day(z, -24 * HOUR - 1), -2);
    ck_assert_int_eq(zone_next(z, 120, -1), 2 * HOUR);
    z = get("Europe/Dublin");
    ck_assert_int_eq(zone_offset(z, at("1916-05-21T02:25:21Z") - 1), -1521);
    ck_assert_int_eq(zone_offset(z, at("1916-05-21T02:25:21Z")), 2079);
}
END_TEST

START_TEST(test_yesterdays_run_may_be_to_come)
{
    const struct zone *z;

    zone_directory_set(SLIM);
    z = get("America/Scoresbysund");
    /* Saturday's 23:30 is in a gap until midnight: it runs on Sunday, 00:30. */
    ck_assert_int_eq(zone_next(z, 23 * 60 + 30, at("2026-03-29T01:10:00Z")),
                     at("2026-03-29T01:30:00Z"));
    ck_assert_int_eq(zone_next(z, 23 * 60 + 30, at("2026-03-29T01:30:00Z")),
                     at("2026-03-30T00:30:00Z"));
}
END_TEST

/* -- files made here ---------------------------------------------------- */

/* A small file: kinds "AAA" (0 s) and "BBB" (3600 s), these changes. */
struct made {
    const char *rule;
    int64_t times[4];
    uint32_t count;
};

enum { AT_V2 = 44 + 6 + 4, AT_DATA = AT_V2 + 44 };

static void add32(struct buf *b, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_char(b, (char)(value >> shift));
}

static void add_header(struct buf *b, uint32_t times, uint32_t kinds,
                       uint32_t names)
{
    buf_add(b, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    add32(b, 0); /* UTC flags */
    add32(b, 0); /* standard time flags */
    add32(b, 0); /* leap seconds */
    add32(b, times);
    add32(b, kinds);
    add32(b, names);
}

/* Gives a buf. */
static struct buf make_file(const struct made *made)
{
    struct buf b = {0};

    add_header(&b, 0, 1, 4);
    buf_add(&b, "\0\0\0\0\0\0UTC", 10);
    add_header(&b, made->count, 2, 8);
    for (uint32_t i = 0; i < made->count; i++) {
        add32(&b, (uint32_t)((uint64_t)made->times[i] >> 32));
        add32(&b, (uint32_t)made->times[i]);
    }
    for (uint32_t i = 0; i < made->count; i++)
        buf_char(&b, (char)(1 - i % 2));
    buf_add(&b, "\0\0\0\0\0\0", 6);
    buf_add(&b, "\0\0\x0e\x10\1\4", 6);
    buf_add(&b, "AAA\0BBB", 8);
    buf_printf(&b, "\n%s\n", made->rule);
    return b;
}

static struct zone *parse(const struct buf *b, const char **why)
{
    /* Exactly as long, so that reading on is seen. */
    char *bytes = xmalloc(b->length + 1);
    struct zone *z;

    memcpy(bytes, b->data, b->length);
    bytes = xrealloc(bytes, b->length ? b->length : 1);
    z = zone_parse(bytes, b->length, why);
    free(bytes);
    return z;
}

static const struct {
    const char *rule, *utc, *wall, *abbreviation;
} rules[] = {
#define EUROPE "CET-1CEST,M3.5.0,M10.5.0/3"
    {EUROPE, "2038-03-28T00:59:59Z", "2038-03-28 01:59:59 +0100", "CET"},
    {EUROPE, "2038-03-28T01:00:00Z", "2038-03-28 03:00:00 +0200", "CEST"},
    {EUROPE, "2100-03-28T00:59:59Z", "2100-03-28 01:59:59 +0100", "CET"},
    {EUROPE, "2100-03-28T01:00:00Z", "2100-03-28 03:00:00 +0200", "CEST"},
    {EUROPE, "2100-10-31T00:59:59Z", "2100-10-31 02:59:59 +0200", "CEST"},
    {EUROPE, "2100-10-31T01:00:00Z", "2100-10-31 02:00:00 +0100", "CET"},
    {EUROPE, "2437-03-29T00:59:59Z", "2437-03-29 01:59:59 +0100", "CET"},
    {EUROPE, "2437-03-29T01:00:00Z", "2437-03-29 03:00:00 +0200", "CEST"},
    {EUROPE, "9999-10-31T00:59:59Z", "9999-10-31 02:59:59 +0200", "CEST"},
    {EUROPE, "9999-10-31T01:00:00Z", "9999-10-31 02:00:00 +0100", "CET"},
    {EUROPE, "9999-12-31T00:00:00Z", "9999-12-31 01:00:00 +0100", "CET"},
    {EUROPE, "1500-07-01T00:00:00Z", "1500-07-01 02:00:00 +0200", "CEST"},
    {"AAA0BBB,J60,J300", "2027-03-01T01:59:59Z", "2027-03-01 01:59:59 +0000",
     "AAA"},
    {"AAA0BBB,J60,J300", "2027-03-01T02:00:00Z", "2027-03-01 03:00:00 +0100",
     "BBB"},
    {"AAA0BBB,J60,J300", "2028-02-29T12:00:00Z", "2028-02-29 12:00:00 +0000",
     "AAA"},
    {"AAA0BBB,J60,J300", "2028-03-01T02:00:00Z", "2028-03-01 03:00:00 +0100",
     "BBB"},
    {"AAA0BBB,J60,J300", "2028-10-27T00:59:59Z", "2028-10-27 01:59:59 +0100",
     "BBB"},
    {"AAA0BBB,J60,J300", "2028-10-27T01:00:00Z", "2028-10-27 01:00:00 +0000",
     "AAA"},
    {"AAA0BBB,59,300", "2027-03-01T01:59:59Z", "2027-03-01 01:59:59 +0000",
     "AAA"},
    {"AAA0BBB,59,300", "2027-03-01T02:00:00Z", "2027-03-01 03:00:00 +0100",
     "BBB"},
    {"AAA0BBB,59,300", "2028-02-29T01:59:59Z", "2028-02-29 01:59:59 +0000",
     "AAA"},
    {"AAA0BBB,59,300", "2028-02-29T02:00:00Z", "2028-02-29 03:00:00 +0100",
     "BBB"},
    {"AAA0BBB,59,300", "2028-10-27T01:00:00Z", "2028-10-27 01:00:00 +0000",
     "AAA"},
    /* A week before and after. */
    {"AAA0BBB,M3.5.0/-167,M10.5.0/167", "2027-03-21T00:59:59Z",
     "2027-03-21 00:59:59 +0000", "AAA"},
    {"AAA0BBB,M3.5.0/-167,M10.5.0/167", "2027-03-21T01:00:00Z",
     "2027-03-21 02:00:00 +0100", "BBB"},
    {"AAA0BBB,M3.5.0/-167,M10.5.0/167", "2027-11-06T21:59:59Z",
     "2027-11-06 22:59:59 +0100", "BBB"},
    {"AAA0BBB,M3.5.0/-167,M10.5.0/167", "2027-11-06T22:00:00Z",
     "2027-11-06 22:00:00 +0000", "AAA"},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2100-01-01T00:00:00Z",
     "2100-01-01 11:00:00 +1100", "AEDT"},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2100-04-03T16:00:00Z",
     "2100-04-04 02:00:00 +1000", "AEST"},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2040-03-25T00:59:59Z",
     "2040-03-25 00:59:59 +0000", "GMT"},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2040-03-25T01:00:00Z",
     "2040-03-25 02:00:00 +0100", "IST"},
    {"<+03>-3", "2050-06-01T00:00:00Z", "2050-06-01 03:00:00 +0300", "+03"},
    {"LMT0:01:15", "2050-06-01T00:00:00Z", "2050-05-31 23:58:45 -000115",
     "LMT"},
    {"NZX-24:59:59", "2050-06-01T00:00:00Z", "2050-06-02 00:59:59 +245959",
     "NZX"},
    /* Daylight time all year, as RFC 8536 writes it. */
    {"XXX3EDT4,0/0,J365/23", "2027-01-01T02:59:59Z",
     "2026-12-31 22:59:59 -0400", "EDT"},
    {"XXX3EDT4,0/0,J365/23", "2027-01-01T03:00:00Z",
     "2026-12-31 23:00:00 -0400", "EDT"},
    {"XXX3EDT4,0/0,J365/23", "2028-12-31T12:00:00Z",
     "2028-12-31 08:00:00 -0400", "EDT"},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2100-03-28T00:59:59Z",
     "2100-03-27 22:59:59 -0200", "-02"},
    {"IST-2IDT,M3.4.4/26,M10.5.0", "2100-03-26T00:00:00Z",
     "2100-03-26 03:00:00 +0300", "IDT"},
};

START_TEST(test_rules)
{
    /* The rule alone; and after a change, where the 400 years begin later. */
    const struct made made[] = {
        {.rule = rules[_i].rule},
        {.rule = rules[_i].rule, .times = {0}, .count = 1},
        {.rule = rules[_i].rule, .times = {-1000, 1735000000}, .count = 2}};
    char text[ZONE_TEXT];
    const char *why = "";

    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        struct buf b = make_file(&made[i]);
        struct zone *z = parse(&b, &why);

        ck_assert_msg(z != NULL, "%s", why);
        /* Without daylight time, the listed changes say all there is. */
        if (i == 0 || strchr(rules[_i].rule, ',')) {
            if (i == 0 || at(rules[_i].utc) > 0) {
                ck_assert_str_eq(zone_text(z, at(rules[_i].utc), text),
                                 rules[_i].wall);
                ck_assert_str_eq(zone_abbreviation(z, at(rules[_i].utc)),
                                 rules[_i].abbreviation);
            }
        }
        zone_free(z);
        buf_free(&b);
    }
}
END_TEST

static const char *const bad_rules[] = {
    "CET",
    "CE-1",
    "C3T-1",
    "CET-25",
    "CET-1:60",
    "CET-1CEST",
    "CET-1CEST,M3.5.0",
    "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M3.6.0,M10.5.0",
    "CET-1CEST,M3.0.0,M10.5.0",
    "CET-1CEST,M3.5.7,M10.5.0",
    "CET-1CEST,M3.5,M10.5.0",
    "CET-1CEST,M3.5.0/168,M10.5.0",
    "CET-1CEST,M3.5.0/-168,M10.5.0",
    "CET-1CEST,J0,J300",
    "CET-1CEST,J366,J300",
    "CET-1CEST,366,300",
    "CET-1CEST,M3.5.0,M10.5.0/",
    "CET-1CEST,M3.5.0,M10.5.0 ",
    "CET-1 ",
    "<+3>-3",
    "<+03-3",
    "<+0?>-3",
    "Abcdefghijklmnop-1",
    "CET-99999999999999999999",
    ":Europe/Berlin",
};

START_TEST(test_bad_rules)
{
    const struct made made = {.rule = bad_rules[_i]};
    struct buf b = make_file(&made);
    const char *why = "";

    ck_assert_msg(parse(&b, &why) == NULL, "%s", bad_rules[_i]);
    ck_assert_str_eq(why, "damaged: its last line is no rule");
    buf_free(&b);
}
END_TEST

START_TEST(test_without_a_rule)
{
    const struct made made = {
        .rule = "", .times = {1000, 2000, 3000}, .count = 3};
    struct buf b = make_file(&made);
    const char *why = "";
    struct zone *z = parse(&b, &why);

    ck_assert_msg(z != NULL, "%s", why);
    ck_assert_int_eq(zone_offset(z, INT64_MIN), 0);
    ck_assert_int_eq(zone_offset(z, 1000 * SECOND - 1), 0);
    ck_assert_int_eq(zone_offset(z, 1000 * SECOND), 3600);
    ck_assert_int_eq(zone_offset(z, 2000 * SECOND), 0);
    ck_assert_int_eq(zone_offset(z, 3000 * SECOND), 3600);
    ck_assert_int_eq(zone_offset(z, INT64_MAX), 3600);
    zone_free(z);
    buf_free(&b);
}
END_TEST

/* What is written over the good file, and where. */
static const struct {
    const char *what;
    size_t where, length;
    const char *bytes;
    const char *why; /* how it begins; NULL: accepted */
} damages[] = {
    {"nothing", 0, 0, "", NULL},
    {"not the magic", 0, 1, "t", "not a zone file"},
    {"version 1", 4, 1, "\0", "version 1"},
    {"version 3", 4, 1, "3", NULL},
    {"no second header", AT_V2, 1, "t", "not a zone file"},
    {"version 1 in the second header", AT_V2 + 4, 1, "\0", "version 1"},
    {"many changes in version 1", 32, 4, "\xff\xff\xff\xff", "cut off"},
    {"many of all", 20, 24,
     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
     "cut off"},
    {"many changes", AT_V2 + 32, 4, "\xff\xff\xff\xff", "cut off"},
    /* Times 5, 9 or 6 bytes, these are small again in 32 bits. */
    {"overflowing changes in version 1", 32, 4, "\x33\x33\x33\x34", "cut off"},
    {"overflowing changes", AT_V2 + 32, 4, "\x38\xe3\x8e\x39", "cut off"},
    {"overflowing kinds", AT_V2 + 36, 4, "\x2a\xaa\xaa\xab", "cut off"},
    {"no kinds", AT_V2 + 36, 4, "\0\0\0\0", "damaged: impossible counts"},
    {"no names", AT_V2 + 40, 4, "\0\0\0\0", "damaged: impossible counts"},
    {"one UTC flag", AT_V2 + 20, 4, "\0\0\0\1", "damaged: impossible counts"},
    {"a leap second", AT_V2 + 28, 4, "\0\0\0\1", "it counts leap seconds"},
    {"changes out of order", AT_DATA, 8, "\0\0\0\0\0\0\x10\0",
     "damaged: impossible changes"},
    {"equal changes", AT_DATA, 8, "\0\0\0\0\0\0\x07\xd0",
     "damaged: impossible changes"},
    {"a change at the end of time", AT_DATA + 8, 8,
     "\x7f\xff\xff\xff\xff\xff\xff\xff", "damaged: impossible changes"},
    {"a change before all time", AT_DATA, 8, "\x80\0\0\0\0\0\0\0", NULL},
    {"an index beyond", AT_DATA + 16, 1, "\2", "damaged: impossible changes"},
    {"an offset of 26 h", AT_DATA + 18, 4, "\0\1\x6d\xa0",
     "damaged: an impossible offset"},
    {"the least offset", AT_DATA + 18, 4, "\xff\xfe\xa0\x71", NULL},
    {"less than the least", AT_DATA + 18, 4, "\xff\xfe\xa0\x70",
     "damaged: an impossible offset"},
    {"INT32_MIN", AT_DATA + 18, 4, "\x80\0\0\0",
     "damaged: an impossible offset"},
    {"neither daylight nor not", AT_DATA + 22, 1, "\2",
     "damaged: an impossible offset"},
    {"a name beyond", AT_DATA + 23, 1, "\x8", "damaged: an impossible offset"},
    {"names without an end", AT_DATA + 37, 1, "C",
     "damaged: an impossible offset"},
    {"a name that would show", AT_DATA + 30, 1, "\x1b",
     "damaged: an impossible offset"},
    {"no newline", AT_DATA + 38, 1, "x", "cut off before its last line"},
    {"a NUL in the rule", AT_DATA + 40, 1, "\0",
     "damaged: its last line is no rule"},
};

START_TEST(test_damages)
{
    const struct made made = {
        .rule = "AAA0BBB,J60,J300", .times = {1000, 2000}, .count = 2};
    struct buf b = make_file(&made);
    const char *why = "";
    struct zone *z;

    memcpy(b.data + damages[_i].where, damages[_i].bytes, damages[_i].length);
    z = parse(&b, &why);
    ck_assert_msg(!z == !!damages[_i].why, "%s: %s", damages[_i].what, why);
    if (damages[_i].why)
        ck_assert_msg(strncmp(why, damages[_i].why, strlen(damages[_i].why)) ==
                          0,
                      "%s: %s", damages[_i].what, why);
    zone_free(z);
    buf_free(&b);
}
END_TEST

static struct buf read_bytes(const char *path)
{
    FILE *file = fopen(path, "r");
    struct buf b = {0};
    char part[4096];
    size_t got;

    ck_assert_msg(file != NULL, "%s", path);
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        buf_add(&b, part, got);
    fclose(file);
    return b;
}

START_TEST(test_cut_off_anywhere)
{
    struct buf b = read_bytes(SLIM "/Europe/Berlin");

    for (size_t whole = b.length, length = 0; length < whole; length++) {
        const char *why = NULL;

        b.length = length;
        ck_assert_msg(parse(&b, &why) == NULL, "%zu bytes", length);
        ck_assert_ptr_nonnull(why);
    }
    buf_free(&b);
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* All queries; whatever the data, what they promise each other must hold. */
static void query(const struct zone *z, int64_t instant, int minute)
{
    int64_t day = zone_local_day(z, instant);
    int64_t start = zone_day_start(z, day);
    int64_t next = zone_next(z, minute, instant);
    char text[ZONE_TEXT];

    ck_assert_int_ge(zone_local_day(z, start), day);
    ck_assert_int_gt(next, instant);
    ck_assert_int_le(next, instant + 9 * 24 * HOUR);
    ck_assert_ptr_nonnull(zone_abbreviation(z, instant));
    ck_assert_uint_gt(strlen(zone_text(z, instant, text)), 20);
    if (zone_fit(z, day, minute) == ZONE_SKIPPED)
        ck_assert_int_gt(zone_instant(z, day, minute), start - 26 * HOUR);
}

START_TEST(test_mutations)
{
    static const char *const names[] = {"Europe/Berlin", "Antarctica/Troll",
                                        "Pacific/Apia", "Asia/Gaza", "UTC"};
    uint64_t random = 20261123;
    int accepted = 0;

    for (int round = 0; round < 4000; round++) {
        char path[128];
        const char *why = NULL;
        struct buf b;
        struct zone *z;

        snprintf(path, sizeof path, "%s/%s", sets[_i],
                 names[(size_t)round % ARRAY_LEN(names)]);
        b = read_bytes(path);
        for (uint64_t n = next_random(&random) % 4 + 1; n > 0; n--)
            b.data[next_random(&random) % b.length] = (char)random;
        if (round % 8 == 0)
            b.length = next_random(&random) % b.length;
        z = parse(&b, &why);
        accepted += z != NULL;
        ck_assert(z || why);
        for (int64_t year = 1900; z && year < 2500; year += 37)
            query(z, days_from_civil(year, 3, 29) * 24 * HOUR,
                  (int)(random % 1440));
        zone_free(z);
        buf_free(&b);
    }
    /* Else nothing was tried but the checks at the door. */
    ck_assert_int_gt(accepted, 400);
}
END_TEST

/* -- names, files and the cache ------------------------------------------ */

static char root[64]; /* of the test that runs */

static char *path_in_root(const char *name)
{
    return xasprintf("%s/%s", root, name);
}

static void write_file(const char *name, const void *bytes, size_t length)
{
    char *path = path_in_root(name);
    char *other = path_in_root("new");
    FILE *file = fopen(other, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(rename(other, path), 0); /* as packages replace files */
    free(path);
    free(other);
}

static void copy_zone(const char *from, const char *name)
{
    char *path = xasprintf("%s/%s", SLIM, from);
    struct buf b = read_bytes(path);

    write_file(name, b.data, b.length);
    buf_free(&b);
    free(path);
}

static void make_directory(const char *name)
{
    char *path = path_in_root(name);

    ck_assert_int_eq(mkdir(path, 0700), 0);
    free(path);
}

static const char list[] = "# version 2026f\n"
                           "R E 1977 1980 - Ap Su>=1 1u 1 S\n"
                           "Z Europe/Berlin 0:53:28 - LMT 1893 Ap\n"
                           "1 c CE%sT 1945 May 24 2\n"
                           "1 E CE%sT\n"
                           "Z Europe/Missing 1 - CET\n"
                           "Z Factory 0 - -00\n"
                           "L Europe/Berlin Test/Link-1\n";

static void set_up(void)
{
    strcpy(root, "/tmp/test_zone.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    make_directory("Europe");
    make_directory("Test");
    make_directory("posix");
    copy_zone("Europe/Berlin", "Europe/Berlin");
    copy_zone("Europe/Berlin", "Europe/Unlisted");
    copy_zone("Europe/Berlin", "Test/Link-1");
    copy_zone("Europe/Berlin", "posix/Berlin");
    copy_zone("Europe/Berlin", "localtime");
    copy_zone("Europe/Berlin", "Factory");
    write_file("Test/Text", "no zone", 7);
    write_file("tzdata.zi", list, sizeof list - 1);
    zone_directory_set(root);
}

static void tear_down(void)
{
    char *command = xasprintf("rm -r %s", root);

    zone_directory_set(NULL);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

#define NO_NAME "not the name of a time zone"
#define X13 "abcdefghijklm"
#define X65 X13 X13 X13 X13 X13

static const struct {
    const char *name;
    const char *with_list, *without; /* how the reason begins; NULL: accepted */
} names[] = {
    {"Europe/Berlin", NULL, NULL},
    {"Test/Link-1", NULL, NULL},
    {"Europe/Unlisted", "unknown time zone Europe/Unlisted", NULL},
    {"Europe/Missing", "time zone Europe/Missing: No such file",
     "time zone Europe/Missing: No such file"},
    {"Foo/Bar", "unknown time zone Foo/Bar", "time zone Foo/Bar: No such file"},
    {"europe/berlin", "unknown", "time zone europe/berlin: No such file"},
    {"Europe", "unknown", "time zone Europe: Is a directory"},
    {"Test/Text", "unknown", "time zone Test/Text: not a zone file"},
    {"", NO_NAME, NO_NAME},
    {"/etc/passwd", NO_NAME, NO_NAME},
    {"../../../etc/passwd", NO_NAME, NO_NAME},
    {":../../../etc/passwd", NO_NAME, NO_NAME},
    {"Europe/../Europe/Berlin", NO_NAME, NO_NAME},
    {"Europe/./Berlin", NO_NAME, NO_NAME},
    {"Europe//Berlin", NO_NAME, NO_NAME},
    {"Europe/Berlin/", NO_NAME, NO_NAME},
    {"/Europe/Berlin", NO_NAME, NO_NAME},
    {"Europe/Berlin ", NO_NAME, NO_NAME},
    {" Europe/Berlin", NO_NAME, NO_NAME},
    {"Europe/Berlin\n", NO_NAME, NO_NAME},
    {"Europe\\Berlin", NO_NAME, NO_NAME},
    {"Europe/B\xc3\xa9rlin", NO_NAME, NO_NAME},
    {"CET-1CEST,M3.5.0,M10.5.0/3", NO_NAME, NO_NAME},
    {"tzdata.zi", NO_NAME, NO_NAME},
    {X65, NO_NAME, NO_NAME},
    {"localtime", "localtime is no place", "localtime is no place"},
    {"posixrules", "posixrules is no place", "posixrules is no place"},
    {"Factory", "Factory is no place", "Factory is no place"},
    {"posix/Berlin", "posix/Berlin is no place", "posix/Berlin is no place"},
    {"right/Berlin", "right/Berlin is no place", "right/Berlin is no place"},
};

static void check_name(const char *name, const char *want)
{
    char why[ZONE_ERROR] = "";
    const struct zone *z = zone_get(name, why);
    struct zone *loaded = zone_load(name, why);

    ck_assert_msg(!z == !!want && !loaded == !!want, "%s: %s", name, why);
    if (want)
        ck_assert_msg(strncmp(why, want, strlen(want)) == 0, "%s: %s", name,
                      why);
    zone_free(loaded);
}

START_TEST(test_names)
{
    char *path = path_in_root("tzdata.zi");

    check_name(names[_i].name, names[_i].with_list);
    ck_assert_int_eq(unlink(path), 0);
    zone_directory_set(root);
    check_name(names[_i].name, names[_i].without);
    free(path);
}
END_TEST

START_TEST(test_no_zones_at_all)
{
    char why[ZONE_ERROR];

    zone_directory_set("/nonexistent");
    ck_assert_ptr_null(zone_get("Europe/Berlin", why));
    ck_assert_str_eq(why, "time zone Europe/Berlin: No such file or directory "
                          "in /nonexistent");
}
END_TEST

START_TEST(test_a_fifo_does_not_hang_us)
{
    char *list_path = path_in_root("tzdata.zi");
    char *path = path_in_root("Test/Fifo");
    char why[ZONE_ERROR];

    ck_assert_int_eq(unlink(list_path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_ptr_null(zone_get("Test/Fifo", why));
    free(path);
    free(list_path);
}
END_TEST

START_TEST(test_refresh)
{
    const struct zone *z = get("Europe/Berlin");
    const struct zone *link = get("Test/Link-1");
    int64_t summer = at("2026-07-01");
    char *path = path_in_root("Europe/Berlin");

    ck_assert_ptr_eq(get("Europe/Berlin"), z);
    ck_assert_int_eq(zone_refresh(), 0);
    ck_assert_int_eq(zone_offset(z, summer), 7200);

    copy_zone("Pacific/Auckland", "Europe/Berlin");
    ck_assert_int_eq(zone_offset(z, summer), 7200);
    ck_assert_int_eq(zone_refresh(), 1);
    ck_assert_int_eq(zone_offset(z, summer), 12 * 3600);
    ck_assert_int_eq(zone_offset(link, summer), 7200);
    ck_assert_ptr_eq(get("Europe/Berlin"), z);
    ck_assert_int_eq(zone_refresh(), 0);

    /* Half written, or gone: what we have is better. */
    write_file("Europe/Berlin", "TZif2", 5);
    ck_assert_int_eq(zone_refresh(), 0);
    ck_assert_int_eq(zone_offset(z, summer), 12 * 3600);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(zone_refresh(), 0);
    ck_assert_int_eq(zone_offset(z, summer), 12 * 3600);

    copy_zone("Europe/Berlin", "Europe/Berlin");
    copy_zone("Asia/Kolkata", "Test/Link-1");
    ck_assert_int_eq(zone_refresh(), 2);
    ck_assert_int_eq(zone_offset(z, summer), 7200);
    ck_assert_int_eq(zone_offset(link, summer), 19800);
    free(path);
}
END_TEST

START_TEST(test_refresh_reads_the_list_again)
{
    static const char newer[] = "# version 2027a\n"
                                "Z Europe/Unlisted 1 - CET\n";
    char why[ZONE_ERROR];

    get("Europe/Berlin");
    ck_assert_ptr_null(zone_get("Europe/Unlisted", why));
    write_file("tzdata.zi", newer, sizeof newer - 1);
    ck_assert_int_eq(zone_refresh(), 0);
    get("Europe/Unlisted");
    get("Europe/Berlin"); /* who has it keeps it */
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("zone");
    TCase *data = tcase_create("data");
    TCase *bytes = tcase_create("bytes");
    TCase *files = tcase_create("files");

    tcase_set_timeout(data, 60);
    tcase_set_timeout(bytes, 60);
    tcase_add_loop_test(data, test_oracle, 0, (int)ARRAY_LEN(sets));
    tcase_add_test(data, test_oracle_with_the_systems_files);
    tcase_add_loop_test(data, test_clocks, 0, (int)ARRAY_LEN(clocks));
    tcase_add_loop_test(data, test_day_start, 0, (int)ARRAY_LEN(starts));
    tcase_add_test(data, test_days_cut_time_into_pieces);
    tcase_add_test(data, test_skipped_day_runs_once);
    tcase_add_test(data, test_before_1970);
    tcase_add_test(data, test_yesterdays_run_may_be_to_come);
    tcase_add_loop_test(bytes, test_rules, 0, (int)ARRAY_LEN(rules));
    tcase_add_loop_test(bytes, test_bad_rules, 0, (int)ARRAY_LEN(bad_rules));
    tcase_add_test(bytes, test_without_a_rule);
    tcase_add_loop_test(bytes, test_damages, 0, (int)ARRAY_LEN(damages));
    tcase_add_test(bytes, test_cut_off_anywhere);
    tcase_add_loop_test(bytes, test_mutations, 0, (int)ARRAY_LEN(sets));
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_add_loop_test(files, test_names, 0, (int)ARRAY_LEN(names));
    tcase_add_test(files, test_no_zones_at_all);
    tcase_add_test(files, test_a_fifo_does_not_hang_us);
    tcase_add_test(files, test_refresh);
    tcase_add_test(files, test_refresh_reads_the_list_again);
    suite_add_tcase(s, data);
    suite_add_tcase(s, bytes);
    suite_add_tcase(s, files);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
