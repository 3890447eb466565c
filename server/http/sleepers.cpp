#include "server/http/sleepers.h"

#include <algorithm>

namespace callarchive::http {

Sleepers::Sleepers(std::size_t most, Resume resume)
    : most_(most), resume_(std::move(resume)), thread_([this] { run(); }) {}

Sleepers::~Sleepers() {
  stop();
  thread_.join();
}

template <typename Choose>
std::vector<Connection*> Sleepers::take(Choose choose) {
  std::vector<Connection*> taken;
  std::erase_if(sleepers_, [&](const Sleeper& sleeper) {
    if (!choose(sleeper)) return false;
    taken.push_back(sleeper.connection);
    return true;
  });
  return taken;
}

bool Sleepers::add(Connection& connection, std::uint64_t seen, Clock::time_point until) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || sleepers_.size() >= most_) return false;
    if (happened_ <= seen) {
      sleepers_.push_back({&connection, seen, until});
      changed_.notify_one();
      return true;
    }
  }
  resume_(connection, false);
  return true;
}

void Sleepers::wake(std::uint64_t happened) {
  std::vector<Connection*> awake;
  {
    const std::lock_guard lock(mutex_);
    happened_ = std::max(happened_, happened);
    awake = take([&](const Sleeper& sleeper) { return sleeper.seen < happened_; });
  }
  for (Connection* connection : awake) resume_(*connection, false);
}

std::vector<Connection*> Sleepers::withdraw(std::size_t most, const std::function<bool(const Connection&)>& may_leave) {
  const std::lock_guard lock(mutex_);
  return take([&](const Sleeper& sleeper) {
    if (most == 0 || !may_leave(*sleeper.connection)) return false;
    --most;
    return true;
  });
}

void Sleepers::stop() {
  std::vector<Connection*> awake;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    awake = take([](const Sleeper&) { return true; });
    changed_.notify_one();
  }
  for (Connection* connection : awake) resume_(*connection, true);
}

void Sleepers::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto first = std::ranges::min_element(sleepers_, {}, &Sleeper::until);
    if (first == sleepers_.end()) changed_.wait(lock);
    else changed_.wait_until(lock, first->until);
    const auto now = Clock::now();
    const auto over = take([&](const Sleeper& sleeper) { return sleeper.until <= now; });
    lock.unlock();
    for (Connection* connection : over) resume_(*connection, true);
    lock.lock();
  }
}

}  // namespace callarchive::http
