#include "server/cli/changed_options.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace callarchive::cli {
namespace {

// The words that this program was called with (proc(5)).
std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  return words;
}

// Runs it with standard output and standard error into one pipe; returns what it wrote and its exit code.
std::pair<std::string, int> run_self(std::vector<std::string> words) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t size = 0; error == 0 && (size = ::read(pipe[0], buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(size));
  ::close(pipe[0]);
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot run the program again");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return {text, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

// "name = value" lines by name. A list without values is a comment.
std::map<std::string, std::string> values_of(const std::string& config) {
  std::map<std::string, std::string> values;
  std::istringstream lines(config);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (equals != std::string::npos)
      values[line.substr(line.front() == '#' ? 1 : 0, equals - (line.front() == '#' ? 1 : 0))] = line;
  }
  return values;
}

}  // namespace

std::function<std::vector<std::string>()> watch_options(const std::string& config_now) {
  return [before = values_of(config_now), words = own_arguments()] {
    auto again = words;
    again.emplace_back("--print-config");
    const auto [text, code] = run_self(std::move(again));
    if (code != 0) throw std::runtime_error("the configuration is invalid: " + text.substr(0, text.find('\n')));
    std::vector<std::string> changed;
    for (const auto& [name, line] : values_of(text)) {
      const auto known = before.find(name);
      if (known == before.end() || known->second != line) changed.push_back(name);
    }
    return changed;
  };
}

}  // namespace callarchive::cli
