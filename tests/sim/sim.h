/* sim.h - the whole simulator but the sockets: a world and who answers for it.
 *
 *   serve.c -> sim.c -> woo.c | odoo.c | control.c -> world.h
 *
 * The caller holds one lock around everything here.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "common/json.h"
#include "tests/sim/exchange.h"
#include "tests/sim/query.h"
#include "tests/sim/stats.h"
#include "tests/sim/world.h"

struct sim {
    struct world *world;
    struct queries queries;
    struct faults faults;
    struct stats stats;
    struct json *json; /* of the request's body */
    char *woo_login;   /* "Basic ..." as it must come */
    const char *woo_key, *woo_secret, *odoo_key;
    int64_t latency; /* us before each answer */
    struct limit limits[PLATFORMS];
};

struct sim_keys {
    const char *woo_key, *woo_secret, *odoo_key;
};

/* Takes WORLD, borrows KEYS' texts for ever. */
void sim_init(struct sim *s, struct world *world, const struct sim_keys *keys);
void sim_free(struct sim *s);

/* What the request is, which fault it meets, whether it is over the limit:
 * first, so that the caller knows how long to wait. */
void sim_begin(struct sim *s, struct exchange *x);
/* us to wait before sim_answer(). */
int64_t sim_wait(const struct sim *s, const struct exchange *x);
void sim_answer(struct sim *s, struct exchange *x);

/* Each answers what belongs to it; X's path says what is asked. */
void woo_answer(struct sim *s, struct exchange *x);
void odoo_answer(struct sim *s, struct exchange *x);
void control_answer(struct sim *s, struct exchange *x);

/* Rows of a listing that are not yet served, for FAULT_MIDWALK: the first
 * changes and leaves the window, the second is deleted. */
void sim_midwalk(struct sim *s, enum table_name table, const struct hits *hits,
                 size_t served, bool descending);

#endif
