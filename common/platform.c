/* platform.c - helpers that platforms share. See platform.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/arena.h"
#include "common/instant.h"
#include "common/platform.h"

enum { QUOTED = 120 }; /* bytes of a platform's message that we repeat */

void page_init(struct page *page)
{
    *page = (struct page){.json = json_new()};
    page->rows.arena = arena_new();
}

void page_reset(struct page *page)
{
    page->class = PAGE_GOOD;
    page->error[0] = '\0';
    page->wait = 0;
    page->next = NULL;
    rows_reset(&page->rows);
}

void page_free(struct page *page)
{
    json_free(page->json);
    arena_free(page->rows.arena);
    *page = (struct page){0};
}

void request_free(struct request *request)
{
    buf_wipe(&request->path);
    buf_wipe(&request->headers);
    buf_wipe(&request->body);
}

void page_fail(struct page *page, enum page_class class, const char *format,
               ...)
{
    va_list args;

    page->class = class;
    va_start(args, format);
    vsnprintf(page->error, sizeof page->error, format, args);
    va_end(args);
    if (!page->error[0]) /* what a platform says may be nothing */
        snprintf(page->error, sizeof page->error, "an error without a text");
}

bool answer_header(const struct answer *answer, const char *name, char *out,
                   size_t size)
{
    const char *line = answer->headers ? answer->headers : "";
    size_t length = strlen(name);

    while (*line) {
        size_t width = strcspn(line, "\r\n");
        if (width > length && strncasecmp(line, name, length) == 0 &&
            line[length] == ':') {
            const char *value = line + length + 1;
            value += strspn(value, " \t");
            snprintf(out, size, "%.*s", (int)(line + width - value), value);
            return true;
        }
        line += width;
        line += strspn(line, "\r\n");
    }
    return false;
}

static bool looks_like_html(const struct answer *answer)
{
    size_t i = 0;

    while (i < answer->length && strchr(" \t\r\n", answer->body[i]))
        i++;
    return i < answer->length && answer->body[i] == '<';
}

struct json_value page_json(const struct answer *answer, struct page *page)
{
    struct json_value root;

    if (json_parse(page->json, answer->body, answer->length, &root) == 0)
        return root;
    if (looks_like_html(answer))
        page_fail(page, PAGE_BROKEN, "answered HTML instead of JSON");
    else
        page_fail(page, PAGE_BROKEN, "answered broken JSON: %s",
                  json_error(page->json));
    return root;
}

/* Where platforms put the text of an error. */
static const char *message_of(struct json_value root)
{
    static const char *const paths[] = {"message", "error.message",
                                        "error",   "errors.message",
                                        "detail",  "title"};

    if (json_type(root) == JSON_ARRAY)
        root = json_at(root, 0);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        const char *text = json_str(json_path(root, paths[i]));
        if (text && *text)
            return text;
    }
    return NULL;
}

static void wait_of(const struct answer *answer, struct page *page)
{
    char text[64];
    int64_t at, now = now_us();
    char *end;
    double seconds;

    if (!answer_header(answer, "Retry-After", text, sizeof text))
        return;
    seconds = strtod(text, &end);
    if (end != text && *end == '\0' && seconds > 0)
        page->wait = seconds < 1e9 ? (int64_t)(seconds * 1e6) : 1000 * SECOND;
    else if (instant_parse_http(text, &at) == 0 && at > now)
        page->wait = at - now;
}

static enum page_class class_of(const struct platform *platform, int status)
{
    static const int passing[] = {408, 425, 500, 502, 503, 504};

    if (status == 429)
        return PAGE_THROTTLED;
    if (status == 401 && platform->login)
        return PAGE_LOGIN;
    for (size_t i = 0; i < ARRAY_LEN(passing); i++)
        if (status == passing[i])
            return PAGE_RETRY;
    return status >= 520 && status <= 527 ? PAGE_RETRY : PAGE_REFUSED;
}

void page_of_status(const struct platform *platform,
                    const struct answer *answer, struct page *page)
{
    struct json_value root;
    const char *message = NULL;
    char target[QUOTED];

    if (json_parse(page->json, answer->body, answer->length, &root) == 0)
        message = message_of(root);
    if (answer->status / 100 == 3 &&
        answer_header(answer, "Location", target, sizeof target))
        page_fail(page, PAGE_REFUSED,
                  "status %d redirects to %s; not followed: set the "
                  "connection's url to the final address",
                  answer->status, target);
    else
        page_fail(page, class_of(platform, answer->status), "status %d%s%.*s",
                  answer->status, message ? ": " : "", QUOTED,
                  message ? message : "");
    wait_of(answer, page);
}

const char *page_text(struct page *page, struct json_value v)
{
    const char *text = json_str(v);

    return text ? arena_text(page->rows.arena, text, strlen(text)) : "";
}

const char *page_id(struct page *page, struct json_value v)
{
    int64_t number;

    if (json_int(v, &number) == 0)
        return arena_printf(page->rows.arena, "%lld", (long long)number);
    return page_text(page, v);
}
