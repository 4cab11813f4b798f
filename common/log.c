/* log.c - one line on standard error for each thing worth telling. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"

static const char *const level_names[] = {"debug", "info", "warn", "error"};
static const char *program = "stocktide";
static enum log_level lowest = LOG_INFO;

void log_open(const char *name, enum log_level level)
{
    program = name;
    lowest = level;
}

int log_level_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(level_names); i++)
        if (strcmp(name, level_names[i]) == 0)
            return (int)i;
    return -1;
}

/* What others sent us may be in the text: no line breaks, no terminal codes. */
static void defuse(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 127)
            *c = ' ';
}

__attribute__((format(printf, 2, 0))) static void
write_line(enum log_level level, const char *format, va_list args)
{
    char line[2048], stamp[32], text[1800];
    int64_t now = now_us();
    time_t seconds = (time_t)(now / SECOND);
    struct tm tm;
    int length;

    if (level < lowest)
        return;
    vsnprintf(text, sizeof text, format, args);
    defuse(text);
    gmtime_r(&seconds, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    length = snprintf(line, sizeof line, "%s.%03dZ %s %s[%d] %s\n", stamp,
                      (int)(now % SECOND / 1000), level_names[level], program,
                      (int)getpid(), text);
    /* One write: lines of several processes do not mix. */
    if (write(STDERR_FILENO, line, (size_t)length) == -1)
        return; /* nowhere left to say so */
}

#define LOG_FUNCTION(name, level)                                              \
    void name(const char *format, ...)                                         \
    {                                                                          \
        va_list args;                                                          \
        va_start(args, format);                                                \
        write_line(level, format, args);                                       \
        va_end(args);                                                          \
    }

LOG_FUNCTION(log_debug, LOG_DEBUG)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_warn, LOG_WARN)
LOG_FUNCTION(log_error, LOG_ERROR)
