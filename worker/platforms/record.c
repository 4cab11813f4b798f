/* record.c - reading one record of an answer. See record.h. */
#include "common/instant.h"
#include "worker/platforms/record.h"

enum { QUOTED = 40 }; /* bytes of an id that a message repeats */

static bool is_said(struct json_value v)
{
    const char *text = json_str(v);

    switch (json_type(v)) {
    case JSON_NONE:
    case JSON_NULL:
        return false;
    case JSON_BOOL:
        return json_true(v);
    case JSON_STRING:
        return text && *text;
    case JSON_NUMBER:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return true;
}

bool record_open(struct record *r, struct page *page, struct json_value v,
                 const char *kind, size_t number)
{
    *r = (struct record){.page = page, .v = v, .kind = kind};
    r->id = page_id(page, json_get(v, "id"));
    if (*r->id)
        return true;
    if (page->class == PAGE_GOOD)
        page_fail(page, PAGE_BROKEN, "%s number %zu of the page has no id",
                  kind, number + 1);
    return false;
}

bool record_says(const struct record *r, const char *path)
{
    return is_said(json_path(r->v, path));
}

bool record_needs(const struct record *r, const char *path)
{
    if (record_says(r, path))
        return true;
    record_fail(r, path, "is missing");
    return false;
}

const char *record_text(const struct record *r, const char *path)
{
    struct json_value v = json_path(r->v, path);
    const char *text = is_said(v) ? page_id(r->page, v) : "";

    if (is_said(v) && !*text)
        record_fail(r, path, "is not a text");
    return text;
}

int64_t record_amount(const struct record *r, const char *path,
                      int64_t otherwise)
{
    struct json_value v = json_path(r->v, path);
    int64_t amount = otherwise;

    if (is_said(v) && json_fixed(v, &amount) < 0)
        record_fail(r, path, "is not a number");
    return amount;
}

int64_t record_time(const struct record *r, const char *path)
{
    struct json_value v = json_path(r->v, path);
    int64_t at = INSTANT_NONE;

    if (is_said(v) && instant_parse(json_str_or(v, ""), &at) < 0)
        record_fail(r, path, "is not a time");
    return at;
}

void record_fail(const struct record *r, const char *path, const char *what)
{
    if (r->page->class == PAGE_GOOD)
        page_fail(r->page, PAGE_BROKEN, "%s %.*s: %s %s", r->kind, QUOTED,
                  r->id, path, what);
}
