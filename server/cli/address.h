#pragma once

#include <string>

namespace callarchive::cli {

// Where to listen.
struct Address {
  std::string host;
  int port = 0;
  // Whether only this machine can reach it.
  bool is_loopback() const;
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (all addresses). Throws UsageError.
Address parse_address(const std::string& text);

}  // namespace callarchive::cli
