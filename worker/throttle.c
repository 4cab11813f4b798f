/* throttle.c - the rate budget of a connection. See throttle.h.
 * Before it: fetch.c, which sends the scripts and waits.
 *
 * bucket_take() and throttle_script are the same steps in two languages;
 * tests/test_throttle.c compares them number by number. All numbers are whole
 * and below 2^53, so the doubles of Lua hold them exactly.
 */
#include <assert.h>

#include "worker/throttle.h"

/* A minute for each token of the largest burst at the lowest rate. */
#define WAIT_MAX (THROTTLE_PENALTY_MAX + THROTTLE_RATE_MAX * THROTTLE_UNIT)

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

struct budget budget_clean(struct budget budget)
{
    return (struct budget){.per_minute =
                               clamp(budget.per_minute, 0, THROTTLE_RATE_MAX),
                           .burst = clamp(budget.burst, 1, THROTTLE_RATE_MAX)};
}

int64_t throttle_wait(int64_t reply)
{
    return clamp(reply, 0, WAIT_MAX);
}

/* us until AMOUNT has flowed in. */
static int64_t time_for(int64_t amount, int64_t rate)
{
    return amount > 0 ? (amount + rate - 1) / rate : 0;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Brings the times of B into an order that makes sense at NOW. */
static void settle(struct bucket *b, int64_t full, int64_t now)
{
    if (b->at == 0 && b->until == 0) { /* never used */
        b->tokens = full;
        b->at = now;
    }
    /* Further away is a clock that was set back. */
    if (b->until > now + THROTTLE_PENALTY_MAX)
        b->until = now + THROTTLE_PENALTY_MAX;
    if (b->at < b->until) { /* the penalty came since */
        b->tokens = 0;
        b->at = b->until;
    }
    if (b->at > later(now, b->until))
        b->at = later(now, b->until);
}

int64_t bucket_take(struct bucket *b, struct budget budget, int64_t cost,
                    int64_t now)
{
    int64_t rate = budget.per_minute, full = budget.burst * THROTTLE_UNIT;
    int64_t need = clamp(cost, 0, budget.burst) * THROTTLE_UNIT;

    settle(b, full, now);
    if (rate == 0)
        return b->until > now ? b->until - now : 0;
    if (b->tokens > full)
        b->tokens = full;
    if (b->at < now) {
        /* Compared before it is multiplied: a long time would overflow. */
        if (now - b->at >= time_for(full - b->tokens, rate))
            b->tokens = full;
        else
            b->tokens += (now - b->at) * rate;
        b->at = now;
    }
    if (b->at > now || b->tokens < need)
        return b->at - now + time_for(need - b->tokens, rate);
    b->tokens -= need;
    return 0;
}

void bucket_penalty(struct bucket *b, int64_t until, int64_t now)
{
    b->until = later(b->until, clamp(until, now, now + THROTTLE_PENALTY_MAX));
}

/* The limits of throttle.h, and our clock, as Lua sees them. */
#define PRELUDE                                                                \
    "local UNIT, PENALTY_MAX, DAY = 60000000, 900000000, 86400000\n"           \
    "local function text(n) return string.format('%.0f', n) end\n"             \
    "local time = redis.call('TIME')\n"                                        \
    "local now = tonumber(time[1]) * 1000000 + tonumber(time[2])\n"            \
    "local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'until')\n"     \
    "local tokens = tonumber(kept[1]) or 0\n"                                  \
    "local at = tonumber(kept[2]) or 0\n"                                      \
    "local until_ = tonumber(kept[3]) or 0\n"

static_assert(THROTTLE_UNIT == 60000000, "PRELUDE says UNIT");
static_assert(THROTTLE_PENALTY_MAX == 900000000, "PRELUDE says PENALTY_MAX");

const char throttle_script[] = PRELUDE
    "local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])\n"
    "local full = burst * UNIT\n"
    "local need = math.max(0, math.min(tonumber(ARGV[3]), burst)) * UNIT\n"
    "local function time_for(amount)\n"
    "  if amount <= 0 or rate == 0 then return 0 end\n"
    "  return math.floor((amount + rate - 1) / rate)\n"
    "end\n"
    /* settle() */
    "if at == 0 and until_ == 0 then tokens, at = full, now end\n"
    "until_ = math.min(until_, now + PENALTY_MAX)\n"
    "if at < until_ then tokens, at = 0, until_ end\n"
    "at = math.min(at, math.max(now, until_))\n"
    /* bucket_take() */
    "local wait = math.max(0, until_ - now)\n"
    "if rate > 0 then\n"
    "  tokens = math.min(tokens, full)\n"
    "  if at < now then\n"
    "    if now - at >= time_for(full - tokens) then tokens = full\n"
    "    else tokens = tokens + (now - at) * rate end\n"
    "    at = now\n"
    "  end\n"
    "  wait = 0\n"
    "  if at > now or tokens < need then\n"
    "    wait = at - now + time_for(need - tokens)\n"
    "  else\n"
    "    tokens = tokens - need\n"
    "  end\n"
    "end\n"
    "redis.call('HSET', KEYS[1], 'tokens', text(tokens), 'at', text(at),\n"
    "           'until', text(until_))\n"
    "local left = math.max(0, at - now) + time_for(full - tokens)\n"
    "redis.call('PEXPIRE', KEYS[1], text(math.ceil(left / 1000) + 1000))\n"
    "return wait\n";

/* How long the bucket takes to fill is not known here: a day is kept. */
const char throttle_penalty_script[] = PRELUDE
    "local wait = math.max(0, math.min(tonumber(ARGV[1]), PENALTY_MAX))\n"
    "until_ = math.max(until_, now + wait)\n"
    "redis.call('HSET', KEYS[1], 'tokens', text(tokens), 'at', text(at),\n"
    "           'until', text(until_))\n"
    "redis.call('PEXPIRE', KEYS[1], text(DAY))\n"
    "return math.min(until_ - now, PENALTY_MAX)\n";
