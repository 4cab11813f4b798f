/* checkup.h - what doctor found: lines of "ok", "warn" and "FAIL", each with
 * what to do. Its parts are in doctor_*.c.
 */
#ifndef CLI_CHECKUP_H
#define CLI_CHECKUP_H

#include "producer/cli/call.h"

enum verdict { CHECK_OK, CHECK_WARN, CHECK_FAIL };

struct checkup {
    struct call *call;
    struct out json; /* an open list, with --json */
    int problems;    /* FAIL lines */
};

/* WHAT was looked at ("redis"), what was seen, and the advice (NULL or "" when
 * all is well). */
void checkup_line(struct checkup *c, enum verdict verdict, const char *what,
                  const char *advice, const char *seen, ...) printf_like(5, 6);

void doctor_store(struct checkup *c); /* opens it, for those behind it */
void doctor_redis(struct checkup *c);
void doctor_zones(struct checkup *c);
void doctor_key(struct checkup *c);
void doctor_connections(struct checkup *c);

#endif
