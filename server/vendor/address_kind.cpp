#include "server/vendor/address_kind.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace callarchive::vendor {
namespace {

using Six = std::array<std::uint8_t, 16>;

struct Network4 {
  std::uint32_t first;
  int bits;
  AddressKind kind;
};

constexpr std::uint32_t four(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// https://www.iana.org/assignments/iana-ipv4-special-registry
constexpr Network4 kNetworks4[] = {
    {four(0, 0, 0, 0), 8, AddressKind::forbidden},      {four(10, 0, 0, 0), 8, AddressKind::local},
    {four(100, 64, 0, 0), 10, AddressKind::local},      {four(127, 0, 0, 0), 8, AddressKind::loopback},
    {four(169, 254, 0, 0), 16, AddressKind::forbidden}, {four(172, 16, 0, 0), 12, AddressKind::local},
    {four(192, 0, 0, 0), 24, AddressKind::forbidden},   {four(192, 0, 2, 0), 24, AddressKind::forbidden},
    {four(192, 88, 99, 0), 24, AddressKind::forbidden}, {four(192, 168, 0, 0), 16, AddressKind::local},
    {four(198, 18, 0, 0), 15, AddressKind::local},      {four(198, 51, 100, 0), 24, AddressKind::forbidden},
    {four(203, 0, 113, 0), 24, AddressKind::forbidden}, {four(224, 0, 0, 0), 3, AddressKind::forbidden},
};

AddressKind kind_of_four(std::uint32_t address) {
  for (const auto& [first, bits, kind] : kNetworks4) {
    if ((address >> (32 - bits)) == (first >> (32 - bits))) return kind;
  }
  return AddressKind::global;
}

std::uint32_t four_at(const Six& six, std::size_t place) {
  return four(six[place], six[place + 1], six[place + 2], six[place + 3]);
}

template <std::size_t N>
bool begins_with(const Six& six, const std::array<std::uint8_t, N>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), six.begin());
}

// https://www.iana.org/assignments/iana-ipv6-special-registry
AddressKind kind_of_six(const Six& six) {
  constexpr std::array<std::uint8_t, 12> kZeros{};
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<std::uint8_t, 12> kTranslated{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0};  // RFC 2765
  constexpr std::array<std::uint8_t, 12> kNat64{0, 0x64, 0xff, 0x9b};
  constexpr std::array<std::uint8_t, 6> kLocalNat64{0, 0x64, 0xff, 0x9b, 0, 1};
  constexpr std::array<std::uint8_t, 2> kSixToFour{0x20, 0x02};
  constexpr std::array<std::uint8_t, 4> kTeredo{0x20, 0x01, 0, 0};
  constexpr std::array<std::uint8_t, 4> kDocumentation{0x20, 0x01, 0x0d, 0xb8};

  if (begins_with(six, kZeros)) {
    const std::uint32_t rest = four_at(six, 12);
    return rest == 1 ? AddressKind::loopback : kind_of_four(rest);
  }
  if (begins_with(six, kMapped) || begins_with(six, kTranslated) || begins_with(six, kNat64)) {
    return kind_of_four(four_at(six, 12));
  }
  if (begins_with(six, kLocalNat64)) return std::max(AddressKind::local, kind_of_four(four_at(six, 12)));
  if (begins_with(six, kSixToFour)) return kind_of_four(four_at(six, 2));
  if (begins_with(six, kTeredo)) {
    // The server's address, and the client's with all bits turned (RFC 4380, 4).
    return std::max(kind_of_four(four_at(six, 4)), kind_of_four(~four_at(six, 12)));
  }
  if (begins_with(six, kDocumentation)) return AddressKind::forbidden;
  if ((six[0] & 0xfe) == 0xfc) return AddressKind::local;
  if (six[0] == 0xfe && (six[1] & 0xc0) == 0xc0) return AddressKind::local;
  return (six[0] & 0xe0) == 0x20 ? AddressKind::global : AddressKind::forbidden;
}

}  // namespace

AddressKind kind_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in copy{};
    std::memcpy(&copy, &address, sizeof copy);
    return kind_of_four(ntohl(copy.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return AddressKind::forbidden;
  sockaddr_in6 copy{};
  std::memcpy(&copy, &address, sizeof copy);
  Six six{};
  std::memcpy(six.data(), &copy.sin6_addr, six.size());
  return kind_of_six(six);
}

}  // namespace callarchive::vendor
