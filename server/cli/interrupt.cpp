#include "server/cli/interrupt.h"

#include <csignal>

namespace callarchive::cli {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int number) { noted = number; }

}  // namespace

Interruptible::Interruptible() {
  noted = 0;
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, note);
}

Interruptible::~Interruptible() {
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
}

void Interruptible::check() const {
  if (noted != 0) throw Interrupted(noted);
}

}  // namespace callarchive::cli
