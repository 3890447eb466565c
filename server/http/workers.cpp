#include "server/http/workers.h"

namespace callarchive::http {

Workers::Workers(std::size_t threads, std::size_t queue_limit, Serve serve)
    : queue_limit_(queue_limit), serve_(std::move(serve)) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() { stop(); }

bool Workers::submit(Connection& connection) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit_) return false;
    queue_.push_back(&connection);
    wake = idle_ > 0;
  }
  if (wake) arrived_.notify_one();
  return true;
}

std::vector<Connection*> Workers::withdraw(std::size_t most, const std::function<bool(const Connection&)>& may_leave) {
  std::vector<Connection*> withdrawn;
  const std::lock_guard lock(mutex_);
  std::erase_if(queue_, [&](Connection* connection) {
    if (withdrawn.size() >= most || !may_leave(*connection)) return false;
    withdrawn.push_back(connection);
    return true;
  });
  return withdrawn;
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    Connection& connection = *queue_.front();
    queue_.pop_front();
    lock.unlock();
    serve_(connection);
    lock.lock();
  }
}

}  // namespace callarchive::http
