#include "tests/http/raw_client.h"

#include "storage/text/ascii.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <utility>

namespace callarchive::http::testing {
namespace {

// A call on a socket that has a time limit is ended by any signal, whatever SA_RESTART says (signal(7)), and fuzzers
// run by an alarm clock.
template <typename Call>
ssize_t uninterrupted(Call call) {
  ssize_t result = 0;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

RawClient::RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval limit{60, 0};  // sanitizers and busy machines are slow
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Linux goes on with a connect that was interrupted when it is called again.
  const auto connect = [&] { return ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address); };
  if (uninterrupted(connect) != 0) {
    ::close(fd_);
    throw std::runtime_error("cannot connect");
  }
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = uninterrupted([&] { return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::end_sending() { ::shutdown(fd_, SHUT_WR); }

bool RawClient::fill() {
  std::array<char, 16384> piece;
  const ssize_t size = uninterrupted([&] { return ::recv(fd_, piece.data(), piece.size(), 0); });
  if (size < 0 && errno == ECONNRESET) was_reset_ = true;
  if (size <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(size));
  return true;
}

void RawClient::sip() {
  char byte = 0;
  (void)::recv(fd_, &byte, 1, MSG_DONTWAIT);
}

std::string RawClient::read_some(std::size_t limit) {
  if (buffer_.empty() && !fill()) return {};
  std::string piece = buffer_.substr(0, limit);
  buffer_.erase(0, piece.size());
  return piece;
}

bool RawClient::is_closed_by_server() {
  buffer_.clear();
  std::array<char, 4096> piece;
  for (;;) {
    const ssize_t size = uninterrupted([&] { return ::recv(fd_, piece.data(), piece.size(), 0); });
    if (size == 0) return true;
    if (size < 0) return errno == ECONNRESET;
  }
}

void RawClient::set_receive_buffer(int bytes) {
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  // What was announced with a smaller one would stay the limit.
  ::setsockopt(fd_, IPPROTO_TCP, TCP_WINDOW_CLAMP, &bytes, sizeof bytes);
}

std::optional<Answer> RawClient::receive(bool has_body) {
  std::size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  const std::string head = buffer_.substr(0, head_end + 2);
  buffer_.erase(0, head_end + 4);

  Answer answer;
  answer.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    const std::string name = ascii::lower(line.substr(0, line.find(':')));
    answer.headers[name] = line.substr(line.find(':') + 2);
    at = end + 2;
  }
  if (!has_body || answer.status < 200 || answer.status == 204 || answer.status == 304) return answer;

  const auto take = [&](std::size_t size, std::string& out) {
    while (buffer_.size() < size) {
      if (!fill()) return false;
    }
    out.append(buffer_, 0, size);
    buffer_.erase(0, size);
    return true;
  };
  if (answer.headers.contains("content-length")) {
    if (!take(std::stoul(answer.headers["content-length"]), answer.body)) return std::nullopt;
  } else if (answer.headers.contains("transfer-encoding")) {
    for (std::size_t size = 1; size > 0;) {
      while (buffer_.find("\r\n") == std::string::npos) {
        if (!fill()) return std::nullopt;
      }
      size = std::stoul(buffer_, nullptr, 16);
      buffer_.erase(0, buffer_.find("\r\n") + 2);
      std::string line_break;
      if (!take(size, answer.body) || !take(2, line_break)) return std::nullopt;
    }
  } else {
    while (fill()) {}
    answer.body = std::exchange(buffer_, {});
  }
  return answer;
}

Answer KeptClient::ask(std::string_view request) {
  if (!connection_) connection_.emplace(port_);
  connection_->send(request);
  const auto answer = connection_->receive();
  if (!answer) throw std::runtime_error("a connection ended without an answer");
  const auto connection = answer->headers.find("connection");
  if (connection != answer->headers.end() && connection->second == "close") connection_.reset();
  return *answer;
}

Answer exchange(int port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  auto answer = client.receive();
  while (answer && answer->status == 100) answer = client.receive();
  return answer.value_or(Answer{});
}

std::string get(std::string_view target, std::string_view headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view headers) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace callarchive::http::testing
