#include "fetch_address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct net4 { uint32_t base; int bits; };

/* hosts.md §6; names as in the IANA special-purpose registries. */
static const struct net4 closed4[] = {
    { 0x00000000, 8 },  /* this network */
    { 0x0A000000, 8 },  /* private */
    { 0x64400000, 10 }, /* shared (carrier NAT) */
    { 0x7F000000, 8 },  /* loopback */
    { 0xA9FE0000, 16 }, /* link-local; cloud metadata lives there */
    { 0xAC100000, 12 }, /* private */
    { 0xC0000000, 24 }, /* IETF protocols */
    { 0xC0A80000, 16 }, /* private */
    { 0xC6120000, 15 }, /* benchmarks */
    { 0xE0000000, 3 },  /* multicast and reserved */
};

static bool public4(uint32_t address)
{
    for (size_t i = 0; i < sizeof closed4 / sizeof closed4[0]; i++)
        if ((address ^ closed4[i].base) >> (32 - closed4[i].bits) == 0)
            return false;
    return true;
}

static uint32_t four(const uint8_t *b) { return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]; }

static bool public6(const uint8_t *b)
{
    static const uint8_t zeros[16] = { 0 }, nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

    if (memcmp(b, zeros, 10) == 0 && b[10] == 0xff && b[11] == 0xff)
        return public4(four(b + 12));                        /* ::ffff:a.b.c.d */
    if (memcmp(b, nat64, 12) == 0 || (b[0] == 0x20 && b[1] == 0x02))
        return public4(four(b[0] == 0x20 ? b + 2 : b + 12)); /* NAT64, 6to4: where they lead */
    if (memcmp(b, zeros, 12) == 0)
        return false;                                        /* ::, ::1, IPv4-compatible */
    return (b[0] & 0xfe) != 0xfc && !(b[0] == 0xfe && (b[1] & 0x80) != 0) && b[0] != 0xff;   /* unique local, link-local, site-local, multicast */
}

bool fetch_address_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof in);
        return public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, address, sizeof in);
        return public6(in.sin6_addr.s6_addr);
    }
    return false;
}
