/* raw_full.c - a full sync without any protocol. See raw_full.h.
 *
 * The same pages by the same platform functions, the same statements for the
 * same rows, one durable transaction for each page, and the next page asked for
 * before the one at hand is stored. Left out: bells, claims, leases, fences,
 * cursors, counts, signs of life, deadlines, retries, checks of the page
 * against its window, checks of addresses, limits on size and time.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/arena.h"
#include "tests/bench/raw_full.h"
#include "tests/bench/stack.h"
#include "worker/rows_store.h"
#include "worker/sweep.h"

enum { PROCESSES_MAX = 2, STREAMS = 8, PADDING = 64 };

struct walk { /* one stream */
    struct raw *raw;
    struct question question;
    struct page page;
    char *position;
    bool first;
    CURL *easy;
    struct curl_slist *headers;
    struct buf body, head, sent;
};

struct raw { /* one process */
    const struct raw_question *asked;
    int number, processes;
    const struct platform *platform;
    struct endpoint endpoint;
    struct json *json;
    struct store *store;
    CURLM *multi;
    struct walk walks[STREAMS];
    size_t open;
    struct raw_answer *out; /* shared with the parent */
};

static size_t add_bytes(char *bytes, size_t size, size_t n, void *arg)
{
    buf_add(arg, bytes, size * n);
    return size * n;
}

/* ---- questions ---- */

static void set_headers(struct walk *w, const char *lines)
{
    char *text = xstrdup(lines), *rest = text, *line;

    curl_slist_free_all(w->headers);
    w->headers = NULL;
    while ((line = strsep(&rest, "\n")))
        if (*line)
            w->headers = curl_slist_append(w->headers, line);
    free(text);
}

static void ask(struct walk *w)
{
    struct request request = {0};
    char error[256] = "";
    char *url;

    w->question.position = w->position;
    if (w->raw->platform->request(&w->question, &request, error) < 0)
        stack_fail("raw: %s", error);
    url = xasprintf("%s%s", w->raw->asked->sim_url, buf_str(&request.path));
    set_headers(w, buf_str(&request.headers));
    buf_clear(&w->body);
    buf_clear(&w->head);
    buf_clear(&w->sent);
    curl_easy_setopt(w->easy, CURLOPT_URL, url);
    curl_easy_setopt(w->easy, CURLOPT_HTTPHEADER, w->headers);
    if (strcmp(request.method, "POST") == 0) {
        buf_add(&w->sent, request.body.data, request.body.length);
        curl_easy_setopt(w->easy, CURLOPT_POSTFIELDS, buf_str(&w->sent));
        curl_easy_setopt(w->easy, CURLOPT_POSTFIELDSIZE, (long)w->sent.length);
    }
    curl_multi_add_handle(w->raw->multi, w->easy);
    free(url);
    request_free(&request);
}

static void open_walk(struct raw *raw, enum stream stream, bool sweeps)
{
    struct walk *w = &raw->walks[raw->open++];

    *w = (struct walk){.raw = raw, .position = xstrdup(""), .first = true};
    w->question = (struct question){
        .endpoint = &raw->endpoint,
        .stream = stream,
        .window = {INSTANT_NONE, now_us(), sweeps},
        .session = "",
    };
    w->page.json = raw->json;
    w->page.rows.arena = arena_new();
    w->easy = curl_easy_init();
    curl_easy_setopt(w->easy, CURLOPT_PRIVATE, w);
    curl_easy_setopt(w->easy, CURLOPT_WRITEFUNCTION, add_bytes);
    curl_easy_setopt(w->easy, CURLOPT_WRITEDATA, &w->body);
    curl_easy_setopt(w->easy, CURLOPT_HEADERFUNCTION, add_bytes);
    curl_easy_setopt(w->easy, CURLOPT_HEADERDATA, &w->head);
    curl_easy_setopt(w->easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(w->easy, CURLOPT_TCP_NODELAY, 1L);
    ask(w);
}

/* ---- answers ---- */

static void read_page(struct walk *w)
{
    static const char padding[PADDING];
    struct answer answer = {
        .status = 200, .headers = buf_str(&w->head), .length = w->body.length};

    buf_add(&w->body, padding, PADDING);
    answer.body = w->body.data;
    page_reset(&w->page);
    w->raw->platform->page(&w->question, &answer, &w->page);
    if (w->page.class != PAGE_GOOD)
        stack_fail("raw: %s", w->page.error);
}

static void store_page(struct walk *w)
{
    struct raw *raw = w->raw;
    char note[256] = "";
    int64_t now = now_us();
    struct rows_target target = {
        .store = raw->store,
        .key = {raw->asked->account, raw->asked->connection,
                w->question.stream},
        .location = raw->asked->platform,
        .now = now,
        .today = now / (86400 * SECOND),
        .whole = true,
    };

    if (store_begin(raw->store) < 0 ||
        (w->first && sweep_forget(raw->store, &target.key) < 0) ||
        rows_store(&target, &w->page.rows) < 0 ||
        (!w->page.next && w->question.window.sweep &&
         sweep(&target, note) < 0) ||
        store_commit(raw->store) < 0)
        stack_fail("raw: a page was not stored");
    w->first = false;
    raw->out->pages++;
    raw->out->rows += target.counts.rows;
}

static void close_walk(struct walk *w)
{
    curl_easy_cleanup(w->easy);
    curl_slist_free_all(w->headers);
    w->page.json = NULL;
    page_free(&w->page);
    buf_free(&w->body);
    buf_free(&w->head);
    buf_free(&w->sent);
    free(w->position);
    w->raw->open--;
}

static void take(struct raw *raw, const CURLMsg *message)
{
    struct walk *w;
    long status = 0;
    bool goes_on;

    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&w);
    curl_easy_getinfo(w->easy, CURLINFO_RESPONSE_CODE, &status);
    if (message->data.result != CURLE_OK || status != 200)
        stack_fail("raw: answer %ld, %s", status,
                   curl_easy_strerror(message->data.result));
    curl_multi_remove_handle(raw->multi, w->easy);
    read_page(w);
    goes_on = w->page.next;
    if (goes_on) {
        int running;
        free(w->position);
        w->position = xstrdup(w->page.next);
        ask(w);
        curl_multi_perform(raw->multi, &running); /* it travels meanwhile */
    }
    store_page(w);
    if (!goes_on)
        close_walk(w);
}

/* ---- processes ---- */

static void run(struct raw *raw)
{
    const struct platform *platform = raw->platform;
    CURLMsg *message;
    int left, running;

    raw->store = store_open(raw->asked->store_url);
    raw->json = json_new();
    raw->multi = curl_multi_init();
    if (!raw->store ||
        json_parse(raw->json, "{}", 2, &raw->endpoint.settings) < 0)
        stack_fail("raw: cannot start");
    raw->endpoint.settings = (struct json_value){0};
    for (size_t i = (size_t)raw->number; i < platform->streams_n;
         i += (size_t)raw->processes)
        open_walk(raw, platform->streams[i].stream,
                  platform->streams[i].sweeps);
    while (raw->open > 0) {
        curl_multi_perform(raw->multi, &running);
        while ((message = curl_multi_info_read(raw->multi, &left)))
            take(raw, message);
        if (raw->open > 0)
            curl_multi_poll(raw->multi, NULL, 0, 1000, NULL);
    }
    curl_multi_cleanup(raw->multi);
    json_free(raw->json);
    store_close(raw->store);
}

static void start(struct raw raw)
{
    const struct raw_question *question = raw.asked;

    raw.platform = platform_find(question->platform);
    raw.endpoint = (struct endpoint){
        .path = "", .user = question->user, .secret = question->secret};
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(&raw);
        fflush(NULL);
        _exit(0);
    }
}

static double children_cpu(void)
{
    struct rusage u;

    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

struct raw_answer raw_full(const struct raw_question *question, int processes)
{
    struct raw_answer *each, sum = {0};
    int64_t started = mono_us();
    double cpu = children_cpu();
    int status;

    each = mmap(NULL, PROCESSES_MAX * sizeof *each, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (each == MAP_FAILED)
        stack_fail("no memory");
    fflush(NULL);
    for (int i = 0; i < processes; i++)
        start((struct raw){.asked = question,
                           .number = i,
                           .processes = processes,
                           .out = &each[i]});
    for (int i = 0; i < processes; i++)
        if (wait(&status) < 0 || status != 0)
            stack_fail("raw: a process failed");
    sum.seconds = (double)(mono_us() - started) / 1e6;
    sum.cpu = children_cpu() - cpu;
    for (int i = 0; i < processes; i++) {
        sum.rows += each[i].rows;
        sum.pages += each[i].pages;
    }
    munmap(each, PROCESSES_MAX * sizeof *each);
    return sum;
}
