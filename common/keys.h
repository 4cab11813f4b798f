/* keys.h - every name we use in Redis. All may vanish without losing work that
 * was accepted: SQL is the truth. */
#ifndef KEYS_H
#define KEYS_H

/* The public door: lists of account names, one for each type. */
#define KEY_DOOR "sync:" /* + type */
/* Taken from the door by a producer, not yet in SQL: list for each type. */
#define KEY_INTAKE "sync:intake:" /* + producer + ":" + type */
/* Expires when the producer dies; then others put its intake back. */
#define KEY_ALIVE "sync:alive:"        /* + producer */
#define KEY_PRODUCERS "sync:producers" /* set: who may have an intake list */
/* Refused elements as JSON, newest first, capped. */
#define KEY_REJECTED "sync:rejected"
#define KEY_REJECTED_MAX "999"
/* A key of the wrong type at the door is renamed to this + type + time. */
#define KEY_WRONG_TYPE "sync:rejected:wrongtype:"
/* Bells: msgpack tasks, urgent ones at the head. */
#define KEY_TASKS_FETCH "tasks:fetch:" /* + platform */
#define KEY_TASKS_PROCESS "tasks:process"
/* Rate budget of a connection, shared by all workers of all hosts. */
#define KEY_THROTTLE "throttle:" /* + account + "." + connection */
/* Mirrors for people and pages; never read for a decision. */
#define KEY_LOCK "sync:lock:"         /* + account + ":" + type */
#define KEY_PROGRESS "sync:progress:" /* + account + ":" + sync number */
#define KEY_EVENTS "sync:events"      /* pub/sub channel */

#endif
