/* tryton_rows.h - records of Tryton as rows. Called by tryton.c, whose table of
 * kinds names the fields that each of these wants.
 */
#ifndef TRYTON_ROWS_H
#define TRYTON_ROWS_H

#include "common/platform.h"

struct tryton_reading { /* what the rows of one page have in common */
    struct page *page;
    const char *currency; /* the company's, for variants */
};

/* Each adds the rows of one record, whose ID is the page's. */
void tryton_variant(const struct tryton_reading *r, const char *id,
                    struct json_value record);
void tryton_sale(const struct tryton_reading *r, const char *id,
                 struct json_value record);
void tryton_purchase(const struct tryton_reading *r, const char *id,
                     struct json_value record);
void tryton_transfer(const struct tryton_reading *r, const char *id,
                     struct json_value record);
void tryton_production(const struct tryton_reading *r, const char *id,
                       struct json_value record);

#endif
