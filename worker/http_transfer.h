/* http_transfer.h - one transfer: what libcurl is told, what comes back.
 *
 * Private to http.c, which keeps transfers on the loop, http_transfer.c, which
 * knows the options and limits, and http_error.c, which has the words. A
 * transfer is reused: prepare, let libcurl run EASY, read the result, forget.
 */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include <curl/curl.h>
#include <ev.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "worker/http.h"

enum transfer_state {
    TRANSFER_IDLE,    /* in the pool */
    TRANSFER_RUNNING, /* libcurl has it */
    TRANSFER_REFUSED, /* libcurl never gets it; SOON tells */
    TRANSFER_TELLING, /* inside DONE */
};

struct http_transfer {
    /* http.c */
    struct http *http;
    LIST_ENTRY(http_transfer) link;
    enum transfer_state state;
    ev_timer soon;
    http_done *done;
    void *arg;

    /* http_transfer.c */
    CURL *easy;
    CURLU *url;
    const struct http_limits *limits;
    struct curl_slist *lines; /* request headers */
    struct buf request;       /* request body */
    struct buf headers;       /* of the answer */
    struct buf body;
    size_t header_bytes; /* all that came, also what HEADERS left out */
    bool headers_whole;  /* the empty line behind them came */
    bool private_allowed;
    unsigned opened, kept_out; /* addresses that were tried, and were not */
    const char *too_large;     /* what went over its limit, else NULL */
    char where[280];           /* "shop.example:443" */
    char
        detail[CURL_ERROR_SIZE]; /* libcurl's words; not all are ours to show */
    char error[CURL_ERROR_SIZE + 300];
};

/* Once in a process, before the first transfer. */
void transfer_library(void);

/* LIMITS are borrowed for life. */
struct http_transfer *transfer_new(const struct http_limits *limits);
void transfer_free(struct http_transfer *t);

/* -1: the call makes no sense or is not safe; ERROR says why. */
must_check int transfer_prepare(struct http_transfer *t,
                                const struct http_call *call);
/* What http_start() tells when transfer_prepare() refused. */
struct http_result transfer_refusal(const struct http_transfer *t);
/* Valid until transfer_forget(). */
struct http_result transfer_result(struct http_transfer *t, CURLcode code);
/* Was every address refused? */
static inline bool transfer_kept_out(const struct http_transfer *t)
{
    return t->kept_out > 0 && t->opened == 0;
}
/* Wipes the request, drops the answer; keeps memory worth keeping. */
void transfer_forget(struct http_transfer *t);

/* http_error.c */

/* Writes ERROR; always -1. */
int transfer_fail(struct http_transfer *t, const char *format, ...)
    printf_like(2, 3);
/* Writes into ERROR why there is no answer. */
void transfer_explain(struct http_transfer *t, CURLcode code);

#endif
