#include "server/http/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace callarchive::http {
namespace {

Socket::Result result_of(ssize_t moved, Socket::State when_blocked) {
  if (moved > 0) return {Socket::State::done, static_cast<std::size_t>(moved)};
  const bool blocked = moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {blocked ? when_blocked : Socket::State::closed, 0};
}

}  // namespace

Socket::Socket(int fd) : fd_(fd) {
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
  ::fcntl(fd_, F_SETFD, FD_CLOEXEC);
}

Socket::~Socket() { ::close(fd_); }

Socket::Result Socket::read(char* buffer, std::size_t size) {
  return result_of(::recv(fd_, buffer, size, 0), State::wants_read);
}

Socket::Result Socket::write(std::string_view bytes, bool more) {
  return result_of(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0)), State::wants_write);
}

void Socket::end_writing() { ::shutdown(fd_, SHUT_WR); }

void Socket::reset_when_closed() {
  const linger abort{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
}

std::string peer_address(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return "unknown";
  const void* bytes = &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
  int family = address.ss_family;
  if (family == AF_INET6) {
    const in6_addr& six = reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
    bytes = &six;
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
      family = AF_INET;
      bytes = &six.s6_addr[12];
    }
  } else if (family != AF_INET) {
    return "unknown";
  }
  return ::inet_ntop(family, bytes, text.data(), text.size()) ? text.data() : "unknown";
}

}  // namespace callarchive::http
