/* rows_store.h - the rows of a page go into the store.
 *
 * Upserts are idempotent on (account, connection, platform id), leave rows
 * alone whose content is the same, and never let an older version overwrite a
 * newer one. What changed marks its variants dirty, for metrics.c. All of it
 * happens inside the transaction of the page's commit.
 * After it: common/commit.c, common/finish.c.
 */
#ifndef ROWS_STORE_H
#define ROWS_STORE_H

#include "common/protocol.h"
#include "common/rows.h"

struct rows_target { /* borrowed */
    struct store *store;
    struct stream_key key;
    const char *location;        /* for rows that name none */
    struct json_value locations; /* object: platform's name -> ours */
    bool stock_ignored;          /* another connection knows the stock better */
    int64_t now;
    int64_t today; /* local day of the account */
    bool whole;    /* all metrics will be computed: no need of dirty marks */
    struct counts counts; /* out: what the page did */
};

/* 0, or -1 (logged): roll back. */
must_check int rows_store(struct rows_target *target, const struct rows *rows);

/* ---- for the files beside it: one for each kind of rows ---- */

must_check int rows_store_variants(struct rows_target *t,
                                   const struct rows *rows);
must_check int rows_store_stock(struct rows_target *t, const struct rows *rows);
must_check int rows_store_sales(struct rows_target *t, const struct rows *rows);
must_check int rows_store_orders(struct rows_target *t,
                                 const struct rows *rows);

#define ROWS_KEY(t) INT((t)->key.account), INT((t)->key.connection)

/* 64 bits of a row's content (FNV-1a over its fields, in order). */
uint64_t hash_text(uint64_t hash, const char *text);
uint64_t hash_int(uint64_t hash, int64_t number);
#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Counts an upsert's result. -1 stays -1, else 0. */
must_check int rows_counted(struct rows_target *t, int upsert);
must_check int rows_dirty(struct rows_target *t, const char *variant);
/* Our name of a platform's location. */
const char *rows_location(const struct rows_target *t, const char *name);

#endif
