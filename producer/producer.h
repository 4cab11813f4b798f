/* producer.h - what the parts of the producer share. */
#ifndef PRODUCER_H
#define PRODUCER_H

#include "common/config.h"
#include "common/protocol.h"

struct ev_loop;
struct redis;

struct producer { /* borrowed by all parts */
    const struct config *config;
    struct ev_loop *loop;
    struct store *store;
    struct redis *redis; /* for commands that do not wait */
};

/* Rings for what a committed transaction made runnable, and empties RINGS. */
void producer_ring(struct producer *producer, struct rings *rings);

/* Each part is opened once and closed at the end; NULL is fine to close. */
struct intake *intake_open(struct producer *producer);
void intake_close(struct intake *intake);
struct bells *bells_open(struct producer *producer);
void bells_close(struct bells *bells);
struct clock *clock_open(struct producer *producer);
void clock_close(struct clock *clock);
struct watchdog *watchdog_open(struct producer *producer);
void watchdog_close(struct watchdog *watchdog);
struct mirror *mirror_open(struct producer *producer);
void mirror_close(struct mirror *mirror);

#endif
