/* fetch.h - one generation of one stream, from claim to finish.
 * Before it: run.c. What it calls, in order: link.c, the platform, http.c or
 * local.c, verdict.c, rows_store.c and the protocol (through desk.c).
 */
#ifndef FETCH_H
#define FETCH_H

#include "common/config.h"
#include "common/protocol.h"
#include "worker/known.h"

struct desk;
struct ev_loop;
struct fetch;
struct http;
struct redis;

struct fetch_env { /* one for each child; all borrowed */
    const struct config *config;
    struct ev_loop *loop;
    struct store *store;
    struct desk *desk;
    struct http *http;
    struct redis *redis;
    struct json *json; /* the parser that all fetches share */
    struct known_list *known;
    /* CHANGE of the slots in use: -1 when a fetch is parked (waits for a rate
     * limit or a platform in trouble), +1 when it goes on. */
    void (*slot)(void *arg, int change);
    /* The last thing a fetch does; it holds a slot until then. */
    void (*ended)(void *arg, struct fetch *fetch);
    void *arg;
};

/* Takes CLAIM (its position). ENDED is not called before this returned. */
struct fetch *fetch_start(const struct fetch_env *env, struct claim *claim);
/* Gives the stream back after the page at hand; ENDED follows. */
void fetch_stop(struct fetch *fetch);
/* Called now and then: shows that the claim is alive when it must. */
void fetch_beat(struct fetch *fetch, int64_t now);

#endif
