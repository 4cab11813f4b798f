/* table.c - rows with ids and change stamps. See table.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/table.h"

void table_init(struct table *t, size_t stride, uint32_t first_id)
{
    *t = (struct table){
        .stride = stride, .first_id = first_id, .newest = NO_ROW};
}

void table_free(struct table *t)
{
    free(t->rows);
    free(t->created);
    free(t->written);
    free(t->older);
    free(t->newer);
    free(t->gone);
}

static void grow(struct table *t)
{
    size_t room = t->room ? 2 * (size_t)t->room : 16;

    t->rows = xrealloc(t->rows, room * t->stride);
    t->created = xrealloc(t->created, room * sizeof *t->created);
    t->written = xrealloc(t->written, room * sizeof *t->written);
    t->older = xrealloc(t->older, room * sizeof *t->older);
    t->newer = xrealloc(t->newer, room * sizeof *t->newer);
    t->gone = xrealloc(t->gone, room);
    t->room = (uint32_t)room;
}

static bool is_later(const struct table *t, uint32_t a, uint32_t b)
{
    return t->written[a] > t->written[b] ||
           (t->written[a] == t->written[b] && a > b);
}

/* Stamps mostly grow, so the place is found at once. */
static void chain(struct table *t, uint32_t row)
{
    uint32_t newer = NO_ROW, older = t->newest;

    while (older != NO_ROW && is_later(t, older, row)) {
        newer = older;
        older = t->older[older];
    }
    t->older[row] = older;
    t->newer[row] = newer;
    if (older != NO_ROW)
        t->newer[older] = row;
    if (newer != NO_ROW)
        t->older[newer] = row;
    else
        t->newest = row;
}

static void unchain(struct table *t, uint32_t row)
{
    uint32_t older = t->older[row], newer = t->newer[row];

    if (older != NO_ROW)
        t->newer[older] = newer;
    if (newer != NO_ROW)
        t->older[newer] = older;
    else
        t->newest = older;
}

uint32_t table_add(struct table *t, int64_t stamp)
{
    uint32_t row = t->n;

    if (t->n == t->room)
        grow(t);
    memset(t->rows + (size_t)row * t->stride, 0, t->stride);
    t->created[row] = t->written[row] = stamp;
    t->gone[row] = 0;
    t->n++;
    t->alive++;
    t->version++;
    if (t->linked)
        chain(t, row);
    return row;
}

void table_touch(struct table *t, uint32_t row, int64_t stamp)
{
    t->version++;
    if (t->linked && !t->gone[row])
        unchain(t, row);
    t->written[row] = stamp;
    if (t->linked && !t->gone[row])
        chain(t, row);
}

void table_remove(struct table *t, uint32_t row)
{
    if (t->gone[row])
        return;
    if (t->linked)
        unchain(t, row);
    t->gone[row] = 1;
    t->alive--;
    t->version++;
}

static int by_stamp(const void *a, const void *b, void *arg)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return is_later(arg, x, y) ? 1 : -1;
}

void table_link(struct table *t)
{
    uint32_t *rows = xcalloc(t->n, sizeof *rows), n = 0;

    for (uint32_t row = 0; row < t->n; row++)
        if (!t->gone[row])
            rows[n++] = row;
    if (n > 1)
        qsort_r(rows, n, sizeof *rows, by_stamp, t);
    for (uint32_t i = 0; i < n; i++) {
        t->older[rows[i]] = i ? rows[i - 1] : NO_ROW;
        t->newer[rows[i]] = i + 1 < n ? rows[i + 1] : NO_ROW;
    }
    t->newest = n ? rows[n - 1] : NO_ROW;
    t->linked = true;
    free(rows);
}

uint32_t table_find(const struct table *t, int64_t id)
{
    int64_t row = id - t->first_id;

    return row >= 0 && row < t->n && !t->gone[row] ? (uint32_t)row : NO_ROW;
}
