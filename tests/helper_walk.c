/* helper_walk.c - walks a platform's stream in process. See helper_walk.h. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/instant.h"
#include "tests/helper_walk.h"

void walk_request(const struct platform *platform,
                  const struct question *question, struct request *request)
{
    char error[256] = "";

    ck_assert_msg(platform->request(question, request, error) == 0,
                  "position %s: %s", question->position, error);
}

void walk_page(const struct platform *platform, const struct question *question,
               const char *headers, const char *body, struct page *page)
{
    /* Its own block of just that size: reading beyond it is seen. */
    size_t length = strlen(body);
    char *copy = xstrndup(body, length);
    struct answer answer = {
        .status = 200, .headers = headers, .body = copy, .length = length};

    page_reset(page);
    platform->page(question, &answer, page);
    free(copy);
}

static void ask(struct walk *w, const char *position, struct page *page)
{
    struct question question = {
        .endpoint = &w->endpoint,
        .stream = w->stream,
        .window = w->window,
        .position = position,
        .session = "",
    };
    struct buf headers = {0}, body = {0};
    struct request request = {0};

    walk_request(w->platform, &question, &request);
    w->serve(w->arg, &request, &headers, &body);
    walk_page(w->platform, &question, buf_str(&headers), buf_str(&body), page);
    request_free(&request);
    buf_free(&headers);
    buf_free(&body);
}

void walk_run(struct walk *w)
{
    int max = w->requests_max ? w->requests_max : 1000;
    char *position = xstrdup("");
    struct page page;

    page_init(&page);
    while (position) {
        ck_assert_msg(w->requests++ < max, "too many requests: %s", position);
        ask(w, position, &page);
        free(position);
        if (page.class == PAGE_RESTART) {
            w->restarts++;
            position = xstrdup("");
            continue;
        }
        ck_assert_msg(page.class == PAGE_GOOD, "%s", page.error);
        if (w->seen)
            w->seen(w->arg, &page);
        position = xstrdup(page.next);
    }
    page_free(&page);
}

struct json_value walk_settings(struct json *json, const char *text)
{
    struct json_value root;

    ck_assert_msg(json_parse(json, text, strlen(text), &root) == 0, "%s: %s",
                  text, json_error(json));
    return root;
}

int64_t at(const char *text)
{
    int64_t instant = 0;

    ck_assert_msg(instant_parse(text, &instant) == 0, "%s", text);
    return instant;
}
