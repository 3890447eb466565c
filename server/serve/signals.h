#pragma once

#include <chrono>
#include <optional>

#include <signal.h>

namespace callarchive {

// Lets one thread wait for signals, so that nothing is interrupted halfway. Must be constructed before any other thread
// exists.
class Signals {
 public:
  Signals();
  // Waits for SIGTERM, SIGINT or SIGHUP; returns nothing if none arrived in time.
  std::optional<int> wait(std::chrono::milliseconds timeout) const;
  // From now on a further SIGTERM or SIGINT ends the process at once.
  void let_the_next_kill() const;

 private:
  sigset_t wanted_;
};

}  // namespace callarchive
