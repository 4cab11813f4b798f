/* task.h - a bell: "this stream has work". msgpack [version, account,
 * connection, stream]; the only door to msgpack.
 *
 * A task carries no more than the address of a row, so a lost, doubled, old or
 * forged one can do no harm: the claim in SQL decides.
 */
#ifndef TASK_H
#define TASK_H

#include "common/protocol.h"

enum { TASK_VERSION = 1, TASK_BYTES = 64 };

/* Packs KEY into OUT; its length. */
size_t task_pack(const struct stream_key *key, char out[TASK_BYTES]);
/* 0; 1: a version we do not know (leave it to newer workers: drop the bell, SQL
 * still has the work); -1: not a task. */
must_check int task_unpack(const char *bytes, size_t length,
                           struct stream_key *out);

#endif
