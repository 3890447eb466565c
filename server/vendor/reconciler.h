#pragma once

#include "server/vendor/backfill.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace callarchive::vendor {

struct ReconcilerOptions {
  ClientOptions client = {};
  string archive_path = {};
  int days = 7;                // that are compared each night; 0: none
  Millis gap = 6 * 3'600'000;  // after which missing deliveries are looked for
  std::function<Millis()> now = {};
  std::function<void(const string&)> tell = {};  // sentences for the log
  std::function<void(const string&)> warn = {};
};

// While the service runs: compares the last days with the vendor each night, and after a time without deliveries; and
// does what `callarchive backfill` wishes (wish.h). One thread, which nothing else waits for.
class Reconciler {
 public:
  // The archive outlives it.
  Reconciler(Archive& archive, ReconcilerOptions options);
  ~Reconciler();
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  void start();
  // Breaks off what is under way, which the next start continues. Idempotent.
  void stop();
  // A delivery was stored. Cheap; any thread.
  void note_delivery();

 private:
  void run();
  void look_for_a_gap_at_the_start();
  void offer_history();
  void schedule(Millis at);  // the earlier of two times
  void schedule_night();
  void work(const BackfillOptions& options);
  bool may_go_on() const;

  Archive& archive_;
  ReconcilerOptions options_;
  Client client_;
  Millis due_ = 0;  // of the next comparison; the thread's own from its start on

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool stopping_ = false;
  optional<Millis> last_delivery_ = {};
  bool met_gap_ = false;
  std::thread thread_;
};

}  // namespace callarchive::vendor
