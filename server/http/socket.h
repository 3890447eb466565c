#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callarchive::http {

// An accepted connection that never blocks. Owns the descriptor. For one thread at a time.
class Socket {
 public:
  enum class State {
    done,         // `bytes` were moved, at least one
    wants_read,   // nothing moved; try again when the descriptor is readable
    wants_write,  // likewise, writable
    closed,       // the peer has ended, or the connection is broken
  };
  struct Result {
    State state;
    std::size_t bytes;
  };

  explicit Socket(int fd);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  Result read(char* buffer, std::size_t size);
  // `more` says that the next piece follows at once, so that both may share a packet.
  Result write(std::string_view bytes, bool more);
  // Tells the peer that nothing follows.
  void end_writing();
  // Makes closing drop what is unsent and reset the connection, so that the peer sees that something broke.
  void reset_when_closed();

 private:
  int fd_;
};

// The address of the peer as text ("192.0.2.1", "2001:db8::1"), or "unknown".
std::string peer_address(int fd);

}  // namespace callarchive::http
