#include "server/http/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>

namespace callarchive::http {
namespace {

Socket::Result result_of(ssize_t moved, Socket::State when_blocked) {
  if (moved > 0) return {Socket::State::done, static_cast<std::size_t>(moved)};
  const bool blocked = moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {blocked ? when_blocked : Socket::State::closed, 0};
}

}  // namespace

void Socket::FreeTls::operator()(ssl_st* tls) const { SSL_free(tls); }

Socket::Socket(int fd, ssl_ctx_st* tls) : fd_(fd) {
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
  ::fcntl(fd_, F_SETFD, FD_CLOEXEC);
  if (!tls) return;
  tls_.reset(SSL_new(tls));
  if (!tls_ || SSL_set_fd(tls_.get(), fd_) != 1) {
    ::close(fd_);
    throw std::bad_alloc();
  }
  SSL_set_accept_state(tls_.get());
}

Socket::~Socket() {
  if (tls_ && !broken_ && SSL_is_init_finished(tls_.get()) && !(SSL_get_shutdown(tls_.get()) & SSL_SENT_SHUTDOWN)) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  ::close(fd_);
}

Socket::Result Socket::read(char* buffer, std::size_t size) {
  if (!tls_) return result_of(::recv(fd_, buffer, size, 0), State::wants_read);
  std::size_t bytes = 0;
  ERR_clear_error();
  const int returned = SSL_read_ex(tls_.get(), buffer, size, &bytes);
  return tls_result(returned, bytes);
}

bool Socket::has_buffered() const { return tls_ && SSL_pending(tls_.get()) > 0; }

bool Socket::has_unread() const {
  char byte = 0;
  return has_buffered() || ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

Socket::Result Socket::write(std::string_view bytes, bool more) {
  if (!tls_) {
    return result_of(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0)), State::wants_write);
  }
  std::size_t written = 0;
  ERR_clear_error();
  const int returned = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written);
  return tls_result(returned, written);
}

Socket::Result Socket::send_file(int file, std::int64_t offset, std::int64_t size) {
  off_t place = offset;
  return result_of(::sendfile(fd_, file, &place, static_cast<std::size_t>(size)), State::wants_write);
}

Socket::Result Socket::tls_result(int returned, std::size_t bytes) {
  if (returned == 1) return {State::done, bytes};
  const int error = SSL_get_error(tls_.get(), returned);
  if (error == SSL_ERROR_WANT_READ) return {State::wants_read, 0};
  if (error == SSL_ERROR_WANT_WRITE) return {State::wants_write, 0};
  broken_ = error != SSL_ERROR_ZERO_RETURN;
  return {State::closed, 0};
}

std::size_t Socket::unacknowledged() const {
  int bytes = 0;
  return ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

void Socket::end_writing() {
  if (tls_ && !broken_ && SSL_is_init_finished(tls_.get())) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  ::shutdown(fd_, SHUT_WR);
}

void Socket::reset_when_closed() {
  broken_ = true;
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
