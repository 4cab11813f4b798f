/* commands.c - finding a command by the words of a command line. */
#include <string.h>

#include "producer/cli/command.h"

/* In the order of help. */
static const struct command *const groups[] = {
    sync_commands,    watch_commands,      status_commands,   history_commands,
    metrics_commands, forecast_commands,   dead_commands,     account_commands,
    apply_commands,   connection_commands, platform_commands, schedule_commands,
    doctor_commands,  config_commands,
};

const struct command *command_group(size_t i)
{
    return i < ARRAY_LEN(groups) ? groups[i] : NULL;
}

/* How many of the N words NAME has, if they begin with it; else 0. */
static int match(const char *name, char **words, int n)
{
    for (int used = 0; used < n; used++) {
        size_t length = strlen(words[used]);
        if (strncmp(name, words[used], length) != 0 || length == 0)
            return 0;
        if (name[length] == '\0')
            return used + 1;
        if (name[length] != ' ')
            return 0;
        name += length + 1;
    }
    return 0;
}

const struct command *command_find(char **words, int n, int *used)
{
    const struct command *best = NULL;

    *used = 0;
    for (size_t g = 0; g < ARRAY_LEN(groups); g++)
        for (const struct command *c = groups[g]; c->name; c++) {
            int length = match(c->name, words, n);
            if (length > *used) {
                *used = length;
                best = c;
            }
        }
    return best;
}

/* Levenshtein distance, for short words. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);

    if (n >= ARRAY_LEN(row))
        return n;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t cost = corner + (*a != b[j - 1]);
            corner = row[j];
            if (row[j] + 1 < cost)
                cost = row[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
        }
    }
    return row[n];
}

/* The nearer of BEST and NAME, both compared with TEXT up to LENGTH. */
static const char *nearer(const char *text, const char *name, size_t length,
                          size_t *nearest, const char *best)
{
    char begin[64];
    size_t far;

    if (length >= sizeof begin)
        return best;
    memcpy(begin, name, length);
    begin[length] = '\0';
    far = distance(text, begin);
    if (far >= *nearest)
        return best;
    *nearest = far;
    return name;
}

const char *command_like(const char *text)
{
    const char *best = NULL;
    size_t nearest = 3; /* more mistakes than two are another word */

    for (size_t g = 0; g < ARRAY_LEN(groups); g++)
        for (const struct command *c = groups[g]; c->name; c++) {
            best = nearer(text, c->name, strlen(c->name), &nearest, best);
            best = nearer(text, c->name, strcspn(c->name, " "), &nearest, best);
        }
    return best;
}
