/* main.c - stocktide-producer, the scheduler: opens its parts and lets them
 * work on one loop, until TERM.
 *
 *   clock     due times       -> accept      intake    the door -> accept
 *   bells     runnable rows   -> task lists  watchdog  dead leases, old metrics
 *   mirror    what runs       -> Redis, for people
 *
 * Several producers may run: SQL decides.
 */
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/log.h"
#include "common/redis.h"
#include "common/secret.h"
#include "producer/producer.h"

static const char usage[] =
    "Usage: stocktide-producer [options]\n\n"
    "Takes requests in, starts syncs by the clock, tells workers what to do.\n"
    "TERM ends it; requests that are not accepted yet stay where they are.\n\n";

static void on_term(struct ev_loop *loop, ev_signal *w, int events)
{
    (void)w;
    (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static int run(const struct config *config)
{
    struct producer p = {.config = config};
    struct intake *intake;
    struct bells *bells;
    struct clock *clock;
    struct watchdog *watchdog;
    struct mirror *mirror;
    ev_signal term, interrupt;

    p.loop = ev_default_loop(EVFLAG_AUTO);
    p.store = store_open(config->store);
    p.redis = p.store ? redis_open(p.loop, &config->address) : NULL;
    if (!p.redis) {
        store_close(p.store);
        return EX_CONFIG;
    }
    ev_signal_init(&term, on_term, SIGTERM);
    ev_signal_init(&interrupt, on_term, SIGINT);
    ev_signal_start(p.loop, &term);
    ev_signal_start(p.loop, &interrupt);
    intake = intake_open(&p);
    bells = bells_open(&p);
    clock = clock_open(&p);
    watchdog = watchdog_open(&p);
    mirror = mirror_open(&p);
    log_info("started: store %s, redis %s", config->store, config->redis);
    ev_run(p.loop, 0);
    mirror_close(mirror);
    watchdog_close(watchdog);
    clock_close(clock);
    bells_close(bells);
    intake_close(intake);
    redis_close(p.redis);
    store_close(p.store);
    log_info("ended");
    return 0;
}

int main(int argc, char **argv)
{
    struct config config;
    char error[256];
    int level, status;

    secret_guard_process();
    signal(SIGPIPE, SIG_IGN);
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        config_help(CONFIG_PRODUCER);
        return 0;
    }
    if (config_read(&config, &argc, argv, error) < 0) {
        fprintf(stderr, "stocktide-producer: %s\n", error);
        return EX_USAGE;
    }
    if (argc > 1) {
        fprintf(stderr, "stocktide-producer: unknown option '%s'; see --help\n",
                argv[1]);
        return EX_USAGE;
    }
    level = log_level_find(config.log_level);
    log_open("producer", level < 0 ? LOG_INFO : (enum log_level)level);
    srand48((long)(mono_us() ^ getpid()));
    status = run(&config);
    config_free(&config);
    return status;
}
