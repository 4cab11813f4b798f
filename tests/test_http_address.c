/* test_http_address.c - which addresses are public, in every spelling. */
#include <arpa/inet.h>
#include <check.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "worker/http.h"

/* Spelled as somebody may spell a host; the resolver reads them as libcurl's
 * look-up does. */
static const struct {
    const char *host;
    bool public;
} spellings[] = {
    {"127.0.0.1", false},
    {"127.1", false},
    {"127.255.255.254", false},
    {"2130706433", false}, /* decimal 127.0.0.1 */
    {"0x7f000001", false}, /* hex */
    {"0x7f.0x0.0x0.0x1", false},
    {"0x7f.1", false},
    {"017700000001", false}, /* octal */
    {"0177.0.0.01", false},
    {"0", false},
    {"0.0.0.0", false},
    {"0.1.2.3", false},
    {"10.0.0.1", false},
    {"10.255.255.255", false},
    {"0xa000001", false},
    {"012.1", false},     /* octal 10.0.0.1 */
    {"167772161", false}, /* decimal 10.0.0.1 */
    {"9.255.255.255", true},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"126.255.255.255", true},
    {"128.0.0.0", true},
    {"169.253.255.255", true},
    {"169.254.0.1", false},
    {"169.254.169.254", false}, /* metadata of clouds */
    {"0xa9fea9fe", false},
    {"2852039166", false},
    {"0251.0376.0251.0376", false},
    {"169.254.43518", false},
    {"169.255.0.0", true},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"192.0.0.8", false},
    {"192.0.1.0", true},
    {"192.0.2.1", false},
    {"192.88.99.1", false},
    {"192.167.255.255", true},
    {"192.168.0.1", false},
    {"192.168.257", false}, /* 192.168.1.1 */
    {"3232235777", false},  /* 192.168.1.1 */
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.100.7", false},
    {"203.0.113.7", false},
    {"203.0.114.0", true},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.1", false},
    {"255.255.255.255", false},
    {"0xffffffff", false},
    {"8.8.8.8", true},
    {"134744072", true}, /* 8.8.8.8 */
    {"::", false},
    {"::1", false},
    {"0:0:0:0:0:0:0:1", false},
    {"::127.0.0.1", false}, /* the old compatible form */
    {"::8.8.8.8", false},
    {"::ffff:127.0.0.1", false},
    {"::ffff:7f00:1", false},
    {"::ffff:169.254.169.254", false},
    {"::ffff:192.168.0.1", false},
    {"::ffff:0.0.0.0", false},
    {"::ffff:8.8.8.8", true},
    {"::ffff:0:127.0.0.1", false}, /* translated, RFC 2765 */
    {"::ffff:0:8.8.8.8", false},
    {"64:ff9b::127.0.0.1", false},
    {"64:ff9b::a9fe:a9fe", false},
    {"64:ff9b::10.0.0.1", false},
    {"64:ff9b::8.8.8.8", true},
    {"64:ff9b:1::8.8.8.8", false}, /* a network's own NAT64 */
    {"64:ff9b:0:0:1::808:808", false},
    {"100::1", false},  /* discard */
    {"2001::1", false}, /* Teredo */
    {"2001:0:7f00:1::", false},
    {"2001:2::1", false},  /* benchmarks */
    {"2001:20::1", false}, /* ORCHID */
    {"2001:1ff:ffff::", false},
    {"2001:200::1", true},
    {"2001:db8::1", false},
    {"2001:db9::1", true},
    {"2002:7f00:1::", false}, /* 6to4 */
    {"2002:a9fe:a9fe::1", false},
    {"2002:808:808::", false},
    {"2003::1", true},
    {"2606:4700::1111", true},
    {"2a00:1450::8", true},
    {"3ffe::1", false},
    {"3fff::1", false},
    {"3fff:fff::1", false},
    {"3fff:1000::1", true},
    {"1fff::1", false},
    {"4000::1", false},
    {"5f00::1", false},
    {"fc00::1", false},
    {"fd12:3456::1", false},
    {"fe80::1", false},
    {"febf::1", false},
    {"fec0::1", false}, /* site-local */
    {"ff02::1", false},
    {"ff0e::1", false},
};

START_TEST(test_spelling)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int trouble = getaddrinfo(spellings[_i].host, "443", &hints, &found);

    ck_assert_msg(trouble == 0, "%s: %s", spellings[_i].host,
                  gai_strerror(trouble));
    ck_assert_msg(http_is_public(found->ai_addr, found->ai_addrlen) ==
                      spellings[_i].public,
                  "%s", spellings[_i].host);
    freeaddrinfo(found);
}
END_TEST

START_TEST(test_no_internet_address)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in v4 = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(0x08080808)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_addr.s6_addr = {0x26, 0x06}};

    ck_assert(!http_is_public((struct sockaddr *)&local, sizeof local));
    ck_assert(http_is_public((struct sockaddr *)&v4, sizeof v4));
    ck_assert(!http_is_public((struct sockaddr *)&v4, sizeof v4 - 1));
    ck_assert(http_is_public((struct sockaddr *)&v6, sizeof v6));
    ck_assert(!http_is_public((struct sockaddr *)&v6, sizeof v6 - 1));
    ck_assert(!http_is_public((struct sockaddr *)&v6, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http_address");
    TCase *tc = tcase_create("address");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tc, test_spelling, 0, (int)ARRAY_LEN(spellings));
    tcase_add_test(tc, test_no_internet_address);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
