/* sync_ask.c - asking for a sync. See sync_ask.h. After it: common/accept.c
 * makes it durable, common/bells.c tells the workers. */
#include <stdlib.h>

#include "common/bells.h"
#include "common/redis.h"
#include "producer/cli/sync_ask.h"

#define REDIS_SECONDS 2.

static void send_line(void *arg, int argc, const char **argv,
                      const size_t *lengths)
{
    redis_line_argv(arg, argc, argv, lengths);
}

/* Only a convenience: the producer rings for what is in SQL. */
static void ring(const struct call *call, const struct rings *rings)
{
    char error[256];
    struct redis_line *line =
        redis_line_open(&call->config->address, REDIS_SECONDS, error);

    if (!line) {
        note("Redis is away (%s); the request is safe in the store, and "
             "workers find it within seconds of Redis' return",
             error);
        return;
    }
    bells_ring(rings->list, rings->n, send_line, line);
    redis_line_close(line);
}

int sync_ask(const struct call *call, const struct account *account,
             enum sync_type type, struct accepted *out)
{
    const struct ask ask = {type, "command line", true, now_us()};
    struct rings rings = {0};
    int code = EXIT_DONE;

    if (store_begin(call->store) < 0 ||
        sync_accept(call->store, account->id, &ask, out, &rings) < 0 ||
        store_commit(call->store) < 0)
        code = call_store_failed();
    store_rollback(call->store);
    if (code == EXIT_DONE && rings.n)
        ring(call, &rings);
    free(rings.list);
    return code;
}
