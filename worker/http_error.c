/* http_error.c - why there is no answer, in words for people.
 * Before it: http_transfer.c.
 *
 * No URL is quoted (its query may hold a key), no header, no body. libcurl's
 * own words are used only about TLS, where they name the certificate's trouble.
 */
#include <stdio.h>
#include <string.h>

#include "worker/http_transfer.h"

int transfer_fail(struct http_transfer *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(t->error, sizeof t->error, format, args);
    va_end(args);
    return -1;
}

static void explain_size(struct http_transfer *t)
{
    bool headers = strcmp(t->too_large, "headers") == 0;
    size_t limit = headers ? t->limits->headers : t->limits->body;
    const char *unit = "bytes";

    if (limit >= 1024 * 1024 && limit % (1024 * 1024) == 0) {
        limit /= 1024 * 1024;
        unit = "MiB";
    } else if (limit >= 1024 && limit % 1024 == 0) {
        limit /= 1024;
        unit = "KiB";
    }
    transfer_fail(t, "ask %s: %s larger than %zu %s", t->where, t->too_large,
                  limit, unit);
}

static void explain_time(struct http_transfer *t)
{
    const struct http_limits *l = t->limits;
    double connect = l->connect < l->total ? l->connect : l->total;
    curl_off_t found = 0, ready = 0, spent = 0;

    curl_easy_getinfo(t->easy, CURLINFO_NAMELOOKUP_TIME_T, &found);
    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &spent);
    if (ready == 0)
        transfer_fail(t, "%s %s: timed out after %g s",
                      found == 0 ? "look up" : "connect to", t->where, connect);
    else if ((double)spent >= 0.99 * l->total * (double)SECOND)
        transfer_fail(t, "ask %s: no whole answer after %g s", t->where,
                      l->total);
    else
        transfer_fail(t, "ask %s: less than %ld bytes a second for %g s",
                      t->where, l->slow_bytes, l->slow);
}

static void explain_connect(struct http_transfer *t)
{
    long number = 0;

    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
    transfer_fail(t, "connect to %s: %s", t->where,
                  number ? strerror((int)number) : "no connection");
}

static const struct {
    CURLcode code;
    const char *words; /* behind "ask <where>: " */
} plain[] = {
    {CURLE_OK, "no status in the answer"},
    {CURLE_GOT_NOTHING, "connection closed without an answer"},
    {CURLE_PARTIAL_FILE, "connection cut in the middle"},
    {CURLE_RECV_ERROR, "connection cut in the middle"},
    {CURLE_SEND_ERROR, "connection cut in the middle"},
    {CURLE_BAD_CONTENT_ENCODING, "the compressed answer is broken"},
    {CURLE_WEIRD_SERVER_REPLY, "the answer is not HTTP"},
    {CURLE_UNSUPPORTED_PROTOCOL, "the answer is not HTTP"},
};

static void explain_plain(struct http_transfer *t, CURLcode code)
{
    const char *words = curl_easy_strerror(code);

    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        if (plain[i].code == code)
            words = plain[i].words;
    transfer_fail(t, "ask %s: %s", t->where, words);
}

void transfer_explain(struct http_transfer *t, CURLcode code)
{
    if (t->too_large) {
        explain_size(t);
        return;
    }
    if (transfer_kept_out(t)) {
        transfer_fail(t,
                      "connect to %s: not a public address, and others are "
                      "not allowed here",
                      t->where);
        return;
    }
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        transfer_fail(t, "look up %s: no such name, or no name server",
                      t->where);
        break;
    case CURLE_COULDNT_CONNECT:
        explain_connect(t);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        explain_time(t);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        transfer_fail(t, "connect to %s: %s", t->where,
                      t->detail[0] ? t->detail : curl_easy_strerror(code));
        break;
    default:
        explain_plain(t, code);
    }
}
