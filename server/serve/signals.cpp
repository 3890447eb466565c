#include "server/serve/signals.h"

#include <pthread.h>

namespace callarchive {

Signals::Signals() {
  sigemptyset(&wanted_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&wanted_, signal);
  pthread_sigmask(SIG_BLOCK, &wanted_, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

std::optional<int> Signals::wait(std::chrono::milliseconds timeout) const {
  const timespec time{timeout.count() / 1000, timeout.count() % 1000 * 1000000};
  const int signal = ::sigtimedwait(&wanted_, nullptr, &time);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

void Signals::let_the_next_kill() const {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&ending, signal);
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

}  // namespace callarchive
