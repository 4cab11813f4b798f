/* test_schedule.c - common/schedule.c, with the zones of tests/data/zoneinfo.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/schedule.h"

#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

static int64_t at(const char *text)
{
    int64_t instant;

    ck_assert_msg(instant_parse(text, &instant) == 0, "%s", text);
    return instant;
}

static int64_t day_of(const char *date)
{
    return at(date) / DAY;
}

static const struct zone *get(const char *name)
{
    char why[ZONE_ERROR];
    const struct zone *z = zone_get(name, why);

    ck_assert_msg(z != NULL, "%s", why);
    return z;
}

static void set_up(void)
{
    zone_directory_set("tests/data/zoneinfo/slim");
}

static void tear_down(void)
{
    zone_directory_set(NULL);
}

/* -- texts -------------------------------------------------------------- */

static const struct {
    const char *text;
    int minute; /* -1: refused */
} times[] = {
    {"00:00", 0},   {"02:00", 120}, {"23:59", 1439},  {"24:00", -1},
    {"12:60", -1},  {"2:00", -1},   {"02:0", -1},     {"0200", -1},
    {"02:00 ", -1}, {" 02:00", -1}, {"02:00:00", -1}, {"-1:00", -1},
    {"+2:00", -1},  {"02-00", -1},  {"ab:cd", -1},    {"", -1},
};

START_TEST(test_parse_time)
{
    const char *why = NULL;
    int minute = -1;
    int result = schedule_parse_time(times[_i].text, &minute, &why);

    ck_assert_msg(minute == times[_i].minute, "%s", times[_i].text);
    ck_assert_int_eq(result, times[_i].minute < 0 ? -1 : 0);
    ck_assert(!why == (result == 0));
}
END_TEST

static const struct {
    const char *text;
    int64_t day;
    bool good;
} dates[] = {
    {"1970-01-01", 0, true},     {"1969-12-31", -1, true},
    {"2026-03-29", 20541, true}, {"2024-02-29", 19782, true},
    {"2026-02-29", 0, false},    {"2026-13-01", 0, false},
    {"2026-00-01", 0, false},    {"2026-01-00", 0, false},
    {"2026-1-1", 0, false},      {"2026-01-01T00:00", 0, false},
    {"20260101", 0, false},      {" 2026-01-01", 0, false},
    {"2026-01-01 ", 0, false},   {"", 0, false},
};

START_TEST(test_parse_date)
{
    const char *why = NULL;
    int64_t day = 0;
    char text[SCHEDULE_DATE];
    int result = schedule_parse_date(dates[_i].text, &day, &why);

    ck_assert_msg(result == (dates[_i].good ? 0 : -1), "%s", dates[_i].text);
    ck_assert_int_eq(day, dates[_i].day);
    ck_assert(!why == dates[_i].good);
    if (dates[_i].good)
        ck_assert_str_eq(schedule_date_text(day, text), dates[_i].text);
}
END_TEST

static const struct {
    const char *zone, *text, *utc; /* NULL: refused */
} onces[] = {
    {"Europe/Berlin", "2026-07-01T02:00", "2026-07-01T00:00:00Z"},
    /* In the gap: as late as with the offset before it. */
    {"Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z"},
    {"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"},
    {"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z"},
    /* Twice: the first. */
    {"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"},
    {"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"},
    {"Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z"},
    {"Asia/Kathmandu", "2026-01-01T00:00", "2025-12-31T18:15:00Z"},
    {"UTC", "1969-12-31T23:59", "1969-12-31T23:59:00Z"},
    {"UTC", "2026-02-29T02:00", NULL},
    {"UTC", "2026-02-28T24:00", NULL},
    {"UTC", "2026-02-28 02:00", NULL},
    {"UTC", "2026-02-28T02:00Z", NULL},
    {"UTC", "2026-02-28T02:00+01:00", NULL},
    {"UTC", "2026-02-28", NULL},
    {"UTC", "tomorrow", NULL},
};

START_TEST(test_parse_once)
{
    const char *why = NULL;
    int64_t instant = INSTANT_NONE;
    char text[INSTANT_TEXT];
    int result = schedule_parse_once(onces[_i].text, get(onces[_i].zone),
                                     &instant, &why);

    ck_assert_int_eq(result, onces[_i].utc ? 0 : -1);
    ck_assert_str_eq(instant_text(instant, text),
                     onces[_i].utc ? onces[_i].utc : "-");
    ck_assert(!why == (result == 0));
}
END_TEST

/* -- rules -------------------------------------------------------------- */

#define NIGHT "2026-06-02T00:00:00Z" /* 02:00 in Berlin */
#define NEXT_NIGHT "2026-06-03T00:00:00Z"

static const struct {
    const char *what;
    const char *now, *next_at;
    enum schedule_verdict verdict;
    const char *then;
} looks[] = {
    {"too early", "2026-06-01T23:59:59Z", NIGHT, SCHEDULE_WAIT, NIGHT},
    {"on time", NIGHT, NIGHT, SCHEDULE_RUN, NEXT_NIGHT},
    {"a second late", "2026-06-02T00:00:01Z", NIGHT, SCHEDULE_RUN, NEXT_NIGHT},
    {"late into the day", "2026-06-02T23:59:59Z", NIGHT, SCHEDULE_RUN,
     NEXT_NIGHT},
    {"late until the next is due", NEXT_NIGHT, NIGHT, SCHEDULE_RUN,
     "2026-06-04T00:00:00Z"},
    {"down for three days", "2026-06-05T09:00:00Z", NIGHT, SCHEDULE_RUN,
     "2026-06-06T00:00:00Z"},
    {"the clock went back a little", "2026-06-01T23:00:00Z", NEXT_NIGHT,
     SCHEDULE_WAIT, NEXT_NIGHT},
    {"27 h ahead is still in order", "2026-06-01T21:00:00Z", NEXT_NIGHT,
     SCHEDULE_WAIT, NEXT_NIGHT},
    {"further ahead is not", "2026-06-01T20:59:59Z", NEXT_NIGHT,
     SCHEDULE_CORRECT, NIGHT},
    {"the clock was years ahead", "2026-06-01T12:00:00Z",
     "2038-01-19T01:00:00Z", SCHEDULE_CORRECT, NIGHT},
    {"never computed", "2026-06-01T12:00:00Z", NULL, SCHEDULE_CORRECT, NIGHT},
};

START_TEST(test_look)
{
    int64_t next_at = looks[_i].next_at ? at(looks[_i].next_at) : INSTANT_NONE;
    enum schedule_verdict verdict =
        schedule_look(get("Europe/Berlin"), 120, at(looks[_i].now), &next_at);
    char text[INSTANT_TEXT];

    ck_assert_msg(verdict == looks[_i].verdict, "%s: %d", looks[_i].what,
                  (int)verdict);
    ck_assert_str_eq(instant_text(next_at, text), looks[_i].then);
}
END_TEST

START_TEST(test_outage_is_caught_up_with_once)
{
    const struct zone *z = get("Europe/Berlin");
    int64_t now = at("2026-03-27T12:00:00Z");
    int64_t next_at = schedule_next(z, 120, now);
    int runs = 0;

    now += 3 * DAY; /* over the night without 02:00, too */
    for (int tick = 0; tick < 3600; tick++, now += SECOND)
        runs += schedule_look(z, 120, now, &next_at) == SCHEDULE_RUN;

    ck_assert_int_eq(runs, 1);
    ck_assert_int_eq(next_at, at("2026-03-31T00:00:00Z"));
}
END_TEST

/* -- preview ------------------------------------------------------------ */

/* What a line of `stocktide schedule` says. */
static const struct {
    const char *zone, *at, *from;
    const char *lines[6]; /* date, UTC, local, kind, note */
} previews[] = {
    {"Europe/Berlin",
     "02:00",
     "2026-03-28",
     {"2026-03-28 2026-03-28T01:00:00Z 2026-03-28 02:00:00 +0100 normal ",
      "2026-03-29 2026-03-29T01:00:00Z 2026-03-29 03:00:00 +0200 gap "
      "02:00 does not exist; runs when the gap ends",
      "2026-03-30 2026-03-30T00:00:00Z 2026-03-30 02:00:00 +0200 normal "}},
    {"Europe/Berlin",
     "02:30",
     "2026-03-29",
     {"2026-03-29 2026-03-29T01:30:00Z 2026-03-29 03:30:00 +0200 gap "
      "02:30 does not exist; runs as late as before the clock change",
      "2026-03-30 2026-03-30T00:30:00Z 2026-03-30 02:30:00 +0200 normal "}},
    {"Europe/Berlin",
     "02:00",
     "2026-10-24",
     {"2026-10-24 2026-10-24T00:00:00Z 2026-10-24 02:00:00 +0200 normal ",
      "2026-10-25 2026-10-25T00:00:00Z 2026-10-25 02:00:00 +0200 twice "
      "02:00 comes twice; runs the first time",
      "2026-10-26 2026-10-26T01:00:00Z 2026-10-26 02:00:00 +0100 normal "}},
    {"Europe/London", /* a day of 25 h, but 02:00 comes once */
     "02:00",
     "2026-10-25",
     {"2026-10-25 2026-10-25T02:00:00Z 2026-10-25 02:00:00 +0000 normal "}},
    {"Europe/London",
     "01:00",
     "2026-03-29",
     {"2026-03-29 2026-03-29T01:00:00Z 2026-03-29 02:00:00 +0100 gap "
      "01:00 does not exist; runs when the gap ends"}},
    {"Antarctica/Troll",
     "02:00",
     "2026-03-29",
     {"2026-03-29 2026-03-29T02:00:00Z 2026-03-29 04:00:00 +0200 gap "
      "02:00 does not exist; runs as late as before the clock change"}},
    {"Antarctica/Troll",
     "02:00",
     "2026-10-25",
     {"2026-10-25 2026-10-25T00:00:00Z 2026-10-25 02:00:00 +0200 twice "
      "02:00 comes twice; runs the first time"}},
    {"Australia/Lord_Howe",
     "02:00",
     "2026-10-04",
     {"2026-10-04 2026-10-03T15:30:00Z 2026-10-04 02:30:00 +1100 gap "
      "02:00 does not exist; runs when the gap ends",
      "2026-10-05 2026-10-04T15:00:00Z 2026-10-05 02:00:00 +1100 normal "}},
    {"Pacific/Apia",
     "02:00",
     "2011-12-29",
     {"2011-12-29 2011-12-29T12:00:00Z 2011-12-29 02:00:00 -1000 normal ",
      "2011-12-31 2011-12-30T12:00:00Z 2011-12-31 02:00:00 +1400 normal "
      "2011-12-30 was skipped here; its run is this one",
      "2012-01-01 2011-12-31T12:00:00Z 2012-01-01 02:00:00 +1400 normal "}},
    {"Pacific/Apia",
     "02:00",
     "2011-12-31",
     {"2011-12-31 2011-12-30T12:00:00Z 2011-12-31 02:00:00 +1400 normal "}},
};

static const char *line_of(const struct schedule_run *run, char line[320])
{
    char date[SCHEDULE_DATE], utc[INSTANT_TEXT];

    snprintf(line, 320, "%s %s %s %s %s", schedule_date_text(run->day, date),
             instant_text(run->at, utc), run->local, schedule_kind(run->fit),
             run->note);
    return line;
}

START_TEST(test_preview)
{
    struct schedule_walk walk;
    struct schedule_run run;
    const char *why;
    char line[320];
    int64_t day;
    int minute;

    ck_assert_int_eq(schedule_parse_date(previews[_i].from, &day, &why), 0);
    ck_assert_int_eq(schedule_parse_time(previews[_i].at, &minute, &why), 0);
    walk = schedule_from_day(get(previews[_i].zone), minute, day);
    for (size_t i = 0; previews[_i].lines[i]; i++) {
        schedule_walk_on(&walk, &run);
        ck_assert_str_eq(line_of(&run, line), previews[_i].lines[i]);
    }
}
END_TEST

static const struct {
    const char *zone, *after, *date;
} froms[] = {
    {"Europe/Berlin", "2026-06-01T23:59:59Z", "2026-06-02"},
    {"Europe/Berlin", "2026-06-02T00:00:00Z", "2026-06-03"},
    {"America/New_York", "2026-06-02T03:00:00Z", "2026-06-02"},
    {"Pacific/Kiritimati", "2026-06-02T03:00:00Z", "2026-06-03"},
    {"Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31"},
    {"Pacific/Apia", "2011-12-30T12:00:00Z", "2012-01-01"},
};

START_TEST(test_preview_from_an_instant)
{
    const struct zone *z = get(froms[_i].zone);
    int64_t after = at(froms[_i].after);
    struct schedule_walk walk = schedule_from_instant(z, 120, after);
    struct schedule_run run;
    char date[SCHEDULE_DATE];

    schedule_walk_on(&walk, &run);
    ck_assert_str_eq(schedule_date_text(run.day, date), froms[_i].date);
    ck_assert_int_eq(run.at, schedule_next(z, 120, after));
}
END_TEST

START_TEST(test_two_zones_have_their_own_nights)
{
    int64_t now = at("2026-03-29T00:30:00Z");

    /* The same Sunday: New York changed weeks ago, Berlin changes now. */
    ck_assert_int_eq(schedule_next(get("Europe/Berlin"), 120, now),
                     at("2026-03-29T01:00:00Z"));
    ck_assert_int_eq(schedule_next(get("America/New_York"), 120, now),
                     at("2026-03-29T06:00:00Z"));
}
END_TEST

static const struct {
    const char *zone, *date;
    int hours; /* from the run of DATE to that of the day after */
} distances[] = {
    {"Europe/Berlin", "2026-03-28", 24},
    {"Europe/Berlin", "2026-03-29", 23},
    {"Europe/Berlin", "2026-10-24", 24},
    {"Europe/Berlin", "2026-10-25", 25},
    {"Europe/London", "2026-10-24", 25},
    {"Antarctica/Troll", "2026-03-29", 22},
    {"Antarctica/Troll", "2026-10-25", 26},
    {"UTC", "2026-03-29", 24},
};

START_TEST(test_distances)
{
    const struct zone *z = get(distances[_i].zone);
    int64_t run = zone_instant(z, day_of(distances[_i].date), 120);

    ck_assert_int_eq(schedule_next(z, 120, run) - run,
                     distances[_i].hours * HOUR);
}
END_TEST

/* -- a clock that runs -------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Lets DAYS days go by in steps of up to STEP, and returns the number of runs.
 * Each must be on time, on the date after the last one's (or where that date
 * is skipped, the next), and the one that the preview says. */
static int let_run(const struct zone *z, int minute, int64_t start, int days,
                   int64_t step, uint64_t *random)
{
    int64_t now = start, next_at = INSTANT_NONE, before = start;
    struct schedule_walk walk = schedule_from_instant(z, minute, start);
    struct schedule_run run;
    int runs = 0;

    ck_assert_int_eq(schedule_look(z, minute, now, &next_at), SCHEDULE_CORRECT);
    while (now < start + days * DAY) {
        int64_t planned = next_at;
        enum schedule_verdict verdict = schedule_look(z, minute, now, &next_at);

        ck_assert_int_ne(verdict, SCHEDULE_CORRECT);
        ck_assert_int_gt(next_at, now);
        if (verdict == SCHEDULE_RUN) {
            schedule_walk_on(&walk, &run);
            ck_assert_int_eq(planned, run.at);
            ck_assert_int_gt(planned, before); /* no tick passed it by */
            runs++;
        }
        before = now;
        now += (int64_t)(next_random(random) % (uint64_t)step) + 1;
    }
    return runs;
}

/* The next zone of the oracle; false at the end. */
static bool next_zone(FILE *oracle, char zone[64])
{
    char line[512], name[64];

    while (fgets(line, sizeof line, oracle))
        if (line[0] != '#' && strncmp(line, "zone,", 5) != 0 &&
            sscanf(line, "%63[^,]", name) == 1 && strcmp(name, zone) != 0) {
            strcpy(zone, name);
            return true;
        }
    return false;
}

START_TEST(test_one_run_for_each_local_date)
{
    /* Minutes that some zone skips or has twice; 20 h: barely ever awake. */
    static const struct {
        int minute;
        int64_t step;
    } clocks[] = {{120, 2 * HOUR}, {120, 20 * HOUR}, {0, 20 * HOUR},
                  {30, 20 * HOUR}, {150, 20 * HOUR}, {1410, 20 * HOUR}};
    FILE *oracle = fopen("tests/data/nightly_oracle.csv", "r");
    int64_t start = at("2026-01-01T12:34:56Z");
    uint64_t random = 20261123;
    char name[64] = "";
    int zones = 0;

    ck_assert_ptr_nonnull(oracle);
    for (; next_zone(oracle, name); zones++) {
        const struct zone *z = get(name);

        for (size_t i = 0; i < ARRAY_LEN(clocks); i++) {
            int runs = let_run(z, clocks[i].minute, start, 400, clocks[i].step,
                               &random);

            /* The last step may end before the last night, or beyond the
             * first one that is not ours. */
            ck_assert_msg(runs >= 399 && runs <= 401, "%s %d: %d", name,
                          clocks[i].minute, runs);
        }
    }
    fclose(oracle);
    ck_assert_int_eq(zones, 35);
}
END_TEST

START_TEST(test_dates_of_runs_are_consecutive)
{
    FILE *oracle = fopen("tests/data/nightly_oracle.csv", "r");
    char name[64] = "";

    ck_assert_ptr_nonnull(oracle);
    while (next_zone(oracle, name)) {
        const struct zone *z = get(name);
        int64_t day = day_of("2026-01-01");
        struct schedule_walk walk = schedule_from_day(z, 120, day);
        struct schedule_run run;

        for (int i = 0; i < 400; i++) {
            schedule_walk_on(&walk, &run);
            ck_assert_int_eq(run.day, day + i);
            ck_assert_int_eq(zone_local_day(z, run.at), day + i);
        }
    }
    fclose(oracle);
}
END_TEST

START_TEST(test_skipped_days_have_no_run_of_their_own)
{
    uint64_t random = 1;

    ck_assert_int_eq(let_run(get("Pacific/Apia"), 120,
                             at("2011-12-20T00:00:00Z"), 20, HOUR, &random),
                     20);
    ck_assert_int_eq(let_run(get("Pacific/Kwajalein"), 120,
                             at("1993-08-10T00:00:00Z"), 20, HOUR, &random),
                     20);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("schedule");
    TCase *texts = tcase_create("texts");
    TCase *rules = tcase_create("rules");

    tcase_add_checked_fixture(texts, set_up, tear_down);
    tcase_add_loop_test(texts, test_parse_time, 0, (int)ARRAY_LEN(times));
    tcase_add_loop_test(texts, test_parse_date, 0, (int)ARRAY_LEN(dates));
    tcase_add_loop_test(texts, test_parse_once, 0, (int)ARRAY_LEN(onces));
    tcase_set_timeout(rules, 60);
    tcase_add_checked_fixture(rules, set_up, tear_down);
    tcase_add_loop_test(rules, test_look, 0, (int)ARRAY_LEN(looks));
    tcase_add_test(rules, test_outage_is_caught_up_with_once);
    tcase_add_loop_test(rules, test_preview, 0, (int)ARRAY_LEN(previews));
    tcase_add_loop_test(rules, test_preview_from_an_instant, 0,
                        (int)ARRAY_LEN(froms));
    tcase_add_test(rules, test_two_zones_have_their_own_nights);
    tcase_add_loop_test(rules, test_distances, 0, (int)ARRAY_LEN(distances));
    tcase_add_test(rules, test_one_run_for_each_local_date);
    tcase_add_test(rules, test_dates_of_runs_are_consecutive);
    tcase_add_test(rules, test_skipped_days_have_no_run_of_their_own);
    suite_add_tcase(s, texts);
    suite_add_tcase(s, rules);
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
