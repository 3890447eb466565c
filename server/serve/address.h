#pragma once

#include <string>

namespace callarchive {

// Where a server listens: a name or an address, without brackets, and a port.
struct Address {
  std::string host;
  int port = 0;
  // Whether only this machine can reach it.
  bool is_loopback() const { return host == "localhost" || host == "::1" || host.starts_with("127."); }
};

}  // namespace callarchive
