/* test_json.c - the JSON door: types, limits, what is refused; and the elements
 * of the public door that are read with it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/json.h"
#include "producer/element.h"

#define UNTOUCHED INT64_C(-77777777)

static struct json *json;

static void setup(void)
{
    json = json_new();
}

static void teardown(void)
{
    json_free(json);
    json_free(NULL);
}

static struct json_value parse(const char *text)
{
    struct json_value root;

    ck_assert_msg(json_parse(json, text, strlen(text), &root) == 0, "%s: %s",
                  text, json_error(json));
    ck_assert_str_eq(json_error(json), "");
    return root;
}

/* -- values -- */

START_TEST(test_types)
{
    struct json_value v = parse(
        "[null, true, false, 1, -1.5, \"s\", [], {}, 18446744073709551615]");
    static const enum json_type types[] = {
        JSON_NULL,   JSON_BOOL,  JSON_BOOL,   JSON_NUMBER, JSON_NUMBER,
        JSON_STRING, JSON_ARRAY, JSON_OBJECT, JSON_NUMBER, JSON_NONE};

    ck_assert_uint_eq(json_size(v), 9);
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        ck_assert_int_eq(json_type(json_at(v, i)), types[i]);
}
END_TEST

/* Every getter takes every type, and nothing at all. */
START_TEST(test_wrong_types)
{
    struct json_value list =
        parse("[null, true, 1, 1.5, \"s\", [1], {\"a\": 1}]");

    for (size_t i = 0; i < 8; i++) {
        struct json_value v = json_at(list, i);
        bool is_number = i == 2 || i == 3;
        int64_t n = UNTOUCHED;
        double d = -7.;
        struct json_iter it = json_each(v);
        struct json_value element;

        ck_assert_int_eq(json_int(v, &n), i == 2 ? 0 : -1);
        ck_assert_int_eq(n, i == 2 ? 1 : UNTOUCHED);
        ck_assert_int_eq(json_double(v, &d), is_number ? 0 : -1);
        ck_assert(is_number ? d >= 1. : d == -7.);
        n = UNTOUCHED;
        ck_assert_int_eq(json_fixed(v, &n), is_number ? 0 : -1);
        ck_assert(is_number || n == UNTOUCHED);
        ck_assert_pstr_eq(json_str(v), i == 4 ? "s" : NULL);
        ck_assert_str_eq(json_str_or(v, "else"), i == 4 ? "s" : "else");
        ck_assert_int_eq(json_true(v), i == 1);
        ck_assert_uint_eq(json_size(v), i == 5 || i == 6);
        ck_assert_int_eq(json_type(json_at(v, 0)),
                         i == 5 ? JSON_NUMBER : JSON_NONE);
        ck_assert_int_eq(json_type(json_get(v, "a")),
                         i == 6 ? JSON_NUMBER : JSON_NONE);
        ck_assert_int_eq(json_type(json_get(v, "b")), JSON_NONE);
        if (i != 6)
            ck_assert_int_eq(json_next(&it, &element), i == 5);
    }
}
END_TEST

START_TEST(test_walk)
{
    struct json_value v = parse("{\"a\": {\"b\": [10, 20, 30]}, \"c\": null, "
                                "\"\": 5, \"x.y\": 6}");
    struct json_iter it;
    struct json_value element;
    const char *key;
    struct buf seen = {0};
    int64_t n, sum = 0;

    for (it = json_each(json_path(v, "a.b")); json_next(&it, &element);
         sum += n)
        ck_assert_int_eq(json_int(element, &n), 0);
    ck_assert_int_eq(sum, 60);
    for (it = json_each(v); json_next_member(&it, &key, &element);)
        buf_printf(&seen, "%s:%d ", key, (int)json_type(element));
    ck_assert_str_eq(buf_str(&seen), "a:6 c:1 :3 x.y:3 ");
    ck_assert_int_eq(json_type(json_path(v, "a.b.c")), JSON_NONE);
    ck_assert_int_eq(json_type(json_path(v, "a.x.y.z")), JSON_NONE);
    ck_assert_int_eq(json_type(json_path(v, "")), JSON_OBJECT);
    ck_assert_int_eq(json_type(json_get(v, "x.y")), JSON_NUMBER);
    ck_assert_int_eq(json_int(json_get(v, ""), &n), 0);
    ck_assert_int_eq(n, 5);
    buf_free(&seen);
}
END_TEST

static const struct {
    const char *text;
    int64_t whole, fixed; /* UNTOUCHED: refused */
} numbers[] = {
    {"0", 0, 0},
    {"-0", 0, 0},
    {"9223372036854775807", INT64_MAX, UNTOUCHED},
    {"-9223372036854775808", INT64_MIN, UNTOUCHED},
    {"9223372036854775808", UNTOUCHED, UNTOUCHED},
    {"18446744073709551615", UNTOUCHED, UNTOUCHED},
    {"9223372036854", INT64_C(9223372036854), INT64_C(9223372036854000000)},
    {"12.5", UNTOUCHED, 12500000},
    {"0.1", UNTOUCHED, 100000},
    {"1e3", UNTOUCHED, 1000000000},
    {"1e300", UNTOUCHED, UNTOUCHED},
    {"-1e300", UNTOUCHED, UNTOUCHED},
    {"1e-300", UNTOUCHED, 0},
    {"\"12.5\"", UNTOUCHED, 12500000},
    {"\" 7 \"", UNTOUCHED, 7000000},
    {"\"\"", UNTOUCHED, UNTOUCHED},
    {"\"seven\"", UNTOUCHED, UNTOUCHED},
};

START_TEST(test_numbers)
{
    struct json_value v = parse(numbers[_i].text);
    int64_t n = UNTOUCHED, f = UNTOUCHED;

    ck_assert_int_eq(json_int(v, &n), numbers[_i].whole == UNTOUCHED ? -1 : 0);
    ck_assert_int_eq(n, numbers[_i].whole);
    ck_assert_int_eq(json_fixed(v, &f),
                     numbers[_i].fixed == UNTOUCHED ? -1 : 0);
    if (numbers[_i].fixed != UNTOUCHED)
        ck_assert_int_eq(f, numbers[_i].fixed);
}
END_TEST

START_TEST(test_strings)
{
    struct json_value v = parse("[\"a\\u0000b\", \"\\u00e4\\ud83d\\ude00\\n\", "
                                "\"\\\"\\\\\\/\", {\"k\\u0000x\": 1}]");

    ck_assert_str_eq(json_str(json_at(v, 0)), "a"); /* up to the NUL */
    ck_assert_str_eq(json_str(json_at(v, 1)), "\xc3\xa4\xf0\x9f\x98\x80\n");
    ck_assert_str_eq(json_str(json_at(v, 2)), "\"\\/");
    ck_assert_int_eq(json_type(json_get(json_at(v, 3), "k")), JSON_NONE);
}
END_TEST

/* -- what is refused -- */

#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *what, *bytes;
    size_t length;
} bad[] = {
    {"nothing", BYTES("")},
    {"blanks", BYTES(" \n ")},
    {"cut in a text", BYTES("[\"abc")},
    {"cut in a list", BYTES("[1, 2")},
    {"cut in an object", BYTES("{\"a\": ")},
    {"cut in a number", BYTES("[-")},
    {"cut in a word", BYTES("[tru")},
    {"cut in an escape", BYTES("\"\\u00")},
    {"two values", BYTES("1 2")},
    {"a comma too many", BYTES("[1,]")},
    {"one quote", BYTES("['a']")},
    {"a comment", BYTES("[1] // no")},
    {"a NUL", BYTES("[1]\0")},
    {"a NUL in a text", BYTES("[\"a\0b\"]")},
    {"a newline in a text", BYTES("[\"a\nb\"]")},
    {"bad UTF-8", BYTES("[\"\xff\"]")},
    {"cut UTF-8", BYTES("[\"\xc3\"]")},
    {"overlong UTF-8", BYTES("[\"\xc0\xaf\"]")},
    {"a surrogate", BYTES("[\"\xed\xa0\x80\"]")},
    {"half a surrogate pair", BYTES("[\"\\ud83d\"]")},
    {"a number of 65 bits", BYTES("[18446744073709551616]")},
    {"a long number", BYTES("[123456789012345678901234567890]")},
    {"beyond a double", BYTES("[1e999]")},
    {"NaN", BYTES("[NaN]")},
    {"infinity", BYTES("[-Infinity]")},
    {"a leading zero", BYTES("[01]")},
    {"a plus", BYTES("[+1]")},
    {"a bare point", BYTES("[.5]")},
    {"HTML", BYTES("<html>")},
};

START_TEST(test_bad)
{
    /* exactly as many bytes as said, so that one beyond is seen */
    char *copy = xmalloc(bad[_i].length);
    struct json_value root;

    memcpy(copy, bad[_i].bytes, bad[_i].length);
    ck_assert_msg(json_parse(json, copy, bad[_i].length, &root) == -1, "%s",
                  bad[_i].what);
    ck_assert_str_ne(json_error(json), "");
    ck_assert_int_eq(json_type(root), JSON_NONE);
    free(copy);
    ck_assert_int_eq(json_type(parse("[1]")), JSON_ARRAY); /* fit again */
}
END_TEST

START_TEST(test_no_bytes)
{
    struct json_value root;

    ck_assert_int_eq(json_parse(json, NULL, 0, &root), -1);
    ck_assert_int_eq(json_type(root), JSON_NONE);
}
END_TEST

static int parse_nested(int depth, char open, char close)
{
    struct buf b = {0};
    struct json_value root;
    int result;

    for (int i = 0; i < depth; i++)
        buf_text(&b, open == '{' ? "{\"a\":" : "[");
    buf_char(&b, '1');
    for (int i = 0; i < depth; i++)
        buf_char(&b, close);
    result = json_parse(json, b.data, b.length, &root);
    buf_free(&b);
    return result;
}

START_TEST(test_depth)
{
    ck_assert_int_eq(parse_nested(JSON_DEPTH_MAX, '[', ']'), 0);
    ck_assert_int_eq(parse_nested(JSON_DEPTH_MAX, '{', '}'), 0);
    ck_assert_int_eq(parse_nested(JSON_DEPTH_MAX + 1, '[', ']'), -1);
    ck_assert_int_eq(parse_nested(JSON_DEPTH_MAX + 1, '{', '}'), -1);
    ck_assert_int_eq(parse_nested(1000000, '[', ']'), -1);
    ck_assert_int_eq(parse_nested(3, '[', ']'), 0);
}
END_TEST

/* Many elements are counted and walked to the end, also beyond the 16 million
 * at which simdjson's own count stops. */
START_TEST(test_many_elements)
{
    enum { MANY = 17000000 };
    size_t length = 2 * (size_t)MANY + 1, seen = 0;
    char *text = xmalloc(length);
    struct json_value root, element;
    struct json_iter it;
    int64_t sum = 0, n;

    for (size_t i = 0; i < MANY; i++)
        memcpy(text + 2 * i, ",1", 2);
    text[0] = '[';
    text[length - 1] = ']';
    ck_assert_int_eq(json_parse(json, text, length, &root), 0);
    free(text);
    ck_assert_uint_eq(json_size(root), MANY);
    for (it = json_each(root); json_next(&it, &element); seen++)
        sum += json_int(element, &n) == 0 ? n : 0;
    ck_assert_uint_eq(seen, MANY);
    ck_assert_int_eq(sum, MANY);
    ck_assert_int_eq(json_type(json_at(root, MANY)), JSON_NONE);
}
END_TEST

START_TEST(test_too_many_bytes)
{
    size_t length = (size_t)JSON_BYTES_MAX + 1;
    char *text = xmalloc(length);
    struct json_value root;

    memset(text, ' ', length);
    text[0] = '1';
    ck_assert_int_eq(json_parse(json, text, length, &root), -1);
    ck_assert_int_eq(json_parse(json, text, length - 1, &root), 0);
    free(text);
}
END_TEST

/* -- elements of the public door -- */

#define LONG_NAME                                                              \
    "1234567890123456789012345678901234567890123456789012345678901234"

static const struct {
    const char *text, *account, *by, *error;
    bool urgent;
} elements[] = {
    {"acme", "acme", "door", NULL, true},
    {"A.b_c-9", "A.b_c-9", "door", NULL, true},
    {LONG_NAME, LONG_NAME, "door", NULL, true},
    {"{\"account\": \"acme\"}", "acme", "door", NULL, true},
    {" {\"account\": \"acme\"}", NULL, NULL, "not an account's name", true},
    {"{\"account\":\"a\",\"by\":\"me\",\"urgent\":false}", "a", "me", NULL,
     false},
    {"{\"account\":\"a\",\"by\":\"" LONG_NAME "\"}", "a",
     "123456789012345678901234567890123456789012345678901234567890123", NULL,
     true},
    {LONG_NAME "5", NULL, NULL, "not an account's name", true},
    {"", NULL, NULL, "0 bytes are not an account's name", true},
    {"a b", NULL, NULL, "not an account's name", true},
    {"a\n", NULL, NULL, "not an account's name", true},
    {"\xc3\xa4", NULL, NULL, "not an account's name", true},
    {"../x", NULL, NULL, "not an account's name", true},
    {"{", NULL, NULL, "broken JSON: ", true},
    {"{}", NULL, NULL, "JSON without an account", true},
    {"{\"by\": \"me\"}", NULL, NULL, "JSON without an account", true},
    {"{\"account\": 7}", NULL, NULL, "member 'account' is not known, or", true},
    {"{\"account\": \"\"}", NULL, NULL, "not an account's name", true},
    {"{\"account\": \"a b\"}", NULL, NULL, "not an account's name", true},
    {"{\"account\": \"a\", \"urgent\": 1}", NULL, NULL,
     "member 'urgent' is not known, or", true},
    {"{\"account\": \"a\", \"more\": 1}", NULL, NULL,
     "member 'more' is not known, or", true},
    {"{\"account\": \"a\"} {}", NULL, NULL, "broken JSON: ", true},
};

START_TEST(test_element)
{
    size_t length = strlen(elements[_i].text);
    char error[256] = "", *copy = xmalloc(length); /* without a NUL */
    struct element e;
    int result;

    memcpy(copy, elements[_i].text, length);
    result = element_read(copy, length, &e, error);
    free(copy);
    if (elements[_i].error) {
        ck_assert_int_eq(result, -1);
        ck_assert_msg(
            strncmp(error, elements[_i].error, strlen(elements[_i].error)) == 0,
            "'%s': %s", elements[_i].text, error);
        return;
    }
    ck_assert_msg(result == 0, "'%s': %s", elements[_i].text, error);
    ck_assert_str_eq(e.account, elements[_i].account);
    ck_assert_str_eq(e.by, elements[_i].by);
    ck_assert_int_eq(e.urgent, elements[_i].urgent);
}
END_TEST

START_TEST(test_element_bytes)
{
    char error[256], *big = xcalloc(1, ELEMENT_MAX + 1);
    struct element e;

    ck_assert_int_eq(element_read("ac\0me", 5, &e, error), -1);
    ck_assert_str_eq(error, "has a NUL byte");
    memset(big, ' ', ELEMENT_MAX + 1);
    memcpy(big, "{\"account\":\"a\"", 14);
    big[ELEMENT_MAX - 1] = '}';
    ck_assert_int_eq(element_read(big, ELEMENT_MAX, &e, error), 0);
    ck_assert_int_eq(element_read(big, ELEMENT_MAX + 1, &e, error), -1);
    free(big);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("json");
    TCase *c = tcase_create("json");

    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60.);
    tcase_add_test(c, test_types);
    tcase_add_test(c, test_wrong_types);
    tcase_add_test(c, test_walk);
    tcase_add_loop_test(c, test_numbers, 0, ARRAY_LEN(numbers));
    tcase_add_test(c, test_strings);
    tcase_add_loop_test(c, test_bad, 0, ARRAY_LEN(bad));
    tcase_add_test(c, test_no_bytes);
    tcase_add_test(c, test_depth);
    tcase_add_test(c, test_many_elements);
    tcase_add_test(c, test_too_many_bytes);
    tcase_add_loop_test(c, test_element, 0, ARRAY_LEN(elements));
    tcase_add_test(c, test_element_bytes);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
