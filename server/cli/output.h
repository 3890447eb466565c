#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

// Where answers go: standard output, checked at every write, and what is known of the terminal behind it.

namespace callarchive::cli {

// Nobody reads on: `| head` has seen enough. Not a failure to tell anybody about.
struct BrokenPipe : std::runtime_error {
  BrokenPipe() : std::runtime_error("broken pipe") {}
};

// How text may look there.
struct Terminal {
  std::optional<std::size_t> columns = {};  // absent: as wide as it wants to be
  bool is_terminal = false;
  bool colours = false;

  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string dim(std::string_view text) const { return styled("2", text); }
  std::string marked(std::string_view text) const { return styled("1;33", text); }
  std::string bad(std::string_view text) const { return styled("31", text); }
  std::string good(std::string_view text) const { return styled("32", text); }

 private:
  std::string styled(const char* code, std::string_view text) const;
};

// Standard output as it is now. COLUMNS comes first, then the terminal's size. No colours with NO_COLOR
// (no-color.org) or on a dumb terminal.
Terminal look_at_terminal();

// A buffered file descriptor. Throws BrokenPipe, or std::runtime_error with the system's words. What was not flushed
// is lost with the object, so that a failure cannot look like a whole answer.
class Output {
 public:
  explicit Output(int descriptor = 1);
  void write(std::string_view text);
  void line(std::string_view text);
  void flush();

 private:
  const int descriptor_;
  std::string buffer_;
};

}  // namespace callarchive::cli
