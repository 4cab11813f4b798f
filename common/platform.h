/* platform.h - what a platform is: two pure functions and a table, no I/O.
 *
 *   request(question) -> method, path, headers, body
 *   page(question, answer) -> rows, next position, throttle hint, error class
 *
 * The shared fetch loop (worker/fetch.c) does everything else: it sends, waits,
 * retries, throttles, checks the window, commits the page. So each platform can
 * be tested and fuzzed from bytes alone. Platforms live in worker/platforms/,
 * one file each; adding one is one new file and one line in its list.c.
 *
 * How a stream is read (the law of incremental reading):
 *   - the loop fixes a closed WINDOW of update times before the first page and
 *     stores the next cursor only when the window is drained;
 *   - POSITION is the platform's own short text: "" for the first page, then
 *     what the page before gave as next. It is stored with each page, so a
 *     generation goes on after a crash; it must not hold a secret;
 *   - pages must not drift: order by id inside the window where that exists;
 *   - when window.sweep is set, the platform lists after the window's rows all
 *     ids that exist (rows_id), and the loop removes what is stored but was
 *     not named (guarded).
 * When a session is needed (login below), the loop asks request() for the
 * login first, hands the answer to login(), and gives the session to later
 * questions; PAGE_LOGIN makes it log in again, once.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "common/buf.h"
#include "common/json.h"
#include "common/rows.h"
#include "common/stream.h"

enum {
    POSITION_MAX = 256 * 1024, /* bytes of a position */
    SESSION_MAX = 4096,        /* bytes of a session */
};

/* A closed interval of update times, us UTC. */
struct window {
    int64_t from; /* INSTANT_NONE: since ever */
    int64_t to;
    bool sweep; /* list all existing ids at the end */
};

/* What a platform may know of its connection. All borrowed, never NULL. */
struct endpoint {
    const char *path;   /* of the base URL, no trailing slash: "", "/shop" */
    const char *user;   /* user name or public key; "" if none */
    const char *secret; /* password, token; "" if none. Never log or copy it
                           anywhere but into the request */
    struct json_value settings; /* the connection's JSON object */
};

struct question {
    const struct endpoint *endpoint;
    enum stream stream;
    struct window window;
    const char *position;
    const char *session; /* "" before login, or where none is needed */
};

/* A request as platform functions write it. PATH begins with '/', is put
 * behind the connection's origin and includes endpoint.path; HEADERS are lines
 * "Name: value\n". Zero-initialise, fill, request_free(). */
struct request {
    const char *method; /* "GET", "POST"; a literal */
    struct buf path;
    struct buf headers;
    struct buf body; /* only with POST */
};

/* What came back, with status 200..299 unless noted. Borrowed. */
struct answer {
    int status;
    const char *headers; /* raw lines "Name: value\r\n" */
    const char *body;
    size_t length;
};

enum page_class {
    PAGE_GOOD,
    PAGE_RETRY,     /* their trouble, may pass: try again later */
    PAGE_THROTTLED, /* too fast: wait, costs no try */
    PAGE_LOGIN,     /* the session is not valid (any more) */
    PAGE_REFUSED,   /* will not pass by waiting: credentials, rights, a bug */
    PAGE_BROKEN,    /* not what the platform promises: truncated, HTML, ... */
    PAGE_RESTART,   /* the position is not valid any more: from "" again, in
                       the same window */
};

struct page {
    enum page_class class;
    char error[256];   /* why, for people; "" when good. No secrets */
    int64_t wait;      /* us the platform asks us to wait before the next
                           request, 0 if it does not say */
    struct rows rows;  /* rows.arena also owns NEXT */
    const char *next;  /* position of the next page; NULL: window drained */
    struct json *json; /* a parser to use: page() borrows it */
};

/* How the loop treats one stream of a platform. */
struct stream_facts {
    enum stream stream;
    bool windowed; /* asks only for what changed in the window; otherwise
                         every generation reads all and compares */
    bool stamped;  /* each row's own updated_at lies in the window: a page on
                      which none does shows a filter that was ignored */
    bool sweeps;   /* can list all existing ids (window.sweep) */
    int lookback;  /* seconds before the cursor where a window starts: rows
                         may commit late or share a stamp */
    int lag;       /* seconds before the window's end where the cursor is
                         put: the newest seconds may still be incomplete */
};

struct platform {
    const char *name;  /* "woocommerce" */
    const char *title; /* "WooCommerce REST v3" */
    const char *needs; /* what to give: one line for `connection add --help` */
    bool needs_user, needs_secret;
    bool is_local; /* may read a folder (csv): answers come from files */
    bool no_url;   /* is nowhere: answers without being asked (echo) */
    int rate; /* requests per minute that the platform allows; 0: unknown */
    const struct stream_facts *streams;
    size_t streams_n;

    /* Writes the request for QUESTION. -1: the question makes no sense (a
     * broken position or setting), with the reason in ERROR (256 bytes). */
    int (*request)(const struct question *question, struct request *request,
                   char *error);
    /* Reads ANSWER into PAGE, whose rows are empty and whose class is
     * PAGE_GOOD. Statuses other than 2xx reach it only through refused(). */
    void (*page)(const struct question *question, const struct answer *answer,
                 struct page *page);

    /* Optional. The class of an answer whose status is not 2xx; may set error
     * and wait. NULL: page_of_status() decides. */
    void (*refused)(const struct question *question,
                    const struct answer *answer, struct page *page);
    /* Optional pair for platforms with sessions. login_request() writes the
     * login, or leaves the method NULL where this connection needs none (an
     * API key): then the session stays "". login() reads its answer into
     * SESSION (SESSION_MAX bytes); a class other than PAGE_GOOD says why it
     * did not. */
    int (*login_request)(const struct question *question,
                         struct request *request, char *error);
    void (*login)(const struct question *question, const struct answer *answer,
                  char *session, struct page *page);
    /* Optional: checks the connection's settings (an object) when they are
     * given by the user; -1 with the reason in ERROR. */
    int (*check)(const struct endpoint *endpoint, char *error);
};

/* worker/platforms/list.c */
const struct platform *platform_find(const char *name); /* NULL: unknown */
const struct platform *platform_at(size_t i);           /* NULL: no more */
const struct stream_facts *platform_stream(const struct platform *platform,
                                           enum stream stream);

/* Helpers for platforms: common/platform.c */

/* The class of a status, by the rule all platforms share: 429 throttled; 401
 * login if the platform has sessions, else refused; 408 425 500 502 503 504
 * 520-527 retry; 3xx refused, naming the target; other 4xx refused. Retry-After
 * (seconds or a date) becomes WAIT. The error quotes a message of the body. */
void page_of_status(const struct platform *platform,
                    const struct answer *answer, struct page *page);
/* Parses the body: root, or an absent value with the page set PAGE_BROKEN
 * (not JSON, too deep, ...; HTML is named as such). */
struct json_value page_json(const struct answer *answer, struct page *page);
/* Sets class and error. */
void page_fail(struct page *page, enum page_class class, const char *format,
               ...) printf_like(3, 4);
/* The value of the first header NAME, cut to SIZE; false if there is none. */
bool answer_header(const struct answer *answer, const char *name, char *out,
                   size_t size);
/* A value as an id: a string as it is, an integer in decimal, else "". The
 * text is the arena's or the parser's copy made into the arena. */
const char *page_id(struct page *page, struct json_value v);
/* A string copied into the page's arena; "" if it is none. */
const char *page_text(struct page *page, struct json_value v);
void page_init(struct page *page);
void page_reset(struct page *page); /* ready for the next answer */
void page_free(struct page *page);
void request_free(struct request *request); /* wipes: it held a secret */

#endif
