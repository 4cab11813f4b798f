/* http_address.c - which addresses are on the public internet. See http.h.
 *
 * IPv4: all but the blocks of the special-purpose registry. IPv6: the other way
 * round, only 2000::/3 without the blocks below, so that what is assigned one
 * day for something local is refused before anybody hears of it. The two forms
 * behind which an IPv4 address is reached today (mapped, NAT64) are judged by
 * that address; the tunnels of the past (6to4, Teredo) are refused.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "worker/http.h"

struct block {
    uint8_t bytes[12]; /* the prefix; what follows is zero */
    unsigned bits;
};

static const struct block closed4[] = {
    {{0}, 8},             /* this network */
    {{10}, 8},            /* private */
    {{100, 64}, 10},      /* shared by a carrier's customers */
    {{127}, 8},           /* loopback */
    {{169, 254}, 16},     /* link-local; metadata of clouds */
    {{172, 16}, 12},      /* private */
    {{192, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 88, 99}, 24},  /* relays of 6to4 */
    {{192, 168}, 16},     /* private */
    {{198, 18}, 15},      /* benchmarks */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 4},           /* multicast */
    {{240}, 4},           /* reserved; broadcast */
};

static const struct block open6 = {{0x20}, 3};
static const struct block closed6[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3f, 0xfe}, 16},             /* once the 6bone */
    {{0x3f, 0xff}, 20},             /* documentation */
};

/* The last 32 bits are an IPv4 address, and that is where packets go. */
static const struct block carriers[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, /* mapped */
    {{0x00, 0x64, 0xff, 0x9b}, 96},                   /* NAT64 */
};

static bool inside(const struct block *block, const uint8_t *address)
{
    unsigned whole = block->bits / 8, rest = block->bits % 8;

    if (memcmp(block->bytes, address, whole) != 0)
        return false;
    return rest == 0 ||
           (block->bytes[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool inside_any(const struct block *blocks, size_t count,
                       const uint8_t *address)
{
    for (size_t i = 0; i < count; i++)
        if (inside(&blocks[i], address))
            return true;
    return false;
}

static bool is_public4(const uint8_t *address)
{
    return !inside_any(closed4, ARRAY_LEN(closed4), address);
}

static bool is_public6(const uint8_t *address)
{
    if (inside_any(carriers, ARRAY_LEN(carriers), address))
        return is_public4(address + 12);
    return inside(&open6, address) &&
           !inside_any(closed6, ARRAY_LEN(closed6), address);
}

bool http_is_public(const struct sockaddr *address, size_t length)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (length >= sizeof v4 && address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return is_public4((const uint8_t *)&v4.sin_addr);
    }
    if (length >= sizeof v6 && address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        return is_public6((const uint8_t *)&v6.sin6_addr);
    }
    return false;
}
