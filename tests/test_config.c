/* test_config.c - sources and their order, values and their units, and errors
 * that name where a value came from. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"
#include "common/units.h"

static char directory[64];
static char error[256];
static struct config config;

/* Every test runs in a folder of its own, where no file is found by chance. */
static void setup(void)
{
    snprintf(directory, sizeof directory, "/tmp/test_config.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    unsetenv("STOCKTIDE_CONFIG");
    unsetenv("STOCKTIDE_REDIS");
    unsetenv("STOCKTIDE_PAGE_BYTES");
    unsetenv("STOCKTIDE_KEY_FILE");
}

static void teardown(void)
{
    config_free(&config);
    remove("stocktide.conf");
    remove("other.conf");
    remove("password");
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(directory), 0);
}

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    ck_assert_int_eq(fclose(out), 0);
}

static int argc_left;
static char *argv_left[16];

/* Reads with the arguments of TEXT, split at blanks. */
static int read_with(const char *text)
{
    static char words[512];
    char *save = NULL;

    snprintf(words, sizeof words, "prog %s", text);
    argc_left = 0;
    for (char *w = strtok_r(words, " ", &save); w;
         w = strtok_r(NULL, " ", &save))
        argv_left[argc_left++] = w;
    argv_left[argc_left] = NULL;
    return config_read(&config, &argc_left, argv_left, error);
}

static const char *source_of(const char *name)
{
    struct config_entry entry;

    for (size_t i = 0; config_entry(&config, i, &entry); i++)
        if (strcmp(entry.name, name) == 0)
            return entry.source;
    return "no such option";
}

START_TEST(test_defaults)
{
    ck_assert_msg(read_with("") == 0, "%s", error);
    ck_assert_str_eq(config.store, "sqlite:stocktide.db");
    ck_assert_str_eq(config.key_file, "");
    ck_assert_str_eq(config.redis_password, "");
    ck_assert_int_eq(config.lease, 30 * SECOND);
    ck_assert_int_eq(config.freshness, 26 * 3600 * SECOND);
    ck_assert_int_eq(config.page_bytes, 8 << 20);
    ck_assert_int_eq(config.children, 2);
    ck_assert_str_eq(config.address.url, config.redis);
    ck_assert_str_eq(source_of("lease"), "default");
}
END_TEST

/* Each source is overruled by the one before it. */
START_TEST(test_order)
{
    write_file("stocktide.conf", "# comment\n\n  redis = unix:/file \r\n");
    ck_assert_int_eq(read_with(""), 0);
    ck_assert_str_eq(config.redis, "unix:/file");
    ck_assert_str_eq(source_of("redis"), "stocktide.conf:3");
    config_free(&config);

    setenv("STOCKTIDE_REDIS", "unix:/env", 1);
    ck_assert_int_eq(read_with(""), 0);
    ck_assert_str_eq(config.redis, "unix:/env");
    ck_assert_str_eq(source_of("redis"), "STOCKTIDE_REDIS");
    config_free(&config);

    ck_assert_int_eq(read_with("--redis unix:/flag"), 0);
    ck_assert_str_eq(config.redis, "unix:/flag");
    ck_assert_str_eq(source_of("redis"), "--redis");
}
END_TEST

START_TEST(test_arguments)
{
    ck_assert_int_eq(read_with("sync --page-bytes=64KiB acme --tries 7 "
                               "--limit 3 -- --tries 9"),
                     0);
    ck_assert_int_eq(config.page_bytes, 64 << 10);
    ck_assert_int_eq(config.tries, 7);
    ck_assert_int_eq(argc_left, 8);
    ck_assert_str_eq(argv_left[1], "sync");
    ck_assert_str_eq(argv_left[2], "acme");
    ck_assert_str_eq(argv_left[3], "--limit");
    ck_assert_str_eq(argv_left[5], "--");
    ck_assert_str_eq(argv_left[7], "9");
    ck_assert_ptr_null(argv_left[8]);
}
END_TEST

START_TEST(test_named_file)
{
    write_file("other.conf", "page_bytes = 1MiB\nkey-file = /k\n");
    ck_assert_int_eq(read_with("--config other.conf"), 0);
    ck_assert_int_eq(config.page_bytes, 1 << 20);
    ck_assert_str_eq(config.key_file, "/k");
    config_free(&config);

    setenv("STOCKTIDE_CONFIG", "other.conf", 1);
    setenv("STOCKTIDE_PAGE_BYTES", "", 1); /* as good as not there */
    ck_assert_int_eq(read_with(""), 0);
    ck_assert_int_eq(config.page_bytes, 1 << 20);
    config_free(&config);

    ck_assert_int_eq(read_with("--config missing.conf"), -1);
    ck_assert_ptr_nonnull(strstr(error, "missing.conf: No such file"));
}
END_TEST

START_TEST(test_password)
{
    write_file("password", "s3cret\n");
    ck_assert_int_eq(read_with("--redis-password-file password"), 0);
    ck_assert_str_eq(config.redis_password, "s3cret");
    ck_assert_str_eq(config.address.password, "s3cret");
}
END_TEST

static const struct {
    const char *arguments, *file, *says;
} bad[] = {
    {"--lease 30", NULL, "--lease: '30' is not a time with its unit"},
    {"--lease 1s", NULL, "--lease: '1s' is not within 2s to 1h"},
    {"--children", NULL, "--children: its value is missing"},
    {"--children many", NULL, "'many' is not a whole number"},
    {"--children -1", NULL, "'-1' is not a whole number"},
    {"--children 99999999999999999999", NULL, "is not a whole number"},
    {"--page-bytes 8Mib", NULL, "is not a size"},
    {"--page-bytes 9999999999GiB", NULL, "is not a size"},
    {"--redis localhost", NULL, "--redis: 'localhost' is not an address"},
    {"--store mysql:x", NULL, "--store: say sqlite:"},
    {"--log-level loud", NULL, "--log-level: say debug"},
    {"", "reids = unix:/x\n", "stocktide.conf:1: there is no option 'reids'"},
    {"", "\n\nredis\n", "stocktide.conf:3: a line looks like"},
    {"", "slots = 0\n", "stocktide.conf:1: slots: '0' is not within"},
    {"--freshness 40h", NULL, "must not become smaller"},
    {"--redis-password-file /none", NULL, "/none: No such file"},
};

START_TEST(test_errors)
{
    if (bad[_i].file)
        write_file("stocktide.conf", bad[_i].file);
    ck_assert_int_eq(read_with(bad[_i].arguments), -1);
    ck_assert_msg(strstr(error, bad[_i].says) != NULL, "%s: %s",
                  bad[_i].arguments, error);
}
END_TEST

static const struct {
    const char *text;
    int64_t time; /* us, or -1 */
    int64_t size;
} units[] = {
    {"30s", 30 * SECOND, -1},
    {"1h30m", 5400 * SECOND, -1},
    {"250ms", 250000, -1},
    {"2d", 172800 * SECOND, -1},
    {"0s", 0, -1},
    {"", -1, -1},
    {"s", -1, -1},
    {"1.5h", -1, -1},
    {" 1s", -1, -1},
    {"1s ", -1, -1},
    {"1h30", -1, -1},
    {"9223372036854775807s", -1, -1},
    {"9223372036854775808ms", -1, -1},
    {"512", -1, 512},
    {"512B", -1, 512},
    {"1kB", -1, 1000},
    {"1KiB", -1, 1024},
    {"5MB", -1, 5000000},
    {"1GiB", -1, 1 << 30},
    {"1K", -1, -1},
};

START_TEST(test_units)
{
    int64_t time = -1, size = -1;

    ck_assert_int_eq(duration_parse(units[_i].text, &time),
                     units[_i].time < 0 ? -1 : 0);
    ck_assert_int_eq(time, units[_i].time);
    ck_assert_int_eq(size_parse(units[_i].text, &size),
                     units[_i].size < 0 ? -1 : 0);
    ck_assert_int_eq(size, units[_i].size);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tests = tcase_create("config");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_defaults);
    tcase_add_test(tests, test_order);
    tcase_add_test(tests, test_arguments);
    tcase_add_test(tests, test_named_file);
    tcase_add_test(tests, test_password);
    tcase_add_loop_test(tests, test_errors, 0, ARRAY_LEN(bad));
    tcase_add_loop_test(tests, test_units, 0, ARRAY_LEN(units));
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
