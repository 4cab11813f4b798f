/* demand_class.c - what kind of demand a series is. See demand_class.h. */
#include "common/metrics/demand_class.h"
#include "common/metrics/series.h"

static const double adi_cut = 1.32, cv2_cut = 0.49;

static enum demand_kind kind_of(double adi, double cv2)
{
    if (adi < adi_cut)
        return cv2 < cv2_cut ? DEMAND_SMOOTH : DEMAND_ERRATIC;
    return cv2 < cv2_cut ? DEMAND_INTERMITTENT : DEMAND_LUMPY;
}

enum refusal demand_classify(const double *y, size_t n,
                             struct demand_class *out)
{
    enum refusal refusal = series_check_demand(y, n);
    struct demand_class c = {0};
    struct variation sizes;

    if (refusal)
        return refusal;
    sizes = series_variation(y, n, true);
    while (y[n - 1] <= 0 && n > 1)
        n--;
    if (sizes.n > 0) {
        c.demands = sizes.n;
        c.mean = sizes.mean;
        c.cv2 = sizes.cv2;
        c.adi = (double)n / (double)sizes.n;
        c.kind = kind_of(c.adi, c.cv2);
    }
    *out = c;
    return REFUSE_NOTHING;
}

const char *demand_kind_name(enum demand_kind kind)
{
    static const char *const names[] = {
        [DEMAND_NONE] = "none",       [DEMAND_SMOOTH] = "smooth",
        [DEMAND_ERRATIC] = "erratic", [DEMAND_INTERMITTENT] = "intermittent",
        [DEMAND_LUMPY] = "lumpy",
    };

    return names[kind];
}
