/* main.c - stocktide-worker: reads its settings and runs the pool. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "common/log.h"
#include "common/secret.h"
#include "worker/pool.h"

static const char usage[] =
    "Usage: stocktide-worker [options]\n\n"
    "Fetches from platforms and computes metrics: a parent and its children.\n"
    "Signals: TERM ends it after the pages at hand, a second TERM at once;\n"
    "TTIN adds a child, TTOU takes one away.\n\n";

int main(int argc, char **argv)
{
    struct config config;
    char error[256];
    int level;

    secret_guard_process();
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        config_help(CONFIG_WORKER);
        return 0;
    }
    if (config_read(&config, &argc, argv, error) < 0) {
        fprintf(stderr, "stocktide-worker: %s\n", error);
        return EX_USAGE;
    }
    if (argc > 1) {
        fprintf(stderr, "stocktide-worker: unknown option '%s'; see --help\n",
                argv[1]);
        return EX_USAGE;
    }
    level = log_level_find(config.log_level);
    log_open("worker", level < 0 ? LOG_INFO : (enum log_level)level);
    log_info("started with %lld children", (long long)config.children);
    level = pool_run(&config);
    config_free(&config);
    return level;
}
