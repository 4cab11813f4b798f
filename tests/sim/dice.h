/* dice.h - repeatable chance: splitmix64. */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include "common/base.h"

static inline uint64_t dice(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 .. N - 1; N > 0. */
static inline uint32_t dice_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((dice(state) >> 32) * n >> 32);
}

/* FROM .. TO, both included. */
static inline int64_t dice_between(uint64_t *state, int64_t from, int64_t to)
{
    return from + (int64_t)(dice(state) % (uint64_t)(to - from + 1));
}

static inline double dice_unit(uint64_t *state) /* [0, 1) */
{
    return (double)(dice(state) >> 11) * 0x1p-53;
}

static inline bool dice_percent(uint64_t *state, uint32_t percent)
{
    return dice_below(state, 100) < percent;
}

#endif
