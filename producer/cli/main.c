/* main.c - stocktide, the command line: reads the settings, finds the command,
 * runs it. After it: commands.c (which there are), call.c (arguments), and one
 * cmd_*.c for each group. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/secret.h"
#include "producer/cli/call.h"
#include "producer/cli/help.h"

#define VERSION "0.1.0"

static bool is_any(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* Somewhere before "--": then nothing else matters. */
static bool asks(int n, char **words, const char *a, const char *b)
{
    for (int i = 0; i < n && strcmp(words[i], "--") != 0; i++)
        if (is_any(words[i], a, b))
            return true;
    return false;
}

static int unknown(int n, char **words)
{
    bool two = n > 1 && words[1][0] != '-';
    char *text = xasprintf("%.60s%s%.60s", words[0], two ? " " : "",
                           two ? words[1] : "");
    const char *like = command_like(text);
    int code;

    if (!like)
        like = command_like(words[0]);
    if (like)
        code = fail(EXIT_USAGE,
                    "there is no command '%s'; did you mean: stocktide %s",
                    text, like);
    else
        code = fail(EXIT_USAGE, "there is no command '%s'; see: stocktide help",
                    text);
    free(text);
    return code;
}

/* "account" alone: the commands that begin so. */
static bool help_group(const char *word)
{
    size_t length = strlen(word);
    bool found = false;

    for (size_t g = 0; command_group(g); g++)
        for (const struct command *c = command_group(g); c->name; c++)
            if (strncmp(c->name, word, length) == 0 && c->name[length] == ' ') {
                printf("  stocktide %s %s\n      %s\n", c->name, c->arguments,
                       c->summary);
                found = true;
            }
    return found;
}

static int help(int n, char **words)
{
    int used;
    const struct command *command = command_find(words, n, &used);

    if (command)
        help_command(command);
    else if (n == 0 || words[0][0] == '-')
        help_all();
    else if (!help_group(words[0]))
        return unknown(n, words);
    return EXIT_DONE;
}

/* Lines about ordinary work are for daemons, unless somebody asks for them. */
static void open_log(const struct config *config)
{
    int level = log_level_find(config->log_level);

    log_open("stocktide", level == LOG_INFO ? LOG_WARN : (enum log_level)level);
}

static int run(const struct config *config, int n, char **words)
{
    struct call call = {.config = config};
    int used, code;

    if (n == 0) {
        help_all();
        return EXIT_USAGE;
    }
    if (strcmp(words[0], "help") == 0)
        return help(n - 1, words + 1);
    call.command = command_find(words, n, &used);
    if (!call.command) {
        if (n == 1 && help_group(words[0]))
            return EXIT_USAGE;
        return unknown(n, words);
    }
    code = call_parse(&call, n - used, words + used);
    if (code == EXIT_DONE && call.command->store == STORE_CREATED)
        code = call_create(&call);
    if (code == EXIT_DONE && call.command->store == STORE_NEEDED)
        code = call_open(&call);
    if (code == EXIT_DONE)
        code = call.command->run(&call);
    store_close(call.store);
    if (fflush(stdout) == EOF && code == EXIT_DONE)
        code = fail(EXIT_FAILED, "cannot write all of the output");
    return code;
}

int main(int argc, char **argv)
{
    struct config config;
    char error[256];
    int code;

    secret_guard_process();
    signal(SIGPIPE, SIG_DFL);
    if (asks(argc - 1, argv + 1, "--version", "-V")) {
        puts("stocktide " VERSION);
        return EXIT_DONE;
    }
    code = config_read(&config, &argc, argv, error);
    if (asks(argc - 1, argv + 1, "--help", "-h")) {
        if (code == 0)
            config_free(&config);
        return help(argc - 1, argv + 1);
    }
    if (code < 0)
        return fail(EXIT_USAGE, "%s", error);
    open_log(&config);
    code = run(&config, argc - 1, argv + 1);
    config_free(&config);
    return code;
}
