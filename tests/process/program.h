#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

// The built program, as its users meet it: command line, environment, exit codes, what it prints.

namespace callarchive::process {

// Of a program that has ended.
struct Ended {
  int exit_code = -1;  // 128 + the signal that ended it
  std::string out = {};
  std::string err = {};
};

constexpr std::chrono::minutes kPatience{5};  // sanitizers on a busy machine are slow

// A program that runs. It is killed with the object.
class Program {
 public:
  using Environment = std::map<std::string, std::string>;

  // Starts CALLARCHIVE_PROGRAM, or `executable`, found by PATH. The environment is the test's own without its
  // CALLARCHIVE_ variables, and with these. `input` is what it may read. Throws when it cannot be started.
  explicit Program(const std::vector<std::string>& arguments, const Environment& environment = {},
                   const std::string& input = {}, const std::string& executable = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  // To it and all that it has started: also meets a program that runs under another one, such as strace.
  void signal(int number) const;
  // Waits for the end. If that does not come in time it is killed.
  Ended wait(std::chrono::milliseconds longest = kPatience);
  bool has_ended() const { return pid_ < 0; }  // and was waited for
  // Waits until it has printed the text; throws when it ends before. What was printed up to then.
  std::string wait_for_out(const std::string& text) { return wait_for(out_, text); }
  std::string wait_for_err(const std::string& text) { return wait_for(err_, text); }
  // The first port that it says it listens on. Throws when it ends before.
  int port();
  // What it has printed so far.
  std::string err() const;

 private:
  std::string wait_for(const std::string& printed, const std::string& text);
  void read_all(int out, int err);

  pid_t pid_ = -1;
  int exit_code_ = -1;
  mutable std::mutex mutex_;
  std::condition_variable printed_;
  std::string out_ = {};
  std::string err_ = {};
  bool at_end_ = false;
  std::thread reader_;
};

// Runs it to the end.
Ended run(const std::vector<std::string>& arguments, const Program::Environment& environment = {},
          const std::string& input = {});
// The same with another program, found by PATH.
Ended run_other(const std::string& executable, const std::vector<std::string>& arguments,
                const Program::Environment& environment = {});

}  // namespace callarchive::process
