/* help.c - help, from the table of commands. See help.h. */
#include <stdio.h>
#include <string.h>

#include "common/config.h"
#include "common/rules.h"
#include "producer/cli/help.h"
#include "producer/cli/term.h"

enum { COLUMN = 33, FLAG_COLUMN = 26 };

static void heading(const char *text)
{
    printf("%s%s%s\n", term_color(BOLD), text, term_color(PLAIN));
}

/* LEFT and RIGHT in two columns; a LEFT that is too long has its own line. */
static void two(int column, const char *left, const char *right)
{
    if ((int)strlen(left) >= column)
        printf("  %s\n  %*s %s\n", left, column, "", right);
    else
        printf("  %-*s %s\n", column, left, right);
}

void help_all(void)
{
    puts("stocktide - keeps stock, sales and orders in step with their "
         "platforms\n");
    heading("usage");
    puts("  stocktide COMMAND [arguments] [options]\n");
    heading("commands");
    for (size_t g = 0; command_group(g); g++)
        for (const struct command *c = command_group(g); c->name; c++) {
            char left[128];
            snprintf(left, sizeof left, "%s%s%s", c->name,
                     *c->arguments ? " " : "", c->arguments);
            two(COLUMN, left, c->summary);
        }
    two(COLUMN, "help [COMMAND]", "this list, or all about one command");
    putchar('\n');
    heading("options of every command");
    two(FLAG_COLUMN + 5, "--json", "print JSON, for programs");
    two(FLAG_COLUMN + 5, "--help, --version", "this; which version it is");
    config_help(CONFIG_CLI);
    putchar('\n');
    heading("exit codes");
    puts("  0 done   1 failed, or problems were found   2 wrong usage   "
         "3 no such thing\n  4 the store or Redis cannot be reached");
}

static void help_flags(const struct command *c)
{
    char left[64];

    if (!c->flags && !c->rules)
        return;
    putchar('\n');
    heading("options");
    for (const struct flag *f = c->flags; f && f->name; f++) {
        snprintf(left, sizeof left, "--%s%s%s", f->name, f->value ? " " : "",
                 f->value ? f->value : "");
        two(FLAG_COLUMN, left, f->help);
    }
    for (size_t i = 0; c->rules && rule_at(i); i++) {
        const struct rule *rule = rule_at(i);
        snprintf(left, sizeof left, "--%s %s", rule->name, rule->unit);
        for (char *dash = left; *dash && *dash != ' '; dash++)
            if (*dash == '_')
                *dash = '-';
        two(FLAG_COLUMN, left, rule->help);
    }
}

void help_command(const struct command *c)
{
    printf("stocktide %s - %s\n\n", c->name, c->summary);
    heading("usage");
    printf("  stocktide %s%s%s%s\n", c->name, *c->arguments ? " " : "",
           c->arguments, c->flags || c->rules ? " [options]" : "");
    help_flags(c);
    if (c->more)
        printf("\n%s\n", c->more);
}
