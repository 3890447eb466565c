#include "server/cli/address.h"

#include "server/cli/options.h"

#include <charconv>

namespace callarchive::cli {

Address parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  Address address;
  if (colon == std::string::npos)
    throw UsageError("--listen " + text + ": expected ADDRESS:PORT, such as 127.0.0.1:8080");
  address.host = text.substr(0, colon);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (error != std::errc() || stop != end || address.port < 0 || address.port > 65535) {
    throw UsageError("--listen " + text + ": the port must be a number from 0 to 65535");
  }
  if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find(':') != std::string::npos) {
    throw UsageError("--listen " + text + ": put an IPv6 address in brackets, such as [::1]:8080");
  }
  if (address.host.empty()) address.host = "0.0.0.0";
  return address;
}

}  // namespace callarchive::cli
