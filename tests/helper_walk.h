/* helper_walk.h - walks a platform's stream as the fetch loop does, against a
 * server that is a function: request() -> serve() -> page(), until no next.
 *
 *   struct walk w = {.platform = &platform_odoo, .stream = STREAM_STOCK, ...};
 *   walk_run(&w);      fails the test on an error or when it does not end
 */
#ifndef HELPER_WALK_H
#define HELPER_WALK_H

#include "common/platform.h"

struct walk {
    const struct platform *platform;
    struct endpoint endpoint;
    enum stream stream;
    struct window window;
    int requests_max; /* more fail the test; 0: 1,000 */
    /* Writes the answer to REQUEST. */
    void (*serve)(void *arg, const struct request *request, struct buf *headers,
                  struct buf *body);
    /* Sees each page before the next request; may be NULL. */
    void (*seen)(void *arg, const struct page *page);
    void *arg;
    int requests; /* out: how many were made */
    int restarts; /* out: how many pages were PAGE_RESTART */
};

void walk_run(struct walk *w);

/* One question and its page, for tables. The page is page_init()ed by
 * the caller, and reset here. */
void walk_page(const struct platform *platform, const struct question *question,
               const char *headers, const char *body, struct page *page);
/* The request of QUESTION, which must make sense. */
void walk_request(const struct platform *platform,
                  const struct question *question, struct request *request);
/* The settings object of a JSON text, parsed by JSON. */
struct json_value walk_settings(struct json *json, const char *text);
/* An instant from its text. */
int64_t at(const char *text);

#endif
