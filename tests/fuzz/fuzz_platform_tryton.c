/* fuzz_platform_tryton.c - any bytes as a position and an answer of Tryton.
 * The first byte says which stream and window, a line is the position, the rest
 * the answer; what it gives as the next position is asked for, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/instant.h"
#include "worker/platforms/list.h"

enum { DELTA = 16, SWEEP = 32, ROUNDS = 3 };

static const struct platform *const platform = &platform_tryton;
static struct page page;
static struct json *json;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    page_init(&page);
    json = json_new();
    return 0;
}

/* Asks for the page at Q's position; its next position, or NULL. */
static char *one_page(const struct question *q, const struct answer *answer)
{
    struct request request = {0};
    char error[256], *next = NULL;
    bool makes_sense = platform->request(q, &request, error) == 0;

    request_free(&request);
    page_reset(&page);
    platform->page(q, answer, &page);
    if (page.class != PAGE_GOOD && !page.error[0])
        abort();
    if (page.class == PAGE_GOOD && !makes_sense)
        abort();
    if (page.class == PAGE_GOOD && page.next)
        next = xstrdup(page.next);
    return next;
}

static void other_answers(const struct question *q, struct answer answer)
{
    char session[SESSION_MAX] = "";

    page_reset(&page);
    platform->login(q, &answer, session, &page);
    answer.status = 400;
    page_reset(&page);
    if (platform->refused)
        platform->refused(q, &answer, &page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct endpoint endpoint = {"", "u", "s", {0}};
    struct question q = {&endpoint, 0, {INSTANT_NONE, 0, false}, "", "s"};
    char *text, *position, *body;
    struct answer answer = {200, "", "", 0};

    if (size < 2 || json_parse(json, "{}", 2, &endpoint.settings) < 0)
        return 0;
    q.stream = data[0] % DELTA % STREAM_FETCHED;
    q.window.from = data[0] & DELTA ? 1000 * SECOND : INSTANT_NONE;
    q.window.to = 2000 * SECOND;
    q.window.sweep = data[0] & SWEEP;
    text = xstrndup((const char *)data + 1, size - 1);
    body = strchr(text, '\n');
    if (body) {
        *body++ = '\0';
        position = xstrdup(text);
        answer.body = body;
        answer.length = strlen(body);
        other_answers(&q, answer);
        for (int i = 0; i < ROUNDS && position; i++) {
            char *next;
            q.position = position;
            next = one_page(&q, &answer);
            free(position);
            position = next;
        }
        free(position);
    }
    free(text);
    return 0;
}
