#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "fetch_private.h"

/* IPv4, host order: what is reserved, private, local or not for one receiver (IANA's special-purpose registry; hosts.md §6). */
static const struct { uint32_t net; int bits; } REFUSED_V4[] = {
    { 0x00000000,  8 },      /* 0/8         this network */
    { 0x0A000000,  8 },      /* 10/8        private */
    { 0x64400000, 10 },      /* 100.64/10   carrier-grade NAT */
    { 0x7F000000,  8 },      /* 127/8       loopback */
    { 0xA9FE0000, 16 },      /* 169.254/16  link-local, cloud metadata */
    { 0xAC100000, 12 },      /* 172.16/12   private */
    { 0xC0000000, 24 },      /* 192.0.0/24  protocol assignments */
    { 0xC0A80000, 16 },      /* 192.168/16  private */
    { 0xC6120000, 15 },      /* 198.18/15   benchmarks */
    { 0xE0000000,  3 },      /* 224/3       multicast, reserved, broadcast */
};

static const struct { uint8_t net[16]; int bits; } REFUSED_V6[] = {
    { { 0 },                              96 },      /* ::/96         unspecified, loopback, IPv4-compatible */
    { { 0x00, 0x64, 0xff, 0x9b },         96 },      /* 64:ff9b::/96  NAT64: IPv4 by another name */
    { { 0x20, 0x02 },                     16 },      /* 2002::/16     6to4: the same */
    { { 0x20, 0x01, 0x00, 0x00 },         32 },      /* 2001::/32     Teredo: the same */
    { { 0xfc },                            7 },      /* fc00::/7      private */
    { { 0xfe, 0x80 },                     10 },      /* fe80::/10     link-local */
    { { 0xfe, 0xc0 },                     10 },      /* fec0::/10     site-local */
    { { 0xff },                            8 },      /* ff00::/8      multicast */
};

static const uint8_t MAPPED_V4[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool public_v4(uint32_t ip)
{
    for (size_t i = 0; i < sizeof REFUSED_V4 / sizeof REFUSED_V4[0]; i++)
        if (((ip ^ REFUSED_V4[i].net) >> (32 - REFUSED_V4[i].bits)) == 0)
            return false;
    return true;
}

static bool same_net(const uint8_t *a, const uint8_t *b, int bits)
{
    int whole = bits / 8, rest = bits % 8;

    return memcmp(a, b, (size_t)whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

static bool public_v6(const uint8_t *ip)
{
    uint32_t v4;

    if (memcmp(ip, MAPPED_V4, sizeof MAPPED_V4) == 0) {
        memcpy(&v4, ip + sizeof MAPPED_V4, sizeof v4);
        return public_v4(ntohl(v4));
    }
    for (size_t i = 0; i < sizeof REFUSED_V6 / sizeof REFUSED_V6[0]; i++)
        if (same_net(ip, REFUSED_V6[i].net, REFUSED_V6[i].bits))
            return false;
    return true;
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return public_v4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return public_v6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}
