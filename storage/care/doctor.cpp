#include "storage/care/doctor.h"

#include "storage/care/backup.h"
#include "storage/care/rebuild.h"
#include "storage/clock_tolerance.h"
#include "storage/recordings/media_store.h"
#include "storage/recordings/rows.h"
#include "storage/search/check_index.h"
#include "storage/search/rebuild_index.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/digest.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/state_file.h"
#include "storage/sqlite/temporary_file.h"

#include <sqlite3.h>

#include <filesystem>
#include <map>

namespace callarchive {
namespace {

using namespace storage;
namespace fs = std::filesystem;
using Verdict = Finding::Verdict;

constexpr std::uintmax_t kMega = 1u << 20;
constexpr std::uintmax_t kLongLog = 256 * kMega;
constexpr std::uintmax_t kLeastRoom = 64 * kMega;  // a checkpoint must always find room
constexpr std::uintmax_t kSomeRoom = 1024 * kMega;

string megabytes(std::uintmax_t bytes) { return std::to_string(bytes / kMega) + " MB"; }

// What the schema holds, as "index calls_by_start", with its SQL. What SQLite makes by itself (sqlite_…) is left out.
std::map<string, string> objects_of(Connection& connection) {
  std::map<string, string> objects;
  auto query = connection.query(
      "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  while (query.step()) objects[query.text(0)] = query.text(1);
  return objects;
}

// An index that is being replaced; the check of the index tells of it.
bool is_of_old_index(const string& object) {
  for (const auto* table : {&kItemTable, &kContactTable}) {
    if (object.starts_with("table " + old_name(*table))) return true;
  }
  return false;
}

class Doctor {
 public:
  Doctor(const Examination& examination, const Decoder& decode, const std::function<void(const Finding&)>& report)
      : asked_(examination), path_(examination.archive.path), decode_(decode), report_(report) {}

  vector<Finding> run() {
    check("sqlite_version", [&] { return sqlite_version(); });
    check("filesystem", [&] { return filesystem(); });
    check("disk_room", [&] { return disk_room(); });
    check("schema", [&] { return schema(); });
    if (findings_.back().verdict == Verdict::fail) return std::move(findings_);
    check("identity", [&] { return identity(); });
    check("structure", [&] { return structure(); });
    check("journal_mode", [&] { return journal_mode(); });
    check("log_size", [&] { return log_size(); });
    check("integrity", [&] { return integrity(); });
    check("foreign_keys", [&] { return foreign_keys(); });
    check("ledger", [&] { return ledger(); });
    check("clock", [&] { return clock(); });
    check("copies", [&] { return copies(); });
    check("recordings", [&] { return recordings(); });
    if (asked_.silence) check("silence", [&] { return silence(*asked_.silence); });
    if (asked_.quick) return std::move(findings_);
    check("bodies", [&] { return bodies(); });
    check("search_index", [&] { return search_index(); });
    check("tables", [&] { return tables(); });
    return std::move(findings_);
  }

 private:
  struct Result {
    Verdict verdict;
    string text;
  };

  template <typename Check>
  void check(const char* name, const Check& look) {
    Result result{Verdict::ok, {}};
    try {
      result = look();
    } catch (const std::exception& error) {
      result = {Verdict::fail, error.what()};
    }
    findings_.push_back({name, result.verdict, std::move(result.text)});
    report_(findings_.back());
  }

  Connection& connection() {
    if (!connection_) connection_ = std::make_unique<Connection>(path_, Connection::Mode::read_only);
    return *connection_;
  }

  Result sqlite_version() const {
    const string bugs = known_bugs(sqlite3_libversion_number());
    return {bugs.empty() ? Verdict::ok : Verdict::warn,
            string(sqlite3_libversion()) + (bugs.empty() ? "" : ": " + bugs)};
  }

  Result filesystem() const {
    refuse_network_filesystem(path_);
    return {Verdict::ok, "local"};
  }

  Result disk_room() const {
    const auto free = fs::space(fs::absolute(path_).parent_path()).available;
    const auto verdict = free < kLeastRoom ? Verdict::fail : free < kSomeRoom ? Verdict::warn : Verdict::ok;
    return {verdict, megabytes(free) + " free"};
  }

  Result schema() {
    require_no_lost_archive(path_);
    if (!fs::exists(path_)) return {Verdict::fail, path_ + ": no such file"};
    if (fs::file_size(path_) == 0) return {Verdict::fail, path_ + " is empty: no archive"};
    const int version = check_schema(connection());
    if (version == newest_version()) return {Verdict::ok, "version " + std::to_string(version)};
    return {Verdict::fail, "version " + std::to_string(version) + " of " + std::to_string(newest_version()) +
                               ": run `callarchive migrate`"};
  }

  Result identity() {
    const auto state = read_state(connection());
    if (state.id.empty()) return {Verdict::ok, "none yet; the next start of the server gives it one"};
    if (const string lost = difference(path_, state); !lost.empty()) return {Verdict::fail, lost};
    return {Verdict::ok, "archive " + state.id + ", " + in_words(state)};
  }

  Result structure() {
    Connection model(":memory:", Connection::Mode::writer);
    migrate(model, migrations());
    prepare_index(model);
    const auto wanted = objects_of(model), found = objects_of(connection());
    string wrong, added;
    for (const auto& [name, sql] : wanted) {
      const auto kept = found.find(name);
      if (kept == found.end()) wrong += ", " + name + " is missing";
      else if (kept->second != sql) wrong += ", " + name + " differs from the expected definition";
    }
    for (const auto& [name, sql] : found) {
      if (is_of_old_index(name)) continue;
      if (!wanted.contains(name)) added += ", " + name + " is not part of the schema";
    }
    if (connection().integer("SELECT count(*) FROM settings WHERE name = 'default_region'") == 0) {
      wrong += ", setting default_region is missing";
    }
    if (!wrong.empty()) {
      return {Verdict::fail, (wrong + added).substr(2) + "; `callarchive rebuild` makes what is missing again"};
    }
    if (!added.empty()) return {Verdict::warn, added.substr(2)};
    return {Verdict::ok, std::to_string(wanted.size()) + " tables, indexes and views"};
  }

  Result journal_mode() {
    const string mode = connection().text("PRAGMA journal_mode");
    if (mode == "wal") return {Verdict::ok, mode};
    // A restored copy has none until the first start.
    return {Verdict::warn, mode + " instead of wal; the next start of the server sets it"};
  }

  Result log_size() const {
    std::error_code missing;
    const auto size = fs::file_size(path_ + "-wal", missing);
    if (missing || size < kLongLog) return {Verdict::ok, missing ? "none" : megabytes(size)};
    return {Verdict::warn, megabytes(size) + ": a reader holds it, or checkpoints fail"};
  }

  Result integrity() {
    string verdict;
    try {
      verdict = connection().text(asked_.quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)");
    } catch (const SQLite::Exception& error) {
      verdict = error.what();
    }
    if (verdict == "ok") return {Verdict::ok, verdict};
    return {Verdict::fail, verdict + "; " + way_out()};
  }

  // Everything but the ledger is made of it.
  string way_out() {
    try {
      connection().integer("SELECT sum(instr(body, x'00')) + count(sha256) FROM deliveries NOT INDEXED");
      return "every delivery can be read, so `callarchive rebuild` mends it";
    } catch (const SQLite::Exception&) {
      return "the deliveries themselves are damaged: stop the service, move the file away, restore a backup, and bring "
             "what came after it with `callarchive salvage` and `callarchive merge`";
    }
  }

  Result foreign_keys() {
    auto query = connection().query("PRAGMA foreign_key_check");
    std::int64_t broken = 0;
    string first;
    while (query.step()) {
      if (broken++ == 0) first = query.text(0) + " points to a missing row of " + query.text(2);
    }
    if (broken == 0) return {Verdict::ok, "ok"};
    return {Verdict::fail, std::to_string(broken) + " broken; the first: " + first};
  }

  Result ledger() {
    const Snapshot one_moment(connection());  // the archive may be written meanwhile
    const auto rows = connection().integer("SELECT count(*) FROM deliveries");
    const auto last = connection().integer("SELECT coalesce(max(id), 0) FROM deliveries");
    const auto quarantined = connection().integer("SELECT count(*) FROM deliveries WHERE outcome = 'quarantined'");
    if (rows != last) {
      return {Verdict::fail, std::to_string(last - rows) + " of " + std::to_string(last) + " deliveries are missing"};
    }
    const string text = std::to_string(rows) + " deliveries, " + std::to_string(quarantined) + " quarantined";
    return {quarantined == 0 ? Verdict::ok : Verdict::warn, text};
  }

  // The newest backup, and what migrations left.
  Result copies() const {
    const auto note = read_backup_note(path_);
    string text =
        note ? "last backup " + std::to_string(hours_since(note->at)) + " hours ago" : "no backup was made here";
    std::uintmax_t bytes = 0;
    const auto before_migrations = find_copies_before_migrations(path_);
    for (const auto& copy : before_migrations) bytes += fs::file_size(copy);
    if (!before_migrations.empty()) {
      text += "; " + std::to_string(before_migrations.size()) + " copies made before migrations, " + megabytes(bytes) +
              ", can be removed when all is well: " + before_migrations.front();
    }
    return {Verdict::ok, text};
  }

  static std::int64_t hours_since(Millis instant) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return (std::chrono::duration_cast<std::chrono::milliseconds>(now).count() - instant) / 3600000;
  }

  // The order holds all the same: such a delivery does not count as later than what came after it.
  Result clock() {
    auto query = connection().query(
        "SELECT count(*) FILTER (WHERE received_at > unixepoch() * 1000 + :tolerance),"
        " count(*) FILTER (WHERE received_at - arrived_at > :tolerance) FROM deliveries");
    query.bind(kClockTolerance);
    query.step();
    const auto future = query.integer(0), ahead = query.integer(1);
    if (future > 0) {
      return {Verdict::warn, std::to_string(future) + " deliveries arrived in the future: a clock was or is wrong"};
    }
    if (ahead == 0) return {Verdict::ok, "no delivery arrived in the future"};
    return {Verdict::ok, std::to_string(ahead) + " deliveries arrived while the clock was ahead"};
  }

  // Rows and files, both ways. Unless quick, every file is read.
  Result recordings() {
    const MediaStore store(path_);
    std::map<string, std::int64_t> wanted;
    RecordingCounts counts;
    {
      const Snapshot one_moment(connection());
      counts = count_recordings(connection());
      for_sounds(connection(), [&](const Sound& sound) { wanted[sound.sha256] = sound.bytes; });
    }
    std::int64_t broken = 0, extra = 0;
    string first;
    const auto note = [&](const string& sha256, const char* what) {
      if (broken++ == 0) first = sha256 + " " + what;
    };
    store.for_files(
        [&](const string& sha256, std::int64_t bytes) {
          const auto found = wanted.find(sha256);
          if (found == wanted.end()) {
            ++extra;
            return;
          }
          if (bytes != found->second) note(sha256, "has the wrong length");
          else if (!asked_.quick && digest_of_file(store.open(sha256).descriptor()) != sha256)
            note(sha256, "is damaged");
          wanted.erase(found);
        },
        [&](const string&) { ++extra; });
    for (const auto& [sha256, bytes] : wanted) note(sha256, "is missing");
    if (broken > 0) {
      return {Verdict::fail, std::to_string(broken) + " files of recordings are missing or damaged; the first: " +
                                 first + "; `callarchive recordings fetch --check` fetches again what is available"};
    }
    string text;
    for (const auto& of : counts.states) {
      if (of.count > 0) text += std::to_string(of.count) + " " + to_text(of.state) + ", ";
    }
    text += std::to_string(counts.sounds) + " files, " + megabytes(static_cast<std::uintmax_t>(counts.sound_bytes));
    // What was just fetched has its file before its row.
    if (extra > 0) return {Verdict::warn, text + "; " + std::to_string(extra) + " files belong to no recording"};
    return {Verdict::ok, text};
  }

  Result silence(std::chrono::hours allowed) {
    auto query = connection().query("SELECT unixepoch() * 1000 - max(last_received_at) FROM deliveries");
    query.step();
    const auto age = query.maybe_integer(0);
    if (!age) return {Verdict::fail, "nothing has ever arrived"};
    if (*age < -kClockTolerance) {
      return {Verdict::fail, "the last delivery is of " + std::to_string(-*age / 3600000) +
                                 " hours from now: a clock was or is wrong, so silence cannot be seen"};
    }
    const auto hours = *age / 3600000;
    const bool is_quiet = hours >= allowed.count();
    return {is_quiet ? Verdict::fail : Verdict::ok, "last delivery " + std::to_string(hours) + " hours ago"};
  }

  // What follows is asked of a copy of one moment: FTS5 checks an index by a command that needs the write lock, and
  // tables can be compared with a ledger only if neither grows meanwhile.
  const string& copy() {
    if (!copy_) {
      const string base = path_ + ".doctor";
      auto made = std::make_unique<TemporaryFile>(
          asked_.temporary_folder.empty() ? base
                                          : (fs::path(asked_.temporary_folder) / fs::path(base).filename()).string());
      try {
        copy_archive(path_, made->path(), [](const auto&) {});
      } catch (const NotDurable& error) {
        throw NotDurable(string("cannot be checked, since this needs a copy: ") + error.what() +
                         "; --temp FOLDER makes it where there is room");
      }
      copy_ = std::move(made);
    }
    return copy_->path();
  }

  Result bodies() {
    Connection connection(copy(), Connection::Mode::read_only);
    const auto damage = find_damage(connection);
    if (damage.count == 0) return {Verdict::ok, "as they were received"};
    return {Verdict::fail,
            damage.in_words() + "; a backup may have it intact: `callarchive restore`, then `callarchive merge`"};
  }

  Result search_index() {
    Connection connection(copy(), Connection::Mode::writer);
    for (const auto* table : {&kItemTable, &kContactTable}) {
      try {
        if (const auto wrong = check_index(connection, *table)) throw SQLite::Exception(*wrong);
      } catch (const SQLite::Exception& error) {
        return {Verdict::fail, string(table->index) + ": " + error.what() + "; `callarchive rebuild` rebuilds it"};
      }
    }
    if (find_rebuild(connection)) {
      return {Verdict::warn, "it is being rebuilt, which continues while the archive is open for writing"};
    }
    return {Verdict::ok, "ok"};
  }

  Result tables() {
    ArchiveOptions options = asked_.archive;
    options.path = copy();
    const auto result = check_rebuild(options, decode_, [](const auto&) {});
    if (result.difference_count == 0) return {Verdict::ok, "as the ledger says"};
    return {Verdict::fail, std::to_string(result.difference_count) +
                               " rows differ from what the ledger says; the first: " + result.differences.front() +
                               "; `callarchive rebuild` makes them again"};
  }

  const Examination& asked_;
  const string& path_;
  const Decoder& decode_;
  const std::function<void(const Finding&)>& report_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<TemporaryFile> copy_;
  vector<Finding> findings_;
};

}  // namespace

const char* to_text(Finding::Verdict verdict) {
  return verdict == Verdict::ok ? "ok" : verdict == Verdict::warn ? "warn" : "fail";
}

vector<Finding> examine(const Examination& examination, const Decoder& decode,
                        const std::function<void(const Finding&)>& report) {
  return Doctor(examination, decode, report).run();
}

namespace storage {

string known_bugs(int version) {
  // https://www.sqlite.org/wal.html#walresetbug; corrected in 3.51.3 and, for older lines, in 3.44.6 and 3.50.7.
  const bool corrected =
      version >= 3051003 || (version >= 3044006 && version < 3045000) || (version >= 3050007 && version < 3051000);
  if (version < 3007000 || corrected) return {};
  return "has the WAL-reset bug (3.7.0 to 3.51.2): no other program may write to or checkpoint this file while the "
         "server runs";
}

}  // namespace storage
}  // namespace callarchive
