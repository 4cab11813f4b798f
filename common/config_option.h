/* config_option.h - the table behind config.h: one row for each setting.
 *
 * All other names follow from a row's: "page-bytes" is --page-bytes,
 * STOCKTIDE_PAGE_BYTES, and page_bytes = in the file.
 */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include "common/config.h"

enum { OPTION_NAME = 64 };

struct option {
    const char *name;
    enum option_type {
        OPTION_TEXT,  /* a char * of the struct */
        OPTION_COUNT, /* the others an int64_t */
        OPTION_TIME,
        OPTION_SIZE
    } type;
    size_t at;            /* where in struct config */
    const char *standard; /* the default, as one would write it */
    const char *least, *most;
    unsigned programs; /* that use it: of enum config_program */
    const char *help;
    /* Optional; -1 with the reason in ERROR (256 bytes). */
    int (*check)(const char *text, char *error);
};

const struct option *option_at(size_t i); /* NULL: no more */
/* The row of a name of LENGTH, with '-' or '_' between its words; NULL. */
const struct option *option_find(const char *name, size_t length);
/* "STOCKTIDE_PAGE_BYTES" and "page_bytes". Give OUT. */
const char *option_env(const struct option *option, char out[OPTION_NAME]);
const char *option_key(const struct option *option, char out[OPTION_NAME]);
/* Puts TEXT into CONFIG (a text as a copy of its own). 0, or -1 with what is
 * wrong with it in ERROR (256 bytes). */
must_check int option_set(const struct option *option, const char *text,
                          struct config *config, char *error);
/* What the value is, for help: "text", "number", "time", "size". */
const char *option_kind(const struct option *option);

#endif
