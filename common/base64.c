/* base64.c - bytes as text. See base64.h. */
#include "common/base64.h"

void buf_base64(struct buf *b, const void *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i += 3) {
        size_t rest = length - i;
        unsigned three = (unsigned)at[i] << 16;

        if (rest > 1)
            three |= (unsigned)at[i + 1] << 8;
        if (rest > 2)
            three |= at[i + 2];
        buf_char(b, digits[three >> 18]);
        buf_char(b, digits[three >> 12 & 63]);
        buf_char(b, rest > 1 ? digits[three >> 6 & 63] : '=');
        buf_char(b, rest > 2 ? digits[three & 63] : '=');
    }
}
