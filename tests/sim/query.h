/* query.h - the rows that a listing asks for, found once for all its pages.
 *
 * A narrow window of stamps is read from the chain of newest changes; a wide
 * one by going through all rows once. What was found is kept until the table
 * changes, so the next page of the same listing is only a slice.
 */
#ifndef SIM_QUERY_H
#define SIM_QUERY_H

#include "common/buf.h"
#include "tests/sim/world.h"

enum { QUERIES_KEPT = 32 };

struct plan {
    const struct world *world;
    enum table_name table;
    const char *key;      /* names rows and order: equal keys, equal answers */
    uint32_t joins;       /* a bit for each other table that MATCH looks at */
    int64_t from, to;     /* closed interval of write stamps, us */
    bool by_stamp;        /* in the order of (stamp, id), else of id */
    const uint32_t *only; /* ascending: these rows alone; NULL: all */
    size_t only_n;
    bool (*match)(void *arg, uint32_t row);
    /* Optional: another order. As for qsort_r(), on row numbers. */
    int (*compare)(const void *a, const void *b, void *arg);
    void *arg;
};

struct hits {
    uint32_t *rows;
    size_t n, room;
    /* What it answered. */
    struct buf key;
    enum table_name table;
    uint64_t version, used;
};

struct queries {
    struct hits kept[QUERIES_KEPT];
    struct hits once; /* of rows that were named: not kept */
    uint64_t uses;
};

/* Lends the rows until the next question. */
const struct hits *query_run(struct queries *q, const struct plan *plan);
void queries_free(struct queries *q);

#endif
