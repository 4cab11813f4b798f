/* query.c - the rows that a listing asks for. See query.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/query.h"

/* Walking the chain jumps about in memory; beyond this share of the rows going
 * through all of them is faster. */
enum { NARROW = 8 };

static void add(struct hits *h, uint32_t row)
{
    if (h->n == h->room) {
        h->room = 2 * h->room + 64;
        h->rows = xrealloc(h->rows, h->room * sizeof *h->rows);
    }
    h->rows[h->n++] = row;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static void reverse(struct hits *h)
{
    for (size_t i = 0; i < h->n / 2; i++) {
        uint32_t row = h->rows[i];
        h->rows[i] = h->rows[h->n - 1 - i];
        h->rows[h->n - 1 - i] = row;
    }
}

static void take(const struct plan *plan, const struct table *t, struct hits *h,
                 uint32_t row)
{
    if (!t->gone[row] && t->written[row] >= plan->from &&
        t->written[row] <= plan->to && plan->match(plan->arg, row))
        add(h, row);
}

/* Newest first; false when the window turns out to be wide. */
static bool walk(const struct plan *plan, const struct table *t, struct hits *h)
{
    size_t limit = plan->by_stamp ? SIZE_MAX : t->n / NARROW + 16;
    uint32_t row = t->newest;

    h->n = 0;
    for (; row != NO_ROW && t->written[row] >= plan->from;
         row = t->older[row]) {
        if (limit-- == 0)
            return false;
        take(plan, t, h, row);
    }
    reverse(h);
    return true;
}

static void find(const struct plan *plan, const struct table *t, struct hits *h)
{
    h->n = 0;
    if (plan->only) {
        for (size_t i = 0; i < plan->only_n; i++)
            take(plan, t, h, plan->only[i]);
    } else if (walk(plan, t, h)) {
        if (!plan->by_stamp && h->n > 1)
            qsort(h->rows, h->n, sizeof *h->rows, by_number);
        return;
    } else {
        h->n = 0;
        for (uint32_t row = 0; row < t->n; row++)
            take(plan, t, h, row);
    }
}

static uint64_t version(const struct plan *plan)
{
    uint64_t sum = plan->world->tables[plan->table].version;

    for (int i = 0; i < T_COUNT; i++)
        if (plan->joins >> i & 1)
            sum += plan->world->tables[i].version;
    return sum;
}

/* The kept answer to the same question, or the one unused for longest. */
static struct hits *pick(struct queries *q, const struct plan *plan)
{
    struct hits *oldest = &q->kept[0];

    for (size_t i = 0; i < QUERIES_KEPT; i++) {
        struct hits *h = &q->kept[i];
        if (h->table == plan->table && strcmp(buf_str(&h->key), plan->key) == 0)
            return h;
        if (h->used < oldest->used)
            oldest = h;
    }
    oldest->version = UINT64_MAX;
    return oldest;
}

const struct hits *query_run(struct queries *q, const struct plan *plan)
{
    const struct table *t = &plan->world->tables[plan->table];
    struct hits *h = plan->only ? &q->once : pick(q, plan);

    h->used = ++q->uses;
    if (!plan->only && h->version == version(plan) && h->key.length)
        return h;
    find(plan, t, h);
    if (plan->compare && h->n > 1)
        qsort_r(h->rows, h->n, sizeof *h->rows, plan->compare, plan->arg);
    h->table = plan->table;
    h->version = version(plan);
    buf_clear(&h->key);
    buf_text(&h->key, plan->key);
    return h;
}

void queries_free(struct queries *q)
{
    free(q->once.rows);
    buf_free(&q->once.key);
    for (size_t i = 0; i < QUERIES_KEPT; i++) {
        free(q->kept[i].rows);
        buf_free(&q->kept[i].key);
    }
}
