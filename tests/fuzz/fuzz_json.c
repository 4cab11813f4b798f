/* fuzz_json.c - any bytes through the JSON door, every value of them asked for
 * everything.
 *
 *   build/fuzz/fuzz_json -max_len=4096 CORPUS tests/data/vendure
 */
#include <stdlib.h>
#include <string.h>

#include "common/instant.h"
#include "common/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lengths; /* so that no strlen() is left out */

static void ask(struct json_value v)
{
    const char *text = json_str(v);
    int64_t number;
    double real;

    if (text)
        lengths += strlen(text);
    if ((json_int(v, &number) == 0 || json_double(v, &real) == 0) &&
        json_type(v) != JSON_NUMBER)
        abort();
    if (json_fixed(v, &number) == 0 && json_type(v) != JSON_NUMBER &&
        json_type(v) != JSON_STRING)
        abort();
    if (json_true(v) && json_type(v) != JSON_BOOL)
        abort();
    if (json_type(json_path(v, "a.b.c")) != JSON_NONE &&
        json_type(v) != JSON_OBJECT)
        abort();
}

static void walk(struct json_value v, int depth)
{
    struct json_iter it = json_each(v);
    struct json_value element;
    const char *key;
    size_t n = 0;

    if (depth > JSON_DEPTH_MAX)
        abort();
    ask(v);
    if (json_type(v) == JSON_ARRAY)
        for (; json_next(&it, &element); n++)
            walk(element, depth + 1);
    else if (json_type(v) == JSON_OBJECT)
        for (; json_next_member(&it, &key, &element); n++) {
            lengths += strlen(key);
            walk(element, depth + 1);
        }
    if (n != json_size(v))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json *json;
    struct json_value root;

    if (!json)
        json = json_new();
    if (json_parse(json, (const char *)data, size, &root) == 0)
        walk(root, 0);
    else if (!*json_error(json) || json_type(root) != JSON_NONE)
        abort();
    return 0;
}
