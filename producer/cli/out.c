/* out.c - JSON for programs. See out.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/instant.h"
#include "common/json.h"
#include "producer/cli/out.h"

static void key_of(struct out *o, const char *key)
{
    if (o->comma)
        buf_char(&o->text, ',');
    o->comma = true;
    if (!key)
        return;
    buf_json(&o->text, key);
    buf_char(&o->text, ':');
}

void out_open(struct out *o, const char *key, char bracket)
{
    key_of(o, key);
    buf_char(&o->text, bracket);
    o->comma = false;
}

void out_close(struct out *o, char bracket)
{
    buf_char(&o->text, bracket);
    o->comma = true;
}

void out_text(struct out *o, const char *key, const char *text)
{
    key_of(o, key);
    if (text)
        buf_json(&o->text, text);
    else
        buf_text(&o->text, "null");
}

void out_int(struct out *o, const char *key, int64_t n)
{
    key_of(o, key);
    if (n == INSTANT_NONE)
        buf_text(&o->text, "null");
    else
        buf_printf(&o->text, "%lld", (long long)n);
}

void out_bool(struct out *o, const char *key, bool yes)
{
    key_of(o, key);
    buf_text(&o->text, yes ? "true" : "false");
}

void out_instant(struct out *o, const char *key, int64_t instant)
{
    char text[INSTANT_TEXT];

    out_text(o, key,
             instant == INSTANT_NONE ? NULL : instant_text(instant, text));
}

void out_fixed(struct out *o, const char *key, int64_t value)
{
    char text[FIXED_TEXT];

    key_of(o, key);
    buf_text(&o->text,
             value == INSTANT_NONE ? "null" : fixed_text(value, text));
}

void out_real(struct out *o, const char *key, double value)
{
    char text[40];

    key_of(o, key);
    if (!isfinite(value)) {
        buf_text(&o->text, "null");
        return;
    }
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof text, "%.17g", value);
    buf_text(&o->text, text);
}

/* -- copies -- */

struct member {
    const char *key;
    struct json_value value;
};

static int by_key(const void *a, const void *b)
{
    const struct member *left = a, *right = b;

    return strcmp(left->key, right->key);
}

static void copy_object(struct out *o, struct json_value object)
{
    size_t n = 0, size = json_size(object);
    struct member *members = xcalloc(size, sizeof *members);
    struct json_iter it = json_each(object);

    while (n < size &&
           json_next_member(&it, &members[n].key, &members[n].value))
        n++;
    qsort(members, n, sizeof *members, by_key);
    for (size_t i = 0; i < n; i++)
        out_value(o, members[i].key, members[i].value);
    free(members);
}

static void copy_number(struct out *o, const char *key, struct json_value v)
{
    int64_t whole;
    double number;

    if (json_int(v, &whole) == 0)
        out_int(o, key, whole);
    else
        out_real(o, key, json_double(v, &number) == 0 ? number : NAN);
}

void out_value(struct out *o, const char *key, struct json_value v)
{
    struct json_iter it = json_each(v);
    struct json_value element;

    switch (json_type(v)) {
    case JSON_OBJECT:
        out_open(o, key, '{');
        copy_object(o, v);
        out_close(o, '}');
        break;
    case JSON_ARRAY:
        out_open(o, key, '[');
        while (json_next(&it, &element))
            out_value(o, NULL, element);
        out_close(o, ']');
        break;
    case JSON_NUMBER:
        copy_number(o, key, v);
        break;
    case JSON_BOOL:
        out_bool(o, key, json_true(v));
        break;
    default: /* a string, or null */
        out_text(o, key, json_str(v));
    }
}

void out_json(struct out *o, const char *key, const char *json)
{
    struct json *parser = json_new();
    struct json_value root;

    if (json_parse(parser, json, strlen(json), &root) == 0)
        out_value(o, key, root);
    else
        out_text(o, key, json);
    json_free(parser);
}

void out_print(struct out *o)
{
    buf_char(&o->text, '\n');
    fputs(o->text.data, stdout);
    buf_free(&o->text);
}
