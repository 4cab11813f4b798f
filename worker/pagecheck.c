/* pagecheck.c - does a page keep what its platform promises? See pagecheck.h.
 *
 * A page may hold a row or two from outside the window: it changed since the
 * window was fixed, or the platform rounds. Not all of a page that has more than
 * a few: a filter that is ignored brings everything.
 */
#include <string.h>

#include "common/instant.h"
#include "worker/pagecheck.h"

enum {
    SAME_MAX = 2, /* of an answer, beyond the first time */
    FEW = 5       /* rows of a page that may all be strays */
};
#define SLACK (2 * SECOND) /* stamps and filters of whole seconds */

static bool outside(const struct window *w, int64_t stamp)
{
    if (stamp == INSTANT_NONE)
        return false;
    return stamp > w->to + SLACK ||
           (w->from != INSTANT_NONE && stamp < w->from - SLACK);
}

/* How many rows have stamps, and how many of these lie outside. */
static void count_outside(const struct window *w, const struct rows *rows,
                          int64_t *stamped, int64_t *out)
{
    for (size_t i = 0; i < rows->variants_n; i++) {
        *stamped += rows->variants[i].updated_at != INSTANT_NONE;
        *out += outside(w, rows->variants[i].updated_at);
    }
    for (size_t i = 0; i < rows->sales_n; i++) {
        *stamped += rows->sales[i].updated_at != INSTANT_NONE;
        *out += outside(w, rows->sales[i].updated_at);
    }
    for (size_t i = 0; i < rows->stock_orders_n; i++) {
        *stamped += rows->stock_orders[i].updated_at != INSTANT_NONE;
        *out += outside(w, rows->stock_orders[i].updated_at);
    }
}

/* The bytes of an answer as one number, eight at a time: a page of 300 kB must
 * not cost as much as its parsing. */
static uint64_t number_of(const struct answer *answer)
{
    uint64_t h = answer->length, word;
    size_t i = 0;

    for (; i + sizeof word <= answer->length; i += sizeof word) {
        memcpy(&word, answer->body + i, sizeof word);
        h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    word = 0;
    memcpy(&word, answer->body + i, answer->length - i);
    return (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
}

void pagecheck_page(struct pagecheck *check, const struct stream_facts *facts,
                    const struct window *window, struct page *page,
                    const char *position, const struct answer *answer,
                    bool local)
{
    const struct rows *rows = &page->rows;
    uint64_t held = local ? 0 : number_of(answer);
    int64_t stamped = 0, out = 0;

    if (facts->windowed && facts->stamped) {
        count_outside(window, rows, &stamped, &out);
        check->outside += out;
        if (stamped >= FEW && out == stamped) {
            page_fail(page, PAGE_BROKEN,
                      "ignored the time filter: all %lld rows of a page lie "
                      "outside of the window",
                      (long long)out);
            return;
        }
    }
    if (page->next && strcmp(page->next, position) == 0) {
        page_fail(page, PAGE_BROKEN, "a page names itself as the next one");
        return;
    }
    check->same = held != 0 && held == check->last ? check->same + 1 : 0;
    if (page->next && check->same > SAME_MAX &&
        rows_count(rows) + rows->ids_n > 0) {
        page_fail(page, PAGE_BROKEN, "sent the same page again");
        return;
    }
    check->last = held;
}
