#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace callarchive::http {

// Counts failed credentials per client: a bucket of `burst` failures that refills at `per_minute`.
// An IPv6 client is its /64 network, since it may use any address of that. Holds a bounded number of clients; beyond
// it, the one whose last failure is longest ago is forgotten. Any thread.
class FailureLimit {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;

  struct Options {
    double burst = 10;
    double per_minute = 10;
    std::size_t clients = 4096;
  };

  explicit FailureLimit(Options options, Now now = Clock::now);

  // Counts a failure. Returns 0, or, if the client has failed too often, the seconds after which it may try again.
  int fail(const std::string& client_address);

  // The number of clients that it remembers.
  std::size_t clients() const;

 private:
  struct Bucket {
    double failures = 0;
    Clock::time_point at = {};
  };

  const Options options_;
  const Now now_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace callarchive::http
