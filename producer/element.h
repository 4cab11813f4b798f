/* element.h - one element of the public door, read. Pure. */
#ifndef ELEMENT_H
#define ELEMENT_H

#include "common/account.h"

enum { ELEMENT_MAX = 4096 }; /* bytes of an element that we look at */

struct element {
    char account[ACCOUNT_NAME_MAX + 1];
    char by[64];
    bool urgent;
};

/* TEXT is an account's name, or {"account": NAME, "by": WHO, "urgent": BOOL}.
 * 0, or -1 with the reason in ERROR (256 bytes). */
must_check int element_read(const char *text, size_t length,
                            struct element *out, char *error);

#endif
