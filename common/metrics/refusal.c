/* refusal.c - why a formula would not take its input. See refusal.h. */
#include "common/metrics/refusal.h"

static const char *const texts[] = {
#define REFUSAL_TEXT(name, text) [REFUSE_##name] = text,
    REFUSALS(REFUSAL_TEXT)
#undef REFUSAL_TEXT
};

const char *refusal_text(enum refusal refusal)
{
    return texts[refusal];
}
