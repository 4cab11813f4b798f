/* base64.c - bytes as text. See base64.h. */
#include "common/base64.h"

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void buf_base64(struct buf *b, const void *bytes, size_t length)
{
    const unsigned char *in = bytes;

    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        unsigned group = (unsigned)in[i] << 16;
        char out[4];

        if (left > 1)
            group |= (unsigned)in[i + 1] << 8;
        if (left > 2)
            group |= in[i + 2];
        out[0] = letters[group >> 18];
        out[1] = letters[group >> 12 & 63];
        out[2] = left > 1 ? letters[group >> 6 & 63] : '=';
        out[3] = left > 2 ? letters[group & 63] : '=';
        buf_add(b, out, sizeof out);
    }
}

void base64_basic(struct buf *headers, const char *user, const char *secret)
{
    struct buf pair = {0};

    buf_printf(&pair, "%s:%s", user, secret);
    buf_text(headers, "Authorization: Basic ");
    buf_base64(headers, pair.data, pair.length);
    buf_char(headers, '\n');
    buf_wipe(&pair);
}
