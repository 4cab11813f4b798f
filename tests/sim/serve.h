/* serve.h - the simulator on a loopback port; the only door to libmicrohttpd.
 *
 * One thread serves all connections; the caller's thread is the clock that
 * ends pauses. A request that stalls holds up no other.
 */
#ifndef SIM_SERVE_H
#define SIM_SERVE_H

#include "tests/sim/sim.h"

struct server;

/* Borrows SIM, which nobody else may touch until serve_stop(). PORT 0: any.
 * NULL, logged: the port cannot be had. */
struct server *serve_start(struct sim *sim, uint16_t port);
uint16_t serve_port(const struct server *server);
/* Ends pauses that are over and lets the world go on; waits up to 50 ms. */
void serve_turn(struct server *server);
void serve_stop(struct server *server);

#endif
