/* zone_files.c - the zones of this system: which names there are, their files,
 * and the cache. See zone.h. Before it: schedule.c; after it: zone.c.
 *
 * A name comes from outside and becomes a path, so it passes two gates: its
 * letters (is_name) and the list of zones (tzdata.zi).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/zone.h"

static const char default_directory[] = "/usr/share/zoneinfo";

enum { PATH_SIZE = 4096, ZONE_FILE_MAX = 65536, LIST_FILE_MAX = 4 << 20 };

/* Tells one state of a file from the next. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct entry {
    char *name;
    struct zone *zone;
    struct stamp stamp;
};

/* The names in tzdata.zi, sorted; none if there is no such file. */
struct names {
    char *text; /* holds them */
    const char **list;
    size_t count;
    struct stamp stamp;
    bool read;
};

static struct {
    char *directory; /* NULL: the default */
    struct names names;
    struct entry *entries; /* sorted by name */
    size_t count, size;
} cache;

static const char *directory(void)
{
    return cache.directory ? cache.directory : default_directory;
}

static int path_of(const char *name, char path[PATH_SIZE])
{
    int length = snprintf(path, PATH_SIZE, "%s/%s", directory(), name);

    if (length < PATH_SIZE)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

static struct stamp stamp_of(const struct stat *st)
{
    return (struct stamp){.device = st->st_dev,
                          .inode = st->st_ino,
                          .size = st->st_size,
                          .changed = st->st_mtim};
}

/* What the file of that name is now; zeroes if it is not there. */
static struct stamp stamp_now(const char *name)
{
    char path[PATH_SIZE];
    struct stat st;

    if (path_of(name, path) < 0 || stat(path, &st) < 0)
        return (struct stamp){0};
    return stamp_of(&st);
}

static bool is_same(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode &&
           a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

/* All of FD, NUL-terminated. NULL with errno. Gives the bytes. */
static char *read_all(int fd, size_t max, size_t *length, struct stamp *stamp)
{
    struct stat st;
    char *bytes;
    ssize_t got = 1;

    if (fstat(fd, &st) < 0)
        return NULL;
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > max) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : EFBIG;
        return NULL;
    }
    *stamp = stamp_of(&st);
    *length = 0;
    bytes = xmalloc((size_t)st.st_size + 1);
    while (got > 0 && *length < (size_t)st.st_size) {
        got = read(fd, bytes + *length, (size_t)st.st_size - *length);
        if (got > 0)
            *length += (size_t)got;
    }
    if (got < 0) {
        free(bytes);
        return NULL;
    }
    bytes[*length] = '\0';
    return bytes;
}

static char *read_file(const char *name, size_t max, size_t *length,
                       struct stamp *stamp)
{
    char path[PATH_SIZE];
    char *bytes;
    int fd, reason;

    if (path_of(name, path) < 0)
        return NULL;
    /* NONBLOCK, so that a FIFO put there does not hang us. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    bytes = read_all(fd, max, length, stamp);
    reason = errno;
    close(fd);
    errno = reason;
    return bytes;
}

/* -- names -------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The zone that a line of tzdata.zi names: "Z NAME ..." or "L TARGET NAME".
 * NULL if none. Cuts the line up. */
static const char *name_in_line(char *line)
{
    char *rest, *word = strtok_r(line, " ", &rest);

    if (word && strcmp(word, "Z") == 0)
        return strtok_r(NULL, " ", &rest);
    if (word && strcmp(word, "L") == 0 && strtok_r(NULL, " ", &rest))
        return strtok_r(NULL, " ", &rest);
    return NULL;
}

static void names_forget(void)
{
    free(cache.names.text);
    free(cache.names.list);
    cache.names = (struct names){0};
}

static void names_read(void)
{
    struct names *n = &cache.names;
    size_t length, size = 0;
    char *rest;

    names_forget();
    n->read = true;
    n->text = read_file("tzdata.zi", LIST_FILE_MAX, &length, &n->stamp);
    if (!n->text)
        return;
    for (char *line = strtok_r(n->text, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *name = name_in_line(line);

        if (!name)
            continue;
        if (n->count == size) {
            size = size ? 2 * size : 1024;
            n->list = xrealloc(n->list, size * sizeof *n->list);
        }
        n->list[n->count++] = name;
    }
    if (n->count)
        qsort(n->list, n->count, sizeof *n->list, compare_names);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
}

/* Letters and parts: no dot, so neither ".." nor a hidden file; no '/' at the
 * ends or twice. */
static bool is_name(const char *name)
{
    size_t length = strnlen(name, ZONE_NAME + 1);

    if (length == 0 || length > ZONE_NAME)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_letter(name[i]) && (name[i] != '/' || i == 0 ||
                                    !is_letter(name[i - 1]) || i + 1 == length))
            return false;
    return true;
}

/* These are zone files, but name no zone of their own. */
static bool is_alias(const char *name)
{
    static const char *const aliases[] = {"localtime", "posixrules", "Factory",
                                          "posix/", "right/"};

    for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
        size_t length = strlen(aliases[i]);

        if (strncmp(name, aliases[i], length) == 0 &&
            (name[length] == '\0' || aliases[i][length - 1] == '/'))
            return true;
    }
    return false;
}

static int check_name(const char *name, char why[ZONE_ERROR])
{
    if (!is_name(name)) {
        /* What is no name may hold anything: do not repeat it. */
        snprintf(why, ZONE_ERROR,
                 "not the name of a time zone; one looks like Europe/Berlin");
        return -1;
    }
    if (is_alias(name)) {
        snprintf(why, ZONE_ERROR,
                 "%s is no place; choose a time zone like Europe/Berlin", name);
        return -1;
    }
    if (!cache.names.read)
        names_read();
    if (cache.names.count &&
        !bsearch(&name, cache.names.list, cache.names.count,
                 sizeof *cache.names.list, compare_names)) {
        snprintf(why, ZONE_ERROR, "unknown time zone %s (case matters)", name);
        return -1;
    }
    return 0;
}

/* -- zones -------------------------------------------------------------- */

static struct zone *load(const char *name, struct stamp *stamp,
                         char why[ZONE_ERROR])
{
    const char *reason = NULL;
    size_t length;
    char *bytes = read_file(name, ZONE_FILE_MAX, &length, stamp);
    struct zone *zone;

    if (!bytes) {
        snprintf(why, ZONE_ERROR, "time zone %s: %s in %.100s", name,
                 strerror(errno), directory());
        return NULL;
    }
    zone = zone_parse(bytes, length, &reason);
    if (!zone)
        snprintf(why, ZONE_ERROR, "time zone %s: %s", name, reason);
    free(bytes);
    return zone;
}

struct zone *zone_load(const char *name, char why[ZONE_ERROR])
{
    struct stamp stamp;

    return check_name(name, why) < 0 ? NULL : load(name, &stamp, why);
}

/* Where NAME is in the cache, or would be. */
static size_t find(const char *name, bool *found)
{
    size_t low = 0, high = cache.count;

    *found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(cache.entries[middle].name, name);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(size_t at, const char *name, struct zone *zone,
                   struct stamp stamp)
{
    if (cache.count == cache.size) {
        cache.size = cache.size ? 2 * cache.size : 64;
        cache.entries =
            xrealloc(cache.entries, cache.size * sizeof *cache.entries);
    }
    memmove(cache.entries + at + 1, cache.entries + at,
            (cache.count - at) * sizeof *cache.entries);
    cache.entries[at] =
        (struct entry){.name = xstrdup(name), .zone = zone, .stamp = stamp};
    cache.count++;
}

const struct zone *zone_get(const char *name, char why[ZONE_ERROR])
{
    bool found;
    size_t at = find(name, &found);
    struct stamp stamp;
    struct zone *zone;

    if (found)
        return cache.entries[at].zone;
    if (check_name(name, why) < 0)
        return NULL;
    zone = load(name, &stamp, why);
    if (zone)
        insert(at, name, zone, stamp);
    return zone;
}

/* Returns whether the zone was read again. */
static bool refresh(struct entry *e)
{
    struct stamp now = stamp_now(e->name);
    char why[ZONE_ERROR];
    struct zone *zone;

    if (is_same(&now, &e->stamp))
        return false;
    zone = load(e->name, &now, why);
    if (!zone) {
        log_warn("%s; its old data stay in use", why);
        return false;
    }
    zone_swap(e->zone, zone);
    zone_free(zone);
    e->stamp = now;
    return true;
}

int zone_refresh(void)
{
    struct stamp now = stamp_now("tzdata.zi");
    int changed = 0;

    if (cache.names.read && !is_same(&now, &cache.names.stamp))
        names_forget();
    for (size_t i = 0; i < cache.count; i++)
        changed += refresh(&cache.entries[i]);
    return changed;
}

void zone_directory_set(const char *path)
{
    for (size_t i = 0; i < cache.count; i++) {
        free(cache.entries[i].name);
        zone_free(cache.entries[i].zone);
    }
    free(cache.entries);
    cache.entries = NULL;
    cache.count = cache.size = 0;
    names_forget();
    free(cache.directory);
    cache.directory = xstrdup(path);
}
