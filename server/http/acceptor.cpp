#include "server/http/acceptor.h"

#include <httplib.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace callarchive::http {
namespace {

// The one compiled into Debian's library is 5, which makes clients wait a second before they repeat their SYN.
constexpr int kBacklog = 1024;

// Runs the library's tasks on the thread that submits them: they only pass a descriptor on.
class InlineTaskQueue : public httplib::TaskQueue {
 public:
  // void in 0.11, bool ("accepted") since 0.15.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(std::function<void()>()));
  Enqueued enqueue(std::function<void()> task) override {
    task();
    return static_cast<Enqueued>(true);
  }
  void shutdown() override {}
};

}  // namespace

class Acceptor::Listening : public httplib::Server {
 public:
  explicit Listening(std::function<void(int)> admit) : admit_(std::move(admit)) {
    new_task_queue = [] { return new InlineTaskQueue; };
    set_tcp_nodelay(true);
    set_socket_options([this](socket_t fd) { duplicate(fd); });
  }
  ~Listening() override {
    if (!has_run_ && svr_sock_ != INVALID_SOCKET) ::close(svr_sock_);
    close_duplicate();
  }

  int bind(const std::string& host, int port) {
    errno = 0;
    if (port == 0) {
      port = bind_to_any_port(host);
    } else if (!bind_to_port(host, port)) {
      port = -1;
    }
    if (port > 0) ::listen(duplicate_, kBacklog);
    return port;
  }

  // The library closes its socket at the end.
  void run() {
    has_run_ = true;
    listen_after_bind();
  }

  // The library's own stop() races with the start of its loop; this one is noticed whenever it comes.
  void shut_down() { ::shutdown(duplicate_, SHUT_RDWR); }

 private:
  void duplicate(socket_t fd) {
    // The library's default is SO_REUSEPORT, which would let a second program share the port unnoticed.
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    close_duplicate();
    duplicate_ = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  }
  void close_duplicate() {
    if (duplicate_ >= 0) ::close(duplicate_);
    duplicate_ = -1;
  }
  bool process_and_close_socket(socket_t fd) override {
    admit_(fd);
    return true;
  }

  const std::function<void(int)> admit_;
  bool has_run_ = false;
  int duplicate_ = -1;  // our descriptor of the library's listening socket
};

Acceptor::Acceptor(std::function<void(int fd)> admit) : listening_(std::make_unique<Listening>(std::move(admit))) {}
Acceptor::~Acceptor() = default;

int Acceptor::bind(const std::string& host, int port) {
  const int bound = listening_->bind(host, port);
  if (bound > 0) return bound;
  const std::string reason = errno ? std::generic_category().message(errno) : "no such address";
  throw std::runtime_error("cannot listen on " + host + " port " + std::to_string(port) + ": " + reason);
}

void Acceptor::run() { listening_->run(); }
void Acceptor::stop() { listening_->shut_down(); }

}  // namespace callarchive::http
