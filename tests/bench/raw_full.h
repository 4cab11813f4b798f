/* raw_full.h - a full sync without any protocol: what a loop costs that only
 * asks, parses and upserts. */
#ifndef RAW_FULL_H
#define RAW_FULL_H

#include "common/base.h"

struct raw_question {
    const char *store_url;
    int64_t account, connection; /* rows are theirs */
    const char *platform;        /* of the simulator */
    const char *sim_url, *user, *secret;
};

struct raw_answer {
    int64_t rows, pages;
    double seconds, cpu;
};

/* Reads all streams of the platform from the simulator into the store, shared
 * out to 1 or 2 PROCESSES. Exits when it fails. */
struct raw_answer raw_full(const struct raw_question *question, int processes);

#endif
