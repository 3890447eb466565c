#include "storage/care/salvage.h"

#include "storage/care/ledger_pages.h"
#include "storage/recordings/rows.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/copy.h"
#include "storage/sqlite/digest.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/state_file.h"
#include "storage/sqlite/temporary_file.h"

#include <algorithm>
#include <filesystem>

namespace callarchive {
namespace {

using namespace storage;
namespace fs = std::filesystem;

// A ledger that is being collected: an archive of the newest schema with nothing but deliveries.
class Collection {
 public:
  explicit Collection(const string& path) : connection_(path, Connection::Mode::writer) {
    migrate(connection_, migrations());
    connection_.execute("PRAGMA foreign_keys = OFF");  // repeat_of may come before what it repeats
    connection_.execute("PRAGMA synchronous = OFF");   // only the archive that is made of it must last
  }

  Connection& connection() { return connection_; }

  // Returns whether the number was free.
  bool add(const RawDelivery& row) {
    auto query = connection_.query(
        "INSERT INTO deliveries (id, received_at, times_received, last_received_at, origin, dialect, topic, event_time,"
        " webhook_id, sha256, object_id, object_key, repeat_of, outcome, reason, body, merged_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1");
    query.bind(row.id, row.received_at, row.times_received, row.last_received_at, row.origin, row.dialect, row.topic,
               row.event_time, row.webhook_id, Blob{row.sha256}, row.object_id, row.object_key, row.repeat_of,
               row.outcome, row.reason, Blob{row.body}, row.merged_at);
    const bool is_new = query.step();
    query.run();
    return is_new;
  }

  std::int64_t last() { return connection_.integer("SELECT coalesce(max(id), 0) FROM deliveries"); }

  // Puts something in the place of each number up to the last one that is missing. Returns how many, and the first.
  std::pair<std::int64_t, std::int64_t> fill(std::int64_t last) {
    std::int64_t count = 0, first = 0, expected = 1;
    Millis before = connection_.integer("SELECT coalesce(min(received_at), 0) FROM deliveries");
    vector<RawDelivery> missing;
    const auto note_until = [&](std::int64_t end) {
      for (; expected < end; ++expected) missing.push_back(stand_in(expected, before));
    };
    {
      auto query = connection_.query("SELECT id, received_at FROM deliveries ORDER BY id");
      while (query.step()) {
        note_until(query.integer(0));
        before = query.integer(1);
        ++expected;
      }
    }
    note_until(last + 1);
    for (const auto& row : missing) {
      if (count++ == 0) first = row.id;
      add(row);
    }
    return {count, first};
  }

 private:
  static RawDelivery stand_in(std::int64_t id, Millis received_at) {
    RawDelivery row;
    row.id = id;
    row.received_at = row.last_received_at = received_at;
    row.origin = "import";
    row.dialect = "unknown";
    row.body = "lost: delivery " + std::to_string(id) + " could not be read out of the damaged archive";
    row.sha256 = string(bytes_of(sha256(row.body)));
    row.outcome = "quarantined";
    return row;
  }

  Connection connection_;
};

// What SQLite can still find, row by row: a damaged page costs its own rows alone, as long as the way to the others is
// whole. Returns the number of the last row that is known to have been there.
std::int64_t collect_by_key(Connection& damaged, Collection& collection) {
  std::int64_t last = 0;
  for (const char* sql :
       {"SELECT max(id) FROM deliveries", "SELECT max(id) FROM deliveries INDEXED BY deliveries_by_topic",
        "SELECT max(delivery_id) FROM contact_versions"}) {
    try {
      last = std::max(last, damaged.integer(sql));
    } catch (const SQLite::Exception&) {
      // Another one may be whole.
    }
  }
  const string sql = select_rows(damaged) + " WHERE id = ?";
  for (std::int64_t id = 1; id <= last; ++id) {
    try {
      auto query = damaged.query(sql);
      query.bind(id);
      if (query.step()) collection.add(read_row(query));
    } catch (const SQLite::Exception&) {
      // Its page may be found by itself.
    }
  }
  return last;
}

// The settings that hold for the whole archive.
void collect_settings(Connection& damaged, Collection& collection) {
  auto query = damaged.query("SELECT name, value FROM settings WHERE name IN ('default_region', 'archive_id')");
  while (query.step()) {
    collection.connection()
        .query("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(query.text(0), query.text(1))
        .run();
  }
}

template <typename Work>
bool succeeds(const Work& work) {
  try {
    work();
    return true;
  } catch (const SQLite::Exception&) {
    return false;
  }
}

void collect(const ArchiveOptions& options, Collection& collection, SalvageResult& result) {
  Transaction transaction(collection.connection());
  const auto state = read_state_file(options.path);
  std::int64_t last = state ? state->deliveries : 0;
  succeeds([&] {
    Connection damaged(options.path, Connection::Mode::read_only);
    succeeds([&] { collect_settings(damaged, collection); });
    succeeds([&] { last = std::max(last, collect_by_key(damaged, collection)); });
    result.has_recordings = succeeds([&] { copy_recordings(damaged, collection.connection()); });
  });
  for_rows_in_pages(options.path, [&](const RawDelivery& row) { result.from_pages += collection.add(row) ? 1 : 0; });
  const auto set = [&](const char* name, const string& value) {
    collection.connection()
        .query("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(name, value)
        .run();
  };
  set("default_region", options.default_region);
  if (state) set("archive_id", state->id);
  if (collection.last() == 0) throw CannotOpen(options.path + ": no delivery can be read in it");
  std::tie(result.lost, result.first_lost) = collection.fill(std::max(last, collection.last()));
  transaction.commit();
}

}  // namespace

SalvageResult salvage(const ArchiveOptions& options, const string& destination, const Decoder& decode,
                      const ReportProgress& report) {
  if (!fs::is_regular_file(options.path)) throw CannotOpen(options.path + ": no such file");
  require_free(destination);
  const FileLock lock(destination);
  TemporaryFile ledger(destination + ".ledger"), target(destination + ".part");
  SalvageResult result;
  try {
    Collection collection(ledger.path());
    collect(options, collection, result);
  } catch (const SQLite::Exception& error) {
    throw NotDurable(ledger.path() + ": " + error.what());
  }
  ArchiveOptions collected = options;
  collected.path = ledger.path();
  result.replay = replay_ledger(collected, decode, target.path(), report);
  result.deliveries = result.replay.deliveries;
  publish(target, destination);
  if (const auto state = read_state_of(destination)) write_state_file(destination, *state);
  return result;
}

}  // namespace callarchive
