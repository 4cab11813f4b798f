/* fault.h - how answers misbehave on demand.
 *
 * Three sorts: some replace the answer or spoil its bytes (fault.c does it),
 * some change which rows are listed (woo.c and odoo.c look at x->fault.kind),
 * some concern the sending (serve.c does it).
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "common/base.h"

enum fault_kind {
    FAULT_NONE,
    /* instead of the answer */
    FAULT_STATUS,
    FAULT_HTML,
    FAULT_DEEP,
    FAULT_MANY,
    FAULT_BOMB,
    FAULT_REDIRECT,
    FAULT_UNAUTH,
    /* the answer spoilt */
    FAULT_TRUNCATE,
    FAULT_NOTICE,
    FAULT_WRONGTYPES,
    FAULT_BIGINT,
    FAULT_BADUTF8,
    /* other rows */
    FAULT_ENDLESS,
    FAULT_REPEAT,
    FAULT_SHRINK,
    FAULT_IGNOREFILTER,
    FAULT_OUTSIDE,
    FAULT_MIDWALK,
    /* the sending */
    FAULT_CUT,
    FAULT_DRIP,
    FAULT_SLOWHEADER,
    FAULT_HANG,
    FAULT_DELAY,
    FAULT_KINDS
};

enum { FAULTS_MAX = 16, FAULT_TEXT = 256 };

struct fault {
    enum fault_kind kind;
    char arg[FAULT_TEXT], retry_after[FAULT_TEXT];
};

struct pending_fault {
    struct fault fault;
    char match[FAULT_TEXT]; /* part of the URI; "" is part of any */
    int64_t count;          /* how often still; 0: free place */
};

struct faults {
    struct pending_fault pending[FAULTS_MAX];
    int64_t invented; /* ids that FAULT_ENDLESS made up so far */
};

struct exchange;

int fault_find(const char *name); /* enum fault_kind, or -1 */
const char *fault_name(enum fault_kind kind);
/* 0, or -1 when too many are pending. */
must_check int fault_add(struct faults *f, const struct pending_fault *fault);
/* The fault for a request to URI; used up by it. */
struct fault fault_take(struct faults *f, const char *uri);

/* Answers in place of the platform; false if the fault is of another sort. */
bool fault_replaces(struct exchange *x, int64_t now);
/* Spoils what the platform answered. */
void fault_spoils(struct exchange *x);

#endif
