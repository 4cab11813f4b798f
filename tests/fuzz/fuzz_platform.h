/* fuzz_platform.h - feeds bytes to a platform as position, headers and answer.
 *
 * Input: a byte that chooses (stream, sweep, first load, settings), a line with
 * the position, a line with a header, and the body. What must hold besides "no
 * crash": a good page's texts are all there, and its next position makes a
 * request. The page is read again as a login and as a refused answer.
 */
#ifndef FUZZ_PLATFORM_H
#define FUZZ_PLATFORM_H

#include <stdlib.h>
#include <string.h>

#include "common/instant.h"
#include "worker/platforms/list.h"

static size_t fuzz_lengths; /* so that no strlen() is left out */

static void fuzz_texts(const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!texts[i])
            abort();
        fuzz_lengths += strlen(texts[i]);
    }
}
#define FUZZ_TEXTS(...)                                                        \
    fuzz_texts((const char *const[]){__VA_ARGS__},                             \
               ARRAY_LEN(((const char *const[]){__VA_ARGS__})))

static void fuzz_ids(const struct id_row *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        FUZZ_TEXTS(ids[i].id);
}

static void fuzz_rows(const struct rows *rows)
{
    for (size_t i = 0; i < rows->variants_n; i++) {
        const struct variant_row *r = &rows->variants[i];
        FUZZ_TEXTS(r->id, r->product_id, r->sku, r->barcode, r->title,
                   r->vendor, r->category, r->currency);
    }
    for (size_t i = 0; i < rows->stock_n; i++)
        FUZZ_TEXTS(rows->stock[i].variant, rows->stock[i].location);
    for (size_t i = 0; i < rows->sales_n; i++) {
        const struct sale_row *r = &rows->sales[i];
        FUZZ_TEXTS(r->id, r->number, r->status, r->currency);
    }
    for (size_t i = 0; i < rows->sale_lines_n; i++) {
        const struct sale_line_row *r = &rows->sale_lines[i];
        FUZZ_TEXTS(r->sale, r->id, r->variant, r->location);
    }
    for (size_t i = 0; i < rows->stock_orders_n; i++) {
        const struct stock_order_row *r = &rows->stock_orders[i];
        FUZZ_TEXTS(r->id, r->number, r->status, r->supplier, r->currency);
    }
    for (size_t i = 0; i < rows->stock_order_lines_n; i++) {
        const struct stock_order_line_row *r = &rows->stock_order_lines[i];
        FUZZ_TEXTS(r->order, r->id, r->variant, r->from, r->to);
    }
    fuzz_ids(rows->ids, rows->ids_n);
    fuzz_ids(rows->whole, rows->whole_n);
    fuzz_ids(rows->gone, rows->gone_n);
    fuzz_ids(rows->whole_stock, rows->whole_stock_n);
}

static int fuzz_request(const struct platform *platform,
                        const struct question *question)
{
    struct request request = {0};
    char error[256] = "";
    int result = platform->request(question, &request, error);

    if (result == 0 && (!request.method || buf_str(&request.path)[0] != '/'))
        abort();
    if (result < 0 && !*error)
        abort();
    request_free(&request);
    return result;
}

/* The text up to the next line end at *AT, which it moves behind that. */
static char *fuzz_line(const char **at, const char *end)
{
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    char *line = xstrndup(*at, (size_t)((stop ? stop : end) - *at));

    *at = stop ? stop + 1 : end;
    return line;
}

static void fuzz_page(const struct platform *platform,
                      const struct question *question,
                      const struct answer *answer, struct page *page)
{
    struct question next = *question;

    platform->page(question, answer, page);
    if ((page->class == PAGE_GOOD) != (page->error[0] == '\0'))
        abort();
    if (page->class == PAGE_GOOD) {
        fuzz_rows(&page->rows);
        next.position = page->next;
        if (page->next && (strlen(page->next) >= POSITION_MAX ||
                           fuzz_request(platform, &next) < 0))
            abort();
    }
    if (platform->login) {
        char session[SESSION_MAX] = "";
        page_reset(page);
        platform->login(question, answer, session, page);
        if (strlen(session) >= SESSION_MAX)
            abort();
    }
    if (platform->refused) {
        struct answer refused = *answer;
        refused.status = 400 + (int)answer->length % 128;
        page_reset(page);
        platform->refused(question, &refused, page);
        if (page->class == PAGE_GOOD)
            abort();
    }
}

static int fuzz_platform(const struct platform *platform,
                         const char *const settings[2], const uint8_t *data,
                         size_t size)
{
    static struct json *json;
    static struct page page;
    struct endpoint endpoint = {.path = "/x", .user = "u", .secret = "s"};
    struct question question = {.endpoint = &endpoint, .session = "s"};
    const char *at = (const char *)data, *end = at + size;
    uint8_t choice = size ? *data : 0;
    struct answer answer = {.status = 200};
    char *position, *header, *body;

    if (!json) {
        json = json_new();
        page_init(&page);
    }
    if (json_parse(json, settings[choice >> 7], strlen(settings[choice >> 7]),
                   &endpoint.settings) < 0)
        abort();
    question.stream = (enum stream)((choice & 7) % STREAM_FETCHED);
    question.window.from =
        choice & 8 ? INSTANT_NONE : INT64_C(1795406400) * SECOND;
    question.window.to = INT64_C(1795410000) * SECOND;
    question.window.sweep = (choice & 16) != 0;
    at += size ? 1 : 0;
    question.position = position = fuzz_line(&at, end);
    answer.headers = header = fuzz_line(&at, end);
    answer.length = (size_t)(end - at);
    answer.body = body = xmalloc(answer.length); /* no byte more */
    memcpy(body, at, answer.length);
    page_reset(&page);
    if (fuzz_request(platform, &question) == 0)
        fuzz_page(platform, &question, &answer, &page);
    else if (!*position && platform_stream(platform, question.stream))
        abort();
    free(position);
    free(header);
    free(body);
    return 0;
}

#endif
