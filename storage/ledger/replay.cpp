#include "storage/ledger/replay.h"

#include "storage/backfill/rows.h"
#include "storage/enum_text.h"
#include "storage/ledger/changes.h"
#include "storage/ledger/projector.h"
#include "storage/recordings/rows.h"
#include "storage/search/rebuild_index.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/temporary_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include <sys/stat.h>
#include <unistd.h>

namespace callarchive::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBatch = 2000;  // deliveries in one commit
// What the tables say of a delivery. To be raised with each change of it that a migration in SQL cannot make:
//   2: canonical numbers as storage/items/phone.h has them, users by address in any case, contacts with the time of
//      their last change, event times to the microsecond.
//   3: null and absent mean the same in contacts.
//   4: transcript entries with the same words keep the times that a later report leaves out.
//   5: the order of arrival where a clock was ahead; sealed rows of the ledger.
constexpr std::int64_t kProjectionVersion = 5;

// Replays the ledger of one file into another.
class Replay {
 public:
  Replay(const ArchiveOptions& options, const Decoder& decode, const string& target)
      : decode_(decode), source_(options.path, Connection::Mode::read_only), target_(target, Connection::Mode::writer) {
    if (check_schema(source_) != newest_version()) {
      throw CannotOpen(options.path +
                       " has an older schema: start `callarchive serve` or run `callarchive migrate` first");
    }
    migrate(target_, migrations());
    prepare_index(target_);
    prepare_feed(target_);
    copy_settings(options.default_region);
    find_arrivals();
  }

  ReplayResult run(const ReportReplay& report) {
    ReplayProgress progress;
    progress.total = source_.integer("SELECT count(*) FROM deliveries");
    Projector projector(target_, region_, decode_);
    while (copy_batch(projector, progress)) report(progress);
    report(progress);
    {
      // What was fetched is said by no delivery.
      Transaction transaction(target_);
      copy_recordings(source_, target_);
      copy_backfill(source_, target_);
      transaction.commit();
    }
    result_.deliveries = progress.done;
    target_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    return result_;
  }

 private:
  void copy_settings(const string& region) {
    // The index is made by this program, and the change feed begins anew.
    auto query = source_.query(
        "SELECT name, value FROM settings WHERE name NOT IN ('search_folding', 'search_rebuild', 'feed_epoch')");
    while (query.step()) {
      const bool is_region = query.text(0) == "default_region";
      const string value = is_region && !region.empty() ? region : query.text(1);
      if (is_region) region_ = value;
      target_.query("INSERT INTO settings (name, value) VALUES (?, ?)").bind(query.text(0), value).run();
    }
    set_projection_version(target_);
  }

  // As lower_arrivals() has it: a row that is later than one behind it counts as arrived with the last one before it
  // that is not, or else with the first of those. What was fetched counts from its request and puts nothing before it.
  void find_arrivals() {
    auto query = source_.query(
        "SELECT id, received_at, origin = 'backfill' FROM deliveries WHERE merged_at IS NULL ORDER BY id DESC");
    optional<Millis> least;
    vector<std::int64_t> ahead;
    const auto settle = [&](Millis arrival) {
      for (const auto id : ahead) arrivals_.emplace(id, arrival);
      ahead.clear();
    };
    while (query.step()) {
      const auto received_at = query.integer(1);
      if (least && received_at > *least) {
        ahead.push_back(query.integer(0));
        continue;
      }
      if (query.integer(2) != 0) continue;
      settle(received_at);
      least = received_at;
    }
    if (least) settle(*least);
  }

  // Returns whether there was anything left.
  bool copy_batch(Projector& projector, ReplayProgress& progress) {
    auto query = source_.query(
        "SELECT id, received_at, times_received, last_received_at, origin, webhook_id, sha256, repeat_of, outcome,"
        " reason, body, dialect, topic, merged_at FROM deliveries WHERE id > ? ORDER BY id LIMIT ?");
    query.bind(last_, kBatch);
    Transaction transaction(target_);
    bool any = false;
    while (query.step()) {
      any = true;
      copy_delivery(projector, query);
      ++progress.done;
    }
    projector.finish();
    transaction.commit();
    target_.execute("PRAGMA wal_checkpoint(PASSIVE)");
    return any;
  }

  void copy_delivery(Projector& projector, const Query& row) {
    Delivery delivery;
    delivery.received_at = row.integer(1);
    delivery.origin = origin_from(row.text(4));
    delivery.webhook_id = row.maybe_text(5);
    delivery.times_received = row.integer(2);
    delivery.last_received_at = row.integer(3);
    delivery.body = row.text(10);
    delivery.dialect = row.text(11);
    delivery.topic = row.maybe_text(12);
    delivery.merged_at = row.maybe_integer(13);
    Event event = decode_(delivery);
    last_ = row.integer(0);
    if (const auto found = arrivals_.find(last_); found != arrivals_.end()) delivery.arrived_at = found->second;
    Sha256 digest{};
    const string bytes = row.text(6);
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    if (!fits(delivery.body, bytes) && result_.damaged++ == 0) result_.first_damaged = last_;
    const auto repeat_of = row.maybe_integer(7);
    const auto object = object_of(event);
    LedgerRow entry{delivery, digest, object, repeat_of, outcome_of(event), reason_of(event, delivery)};
    if (repeat_of) {
      entry.outcome = Outcome::noted;
      entry.reason = row.maybe_text(9);
    }
    const auto id = insert_delivery(target_, entry);
    if (id != last_) throw CannotOpen("the ledger has a gap before delivery " + std::to_string(last_));
    if (!repeat_of && projector.project(id, order_of(delivery, bytes, id), event)) {
      entry.outcome = Outcome::quarantined;
    }
    if (string(to_text(entry.outcome)) != row.text(8)) ++result_.changed_outcomes;
  }

  const Decoder& decode_;
  Connection source_;
  Connection target_;
  string region_;
  std::int64_t last_ = 0;
  std::map<std::int64_t, Millis> arrivals_;  // of rows that do not count by their received_at
  ReplayResult result_;
};

// Moves the log into the file. Throws CannotOpen when a reader holds it, so that something is left in it.
void empty_log(const string& path) {
  Connection connection(path, Connection::Mode::writer);
  // Columns: whether somebody was in the way, pages in the log, pages moved (https://www.sqlite.org/pragma.html).
  auto checkpoint = connection.query("PRAGMA wal_checkpoint(TRUNCATE)");
  checkpoint.step();
  if (checkpoint.integer(0) == 0 && checkpoint.integer(1) == 0) return;
  throw CannotOpen("another process is reading " + path +
                   ", so its log cannot be emptied. Nothing was changed; stop that process and try again");
}

// The new file belongs to whom the old one did: rebuilt by root, the service must be able to open it. Throws
// CannotOpen.
void take_over_access(const string& from, const string& to) {
  struct stat kept {
  }, made{};
  const bool known = ::stat(from.c_str(), &kept) == 0 && ::stat(to.c_str(), &made) == 0;
  const bool same_owner = kept.st_uid == made.st_uid && kept.st_gid == made.st_gid;
  const bool done = known && (same_owner || ::chown(to.c_str(), kept.st_uid, kept.st_gid) == 0) &&
                    ::chmod(to.c_str(), kept.st_mode & 07777) == 0;
  if (done) return;
  throw CannotOpen("cannot give the new file the owner and mode of " + from + ": " + std::strerror(errno) +
                   "; run it as the file's owner or as root");
}

}  // namespace

ReplayResult replay_ledger(const ArchiveOptions& options, const Decoder& decode, const string& target,
                           const ReportReplay& report) {
  if (!fs::exists(options.path)) throw CannotOpen(options.path + ": no such file");
  try {
    return Replay(options, decode, target).run(report);
  } catch (const SQLite::Exception& error) {
    throw NotDurable(options.path + ": " + error.what());
  } catch (const SchemaMismatch& error) {
    throw CannotOpen(options.path + ": " + error.what());
  }
}

ReplayResult replay_in_place(const ArchiveOptions& options, const Decoder& decode, const ReportReplay& report) {
  TemporaryFile target(options.path + ".rebuild");
  auto result = replay_ledger(options, decode, target.path(), report);
  take_over_access(options.path, target.path());
  sync_file(target.path());
  // The old log must be empty before the new file takes the name: it would be played into the wrong file. And what is
  // only there would be lost with it, were the machine to stop before the new file has the name.
  empty_log(options.path);
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(options.path + suffix);
  fs::rename(target.path(), options.path);
  target.keep();
  sync_folder_of(options.path);
  return result;
}

bool has_newest_projection(Connection& connection) {
  {
    auto query =
        connection.query("SELECT 1 FROM settings WHERE name = 'projection' AND CAST(value AS INTEGER) >= :newest");
    query.bind(kProjectionVersion);
    if (query.step()) return true;
  }
  return connection.integer("SELECT count(*) FROM (SELECT 1 FROM deliveries LIMIT 1)") == 0;
}

void set_projection_version(Connection& connection) {
  connection
      .query(
          "INSERT INTO settings (name, value) VALUES ('projection', :version)"
          " ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value")
      .bind(std::to_string(kProjectionVersion))
      .run();
}

}  // namespace callarchive::storage
