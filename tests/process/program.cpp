#include "tests/process/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>

extern char** environ;

namespace callarchive::process {
namespace {

[[noreturn]] void fail(const std::string& what, int code) {
  throw std::runtime_error(what + ": " + std::strerror(code));
}

// A file without a name, gone with its last descriptor.
int make_input(const std::string& content) {
  const int descriptor = ::memfd_create("input", MFD_CLOEXEC);
  if (descriptor < 0) fail("memfd_create", errno);
  for (std::size_t done = 0; done < content.size();) {
    const auto size = ::write(descriptor, content.data() + done, content.size() - done);
    if (size < 0) fail("write", errno);
    done += static_cast<std::size_t>(size);
  }
  ::lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe2", errno);
  }
  int ends[2] = {-1, -1};
};

std::vector<std::string> make_environment(const Program::Environment& extra) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!text.starts_with("CALLARCHIVE_") && !extra.contains(text.substr(0, text.find('=')))) all.push_back(text);
  }
  // The links in what tests send lead nowhere.
  if (!extra.contains("CALLARCHIVE_RECORDINGS")) all.push_back("CALLARCHIVE_RECORDINGS=off");
  for (const auto& [name, value] : extra) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const Environment& environment, const std::string& input,
                 const std::string& executable) {
  std::vector<std::string> words = {executable.empty() ? CALLARCHIVE_PROGRAM : executable};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = make_environment(environment);
  const int in = make_input(input);
  const Pipe out, err;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int code = ::posix_spawnp(&pid_, words[0].c_str(), &actions, &attributes, pointers(words).data(),
                                  pointers(variables).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  for (const int descriptor : {in, out.ends[1], err.ends[1]}) ::close(descriptor);
  if (code != 0) {
    pid_ = -1;
    for (const int descriptor : {out.ends[0], err.ends[0]}) ::close(descriptor);
    fail(words[0], code);
  }
  reader_ = std::thread([this, out, err] { read_all(out.ends[0], err.ends[0]); });
}

Program::~Program() {
  if (has_ended()) return;
  signal(SIGKILL);
  wait();
}

void Program::signal(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

void Program::read_all(int out, int err) {
  std::array<pollfd, 2> sources = {pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<char, 65536> piece;
  while (sources[0].fd >= 0 || sources[1].fd >= 0) {
    if (::poll(sources.data(), sources.size(), -1) < 0) continue;
    for (auto& source : sources) {
      if (source.fd < 0 || source.revents == 0) continue;
      const auto size = ::read(source.fd, piece.data(), piece.size());
      if (size <= 0) {
        ::close(source.fd);
        source.fd = -1;
        continue;
      }
      const std::lock_guard lock(mutex_);
      (&source == &sources[0] ? out_ : err_).append(piece.data(), static_cast<std::size_t>(size));
      printed_.notify_all();
    }
  }
  const std::lock_guard lock(mutex_);
  at_end_ = true;
  printed_.notify_all();
}

std::string Program::wait_for(const std::string& printed, const std::string& text) {
  std::unique_lock lock(mutex_);
  const auto found = [&] { return printed.find(text) != std::string::npos; };
  printed_.wait_for(lock, kPatience, [&] { return found() || at_end_; });
  if (!found()) throw std::runtime_error("waited in vain for '" + text + "'; the program said:\n" + out_ + err_);
  return printed;
}

int Program::port() {
  constexpr std::string_view kListening = " is listening on ";
  const std::string out = wait_for_out("\n");
  const auto scheme = out.find("://", out.find(kListening));
  if (scheme == std::string::npos) throw std::runtime_error("no address: " + out);
  return std::stoi(out.substr(out.find(':', scheme + 1) + 1));
}

std::string Program::err() const {
  const std::lock_guard lock(mutex_);
  return err_;
}

Ended Program::wait(std::chrono::milliseconds longest) {
  if (!has_ended()) {
    {
      std::unique_lock lock(mutex_);
      if (!printed_.wait_for(lock, longest, [&] { return at_end_; })) signal(SIGKILL);
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    pid_ = -1;
    reader_.join();
  }
  return {exit_code_, out_, err_};
}

Ended run(const std::vector<std::string>& arguments, const Program::Environment& environment,
          const std::string& input) {
  return Program(arguments, environment, input).wait();
}

Ended run_other(const std::string& executable, const std::vector<std::string>& arguments,
                const Program::Environment& environment) {
  return Program(arguments, environment, {}, executable).wait();
}

}  // namespace callarchive::process
