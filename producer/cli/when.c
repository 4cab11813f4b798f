/* when.c - times, spans and numbers for people. See when.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "producer/cli/when.h"

enum { TEXTS = 16, TEXT_SIZE = 96 };

#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static char *next_text(void)
{
    static char texts[TEXTS][TEXT_SIZE];
    static unsigned at;

    return texts[at++ % TEXTS];
}

const struct zone *when_zone(const char *name)
{
    char why[ZONE_ERROR];

    return zone_get(name, why);
}

const char *when_local(const struct zone *zone, int64_t instant)
{
    char *text = next_text(), local[ZONE_TEXT], utc[INSTANT_TEXT];

    if (instant == INSTANT_NONE)
        return "-";
    if (zone)
        snprintf(text, TEXT_SIZE, "%.16s %s", zone_text(zone, instant, local),
                 zone_abbreviation(zone, instant));
    else
        snprintf(text, TEXT_SIZE, "%.16s UTC",
                 instant_seconds(instant, ' ', utc));
    return text;
}

/* The largest unit that fits, alone: "3 h". */
static void roughly(int64_t us, char *out, size_t size)
{
    static const struct {
        int64_t worth;
        const char *name;
    } units[] = {{DAY, "d"}, {HOUR, "h"}, {MINUTE, "min"}, {SECOND, "s"}};

    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        /* Two days are still better told in hours. */
        if (us >= units[i].worth * (i == 0 ? 3 : 1)) {
            snprintf(out, size, "%lld %s", (long long)(us / units[i].worth),
                     units[i].name);
            return;
        }
    snprintf(out, size, "0 s");
}

const char *when_ago(int64_t instant)
{
    int64_t away = instant == INSTANT_NONE ? 0 : now_us() - instant;
    char *text = next_text(), span[TEXT_SIZE / 2];

    roughly(away < 0 ? -away : away, span, sizeof span);
    if (away < SECOND && away > -SECOND)
        snprintf(text, TEXT_SIZE, "just now");
    else
        snprintf(text, TEXT_SIZE, "%s%s%s", away < 0 ? "in " : "", span,
                 away < 0 ? "" : " ago");
    return text;
}

const char *when_both(const struct zone *zone, int64_t instant,
                      const char *otherwise)
{
    const char *local = when_local(zone, instant);
    const char *ago = when_ago(instant);
    char *text = next_text();

    if (instant == INSTANT_NONE)
        return otherwise;
    snprintf(text, TEXT_SIZE, "%.60s (%.30s)", local, ago);
    return text;
}

const char *when_span(int64_t us)
{
    char *text = next_text();

    if (us < 0)
        us = 0;
    if (us < SECOND)
        snprintf(text, TEXT_SIZE, "%lld ms", (long long)(us / 1000));
    else if (us < MINUTE)
        snprintf(text, TEXT_SIZE, "%lld.%lld s", (long long)(us / SECOND),
                 (long long)(us % SECOND / (SECOND / 10)));
    else if (us < HOUR)
        snprintf(text, TEXT_SIZE, "%lld min %lld s", (long long)(us / MINUTE),
                 (long long)(us % MINUTE / SECOND));
    else
        snprintf(text, TEXT_SIZE, "%lld h %lld min", (long long)(us / HOUR),
                 (long long)(us % HOUR / MINUTE));
    return text;
}

const char *when_count(int64_t n)
{
    char digits[32], *text = next_text();
    size_t length, at = 0;

    if (n == INSTANT_NONE)
        return "-";
    snprintf(digits, sizeof digits, "%lld", (long long)n);
    length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        bool first = i == 0 || (i == 1 && n < 0);
        if (!first && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}
