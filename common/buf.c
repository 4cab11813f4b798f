/* buf.c - bytes that grow. See buf.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

static void reserve(struct buf *b, size_t more)
{
    size_t need = b->length + more + 1;

    if (need <= b->size)
        return;
    if (need < 2 * b->size)
        need = 2 * b->size;
    b->data = xrealloc(b->data, need);
    b->size = need;
}

void buf_add(struct buf *b, const void *bytes, size_t length)
{
    reserve(b, length);
    if (length)
        memcpy(b->data + b->length, bytes, length);
    b->length += length;
    b->data[b->length] = '\0';
}

void buf_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        die("buf_printf: bad format %s", format);
    reserve(b, (size_t)length);
    va_start(args, format);
    vsnprintf(b->data + b->length, (size_t)length + 1, format, args);
    va_end(args);
    b->length += (size_t)length;
}

static bool unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

void buf_url(struct buf *b, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (unreserved(*c))
            buf_char(b, (char)*c);
        else
            buf_printf(b, "%%%02X", *c);
}

size_t utf8_length(const unsigned char *s)
{
    size_t length = s[0] < 0x80                   ? 1
                    : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
                    : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
                    : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
                                                  : 0;

    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0; /* overlong, surrogate, beyond U+10FFFF */
    return length;
}

void buf_json(struct buf *b, const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    buf_char(b, '"');
    while (*c) {
        size_t length = utf8_length(c);

        if (length == 0)
            buf_text(b, "\xef\xbf\xbd");
        else if (*c == '"' || *c == '\\')
            buf_printf(b, "\\%c", *c);
        else if (*c < ' ' || *c == 127)
            buf_printf(b, "\\u%04x", *c);
        else
            buf_add(b, c, length);
        c += length ? length : 1;
    }
    buf_char(b, '"');
}

void buf_clear(struct buf *b)
{
    b->length = 0;
    if (b->data)
        b->data[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void buf_wipe(struct buf *b)
{
    if (b->data)
        explicit_bzero(b->data, b->size);
    buf_free(b);
}

const char *buf_str(const struct buf *b)
{
    return b->data ? b->data : "";
}
