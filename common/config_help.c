/* config_help.c - the options for --help and for README, from the same table
 * that reads them. */
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/config_option.h"

enum { WIDTH = 31 };

static void help_line(const struct option *option)
{
    char flag[OPTION_NAME + 16];

    snprintf(flag, sizeof flag, "--%s %s", option->name, option_kind(option));
    printf("  %-*s %s", WIDTH, flag, option->help);
    if (*option->standard)
        printf("\n  %-*s (%s)", WIDTH, "", option->standard);
    putchar('\n');
}

void config_help(enum config_program program)
{
    const struct option *option;

    for (size_t i = 0; (option = option_at(i)); i++)
        if (option->programs & program)
            help_line(option);
    printf("  %-*s read options from this file too\n", WIDTH, "--config file");
    puts("\nEach option may also be given in the environment "
         "(STOCKTIDE_REDIS=...) or in\nthe file (redis = ...): "
         "./stocktide.conf or /etc/stocktide/stocktide.conf.");
}

static const char *users(const struct option *option, struct buf *out)
{
    static const char *const names[] = {"producer", "worker", "command line"};

    buf_clear(out);
    if (option->programs == (CONFIG_PRODUCER | CONFIG_WORKER | CONFIG_CLI))
        return "all";
    for (unsigned i = 0; i < ARRAY_LEN(names); i++)
        if (option->programs & 1u << i)
            buf_printf(out, "%s%s", out->length ? ", " : "", names[i]);
    return buf_str(out);
}

void config_markdown(void)
{
    const struct option *option;
    struct buf who = {0};
    char env[OPTION_NAME];

    puts("| option | environment | default | range | used by | what |\n"
         "|---|---|---|---|---|---|");
    for (size_t i = 0; (option = option_at(i)); i++) {
        const char *quote = *option->standard ? "`" : "";
        printf("| `--%s` | `%s` | %s%s%s | %s%s%s | %s | %s |\n", option->name,
               option_env(option, env), quote, option->standard, quote,
               option->least ? option->least : "", option->least ? " - " : "",
               option->least ? option->most : "", users(option, &who),
               option->help);
    }
    buf_free(&who);
}
