#include "server/serve/listener.h"

#include "server/observe/log.h"

#include <csignal>
#include <utility>

#include <unistd.h>

namespace callarchive {
namespace {

http::ServerOptions at(http::ServerOptions options, const Address& address) {
  options.host = address.host;
  options.port = address.port;
  options.on_failure = log_failure;
  return options;
}

}  // namespace

Listener::Listener(http::ServerOptions options, const Address& address, std::vector<http::Route> routes,
                   http::Gate gate, http::Observer observe)
    : scheme_(options.tls_certificate.empty() ? "http" : "https"),
      host_(address.host),
      server_(at(std::move(options), address), std::move(routes), std::move(gate), std::move(observe)),
      port_(server_.bind()) {}

Listener::~Listener() { stop(); }

void Listener::start() {
  thread_ = std::thread([this] {
    try {
      server_.serve();
    } catch (const std::exception& error) {
      log_error("serving " + url() + ": " + error.what());
      has_failed_ = true;
      ::kill(::getpid(), SIGTERM);
    }
  });
}

void Listener::begin_to_stop() {
  if (thread_.joinable()) server_.stop();
}

void Listener::stop() {
  if (!thread_.joinable()) return;
  begin_to_stop();
  thread_.join();
}

std::string Listener::url() const {
  return scheme_ + "://" + (host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]") + ":" +
         std::to_string(port_);
}

void CommitBell::tell(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(&listener);
}

void CommitBell::forget() {
  const std::lock_guard lock(mutex_);
  listeners_.clear();
}

void CommitBell::ring(std::uint64_t commits) {
  const std::lock_guard lock(mutex_);
  for (Listener* listener : listeners_) listener->wake(commits);
}

}  // namespace callarchive
