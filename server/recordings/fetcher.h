#pragma once

#include "server/recordings/download.h"
#include "storage/archive.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

// Works off the recordings that are due: fetches, listens, keeps, and says in the archive what became of each.

namespace callarchive::recordings {

struct FetcherOptions {
  DownloadRules download = {};
  int at_once = 2;
  std::function<Millis()> now = {};  // Unix milliseconds
  // Told of each try when its outcome is in the archive. `reason` is empty for one that is kept and nothing odd about
  // it. Called on the fetcher's threads.
  std::function<void(const RecordingKey&, RecordingState, const string& reason)> report = {};
};

// Since the fetcher was made.
struct FetcherMetrics {
  std::uint64_t kept = 0;
  std::uint64_t denied = 0;
  std::uint64_t gone = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;  // of those kept
  int under_way = 0;        // now
};

// The files go to the store before the archive says that they are kept; a process killed in between has fetched for
// nothing, and fetches again. Deliveries never wait for it: it shares nothing with them but the writer's queue.
class Fetcher {
 public:
  // Both outlive it. The store's folder is this process's alone.
  Fetcher(Archive& archive, MediaStore& store, FetcherOptions options);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // Begins to work, and to obey what `recordings fetch` asks for (request.h), until stop().
  void start();
  // Something may have become due. Cheap; any thread.
  void wake();
  // Works until nothing is due now, and calls `attend` on this thread meanwhile; what that throws breaks off the work.
  void work_off(const std::function<void()>& attend = {});
  // Breaks off what is under way, which is due still, and ends. Idempotent.
  void stop();

  FetcherMetrics metrics() const;

 private:
  enum class When { always, while_due };
  void run(When when);
  void look_for_requests();
  class Claim;
  optional<DueRecording> take(bool& is_idle);
  std::chrono::milliseconds time_until_next(bool is_idle);
  void rest(std::chrono::milliseconds longest, std::uint64_t wakes_seen);
  void fetch(const DueRecording& wanted);
  SoundKept listen(const DueRecording& wanted, Downloaded downloaded);
  void settle(const DueRecording& wanted, const RecordingChange& change, RecordingState state, const string& reason);
  bool may_go_on() const;

  Archive& archive_;
  MediaStore& store_;
  const FetcherOptions options_;

  std::mutex claims_mutex_;  // guards under_way_; taken before the other one
  std::set<RecordingKey> under_way_;
  std::atomic<Millis> busy_until_ = 0;  // the vendor asked to be left alone until then

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::uint64_t wakes_ = 0;  // how often wake() was called
  bool stopping_ = false;
  FetcherMetrics metrics_;
  std::vector<std::thread> threads_;
};

}  // namespace callarchive::recordings
