/* bells.c - tell workers that streams have work. See bells.h. */
#include <stdio.h>
#include <string.h>

#include "common/bells.h"
#include "common/keys.h"
#include "common/task.h"

enum { BATCH = 128 }; /* bells in one command */

const char *bells_list(const char *platform, char out[64])
{
    if (*platform)
        snprintf(out, 64, KEY_TASKS_FETCH "%s", platform);
    else
        snprintf(out, 64, KEY_TASKS_PROCESS);
    return out;
}

/* The bells from AT on that go to the same end of the same list, in one
 * command; where the next batch starts. */
static size_t ring_batch(const struct ring *rings, size_t n, size_t at,
                         bells_send *send, void *arg)
{
    char tasks[BATCH][TASK_BYTES], list[64];
    const char *argv[BATCH + 2];
    size_t lengths[BATCH + 2];
    const struct ring *first = &rings[at];
    int argc = 0;

    argv[argc++] = first->urgent ? "LPUSH" : "RPUSH";
    argv[argc++] = bells_list(first->platform, list);
    lengths[0] = strlen(argv[0]);
    lengths[1] = strlen(argv[1]);
    for (; at < n && argc < BATCH + 2; at++, argc++) {
        if (rings[at].urgent != first->urgent ||
            strcmp(rings[at].platform, first->platform) != 0)
            break;
        argv[argc] = tasks[argc - 2];
        lengths[argc] = task_pack(&rings[at].key, tasks[argc - 2]);
    }
    send(arg, argc, argv, lengths);
    return at;
}

void bells_ring(const struct ring *rings, size_t n, bells_send *send, void *arg)
{
    for (size_t at = 0; at < n;)
        at = ring_batch(rings, n, at, send, arg);
}
