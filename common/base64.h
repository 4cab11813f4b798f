/* base64.h - bytes as text: the Authorization headers of some platforms. */
#ifndef BASE64_H
#define BASE64_H

#include "common/buf.h"

/* Adds BYTES to B in standard base64 with padding (RFC 4648, section 4). */
void buf_base64(struct buf *b, const void *bytes, size_t length);
/* Adds the header line "Authorization: Basic ..." (RFC 7617). HEADERS holds a
 * secret from then on: buf_wipe() it. */
void base64_basic(struct buf *headers, const char *user, const char *secret);

#endif
