/* secret.h - credentials: where they come from, and sealing them; the only door
 * to libsodium.
 *
 *   env:NAME       the environment of the worker
 *   file:PATH      a file, its last line break cut off
 *   sealed:BASE64  in the store, XChaCha20-Poly1305 with the key of key_file;
 *                  account, connection and the URL's origin are bound as
 *                  associated data, so who can edit the URL still cannot send
 *                  the secret elsewhere
 *   ""             none
 *
 * A resolved secret has its own type without a formatter, lives in guarded
 * memory, and is zeroed when freed. It never goes to Redis, argv, logs, errors.
 */
#ifndef SECRET_H
#define SECRET_H

#include "common/base.h"

struct secret;

struct secret_binding { /* borrowed */
    const char *account, *connection, *origin;
};

/* NULL with the reason (never the secret) in ERROR (256 bytes). */
struct secret *secret_resolve(const char *reference, const char *key_file,
                              const struct secret_binding *binding,
                              char *error);
const char *secret_text(const struct secret *secret); /* borrowed */
void secret_free(struct secret *secret);              /* NULL is fine */

/* Seals PLAIN: gives "sealed:..." to free(), or NULL with ERROR. Creates the
 * key file (mode 0400) if there is none. */
char *secret_seal(const char *plain, const char *key_file,
                  const struct secret_binding *binding, char *error);
/* Is REFERENCE of a form we take? -1 with ERROR; the value is not looked at. */
must_check int secret_check(const char *reference, char *error);
/* No core files, no ptrace by others: call first in every program. */
void secret_guard_process(void);

#endif
