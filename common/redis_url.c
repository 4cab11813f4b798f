/* redis_url.c - where Redis is. See redis_url.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/redis_url.h"

enum { PORT = 6379, PORT_MAX = 65535, DATABASE_MAX = 1023 };

/* Digits at *C as a number up to MAX; -1 if there are none or too many. */
static int number(const char **c, int max, int *out)
{
    char *end;
    long value = strtol(*c, &end, 10);

    if (end == *c || **c < '0' || **c > '9' || value > max)
        return -1;
    *c = end;
    *out = (int)value;
    return 0;
}

static int parse_host(const char *c, struct redis_url *out)
{
    bool bracket = *c == '[';
    size_t length = bracket ? strcspn(++c, "]") : strcspn(c, ":/");

    if (length == 0 || (bracket && c[length] != ']'))
        return -1;
    out->host = xstrndup(c, length);
    c += length + bracket;
    if (*c == ':' && (c++, number(&c, PORT_MAX, &out->port) < 0))
        return -1;
    if (*c == '/' && c[1] &&
        (c++, number(&c, DATABASE_MAX, &out->database) < 0))
        return -1;
    return *c == '\0' || strcmp(c, "/") == 0 ? 0 : -1;
}

int redis_url_parse(const char *text, struct redis_url *out, char *error)
{
    *out = (struct redis_url){.port = PORT};
    if (strncmp(text, "unix:", 5) == 0 && text[5]) {
        out->path = xstrdup(text + 5);
        return 0;
    }
    if (strncmp(text, "redis://", 8) == 0 && parse_host(text + 8, out) == 0)
        return 0;
    snprintf(error, 256,
             "'%.100s' is not an address of Redis: say unix:/path/to/socket "
             "or redis://host:port/database",
             text);
    redis_url_free(out);
    return -1;
}

void redis_url_free(struct redis_url *url)
{
    free(url->path);
    free(url->host);
    *url = (struct redis_url){0};
}
