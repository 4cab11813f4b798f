/* desk.c - a child's work on the store, gathered into transactions. */
#include <ev.h>
#include <stdlib.h>
#include <sysexits.h>

#include "common/log.h"
#include "worker/desk.h"

struct desk {
    struct ev_loop *loop;
    struct store *store;
    struct desk_job *first, **last;
    desk_rang *rang;
    void *arg;
    ev_prepare prepare; /* works before the loop would sleep */
    ev_idle awake;      /* keeps it from sleeping while there is work */
};

/* Others have the store for longer than a writer may wait, or it is broken:
 * this process cannot do its work, and holds leases. */
_Noreturn static void give_up(void)
{
    log_error("store cannot be written: this worker ends, others go on");
    exit(EX_TEMPFAIL);
}

/* All jobs of LIST in one transaction. -1: none of it was done. */
static int work_all(struct desk *desk, struct desk_job *list,
                    struct rings *rings)
{
    if (store_begin(desk->store) < 0)
        give_up();
    for (struct desk_job *job = list; job; job = job->next) {
        job->result = job->work(job, desk->store, rings);
        if (job->result < 0) {
            store_rollback(desk->store);
            return -1;
        }
    }
    return store_commit(desk->store);
}

/* One of them was refused: each alone, so that it harms only itself. */
static void work_singly(struct desk *desk, struct desk_job *list,
                        struct rings *rings)
{
    for (struct desk_job *job = list; job; job = job->next) {
        struct desk_job *next = job->next;
        size_t before = rings->n;
        job->next = NULL;
        if (work_all(desk, job, rings) < 0) {
            job->result = -1;
            rings->n = before;
        }
        job->next = next;
    }
}

void desk_flush(struct desk *desk)
{
    struct desk_job *list = desk->first;
    struct rings rings = {0};

    if (!list)
        return;
    desk->first = NULL;
    desk->last = &desk->first;
    if (work_all(desk, list, &rings) < 0) {
        rings.n = 0;
        work_singly(desk, list, &rings);
    }
    if (rings.n)
        desk->rang(desk->arg, &rings);
    free(rings.list);
    while (list) {
        struct desk_job *job = list;
        list = job->next; /* after() may free the job */
        job->after(job, job->result);
    }
}

static void on_prepare(struct ev_loop *loop, ev_prepare *w, int events)
{
    struct desk *desk = w->data;

    (void)events;
    desk_flush(desk);
    if (desk->first)
        ev_idle_start(loop, &desk->awake);
    else
        ev_idle_stop(loop, &desk->awake);
}

static void on_awake(struct ev_loop *loop, ev_idle *w, int events)
{
    (void)loop;
    (void)w;
    (void)events;
}

struct desk *desk_open(struct ev_loop *loop, struct store *store,
                       desk_rang *rang, void *arg)
{
    struct desk *desk = xcalloc(1, sizeof *desk);

    *desk =
        (struct desk){.loop = loop, .store = store, .rang = rang, .arg = arg};
    desk->last = &desk->first;
    ev_prepare_init(&desk->prepare, on_prepare);
    ev_idle_init(&desk->awake, on_awake);
    desk->prepare.data = desk->awake.data = desk;
    ev_prepare_start(loop, &desk->prepare);
    return desk;
}

void desk_close(struct desk *desk)
{
    if (!desk)
        return;
    ev_prepare_stop(desk->loop, &desk->prepare);
    ev_idle_stop(desk->loop, &desk->awake);
    free(desk);
}

void desk_add(struct desk *desk, struct desk_job *job)
{
    job->next = NULL;
    *desk->last = job;
    desk->last = &job->next;
}
