/* freshness.h - how old an account's metrics are, and whether that is well. */
#ifndef CLI_FRESHNESS_H
#define CLI_FRESHNESS_H

#include "common/config.h"
#include "producer/cli/term.h"

struct freshness {
    const char *word; /* "fresh", "old", "too old", "none yet" */
    enum color color;
};

/* Of metrics that are complete up to AS_OF (INSTANT_NONE: none). */
struct freshness freshness_of(const struct config *config, int64_t as_of);

#endif
