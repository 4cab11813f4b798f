/* helper_recorded.c - asks a platform about recorded answers. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/instant.h"
#include "tests/helper_recorded.h"

void recorded_open(struct recorded *r, const struct platform *platform,
                   enum stream stream, const char *settings)
{
    *r = (struct recorded){.platform = platform, .settings = json_new()};
    r->endpoint = (struct endpoint){.path = "", .user = "me", .secret = "s3"};
    ck_assert_int_eq(json_parse(r->settings, settings, strlen(settings),
                                &r->endpoint.settings),
                     0);
    r->question = (struct question){
        .endpoint = &r->endpoint,
        .stream = stream,
        .window = {.from = INSTANT_NONE,
                   .to = INT64_C(1795420800) * SECOND}, /* 2026-11-23 08:00 */
        .position = "",
        .session = r->session,
    };
    page_init(&r->page);
}

void recorded_close(struct recorded *r)
{
    request_free(&r->request);
    page_free(&r->page);
    json_free(r->settings);
    free(r->position);
}

int recorded_request(struct recorded *r)
{
    request_free(&r->request);
    r->request = (struct request){0};
    r->error[0] = '\0';
    return r->platform->request(&r->question, &r->request, r->error);
}

int recorded_login_request(struct recorded *r)
{
    request_free(&r->request);
    r->request = (struct request){0};
    return r->platform->login_request(&r->question, &r->request, r->error);
}

static struct answer answer_of(int status, const char *headers,
                               const char *body)
{
    return (struct answer){status, headers, body, strlen(body)};
}

void recorded_body(struct recorded *r, const char *body)
{
    struct answer answer = answer_of(200, "", body);

    page_reset(&r->page);
    r->platform->page(&r->question, &answer, &r->page);
}

void recorded_page(struct recorded *r, const char *file)
{
    char *path = xasprintf("tests/data/%s", file);
    FILE *f = fopen(path, "r");
    char *body = xcalloc(1, 1 << 20);

    ck_assert_msg(f != NULL, "%s: not there; run from the top folder", path);
    ck_assert(fread(body, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    recorded_body(r, body);
    ck_assert_msg(r->page.class == PAGE_GOOD, "%s: %s", path, r->page.error);
    free(body);
    free(path);
}

void recorded_refused(struct recorded *r, int status, const char *body)
{
    struct answer answer = answer_of(status, "", body);

    page_reset(&r->page);
    if (r->platform->refused)
        r->platform->refused(&r->question, &answer, &r->page);
    else
        page_of_status(r->platform, &answer, &r->page);
}

void recorded_login(struct recorded *r, const char *headers, const char *body)
{
    struct answer answer = answer_of(200, headers, body);

    page_reset(&r->page);
    r->platform->login(&r->question, &answer, r->session, &r->page);
}

bool recorded_next(struct recorded *r)
{
    if (!r->page.next)
        return false;
    free(r->position);
    r->position = xstrdup(r->page.next);
    r->question.position = r->position;
    return true;
}
