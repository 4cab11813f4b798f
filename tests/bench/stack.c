/* stack.c - the real programs in a folder of their own. See stack.h. */
#include <curl/curl.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/stack.h"

enum { ARGUMENTS = 48 };

#define SECRET_NAME "STOCKTIDE_BENCH_SECRET"

void stack_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static const char *program_path(const char *name)
{
    const char *build = getenv("BUILD");

    return xasprintf("%s/%s", build ? build : "build/release", name);
}

/* ARGV is NULL-terminated; OUT and LOG become standard output and error. */
static pid_t start(const char *const *argv, int out, int log)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == -1)
        stack_fail("fork failed");
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(out, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    perror(argv[0]);
    _exit(127);
}

static int open_log(const struct stack *s, const char *name)
{
    char *path = xasprintf("%s/%s.log", s->folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0)
        stack_fail("%s cannot be written", path);
    free(path);
    return fd;
}

static void append(const char **argv, const char *const *options)
{
    size_t n = 0;

    while (argv[n])
        n++;
    for (size_t i = 0; options && options[i] && n < ARGUMENTS - 1; i++)
        argv[n++] = options[i];
}

/* ---- Redis ---- */

/* Answers are waited for, with a deadline. */
static void connect_redis(struct stack *s)
{
    struct redis_address address = {.url = s->redis_url};
    const struct timespec nap = {.tv_nsec = 10000000};
    int64_t deadline = mono_us() + 10 * SECOND;
    char error[256] = "";

    while (mono_us() < deadline) {
        s->line = redis_line_open(&address, 60., error);
        if (s->line &&
            reply_type(redis_line_call(s->line, "PING")) == REPLY_TEXT)
            return;
        redis_line_close(s->line);
        s->line = NULL;
        nanosleep(&nap, NULL);
    }
    stack_fail("redis-server does not answer: %s", error);
}

static void start_redis(struct stack *s)
{
    const char *argv[] = {"redis-server",
                          "--port",
                          "0",
                          "--unixsocket",
                          s->socket,
                          "--dir",
                          s->folder,
                          "--save",
                          "",
                          "--appendonly",
                          "yes",
                          "--appendfsync",
                          "always",
                          "--daemonize",
                          "no",
                          NULL};
    int log = open_log(s, "redis");

    s->redis = start(argv, log, log);
    close(log);
    connect_redis(s);
}

/* ---- the whole ---- */

void stack_open(struct stack *s)
{
    const char *tmp = getenv("TMPDIR");

    *s = (struct stack){0};
    snprintf(s->folder, sizeof s->folder, "%s/stocktide-bench-XXXXXX",
             tmp && strlen(tmp) < 30 ? tmp : "/tmp");
    if (!mkdtemp(s->folder))
        stack_fail("no temporary folder");
    snprintf(s->socket, sizeof s->socket, "%s/redis.sock", s->folder);
    snprintf(s->redis_url, sizeof s->redis_url, "unix:%s", s->socket);
    snprintf(s->store_url, sizeof s->store_url, "sqlite:%s/store.db",
             s->folder);
    start_redis(s);
    s->store = store_open(s->store_url);
    if (!s->store)
        stack_fail("no store");
    setenv(SECRET_NAME, "cs_demo", 1);
}

void stack_store_anew(struct stack *s)
{
    static int number;

    store_close(s->store);
    snprintf(s->store_url, sizeof s->store_url, "sqlite:%s/anew%d.db",
             s->folder, ++number);
    s->store = store_open(s->store_url);
    if (!s->store)
        stack_fail("no store");
}

static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        char *path = xasprintf("%s/%s", folder, entry->d_name);
        if (*entry->d_name != '.' && unlink(path) < 0)
            remove_folder(path); /* Redis keeps a folder of its own */
        free(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

void stack_close(struct stack *s)
{
    redis_line_close(s->line);
    store_close(s->store);
    stack_end(&s->producer);
    stack_end(&s->worker);
    stack_end(&s->sim);
    stack_end(&s->redis);
    if (getenv("STOCKTIDE_BENCH_KEEP"))
        printf("kept: %s\n", s->folder);
    else
        remove_folder(s->folder);
}

void stack_end(pid_t *pid)
{
    if (*pid == 0)
        return;
    kill(*pid, SIGTERM);
    waitpid(*pid, NULL, 0);
    *pid = 0;
}

static pid_t start_ours(struct stack *s, const char *name,
                        const char *const *options)
{
    const char *argv[ARGUMENTS] = {
        program_path(name), "--store",     s->store_url, "--redis",
        s->redis_url,       "--log-level", "warn"};
    int log = open_log(s, name);
    pid_t pid;

    append(argv, options);
    pid = start(argv, log, log);
    close(log);
    return pid;
}

void stack_producer(struct stack *s, const char *const *options)
{
    s->producer = start_ours(s, "stocktide-producer", options);
}

void stack_worker(struct stack *s, const char *const *options)
{
    s->worker = start_ours(s, "stocktide-worker", options);
}

/* ---- the simulator ---- */

void stack_sim(struct stack *s, const char *const *options)
{
    const char *argv[ARGUMENTS] = {program_path("stocktide-sim"),
                                   "--with-parent"};
    int log = open_log(s, "sim"), ends[2];
    FILE *from;

    append(argv, options);
    if (pipe(ends) == -1)
        stack_fail("pipe failed");
    s->sim = start(argv, ends[1], log);
    close(ends[1]);
    close(log);
    from = fdopen(ends[0], "r");
    if (!from || fscanf(from, "READY %63s", s->sim_url) != 1)
        stack_fail("stocktide-sim does not start");
    fclose(from);
}

static size_t add_bytes(char *bytes, size_t size, size_t n, void *arg)
{
    buf_add(arg, bytes, size * n);
    return size * n;
}

char *stack_ask_sim(struct stack *s, const char *path)
{
    CURL *easy = curl_easy_init();
    char *url = xasprintf("%s%s", s->sim_url, path), *text;
    struct buf body = {0};

    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, add_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
    if (curl_easy_perform(easy) != CURLE_OK)
        stack_fail("%s does not answer", url);
    curl_easy_cleanup(easy);
    free(url);
    text = xstrdup(buf_str(&body));
    buf_free(&body);
    return text;
}

/* ---- accounts, requests, the store ---- */

int64_t stack_account(struct stack *s, const char *name)
{
    char error[256] = "";
    int64_t id = 0;

    if (store_begin(s->store) < 0 ||
        account_put(s->store, name, "UTC", "{}", now_us(), error) < 0 ||
        store_commit(s->store) < 0 || account_find(s->store, name, &id) <= 0)
        stack_fail("account %s: %s", name, error);
    return id;
}

void stack_connect(struct stack *s, const struct connection *connection)
{
    char error[256] = "";

    if (store_begin(s->store) < 0 ||
        connection_put(s->store, connection, now_us(), error) < 0 ||
        store_commit(s->store) < 0)
        stack_fail("connection %s: %s", connection->name, error);
}

void stack_connect_sim(struct stack *s, int64_t account, const char *platform)
{
    bool is_odoo = strcmp(platform, "odoo") == 0;
    char secret[] = "env:" SECRET_NAME, settings[] = "{\"rate\":0}",
         user[] = "ck_demo", none[] = "";
    struct connection c = {
        .account = account,
        .name = (char *)(uintptr_t)platform,
        .platform = (char *)(uintptr_t)platform,
        .url = s->sim_url,
        .user = is_odoo ? none : user,
        .secret = secret,
        .settings = settings,
        .private_allowed = true,
        .enabled = true,
    };

    setenv(SECRET_NAME, is_odoo ? "odoo_demo" : "cs_demo", 1);
    stack_connect(s, &c);
}

int64_t stack_push(struct stack *s, const char *type, const char *account)
{
    int64_t at = now_us();

    if (reply_int(
            redis_line_call(s->line, "LPUSH sync:%s %s", type, account)) <= 0)
        stack_fail("redis did not take a request");
    return at;
}

int64_t stack_number(struct stack *s, const char *sql)
{
    int64_t number = 0;

    if (store_get(s->store, &number, sql, WITHOUT) <= 0)
        stack_fail("no row: %s", sql);
    return number;
}

void stack_await(struct stack *s, const char *sql, double seconds,
                 double between)
{
    const struct timespec nap = {.tv_sec = (time_t)between,
                                 .tv_nsec =
                                     (long)((between - (long)between) * 1e9)};
    int64_t deadline = mono_us() + (int64_t)(seconds * 1e6);

    while (!stack_number(s, sql)) {
        if (mono_us() > deadline)
            stack_fail("not so after %g s: %s", seconds, sql);
        nanosleep(&nap, NULL);
    }
}

void stack_wait(struct stack *s, double seconds)
{
    stack_await(s,
                "SELECT NOT EXISTS (SELECT 1 FROM sync WHERE "
                "state IN ('running', 'processing'))",
                seconds, .005);
}
