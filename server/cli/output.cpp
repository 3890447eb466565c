#include "server/cli/output.h"

#include "server/text/harmless.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace callarchive::cli {
namespace {

constexpr std::size_t kBuffer = 64 << 10;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::optional<std::size_t> columns_of(int descriptor) {
  const std::string text = variable("COLUMNS");
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  if (error == std::errc() && end == text.data() + text.size() && columns > 0) return columns;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return {};
}

}  // namespace

std::string Terminal::styled(const char* code, std::string_view text) const {
  if (!colours || text.empty()) return std::string(text);
  return std::string("\033[") + code + "m" + std::string(text) + "\033[0m";
}

Terminal look_at_terminal() {
  Terminal terminal;
  terminal.is_terminal = ::isatty(STDOUT_FILENO) != 0;
  terminal.columns = columns_of(STDOUT_FILENO);
  terminal.colours = terminal.is_terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return terminal;
}

Output::Output(int descriptor) : descriptor_(descriptor), is_terminal_(::isatty(descriptor) != 0) {
  std::signal(SIGPIPE, SIG_IGN);  // write() reports it as well, where it is known what was being written
}

void Output::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBuffer) write_out();
}

void Output::line(std::string_view text) {
  buffer_ += text;
  write("\n");
}

void Output::data(std::string_view text) { add_lines(text, harmless_lines); }

void Output::json_data(std::string_view json) { add_lines(json, harmless_json); }

void Output::json_line(std::string_view json) {
  json_data(json);
  json_data("\n");
}

// Whole lines, so that no character is judged by a part of it.
void Output::add_lines(std::string_view text, std::string (*make_harmless)(std::string_view)) {
  if (!is_terminal_) return write(text);
  unfinished_line_ += text;
  const auto end = unfinished_line_.rfind('\n');
  if (end == std::string::npos) return;
  const auto lines = make_harmless(std::string_view(unfinished_line_).substr(0, end + 1));
  unfinished_line_.erase(0, end + 1);
  write(lines);
}

void Output::flush() {
  if (!unfinished_line_.empty()) buffer_ += harmless_lines(std::exchange(unfinished_line_, {}));
  write_out();
}

void Output::write_out() {
  for (std::size_t done = 0; done < buffer_.size();) {
    const auto size = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (size >= 0) {
      done += static_cast<std::size_t>(size);
    } else if (errno == EPIPE) {
      throw BrokenPipe();
    } else if (errno != EINTR) {
      throw std::runtime_error("cannot write the output: " + std::generic_category().message(errno));
    }
  }
  buffer_.clear();
}

}  // namespace callarchive::cli
