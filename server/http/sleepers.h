#pragma once

#include "server/http/connection.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace callarchive::http {

// Requests whose answer waits for something to happen, as those of a long poll do. They occupy no worker: one thread
// knows when the time of each is over.
class Sleepers {
 public:
  // `resume` gets a connection whose request is to be answered now: something has happened, or, if `is_over`, its time
  // has passed or the end has come. On any thread; must not throw.
  using Resume = std::function<void(Connection&, bool is_over)>;

  Sleepers(std::size_t most, Resume resume);
  ~Sleepers();

  // Takes the connection over until it is resumed, which is at once if something newer than `seen` has happened.
  // Returns false, and takes nothing, when too many sleep already or the end has come. Any thread.
  bool add(Connection& connection, std::uint64_t seen, Clock::time_point until);
  // Something has happened: `happened` rises each time. Resumes all that have not seen it. Cheap when nobody sleeps.
  // Any thread.
  void wake(std::uint64_t happened);
  // Gives up, for the caller to own, at most so many of those that `may_leave`, the longest asleep first. Any thread.
  std::vector<Connection*> withdraw(std::size_t most, const std::function<bool(const Connection&)>& may_leave);
  // Resumes all that sleep, and takes no others. Any thread.
  void stop();

 private:
  struct Sleeper {
    Connection* connection;
    std::uint64_t seen;
    Clock::time_point until;
  };
  void run();
  // Takes out those that `choose` picks. With the mutex held.
  template <typename Choose>
  std::vector<Connection*> take(Choose choose);

  const std::size_t most_;
  const Resume resume_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Sleeper> sleepers_;
  std::uint64_t happened_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace callarchive::http
