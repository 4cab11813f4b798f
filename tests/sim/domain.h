/* domain.h - Odoo's search domains: ["|", ["a", "=", 1], ["b.c", ">", 2]].
 *
 * Prefix notation; terms that no operator joins are all demanded. A dotted path
 * through a one2many holds if it holds for one of the rows. Where the domain
 * plainly bounds the id or write_date, the bound is told apart, so that the
 * search need not look at every row.
 */
#ifndef SIM_DOMAIN_H
#define SIM_DOMAIN_H

#include "common/json.h"
#include "tests/sim/model.h"

enum { PATH_MAX_STEPS = 6 };

struct operand { /* what a leaf compares with */
    int64_t *numbers;
    size_t numbers_n;
    char **texts;
    size_t texts_n;
    bool null; /* false or None is one of them */
};

struct node {
    char op;    /* '&' '|' '!', or '.' for a leaf */
    size_t end; /* index behind this node and what belongs to it */
    /* of a leaf: */
    const struct field *path[PATH_MAX_STEPS];
    enum table_name tables[PATH_MAX_STEPS]; /* where each step is a field */
    size_t steps;
    const char *compare; /* "=", ">=", "in", ... */
    struct operand operand;
    bool skip; /* holds always: it became a bound */
};

struct domain {
    const struct world *world;
    const struct model *model;
    struct node *nodes;
    size_t n, room;
    uint32_t joins;            /* a bit for each other table a path leads to */
    bool names_active;         /* so archived rows are shown as it says */
    int64_t from, to;          /* bounds of write_date, closed, us */
    int64_t after;             /* id must be above; -1: no bound */
    const struct node *ids;    /* a leaf that lists the ids, NULL if none */
    const struct node *quants; /* one that lists the products of quants */
    struct buf key;            /* says all of it but AFTER */
    struct buf scratch;
    char error[160];
};

struct domain_options {
    bool by_id; /* the listing is in the order of ids: AFTER may be used */
    bool ignore_times; /* leaves on write_date hold always (a fault) */
};

/* 0, or -1 with the reason in error. Free it in both cases. */
must_check int domain_read(struct domain *d, const struct world *w,
                           const struct model *model, struct json_value json,
                           const struct domain_options *options);
void domain_free(struct domain *d);
bool domain_match(struct domain *d, uint32_t row);

#endif
