/* catalog.h - what the shop sells: titles, colours and sizes that look real. */
#ifndef SIM_CATALOG_H
#define SIM_CATALOG_H

#include "tests/sim/world.h"

enum { VARIANTS_MAX = 24 }; /* of one catalog_entry */

/* One entry of the catalogue: a title and its variants' attributes. */
struct entry {
    const char *title;
    uint32_t category;
    int64_t price, cost;
    uint32_t count; /* 1 with attributes "": a simple product */
    const char *sku[VARIANTS_MAX], *attributes[VARIANTS_MAX];
};

size_t catalog_categories(void);
const char *catalog_category(size_t i);
/* The NUMBER-th entry; texts are put into ARENA. A few early ones are odd: no
 * SKU, letters beyond ASCII, a very long title. */
void catalog_entry(struct arena *arena, uint64_t *dice, uint32_t number,
                   struct entry *out);

#endif
