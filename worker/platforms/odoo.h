/* odoo.h - what the files of the Odoo platform share: the position, and how
 * each stream's records are found and read.
 *
 *   odoo.c        requests and the walk through a stream
 *   odoo_kinds.c  one table row for each stream: models, fields, record -> rows
 *   odoo_place.c  the position and its text
 */
#ifndef PLATFORMS_ODOO_H
#define PLATFORMS_ODOO_H

#include "common/platform.h"
#include "worker/platforms/record.h"

/* A record that a list named and whose details are still to be read: an order
 * whose lines, a product whose stock. EXTRA is what its details will need. */
struct odoo_entry {
    int64_t id;
    const char *extra;
};

enum odoo_step {
    ODOO_LIST,   /* a page of a list: records changed in the window */
    ODOO_PLACES, /* the locations behind what the listed records named */
    ODOO_DETAILS /* the details of the listed records, a batch at a time */
};

enum { ODOO_SWEEP = 9 }; /* in place of a list's number: all ids */

struct odoo_place {
    int64_t list; /* number in kind.lists, or ODOO_SWEEP */
    enum odoo_step step;
    bool more;           /* the list goes on behind LAST */
    int64_t last;        /* the greatest id listed, 0 at the start */
    int64_t batch;       /* how many entries' details to ask for at once */
    const char *entries; /* their text; odoo_entry_next() */
};

/* While one answer is read. All memory is the page's arena's. */
struct odoo_reading {
    const struct question *question;
    const struct odoo_kind *kind;
    struct page *page;
    struct odoo_place place;
    size_t records_n;           /* of the answer */
    struct odoo_entry *entries; /* a list: room for each record; details: the
                                   batch, ascending by id */
    size_t entries_n;
    struct odoo_quant *quants; /* stock: room for each record */
    size_t quants_n;
};

enum odoo_company {
    ODOO_ANY,   /* follows its parent: no filter of its own */
    ODOO_OWN,   /* belongs to one company */
    ODOO_SHARED /* may belong to none */
};

/* Records to ask for, and what to do with each. */
struct odoo_list {
    const char *model, *kind; /* "sale.order", "order" */
    const char *fields;       /* JSON array, without id */
    const char *scope;        /* JSON domain terms, each with a comma behind */
    const char *touched; /* the write_date that stands for ours too, or NULL */
    enum odoo_company company;
    void (*read)(struct odoo_reading *reading, const struct record *r);
};

struct odoo_kind {
    enum stream stream;
    int limit; /* records of a page of a list */
    struct odoo_list lists[2];
    size_t lists_n;
    bool sweeps;
    /* Where a record named only a type or warehouse: the model that knows its
     * location, in which field, and the setting that makes asking needless. */
    const char *place_model, *place_field, *place_setting;
    int batch;                /* 0: no details */
    struct odoo_list details; /* no touched */
    const char *parent;       /* field of the details that names the entry */
    /* Optional, around the details of a batch. */
    void (*begin)(struct odoo_reading *reading, const struct odoo_entry *entry);
    void (*end)(struct odoo_reading *reading);
};

/* NULL: Odoo has no such stream. */
const struct odoo_kind *odoo_kind_of(enum stream stream);
/* The location that a setting gives to all orders of KIND, or "". Borrowed
 * from the settings. */
const char *odoo_location(const struct question *question,
                          const struct odoo_kind *kind);

/* The place of a question's position: 0, or -1 (broken). PLACE borrows the
 * position. */
must_check int odoo_place_read(const struct question *question,
                               const struct odoo_kind *kind,
                               struct odoo_place *place);
/* Where LIST of KIND starts. */
struct odoo_place odoo_place_start(const struct odoo_kind *kind, int64_t list);
/* Makes PLACE, with N ENTRIES in the stead of its own, the page's next. */
void odoo_place_write(struct page *page, const struct odoo_place *place,
                      const struct odoo_entry *entries, size_t n);
/* The entry at *AT, which it moves on; its extra is *LENGTH bytes, still
 * percent-encoded. false: no more. */
bool odoo_entry_next(const char **at, int64_t *id, const char **extra,
                     size_t *length);
/* All entries of PLACE, decoded. */
struct odoo_entry *odoo_entries(struct page *page,
                                const struct odoo_place *place, size_t *n);

#endif
