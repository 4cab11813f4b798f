/* stats.h - what the simulator was asked, and a platform's request budget. */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include "common/buf.h"

enum platform_name { PLATFORM_WOO, PLATFORM_ODOO, PLATFORMS };
extern const char *const platform_names[PLATFORMS];
int platform_named(const char *name); /* -1: none */

enum { ENDPOINTS_MAX = 48, ENDPOINT_TEXT = 96, STATUS_MAX = 600, SLOTS = 10 };

struct endpoint_stats {
    char name[ENDPOINT_TEXT];
    int platform;
    uint64_t requests, rows, bytes;
};
struct platform_stats {
    uint64_t statuses[STATUS_MAX];
    uint64_t over; /* requests beyond the limit */
    uint64_t requests, rows, bytes;
    uint64_t slots[SLOTS]; /* requests in each of the last tenths of a second */
    int64_t slot;          /* the newest, in tenths of a second */
};
struct stats {
    struct endpoint_stats endpoints[ENDPOINTS_MAX];
    size_t endpoints_n;
    struct platform_stats platforms[PLATFORMS];
    int now, most; /* requests under way */
};

struct exchange;
/* Counts X's request; it gets its endpoint. NOW is of mono_us(). */
void stats_asked(struct stats *s, struct exchange *x, int64_t now);
void stats_answered(struct stats *s, const struct exchange *x);
void stats_print(const struct stats *s, struct buf *out, int64_t now);

enum { LIMIT_MAX = 6000 };

/* At most PER_MINUTE requests in any 60 seconds. */
struct limit {
    int per_minute;  /* 0: no limit */
    int64_t *served; /* ring of the last per_minute times; ours */
    size_t next;
};
void limit_set(struct limit *l, int per_minute);
/* 0: go on; else seconds after which another request has room. */
int limit_take(struct limit *l, int64_t now);

#endif
