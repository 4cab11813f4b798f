/* tryton_rpc.h - Tryton's JSON-RPC calls and the values they carry.
 *
 *   rpc_start(q, request, "sale.sale", "search");
 *   buf_text(&request->body, "[[\"id\",\">\",7]],0,100,null");
 *   rpc_end(q, request, "");
 *
 * Used by tryton.c and tryton_stock.c. A call's last parameter is always the
 * context; ours names the company and finds archived records, too.
 */
#ifndef TRYTON_RPC_H
#define TRYTON_RPC_H

#include "common/platform.h"

/* The setting "company", else 1. */
int64_t rpc_company(const struct endpoint *endpoint);
/* Method, path and Content-Type, without a session. */
void rpc_post(const struct endpoint *endpoint, struct request *request);
/* A call up to its first parameter, and from behind the last one on. CONTEXT
 * is "", or more members for the context: ",\"x\":1". */
void rpc_start(const struct question *q, struct request *request,
               const char *model, const char *method);
void rpc_end(const struct question *q, struct request *request,
             const char *context);

/* A domain clause with a comma before it: the record, or one that it reaches
 * through a PATH ("lines.", "" for itself), was written since the window
 * began. Nothing when the window has no beginning. */
void rpc_changed(struct buf *b, const struct window *window,
                 const char *const *paths, size_t paths_n);

/* The result of a call, or an absent value and PAGE tells why. */
struct json_value rpc_result(const struct answer *answer, struct page *page);

/* A datetime as an instant. A date is put at noon UTC, so that it is the same
 * day in nearly all time zones. INSTANT_NONE for null or anything else. */
int64_t rpc_time(struct json_value v);
/* When RECORD was written or else made. */
int64_t rpc_written(struct json_value record);
/* A number or a Decimal, in 1e-6. */
must_check int rpc_amount(struct json_value v, int64_t *out);
must_check int rpc_id(struct json_value v, int64_t *out);

/* What we call a storage location that was read with the fields of RPC_PLACE:
 * the storage of a warehouse has the warehouse's name (all of them are called
 * "Storage Zone"), another one in it "<warehouse>: <its own>". */
#define RPC_PLACE(prefix)                                                      \
    "\"" prefix "name\",\"" prefix "warehouse.name\",\"" prefix                \
    "warehouse.storage_location\""
const char *rpc_place(struct page *page, struct json_value location);

#endif
