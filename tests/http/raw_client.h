#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace callarchive::http::testing {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};                            // chunks joined
};

// A socket to 127.0.0.1 that sends exactly the bytes it is given. Every wait ends after a minute with a failure.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;

  // False when the server has closed or does not take the bytes in time.
  bool send(std::string_view bytes);
  void end_sending();
  // The next answer, also an interim one (100). Nothing when the connection ends before it is whole.
  // `has_body` is false for answers to HEAD.
  std::optional<Answer> receive(bool has_body = true);
  // Whether the server ends the connection (after whatever it still sends).
  bool is_closed_by_server();
  // Whether the connection has ended so that the client knows something broke.
  bool was_reset() const { return was_reset_; }
  // Reads at most so many bytes; empty at the end.
  std::string read_some(std::size_t limit);
  // Takes at most one byte from the socket, and does not wait for it.
  void sip();
  // Sets the size of the receive buffer; the kernel doubles it.
  void set_receive_buffer(int bytes);

 private:
  bool fill();

  int fd_ = -1;
  std::string buffer_ = {};
  bool was_reset_ = false;
};

// Asks over one connection as long as the server keeps it, then over the next. Throws std::runtime_error when there is
// none to be had.
class KeptClient {
 public:
  explicit KeptClient(int port) : port_(port) {}

  // Sends a request and takes its answer; throws when the connection ends without one.
  Answer ask(std::string_view request);

 private:
  const int port_;
  std::optional<RawClient> connection_ = {};
};

// Opens a connection, sends, and takes the first answer that is not a 100.
Answer exchange(int port, std::string_view bytes);

// A request without a body, and one with.
std::string get(std::string_view target, std::string_view headers = "");
std::string post(std::string_view target, std::string_view body, std::string_view headers = "");

}  // namespace callarchive::http::testing
