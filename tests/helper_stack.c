/* helper_stack.c - processes of a stack. See helper_stack.h. Beside it:
 * helper_stack_rows.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/log.h"
#include "tests/helper_sim.h"
#include "tests/helper_stack.h"

enum { ARGS_MAX = 48, END_SECONDS = 40 };

extern char **environ;

void await_nap(void)
{
    const struct timespec nap = {.tv_nsec = 5000000};

    nanosleep(&nap, NULL);
}

/* ---- the watcher ---- */

static void show_logs(const char *dir)
{
    char *command = xasprintf("cd '%s' && for f in *.log; do echo \"--- $f\"; "
                              "tail -n 150 \"$f\"; done >&2",
                              dir);

    if (system(command) != 0)
        fprintf(stderr, "the logs of %s cannot be shown\n", dir);
    free(command);
}

static void remove_dir(const char *dir)
{
    char *command = xasprintf("rm -rf '%s'", dir);

    if (system(command) != 0)
        fprintf(stderr, "%s cannot be removed\n", dir);
    free(command);
}

/* In a session of its own, for check kills the test's whole group. */
static void start_watcher(struct stack *s)
{
    int ends[2];
    char word;
    pid_t pid;

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    fflush(NULL);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        setsid();
        close(ends[1]);
        if (read(ends[0], &word, 1) != 1)
            show_logs(s->dir);
        remove_dir(s->dir);
        _exit(0);
    }
    close(ends[0]);
    s->watcher = ends[1];
}

/* ---- processes ---- */

static void set_environment(void)
{
    const char *asan = getenv("ASAN_OPTIONS");
    char *more = xasprintf("%s:quarantine_size_mb=8:malloc_context_size=8",
                           asan ? asan : "");

    for (char **e = environ; *e;) {
        char *name = xstrndup(*e, strcspn(*e, "="));
        if (strncmp(name, "STOCKTIDE_", 10) == 0) {
            unsetenv(name);
            e = environ;
        } else {
            e++;
        }
        free(name);
    }
    setenv("ASAN_OPTIONS", more, 1);
    setenv("SHOP_SECRET", "cs_demo", 1);
    setenv("ERP_SECRET", "odoo_demo", 1);
}

static _Noreturn void run(const struct process *p, const char *dir, char **args)
{
    int out = open(p->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_environment();
    if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(dir) < 0)
        _exit(126);
    execvp(args[0], args);
    perror(args[0]);
    _exit(127);
}

static struct process *spawn(struct stack *s, const char *name, char **args)
{
    struct process *p = &s->processes[s->processes_n++];

    ck_assert_uint_le(s->processes_n, PROCESSES_MAX);
    snprintf(p->name, sizeof p->name, "%s-%zu", name, s->processes_n);
    p->log = xasprintf("%s/%s.log", s->dir, p->name);
    fflush(NULL);
    p->pid = fork();
    ck_assert_int_ge(p->pid, 0);
    if (p->pid == 0)
        run(p, s->dir, args);
    return p;
}

/* A program of ours. OPTIONS come before what stocktide.conf says. */
static struct process *start(struct stack *s, const char *program,
                             const char *options)
{
    const char *build = getenv("BUILD");
    char *path = realpath(build ? build : "build/release", NULL);
    char *file = xasprintf("%s/stocktide-%s", path, program);
    char *list = xasprintf("--config %s/stocktide.conf %s", s->dir, options);
    char *rest = list, *word;
    char *args[ARGS_MAX] = {file};
    size_t n = 1;
    struct process *p;

    while ((word = strsep(&rest, " ")) && n < ARGS_MAX - 1)
        if (*word)
            args[n++] = word;
    p = spawn(s, program, args);
    free(path);
    free(file);
    free(list);
    return p;
}

struct process *stack_producer(struct stack *s, const char *options)
{
    struct process *p = start(s, "producer", options);

    await(20, process_said(p, "started: store"));
    return p;
}

struct process *stack_worker(struct stack *s, const char *options)
{
    struct process *p = start(s, "worker", options);

    await(20, process_said(p, "started with"));
    return p;
}

static bool answers(struct stack *s)
{
    char error[256];

    redis_line_close(s->redis);
    s->redis = redis_line_open(&s->address, 20., error);
    return s->redis &&
           strcmp(reply_text(redis_line_call(s->redis, "PING"), NULL),
                  "PONG") == 0;
}

void stack_redis(struct stack *s)
{
    char *socket = xasprintf("%s/redis.sock", s->dir);
    char *args[] = {xstrdup("redis-server"),
                    xstrdup("--port"),
                    xstrdup("0"),
                    xstrdup("--unixsocket"),
                    socket,
                    xstrdup("--appendonly"),
                    xstrdup("yes"),
                    xstrdup("--appendfsync"),
                    xstrdup("always"),
                    xstrdup("--save"),
                    xstrdup(""),
                    NULL};

    s->server = spawn(s, "redis", args);
    for (size_t i = 0; args[i]; i++)
        free(args[i]);
    await(20, answers(s));
}

void process_signal(const struct process *p, int signal)
{
    ck_assert_int_gt(p->pid, 0);
    ck_assert_int_eq(kill(p->pid, signal), 0);
}

static bool has_ended(struct process *p, int *status)
{
    if (waitpid(p->pid, status, WNOHANG) != p->pid)
        return false;
    p->pid = 0;
    return true;
}

int process_end(struct process *p, int signal)
{
    int status = 0;

    process_signal(p, signal);
    await(END_SECONDS, has_ended(p, &status));
    return status;
}

int process_said(const struct process *p, const char *text)
{
    struct buf log = {0};
    char piece[8192];
    size_t got;
    int n = 0;
    FILE *f = fopen(p->log, "r");

    if (!f)
        return 0;
    while ((got = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&log, piece, got);
    fclose(f);
    for (const char *c = buf_str(&log); (c = strstr(c, text)); c++)
        n++;
    buf_free(&log);
    return n;
}

/* ---- /proc ---- */

/* State and parent of PID; false: there is none. */
static bool read_stat(pid_t pid, char *state, int *parent)
{
    char path[64], text[1024];
    const char *end;
    FILE *f;
    bool found;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "r");
    if (!f)
        return false;
    found = fgets(text, sizeof text, f) && (end = strrchr(text, ')')) &&
            sscanf(end + 1, " %c %d", state, parent) == 2;
    fclose(f);
    return found;
}

bool pid_alive(pid_t pid)
{
    char state;
    int parent;

    return read_stat(pid, &state, &parent) && state != 'Z' && state != 'X';
}

int process_children(const struct process *p, pid_t *out)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    int n = 0, parent;
    char state;

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) && n < CHILDREN_SEEN_MAX) {
        pid_t pid = (pid_t)atoi(entry->d_name);
        if (pid > 0 && read_stat(pid, &state, &parent) && parent == p->pid &&
            state != 'Z')
            out[n++] = pid;
    }
    closedir(dir);
    return n;
}

int64_t pid_memory(pid_t pid)
{
    char path[64], line[256];
    long long kb = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "r");
    if (!f)
        return 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %lld kB", &kb) == 1)
            break;
    fclose(f);
    return kb * 1024;
}

/* ---- the whole ---- */

static void open_dir(struct stack *s)
{
    const char *tmp = getenv("TMPDIR");
    char *conf;
    FILE *f;

    snprintf(s->dir, sizeof s->dir, "%s/stocktide-flow-XXXXXX",
             tmp ? tmp : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(s->dir));
    snprintf(s->store_url, sizeof s->store_url, "sqlite:%s/store.db", s->dir);
    snprintf(s->redis_url, sizeof s->redis_url, "unix:%s/redis.sock", s->dir);
    s->address.url = s->redis_url;
    conf = xasprintf("%s/stocktide.conf", s->dir);
    f = fopen(conf, "w");
    ck_assert_ptr_nonnull(f);
    fprintf(f, "store = %s\nredis = %s\n", s->store_url, s->redis_url);
    fclose(f);
    free(conf);
}

struct stack *stack_open(const char *const *sim_options)
{
    static const char *const small[] = {
        "--variants",  "200", "--order-lines",     "600",
        "--days",      "120", "--purchase-orders", "30",
        "--transfers", "20",  "--assemblies",      "10",
        NULL};
    struct stack *s = xcalloc(1, sizeof *s);

    log_open("test", LOG_ERROR);
    open_dir(s);
    start_watcher(s);
    stack_redis(s);
    s->sim = helper_sim_start(sim_options ? sim_options : small);
    s->store = store_open(s->store_url);
    ck_assert_ptr_nonnull(s->store);
    return s;
}

static bool is_ours(const struct process *p)
{
    return p->pid && strncmp(p->name, "redis", 5) != 0;
}

/* Asks all at once, then waits for each: 0 is the only good status. */
static void end_all(struct stack *s)
{
    for (size_t i = 0; i < s->processes_n; i++)
        if (is_ours(&s->processes[i]))
            process_signal(&s->processes[i], SIGTERM);
    for (size_t i = 0; i < s->processes_n; i++) {
        struct process *p = &s->processes[i];
        int status = 0;
        if (!is_ours(p))
            continue;
        await(END_SECONDS, has_ended(p, &status));
        ck_assert_msg(status == 0, "%s ended with status %#x", p->name,
                      (unsigned)status);
    }
}

/* A sanitizer's complaint of a process that was killed, or of a child. */
static void check_logs(struct stack *s)
{
    for (size_t i = 0; i < s->processes_n; i++) {
        const struct process *p = &s->processes[i];
        ck_assert_msg(process_said(p, "Sanitizer") == 0 &&
                          process_said(p, "runtime error") == 0,
                      "%s complains", p->name);
    }
}

/* Secrets, as they are or as HTTP writes them: in no log, not in the store, not
 * in what Redis wrote. */
static void check_secrets(const struct stack *s)
{
    char *command = xasprintf("grep -rlF -e cs_demo -e odoo_demo "
                              "-e Y2tfZGVtbzpjc19kZW1v '%s'",
                              s->dir);
    int status = system(command);

    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 1,
                  "a secret is in the files above");
    free(command);
}

void stack_close(struct stack *s)
{
    end_all(s);
    check_logs(s);
    check_secrets(s);
    store_close(s->store);
    helper_sim_stop(s->sim);
    redis_line_close(s->redis);
    if (s->server->pid)
        process_end(s->server, SIGKILL);
    ck_assert_int_eq(write(s->watcher, "k", 1), 1);
    close(s->watcher);
    for (size_t i = 0; i < s->processes_n; i++)
        free(s->processes[i].log);
    free(s);
}
