/* base.c - memory that does not fail, clocks, die(). See base.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "common/base.h"
#include "common/log.h"

_Noreturn void die(const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_error("panic: %s", text);
    abort();
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);

    if (!p)
        die("out of memory (%zu bytes)", size);
    return p;
}

void *xcalloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);

    if (!p)
        die("out of memory (%zu x %zu bytes)", count, size);
    return p;
}

void *xrealloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);

    if (!p)
        die("out of memory (%zu bytes)", size);
    return p;
}

char *xstrdup(const char *text)
{
    return text ? xstrndup(text, strlen(text)) : NULL;
}

char *xstrndup(const char *text, size_t length)
{
    char *copy = xmalloc(length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    char *text = NULL;
    int length;

    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        die("out of memory (vasprintf)");
    return text;
}

static int64_t read_clock(clockid_t which)
{
    struct timespec t;

    if (clock_gettime(which, &t) == -1)
        die("clock_gettime: %s", strerror(errno));
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

int64_t now_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

void random_hex(char *out, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[64];

    if (length > sizeof bytes)
        die("random_hex: %zu bytes asked for", length);
    if (getrandom(bytes, length, 0) != (ssize_t)length)
        die("getrandom: %s", strerror(errno));
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}
