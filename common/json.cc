/* json.cc - the one C++ file: simdjson's DOM behind the C door json.h.
 *
 * A simdjson element is a document pointer and an index into its tape; a
 * json_value carries the same two words, so nothing is allocated for it.
 */
#include <cmath>
#include <cstring>
#include <new>
#include <simdjson.h>

extern "C" {
#include "common/fixed.h"
}
#include "common/json.h"

using simdjson::dom::element;
using simdjson::dom::element_type;

struct json {
    simdjson::dom::parser parser{JSON_BYTES_MAX};
    const char *error = "";
};

static_assert(sizeof(element) == sizeof(struct json_value), "two words each");
static_assert(sizeof(simdjson::dom::array::iterator) == sizeof(json_value) &&
                  sizeof(simdjson::dom::object::iterator) == sizeof(json_value),
              "an iterator is an index into the tape");

template <class To, class From> static To pun(const From &from)
{
    static_assert(sizeof(To) == sizeof(From), "same words");
    alignas(To) unsigned char words[sizeof(To)];
    std::memcpy(words, &from, sizeof words);
    return *std::launder(reinterpret_cast<To *>(words));
}

static json_value absent()
{
    return json_value{nullptr, 0};
}

extern "C" {

struct json *json_new(void)
{
    struct json *json = new (std::nothrow) struct json;

    /* simdjson counts the value within the deepest level too */
    if (!json || json->parser.allocate(0, JSON_DEPTH_MAX + 1))
        die("out of memory (JSON parser)");
    return json;
}

void json_free(struct json *json)
{
    delete json;
}

int json_parse(struct json *json, const char *bytes, size_t length,
               struct json_value *root)
{
    element top;
    simdjson::error_code error;

    *root = absent();
    error = json->parser.parse(bytes ? bytes : "", length, true).get(top);
    json->error = error ? simdjson::error_message(error) : "";
    if (error)
        return -1;
    *root = pun<json_value>(top);
    return 0;
}

const char *json_error(const struct json *json)
{
    return json->error;
}

enum json_type json_type(struct json_value v)
{
    if (!v.doc)
        return JSON_NONE;
    switch (pun<element>(v).type()) {
    case element_type::ARRAY:
        return JSON_ARRAY;
    case element_type::OBJECT:
        return JSON_OBJECT;
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
        return JSON_NUMBER;
    case element_type::STRING:
        return JSON_STRING;
    case element_type::BOOL:
        return JSON_BOOL;
    case element_type::NULL_VALUE:
        return JSON_NULL;
    }
    return JSON_NONE;
}

static json_value member(json_value v, const char *key, size_t length)
{
    simdjson::dom::object object;
    element found;

    if (!v.doc || pun<element>(v).get(object) ||
        object.at_key(std::string_view(key, length)).get(found))
        return absent();
    return pun<json_value>(found);
}

struct json_value json_get(struct json_value v, const char *key)
{
    return member(v, key, std::strlen(key));
}

struct json_value json_path(struct json_value v, const char *path)
{
    while (*path) {
        size_t length = std::strcspn(path, ".");
        v = member(v, path, length);
        path += length + (path[length] == '.');
    }
    return v;
}

struct json_value json_at(struct json_value v, size_t i)
{
    simdjson::dom::array array;
    element found;

    if (!v.doc || pun<element>(v).get(array) || array.at(i).get(found))
        return absent();
    return pun<json_value>(found);
}

struct json_iter json_each(struct json_value v)
{
    simdjson::dom::array array;
    simdjson::dom::object object;

    if (v.doc && !pun<element>(v).get(array))
        return {pun<json_value>(array.begin()), pun<json_value>(array.end())};
    if (v.doc && !pun<element>(v).get(object))
        return {pun<json_value>(object.begin()), pun<json_value>(object.end())};
    return {absent(), absent()};
}

bool json_next(struct json_iter *it, struct json_value *value)
{
    if (it->at.index == it->end.index)
        return false;
    auto at = pun<simdjson::dom::array::iterator>(it->at);
    *value = pun<json_value>(*at);
    it->at = pun<json_value>(++at);
    return true;
}

bool json_next_member(struct json_iter *it, const char **key,
                      struct json_value *value)
{
    if (it->at.index == it->end.index)
        return false;
    auto at = pun<simdjson::dom::object::iterator>(it->at);
    *key = at.key_c_str();
    *value = pun<json_value>(at.value());
    it->at = pun<json_value>(++at);
    return true;
}

/* json_size() counts by walking: simdjson's own size stops at 2^24 - 1. */
size_t json_size(struct json_value v)
{
    simdjson::dom::array array;
    simdjson::dom::object object;
    size_t n = 0;

    if (v.doc && !pun<element>(v).get(array))
        for (auto i = array.begin(); i != array.end(); ++i)
            n++;
    else if (v.doc && !pun<element>(v).get(object))
        for (auto i = object.begin(); i != object.end(); ++i)
            n++;
    return n;
}

const char *json_str(struct json_value v)
{
    const char *text;

    if (!v.doc || pun<element>(v).get(text))
        return nullptr;
    return text;
}

const char *json_str_or(struct json_value v, const char *otherwise)
{
    const char *text = json_str(v);

    return text ? text : otherwise;
}

bool json_true(struct json_value v)
{
    bool value;

    return v.doc && !pun<element>(v).get(value) && value;
}

int json_int(struct json_value v, int64_t *out)
{
    int64_t value;

    if (!v.doc || pun<element>(v).get(value))
        return -1;
    *out = value;
    return 0;
}

int json_double(struct json_value v, double *out)
{
    double value;

    if (!v.doc || pun<element>(v).get(value))
        return -1;
    *out = value;
    return 0;
}

int json_fixed(struct json_value v, int64_t *out)
{
    const char *text = json_str(v);
    int64_t whole;
    double value;

    if (text)
        return fixed_parse(text, out);
    if (json_int(v, &whole) == 0)
        return __builtin_mul_overflow(whole, FIXED_ONE, out) ? -1 : 0;
    if (json_double(v, &value) < 0)
        return -1;
    return fixed_from_double(value, out);
}

} /* extern "C" */
