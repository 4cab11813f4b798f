/* woo_fields.h - the members of a product, a variation and an order. */
#ifndef SIM_WOO_FIELDS_H
#define SIM_WOO_FIELDS_H

#include "tests/sim/sim.h"

/* How far the site's clock on the wall is from UTC. */
#define WOO_LOCAL (3600 * SECOND)

struct woo_row {
    const struct world *world;
    uint32_t row;
    int64_t id;    /* shown instead of its own; -1: its own */
    int64_t stamp; /* when it was modified */
};
struct woo_fields;
extern const struct woo_fields woo_products, woo_variations, woo_orders;

/* A bit for each member that LIST ("id,sku") names; NULL: all. */
uint64_t woo_choose(const struct woo_fields *fields, const char *list);
/* The chosen members as a JSON object. */
void woo_put(struct buf *b, const struct woo_fields *fields, uint64_t chosen,
             const struct woo_row *row);

#endif
