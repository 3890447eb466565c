#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace callarchive::test {

// The built program as a process of its own. Its standard error goes to a file.
class Program {
 public:
  struct Start {
    std::vector<std::string> arguments = {};    // without the program's name
    std::vector<std::string> environment = {};  // "NAME=value", added to ours
    std::vector<std::string> before = {};       // a program to run it under, such as strace with its options
    std::string log = "/dev/null";              // takes standard error
  };
  explicit Program(const Start& start);
  ~Program();  // kills it if it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // The port that it says it listens on; 0 if it ends before. Waits for either.
  int port();
  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Its exit code, or 128 + the signal that ended it. Negative when it still runs after the time.
  int wait(std::chrono::milliseconds longest = std::chrono::seconds(60));

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  int code_ = -1;
  bool ended_ = false;
};

// Runs it to its end and returns the exit code; standard error goes to `said`.
int run_program(const std::vector<std::string>& arguments, std::string& said,
                const std::vector<std::string>& environment = {});

}  // namespace callarchive::test
