#pragma once

#include <functional>
#include <memory>
#include <string>

namespace callarchive::http {

// A listening socket. The packaged cpp-httplib resolves the address, binds and accepts, and does nothing else here. We
// tried its parser, and it does not fit: given the bytes that head.cpp has checked, it saves no lines; it decodes "%"
// in header values, answers 400 to "?q=a?b" and splits "%2F" in paths; Debian's build compresses with brotli at quality
// 11 (119 ms of CPU for a list of 112 KB); and its one thread per connection has the weaknesses listed in
// docs/security.md.
class Acceptor {
 public:
  // `admit` receives each accepted descriptor, which it owns, on the thread of run().
  explicit Acceptor(std::function<void(int fd)> admit);
  ~Acceptor();

  // Binds and listens; returns the port, which the system picks for 0. Throws std::runtime_error with the system's
  // reason.
  int bind(const std::string& host, int port);
  // Accepts connections until stop(). To be called once.
  void run();
  // Ends run(), also if it has not begun yet. Any thread.
  void stop();

 private:
  class Listening;
  std::unique_ptr<Listening> listening_;
};

}  // namespace callarchive::http
