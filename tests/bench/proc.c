/* proc.c - what processes used. See proc.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/proc.h"

enum { CHILDREN = 64 };

size_t proc_children(pid_t pid, pid_t *out, size_t size)
{
    char path[64];
    FILE *file;
    size_t n = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid,
             (int)pid);
    file = fopen(path, "r");
    while (file && n < size && fscanf(file, "%d", &out[n]) == 1)
        n++;
    if (file)
        fclose(file);
    return n;
}

/* Fields 14 to 17: own and waited-for children's ticks. */
static double own_cpu(pid_t pid)
{
    char path[64], line[1024] = "";
    unsigned long ticks[4] = {0};
    const char *after;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    if (!fgets(line, sizeof line, file))
        *line = '\0';
    fclose(file);
    after = strrchr(line, ')'); /* the name may hold anything */
    if (!after || sscanf(after + 1,
                         " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                         "%lu %lu %lu %lu",
                         &ticks[0], &ticks[1], &ticks[2], &ticks[3]) != 4)
        return 0;
    return (double)(ticks[0] + ticks[1] + ticks[2] + ticks[3]) /
           (double)sysconf(_SC_CLK_TCK);
}

double proc_cpu(pid_t pid)
{
    pid_t children[CHILDREN];
    size_t n = proc_children(pid, children, CHILDREN);
    double sum = own_cpu(pid);

    for (size_t i = 0; i < n; i++)
        sum += proc_cpu(children[i]);
    return sum;
}

double proc_written(pid_t pid)
{
    pid_t children[CHILDREN];
    size_t n = proc_children(pid, children, CHILDREN);
    char path[64], line[256];
    unsigned long long bytes = 0;
    double sum = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/io", (int)pid);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "write_bytes: %llu", &bytes) == 1)
            sum = (double)bytes / 1e6;
    if (file)
        fclose(file);
    for (size_t i = 0; i < n; i++)
        sum += proc_written(children[i]);
    return sum;
}

int64_t proc_private(pid_t pid)
{
    char path[64], line[256];
    int64_t sum = -1;
    long kb;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Private_%*[A-Za-z]: %ld", &kb) == 1)
            sum = (sum < 0 ? 0 : sum) + kb;
    if (file)
        fclose(file);
    return sum;
}
