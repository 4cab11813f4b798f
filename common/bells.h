/* bells.h - tell workers that streams have work. A bell that is lost costs a
 * second, not work: the producer rings again from SQL. */
#ifndef BELLS_H
#define BELLS_H

#include "common/protocol.h"

/* Sends one Redis command; everything is borrowed for the call. */
typedef void bells_send(void *arg, int argc, const char **argv,
                        const size_t *lengths);

/* Rings for each of N streams, in a few commands: urgent ones at the head of
 * their list. */
void bells_ring(const struct ring *rings, size_t n, bells_send *send,
                void *arg);
/* The list that the bells of PLATFORM ("": account steps) are in. Gives OUT. */
const char *bells_list(const char *platform, char out[64]);

#endif
