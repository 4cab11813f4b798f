/* proc.h - what processes used, from /proc. */
#ifndef PROC_H
#define PROC_H

#include <sys/types.h>

#include "common/base.h"

/* CPU seconds of PID and its children, those that ended included. */
double proc_cpu(pid_t pid);
/* MB that PID and its children that run have caused to be written to disks. */
double proc_written(pid_t pid);
/* Its children that run: how many of at most SIZE. */
size_t proc_children(pid_t pid, pid_t *out, size_t size);
/* kB that are its own (Private_*), -1 if that may not be read. */
int64_t proc_private(pid_t pid);

#endif
