#include "server/http/address.h"

#include "storage/text/ascii.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace callarchive::http {
namespace {

constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::string_view trim(std::string_view text) { return ascii::trim(text, " \t\""); }

// "[2001:db8::1]:80", "192.0.2.1:80" and both without port.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  const std::size_t colon = text.find(':');
  const bool only_one = colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
  return only_one ? text.substr(0, colon) : text;
}

// `for=192.0.2.60;proto=http` → 192.0.2.60
std::string_view for_of(std::string_view element) {
  while (!element.empty()) {
    const std::size_t end = element.find(';');
    const std::string_view pair = trim(element.substr(0, end));
    if (ascii::starts_with_ignoring_case(pair, "for=")) return trim(pair.substr(4));
    element = end == std::string_view::npos ? std::string_view() : element.substr(end + 1);
  }
  return {};
}

// The addresses that a field names, nearest last.
std::vector<std::string_view> named(const std::vector<std::pair<std::string, std::string>>& headers, ForwardedBy by) {
  const std::string_view field = by == ForwardedBy::forwarded ? "forwarded" : "x-forwarded-for";
  std::vector<std::string_view> names;
  for (const auto& [name, value] : headers) {
    if (name != field) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::size_t comma = rest.find(',');
      const std::string_view element = trim(rest.substr(0, comma));
      names.push_back(without_port(by == ForwardedBy::forwarded ? for_of(element) : element));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  return names;
}

bool is_trusted(const IpAddress& address, const std::vector<Network>& trusted) {
  return std::any_of(trusted.begin(), trusted.end(), [&](const Network& network) { return network.contains(address); });
}

}  // namespace

bool IpAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

bool IpAddress::is_loopback() const {
  static const IpAddress kLoopback6 = *parse_ip("::1");
  return *this == kLoopback6 || (is_v4() && bytes[12] == 127);
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (::inet_pton(AF_INET, terminated.c_str(), &address.bytes[12]) == 1) return address;
  return std::nullopt;
}

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = parse_ip(text.substr(0, slash));
  if (!base) return std::nullopt;
  if (slash == std::string_view::npos) return Network(*base, 128);
  const std::string_view digits = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const int most = base->is_v4() ? 32 : 128;
  if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > most) return std::nullopt;
  return Network(*base, bits + 128 - most);
}

bool Network::contains(const IpAddress& address) const {
  const auto whole = static_cast<std::size_t>(bits_ / 8);
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + bits_ / 8, address.bytes.begin())) return false;
  const int rest = bits_ % 8;
  return rest == 0 || ((base_.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

std::string client_address(const std::string& peer, const std::vector<std::pair<std::string, std::string>>& headers,
                           const std::vector<Network>& trusted, ForwardedBy by) {
  if (trusted.empty()) return peer;
  std::string client = peer;
  auto address = parse_ip(peer);
  const auto names = named(headers, by);
  for (auto name = names.rbegin(); name != names.rend() && address && is_trusted(*address, trusted); ++name) {
    address = parse_ip(*name);
    if (address) client = *name;
  }
  return client;
}

}  // namespace callarchive::http
