/* url.c - the base URLs of connections, and what a secret is bound to.
 *
 *   https://host[:port][/path]     http:// only among private addresses
 *   file:///folder or /folder      only for platforms that read folders
 *
 * No user information, query or fragment: secrets have their own place, and
 * the rest is the platform's to write.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/account.h"

enum { ORIGIN_MAX = 512, HOST_MAX = 253 };

struct url {
    enum { URL_HTTPS, URL_HTTP, URL_LOCAL } kind;
    const char *host; /* borrowed; brackets of IPv6 included */
    int host_n;
    int port; /* 0: the scheme's own */
    const char *path;
};

/* -- parts: each returns what is wrong, or NULL -- */

static const char *bad_characters(const char *url)
{
    for (const char *c = url; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 127 ||
            strchr("\\\"<>^`{|}", *c))
            return "has a character that must be written as %XX";
    return NULL;
}

static const char *bad_segments(const char *path)
{
    while (*path) {
        size_t n = strcspn(++path, "/");
        if ((n == 1 && *path == '.') || (n == 2 && memcmp(path, "..", 2) == 0))
            return "has a '.' or '..' in its path";
        path += n;
    }
    return NULL;
}

static const char *take_port(const char **c, struct url *out)
{
    int digits = 0;

    if (**c != ':')
        return NULL;
    for ((*c)++; **c >= '0' && **c <= '9' && digits < 5; (*c)++, digits++)
        out->port = out->port * 10 + (**c - '0');
    if (digits == 0 || out->port < 1 || out->port > 65535)
        return "has a port that is none";
    return NULL;
}

static const char *take_host(const char **c, struct url *out)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    size_t n;

    out->host = *c;
    if (**c == '[') {
        n = 1 + strspn(*c + 1, "0123456789abcdefABCDEF:.");
        if (n < 3 || (*c)[n++] != ']')
            return "has an IPv6 address that is none";
    } else {
        n = strspn(*c, name);
        if (n == 0)
            return "has no host";
    }
    if (n > HOST_MAX)
        return "has a host name that is too long";
    out->host_n = (int)n;
    *c += n;
    return NULL;
}

static const char *parse_web(const char *rest, struct url *out)
{
    size_t authority = strcspn(rest, "/?#");
    const char *why;

    if (memchr(rest, '@', authority))
        return "has a user name in it; use --user and --secret";
    if (rest[strcspn(rest, "?#")])
        return "has a '?' or '#' part, which is the platform's to write";
    if ((why = take_host(&rest, out)) || (why = take_port(&rest, out)))
        return why;
    if (*rest && *rest != '/')
        return "has something behind its host that is no path";
    out->path = rest;
    return bad_segments(rest);
}

static const char *parse(const char *url, struct url *out)
{
    const char *why;

    *out = (struct url){.host = "", .path = ""};
    if (strlen(url) >= ORIGIN_MAX)
        return "is too long";
    if (strncasecmp(url, "file:///", 8) == 0)
        url += 7;
    if (*url == '/') {
        out->kind = URL_LOCAL;
        out->path = url;
        return bad_segments(url);
    }
    if ((why = bad_characters(url)))
        return why;
    if (strncasecmp(url, "https://", 8) == 0)
        return parse_web(url + 8, out);
    out->kind = URL_HTTP;
    if (strncasecmp(url, "http://", 7) == 0)
        return parse_web(url + 7, out);
    return "does not begin with https://";
}

int url_origin(const char *url, char *out)
{
    struct url u;
    int standard, n;

    *out = '\0';
    if (parse(url, &u))
        return -1;
    if (u.kind == URL_LOCAL) {
        snprintf(out, ORIGIN_MAX, "file://");
        return 0;
    }
    standard = u.kind == URL_HTTP ? 80 : 443;
    n = snprintf(out, ORIGIN_MAX, "%s://%.*s",
                 u.kind == URL_HTTP ? "http" : "https", u.host_n, u.host);
    for (char *c = out; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    if (u.port && u.port != standard)
        snprintf(out + n, (size_t)(ORIGIN_MAX - n), ":%d", u.port);
    return 0;
}

const char *url_path(const char *url, char *out)
{
    struct url u;
    size_t length;

    *out = '\0';
    if (parse(url, &u))
        return out;
    length = strlen(u.path);
    while (length && u.path[length - 1] == '/')
        length--;
    memcpy(out, u.path, length);
    out[length] = '\0';
    return out;
}

bool url_is_local(const char *url)
{
    struct url u;

    return !parse(url, &u) && u.kind == URL_LOCAL;
}

int url_check(const char *url, bool local_fine, bool private_allowed,
              char *error)
{
    struct url u;
    const char *why = parse(url, &u);

    if (!why && u.kind == URL_LOCAL && !local_fine)
        why = "is a folder, and this platform is on the network";
    if (!why && u.kind == URL_HTTP && !private_allowed)
        why = "is not encrypted; use https://, or allow private addresses "
              "if it is on your own network";
    if (!why)
        return 0;
    /* What stands before an '@' may be a password. */
    snprintf(error, 256, "url '%.100s' %s", strchr(url, '@') ? "..." : url,
             why);
    return -1;
}
