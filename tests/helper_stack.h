/* helper_stack.h - a whole stocktide of its own for a test: Redis, store,
 * simulator, producers and worker pools as real processes in a temp dir.
 *
 *   struct stack *s = stack_open(NULL);
 *   int64_t acme = stack_account(s, "acme");
 *   stack_shop(s, acme);
 *   stack_producer(s, "");
 *   stack_worker(s, "--children 2 --lease 3s");
 *   stack_ask(s, "full", "acme");
 *   await(30, stack_idle(s));
 *   stack_close(s);
 *
 * One stack for one test, in check's fork mode. Should the test not reach
 * stack_close(), a watcher shows the logs of all processes and tidies up.
 */
#ifndef HELPER_STACK_H
#define HELPER_STACK_H

#include <check.h>
#include <sys/types.h>

#include "common/json.h"
#include "common/redis.h"
#include "common/stream.h"
#include "common/store.h"

/* Waits until CONDITION holds; fails the test when SECONDS go by before. */
#define await(seconds, condition)                                              \
    do {                                                                       \
        int64_t await_until = mono_us() + (seconds)*SECOND;                    \
        while (!(condition)) {                                                 \
            ck_assert_msg(mono_us() < await_until, "not within %d s: %s",      \
                          (int)(seconds), #condition);                         \
            await_nap();                                                       \
        }                                                                      \
    } while (0)
void await_nap(void);

enum { PROCESSES_MAX = 16, CHILDREN_SEEN_MAX = 32 };

struct process {
    pid_t pid; /* 0: it has ended */
    char name[32];
    char *log; /* where it writes */
};

struct stack {
    char dir[128];
    char store_url[160], redis_url[160];
    struct redis_address address;
    struct store *store;
    struct redis_line *redis;
    struct helper_sim *sim;
    struct process *server; /* Redis */
    struct process processes[PROCESSES_MAX];
    size_t processes_n;
    int watcher; /* closed without a word: the test failed */
};

/* SIM_OPTIONS: of the simulator, NULL-terminated; NULL: 200 variants. */
struct stack *stack_open(const char *const *sim_options);
/* Ends all, each of which must end well, and removes the temp dir. */
void stack_close(struct stack *s);

/* OPTIONS are divided by blanks. */
struct process *stack_producer(struct stack *s, const char *options);
struct process *stack_worker(struct stack *s, const char *options);
/* Starts Redis (again), with what its file knows. */
void stack_redis(struct stack *s);

/* Sends SIGNAL and waits for the end; the wait status. */
int process_end(struct process *p, int signal);
void process_signal(const struct process *p, int signal);
/* How often TEXT is in what it logged. */
int process_said(const struct process *p, const char *text);
/* Children that run now, in OUT of CHILDREN_SEEN_MAX; how many. */
int process_children(const struct process *p, pid_t *out);
bool pid_alive(pid_t pid);
/* Largest resident size so far, bytes. */
int64_t pid_memory(pid_t pid);

/* An account of zone UTC; its number. */
int64_t stack_account(struct stack *s, const char *name);
/* The simulator's shop as connection "shop", its ERP as "erp", with these
 * settings (NULL: none needed). Their numbers. */
int64_t stack_shop(struct stack *s, int64_t account, const char *settings);
int64_t stack_erp(struct stack *s, int64_t account, const char *settings);
/* One that answers at once and has nothing, as connection "echo". */
int64_t stack_echo(struct stack *s, int64_t account);

/* At the public door, as anybody may. */
void stack_ask(struct stack *s, const char *type, const char *element);
/* The first column of the first row; fails the test when there is none. SQL
 * must be a literal. */
int64_t stack_int(struct stack *s, const char *sql, const struct value *values,
                  size_t n);
/* Likewise a text; it stays until the next call. */
const char *stack_text(struct stack *s, const char *sql,
                       const struct value *values, size_t n);
/* Changes what must be there to be changed. */
void stack_exec(struct stack *s, const char *sql, const struct value *values,
                size_t n);
/* Nothing is asked for that has not ended. */
bool stack_idle(struct stack *s);
/* Syncs of ACCOUNT in STATE. */
int64_t stack_syncs(struct stack *s, int64_t account, const char *state);
/* Nothing is open and nothing held, and what ended fits together. */
void stack_check_rest(struct stack *s);

/* The simulator's control calls: "price?sku=%s&price=%d". */
void stack_sim(struct stack *s, const char *format, ...) printf_like(2, 3);
/* A number of /sim/stats: "woo.requests". */
int64_t stack_stat(struct stack *s, const char *path);

#endif
