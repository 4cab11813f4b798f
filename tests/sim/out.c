/* out.c - JSON text fast. See out.h. */
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "tests/sim/out.h"

void out_int(struct buf *b, int64_t n)
{
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    char text[24], *c = text + sizeof text;

    do
        *--c = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0)
        *--c = '-';
    buf_add(b, c, (size_t)(text + sizeof text - c));
}

void out_money(struct buf *b, int64_t amount)
{
    int64_t cents = amount / (FIXED_ONE / 100);
    int64_t rest = cents < 0 ? -(cents % 100) : cents % 100;

    if (cents < 0 && cents > -100)
        buf_char(b, '-');
    out_int(b, cents / 100);
    buf_char(b, '.');
    buf_char(b, (char)('0' + rest / 10));
    buf_char(b, (char)('0' + rest % 10));
}

void out_float(struct buf *b, int64_t amount)
{
    char text[FIXED_TEXT];

    if (amount % FIXED_ONE == 0) {
        out_int(b, amount / FIXED_ONE);
        OUT(b, ".0");
    } else {
        buf_text(b, fixed_text(amount, text));
    }
}

static char *digits(char *out, int value, int count)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + count;
}

void out_time(struct buf *b, int64_t instant, char sep)
{
    struct civil c;
    char text[24], *at = text;

    instant_to_civil(instant, &c);
    at = digits(at, c.year, 4);
    *at++ = '-';
    at = digits(at, c.month, 2);
    *at++ = '-';
    at = digits(at, c.day, 2);
    *at++ = sep;
    at = digits(at, c.hour, 2);
    *at++ = ':';
    at = digits(at, c.minute, 2);
    *at++ = ':';
    at = digits(at, c.second, 2);
    buf_add(b, text, (size_t)(at - text));
}

void out_string(struct buf *b, const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    while (*c >= ' ' && *c < 127 && *c != '"' && *c != '\\')
        c++;
    if (*c) {
        buf_json(b, text);
        return;
    }
    buf_char(b, '"');
    buf_add(b, text, (size_t)(c - (const unsigned char *)text));
    buf_char(b, '"');
}

void out_http_date(struct buf *b, int64_t instant)
{
    static const char days[] = "ThuFriSatSunMonTueWed";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil c;
    int64_t day;

    instant_to_civil(instant, &c);
    day = days_from_civil(c.year, c.month, c.day);
    buf_printf(b, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
               days + 3 * ((day % 7 + 7) % 7), c.day,
               months + 3 * (c.month - 1), c.year, c.hour, c.minute, c.second);
}
