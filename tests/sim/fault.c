/* fault.c - how answers misbehave on demand. See fault.h. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/sim/exchange.h"
#include "tests/sim/out.h"

static const char *const names[FAULT_KINDS] = {
    [FAULT_NONE] = "none",
    [FAULT_STATUS] = "status",
    [FAULT_HTML] = "html",
    [FAULT_DEEP] = "deep",
    [FAULT_MANY] = "many",
    [FAULT_BOMB] = "bomb",
    [FAULT_REDIRECT] = "redirect",
    [FAULT_UNAUTH] = "unauth",
    [FAULT_TRUNCATE] = "truncate",
    [FAULT_NOTICE] = "notice",
    [FAULT_WRONGTYPES] = "wrongtypes",
    [FAULT_BIGINT] = "bigint",
    [FAULT_BADUTF8] = "badutf8",
    [FAULT_ENDLESS] = "endless",
    [FAULT_REPEAT] = "repeat",
    [FAULT_SHRINK] = "shrink",
    [FAULT_IGNOREFILTER] = "ignorefilter",
    [FAULT_OUTSIDE] = "outside",
    [FAULT_MIDWALK] = "midwalk",
    [FAULT_CUT] = "cut",
    [FAULT_DRIP] = "drip",
    [FAULT_SLOWHEADER] = "slowheader",
    [FAULT_HANG] = "hang",
    [FAULT_DELAY] = "delay",
};

int fault_find(const char *name)
{
    for (int i = 1; i < FAULT_KINDS; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *fault_name(enum fault_kind kind)
{
    return names[kind];
}

int fault_add(struct faults *f, const struct pending_fault *fault)
{
    for (size_t i = 0; i < FAULTS_MAX; i++) {
        if (f->pending[i].count > 0)
            continue;
        f->pending[i] = *fault;
        return 0;
    }
    return -1;
}

struct fault fault_take(struct faults *f, const char *uri)
{
    for (size_t i = 0; i < FAULTS_MAX; i++) {
        struct pending_fault *p = &f->pending[i];
        if (p->count <= 0 || !strstr(uri, p->match))
            continue;
        p->count--;
        return p->fault;
    }
    return (struct fault){.kind = FAULT_NONE};
}

static void answer_status(struct exchange *x, int64_t now)
{
    const char *after = x->fault.retry_after;

    exchange_refuse(x, atoi(x->fault.arg), "as you wished");
    if (strncmp(after, "date", 4) == 0) {
        OUT(&x->headers, "Retry-After: ");
        out_http_date(&x->headers,
                      now + (after[4] ? atoi(after + 5) : 3) * SECOND);
        OUT(&x->headers, "\n");
    } else if (*after && strcmp(after, "none") != 0) {
        buf_printf(&x->headers, "Retry-After: %s\n", after);
    }
}

static void answer_unauth(struct exchange *x)
{
    exchange_reset(x, 401);
    buf_text(&x->out,
             "{\"code\":\"woocommerce_rest_cannot_view\",\"message\":\"Sorry, "
             "you cannot list resources.\",\"name\":\"werkzeug.exceptions."
             "Unauthorized\",\"data\":{\"status\":401}}");
}

static void repeat(struct buf *b, const char *text, size_t length, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_add(b, text, length);
}

/* A gzip file of 300 times one MB of blanks. The block is packed once: behind a
 * full flush the same bytes mean the same again. */
static void answer_bomb(struct exchange *x)
{
    enum { MB = 1 << 20, TIMES = 300, PACKED = 16 * 1024 };
    static const unsigned char head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    unsigned char *blanks = xmalloc(MB), *packed = xmalloc(PACKED), tail[8];
    uLong sum = crc32(0, NULL, 0), block;
    z_stream z = {.next_in = blanks,
                  .avail_in = MB,
                  .next_out = packed,
                  .avail_out = PACKED};

    memset(blanks, ' ', MB);
    block = crc32(sum, blanks, MB);
    if (deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FULL_FLUSH) != Z_OK || z.avail_in)
        die("zlib: %s", z.msg ? z.msg : "cannot pack blanks");
    buf_add(&x->out, head, sizeof head);
    for (int i = 0; i < TIMES; i++) {
        buf_add(&x->out, packed, PACKED - z.avail_out);
        sum = crc32_combine(sum, block, MB);
    }
    for (int i = 0; i < 4; i++) {
        tail[i] = (unsigned char)(sum >> 8 * i);
        tail[4 + i] = (unsigned char)((uint32_t)MB * TIMES >> 8 * i);
    }
    buf_add(&x->out, "\x03\x00", 2); /* an empty last block */
    buf_add(&x->out, tail, sizeof tail);
    buf_text(&x->headers, "Content-Encoding: gzip\n");
    deflateEnd(&z);
    free(blanks);
    free(packed);
}

bool fault_replaces(struct exchange *x, int64_t now)
{
    switch (x->fault.kind) {
    case FAULT_STATUS:
        answer_status(x, now);
        return true;
    case FAULT_UNAUTH:
        answer_unauth(x);
        return true;
    case FAULT_REDIRECT:
        exchange_reset(x, 302);
        buf_printf(&x->headers, "Location: %s\n", x->fault.arg);
        return true;
    case FAULT_HTML:
        x->type = "text/html; charset=UTF-8";
        buf_text(&x->out, "<!DOCTYPE html>\n<html><head><title>Just a moment"
                          "...</title></head><body><h1>Checking your browser"
                          "</h1></body></html>\n");
        return true;
    case FAULT_DEEP:
        repeat(&x->out, "[[[[[[[[[[", 10, 500000);
        return true;
    case FAULT_MANY:
        OUT(&x->out, "[0");
        repeat(&x->out, ",0,0,0,0,0,0,0,0,0,0", 20, 999999);
        OUT(&x->out, "]");
        return true;
    case FAULT_BOMB:
        answer_bomb(x);
        return true;
    default:
        return false;
    }
}

/* The end of the JSON string that begins at C, behind its quote. */
static const char *string_end(const char *c)
{
    for (c++; *c != '"'; c++)
        if (*c == '\\')
            c++;
    return c + 1;
}

/* Bytes of the value at C: of a scalar all, of a list or object its bracket. */
static size_t value_length(const char *c)
{
    if (*c == '"')
        return (size_t)(string_end(c) - c);
    return *c == '[' || *c == '{' ? 1 : strcspn(c, ",]}");
}

static bool is_number(const char *c)
{
    c += *c == '"';
    c += *c == '-';
    return *c >= '0' && *c <= '9';
}

static void write_spoilt(struct buf *b, enum fault_kind kind, const char *value,
                         size_t length, size_t turn)
{
    static const char *const wrong[] = {"{\"x\":[1]}", "[null]", "true",
                                        "-0.5",        "\"x\"",  "null"};
    static const char *const big[] = {"99999999999999999999999999", "1e400",
                                      "-1e400", "18446744073709551616"};
    bool quoted = *value == '"';

    if (kind == FAULT_WRONGTYPES && *value != '[' && *value != '{') {
        buf_text(b, wrong[turn % ARRAY_LEN(wrong)]);
    } else if (kind == FAULT_BIGINT && is_number(value)) {
        buf_text(b, quoted ? "\"" : "");
        buf_text(b, big[turn % ARRAY_LEN(big)]);
        buf_text(b, quoted ? "\"" : "");
    } else if (kind == FAULT_BADUTF8 && quoted) {
        buf_add(b, value, length - 1);
        buf_text(b, "\xff\xc0\xaf\xed\xa0\x80\"");
    } else {
        buf_add(b, value, length);
    }
}

/* Goes through the JSON and spoils the members' values; keys stay. */
static void spoil_values(struct exchange *x)
{
    struct buf spoilt = {0};
    const char *c = buf_str(&x->out);

    for (size_t turn = 0; *c;) {
        size_t length = *c == '"' ? (size_t)(string_end(c) - c) : 1;

        buf_add(&spoilt, c, length);
        c += length;
        if (c[-1] != ':')
            continue;
        length = value_length(c);
        write_spoilt(&spoilt, x->fault.kind, c, length, turn++);
        c += length;
    }
    buf_free(&x->out);
    x->out = spoilt;
}

static void put_notice(struct exchange *x)
{
    struct buf b = {0};

    buf_text(&b, "<br />\n<b>Notice</b>:  Undefined index: price in "
                 "<b>/var/www/html/wp-content/plugins/x.php</b> on line "
                 "<b>12</b><br />\n");
    buf_add(&b, buf_str(&x->out), x->out.length);
    buf_free(&x->out);
    x->out = b;
}

void fault_spoils(struct exchange *x)
{
    switch (x->fault.kind) {
    case FAULT_TRUNCATE:
        x->out.length /= 2;
        break;
    case FAULT_NOTICE:
        put_notice(x);
        break;
    case FAULT_WRONGTYPES:
    case FAULT_BIGINT:
    case FAULT_BADUTF8:
        spoil_values(x);
        break;
    default:
        break;
    }
}
