/* list.h - one object for each file of this folder. */
#ifndef PLATFORMS_LIST_H
#define PLATFORMS_LIST_H

#include "common/platform.h"

extern const struct platform platform_woocommerce;
extern const struct platform platform_odoo;
extern const struct platform platform_vendure;
extern const struct platform platform_tryton;
extern const struct platform platform_csv;
extern const struct platform platform_echo; /* answers at once, in process */

#endif
