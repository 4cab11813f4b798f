/* test_base64.c - the vectors of RFC 4648, and a header line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"

static const struct {
    const char *bytes, *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xff\xef\xbe\xfb", "/++++w=="},
};

START_TEST(test_vectors)
{
    struct buf b = {0};

    buf_base64(&b, vectors[_i].bytes, strlen(vectors[_i].bytes));
    ck_assert_str_eq(buf_str(&b), vectors[_i].text);
    buf_free(&b);
}
END_TEST

START_TEST(test_basic)
{
    struct buf headers = {0};

    base64_basic(&headers, "Aladdin", "open sesame");
    ck_assert_str_eq(buf_str(&headers),
                     "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n");
    buf_wipe(&headers);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base64");
    TCase *tcase = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(tcase, test_vectors, 0, (int)ARRAY_LEN(vectors));
    tcase_add_test(tcase, test_basic);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
