/* secret_key.c - files that hold a key or a secret. See secret_key.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/secret_key.h"

enum { OURS_ALONE = 0400 };

static int complain(char *error, const char *path, const char *what)
{
    snprintf(error, 256, "%.120s: %.120s", path, what);
    return -1;
}

/* The whole file into OUT, NUL-terminated: its length, or -1 with errno. */
static ssize_t read_all(int fd, char *out, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t n = read(fd, out + length, size - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0) {
            out[length] = '\0';
            return (ssize_t)length;
        }
        length += (size_t)n;
    }
    errno = EFBIG;
    return -1;
}

/* Opens and reads PATH; -1 with errno. */
static ssize_t slurp(const char *path, char *out, size_t size,
                     struct stat *status)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t length = -1;
    int reason;

    if (fd == -1)
        return -1;
    if (fstat(fd, status) == 0)
        length = read_all(fd, out, size);
    reason = errno;
    close(fd);
    errno = reason;
    return length;
}

static size_t cut_line_end(char *text, size_t length)
{
    if (length && text[length - 1] == '\n')
        length--;
    if (length && text[length - 1] == '\r')
        length--;
    text[length] = '\0';
    return length;
}

/* A group may read: that is how Kubernetes and systemd hand over a secret. */
static int check_mode(const char *path, mode_t mode, char *error)
{
    if ((mode & 0027) == 0)
        return 0;
    snprintf(error, 256,
             "key file %.100s has mode %04o, so others may use it; do: chmod "
             "400 on it",
             path, (unsigned)mode & 07777);
    return -1;
}

int key_file_read(const char *path, char out[KEY_HEX + 1], char *error)
{
    char text[KEY_HEX + 4];
    struct stat status = {0};
    ssize_t length = slurp(path, text, sizeof text, &status);
    int result = -1;

    if (length < 0 && errno != EFBIG) {
        snprintf(error, 256, "key file %.120s: %s", path, strerror(errno));
        return errno == ENOENT ? 1 : -1;
    }
    if (check_mode(path, status.st_mode, error) < 0)
        goto out;
    if (length < 0 || cut_line_end(text, (size_t)length) != KEY_HEX ||
        strspn(text, "0123456789abcdefABCDEF") != KEY_HEX) {
        snprintf(error, 256,
                 "key file %.100s does not hold 64 hex digits; make one with: "
                 "openssl rand -hex 32",
                 path);
        goto out;
    }
    memcpy(out, text, KEY_HEX + 1);
    result = 0;
out:
    explicit_bzero(text, sizeof text);
    return result;
}

static int write_key(int fd, const char *digits)
{
    char line[KEY_HEX + 2];
    ssize_t written;

    snprintf(line, sizeof line, "%s\n", digits);
    written = write(fd, line, KEY_HEX + 1);
    explicit_bzero(line, sizeof line);
    if (written != KEY_HEX + 1 || fchmod(fd, OURS_ALONE) == -1)
        return -1;
    return fsync(fd);
}

/* Written aside and linked: nobody ever reads half a key, and of two that
 * create it at the same time one wins for both. */
int key_file_create(const char *path, const char *digits, char *error)
{
    char *aside = xasprintf("%s.XXXXXX", path);
    int fd = mkostemp(aside, O_CLOEXEC);
    int result = -1;

    if (fd == -1) {
        snprintf(error, 256, "cannot create key file %.100s: %s", path,
                 strerror(errno));
        free(aside);
        return -1;
    }
    if (write_key(fd, digits) < 0 ||
        (link(aside, path) == -1 && errno != EEXIST))
        snprintf(error, 256, "cannot create key file %.100s: %s", path,
                 strerror(errno));
    else
        result = 0;
    close(fd);
    unlink(aside);
    free(aside);
    return result;
}

int secret_file_read(const char *path, char *out, size_t size, char *error)
{
    struct stat status;
    ssize_t length = slurp(path, out, size, &status);
    size_t kept;

    if (length < 0)
        return complain(error, path, strerror(errno));
    kept = cut_line_end(out, (size_t)length);
    if (kept == 0)
        return complain(error, path, "the file is empty");
    if (strlen(out) != kept || out[strcspn(out, "\r\n")] != '\0')
        return complain(error, path, "one line with the secret is expected");
    return (int)kept;
}
