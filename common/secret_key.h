/* secret_key.h - the key file: 32 bytes as 64 hex digits, for secret.c alone.
 */
#ifndef SECRET_KEY_H
#define SECRET_KEY_H

#include "common/base.h"

enum { KEY_BYTES = 32, KEY_HEX = 2 * KEY_BYTES };

/* The digits of the key file PATH, as text. 0; 1 when there is no such file;
 * -1; with ERROR (256 bytes) in both cases. */
must_check int key_file_read(const char *path, char out[KEY_HEX + 1],
                             char *error);
/* Puts a file with DIGITS there, mode 0400, unless there is one by now. */
must_check int key_file_create(const char *path, const char *digits,
                               char *error);
/* The first line of a secret's file into OUT (SIZE bytes): its length, or -1
 * (not readable, too long, empty, further lines). */
must_check int secret_file_read(const char *path, char *out, size_t size,
                                char *error);

#endif
