/* helper_recorded.h - asks a platform about answers kept in tests/data/.
 *
 *   struct recorded r;
 *   recorded_open(&r, &platform_x, STREAM_SALES, "{}");
 *   recorded_request(&r)             -> r.request, r.error
 *   recorded_page(&r, "x/y.json")    -> r.page
 *   recorded_close(&r);
 *
 * Change r.endpoint and r.question in between as you like.
 */
#ifndef HELPER_RECORDED_H
#define HELPER_RECORDED_H

#include "common/platform.h"

struct recorded {
    const struct platform *platform;
    struct endpoint endpoint;
    struct question question;
    struct request request;
    struct page page;
    char error[256];
    char session[SESSION_MAX];
    struct json *settings;
    char *position; /* of recorded_next() */
};

void recorded_open(struct recorded *r, const struct platform *platform,
                   enum stream stream, const char *settings);
void recorded_close(struct recorded *r);

int recorded_request(struct recorded *r);
int recorded_login_request(struct recorded *r);
/* The answer is a file of tests/data, or BODY itself. */
void recorded_page(struct recorded *r, const char *file);
void recorded_body(struct recorded *r, const char *body);
void recorded_refused(struct recorded *r, int status, const char *body);
void recorded_login(struct recorded *r, const char *headers, const char *body);
/* The next question is for the page behind; false if there is none. */
bool recorded_next(struct recorded *r);

#endif
