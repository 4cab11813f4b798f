/* stream.h - the names of streams and sync types, and which needs which.
 *
 *   full             variants stock sales *_orders -> stock_orders -> metrics
 *   variants         variants stock                                -> metrics
 *   purchase_orders  *_orders                      -> stock_orders -> metrics
 */
#ifndef STREAM_H
#define STREAM_H

#include "common/base.h"

/* The order is also the order in which rows are locked. Numbers are stored:
 * add at the end of a group, never renumber. */
enum stream {
    STREAM_VARIANTS,
    STREAM_STOCK,
    STREAM_SALES,
    STREAM_PURCHASE_ORDERS,
    STREAM_TRANSFER_ORDERS,
    STREAM_ASSEMBLY_ORDERS,
    STREAM_FETCHED, /* how many are fetched; below: an account's own steps */
    STREAM_ON_ORDER = STREAM_FETCHED,
    STREAM_METRICS,
    STREAM_COUNT
};

enum sync_type { SYNC_FULL, SYNC_VARIANTS, SYNC_PURCHASE_ORDERS, SYNC_TYPES };

const char *stream_name(enum stream stream);
int stream_find(const char *name); /* its number, or -1 */
const char *sync_type_name(enum sync_type type);
int sync_type_find(const char *name); /* its number, or -1 */

bool stream_is_orders(enum stream stream); /* purchase, transfer, assembly */
/* Does a sync of TYPE fetch STREAM? */
bool sync_fetches(enum sync_type type, enum stream stream);
/* The I-th processing step after the fetches of TYPE; -1 when there is none. */
int sync_step(enum sync_type type, int i);

#endif
