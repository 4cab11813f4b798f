/* record.h - reading one record of an answer: strict, and named when wrong.
 *
 *   struct record r;
 *   if (!record_open(&r, page, value, "product", n)) return;
 *   row->sku = record_text(&r, "sku");
 *   row->price = record_amount(&r, "price", FIXED_NONE);
 *
 * Absent, null, false (what Odoo says for null) and "" are all "not said". What
 * is said but is of another type makes the page PAGE_BROKEN, with the record
 * and the field in the error: better no page than a wrong number. The first
 * such error stays; the getters go on with a harmless value, so readers need
 * only look at page->class at the end.
 */
#ifndef PLATFORMS_RECORD_H
#define PLATFORMS_RECORD_H

#include "common/platform.h"

struct record {
    struct page *page;
    struct json_value v;
    const char *kind; /* "product": for messages */
    const char *id;   /* the page's arena's */
};

/* The record V, which is the NUMBER-th (from 0) of its kind. false: it is no
 * object or has no id, and the page is PAGE_BROKEN. */
must_check bool record_open(struct record *r, struct page *page,
                            struct json_value v, const char *kind,
                            size_t number);
bool record_says(const struct record *r, const char *path);
/* record_says(), and when it does not: the page is broken. */
bool record_needs(const struct record *r, const char *path);
const char *record_text(const struct record *r, const char *path); /* or "" */
int64_t record_amount(const struct record *r, const char *path,
                      int64_t otherwise);
int64_t record_time(const struct record *r, const char *path); /* or NONE */
/* The page is broken: "<kind> <id>: <path> <what>". */
void record_fail(const struct record *r, const char *path, const char *what);

#endif
