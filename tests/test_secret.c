/* test_secret.c - where credentials come from; that a sealed one opens only
 * for whom it was sealed; that none is ever in an error's text. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/secret.h"

#define CANARY "canary-5f7a1c"

static char directory[64], key_path[96], other_path[96];
static char error[256];
static const struct secret_binding ours = {"acme", "shop",
                                           "https://shop.example"};

static void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/test_secret.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(key_path, sizeof key_path, "%s/key", directory);
    snprintf(other_path, sizeof other_path, "%s/other", directory);
    memset(error, 0, sizeof error);
}

static void teardown(void)
{
    ck_assert_ptr_null(strstr(error, CANARY));
    unlink(key_path);
    unlink(other_path);
    ck_assert_int_eq(rmdir(directory), 0);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
}

static char *seal(void)
{
    char *sealed = secret_seal(CANARY, key_path, &ours, error);

    ck_assert_msg(sealed != NULL, "%s", error);
    ck_assert_ptr_null(strstr(sealed, CANARY));
    return sealed;
}

static void assert_opens(const char *reference, const char *wanted)
{
    struct secret *s = secret_resolve(reference, key_path, &ours, error);

    ck_assert_msg(s != NULL, "%s", error);
    ck_assert_str_eq(secret_text(s), wanted);
    secret_free(s);
}

static void assert_refused(const char *reference,
                           const struct secret_binding *binding,
                           const char *says)
{
    struct secret *s = secret_resolve(reference, key_path, binding, error);

    ck_assert_ptr_null(s);
    ck_assert_msg(strstr(error, says) != NULL, "%s", error);
    ck_assert_ptr_null(strstr(error, CANARY));
}

START_TEST(test_round_trip)
{
    char *first = seal(), *second = seal();
    struct stat status;

    ck_assert_int_eq(secret_check(first, error), 0);
    assert_opens(first, CANARY);
    ck_assert_str_ne(first, second); /* a nonce is never used twice */
    ck_assert_int_eq(stat(key_path, &status), 0);
    ck_assert_int_eq(status.st_mode & 07777, 0400);
    free(first);
    free(second);
}
END_TEST

static const struct secret_binding strangers[] = {
    {"acm", "eshop", "https://shop.example"},
    {"other", "shop", "https://shop.example"},
    {"acme", "shop2", "https://shop.example"},
    {"acme", "shop", "https://evil.example"},
    {"acme", "shop", "http://shop.example"},
};

START_TEST(test_bound)
{
    char *sealed = seal();

    assert_refused(sealed, &strangers[_i], "does not belong to this account");
    free(sealed);
}
END_TEST

START_TEST(test_tampered)
{
    char *sealed = seal();
    size_t start = strlen("sealed:"), n = strlen(sealed);

    for (size_t i = start; i + 2 < n; i++) {
        char kept = sealed[i];
        sealed[i] = kept == 'A' ? 'B' : 'A';
        ck_assert_ptr_null(secret_resolve(sealed, key_path, &ours, error));
        ck_assert_ptr_null(strstr(error, CANARY));
        sealed[i] = kept;
    }
    sealed[n - 4] = '\0'; /* cut off */
    ck_assert_ptr_null(secret_resolve(sealed, key_path, &ours, error));
    free(sealed);
}
END_TEST

START_TEST(test_key_files)
{
    char *sealed = seal();

    write_file(other_path,
               "00112233445566778899aabbccddeeff"
               "00112233445566778899aabbccddeeff\n",
               0400);
    ck_assert_ptr_null(secret_resolve(sealed, other_path, &ours, error));
    ck_assert_ptr_nonnull(strstr(error, "another key"));
    ck_assert_ptr_null(secret_resolve(sealed, "", &ours, error));
    ck_assert_ptr_nonnull(strstr(error, "--key-file"));
    ck_assert_ptr_null(secret_resolve(sealed, "/none/key", &ours, error));
    ck_assert_ptr_nonnull(strstr(error, "No such file"));
    ck_assert_ptr_null(secret_seal(CANARY, "/none/key", &ours, error));
    ck_assert_ptr_nonnull(strstr(error, "cannot create key file"));

    write_file(other_path, "0011\n", 0400);
    ck_assert_ptr_null(secret_seal(CANARY, other_path, &ours, error));
    ck_assert_ptr_nonnull(strstr(error, "64 hex digits"));
    free(sealed);
}
END_TEST

static const struct {
    mode_t mode;
    bool fine;
} modes[] = {{0400, true},  {0600, true},  {0440, true},  {0404, false},
             {0644, false}, {0420, false}, {0402, false}, {0401, false}};

START_TEST(test_modes)
{
    char *sealed = seal();
    struct secret *s;

    ck_assert_int_eq(chmod(key_path, modes[_i].mode), 0);
    s = secret_resolve(sealed, key_path, &ours, error);
    ck_assert_msg((s != NULL) == modes[_i].fine, "%04o: %s",
                  (unsigned)modes[_i].mode, error);
    if (!s)
        ck_assert_ptr_nonnull(strstr(error, "chmod 400"));
    secret_free(s);
    free(sealed);
}
END_TEST

START_TEST(test_elsewhere)
{
    char reference[128];

    setenv("TEST_SECRET", CANARY, 1);
    assert_opens("env:TEST_SECRET", CANARY);
    assert_opens("", "");
    unsetenv("TEST_SECRET");
    assert_refused("env:TEST_SECRET", &ours, "has no TEST_SECRET");
    setenv("TEST_SECRET", CANARY "\nX: y", 1);
    assert_refused("env:TEST_SECRET", &ours, "is not one line");

    snprintf(reference, sizeof reference, "file:%s", other_path);
    assert_refused(reference, &ours, "No such file");
    write_file(other_path, CANARY "\r\n", 0400);
    assert_opens(reference, CANARY);
    write_file(other_path, CANARY, 0400);
    assert_opens(reference, CANARY);
    write_file(other_path, CANARY "\nmore\n", 0400);
    assert_refused(reference, &ours, "one line");
    write_file(other_path, "\n", 0400);
    assert_refused(reference, &ours, "empty");
}
END_TEST

static const struct {
    const char *reference;
    int want;
} references[] = {
    {"", 0},
    {"env:SHOP_TOKEN", 0},
    {"env:_x9", 0},
    {"file:/run/secrets/x", 0},
    {"env:", -1},
    {"env:9", -1},
    {"env:A B", -1},
    {"env:A=" CANARY, -1},
    {"file:", -1},
    {"sealed:", -1},
    {"sealed:" CANARY, -1},
    {"sealed:AAAA", -1},
    {CANARY, -1},
};

START_TEST(test_references)
{
    ck_assert_int_eq(secret_check(references[_i].reference, error),
                     references[_i].want);
}
END_TEST

START_TEST(test_guard)
{
    struct rlimit limit;

    secret_guard_process();
    ck_assert_int_eq(getrlimit(RLIMIT_CORE, &limit), 0);
    ck_assert_int_eq((int)limit.rlim_max, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
    ck_assert_int_eq(prctl(PR_GET_DUMPABLE), 0);
#endif
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secret");
    TCase *tests = tcase_create("secret");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_round_trip);
    tcase_add_loop_test(tests, test_bound, 0, ARRAY_LEN(strangers));
    tcase_add_test(tests, test_tampered);
    tcase_add_test(tests, test_key_files);
    tcase_add_loop_test(tests, test_modes, 0, ARRAY_LEN(modes));
    tcase_add_test(tests, test_elsewhere);
    tcase_add_loop_test(tests, test_references, 0, ARRAY_LEN(references));
    tcase_add_test(tests, test_guard);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
