/* commit.c - a page that is not the last: rows and progress are one
 * transaction, so each page takes effect exactly once. After it: finish.c. */
#include <stdlib.h>

#include "common/protocol.h"

int stream_page(struct store *store, struct claim *claim, const char *position,
                const struct window *window, const struct counts *counts,
                int64_t lease_until)
{
    int64_t changed = store_exec(
        store,
        "UPDATE stream SET page = page + 1, position = ?7, window_from = ?8, "
        "window_to = ?9, lease_until = ?10, beat = beat + 1, tries = 1, "
        "crashes = 0, rows = rows + ?11, added = added + ?12, "
        "changed = changed + ?13, removed = removed + ?14, last_error = NULL "
        "WHERE account = ?1 AND connection = ?2 AND name = ?3 "
        "AND fence = ?4 AND claim_id = ?5 AND page = ?6",
        WITH(INT(claim->key.account), INT(claim->key.connection),
             INT(claim->key.stream), INT(claim->fence), TEXT(claim->id),
             INT(claim->page), TEXT(position), MAYBE(window->from),
             MAYBE(window->to), INT(lease_until), INT(counts->rows),
             INT(counts->added), INT(counts->changed), INT(counts->removed)));

    if (changed != 1)
        return (int)changed;
    free(claim->position);
    claim->position = xstrdup(position);
    claim->page++;
    claim->window = *window;
    claim->windowed = true;
    claim->tries = 1;
    claim->crashes = 0;
    return 1;
}
