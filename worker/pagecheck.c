/* pagecheck.c - does a page keep what its platform promises? See pagecheck.h.
 *
 * A page may hold a row or two from outside the window: it changed since the
 * window was fixed, or the platform rounds. Not all of them.
 */
#include <string.h>

#include "worker/pagecheck.h"
#include "worker/rows_store.h"

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

/* What the page holds, as one number. */
static uint64_t content(const struct rows *rows)
{
    uint64_t h = HASH_START;

    for (size_t i = 0; i < rows->variants_n; i++)
        h = hash_int(hash_text(h, rows->variants[i].id),
                     rows->variants[i].updated_at);
    for (size_t i = 0; i < rows->stock_n; i++)
        h = hash_text(hash_text(h, rows->stock[i].variant),
                      rows->stock[i].location);
    for (size_t i = 0; i < rows->sales_n; i++)
        h = hash_int(hash_text(h, rows->sales[i].id),
                     rows->sales[i].updated_at);
    for (size_t i = 0; i < rows->sale_lines_n; i++)
        h = hash_text(h, rows->sale_lines[i].id);
    for (size_t i = 0; i < rows->stock_orders_n; i++)
        h = hash_text(h, rows->stock_orders[i].id);
    for (size_t i = 0; i < rows->stock_order_lines_n; i++)
        h = hash_text(h, rows->stock_order_lines[i].id);
    for (size_t i = 0; i < rows->ids_n; i++)
        h = hash_text(h, rows->ids[i].id);
    return h;
}

void pagecheck_page(struct pagecheck *check, const struct stream_facts *facts,
                    const struct window *window, struct page *page,
                    const char *position)
{
    const struct rows *rows = &page->rows;
    uint64_t held = content(rows);
    int64_t stamped = 0, out = 0;

    if (facts->windowed && facts->stamped) {
        count_outside(window, rows, &stamped, &out);
        check->outside += out;
        if (stamped > 0 && out == stamped) {
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
    if (page->next && held == check->last && held != HASH_START) {
        page_fail(page, PAGE_BROKEN, "sent the same page again");
        return;
    }
    check->last = held;
}
