#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;      // OpenSSL's SSL
struct ssl_ctx_st;  // and SSL_CTX

namespace callarchive::http {

// An accepted connection that never blocks, with or without TLS. Owns the descriptor. For one thread at a time. The TLS
// handshake is part of the first read or write, so each may have to wait for either direction.
class Socket {
 public:
  enum class State {
    done,         // `bytes` were moved, at least one
    wants_read,   // nothing was moved; try again when the descriptor is readable
    wants_write,  // nothing was moved; try again when it is writable
    closed,       // the peer has closed the connection, or it is broken
  };
  struct Result {
    State state;
    std::size_t bytes;
  };

  // `tls` is null for plain connections. Throws std::bad_alloc.
  Socket(int fd, ssl_ctx_st* tls);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  Result read(char* buffer, std::size_t size);
  // Whether TLS has buffered bytes for read(): the descriptor will not become readable for them.
  bool has_buffered() const;
  // Whether bytes have arrived that nobody has read: closing would reset the connection.
  bool has_unread() const;
  bool is_tls() const { return tls_ != nullptr; }
  // `more`: the next piece follows at once, so that both may share a packet.
  Result write(std::string_view bytes, bool more);
  // Sends from a file without reading it into memory. Only without TLS; the process must ignore SIGPIPE.
  Result send_file(int file, std::int64_t offset, std::int64_t size);
  // Bytes that were written and that the peer's system has not acknowledged: the kernel's buffers hold megabytes of
  // them for a client that reads nothing.
  std::size_t unacknowledged() const;
  // Tells the peer that nothing follows.
  void end_writing();
  // Makes closing drop what is unsent and reset the connection, so that the peer sees that something broke.
  void reset_when_closed();

 private:
  struct FreeTls {
    void operator()(ssl_st* tls) const;
  };
  Result tls_result(int returned, std::size_t bytes);

  int fd_;
  std::unique_ptr<ssl_st, FreeTls> tls_;
  bool broken_ = false;  // after an error, OpenSSL forbids an orderly end of TLS
};

// The address of the peer as text ("192.0.2.1", "2001:db8::1"), or "unknown".
std::string peer_address(int fd);

}  // namespace callarchive::http
