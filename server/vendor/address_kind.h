#pragma once

struct sockaddr;

namespace callarchive::vendor {

// What lies behind an address, ordered by how far it may be trusted as a place to fetch from.
enum class AddressKind {
  global,    // a machine of the internet
  local,     // of somebody's own network: RFC 1918, shared (RFC 6598), unique local (RFC 4193), site local
  loopback,  // this machine
  forbidden  // never a server of recordings: link-local (a cloud's metadata service), multicast, unspecified, reserved
};

// Of an address that is about to be connected to. An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4,
// Teredo) is judged as what it is. Families other than IPv4 and IPv6 are forbidden.
AddressKind kind_of(const sockaddr& address);

}  // namespace callarchive::vendor
