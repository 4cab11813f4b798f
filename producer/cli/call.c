/* call.c - one call of a command: its arguments. See call.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/rules.h"
#include "common/units.h"
#include "producer/cli/call.h"

static int usage(const struct call *call, const char *format, ...)
    printf_like(2, 3);

static int usage(const struct call *call, const char *format, ...)
{
    char why[256];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return fail(EXIT_USAGE,
                "%s\nusage: stocktide %s%s%s%s\nmore:  stocktide "
                "help %s",
                why, call->command->name, *call->command->arguments ? " " : "",
                call->command->arguments,
                call->command->flags || call->command->rules ? " [options]"
                                                             : "",
                call->command->name);
}

/* -- flags -- */

/* "lead-time" is the rule lead_time. */
static bool is_rule(const char *name, size_t length)
{
    char key[64];

    if (length >= sizeof key)
        return false;
    for (size_t i = 0; i < length; i++)
        key[i] = name[i] == '-' ? '_' : name[i];
    key[length] = '\0';
    return rule_known(key);
}

/* What the command calls the flag; *VALUED: it takes a value. */
static bool known(const struct command *command, const char *name,
                  size_t length, bool *valued)
{
    const struct flag *f = command->flags;

    for (; f && f->name; f++)
        if (strlen(f->name) == length && memcmp(f->name, name, length) == 0) {
            *valued = f->value != NULL;
            return true;
        }
    *valued = true;
    return command->rules && is_rule(name, length);
}

static int take_flag(struct call *call, int n, char **words, int *i)
{
    char *name = words[*i] + 2, *value = strchr(name, '=');
    size_t length = value ? (size_t)(value - name) : strlen(name);
    bool valued;

    if (length == 4 && memcmp(name, "json", 4) == 0 && !value) {
        call->json = true;
        return EXIT_DONE;
    }
    if (!known(call->command, name, length, &valued))
        return usage(call, "unknown option --%.*s", (int)length, name);
    if (!valued && value)
        return usage(call, "--%.*s takes no value", (int)length, name);
    if (value)
        *value++ = '\0';
    else if (valued && *i + 1 < n)
        value = words[++*i];
    else if (valued)
        return usage(call, "the value of --%s is missing", name);
    if (call->flags_n == CALL_FLAGS)
        return usage(call, "too many options");
    call->flags[call->flags_n].name = name;
    call->flags[call->flags_n++].value = value ? value : "";
    return EXIT_DONE;
}

int call_parse(struct call *call, int n, char **words)
{
    const struct command *command = call->command;
    bool only_arguments = false;

    for (int i = 0; i < n; i++) {
        bool dashes = !only_arguments && strncmp(words[i], "--", 2) == 0;
        if (dashes && words[i][2] == '\0') {
            only_arguments = true;
        } else if (dashes) {
            int code = take_flag(call, n, words, &i);
            if (code)
                return code;
        } else if (!only_arguments && words[i][0] == '-' && words[i][1]) {
            return usage(call, "unknown option %s", words[i]);
        } else if (call->args_n == command->most || call->args_n == CALL_ARGS) {
            return usage(call, "'%.60s' is one argument too many", words[i]);
        } else {
            call->args[call->args_n++] = words[i];
        }
    }
    if (call->args_n < command->least)
        return usage(call, "an argument is missing");
    return EXIT_DONE;
}

const char *call_flag(const struct call *call, const char *name)
{
    for (size_t i = call->flags_n; i-- > 0;)
        if (strcmp(call->flags[i].name, name) == 0)
            return call->flags[i].value;
    return NULL;
}

const char *call_each(const struct call *call, const char *name, size_t *at)
{
    while (*at < call->flags_n) {
        size_t i = (*at)++;
        if (strcmp(call->flags[i].name, name) == 0)
            return call->flags[i].value;
    }
    return NULL;
}

int call_number(const struct call *call, const char *name, int64_t otherwise,
                int64_t least, int64_t most, int64_t *out)
{
    const char *text = call_flag(call, name);

    *out = otherwise;
    if (!text)
        return EXIT_DONE;
    if (count_parse(text, out) == 0 && *out >= least && *out <= most)
        return EXIT_DONE;
    return usage(call, "--%s: a number from %lld to %lld, not '%.40s'", name,
                 (long long)least, (long long)most, text);
}

/* -- store -- */

int call_create(struct call *call)
{
    const char *url = call->config->store;

    if (!call->store)
        call->store = store_open(url);
    if (call->store)
        return EXIT_DONE;
    return fail(EXIT_UNREACHABLE,
                "cannot open the store %s; see: stocktide doctor", url);
}

/* Reading must not leave an empty store where a path was mistyped. */
int call_open(struct call *call)
{
    const char *path = call->config->store + strlen("sqlite:");

    if (access(path, F_OK) == -1)
        return fail(EXIT_UNREACHABLE,
                    "there is no store at %s\nset --store or STOCKTIDE_STORE, "
                    "or begin with: stocktide account add NAME --zone ZONE",
                    path);
    return call_create(call);
}

int call_store_failed(void)
{
    return fail(EXIT_UNREACHABLE,
                "the store did not answer; see: stocktide doctor");
}

/* -- what there is -- */

int call_account(const struct call *call, const char *name, struct account *out)
{
    int64_t id;
    int found = account_find(call->store, name, &id);

    if (found > 0)
        found = account_read(call->store, id, out);
    if (found < 0)
        return call_store_failed();
    if (found > 0)
        return EXIT_DONE;
    return fail(EXIT_NOT_FOUND,
                "no account '%.70s'; see: stocktide account "
                "list",
                name);
}

int call_connection(const struct call *call, const struct account *account,
                    const char *name, struct connection *out)
{
    int found = connection_find(call->store, account->id, name, out);

    if (found < 0)
        return call_store_failed();
    if (found > 0)
        return EXIT_DONE;
    return fail(EXIT_NOT_FOUND,
                "account '%s' has no connection '%.70s'; see: stocktide "
                "connection list %s",
                account->name, name, account->name);
}

void call_result(const struct call *call, const char *kind, const char *name,
                 const char *result)
{
    struct out o = {0};

    if (!call->json) {
        say("%s %s %s\n", kind, name, result);
        return;
    }
    out_open(&o, NULL, '{');
    out_text(&o, kind, name);
    out_text(&o, "result", result);
    out_close(&o, '}');
    out_print(&o);
}
