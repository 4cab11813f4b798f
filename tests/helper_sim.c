/* helper_sim.c - a platform simulator of its own. See helper_sim.h. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base.h"
#include "tests/helper_sim.h"

enum { OPTIONS_MAX = 40 };

struct helper_sim {
    pid_t pid;
    char url[64];
};

static _Noreturn void run(const char *const *options, int out)
{
    const char *build = getenv("BUILD");
    char *program =
        xasprintf("%s/stocktide-sim", build ? build : "build/release");
    char *args[OPTIONS_MAX + 3] = {program, xstrdup("--with-parent")};

    for (size_t i = 0; options && options[i] && i < OPTIONS_MAX; i++)
        args[i + 2] = xstrdup(options[i]);
    dup2(out, STDOUT_FILENO);
    execv(program, args);
    perror(program);
    _exit(127);
}

struct helper_sim *helper_sim_start(const char *const *options)
{
    struct helper_sim *sim = xcalloc(1, sizeof *sim);
    int ends[2];
    FILE *from;

    if (pipe(ends) == -1)
        die("pipe failed");
    fflush(NULL);
    sim->pid = fork();
    if (sim->pid == 0)
        run(options, ends[1]);
    close(ends[1]);
    from = fdopen(ends[0], "r");
    if (sim->pid == -1 || !from || fscanf(from, "READY %63s", sim->url) != 1) {
        fprintf(stderr, "stocktide-sim does not start\n");
        exit(1);
    }
    fclose(from);
    return sim;
}

const char *helper_sim_url(const struct helper_sim *sim)
{
    return sim->url;
}

void helper_sim_stop(struct helper_sim *sim)
{
    int status = -1;

    kill(sim->pid, SIGTERM);
    waitpid(sim->pid, &status, 0);
    free(sim);
    if (status == 0)
        return;
    fprintf(stderr, "stocktide-sim ended with status %#x\n", status);
    exit(1);
}
