/* exchange.h - one request and its answer, without any socket.
 *
 * serve.c makes it from what came over the wire; sim.c has it answered.
 */
#ifndef SIM_EXCHANGE_H
#define SIM_EXCHANGE_H

#include "common/buf.h"
#include "tests/sim/fault.h"

enum { PARAMS_MAX = 24 };

struct param {
    const char *name, *value; /* decoded */
};

struct exchange {
    const char *method;        /* borrowed, as these: */
    const char *authorization; /* NULL: none given */
    const char *host;
    char *uri;  /* path and query as they came; ours */
    char *text; /* path and parameters decoded */
    const char *path;
    struct param params[PARAMS_MAX];
    size_t params_n;
    struct buf body;

    struct fault fault; /* how this one misbehaves */

    int status;
    const char *type;   /* of the content; a literal */
    struct buf headers; /* "Name: value\n" */
    struct buf out;
    size_t rows;  /* that OUT shows */
    int platform; /* enum platform_name, -1 for others */
    int endpoint; /* for the statistics: enum endpoint_name */
};

/* Borrows METHOD, copies URI. */
void exchange_init(struct exchange *x, const char *method, const char *uri);
void exchange_free(struct exchange *x);
/* NULL if there is none. */
const char *exchange_param(const struct exchange *x, const char *name);
const char *exchange_param_or(const struct exchange *x, const char *name,
                              const char *otherwise);
/* Forgets what was answered so far. */
void exchange_reset(struct exchange *x, int status);
/* Answers {"error": TEXT}. */
void exchange_refuse(struct exchange *x, int status, const char *format, ...)
    printf_like(3, 4);

#endif
