/* stack.h - the real programs in a folder of their own, for measurements.
 *
 *   struct stack s;
 *   stack_open(&s);                 folder, redis-server (AOF always), store
 *   stack_producer(&s); stack_worker(&s, options);
 *   ... stack_close(&s);            ends all, removes the folder
 *
 * Programs come from the folder that BUILD names (build/release if it names
 * none), log into the folder, and end with the process that started them.
 * Whatever cannot be started or read ends the measurement: exit status 1.
 * Before it: bench_*.c. Beside it: proc.c, what a process used.
 */
#ifndef STACK_H
#define STACK_H

#include <sys/types.h>

#include "common/account.h"
#include "common/protocol.h"
#include "common/redis.h"

struct stack {
    char folder[64];
    char socket[80], store_url[96], redis_url[96];
    char sim_url[64];
    pid_t redis, producer, worker, sim; /* 0: not started */
    struct store *store;                /* our own */
    struct redis_line *line;            /* likewise */
};

void stack_open(struct stack *s);
void stack_close(struct stack *s);
/* An empty store beside the one so far, which stays where it is. */
void stack_store_anew(struct stack *s);

/* OPTIONS: further ones, NULL-terminated, or NULL. */
void stack_producer(struct stack *s, const char *const *options);
void stack_worker(struct stack *s, const char *const *options);
void stack_sim(struct stack *s, const char *const *options);
/* TERM, and waits. *PID becomes 0; 0 is fine. */
void stack_end(pid_t *pid);

/* Gives its number. ZONE is UTC. */
int64_t stack_account(struct stack *s, const char *name);
/* To the simulator: "woocommerce" or "odoo", without a rate limit. */
void stack_connect_sim(struct stack *s, int64_t account, const char *platform);
void stack_connect(struct stack *s, const struct connection *connection);

/* LPUSH sync:TYPE ACCOUNT; when it was said (now_us()). */
int64_t stack_push(struct stack *s, const char *type, const char *account);
/* Waits until SQL, a literal, gives a number that is not 0; looks every BETWEEN
 * seconds, seldom where looking would take time from what is measured. Gives up
 * after SECONDS. */
void stack_await(struct stack *s, const char *sql, double seconds,
                 double between);
/* Waits until no sync runs, at most SECONDS. */
void stack_wait(struct stack *s, double seconds);
/* The first column of the first row; exits when there is none. */
int64_t stack_number(struct stack *s, const char *sql);

/* The simulator's own words at PATH, such as "/sim/stats"; free(). */
char *stack_ask_sim(struct stack *s, const char *path);

/* Ends the program with status 1. */
_Noreturn void stack_fail(const char *format, ...) printf_like(1, 2);

#endif
