/* redis_url.h - where Redis is: "unix:PATH" or "redis://HOST[:PORT][/DB]". */
#ifndef REDIS_URL_H
#define REDIS_URL_H

#include "common/base.h"

struct redis_url { /* ours: redis_url_free() */
    char *path;    /* of a unix socket, or NULL */
    char *host;
    int port, database;
};

/* 0, or -1 with the reason in ERROR (256 bytes). */
must_check int redis_url_parse(const char *text, struct redis_url *out,
                               char *error);
void redis_url_free(struct redis_url *url);

#endif
