#pragma once

#include "storage/archive.h"
#include "storage/writer_metrics.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace callarchive::storage {

class Connection;
class FileLock;
class IndexRebuilder;
class Projector;

// The one thread that writes. All deliveries that wait when it becomes free share one commit; nobody waits for a timer.
// It also does every checkpoint, when it is idle or the log has grown. Public functions may be called from any thread.
class Writer {
 public:
  // Starts the thread. The connection must not be used by anybody else from now on. `file` holds its file, and
  // remembers which files belong to it: once they are others, nothing is written any more.
  Writer(std::unique_ptr<Connection> connection, const ArchiveOptions& options, Decoder decode, const FileLock& file);
  ~Writer();

  // See Archive::store and Archive::check_writable.
  Receipt store(Delivery delivery, Event event);
  vector<Receipt> store_all(vector<std::pair<Delivery, Event>> told);
  void check_writable();
  // Runs statements of other rooms in the next commit, and returns when it is on disk. If the commit fails, they run
  // again, alone, so they must not depend on the first run. Throws NotDurable.
  void change(std::function<void(Connection&)> statements);
  // See Archive::close and Archive::metrics.
  void close();
  WriterMetrics metrics() const;
  // Whether the search index is being folded again, as this thread does between deliveries. Any thread.
  bool is_folding() const { return is_folding_; }
  // See Archive::commit_count. Any thread.
  std::uint64_t commit_count() const { return commits_; }

 private:
  struct Job;
  using Clock = std::chrono::steady_clock;
  using Batch = std::vector<Job*>;
  enum class Checkpoint { passive, restart, truncate };

  void submit(Job& job);
  void enqueue(std::deque<Job>& jobs);
  void run();
  bool take(Batch& batch);
  void wait_for_work(std::unique_lock<std::mutex>& lock, optional<std::chrono::milliseconds> longest);
  bool is_lost();
  void save_what_is_lost();
  void note_state();
  void write(Batch& batch);
  void replay(Batch& batch);
  void write_alone(Job& job);
  void attempt(const Batch& jobs);
  void perform(Job& job);
  void refuse(Job& job, const string& why, bool disk);
  void account(const Batch& batch, double seconds);
  void report(Severity severity, const string& text) const;
  void note_failure(const Job& job, const string& why);
  void note_success(const Batch& batch);
  bool merge_while_quiet();
  void rebuild_index();
  void checkpoint_if_due(bool idle);
  void checkpoint(Checkpoint kind, int wait_for_readers_ms);

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Projector> projector_;
  const ArchiveOptions options_;
  const FileLock& file_;

  // Only for the writer's thread.
  std::int64_t log_pages_ = 0;      // pages in the write-ahead log after the last commit; 0: all are in the main file
  std::int64_t checkpoint_at_ = 0;  // log_pages_ at which the next checkpoint is due although deliveries wait
  bool has_unmerged_ = true;        // there may be segments of the search index to merge
  std::unique_ptr<IndexRebuilder> rebuilder_;  // set while an index is rebuilt
  Clock::time_point reported_at_ = {};         // when its progress was last reported
  bool log_has_length_ = false;                // the log's file can be truncated: all of it is in the main file

  optional<Clock::time_point> failing_since_ = {};  // no delivery could be written since then …
  std::uint64_t failed_jobs_ = 0;                   // … and so many were refused
  std::int64_t probe_bytes_;                        // what a test write writes
  bool has_news_ = false;                           // the state file does not have the last commit
  Clock::time_point noted_at_ = {};                 // when it was written last
  optional<string> lost_ = {};                      // why nothing is written any more
  bool is_saved_ = false;                           // and what was there has been saved, as far as it could

  std::atomic<bool> is_folding_{false};    // written by the writer's thread, once it runs
  std::atomic<std::uint64_t> commits_{0};  // likewise

  std::mutex close_mutex_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Job*> queue_;  // owned by the threads that wait for them
  bool closing_ = false;
  WriterMetrics metrics_;
  std::thread thread_;
};

}  // namespace callarchive::storage
