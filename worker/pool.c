/* pool.c - the parent: fork children, keep their number, end them in order.
 * Before it: main.c. After it: run.c.
 *
 * The parent does nothing else. It opens no Redis, store or HTTP connection and
 * no event loop, so nothing of the kind can cross a fork, and a bug in a task
 * ends one child. What a dead child held is freed by a short-lived child of its
 * own kind, which opens the store for just that.
 *
 * Signals stay blocked. The loop takes them one at a time with sigtimedwait():
 * no handler, no flag set from two contexts, no self-pipe.
 *
 *   CHLD       a child ended: reap it, free its streams, start another
 *   TERM, INT  stop: pass TERM on, wait for the drain, then KILL; again: now
 *   TTIN, TTOU one child more, one less
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "common/bells.h"
#include "common/log.h"
#include "common/protocol.h"
#include "worker/pool.h"
#include "worker/run.h"

#define QUICK_DEATH (2 * SECOND) /* who dies so soon would die so soon again */
#define RING_SECONDS 1.
#define HOLD_FIRST (SECOND / 2)
#define HOLD_MAX (30 * SECOND)

enum { CHILDREN_MAX = 256, LEASES = 512 };

struct slot {
    pid_t pid; /* 0: empty */
    int64_t since;
    int64_t turns, moved; /* of its loop, and when that last grew */
    bool leaving;         /* asked to end by TTOU */
};

struct pool {
    const struct config *config;
    struct slot slots[CHILDREN_MAX];
    struct child_board *boards; /* shared; one for each slot */
    int size;                   /* children wanted */
    int lifeline[2];
    int64_t hold;  /* no forks before this */
    int64_t pause; /* of the next hold */
    bool stopping;
    int64_t deadline; /* then KILL */
    sigset_t ours, original;
};

static void become_child(struct pool *p)
{
    close(p->lifeline[1]); /* or nobody would ever see its end */
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_SETMASK, &p->original, NULL);
}

static void start(struct pool *p, int number)
{
    pid_t pid;

    fflush(NULL); /* or the child would print it again */
    p->boards[number] = (struct child_board){0};
    pid = fork();
    if (pid == -1) {
        log_error("fork: %s", strerror(errno));
        p->hold = mono_us() + HOLD_MAX;
        return;
    }
    if (pid == 0) {
        become_child(p);
        exit(run_child(p->config, number, p->lifeline[0], &p->boards[number]));
    }
    p->slots[number] =
        (struct slot){.pid = pid, .since = mono_us(), .moved = mono_us()};
}

static void send_bell(void *arg, int argc, const char **argv,
                      const size_t *lengths)
{
    redis_line_argv(arg, argc, argv, lengths);
}

/* Another child shall hear of it at once, not when the producer looks. */
static void ring(const struct pool *p, const struct rings *rings)
{
    char error[256];
    struct redis_line *line =
        redis_line_open(&p->config->address, RING_SECONDS, error);

    if (line)
        bells_ring(rings->list, rings->n, send_bell, line);
    redis_line_close(line);
}

/* In a process of its own: frees what PID held. */
static int free_leases(const struct pool *p, pid_t pid, bool crashed)
{
    static struct lease leases[LEASES];
    struct store *store = store_open(p->config->store);
    struct rings rings = {0};
    char owner[128];
    int n, result = EX_TEMPFAIL;

    if (!store)
        return EX_TEMPFAIL;
    n = lease_list(store, run_owner((long)pid, owner), leases, LEASES);
    if (n > 0 && store_begin(store) == 0) {
        for (int i = 0; i < n; i++)
            if (lease_reap(store, &leases[i], crashed, &rings) < 0)
                n = -1;
        if (n < 0)
            store_rollback(store);
        else if (store_commit(store) == 0) {
            log_info("freed %zu streams of the dead child %ld", rings.n,
                     (long)pid);
            ring(p, &rings);
        }
    }
    if (n >= 0)
        result = 0;
    free(rings.list);
    store_close(store);
    return result; /* whatever is left has a lease that runs out */
}

static void start_reaper(struct pool *p, pid_t dead, bool crashed)
{
    pid_t pid = fork();

    if (pid == 0) {
        become_child(p);
        exit(free_leases(p, dead, crashed));
    }
    if (pid == -1)
        log_error("fork: %s; its leases run out by themselves",
                  strerror(errno));
}

static void tell_end(pid_t pid, int status)
{
    if (WIFSIGNALED(status))
        log_warn("child %ld was ended by signal %d (%s)", (long)pid,
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        log_warn("child %ld ended with status %d", (long)pid,
                 WEXITSTATUS(status));
    else
        log_debug("child %ld ended", (long)pid);
}

static void hold_on(struct pool *p, const struct slot *slot, int status)
{
    int64_t now = mono_us();

    if (status == 0 || now - slot->since > QUICK_DEATH) {
        p->pause = HOLD_FIRST;
        return;
    }
    p->hold = now + p->pause;
    p->pause = p->pause * 2 < HOLD_MAX ? p->pause * 2 : HOLD_MAX;
}

static void bury(struct pool *p, struct slot *slot, int status)
{
    /* Killed from outside is not the page's doing; a crash is. */
    bool crashed = WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL &&
                   WTERMSIG(status) != SIGTERM;

    tell_end(slot->pid, status);
    if (status != 0)
        start_reaper(p, slot->pid, crashed);
    hold_on(p, slot, status);
    *slot = (struct slot){0};
}

static void reap(struct pool *p)
{
    int status;
    pid_t pid;

    /* One CHLD may stand for many children. */
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < CHILDREN_MAX; i++)
            if (p->slots[i].pid == pid)
                bury(p, &p->slots[i], status);
}

static int alive(const struct pool *p)
{
    int n = 0;

    for (int i = 0; i < CHILDREN_MAX; i++)
        n += p->slots[i].pid != 0;
    return n;
}

static void fill(struct pool *p)
{
    if (mono_us() < p->hold)
        return;
    for (int i = 0; i < p->size; i++)
        if (!p->slots[i].pid)
            start(p, i);
    for (int i = p->size; i < CHILDREN_MAX; i++)
        if (p->slots[i].pid && !p->slots[i].leaving) {
            p->slots[i].leaving = true;
            kill(p->slots[i].pid, SIGTERM);
        }
}

static void signal_all(struct pool *p, int number)
{
    for (int i = 0; i < CHILDREN_MAX; i++)
        if (p->slots[i].pid)
            kill(p->slots[i].pid, number);
}

static void stop(struct pool *p)
{
    signal_all(p, p->stopping ? SIGKILL : SIGTERM); /* asked twice: now */
    p->stopping = true;
    p->deadline = mono_us() + p->config->drain;
}

static void resize(struct pool *p, int change)
{
    if (p->stopping || p->size + change < 0 || p->size + change > CHILDREN_MAX)
        return;
    p->size += change;
    log_info("%d children from now on", p->size);
}

/* A child whose loop stands still (stuck in a library, or stopped) cannot show
 * that it lives, and with a store in a file nobody else could write. */
static void watch_progress(struct pool *p)
{
    int64_t now = mono_us();

    for (int i = 0; i < CHILDREN_MAX; i++) {
        struct slot *slot = &p->slots[i];
        int64_t turns = p->boards[i].turns;
        if (!slot->pid)
            continue;
        if (turns != slot->turns) {
            slot->turns = turns;
            slot->moved = now;
        } else if (now - slot->moved > p->config->lease) {
            log_error("child %ld made no progress for %lld s: killed",
                      (long)slot->pid, (long long)(p->config->lease / SECOND));
            kill(slot->pid, SIGKILL);
            slot->moved = now;
        }
    }
}

static void on_second(struct pool *p)
{
    watch_progress(p);
    if (p->stopping && mono_us() >= p->deadline)
        signal_all(p, SIGKILL);
}

static void block_signals(struct pool *p)
{
    static const int taken[] = {SIGCHLD, SIGTERM, SIGINT, SIGTTIN, SIGTTOU};

    signal(SIGCHLD, SIG_DFL); /* an inherited SIG_IGN would reap for us */
    sigemptyset(&p->ours);
    for (size_t i = 0; i < ARRAY_LEN(taken); i++)
        sigaddset(&p->ours, taken[i]);
    sigprocmask(SIG_BLOCK, &p->ours, &p->original);
}

static void act(struct pool *p, int number)
{
    switch (number) {
    case SIGCHLD:
        reap(p);
        break;
    case SIGTERM:
    case SIGINT:
        stop(p);
        break;
    case SIGTTIN:
        resize(p, 1);
        break;
    case SIGTTOU:
        resize(p, -1);
        break;
    }
}

int pool_run(const struct config *config)
{
    static struct pool p;
    const struct timespec second = {.tv_nsec = 500000000};
    int64_t looked = mono_us();

    p = (struct pool){
        .config = config, .size = (int)config->children, .pause = HOLD_FIRST};
    p.boards = mmap(NULL, CHILDREN_MAX * sizeof *p.boards,
                    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p.boards == MAP_FAILED || pipe(p.lifeline) == -1)
        die("pool: %s", strerror(errno));
    block_signals(&p);
    run_owner(0, (char[128]){0}); /* the same name for all children */
    while (!p.stopping || alive(&p)) {
        if (!p.stopping)
            fill(&p);
        act(&p, sigtimedwait(&p.ours, NULL, &second));
        if (mono_us() - looked >= SECOND) {
            looked = mono_us();
            on_second(&p);
        }
    }
    return 0;
}
