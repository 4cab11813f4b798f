/* table.h - rows with ids and change stamps, as a platform's database has them.
 *
 * A row's number never changes and its id is first_id + number, so the order of
 * numbers is the order of ids and of creation. Besides, the living rows are
 * chained from the newest change to the oldest (ties by id), so that a question
 * for what changed lately meets only the rows that did.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include "common/base.h"

#define NO_ROW UINT32_MAX

struct table {
    char *rows; /* n of stride bytes each */
    size_t stride;
    uint32_t n, room;
    uint32_t alive; /* rows that are not gone */
    uint32_t first_id;
    int64_t *created, *written; /* us UTC */
    uint32_t *older, *newer;    /* the chain; NO_ROW at its ends */
    uint32_t newest;
    uint8_t *gone;
    bool linked;      /* false while the history is being generated */
    uint64_t version; /* counts every change */
};

void table_init(struct table *t, size_t stride, uint32_t first_id);
void table_free(struct table *t);
/* A zeroed row; pointers into the table's rows become invalid. */
uint32_t table_add(struct table *t, int64_t stamp);
void table_touch(struct table *t, uint32_t row, int64_t stamp);
void table_remove(struct table *t, uint32_t row);
/* Ends the generation: chains all rows. */
void table_link(struct table *t);
/* The row with ID, NO_ROW if there is none (any more). */
uint32_t table_find(const struct table *t, int64_t id);

static inline uint32_t table_id(const struct table *t, uint32_t row)
{
    return t->first_id + row;
}

#endif
