#include "storage/writer.h"

#include "storage/project.h"
#include "storage/sqlite.h"

#include <sqlite3.h>

#include <semaphore>

namespace callarchive::storage {
namespace {

// Beyond this the log is checkpointed although deliveries wait.
constexpr int kLogPagesBusy = 10000;  // 40 MB of 4 KiB pages
// A queue that stays empty this long is idle. No delivery waits for it.
constexpr auto kIdle = std::chrono::milliseconds(250);
constexpr auto kLongIdle = std::chrono::seconds(5);

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
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Writer::Job {
  enum class Kind { store, probe };
  Kind kind = Kind::store;
  Delivery delivery = {};
  Event event = {};
  Receipt receipt = {};
  std::exception_ptr error = {};
  std::binary_semaphore done{0};
};

Writer::Writer(std::unique_ptr<Connection> connection, const ArchiveOptions& options, Decoder decode)
    : connection_(std::move(connection)),
      projector_(std::make_unique<Projector>(*connection_, options.default_region, std::move(decode))),
      options_(options) {
  sqlite3_wal_hook(
      connection_->database().getHandle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Writer*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() { close(); }

void Writer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
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
  // All must have ended before the first error is told: the writer's thread still holds the others.
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
    if (closing_) throw Overloaded("the archive is closing");
    // One importer at a time fills the queue past its limit at most by its own batch.
    for (auto& job : jobs) queue_.push_back(&job);
  }
  wake_.notify_one();
}

void Writer::check_writable() {
  Job job;
  job.kind = Job::Kind::probe;
  submit(job);
}

void Writer::submit(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) throw Overloaded("the archive is closing");
    if (queue_.size() >= options_.queue_limit) throw Overloaded("too many deliveries are waiting to be written");
    queue_.push_back(&job);
  }
  wake_.notify_one();
  job.done.acquire();
  if (job.error) std::rethrow_exception(job.error);
}

void Writer::run() {
  std::deque<Job*> batch;
  auto idle_since = std::chrono::steady_clock::now();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const auto ready = [&] { return closing_ || !queue_.empty(); };
      // With something in the log, waiting ends now and then to look whether this is a quiet moment.
      if (log_pages_ > 0) wake_.wait_for(lock, kIdle, ready);
      else wake_.wait(lock, ready);
      while (!queue_.empty() && batch.size() < options_.batch_limit) {
        batch.push_back(queue_.front());
        queue_.pop_front();
      }
      if (batch.empty() && closing_) break;
    }
    if (batch.empty()) {
      const bool long_idle = std::chrono::steady_clock::now() - idle_since > kLongIdle;
      checkpoint(long_idle);
      continue;
    }
    run_batch(batch);
    batch.clear();
    if (log_pages_ > kLogPagesBusy) checkpoint(false);
    idle_since = std::chrono::steady_clock::now();
  }
  checkpoint(true);
}

void Writer::run_batch(std::deque<Job*>& batch) {
  try {
    Transaction transaction(*connection_);
    for (auto* job : batch) perform(*job);
    transaction.commit();
    for (auto* job : batch) finish(*job);
    return;
  } catch (...) {
    // Somebody spoiled it, or the disk did: nothing of the batch is there. One by one, each has its own fate.
    projector_->forget();
  }
  for (auto* job : batch) run_alone(*job);
}

void Writer::run_alone(Job& job) {
  const auto attempt = [&] {
    try {
      Transaction transaction(*connection_);
      perform(job);
      transaction.commit();
    } catch (...) {
      projector_->forget();
      throw;
    }
  };
  try {
    try {
      attempt();
    } catch (const SQLite::Exception& error) {
      if (is_about_the_disk(error.getErrorCode())) throw;
      // What cannot become rows is kept all the same. Asking the sender to try again would not help.
      job.event = Quarantined{string("could not be stored as rows: ") + error.what()};
      attempt();
    }
  } catch (const std::exception& error) {
    job.error = std::make_exception_ptr(NotDurable(error.what()));
  }
  finish(job);
}

void Writer::perform(Job& job) {
  if (job.kind == Job::Kind::probe) {
    connection_->query("INSERT INTO settings (name, value) VALUES ('last_probe', unixepoch())"
                       " ON CONFLICT DO UPDATE SET value = excluded.value")
        .run();
    return;
  }
  job.receipt = projector_->store(job.delivery, job.event, options_.redelivery_window.count());
}

void Writer::finish(Job& job) { job.done.release(); }

void Writer::checkpoint(bool truncate) {
  int pages_in_log = 0, pages_done = 0;
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code =
      sqlite3_wal_checkpoint_v2(connection_->database().getHandle(), "main", mode, &pages_in_log, &pages_done);
  // Readers may hold it back and a full disk may stop it: the next quiet moment tries again.
  if (code == SQLITE_OK && pages_in_log == pages_done) log_pages_ = 0;
}

}  // namespace callarchive::storage
