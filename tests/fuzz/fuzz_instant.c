/* fuzz_instant.c - any text as an instant, a date of HTTP, an amount, an
 * address of Redis. What was read is written and read again. */
#include <stdlib.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "common/redis_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void instants(const char *text)
{
    char out[INSTANT_TEXT];
    int64_t at, again;

    if (instant_parse(text, &at) == 0 || instant_parse_http(text, &at) == 0) {
        struct civil c;
        instant_to_civil(at, &c);
        if (instant_from_civil(&c) != at)
            abort();
        /* an offset may lead beyond the years that have four digits */
        if (c.year >= 1 && c.year <= 9999 &&
            (instant_parse(instant_text(at, out), &again) < 0 || again != at))
            abort();
    }
}

static void amounts(const char *text)
{
    char out[FIXED_TEXT];
    int64_t amount, again;

    if (fixed_parse(text, &amount) == 0 &&
        (fixed_parse(fixed_text(amount, out), &again) < 0 || again != amount))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size), error[256];
    struct redis_url url;

    instants(text);
    amounts(text);
    if (redis_url_parse(text, &url, error) == 0) {
        if (!url.path == !url.host || url.port < 0 || url.port > 65535)
            abort();
        redis_url_free(&url);
    }
    free(text);
    return 0;
}
