/* test_bytes.c - buffers and their escapes, arenas, bells as msgpack, addresses
 * of Redis. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/bells.h"
#include "common/buf.h"
#include "common/json.h"
#include "common/redis_url.h"
#include "common/task.h"
#include "tests/sim/dice.h"

enum { MANY = 20000 };

/* -- buf -- */

START_TEST(test_buf)
{
    struct buf b = {0};

    ck_assert_str_eq(buf_str(&b), "");
    buf_clear(&b);
    buf_add(&b, NULL, 0);
    buf_text(&b, "");
    ck_assert_str_eq(buf_str(&b), "");
    buf_printf(&b, "%d-%s", 12, "ab");
    buf_char(&b, 'c');
    buf_add(&b, "\0d", 2);
    ck_assert_uint_eq(b.length, 8);
    ck_assert_int_eq(memcmp(b.data, "12-abc\0d", 9), 0);
    for (int i = 0; i < 10000; i++)
        buf_printf(&b, "%s", "0123456789");
    ck_assert_uint_eq(b.length, 100008);
    ck_assert_str_eq(b.data + b.length - 3, "789");
    buf_clear(&b);
    ck_assert_str_eq(buf_str(&b), "");
    ck_assert_uint_gt(b.size, 100000);
    buf_wipe(&b);
    ck_assert_ptr_null(b.data);
    buf_free(&b);
}
END_TEST

static const struct {
    const char *text, *json;
} escapes[] = {
    {"", "\"\""},
    {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
    {"\n\t\x01\x1f\x7f", "\"\\u000a\\u0009\\u0001\\u001f\\u007f\""},
    {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
     "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\""},
    /* none of these is UTF-8; a good byte behind it stays */
    {"\x80x", "\"\xef\xbf\xbdx\""},
    {"\xc3", "\"\xef\xbf\xbd\""},
    {"\xc3(", "\"\xef\xbf\xbd(\""},
    {"\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xe0\x80\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xf4\x90\x80\x80",
     "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xff\"", "\"\xef\xbf\xbd\\\"\""},
};

START_TEST(test_buf_json)
{
    struct buf b = {0};

    buf_json(&b, escapes[_i].text);
    ck_assert_str_eq(buf_str(&b), escapes[_i].json);
    buf_free(&b);
}
END_TEST

/* Up to 10 bytes, many of them near what UTF-8 and JSON are about. */
static void any_text(uint64_t *seed, char *text)
{
    static const char near[] = "\xc3\xa4\xe2\x82\xac\"\\";
    uint32_t n = dice_below(seed, 11);

    for (uint32_t i = 0; i < n; i++)
        text[i] = dice_below(seed, 2) ? (char)(1 + dice_below(seed, 255))
                                      : near[dice_below(seed, 7)];
    text[n] = '\0';
}

/* Whatever the bytes: JSON that can be read, and the text again if it was
 * UTF-8. */
START_TEST(test_buf_json_of_any_bytes)
{
    struct json *json = json_new();
    struct buf b = {0};
    uint64_t seed = 3;

    for (int i = 0; i < MANY; i++) {
        struct json_value v;
        char text[12];
        any_text(&seed, text);
        buf_clear(&b);
        buf_json(&b, text);
        ck_assert_msg(json_parse(json, b.data, b.length, &v) == 0, "%s: %s",
                      b.data, json_error(json));
        if (!strstr(b.data, "\xef\xbf\xbd"))
            ck_assert_str_eq(json_str(v), text);
    }
    buf_free(&b);
    json_free(json);
}
END_TEST

START_TEST(test_buf_url)
{
    struct buf b = {0};

    buf_url(&b, "aZ09-._~");
    buf_char(&b, '|');
    buf_url(&b, " /?&=+%\xc3\xa4\x01");
    ck_assert_str_eq(buf_str(&b), "aZ09-._~|%20%2F%3F%26%3D%2B%25%C3%A4%01");
    buf_free(&b);
}
END_TEST

START_TEST(test_utf8_length)
{
    /* every sequence of two bytes, against the rule written down anew */
    for (int a = 0; a < 256; a++)
        for (int c = 0; c < 256; c++) {
            const unsigned char s[] = {(unsigned char)a, (unsigned char)c, 0x80,
                                       0x80, 0};
            bool follows = c >= 0x80 && c < 0xc0;
            size_t want = a < 0x80                 ? 1
                          : a < 0xc2 || !follows   ? 0
                          : a < 0xe0               ? 2
                          : a == 0xe0              ? (c >= 0xa0 ? 3 : 0)
                          : a == 0xed              ? (c < 0xa0 ? 3 : 0)
                          : a < 0xf0               ? 3
                          : a == 0xf0              ? (c >= 0x90 ? 4 : 0)
                          : a < 0xf4               ? 4
                          : a == 0xf4 && c <= 0x8f ? 4
                                                   : 0;
            ck_assert_msg(utf8_length(s) == want, "%02x %02x", (unsigned)a,
                          (unsigned)c);
        }
}
END_TEST

/* -- arena -- */

static bool all_are(const char *bytes, size_t n, char c)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != c)
            return false;
    return true;
}

START_TEST(test_arena)
{
    struct arena *a = arena_new();
    uint64_t seed = 4;

    arena_reset(a);
    for (int round = 0; round < 20; round++) {
        char *kept[100];
        size_t sizes[100];
        for (size_t i = 0; i < 100; i++) {
            sizes[i] = dice_below(&seed, i % 10 ? 300 : 200000);
            kept[i] = arena_alloc(a, sizes[i]);
            ck_assert_uint_eq((uintptr_t)kept[i] % 16, 0);
            ck_assert(all_are(kept[i], sizes[i], 0));
            memset(kept[i], (int)i, sizes[i]);
        }
        for (size_t i = 0; i < 100; i++)
            ck_assert(all_are(kept[i], sizes[i], (char)i));
        arena_reset(a);
    }
    arena_free(a);
    arena_free(NULL);
}
END_TEST

START_TEST(test_arena_texts)
{
    struct arena *a = arena_new();
    char *big = xcalloc(1, 300001);

    memset(big, 'x', 300000);
    ck_assert_str_eq(arena_text(a, "abcdef", 3), "abc");
    ck_assert_str_eq(arena_text(a, "", 0), "");
    ck_assert_str_eq(arena_printf(a, "%s-%05d", "n", 42), "n-00042");
    ck_assert_str_eq(arena_printf(a, "%s", big), big);
    ck_assert_str_eq(arena_text(a, big, 300000), big);
    free(big);
    arena_free(a);
}
END_TEST

/* -- tasks -- */

static const struct stream_key keys[] = {
    {1, 0, STREAM_METRICS},
    {1, 1, STREAM_VARIANTS},
    {INT64_MAX, INT64_MAX, STREAM_ON_ORDER},
    {127, 128, STREAM_SALES},
    {65535, 65536, STREAM_STOCK},
    {INT64_C(4294967295), INT64_C(4294967296), STREAM_ASSEMBLY_ORDERS},
};

START_TEST(test_task)
{
    const struct stream_key *k = &keys[_i];
    struct stream_key back = {0};
    char bytes[TASK_BYTES + 1];
    size_t length = task_pack(k, bytes);

    ck_assert_uint_le(length, TASK_BYTES);
    ck_assert_int_eq(task_unpack(bytes, length, &back), 0);
    ck_assert_int_eq(back.account, k->account);
    ck_assert_int_eq(back.connection, k->connection);
    ck_assert_int_eq(back.stream, k->stream);
    bytes[length] = 0;
    ck_assert_int_eq(task_unpack(bytes, length + 1, &back), -1);
    while (length-- > 0)
        ck_assert_int_eq(task_unpack(bytes, length, &back), -1);
}
END_TEST

#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *what, *bytes;
    size_t length;
    int result;
} tasks[] = {
    {"one of ours", BYTES("\x94\x01\x05\x02\x03"), 0},
    {"a newer version", BYTES("\x94\x02\x05\x02\x03"), 1},
    {"a newer version, longer", BYTES("\x96\x03\xc0\xc0\xc0\xc0\xc0"), 1},
    {"a newer version, shorter", BYTES("\x91\x07"), 1},
    {"no version", BYTES("\x90"), -1},
    {"too short", BYTES("\x93\x01\x05\x02"), -1},
    {"too long", BYTES("\x95\x01\x05\x02\x03\x04"), -1},
    {"no stream 8", BYTES("\x94\x01\x05\x02\x08"), -1},
    {"negative", BYTES("\x94\x01\xff\x02\x03"), -1},
    {"negative version", BYTES("\x94\xff\x05\x02\x03"), -1},
    {"a text", BYTES("\x94\x01\xa1x\x02\x03"), -1},
    {"a float", BYTES("\x94\x01\xca\x3f\x80\x00\x00\x02\x03"), -1},
    {"beyond int64",
     BYTES("\x94\x01\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x02\x03"), -1},
    {"a map", BYTES("\x81\x01\x05"), -1},
    {"a number", BYTES("\x01"), -1},
    {"cut", BYTES("\x94\x01\x05"), -1},
    {"an array of 4 billion", BYTES("\xdd\xff\xff\xff\xff"), -1},
    {"a text of 4 billion", BYTES("\xdb\xff\xff\xff\xff"), -1},
    {"nested", BYTES("\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x90"), -1},
    {"JSON", BYTES("[1,5,2,3]"), -1},
    {"nothing", BYTES(""), -1},
};

START_TEST(test_not_a_task)
{
    struct stream_key key = {77, 77, STREAM_SALES};
    int result = task_unpack(tasks[_i].bytes, tasks[_i].length, &key);

    ck_assert_msg(result == tasks[_i].result, "%s: %d", tasks[_i].what, result);
    ck_assert_int_eq(key.account, result == 0 ? 5 : 77);
}
END_TEST

START_TEST(test_task_of_any_bytes)
{
    uint64_t seed = 5;

    for (int i = 0; i < MANY; i++) {
        struct stream_key key = {0};
        size_t length = dice_below(&seed, TASK_BYTES + 2);
        char *bytes = xmalloc(length); /* so that a byte beyond is seen */
        for (size_t j = 0; j < length; j++)
            bytes[j] = (char)dice(&seed);
        if (length > 5 && i % 2) { /* nearly one of ours */
            memcpy(bytes, "\x94\x01\x05\x02\x03", 5);
            bytes[dice_below(&seed, 5)] = (char)dice(&seed);
            length = 1 + dice_below(&seed, 6);
        }
        if (task_unpack(bytes, length, &key) == 0) {
            ck_assert_int_ge(key.account, 0);
            ck_assert_int_ge(key.connection, 0);
            ck_assert_int_lt(key.stream, STREAM_COUNT);
        }
        free(bytes);
    }
}
END_TEST

/* -- bells -- */

static struct buf rung; /* what was sent, a line for each command */

static void send_text(void *arg, int argc, const char **argv,
                      const size_t *lengths)
{
    ck_assert_ptr_eq(arg, &rung);
    ck_assert_uint_eq(lengths[0], 5);
    buf_printf(&rung, "%s %.*s %d\n", argv[0], (int)lengths[1], argv[1],
               argc - 2);
    for (int i = 2; i < argc; i++) {
        struct stream_key key;
        ck_assert_int_eq(task_unpack(argv[i], lengths[i], &key), 0);
    }
}

START_TEST(test_bells)
{
    static struct ring rings[300];

    for (size_t i = 0; i < 300; i++) {
        rings[i].key = (struct stream_key){1, (int64_t)i, STREAM_STOCK};
        if (i < 290)
            snprintf(rings[i].platform, PLATFORM_NAME, "%s",
                     i < 200 ? "odoo" : "csv");
        rings[i].urgent = i >= 150 && i < 200;
    }
    bells_ring(rings, 300, send_text, &rung);
    ck_assert_str_eq(buf_str(&rung), "RPUSH tasks:fetch:odoo 128\n"
                                     "RPUSH tasks:fetch:odoo 22\n"
                                     "LPUSH tasks:fetch:odoo 50\n"
                                     "RPUSH tasks:fetch:csv 90\n"
                                     "RPUSH tasks:process 10\n");
    buf_clear(&rung);
    bells_ring(rings, 0, send_text, &rung);
    ck_assert_str_eq(buf_str(&rung), "");
    buf_free(&rung);
}
END_TEST

/* -- addresses of Redis -- */

static const struct {
    const char *text, *path, *host;
    int port, database;
} urls[] = {
    {"unix:/run/redis.sock", "/run/redis.sock", NULL, 6379, 0},
    {"unix:relative", "relative", NULL, 6379, 0},
    {"redis://localhost", NULL, "localhost", 6379, 0},
    {"redis://localhost/", NULL, "localhost", 6379, 0},
    {"redis://h:1", NULL, "h", 1, 0},
    {"redis://h:65535/3", NULL, "h", 65535, 3},
    {"redis://h/1023", NULL, "h", 6379, 1023},
    {"redis://[::1]:7000/2", NULL, "::1", 7000, 2},
    {"redis://[fe80::1]", NULL, "fe80::1", 6379, 0},
    {"unix:", NULL, NULL, 0, 0},
    {"redis://", NULL, NULL, 0, 0},
    {"redis://:6379", NULL, NULL, 0, 0},
    {"redis://h:", NULL, NULL, 0, 0},
    {"redis://h:x", NULL, NULL, 0, 0},
    {"redis://h:65536", NULL, NULL, 0, 0},
    {"redis://h:-1", NULL, NULL, 0, 0},
    {"redis://h:99999999999999999999", NULL, NULL, 0, 0},
    {"redis://h/1024", NULL, NULL, 0, 0},
    {"redis://h/x", NULL, NULL, 0, 0},
    {"redis://h/1/2", NULL, NULL, 0, 0},
    {"redis://[::1", NULL, NULL, 0, 0},
    {"redis://[]", NULL, NULL, 0, 0},
    {"redis://[::1]x", NULL, NULL, 0, 0},
    {"rediss://h", NULL, NULL, 0, 0},
    {"http://h", NULL, NULL, 0, 0},
    {"h:6379", NULL, NULL, 0, 0},
    {"", NULL, NULL, 0, 0},
};

START_TEST(test_redis_url)
{
    bool good = urls[_i].path || urls[_i].host;
    char error[256] = "";
    struct redis_url url;

    ck_assert_msg(redis_url_parse(urls[_i].text, &url, error) ==
                      (good ? 0 : -1),
                  "%s", urls[_i].text);
    ck_assert_pstr_eq(url.path, urls[_i].path);
    ck_assert_pstr_eq(url.host, urls[_i].host);
    if (good) {
        ck_assert_int_eq(url.port, urls[_i].port);
        ck_assert_int_eq(url.database, urls[_i].database);
    } else {
        ck_assert_ptr_nonnull(strstr(error, "is not an address of Redis"));
    }
    redis_url_free(&url);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("bytes");
    TCase *c = tcase_create("bytes");

    tcase_set_timeout(c, 30.);
    tcase_add_test(c, test_buf);
    tcase_add_loop_test(c, test_buf_json, 0, ARRAY_LEN(escapes));
    tcase_add_test(c, test_buf_json_of_any_bytes);
    tcase_add_test(c, test_buf_url);
    tcase_add_test(c, test_utf8_length);
    tcase_add_test(c, test_arena);
    tcase_add_test(c, test_arena_texts);
    tcase_add_loop_test(c, test_task, 0, ARRAY_LEN(keys));
    tcase_add_loop_test(c, test_not_a_task, 0, ARRAY_LEN(tasks));
    tcase_add_test(c, test_task_of_any_bytes);
    tcase_add_test(c, test_bells);
    tcase_add_loop_test(c, test_redis_url, 0, ARRAY_LEN(urls));
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
