/* config.c - where settings come from: command line, environment, file,
 * default, in this order. See config.h; the table is in config_option.c.
 *
 * All sources are read first, as texts; then the winning text of each option
 * is checked, so a default is checked like anything else and every error can
 * name its source.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config_option.h"

enum { SOURCE = 160 };

struct config_origin {
    char *text; /* NULL: no source so far */
    char source[SOURCE];
};

static size_t index_of(const struct option *option)
{
    return (size_t)(option - option_at(0));
}

static void offer(struct config *config, const struct option *option,
                  const char *text, const char *source)
{
    struct config_origin *origin = &config->origins[index_of(option)];

    if (origin->text)
        return; /* a source before this one has said it */
    origin->text = xstrdup(text);
    snprintf(origin->source, sizeof origin->source, "%s", source);
}

/* -- command line -- */

static bool is_file_option(const char *name, size_t length)
{
    return length == 6 && memcmp(name, "config", 6) == 0;
}

/* What stands at ARGV[I], if it is ours: how many arguments; 0 else; -1. */
static int take_argument(struct config *config, int argc, char **argv, int i,
                         char **file, char *error)
{
    const char *name = argv[i] + 2;
    size_t length = strcspn(name, "=");
    const struct option *option = option_find(name, length);
    char source[SOURCE];
    char *value = argv[i] + 2 + length;
    int used = 1;

    if (!option && !is_file_option(name, length))
        return 0;
    snprintf(source, sizeof source, "--%.*s", (int)length, name);
    if (*value == '=') {
        value++;
    } else if (i + 1 < argc) {
        value = argv[i + 1];
        used = 2;
    } else {
        snprintf(error, 256, "%s: its value is missing", source);
        return -1;
    }
    if (option)
        offer(config, option, value, source);
    else
        *file = value;
    return used;
}

static int read_arguments(struct config *config, int *argc, char **argv,
                          char **file, char *error)
{
    int kept = 1, i = 1;

    while (i < *argc && strcmp(argv[i], "--") != 0) {
        int used = 0;
        if (strncmp(argv[i], "--", 2) == 0)
            used = take_argument(config, *argc, argv, i, file, error);
        if (used < 0)
            return -1;
        if (used == 0)
            argv[kept++] = argv[i++];
        i += used;
    }
    while (i < *argc)
        argv[kept++] = argv[i++];
    *argc = kept;
    argv[kept] = NULL;
    return 0;
}

/* -- environment -- */

static void read_environment(struct config *config)
{
    const struct option *option;
    char name[OPTION_NAME];

    for (size_t i = 0; (option = option_at(i)); i++) {
        const char *value = getenv(option_env(option, name));
        /* Empty is how container files pass on what nobody has set. */
        if (value && *value)
            offer(config, option, value, name);
    }
}

/* -- file -- */

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, " \t\r");
    length = strlen(text);
    while (length && strchr(" \t\r", text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

static int read_line(struct config *config, char *line, const char *source,
                     char *error)
{
    char *value = strchr(line, '=');
    const struct option *option;

    if (*line == '\0' || *line == '#')
        return 0;
    if (!value) {
        snprintf(error, 256, "%s: a line looks like: redis = unix:/path",
                 source);
        return -1;
    }
    *value = '\0';
    line = trim(line);
    option = option_find(line, strlen(line));
    if (!option) {
        snprintf(error, 256, "%s: there is no option '%.60s'", source, line);
        return -1;
    }
    offer(config, option, trim(value + 1), source);
    return 0;
}

static int read_lines(struct config *config, FILE *in, const char *path,
                      char *error)
{
    char *line = NULL;
    size_t size = 0;
    int number = 0, result = 0;

    while (result == 0 && getline(&line, &size, in) >= 0) {
        char source[SOURCE];
        line[strcspn(line, "\n")] = '\0';
        snprintf(source, sizeof source, "%.140s:%d", path, ++number);
        result = read_line(config, trim(line), source, error);
    }
    if (result == 0 && ferror(in)) {
        snprintf(error, 256, "%.100s: %s", path, strerror(errno));
        result = -1;
    }
    free(line);
    return result;
}

/* 1 when it was read, 0 when there is none, -1. */
static int read_file(struct config *config, const char *path, char *error)
{
    FILE *in = fopen(path, "re");
    int result;

    if (!in) {
        snprintf(error, 256, "%.100s: %s", path, strerror(errno));
        return errno == ENOENT ? 0 : -1;
    }
    result = read_lines(config, in, path, error);
    fclose(in);
    return result < 0 ? -1 : 1;
}

/* FILE was named, or is NULL. */
static int read_files(struct config *config, const char *file, char *error)
{
    static const char *const usual[] = {"stocktide.conf",
                                        "/etc/stocktide/stocktide.conf"};

    if (!file)
        file = getenv("STOCKTIDE_CONFIG");
    if (file && *file)
        return read_file(config, file, error) == 1 ? 0 : -1;
    for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
        int found = read_file(config, usual[i], error);
        if (found != 0)
            return found < 0 ? -1 : 0;
    }
    return 0;
}

/* -- values -- */

static int set_all(struct config *config, char *error)
{
    const struct option *option;
    char why[256];

    for (size_t i = 0; (option = option_at(i)); i++) {
        const struct config_origin *origin = &config->origins[i];
        if (option_set(option, origin->text, config, why) < 0) {
            char key[OPTION_NAME];
            bool named = strncmp(origin->source, "--", 2) == 0 ||
                         strncmp(origin->source, "STOCKTIDE_", 10) == 0;
            snprintf(error, 256, "%.140s: %s%s%.100s", origin->source,
                     named ? "" : option_key(option, key), named ? "" : ": ",
                     why);
            return -1;
        }
    }
    return 0;
}

static int check_freshness(const struct config *config, char *error)
{
    if (config->freshness <= config->freshness_warn &&
        config->freshness_warn <= config->freshness_alarm)
        return 0;
    snprintf(error, 256,
             "freshness, freshness-warn and freshness-alarm must not become "
             "smaller in this order");
    return -1;
}

/* The password is the file's first line: editors end it, people do not. */
static int read_password(struct config *config, char *error)
{
    const char *path = config->redis_password_file;
    char line[1024] = "";
    FILE *in;

    config->redis_password = xstrdup("");
    if (!*path)
        return 0;
    in = fopen(path, "re");
    if (!in) {
        snprintf(error, 256, "redis-password-file %.100s: %s", path,
                 strerror(errno));
        return -1;
    }
    if (fgets(line, sizeof line, in))
        line[strcspn(line, "\r\n")] = '\0';
    fclose(in);
    free(config->redis_password);
    config->redis_password = xstrdup(line);
    explicit_bzero(line, sizeof line);
    return 0;
}

static int read_all(struct config *config, int *argc, char **argv, char *error)
{
    const struct option *option;
    char *file = NULL;

    if (read_arguments(config, argc, argv, &file, error) < 0)
        return -1;
    read_environment(config);
    if (read_files(config, file, error) < 0)
        return -1;
    for (size_t i = 0; (option = option_at(i)); i++)
        offer(config, option, option->standard, "default");
    if (set_all(config, error) < 0 || check_freshness(config, error) < 0 ||
        read_password(config, error) < 0)
        return -1;
    config->address = (struct redis_address){config->redis, config->redis_user,
                                             config->redis_password};
    return 0;
}

static size_t options_n(void)
{
    size_t n = 0;

    while (option_at(n))
        n++;
    return n;
}

int config_read(struct config *config, int *argc, char **argv, char *error)
{
    *config = (struct config){0};
    config->origins = xcalloc(options_n(), sizeof *config->origins);
    if (read_all(config, argc, argv, error) == 0)
        return 0;
    config_free(config);
    return -1;
}

void config_free(struct config *config)
{
    const struct option *option;

    for (size_t i = 0; (option = option_at(i)); i++) {
        if (option->type == OPTION_TEXT) {
            char **field = (char **)((char *)config + option->at);
            free(*field);
            *field = NULL;
        }
        if (config->origins)
            free(config->origins[i].text);
    }
    free(config->origins);
    if (config->redis_password)
        explicit_bzero(config->redis_password, strlen(config->redis_password));
    free(config->redis_password);
    *config = (struct config){0};
}

bool config_entry(const struct config *config, size_t i,
                  struct config_entry *out)
{
    const struct option *option = option_at(i);

    if (!option)
        return false;
    *out = (struct config_entry){option->name, config->origins[i].text,
                                 config->origins[i].source, option->help};
    return true;
}
