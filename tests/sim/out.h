/* out.h - JSON text fast: a page has thousands of values.
 *
 * buf_printf() formats everything twice; these write each value once.
 */
#ifndef SIM_OUT_H
#define SIM_OUT_H

#include "common/buf.h"

#define OUT(b, literal) buf_add((b), "" literal, sizeof(literal) - 1)

void out_int(struct buf *b, int64_t n);
/* A fixed-point amount with exactly two decimals: 12.50. */
void out_money(struct buf *b, int64_t amount);
/* A fixed-point amount as a Python float: 12.0, 0.125. */
void out_float(struct buf *b, int64_t amount);
/* 2026-11-23T04:00:00 in UTC, the microseconds cut off, SEP for the T. */
void out_time(struct buf *b, int64_t instant, char sep);
/* A JSON string, quotes included. */
void out_string(struct buf *b, const char *text);
/* "Sun, 06 Nov 1994 08:49:37 GMT". */
void out_http_date(struct buf *b, int64_t instant);

#endif
