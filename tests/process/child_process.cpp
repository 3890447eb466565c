#include "tests/process/child_process.h"

#include "tests/support/temporary_archive.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace callarchive::test {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace

Program::Program(const Start& start) {
  std::vector<std::string> command = start.before;
  command.push_back(CALLARCHIVE_PROGRAM);
  command.insert(command.end(), start.arguments.begin(), start.arguments.end());
  std::vector<std::string> environment = start.environment;
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  const auto argv = pointers(command), envp = pointers(environment);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);  // so that a signal also meets the program when it runs under another one
    ::dup2(ends[1], STDOUT_FILENO);
    const int log = ::open(start.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, STDERR_FILENO);
    ::execvpe(argv.front(), argv.data(), envp.data());
    ::_exit(127);
  }
  ::setpgid(pid_, pid_);  // whichever of the two comes first
  ::close(ends[1]);
  output_ = ends[0];
}

Program::~Program() {
  if (!ended_) {
    signal(SIGKILL);
    wait();
  }
  ::close(output_);
}

int Program::port() {
  std::string said;
  char byte = 0;
  while (::read(output_, &byte, 1) == 1 && byte != '\n') said += byte;
  const auto colon = said.rfind(':');
  return colon == std::string::npos ? 0 : std::atoi(said.c_str() + colon + 1);
}

void Program::signal(int number) const { ::kill(-pid_, number); }

int Program::wait(std::chrono::milliseconds longest) {
  if (ended_) return code_;
  pollfd watched{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)), POLLIN, 0};
  const int ready = ::poll(&watched, 1, static_cast<int>(longest.count()));
  ::close(watched.fd);
  if (ready == 0) return -1;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ended_ = true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return code_;
}

int run_program(const std::vector<std::string>& arguments, std::string& said,
                const std::vector<std::string>& environment) {
  const TemporaryFolder folder;
  const auto log = folder.file("log");
  Program program({.arguments = arguments, .environment = environment, .log = log});
  const int code = program.wait();
  std::stringstream text;
  text << std::ifstream(log).rdbuf();
  said = text.str();
  return code;
}

}  // namespace callarchive::test
