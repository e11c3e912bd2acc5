/*
 * fetch_address - which network addresses a script's words may lead to (SSRF). Judged after DNS, before connecting, because a
 * name can resolve to anything.
 */
#ifndef BASE_FETCH_ADDRESS_H
#define BASE_FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* False for loopback, private, link-local, shared, reserved and multicast addresses, IPv4 ones inside IPv6 included. */
bool fetch_address_public(const struct sockaddr *address);

#endif
