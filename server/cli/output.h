#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

// Standard output, where every write is checked, and the properties of the terminal that shows it.

namespace callarchive::cli {

// The reader is gone: `| head` has read enough. That is not reported as a failure.
struct BrokenPipe : std::runtime_error {
  BrokenPipe() : std::runtime_error("broken pipe") {}
};

// The properties of a terminal.
struct Terminal {
  std::optional<std::size_t> columns = {};  // absent: unlimited
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

// The properties of standard output now. The width is that of COLUMNS if it is set, else that of the terminal. There
// are no colors with NO_COLOR (no-color.org) or on a dumb terminal.
Terminal look_at_terminal();

// A buffered file descriptor. Throws BrokenPipe, or std::runtime_error with the system's message. What was not flushed
// is discarded with the object, so that a failure cannot look like complete output.
class Output {
 public:
  explicit Output(int descriptor = 1);
  // Text in which everything from outside has been made harmless (server/text/harmless.h).
  void write(std::string_view text);
  void line(std::string_view text);
  // The next piece of a file for programs: written unchanged, but made harmless on a terminal.
  void data(std::string_view text);
  // The same for JSON.
  void json_line(std::string_view json);
  void json_data(std::string_view json);
  // Writes what is left.
  void flush();

 private:
  void write_out();
  void add_lines(std::string_view text, std::string (*make_harmless)(std::string_view));

  const int descriptor_;
  const bool is_terminal_;
  std::string buffer_;
  std::string unfinished_line_;  // of data for a terminal
};

}  // namespace callarchive::cli
