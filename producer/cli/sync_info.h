/* sync_info.h - syncs as the store has them, read for people: how far, what
 * they changed, what failed. Shared by sync, status, watch, syncs, show.
 */
#ifndef CLI_SYNC_INFO_H
#define CLI_SYNC_INFO_H

#include "common/store.h"
#include "common/stream.h"
#include "producer/cli/out.h"

struct zone;

struct sync_info {
    int64_t account, id;
    enum sync_type type;
    char account_name[80], zone[80], state[16], asked_by[40];
    int64_t hits; /* requests it answers */
    int64_t asked_at, started_at, ended_at;
    /* of all its parts so far */
    int64_t parts, parts_ended, parts_failed;
    int64_t held; /* parts that a worker has in hand */
    /* of those that read a platform */
    int64_t pages, rows, added, changed, removed;
};

/* waiting, running or processing */
bool sync_is_open(const struct sync_info *s);

/* 1, 0 when there is none, -1. */
must_check int sync_info_read(struct store *store, int64_t account, int64_t id,
                              struct sync_info *out);

/* Lists of them. Each gives a query for sync_info_next() and query_end(). */
struct query *syncs_open(struct store *store, int64_t account); /* 0: of all */
struct query *syncs_ended_after(struct store *store, int64_t instant);
struct query *syncs_newest(struct store *store, int64_t account, int64_t limit);
/* The last ended one of each type. */
struct query *syncs_last(struct store *store, int64_t account);
bool sync_info_next(struct query *q, struct sync_info *out);

/* "10 added, 3 changed, 1 removed", "nothing changed". Valid like when.h's. */
const char *sync_changes(const struct sync_info *s);
/* One line of how far an open one is, without a line end. Valid likewise. */
const char *sync_progress(const struct sync_info *s);
/* One line of what became of an ended one. Valid until the next call. */
const char *sync_summary(const struct sync_info *s);

/* The parts as a table. 0, -1. */
must_check int sync_parts_print(struct store *store, const struct sync_info *s);
/* The sync as a JSON object; WITH its parts, if asked for. 0, -1. */
must_check int sync_out(struct out *o, const char *key, struct store *store,
                        const struct sync_info *s, bool with_parts);

#endif
