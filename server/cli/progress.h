#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace callarchive::cli {

// Progress of long work on standard error: a bar on a terminal, a plain line now and then elsewhere.
class Progress {
 public:
  // `total` 0: not known.
  Progress(std::string what, std::int64_t total);
  ~Progress();
  void update(std::int64_t done, std::int64_t total);
  void update(std::int64_t done) { update(done, total_); }
  // With something more to say at the end of the line.
  void update(std::int64_t done, std::int64_t total, const std::string& remark);
  void finish(const std::string& message);

 private:
  void show(std::int64_t done);

  const std::string what_;
  std::int64_t total_;
  std::string remark_;
  const bool terminal_;
  bool shown_ = false;
  const std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace callarchive::cli
