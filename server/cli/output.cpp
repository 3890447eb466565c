#include "server/cli/output.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <system_error>

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

Output::Output(int descriptor) : descriptor_(descriptor) {
  std::signal(SIGPIPE, SIG_IGN);  // writing says so, too, and only there it is known what was being written
}

void Output::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBuffer) flush();
}

void Output::line(std::string_view text) {
  buffer_ += text;
  write("\n");
}

void Output::flush() {
  for (std::size_t done = 0; done < buffer_.size();) {
    const auto size = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (size >= 0) {
      done += static_cast<std::size_t>(size);
    } else if (errno == EPIPE) {
      throw BrokenPipe();
    } else if (errno != EINTR) {
      throw std::runtime_error("cannot write the answer: " + std::generic_category().message(errno));
    }
  }
  buffer_.clear();
}

}  // namespace callarchive::cli
