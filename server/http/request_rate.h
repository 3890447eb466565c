#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace callarchive::http {

// Counts the requests of each client in each second. Holds a bounded number of clients: those of the second that runs.
// Any thread.
class RequestRate {
 public:
  using Clock = std::chrono::system_clock;
  using Now = std::function<Clock::time_point()>;

  explicit RequestRate(int most_per_second, Now now = Clock::now) : most_(most_per_second), now_(std::move(now)) {}

  struct Left {
    bool is_allowed = true;
    int limit = 0;       // requests in a second
    int remaining = 0;   // in the second that runs
    std::int64_t reset;  // Unix seconds: when that second ends
  };
  Left count(const std::string& client);

 private:
  const int most_;
  const Now now_;
  std::mutex mutex_;
  std::int64_t second_ = 0;                        // that runs
  std::unordered_map<std::string, int> requests_;  // in it
};

}  // namespace callarchive::http
