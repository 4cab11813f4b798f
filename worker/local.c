/* local.c - files of a folder as answers. See local.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "worker/local.h"

enum { PADDING = 64 }; /* the JSON parser reads ahead */

const char *local_folder(const char *url)
{
    if (strncmp(url, "file://", 7) == 0)
        url += 7;
    return *url == '/' ? url : NULL;
}

/* One name, no way out of the folder. */
static bool is_plain(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

static int read_all(int fd, size_t limit, struct buf *body, char *error)
{
    static const char padding[PADDING];
    char piece[65536];
    ssize_t n;

    while ((n = read(fd, piece, sizeof piece)) > 0) {
        if (body->length + (size_t)n > limit) {
            snprintf(error, 256, "file larger than %zu bytes", limit);
            return 413;
        }
        buf_add(body, piece, (size_t)n);
    }
    if (n < 0) {
        snprintf(error, 256, "cannot be read: %s", strerror(errno));
        return 403;
    }
    buf_add(body, padding, sizeof padding);
    body->length -= sizeof padding;
    return 200;
}

int local_read(const char *folder, const char *path, size_t limit,
               struct buf *body, char *error)
{
    const char *name = strrchr(path, '/');
    struct stat st;
    int dir, fd, status = 403;

    buf_clear(body);
    *error = '\0';
    name = name ? name + 1 : path;
    if (!is_plain(name)) {
        snprintf(error, 256, "'%.100s' is not the name of a file", name);
        return 403;
    }
    dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        snprintf(error, 256, "%.80s/%.80s: %s", folder, name, strerror(errno));
        status = errno == ENOENT ? 404 : 403;
    } else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        snprintf(error, 256, "%.80s/%.80s: not a plain file", folder, name);
    } else {
        status = read_all(fd, limit, body, error);
    }
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    return status;
}
