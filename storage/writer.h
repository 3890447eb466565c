#pragma once

#include "storage/archive.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace callarchive::storage {

class Connection;
class Projector;

// The one thread that writes. Whatever waits when it is free shares one commit; nobody waits on a timer. It also
// does every checkpoint, when it is idle or the log has grown.
class Writer {
 public:
  // Starts the thread. The connection must not be used by anybody else from now on.
  Writer(std::unique_ptr<Connection> connection, const ArchiveOptions& options, Decoder decode);
  ~Writer();

  // See Archive::store and Archive::check_writable.
  Receipt store(Delivery delivery, Event event);
  vector<Receipt> store_all(vector<std::pair<Delivery, Event>> told);
  void check_writable();
  void close();

 private:
  struct Job;
  void submit(Job& job);
  void enqueue(std::deque<Job>& jobs);
  void run();
  void run_batch(std::deque<Job*>& batch);
  void run_alone(Job& job);
  void perform(Job& job);
  void finish(Job& job);
  void checkpoint(bool truncate);

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Projector> projector_;
  const ArchiveOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job*> queue_;  // owned by the threads that wait for them
  bool closing_ = false;
  int log_pages_ = 0;  // of the write-ahead log, after the last commit
  std::thread thread_;
};

}  // namespace callarchive::storage
