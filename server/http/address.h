#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callarchive::http {

// An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d.
struct IpAddress {
  std::array<unsigned char, 16> bytes = {};
  bool operator==(const IpAddress&) const = default;
  bool is_v4() const;
  bool is_loopback() const;  // 127.0.0.0/8 and ::1
};

// "192.0.2.1", "2001:db8::1". Nothing for names and ports.
std::optional<IpAddress> parse_ip(std::string_view text);

// "10.0.0.0/8", or one address.
class Network {
 public:
  // Nothing if the text is not a network or an address.
  static std::optional<Network> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  Network(IpAddress base, int bits) : base_(base), bits_(bits) {}
  IpAddress base_;
  int bits_;  // of 128
};

// The header in which trusted proxies name the client: X-Forwarded-For, or Forwarded (RFC 7239). Only the one that the
// proxy sets: the other may come from the client.
enum class ForwardedBy { x_forwarded_for, forwarded };

// The client's address: that of the peer, or, if the peer is a trusted proxy, the last address in the header that is
// not a trusted proxy. If an address in the header is invalid, the proxy that added it counts as the client.
std::string client_address(const std::string& peer, const std::vector<std::pair<std::string, std::string>>& headers,
                           const std::vector<Network>& trusted, ForwardedBy by);

}  // namespace callarchive::http
