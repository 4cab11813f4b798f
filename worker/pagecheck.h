/* pagecheck.h - does a page keep what its platform promises? Pure. */
#ifndef PAGECHECK_H
#define PAGECHECK_H

#include "common/platform.h"

struct pagecheck {   /* of one generation; zero-initialise */
    uint64_t last;   /* what the page before it held */
    int same;        /* how often that came in a row, beyond the first time */
    int64_t outside; /* rows so far whose stamp is not in the window */
};

/* Sets PAGE_BROKEN when all rows of a windowed page, if they are not just a few,
 * lie outside of WINDOW (the platform ignored the filter); when a page with
 * something on it comes a fourth time in a row (an endless listing; up to three
 * times it may be asked for by a platform that finds its page full of one
 * second); or when it names itself as its next one. POSITION is the page's own;
 * files are read in several pages from one ANSWER, so of a LOCAL platform the
 * same answer proves nothing. */
void pagecheck_page(struct pagecheck *check, const struct stream_facts *facts,
                    const struct window *window, struct page *page,
                    const char *position, const struct answer *answer,
                    bool local);

#endif
