#pragma once

#include <chrono>
#include <optional>

#include <signal.h>

namespace callarchive {

// Signals are received by one thread that waits for them, so that nothing is interrupted half-way. To be constructed
// before any other thread exists.
class Signals {
 public:
  Signals();
  // SIGTERM, SIGINT or SIGHUP; nothing when none arrived in time.
  std::optional<int> wait(std::chrono::milliseconds timeout) const;
  // From now on a further SIGTERM or SIGINT ends the process at once.
  void let_the_next_kill() const;

 private:
  sigset_t wanted_;
};

}  // namespace callarchive
