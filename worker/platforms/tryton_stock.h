/* tryton_stock.h - the stock stream of Tryton; the rest is in tryton.c. */
#ifndef TRYTON_STOCK_H
#define TRYTON_STOCK_H

#include "common/platform.h"

/* As request() and page() of struct platform. */
must_check int tryton_stock_request(const struct question *q,
                                    struct request *request, char *error);
void tryton_stock_page(const struct question *q, const struct answer *answer,
                       struct page *page);

#endif
