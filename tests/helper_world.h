/* helper_world.h - is the store what the simulator's platforms say?
 *
 * Walks the simulator over HTTP on its own (no platform file of ours takes
 * part), makes one line of text of each row, and compares these with the lines
 * of the store. The first difference fails the test.
 */
#ifndef HELPER_WORLD_H
#define HELPER_WORLD_H

#include "tests/helper_stack.h"

/* The streams of CONNECTION that are a bit in STREAMS. The kinds compared:
 * a shop's variants, stock, sales and their lines; an ERP's variants, stock,
 * sales, purchases, transfers, assemblies and their lines. */
void world_check_shop(struct stack *s, int64_t account, int64_t connection,
                      int64_t streams);
void world_check_erp(struct stack *s, int64_t account, int64_t connection,
                     int64_t streams);
#define STREAM_BIT(stream) (INT64_C(1) << (stream))
#define ALL_STREAMS (STREAM_BIT(STREAM_FETCHED) - 1)

/* Accounts A and B hold the same rows, orders to come and metrics, for
 * connections of the same numbers. Deleted rows do not count. */
void world_check_same(struct stack *s, int64_t a, int64_t b);

#endif
