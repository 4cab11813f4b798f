/* buf.h - bytes that grow: request bodies, JSON output, lines of text.
 *
 *   struct buf b = {0};
 *   buf_printf(&b, "page=%d", 3);     -> b.data is "page=3", NUL-terminated
 *   buf_free(&b);
 */
#ifndef BUF_H
#define BUF_H

#include "common/base.h"

struct buf {
    char *data;    /* NULL while empty, else NUL-terminated */
    size_t length; /* without the NUL */
    size_t size;
};

void buf_add(struct buf *b, const void *bytes, size_t length);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) printf_like(2, 3);
/* TEXT percent-encoded for a URL's query or path segment (RFC 3986). */
void buf_url(struct buf *b, const char *text);
/* TEXT as a JSON string, quotes included; bad UTF-8 becomes U+FFFD. */
void buf_json(struct buf *b, const char *text);
/* Bytes of the UTF-8 sequence at S, 0 if it is none (RFC 3629). Looks no
 * further than the first byte that does not fit. */
size_t utf8_length(const unsigned char *s);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_free(struct buf *b);
/* buf_free() for what held a secret: zeroes first. */
void buf_wipe(struct buf *b);
/* The text, "" while empty. Borrowed until the next change. */
const char *buf_str(const struct buf *b);

#endif
