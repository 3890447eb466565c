#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace callarchive::http {

struct Connection;

// A fixed number of threads behind a bounded queue.
class Workers {
 public:
  using Serve = std::function<void(Connection&)>;

  // `serve` runs on every worker and must not throw.
  Workers(std::size_t threads, std::size_t queue_limit, Serve serve);
  ~Workers();

  // False when the queue is full; then nothing was taken. Any thread.
  bool submit(Connection& connection);
  // Takes back, for the caller to own, at most so many of those that `may_leave`, whoever has waited longest first. Any
  // thread.
  std::vector<Connection*> withdraw(std::size_t most, const std::function<bool(const Connection&)>& may_leave);
  // Serves what is queued, then ends the threads. Once.
  void stop();

 private:
  void run();

  const std::size_t queue_limit_;
  const Serve serve_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Connection*> queue_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace callarchive::http
