/* helper_sim.h - a platform simulator of its own for a test.
 *
 * Runs stocktide-sim from the folder that BUILD names (build/release if it
 * names none) on a free port. It ends with the process that started it.
 */
#ifndef HELPER_SIM_H
#define HELPER_SIM_H

struct helper_sim;

/* OPTIONS: NULL-terminated further options, borrowed. Exits when it fails. */
struct helper_sim *helper_sim_start(const char *const *options);
const char *helper_sim_url(const struct helper_sim *sim);
/* Exits when the simulator had not ended well (a sanitizer's complaint). */
void helper_sim_stop(struct helper_sim *sim);

#endif
