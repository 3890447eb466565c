#pragma once

#include <stdexcept>

namespace callarchive::cli {

// Ctrl-C, or a polite request to end. main() ends the program by that signal when everything is cleaned up.
struct Interrupted : std::runtime_error {
  explicit Interrupted(int number) : std::runtime_error("interrupted"), signal(number) {}
  int signal;
};

// While one of these lives, SIGINT and SIGTERM are noted, so that the command can tidy up; it ends after a second in
// any case. One at a time.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
  // Throws Interrupted if there was such a signal.
  void check() const;
};

}  // namespace callarchive::cli
