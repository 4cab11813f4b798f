/* config.h - every setting of the three programs, from one table.
 *
 * A value comes from the first of: the command line (--redis unix:/x), the
 * environment (STOCKTIDE_REDIS), the file (redis = unix:/x), the default. The
 * file is --config, else $STOCKTIDE_CONFIG, else ./stocktide.conf, else
 * /etc/stocktide/stocktide.conf; only a file that was named must exist. --help
 * and the table in README are printed from the same table.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "common/base.h"
#include "common/redis.h"

struct config {  /* texts are ours until config_free() */
    char *store; /* "sqlite:PATH" */
    char *redis; /* "unix:PATH", "redis://host:port/db" */
    char *redis_user;
    char *redis_password; /* read from redis_password_file; "" if none */
    char *redis_password_file;
    char *key_file; /* seals credentials; "" if none */
    char *log_level;
    int64_t children; /* of a worker pool */
    int64_t slots;    /* streams that one child fetches at once */
    int64_t lease;    /* us; without a sign of life so long, work is given on */
    int64_t tries;    /* of a page before its platform counts as broken */
    int64_t page_limit; /* pages of one generation */
    int64_t page_bytes; /* of one answer, decompressed */
    int64_t page_time;  /* us for one answer */
    int64_t drain;      /* us that a stopping worker may still use */
    int64_t freshness;  /* us; metrics older than this are synced again */
    int64_t freshness_warn, freshness_alarm; /* us */
    struct redis_address address;  /* of the fields above, to connect with */
    struct config_origin *origins; /* of each option: config_entry() */
};

enum config_program { CONFIG_PRODUCER = 1, CONFIG_WORKER = 2, CONFIG_CLI = 4 };

/* Reads all sources. Takes the options it knows out of ARGV (those before
 * "--"); 0, or -1 with the reason in ERROR (256 bytes). */
must_check int config_read(struct config *config, int *argc, char **argv,
                           char *error);
void config_free(struct config *config);

/* One setting as it was read, for people; borrowed from the configuration. */
struct config_entry {
    const char *name;   /* "page-bytes" */
    const char *value;  /* as it was written: "8MiB" */
    const char *source; /* "--page-bytes", "STOCKTIDE_PAGE_BYTES",
                           "stocktide.conf:3", "default" */
    const char *help;
};
/* The I-th; false: no more. */
bool config_entry(const struct config *config, size_t i,
                  struct config_entry *out);
/* The options of PROGRAM, as --help prints them, to standard output. */
void config_help(enum config_program program);
/* The whole table as Markdown, to standard output: README's. */
void config_markdown(void);

#endif
