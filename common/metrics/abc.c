/* abc.c - which items matter most, and which are steady. See abc.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/metrics/abc.h"
#include "common/metrics/series.h"

__extension__ typedef __int128 wide; /* sums of int64 cannot overflow it */

enum { A_PERCENT = 80, B_PERCENT = 95 };

static int by_revenue(const void *a, const void *b)
{
    const struct abc_item *left = a, *right = b;

    if (left->revenue != right->revenue)
        return left->revenue < right->revenue ? 1 : -1;
    return strcmp(left->id, right->id);
}

static char grade_of(wide before, wide total)
{
    if (before * 100 < total * A_PERCENT)
        return 'A';
    return before * 100 < total * B_PERCENT ? 'B' : 'C';
}

void abc_classify(struct abc_item *items, size_t n)
{
    wide total = 0, before = 0;

    if (n == 0)
        return;
    qsort(items, n, sizeof *items, by_revenue);
    for (size_t i = 0; i < n && items[i].revenue > 0; i++)
        total += items[i].revenue;
    for (size_t i = 0; i < n; i++) {
        wide own = items[i].revenue > 0 ? items[i].revenue : 0;
        items[i].share = total ? (double)own / (double)total : 0;
        items[i].before = total ? (double)before / (double)total : 0;
        items[i].grade = grade_of(before, total);
        before += own;
    }
}

enum refusal xyz_classify(const double *weeks, size_t n, struct xyz *out)
{
    enum refusal refusal = series_check_demand(weeks, n);
    struct variation v;

    if (refusal)
        return refusal;
    if (n < 2)
        return REFUSE_ONE_NUMBER;
    v = series_variation(weeks, n, false);
    out->mean = v.mean;
    out->cv = sqrt(v.cv2);
    out->grade = 'Z';
    if (v.mean > 0 && out->cv < 1)
        out->grade = out->cv < 0.5 ? 'X' : 'Y';
    return REFUSE_NOTHING;
}
