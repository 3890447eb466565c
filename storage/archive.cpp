#include "storage/archive.h"

#include "storage/backfill/rows.h"
#include "storage/items/phone.h"
#include "storage/ledger/changes.h"
#include "storage/ledger/replay.h"
#include "storage/ledger/writer.h"
#include "storage/read/connection.h"
#include "storage/recordings/rows.h"
#include "storage/search/rebuild_index.h"
#include "storage/sqlite/copy.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrate.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>

namespace callarchive {

using storage::Connection;
using storage::ReadConnection;

namespace {

ArchiveOptions checked(ArchiveOptions options) {
  if (!options.default_region.empty() && !storage::is_known_region(options.default_region)) {
    throw CannotOpen("default region '" + options.default_region + "': no such region; use two letters as in FR or US");
  }
  storage::refuse_network_filesystem(options.path);
  return options;
}

// National numbers are stored as the region reads them, so a file keeps the region it began with. Returns it.
string adopt_region(Connection& connection, const string& wanted) {
  optional<string> settled;
  {
    auto query = connection.query("SELECT value FROM settings WHERE name = 'default_region'");
    if (query.step()) settled = query.text(0);
  }
  if (settled && (wanted.empty() || *settled == wanted)) return *settled;
  if (settled && connection.integer("SELECT count(*) FROM (SELECT 1 FROM deliveries LIMIT 1)") != 0) {
    throw CannotOpen("the archive was written with default region '" + *settled + "', not '" + wanted +
                     "'; leave the option out, or run `callarchive rebuild --default-region " + wanted +
                     "` to read all numbers again");
  }
  connection
      .query(
          "INSERT INTO settings (name, value) VALUES ('default_region', ?)"
          " ON CONFLICT DO UPDATE SET value = excluded.value")
      .bind(wanted)
      .run();
  return wanted;
}

// Looks at a file before anything in it is changed: what is not ours or newer stays as it is. Before an older
// one is migrated, it is copied.
void inspect(const ArchiveOptions& options) {
  const string& path = options.path;
  std::error_code missing;
  if (std::filesystem::file_size(path, missing) == 0 || missing) return;
  const int version = [&] {
    Connection connection(path, Connection::Mode::read_only);
    return storage::check_schema(connection);
  }();
  if (version == 0 || version == storage::newest_version()) return;
  const auto copy = storage::copy_before_migration(path, version);
  if (!options.report) return;
  options.report(Severity::warning, "the archive is migrated from schema version " + std::to_string(version) + " to " +
                                        std::to_string(storage::newest_version()) + "; as it was, it is in " +
                                        copy.path);
}

// What an older program read otherwise is read again. Closes the connection and opens another one where that is due.
void bring_up_to_date(std::unique_ptr<Connection>& connection, ArchiveOptions& options, const Decoder& decode) {
  if (!storage::has_newest_projection(*connection)) {
    connection.reset();
    ArchiveOptions real = options;
    real.path = storage::real_path(options.path);
    storage::replay_in_place(real, decode, [&](const storage::ReplayProgress& progress) {
      if (options.report_upgrade) options.report_upgrade(progress.done, progress.total);
    });
    connection = std::make_unique<Connection>(options.path, Connection::Mode::writer);
  }
  storage::set_projection_version(*connection);
}

// Opens, migrates, and fills in the region that the file has.
std::unique_ptr<Connection> open_for_writing(ArchiveOptions& options, const Decoder& decode, storage::FileLock& lock,
                                             FoundArchive& found) {
  try {
    std::error_code missing;
    found.is_new = std::filesystem::file_size(options.path, missing) == 0 || missing;
    inspect(options);
    auto connection = std::make_unique<Connection>(options.path, Connection::Mode::writer);
    storage::migrate(*connection, storage::migrations());
    options.default_region = adopt_region(*connection, options.default_region);
    bring_up_to_date(connection, options, decode);
    storage::prepare_index(*connection);
    storage::prepare_feed(*connection);
    storage::adopt_id(*connection);
    found.state = storage::read_state(*connection);
    if (!found.is_new) found.difference = storage::difference(options.path, found.state);
    storage::write_state_file(options.path, found.state);
    lock.hold_file();
    lock.remember_files();
    return connection;
  } catch (const SQLite::Exception& error) {
    throw CannotOpen(options.path + ": " + error.what());
  } catch (const storage::SchemaMismatch& error) {
    throw CannotOpen(options.path + ": " + error.what());
  }
}

// Looks whether the file can be asked by this program, and returns its region.
string inspect_for_reading(const ArchiveOptions& options) {
  if (!std::filesystem::exists(options.path)) throw CannotOpen(options.path + ": no such file");
  try {
    Connection connection(options.path, Connection::Mode::read_only);
    const int version = storage::check_schema(connection);
    if (version != storage::newest_version()) {
      throw CannotOpen(options.path + " has schema version " + std::to_string(version) +
                       "; run `callarchive migrate` first");
    }
    if (!storage::has_newest_projection(connection)) {
      throw CannotOpen(options.path + " was written by an older callarchive; run `callarchive migrate` first");
    }
    auto query = connection.query("SELECT value FROM settings WHERE name = 'default_region'");
    return query.step() ? query.text(0) : options.default_region;
  } catch (const SQLite::Exception& error) {
    throw CannotOpen(options.path + ": " + error.what());
  } catch (const storage::SchemaMismatch& error) {
    throw CannotOpen(options.path + ": " + error.what());
  }
}

}  // namespace

class Archive::Impl {
 public:
  Impl(ArchiveOptions options, Decoder decode)
      : options_(checked(std::move(options))), media_(options_.path, options_.media_reserve) {
    if (options_.read_only) {
      options_.default_region = inspect_for_reading(options_);
      return;
    }
    storage::require_no_lost_archive(options_.path);
    lock_.emplace(options_.path);
    auto connection = open_for_writing(options_, decode, *lock_, found_);
    writer_ = std::make_unique<storage::Writer>(std::move(connection), options_, std::move(decode), *lock_);
  }

  storage::Writer& writer() {
    if (!writer_) throw NotDurable("the archive is open read-only");
    return *writer_;
  }
  std::uint64_t commit_count() const { return writer_ ? writer_->commit_count() : 0; }
  MediaStore& media() { return media_; }
  const FoundArchive& found() const { return found_; }
  void close() {
    if (writer_) writer_->close();
  }

  Reader reader(optional<std::chrono::milliseconds> timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout.value_or(options_.query_timeout);
    auto connection = borrow(deadline);
    connection->sqlite.set_deadline(deadline);
    return Reader(std::move(connection), [this, lent = note_lent()](auto back) { give_back(std::move(back), lent); });
  }

  void add_reader_metrics(WriterMetrics& metrics) {
    const std::lock_guard lock(mutex_);
    metrics.lent_readers = lent_since_.size();
    if (lent_since_.empty()) return;
    const std::chrono::duration<double> age = std::chrono::steady_clock::now() - *lent_since_.begin();
    metrics.oldest_reader_seconds = age.count();
  }

 private:
  using LentSince = std::multiset<std::chrono::steady_clock::time_point>;

  LentSince::const_iterator note_lent() {
    const std::lock_guard lock(mutex_);
    return lent_since_.insert(std::chrono::steady_clock::now());
  }

  std::unique_ptr<ReadConnection> borrow(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    const auto ready = [&] { return !idle_.empty() || lent_ < options_.readers; };
    if (!returned_.wait_until(lock, deadline, ready))
      throw QueryTimeout("all readers of the archive are busy; try again later");
    ++lent_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    lock.unlock();
    try {
      return std::make_unique<ReadConnection>(options_.path, options_.default_region);
    } catch (...) {
      lock.lock();
      --lent_;
      throw;
    }
  }

  void give_back(std::unique_ptr<ReadConnection> connection, LentSince::const_iterator lent) {
    connection->sqlite.clear_deadline();
    {
      const std::lock_guard lock(mutex_);
      lent_since_.erase(lent);
      --lent_;
      idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
  }

  ArchiveOptions options_;  // not changed after construction
  MediaStore media_;
  FoundArchive found_;  // not changed after construction
  optional<storage::FileLock> lock_;
  std::unique_ptr<storage::Writer> writer_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<ReadConnection>> idle_;
  LentSince lent_since_;
  std::size_t lent_ = 0;
};

Archive::Archive(ArchiveOptions options, Decoder decode)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(decode))) {}
Archive::~Archive() = default;

const FoundArchive& Archive::found() const { return impl_->found(); }
Receipt Archive::store(Delivery delivery, Event event) {
  return impl_->writer().store(std::move(delivery), std::move(event));
}
vector<Receipt> Archive::store_all(vector<std::pair<Delivery, Event>> told) {
  return impl_->writer().store_all(std::move(told));
}
std::int64_t Archive::change_recordings(RecordingChange change) {
  std::int64_t changed = 0;
  impl_->writer().change([&](storage::Connection& connection) { changed = storage::apply(connection, change); });
  return changed;
}
std::int64_t Archive::change_backfill(BackfillChange change) {
  std::int64_t id = 0;
  impl_->writer().change([&](storage::Connection& connection) { id = storage::apply(connection, change); });
  return id;
}
MediaStore& Archive::media() { return impl_->media(); }
Reader Archive::reader(optional<std::chrono::milliseconds> timeout) { return impl_->reader(timeout); }
std::uint64_t Archive::commit_count() const { return impl_->commit_count(); }
void Archive::check_writable() { impl_->writer().check_writable(); }
bool Archive::is_folding() const { return impl_->writer().is_folding(); }
WriterMetrics Archive::metrics() const {
  WriterMetrics metrics = impl_->writer().metrics();
  impl_->add_reader_metrics(metrics);
  return metrics;
}
void Archive::close() { impl_->close(); }

}  // namespace callarchive
