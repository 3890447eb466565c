#include "storage/ledger/writer.h"

#include "storage/ledger/projector.h"
#include "storage/search/index.h"
#include "storage/search/rebuild_index.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/copy.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/state_file.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>

#include <semaphore.h>

namespace callarchive::storage {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBetweenReports = std::chrono::seconds(5);
// Beyond this the log is checkpointed even if deliveries wait …
constexpr std::int64_t kLogPagesBusy = 10000;  // 40 MB of 4 KiB pages
// … and again after so many more, if readers keep it from starting over.
constexpr std::int64_t kLogPagesMore = 2500;
// A log of this length means that readers overlap without a gap. Then the writer waits for those that are reading.
constexpr std::int64_t kLogPagesTooMany = 3 * kLogPagesBusy;
constexpr int kWaitForReadersMs = 250;
constexpr int kWaitAtCloseMs = 1500;
constexpr int kTriesToSave = 4;
constexpr int kBusyTimeoutMs = 5000;  // for another program that holds the write lock
// A queue that stays empty this long is idle. No delivery waits for it.
constexpr auto kIdle = std::chrono::milliseconds(250);
constexpr auto kLongIdle = std::chrono::seconds(5);
// So often the paths of the archive are looked at while nothing arrives.
constexpr std::chrono::milliseconds kLook{1000};
// The state file is written in quiet moments, and no more often than this.
constexpr auto kBetweenNotes = std::chrono::seconds(5);
// What a test write writes: as much as a small delivery with its rows and its part of the indexes, some twenty pages.
constexpr std::int64_t kProbeBytes = 80 << 10;
constexpr std::int64_t kLargestProbe = 32 << 20;
// After the disk has failed, the rest of a batch is tried one by one for this long; then it is refused at once.
constexpr auto kPatience = std::chrono::seconds(1);

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

Millis wall_clock() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Errors that say something about the disk or the moment, not about the delivery.
bool is_about_the_disk(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PROTOCOL:
    case SQLITE_PERM:
    case SQLITE_NOLFS:
    case SQLITE_INTERRUPT: return true;
    default: return false;
  }
}

string describe(const SQLite::Exception& error) {
  return string(error.what()) + " (SQLite error " + std::to_string(error.getExtendedErrorCode()) + ")";
}

// Released once and acquired once. std::binary_semaphore yields the processor again and again before it sleeps: with
// a thread for each of 64 deliveries, an eighth of the machine went into that, taken from the writer.
class Done {
 public:
  Done() { ::sem_init(&semaphore_, 0, 0); }
  ~Done() { ::sem_destroy(&semaphore_); }
  Done(const Done&) = delete;
  Done& operator=(const Done&) = delete;
  void release() { ::sem_post(&semaphore_); }
  void acquire() {
    while (::sem_wait(&semaphore_) != 0) {}  // a signal interrupts it
  }

 private:
  ::sem_t semaphore_;
};

}  // namespace

struct Writer::Job {
  enum class Kind { store, probe, change };
  Kind kind = Kind::store;
  Delivery delivery = {};
  Event event = {};
  std::function<void(Connection&)> statements = {};
  Receipt receipt = {};
  std::exception_ptr error = {};
  bool disk_failed = false;
  Done done = {};  // released last: the job is gone then
};

Writer::Writer(std::unique_ptr<Connection> connection, const ArchiveOptions& options, Decoder decode,
               const FileLock& file)
    : connection_(std::move(connection)),
      projector_(std::make_unique<Projector>(*connection_, options.default_region, std::move(decode))),
      options_(options),
      file_(file),
      checkpoint_at_(kLogPagesBusy),
      probe_bytes_(kProbeBytes) {
  sqlite3_wal_hook(
      connection_->database().getHandle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Writer*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  if (find_rebuild(*connection_)) {
    rebuilder_ = std::make_unique<IndexRebuilder>(*connection_);
    is_folding_ = true;
  }
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() { close(); }

void Writer::close() {
  const std::lock_guard one_at_a_time(close_mutex_);
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

WriterMetrics Writer::metrics() const {
  const std::lock_guard lock(mutex_);
  WriterMetrics copy = metrics_;
  copy.queue_depth = queue_.size();
  return copy;
}

Receipt Writer::store(Delivery delivery, Event event) {
  Job job;
  job.delivery = std::move(delivery);
  job.event = std::move(event);
  submit(job);
  return std::move(job.receipt);
}

vector<Receipt> Writer::store_all(vector<std::pair<Delivery, Event>> told) {
  std::deque<Job> jobs;
  for (auto& [delivery, event] : told) {
    auto& job = jobs.emplace_back();
    job.delivery = std::move(delivery);
    job.event = std::move(event);
  }
  enqueue(jobs);
  vector<Receipt> receipts;
  receipts.reserve(jobs.size());
  // All must be done before an error is thrown, because the writer's thread still uses the others.
  for (auto& job : jobs) job.done.acquire();
  for (auto& job : jobs) {
    if (job.error) std::rethrow_exception(job.error);
    receipts.push_back(std::move(job.receipt));
  }
  return receipts;
}

void Writer::enqueue(std::deque<Job>& jobs) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) throw QueueFull("the archive is closing");
    // An importer may exceed the queue's limit, but at most by its own batch.
    for (auto& job : jobs) queue_.push_back(&job);
  }
  wake_.notify_one();
}

void Writer::check_writable() {
  Job job;
  job.kind = Job::Kind::probe;
  submit(job);
}

void Writer::change(std::function<void(Connection&)> statements) {
  Job job;
  job.kind = Job::Kind::change;
  job.statements = std::move(statements);
  submit(job);
}

void Writer::submit(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || queue_.size() >= options_.queue_limit) {
      ++metrics_.refused;
      throw QueueFull(closing_ ? "the archive is closing" : "too many deliveries are waiting to be written");
    }
    queue_.push_back(&job);
  }
  wake_.notify_one();
  job.done.acquire();
  if (job.error) std::rethrow_exception(job.error);
}

void Writer::run() {
  Batch batch;
  while (take(batch)) {
    bool quiet = batch.empty();
    if (!quiet) write(batch);
    if (lost_) {
      save_what_is_lost();
      batch.clear();
      continue;
    }
    if (rebuilder_) rebuild_index();
    else if (quiet && log_pages_ == 0 && has_unmerged_) quiet = merge_while_quiet();
    checkpoint_if_due(quiet && !rebuilder_);
    if (quiet && Clock::now() - noted_at_ > kBetweenNotes) note_state();
    batch.clear();
  }
  if (!is_lost()) {
    note_state();
    return checkpoint(Checkpoint::truncate, kWaitAtCloseMs);
  }
  save_what_is_lost();
  // SQLite would remove a log of that name, which may belong to another file by now.
  sqlite3_db_config(connection_->database().getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Writer::note_state() {
  if (!has_news_) return;
  noted_at_ = Clock::now();
  try {
    write_state_file(options_.path, read_state(*connection_));
    has_news_ = false;
  } catch (const SQLite::Exception&) {
    // The disk refuses; the next quiet moment tries again.
  }
}

bool Writer::is_lost() {
  if (lost_) return true;
  try {
    file_.require_same_files();
  } catch (const FileExchanged& error) {
    lost_ = error.what();
  }
  return lost_.has_value();
}

// What was acknowledged must be in a file that has a name.
void Writer::save_what_is_lost() {
  if (is_saved_) return;
  is_saved_ = true;
  string outcome;
  try {
    const auto place = file_.place_of_file();
    for (int tries = 0; place && log_pages_ > 0 && tries < kTriesToSave; ++tries) {
      checkpoint(Checkpoint::truncate, kWaitAtCloseMs);
    }
    if (!place) {
      outcome = "; it has no name any more: all that it held was copied to " + rescue_copy(*connection_, options_.path);
    } else if (log_pages_ == 0) {
      outcome = "; all that was acknowledged is in " + *place;
    } else {
      outcome = "; its log could not be moved into " + *place;
    }
  } catch (const std::exception& error) {
    outcome = string("; what it held could not be saved: ") + error.what();
  }
  {
    const std::lock_guard lock(mutex_);
    metrics_.last_error = *lost_;
  }
  if (options_.report_loss) options_.report_loss(*lost_ + outcome);
}

// Waits until there is something to do, the time is over, or the files are others, which it looks at meanwhile.
void Writer::wait_for_work(std::unique_lock<std::mutex>& lock, optional<std::chrono::milliseconds> longest) {
  const auto begin = Clock::now();
  const auto ready = [&] { return closing_ || !queue_.empty(); };
  do {
    if (wake_.wait_for(lock, std::min(longest.value_or(kLook), kLook), ready) || is_lost()) return;
  } while (!longest || Clock::now() - begin < *longest);
}

// Waits for deliveries and takes them. The batch is empty if none came for a while. Returns false at the end.
bool Writer::take(Batch& batch) {
  std::unique_lock lock(mutex_);
  // If there is something in the log or to merge, the wait ends early, to use the idle time.
  if (lost_) wake_.wait(lock, [&] { return closing_ || !queue_.empty(); });
  else if (rebuilder_) {
  }  // there is enough to do
  else if (log_pages_ > 0)
    wait_for_work(lock, kIdle);
  else if (log_has_length_ || has_unmerged_) wait_for_work(lock, kLongIdle);
  else wait_for_work(lock, {});
  while (!queue_.empty() && batch.size() < options_.batch_limit) {
    batch.push_back(queue_.front());
    queue_.pop_front();
  }
  return !(batch.empty() && closing_);
}

void Writer::write(Batch& batch) {
  const auto begin = Clock::now();
  try {
    attempt(batch);
    account(batch, seconds_since(begin));
  } catch (const FileExchanged& error) {
    for (auto* job : batch) refuse(*job, error.what(), true);
    save_what_is_lost();  // before anybody learns of it
  } catch (...) {
    // A delivery or the disk made it fail, and nothing of the batch is stored. Now each is tried alone.
    replay(batch);
  }
  for (auto* job : batch) job->done.release();
}

void Writer::replay(Batch& batch) {
  {
    const std::lock_guard lock(mutex_);
    ++metrics_.replayed_batches;
  }
  optional<Clock::time_point> failing_since;
  for (auto* job : batch) {
    if (failing_since && Clock::now() - *failing_since > kPatience) {
      refuse(*job, "not attempted: the disk failed for other deliveries in this batch", true);
      continue;
    }
    const auto begin = Clock::now();
    write_alone(*job);
    if (!job->error) account({job}, seconds_since(begin));
    if (job->disk_failed && !failing_since) failing_since = begin;
  }
}

void Writer::write_alone(Job& job) {
  const auto attempt_or_refuse = [&] {
    try {
      attempt({&job});
    } catch (const SQLite::Exception& error) {
      if (!is_about_the_disk(error.getErrorCode())) throw;
      refuse(job, describe(error), true);
    } catch (const FileExchanged& error) {
      refuse(job, error.what(), true);
    } catch (const std::bad_alloc& error) {
      refuse(job, error.what(), true);
    }
  };
  try {
    try {
      attempt_or_refuse();
    } catch (const std::exception& error) {
      // It cannot become rows, but is stored all the same: asking the sender to try again would not help.
      job.event = Quarantined{string("could not be stored as rows: ") + error.what()};
      attempt_or_refuse();
    }
  } catch (const std::exception& error) {
    refuse(job, error.what(), false);
  } catch (...) {
    refuse(job, "unknown error", false);
  }
}

// Commits all jobs, or throws and commits none. What was committed into a file that has been exchanged meanwhile is not
// acknowledged: hence the second look.
void Writer::attempt(const Batch& jobs) {
  const auto require_same_files = [&] {
    if (is_lost()) throw FileExchanged(*lost_);
  };
  try {
    require_same_files();
    Transaction transaction(*connection_);
    for (auto* job : jobs) perform(*job);
    projector_->finish();
    transaction.commit();
    has_unmerged_ = true;
    has_news_ = true;
    require_same_files();
    const std::uint64_t commits = ++commits_;
    if (options_.on_commit) options_.on_commit(commits);
  } catch (...) {
    projector_->discard();
    throw;
  }
}

void Writer::perform(Job& job) {
  if (job.kind == Job::Kind::probe) {
    connection_
        ->query(
            "INSERT INTO probe (id, at, filler) VALUES (1, unixepoch() * 1000, randomblob(:bytes))"
            " ON CONFLICT DO UPDATE SET at = excluded.at, filler = excluded.filler")
        .bind(probe_bytes_)
        .run();
    return;
  }
  if (job.kind == Job::Kind::change) return job.statements(*connection_);
  job.receipt = projector_->store(job.delivery, job.event,
                                  {options_.redelivery_window.count(), options_.redelivery_grace.count()});
}

void Writer::refuse(Job& job, const string& why, bool disk) {
  job.disk_failed = disk;
  job.error = std::make_exception_ptr(NotDurable(why));
  note_failure(job, why);
  const std::lock_guard lock(mutex_);
  ++metrics_.refused;
  metrics_.last_error = why;
}

void Writer::report(Severity severity, const string& text) const {
  if (options_.report) options_.report(severity, text);
}

void Writer::note_failure(const Job& job, const string& why) {
  if (lost_) return;  // which is told once it has been saved
  ++failed_jobs_;
  // The next test write finds room only where this delivery would have.
  const auto size = static_cast<std::int64_t>(job.delivery.body.size());
  probe_bytes_ = std::max(probe_bytes_, std::min(kProbeBytes + 2 * size, kLargestProbe));
  if (failing_since_) return;
  failing_since_ = Clock::now();
  report(Severity::error, "writing fails, deliveries are refused: " + why);
}

// What recordings write is less than a delivery and proves nothing.
void Writer::note_success(const Batch& batch) {
  const bool is_proof =
      std::any_of(batch.begin(), batch.end(), [](const Job* job) { return job->kind != Job::Kind::change; });
  if (!failing_since_ || !is_proof) return;
  report(Severity::warning, "writing works again after " + std::to_string(std::lround(seconds_since(*failing_since_))) +
                                " seconds; refused meanwhile: " + std::to_string(failed_jobs_));
  failing_since_.reset();
  failed_jobs_ = 0;
  probe_bytes_ = kProbeBytes;
}

void Writer::account(const Batch& batch, double seconds) {
  note_success(batch);
  const std::lock_guard lock(mutex_);
  for (const auto* job : batch) metrics_.stored += job->kind == Job::Kind::store ? 1 : 0;
  metrics_.batch_sizes.observe(static_cast<double>(batch.size()));
  metrics_.commit_seconds.observe(seconds);
  metrics_.last_commit_at = wall_clock();
  if (!failing_since_) metrics_.last_error.reset();
  metrics_.log_pages = log_pages_;
}

void Writer::checkpoint_if_due(bool idle) {
  if (log_pages_ <= kLogPagesBusy) checkpoint_at_ = kLogPagesBusy;  // the log began anew
  if (idle) {
    // The log's file is truncated only after a long idle time, because growing it again costs time.
    checkpoint(log_pages_ > 0 ? Checkpoint::passive : Checkpoint::truncate, 0);
  } else if (log_pages_ > checkpoint_at_) {
    const auto kind = log_pages_ > kLogPagesTooMany ? Checkpoint::restart : Checkpoint::passive;
    checkpoint_at_ = log_pages_ + kLogPagesMore;
    checkpoint(kind, kWaitForReadersMs);
  }
}

// After a long idle time. Stops as soon as a delivery waits, to continue later; returns whether none does.
bool Writer::merge_while_quiet() {
  const auto is_wanted = [&] {
    const std::lock_guard lock(mutex_);
    return closing_ || !queue_.empty();
  };
  try {
    while (has_unmerged_) {
      if (is_wanted()) return false;
      has_unmerged_ = merge_search(*connection_);
      checkpoint_if_due(false);
    }
  } catch (const SQLite::Exception&) {
    has_unmerged_ = false;  // the disk failed, and merging is not urgent
  }
  return true;
}

// Rebuilds a part of the index, between deliveries.
void Writer::rebuild_index() {
  const auto tell = [&](Severity severity, const string& text) { report(severity, "search index: " + text); };
  try {
    const bool more = rebuilder_->step();
    const auto now = Clock::now();
    if (more && now - reported_at_ < kBetweenReports) return;
    reported_at_ = now;
    tell(Severity::info, std::to_string(rebuilder_->done()) + " of " + std::to_string(rebuilder_->total()) +
                             (more ? " documents folded again" : " documents folded again; the index is complete"));
    if (more) return;
  } catch (const SQLite::Exception& error) {
    tell(Severity::warning, "folding was interrupted, and continues at the next start: " + describe(error));
  }
  rebuilder_.reset();
  is_folding_ = false;
}

void Writer::checkpoint(Checkpoint kind, int wait_for_readers_ms) {
  const auto begin = Clock::now();
  auto* handle = connection_->database().getHandle();
  const int mode = kind == Checkpoint::passive   ? SQLITE_CHECKPOINT_PASSIVE
                   : kind == Checkpoint::restart ? SQLITE_CHECKPOINT_RESTART
                                                 : SQLITE_CHECKPOINT_TRUNCATE;
  int pages_in_log = 0, pages_done = 0;
  sqlite3_busy_timeout(handle, wait_for_readers_ms);
  const int code = sqlite3_wal_checkpoint_v2(handle, "main", mode, &pages_in_log, &pages_done);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  // Readers may hold it back and a full disk may stop it: it is tried again when the writer is next idle.
  const bool whole = (code == SQLITE_OK || code == SQLITE_BUSY) && pages_in_log == pages_done;
  if (whole) log_pages_ = 0;
  if (whole && kind != Checkpoint::truncate) log_has_length_ = true;
  if (code == SQLITE_OK && kind == Checkpoint::truncate) log_has_length_ = false;
  const std::lock_guard lock(mutex_);
  metrics_.checkpoint_seconds.observe(seconds_since(begin));
  if (code != SQLITE_OK && code != SQLITE_BUSY) ++metrics_.failed_checkpoints;
  metrics_.log_pages = log_pages_;
}

}  // namespace callarchive::storage
