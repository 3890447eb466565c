#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>

namespace callarchive::vendor {

// How the vendor counts a request: 20 a second with GET, 5 a second with any other method, searches included.
enum class Kind { read, other };

// Keeps all callers together below the vendor's limits: requests of a kind are spaced evenly, so that no second ever
// has more, also the first one after a restart. Any thread.
class Limiter {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Limiter(double reads_per_second = 20, double others_per_second = 5);
  ~Limiter();
  Limiter(const Limiter&) = delete;
  Limiter& operator=(const Limiter&) = delete;

  // Shares the limits with other processes that use the same archive, such as `verify` beside the service: by the file
  // ARCHIVE.vendor-pace. Where it cannot be used, every process has limits of its own.
  void share_beside(const std::string& archive_path);

  // Waits for the next moment at which a request of the kind may be sent, which then belongs to the caller. Returns
  // false as soon as `may_go_on` does, which is asked several times a second.
  bool acquire(Kind kind, const std::function<bool()>& may_go_on);
  // Nobody sends anything until then: the vendor asked for it. A shorter pause does not end a longer one.
  void pause(Clock::duration time);
  // What the vendor says that this key may. Never more than what was said at the beginning.
  void set_rates(double reads_per_second, double others_per_second);

 private:
  // When the next request of each kind may be sent, and until when nobody sends; of a clock that all processes share.
  struct Times {
    std::array<Clock::time_point, 2> next = {};
    Clock::time_point paused_until = {};
  };
  class Held;

  const std::array<Clock::duration, 2> shortest_;

  std::mutex mutex_;  // guards what follows
  std::array<Clock::duration, 2> interval_;
  Times times_;
  int file_ = -1;
};

}  // namespace callarchive::vendor
