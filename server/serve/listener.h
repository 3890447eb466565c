#pragma once

#include "server/http.h"
#include "server/serve/address.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace callarchive {

// One address that is served, with a thread of its own that accepts connections.
class Listener {
 public:
  // Binds the address. Throws std::runtime_error if that fails.
  Listener(http::ServerOptions options, const Address& address, std::vector<http::Route> routes, http::Gate gate,
           http::Observer observe);
  ~Listener();

  // Reads the certificate again. Throws std::runtime_error; then the old one remains in use.
  void reload() { server_.reload_tls(); }
  // See http::Server::wake. Any thread.
  void wake(std::uint64_t happened) { server_.wake(happened); }
  // Starts to serve. If serving fails later, the process sends itself SIGTERM.
  void start();
  // Stops accepting connections. Returns at once.
  void begin_to_stop();
  // Stops, and returns when every request has been answered or refused.
  void stop();
  bool has_failed() const { return has_failed_; }
  // "http://127.0.0.1:8080", with the port that the system picked.
  std::string url() const;

 private:
  const std::string scheme_;
  const std::string host_;
  http::Server server_;
  const int port_;
  std::atomic<bool> has_failed_{false};
  std::thread thread_;
};

// Tells listeners that something was committed, as long as there are any. Any thread.
class CommitBell {
 public:
  // The listener must be there until forget().
  void tell(Listener& listener);
  void forget();
  void ring(std::uint64_t commits);

 private:
  std::mutex mutex_;
  std::vector<Listener*> listeners_;
};

}  // namespace callarchive
