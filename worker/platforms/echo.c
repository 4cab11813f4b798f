/* echo.c - a platform that has nothing: it answers at once, in process.
 *
 * For tests and measurements of everything around the fetching: its streams go
 * through requests, claims, commits and processing without a network. Being
 * local, its requests are answered by the loop; page() does not look at them.
 */
#include "worker/platforms/list.h"

static int echo_request(const struct question *question,
                        struct request *request, char *error)
{
    (void)question;
    (void)error;
    request->method = "GET";
    buf_text(&request->path, "/");
    return 0;
}

static void echo_page(const struct question *question,
                      const struct answer *answer, struct page *page)
{
    (void)question;
    (void)answer;
    (void)page; /* is empty and good, and has no next */
}

static const struct stream_facts streams[] = {
    {.stream = STREAM_VARIANTS, .windowed = true},
    {.stream = STREAM_STOCK, .windowed = true},
    {.stream = STREAM_SALES, .windowed = true},
    {.stream = STREAM_PURCHASE_ORDERS, .windowed = true},
    {.stream = STREAM_TRANSFER_ORDERS, .windowed = true},
    {.stream = STREAM_ASSEMBLY_ORDERS, .windowed = true},
};

const struct platform platform_echo = {
    .name = "echo",
    .title = "Echo (for tests)",
    .needs = "nothing: it answers at once and has no rows",
    .is_local = true,
    .no_url = true,
    .streams = streams,
    .streams_n = ARRAY_LEN(streams),
    .request = echo_request,
    .page = echo_page,
};
