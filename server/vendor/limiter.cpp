#include "server/vendor/limiter.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <type_traits>

namespace callarchive::vendor {
namespace {

constexpr auto kAttention = std::chrono::milliseconds(100);
// Requests that leave evenly arrive less evenly: so much of the limit is never used.
constexpr double kMargin = 0.05;

Limiter::Clock::duration interval_of(double per_second) {
  return std::chrono::duration_cast<Limiter::Clock::duration>(
      std::chrono::duration<double>((1 + kMargin) / std::max(per_second, 0.001)));
}

// Times of the clock of an earlier start of the machine are not in reach of this one.
constexpr auto kFarthest = std::chrono::minutes(30);

}  // namespace

// The times, locked against the other processes as well, and written back at the end.
class Limiter::Held {
 public:
  explicit Held(Limiter& limiter) : limiter_(limiter), lock_(limiter.mutex_) {
    static_assert(std::is_trivially_copyable_v<Times>);
    if (limiter.file_ < 0) return;
    while (::flock(limiter.file_, LOCK_EX) != 0 && errno == EINTR) {}
    Times times;
    if (::pread(limiter.file_, &times, sizeof times, 0) != static_cast<ssize_t>(sizeof times)) return;
    const auto latest = Clock::now() + kFarthest;
    const bool is_of_now = times.next[0] < latest && times.next[1] < latest && times.paused_until < latest;
    if (is_of_now) limiter.times_ = times;
  }
  ~Held() {
    if (limiter_.file_ < 0) return;
    // Without it only the others do not know.
    [[maybe_unused]] const auto written = ::pwrite(limiter_.file_, &limiter_.times_, sizeof limiter_.times_, 0);
    ::flock(limiter_.file_, LOCK_UN);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  Times& times() { return limiter_.times_; }

 private:
  Limiter& limiter_;
  const std::lock_guard<std::mutex> lock_;
};

Limiter::Limiter(double reads_per_second, double others_per_second)
    : shortest_{interval_of(reads_per_second), interval_of(others_per_second)}, interval_(shortest_) {}

Limiter::~Limiter() {
  if (file_ >= 0) ::close(file_);
}

void Limiter::share_beside(const std::string& archive_path) {
  const std::string file = archive_path + ".vendor-pace";
  const std::lock_guard lock(mutex_);
  if (file_ < 0) file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

void Limiter::set_rates(double reads_per_second, double others_per_second) {
  const std::lock_guard lock(mutex_);
  interval_ = {std::max(shortest_[0], interval_of(reads_per_second)),
               std::max(shortest_[1], interval_of(others_per_second))};
}

void Limiter::pause(Clock::duration time) {
  Held held(*this);
  held.times().paused_until = std::max(held.times().paused_until, Clock::now() + time);
}

bool Limiter::acquire(Kind kind, const std::function<bool()>& may_go_on) {
  const auto lane = static_cast<std::size_t>(kind);
  for (;;) {
    if (may_go_on && !may_go_on()) return false;
    Clock::time_point wanted;
    {
      Held held(*this);
      const auto now = Clock::now();
      auto& next = held.times().next[lane];
      wanted = std::max(next, held.times().paused_until);
      if (wanted <= now) {
        next = now + interval_[lane];
        return true;
      }
      wanted = std::min(wanted, now + kAttention);
    }
    std::this_thread::sleep_until(wanted);
  }
}

}  // namespace callarchive::vendor
