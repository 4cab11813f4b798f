/* base64.h - bytes as text (RFC 4648), as HTTP authentication wants them. */
#ifndef BASE64_H
#define BASE64_H

#include "common/buf.h"

void buf_base64(struct buf *b, const void *bytes, size_t length);

#endif
