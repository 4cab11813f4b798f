/* history.h - what the parts of the generated history tell each other. */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "tests/sim/world.h"

struct history {
    int64_t start, now;
    uint32_t days;
    float *recent;    /* pieces sold lately, for each product */
    int64_t *sold_at; /* the last time; 0: never */
    uint32_t *low;    /* products that will run out soon */
    uint32_t low_n;
};

/* A product, by how much each is wanted. */
uint32_t history_buyer_picks(struct world *w);
/* stock_orders.c: purchases, transfers and assemblies. */
void history_stock_orders(struct world *w, struct history *h,
                          const struct world_options *options);

#endif
