#pragma once

#include <stdexcept>

namespace callarchive::cli {

// SIGINT (Ctrl-C) or SIGTERM. After everything is cleaned up, main() ends the program by that signal.
struct Interrupted : std::runtime_error {
  explicit Interrupted(int number) : std::runtime_error("interrupted"), signal(number) {}
  int signal;
};

// While an object of this class lives, SIGINT and SIGTERM are noted, so that the command can clean up; the program ends
// after a second in any case. At most one object may live at a time.
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
