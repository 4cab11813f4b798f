/* secret.c - credentials: resolving a reference, sealing. See secret.h; the
 * files are read in secret_key.c.
 *
 *   sealed: base64( version | key id | nonce | ciphertext and tag )
 *
 * The key id says which key it needs, so that "another key" and "tampered
 * with" are two errors.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "common/buf.h"
#include "common/secret.h"
#include "common/secret_key.h"

enum {
    SECRET_MAX = 64 * 1024, /* bytes of one secret */
    VERSION = 1,
    KEY_ID = 8,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    HEAD = 1 + KEY_ID + NONCE,
    BASE64 = sodium_base64_VARIANT_ORIGINAL,
};

struct secret {
    char *text; /* in guarded memory */
};

struct key {
    unsigned char bytes[KEY_BYTES];
    unsigned char id[KEY_ID];
};

static void start_sodium(void)
{
    if (sodium_init() < 0)
        die("libsodium does not start");
}

static struct secret *secret_new(size_t size)
{
    struct secret *secret = xmalloc(sizeof *secret);

    secret->text = sodium_malloc(size);
    if (!secret->text)
        die("out of guarded memory (%zu bytes)", size);
    secret->text[0] = '\0';
    return secret;
}

const char *secret_text(const struct secret *secret)
{
    return secret->text;
}

void secret_free(struct secret *secret)
{
    if (!secret)
        return;
    sodium_free(secret->text); /* zeroes */
    free(secret);
}

/* The part of REFERENCE behind PREFIX, or NULL. */
static const char *behind(const char *reference, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(reference, prefix, length) == 0 ? reference + length : NULL;
}

/* -- the key -- */

static int key_of_digits(const char *digits, struct key *key)
{
    if (sodium_hex2bin(key->bytes, KEY_BYTES, digits, KEY_HEX, NULL, NULL,
                       NULL) < 0)
        return -1;
    crypto_generichash(key->id, KEY_ID, key->bytes, KEY_BYTES, NULL, 0);
    return 0;
}

/* 0; 1 when there is no such file; -1. */
static int read_key(const char *key_file, struct key *key, char *error)
{
    char digits[KEY_HEX + 1];
    int result;

    if (!*key_file) {
        snprintf(error, 256,
                 "sealed secrets need a key file: set --key-file or "
                 "STOCKTIDE_KEY_FILE");
        return -1;
    }
    result = key_file_read(key_file, digits, error);
    if (result == 0 && key_of_digits(digits, key) < 0)
        die("secret: digits that are none");
    sodium_memzero(digits, sizeof digits);
    return result;
}

static int create_key(const char *key_file, char *error)
{
    char digits[KEY_HEX + 1];
    int result;

    random_hex(digits, KEY_BYTES);
    result = key_file_create(key_file, digits, error);
    sodium_memzero(digits, sizeof digits);
    return result;
}

/* -- sealing -- */

/* Names and origins hold no NUL, so the joint text is unambiguous. */
static void bind(const struct secret_binding *binding, struct buf *out)
{
    static const char domain[] = "stocktide credential 1";

    buf_add(out, domain, sizeof domain);
    buf_add(out, binding->account, strlen(binding->account) + 1);
    buf_add(out, binding->connection, strlen(binding->connection) + 1);
    buf_add(out, binding->origin, strlen(binding->origin) + 1);
}

static char *encode(const unsigned char *record, size_t length)
{
    size_t size = sodium_base64_encoded_len(length, BASE64);
    char *text = xmalloc(strlen("sealed:") + size);

    memcpy(text, "sealed:", strlen("sealed:"));
    sodium_bin2base64(text + strlen("sealed:"), size, record, length, BASE64);
    return text;
}

static char *seal_with(const struct key *key, const char *plain,
                       const struct secret_binding *binding)
{
    size_t length = strlen(plain);
    unsigned char *record = xmalloc(HEAD + length + TAG);
    unsigned char *nonce = record + 1 + KEY_ID;
    unsigned long long sealed;
    struct buf bound = {0};
    char *text;

    record[0] = VERSION;
    memcpy(record + 1, key->id, KEY_ID);
    randombytes_buf(nonce, NONCE);
    bind(binding, &bound);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        record + HEAD, &sealed, (const unsigned char *)plain, length,
        (const unsigned char *)bound.data, bound.length, NULL, nonce,
        key->bytes);
    text = encode(record, HEAD + (size_t)sealed);
    buf_free(&bound);
    free(record);
    return text;
}

char *secret_seal(const char *plain, const char *key_file,
                  const struct secret_binding *binding, char *error)
{
    struct key key;
    char *text = NULL;
    int found;

    start_sodium();
    if (!*plain || strlen(plain) >= SECRET_MAX ||
        plain[strcspn(plain, "\r\n")]) {
        snprintf(error, 256, "a secret is one line of at most 64 kB");
        return NULL;
    }
    found = read_key(key_file, &key, error);
    if (found == 1 && create_key(key_file, error) == 0)
        found = read_key(key_file, &key, error);
    if (found == 0)
        text = seal_with(&key, plain, binding);
    sodium_memzero(&key, sizeof key);
    return text;
}

/* The record in BASE64 text: given; NULL if it is none. */
static unsigned char *decode(const char *text, size_t *length)
{
    size_t size = strlen(text);
    unsigned char *record = xmalloc(size);

    if (size < 4 * SECRET_MAX &&
        sodium_base642bin(record, size, text, size, NULL, length, NULL,
                          BASE64) == 0 &&
        *length > HEAD + TAG && record[0] == VERSION)
        return record;
    free(record);
    return NULL;
}

static struct secret *open_with(const struct key *key,
                                const unsigned char *record, size_t length,
                                const struct secret_binding *binding)
{
    struct secret *secret = secret_new(length - HEAD - TAG + 1);
    unsigned long long plain = 0;
    struct buf bound = {0};
    int result;

    bind(binding, &bound);
    result = crypto_aead_xchacha20poly1305_ietf_decrypt(
        (unsigned char *)secret->text, &plain, NULL, record + HEAD,
        length - HEAD, (const unsigned char *)bound.data, bound.length,
        record + 1 + KEY_ID, key->bytes);
    buf_free(&bound);
    secret->text[plain] = '\0';
    if (result == 0)
        return secret;
    secret_free(secret);
    return NULL;
}

static struct secret *unseal(const char *text, const char *key_file,
                             const struct secret_binding *binding, char *error)
{
    size_t length = 0;
    unsigned char *record = decode(text, &length);
    struct secret *secret = NULL;
    struct key key = {0};

    if (!record) {
        snprintf(error, 256, "the sealed secret is damaged");
        return NULL;
    }
    if (read_key(key_file, &key, error) == 0) {
        if (memcmp(record + 1, key.id, KEY_ID) != 0)
            snprintf(error, 256,
                     "the secret was sealed with another key than the one in "
                     "%.120s",
                     key_file);
        else if (!(secret = open_with(&key, record, length, binding)))
            snprintf(error, 256,
                     "the sealed secret does not belong to this account, "
                     "connection and URL, or was changed; set it again");
    }
    sodium_memzero(&key, sizeof key);
    free(record);
    return secret;
}

/* -- references -- */

static struct secret *from_environment(const char *name, char *error)
{
    const char *value = getenv(name);
    struct secret *secret;
    size_t size;

    if (!value || !*value) {
        snprintf(error, 256, "the environment has no %.100s", name);
        return NULL;
    }
    if (value[strcspn(value, "\r\n")]) {
        snprintf(error, 256, "%.100s in the environment is not one line", name);
        return NULL;
    }
    size = strlen(value) + 1;
    secret = secret_new(size);
    memcpy(secret->text, value, size);
    return secret;
}

static struct secret *from_file(const char *path, char *error)
{
    struct secret *secret = secret_new(SECRET_MAX);

    if (secret_file_read(path, secret->text, SECRET_MAX, error) >= 0)
        return secret;
    secret_free(secret);
    return NULL;
}

struct secret *secret_resolve(const char *reference, const char *key_file,
                              const struct secret_binding *binding, char *error)
{
    const char *rest;

    start_sodium();
    if (secret_check(reference, error) < 0)
        return NULL;
    if ((rest = behind(reference, "env:")))
        return from_environment(rest, error);
    if ((rest = behind(reference, "file:")))
        return from_file(rest, error);
    if ((rest = behind(reference, "sealed:")))
        return unseal(rest, key_file, binding, error);
    return secret_new(1);
}

static bool is_variable(const char *name)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz_";

    return *name && strchr(first, *name) &&
           strspn(name, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "abcdefghijklmnopqrstuvwxyz_") == strlen(name);
}

static bool is_sealed(const char *text)
{
    size_t length = 0;
    unsigned char *record = decode(text, &length);
    bool whole = record;

    free(record);
    return whole;
}

int secret_check(const char *reference, char *error)
{
    const char *rest;

    if (!*reference ||
        ((rest = behind(reference, "env:")) && is_variable(rest)) ||
        ((rest = behind(reference, "file:")) && *rest) ||
        ((rest = behind(reference, "sealed:")) && is_sealed(rest)))
        return 0;
    /* Not quoted: it may be the secret itself. */
    snprintf(error, 256,
             "not a reference to a secret: say env:NAME or file:/path, never "
             "the secret itself");
    return -1;
}

/* The leak checker must be able to look into its own process. */
#if defined(__SANITIZE_ADDRESS__)
#define INSPECTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define INSPECTED 1
#endif
#endif
#ifndef INSPECTED
#define INSPECTED 0
#endif

void secret_guard_process(void)
{
    const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) == -1)
        die("setrlimit: cannot switch off core files");
    if (!INSPECTED && prctl(PR_SET_DUMPABLE, 0) == -1)
        die("prctl: cannot switch off core files");
}
