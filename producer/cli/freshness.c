/* freshness.c - how old an account's metrics are. See freshness.h. */
#include "common/instant.h"
#include "producer/cli/freshness.h"

struct freshness freshness_of(const struct config *config, int64_t as_of)
{
    int64_t age = as_of == INSTANT_NONE ? 0 : now_us() - as_of;

    if (as_of == INSTANT_NONE)
        return (struct freshness){"none yet", YELLOW};
    if (age >= config->freshness_alarm)
        return (struct freshness){"too old", RED};
    if (age >= config->freshness_warn)
        return (struct freshness){"old", YELLOW};
    return (struct freshness){"fresh", GREEN};
}
