#include "server/cli/interrupt.h"

#include <csignal>
#include <initializer_list>

#include <unistd.h>

namespace callarchive::cli {
namespace {

constexpr unsigned kSecondsToTidyUp = 1;

volatile std::sig_atomic_t noted = 0;

// A command that cannot notice the signal in time, in one long statement of SQLite or a call that waits, ends by it all
// the same. A temporary file that then stays is removed by the next command that makes one beside it.
void end_by_noted(int) {
  ::signal(noted, SIG_DFL);
  ::raise(noted);
}

void note(int number) {
  noted = number;
  ::alarm(kSecondsToTidyUp);
}

// Without SA_RESTART, so that calls that wait return.
void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(number, &action, nullptr);
}

}  // namespace

Interruptible::Interruptible() {
  noted = 0;
  handle(SIGALRM, end_by_noted);
  for (const int number : {SIGINT, SIGTERM}) handle(number, note);
}

Interruptible::~Interruptible() {
  ::alarm(0);
  for (const int number : {SIGINT, SIGTERM, SIGALRM}) handle(number, SIG_DFL);
}

void Interruptible::check() const {
  if (noted != 0) throw Interrupted(noted);
}

}  // namespace callarchive::cli
