/* bench_pickup.c - how long a request waits while all is idle.
 * usage: bench_pickup [samples]
 *
 * From LPUSH at the door until the platform is asked. The platform is a
 * listener here, which knows the moment; it answers each question with an empty
 * list. Between two samples is a random rest, so that they do not fall into step
 * with our programs' clocks.
 */
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/stack.h"

enum { LINES = 16 };

struct shop {
    struct pollfd fds[LINES]; /* the first one listens */
    char got[LINES][8192];
    size_t lengths[LINES];
    nfds_t n;
    int64_t first; /* when the first question of this sample came; 0: not yet */
};

static void shop_open(struct shop *shop, char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 ||
        bind(fd, (struct sockaddr *)(void *)&address, sizeof address) < 0 ||
        listen(fd, LINES) < 0 ||
        getsockname(fd, (struct sockaddr *)(void *)&address, &length) < 0)
        stack_fail("no listener");
    *shop = (struct shop){.n = 1};
    shop->fds[0] = (struct pollfd){.fd = fd, .events = POLLIN};
    snprintf(url, size, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

static void answer(struct shop *shop, nfds_t i)
{
    static const char empty[] = "HTTP/1.1 200 OK\r\n"
                                "Content-Type: application/json\r\n"
                                "X-WP-Total: 0\r\nX-WP-TotalPages: 0\r\n"
                                "Content-Length: 2\r\n\r\n[]";

    if (!shop->first)
        shop->first = mono_us();
    if (write(shop->fds[i].fd, empty, sizeof empty - 1) < 0)
        stack_fail("cannot answer");
    shop->lengths[i] = 0;
}

static void shop_read(struct shop *shop, nfds_t i)
{
    char *got = shop->got[i];
    size_t *length = &shop->lengths[i];
    ssize_t n =
        read(shop->fds[i].fd, got + *length, sizeof shop->got[i] - 1 - *length);

    if (n <= 0) {
        close(shop->fds[i].fd);
        shop->fds[i].fd = -1; /* poll() passes it over */
        return;
    }
    *length += (size_t)n;
    got[*length] = '\0';
    if (strstr(got, "\r\n\r\n"))
        answer(shop, i);
}

static void shop_accept(struct shop *shop)
{
    int fd = accept4(shop->fds[0].fd, NULL, NULL, SOCK_CLOEXEC);
    nfds_t i = 1;

    while (i < shop->n && shop->fds[i].fd >= 0)
        i++;
    if (fd < 0 || i == LINES)
        stack_fail("too many lines");
    if (i == shop->n)
        shop->n++;
    shop->fds[i] = (struct pollfd){.fd = fd, .events = POLLIN};
    shop->lengths[i] = 0;
}

/* Serves for so many milliseconds at most, until something came. */
static void shop_turn(struct shop *shop, int ms)
{
    if (poll(shop->fds, shop->n, ms) <= 0)
        return;
    for (nfds_t i = 1; i < shop->n; i++)
        if (shop->fds[i].revents)
            shop_read(shop, i);
    if (shop->fds[0].revents)
        shop_accept(shop);
}

static bool runs(struct stack *s)
{
    return stack_number(s, "SELECT EXISTS (SELECT 1 FROM sync WHERE state "
                           "IN ('running', 'processing', 'waiting'))");
}

/* Milliseconds. */
static double sample(struct stack *s, struct shop *shop)
{
    int64_t start = mono_us(), rest;

    shop->first = 0;
    stack_push(s, "variants", "acme");
    while (!shop->first) {
        shop_turn(shop, 1000);
        if (mono_us() - start > 20 * SECOND)
            stack_fail("nobody asks");
    }
    while (runs(s))
        shop_turn(shop, 1);
    rest = mono_us() + 5000 + (int64_t)(drand48() * 50000);
    while (mono_us() < rest)
        shop_turn(shop, (int)((rest - mono_us()) / 1000) + 1);
    return (double)(shop->first - start) / 1e3;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 300;
    double *ms = xcalloc((size_t)n, sizeof *ms);
    static struct shop shop;
    struct stack s;

    stack_open(&s);
    shop_open(&shop, s.sim_url, sizeof s.sim_url);
    stack_connect_sim(&s, stack_account(&s, "acme"), "woocommerce");
    stack_worker(&s, (const char *const[]){"--children", "2", NULL});
    stack_producer(&s, NULL);
    sample(&s, &shop); /* until all are awake */
    for (int i = 0; i < n; i++)
        ms[i] = sample(&s, &shop);
    qsort(ms, (size_t)n, sizeof *ms, ascending);
    printf("bench_pickup: from LPUSH at the door to the platform's first "
           "request, %d samples\n"
           "  p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, most %.2f ms "
           "(aims: p50 5, p99 25)\n",
           n, ms[n / 2], ms[n * 9 / 10], ms[n * 99 / 100], ms[n - 1]);
    free(ms);
    stack_close(&s);
    return 0;
}
