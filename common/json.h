/* json.h - reading JSON; the only door to simdjson (json.cc behind it).
 *
 *   struct json *json = json_new();
 *   struct json_value root, v;
 *   if (json_parse(json, bytes, length, &root) < 0) ... json_error(json)
 *   v = json_get(root, "total");          -- absent: json_type() JSON_NONE
 *   for (it = json_each(v); json_next(&it, &v);) ...
 *
 * Values and the strings they give are borrowed from the parser until its next
 * json_parse() or json_free(). Every getter accepts an absent value or one of
 * another type and says so by its result; nothing here dies of bad input.
 * Limits: DEPTH levels, JSON_BYTES_MAX bytes, numbers within 64 bits, UTF-8.
 */
#ifndef JSON_H
#define JSON_H

#include "common/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JSON_DEPTH_MAX = 64, JSON_BYTES_MAX = 64 * 1024 * 1024 };

enum json_type {
    JSON_NONE, /* no such value */
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json;
struct json_value {
    const void *doc; /* NULL: absent */
    size_t index;
};
struct json_iter {
    struct json_value at, end;
};

struct json *json_new(void);
void json_free(struct json *json); /* NULL is fine */

/* 0, or -1 with a reason in json_error(). BYTES are borrowed for the call. */
must_check int json_parse(struct json *json, const char *bytes, size_t length,
                          struct json_value *root);
const char *json_error(const struct json *json);

enum json_type json_type(struct json_value v);
/* The member KEY of an object; absent if V is none or has none. */
struct json_value json_get(struct json_value v, const char *key);
/* A path of members: json_path(v, "a.b") is json_get(json_get(v,"a"),"b"). */
struct json_value json_path(struct json_value v, const char *path);
/* The I-th element of an array; absent beyond it. Linear in I. */
struct json_value json_at(struct json_value v, size_t i);
size_t json_size(struct json_value v); /* elements or members, else 0 */

/* Over the elements of an array or the members of an object (with keys). */
struct json_iter json_each(struct json_value v);
bool json_next(struct json_iter *it, struct json_value *element);
bool json_next_member(struct json_iter *it, const char **key,
                      struct json_value *value);

/* A string up to its first NUL, else NULL. */
const char *json_str(struct json_value v);
/* A string, else OTHERWISE. */
const char *json_str_or(struct json_value v, const char *otherwise);
bool json_true(struct json_value v); /* true only for the literal true */
/* Each of these: 0 and *OUT, or -1 with *OUT untouched. */
must_check int json_int(struct json_value v, int64_t *out); /* integer only */
must_check int json_double(struct json_value v, double *out);
/* Fixed point in 1e-6 from a number or a decimal string, half away from
 * zero; -1 also beyond the range of int64. */
must_check int json_fixed(struct json_value v, int64_t *out);

#ifdef __cplusplus
}
#endif

#endif
