/* helper_cli.c - runs the real command line program. See helper_cli.h. */
#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/redis.h"
#include "tests/helper_cli.h"

enum { ARGUMENTS = 24, PATHS = 8 };

#define PATIENCE (20 * SECOND)

char cli_folder[64];
const char *cli_out, *cli_err;
static char program[PATH_MAX + 16];
static struct buf out, err, input;
static struct json *parser;
static pid_t running;

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

const char *cli_path(const char *name)
{
    static char paths[PATHS][160];
    static unsigned at;
    char *path = paths[at++ % PATHS];

    snprintf(path, sizeof paths[0], "%s/%s", cli_folder, name);
    return path;
}

void cli_write(const char *name, const char *text, unsigned mode)
{
    const char *path = cli_path(name);
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, (mode_t)mode), 0);
}

void cli_input(const char *text)
{
    buf_clear(&input);
    buf_text(&input, text);
}

static void set(const char *name, const char *kind, const char *file)
{
    char *value = xasprintf("%s%s", kind, cli_path(file));

    setenv(name, value, 1);
    free(value);
}

void cli_setup(void)
{
    const char *build = getenv("BUILD");
    char folder[300];

    snprintf(folder, sizeof folder, "%s", build ? build : "build/asan");
    ck_assert_msg(realpath(folder, program) != NULL, "no folder %s", folder);
    strncat(program, "/stocktide", sizeof program - strlen(program) - 1);
    /* In memory where the system has such a place: no test waits for disks. */
    snprintf(cli_folder, sizeof cli_folder, "%s/test_cli.XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(cli_folder));
    ck_assert_int_eq(chdir(cli_folder), 0);
    set("STOCKTIDE_STORE", "sqlite:", "s.db");
    set("STOCKTIDE_REDIS", "unix:", "redis.sock");
    set("STOCKTIDE_KEY_FILE", "", "key");
    unsetenv("STOCKTIDE_CONFIG");
    parser = json_new();
}

static int remove_one(const char *path, const struct stat *s, int flag,
                      struct FTW *ftw)
{
    (void)s;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void cli_teardown(void)
{
    if (running)
        cli_kill();
    json_free(parser);
    buf_free(&out);
    buf_free(&err);
    buf_free(&input);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(nftw(cli_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void to_file(const char *name, int fd)
{
    int file =
        open(cli_path(name), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);

    if (file == -1 || dup2(file, fd) == -1)
        _exit(126);
    close(file);
}

static void start(const char **words)
{
    char *argv[ARGUMENTS] = {NULL};

    cli_write("stdin", buf_str(&input), 0600);
    buf_clear(&input);
    fflush(NULL);
    running = fork();
    ck_assert_int_ge(running, 0);
    if (running)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    to_file("stdout", STDOUT_FILENO);
    to_file("stderr", STDERR_FILENO);
    dup2(open(cli_path("stdin"), O_RDONLY), STDIN_FILENO);
    for (size_t i = 0; words[i]; i++)
        argv[i] = xstrdup(words[i]);
    execv(program, argv);
    _exit(127);
}

static void slurp(const char *name, struct buf *into)
{
    FILE *file = fopen(cli_path(name), "r");
    char block[4096];
    size_t n;

    buf_clear(into);
    ck_assert_ptr_nonnull(file);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_add(into, block, n);
    fclose(file);
}

static void read_output(void)
{
    slurp("stdout", &out);
    slurp("stderr", &err);
    cli_out = buf_str(&out);
    cli_err = buf_str(&err);
    ck_assert_ptr_null(strstr(cli_out, CANARY));
    ck_assert_ptr_null(strstr(cli_err, CANARY));
    ck_assert_msg(!strstr(cli_err, "AddressSanitizer") &&
                      !strstr(cli_err, "runtime error"),
                  "%s", cli_err);
}

static size_t collect(const char **argv, const char *first, va_list args)
{
    size_t n = 0;

    argv[n++] = program;
    for (; first; first = va_arg(args, const char *)) {
        ck_assert_uint_lt(n, ARGUMENTS - 2);
        argv[n++] = first;
    }
    argv[n] = NULL;
    return n;
}

void cli_start(const char *argument, ...)
{
    const char *argv[ARGUMENTS];
    va_list args;

    va_start(args, argument);
    collect(argv, argument, args);
    va_end(args);
    start(argv);
}

int cli_end(void)
{
    int status;

    ck_assert_int_eq(waitpid(running, &status, 0), running);
    running = 0;
    read_output();
    ck_assert_msg(WIFEXITED(status), "ended by signal %d: %s", WTERMSIG(status),
                  cli_err);
    return WEXITSTATUS(status);
}

int cli(const char *argument, ...)
{
    const char *argv[ARGUMENTS];
    va_list args;

    va_start(args, argument);
    collect(argv, argument, args);
    va_end(args);
    start(argv);
    return cli_end();
}

struct json_value cli_json(int want, const char *argument, ...)
{
    const char *argv[ARGUMENTS];
    struct json_value root;
    va_list args;
    size_t n;
    int code;

    va_start(args, argument);
    n = collect(argv, argument, args);
    va_end(args);
    argv[n] = "--json";
    argv[n + 1] = NULL;
    start(argv);
    code = cli_end();
    ck_assert_msg(code == want, "exit %d: %s", code, cli_err);
    ck_assert_msg(json_parse(parser, cli_out, strlen(cli_out), &root) == 0,
                  "%s: %s", json_error(parser), cli_out);
    return root;
}

void cli_await(const char *text)
{
    int64_t deadline = mono_us() + PATIENCE;

    for (;;) {
        read_output();
        if (strstr(cli_out, text))
            return;
        ck_assert_msg(mono_us() < deadline, "waited for '%s': %s%s", text,
                      cli_out, cli_err);
        nap();
    }
}

void cli_kill(void)
{
    kill(running, SIGKILL);
    waitpid(running, NULL, 0);
    running = 0;
}

void cli_redis_start(void)
{
    const struct redis_address address = {.url = getenv("STOCKTIDE_REDIS")};
    int64_t deadline = mono_us() + PATIENCE;
    struct redis_line *line = NULL;
    char error[256];
    pid_t pid;

    fflush(NULL);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        to_file("redis.log", STDOUT_FILENO);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket",
               cli_path("redis.sock"), "--dir", cli_folder, "--save", "",
               "--appendonly", "yes", "--appendfsync", "always", "--daemonize",
               "no", (char *)NULL);
        _exit(127);
    }
    while (!line) {
        ck_assert_msg(mono_us() < deadline, "no redis: %s", error);
        line = redis_line_open(&address, 1., error);
        if (!line)
            nap();
    }
    redis_line_close(line);
}
