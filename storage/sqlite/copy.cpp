#include "storage/sqlite/copy.h"

#include "storage/errors.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/digest.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/seal.h"
#include "storage/sqlite/temporary_file.h"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <regex>

#include <fcntl.h>

namespace callarchive {

string LedgerDamage::in_words() const {
  return std::to_string(count) + (count == 1 ? " delivery is" : " deliveries are") +
         " not as received, by body or by row; the first: delivery " + std::to_string(first);
}

}  // namespace callarchive

namespace callarchive::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHalf = ".part";  // ends the name of an unfinished copy
constexpr std::size_t kKeptBeforeMigrations = 2;
constexpr int kPagesAtATime = 2048;  // 8 MiB between two reports

string utc_stamp() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

// Runs `work` and turns what SQLite says into what a caller can act upon.
template <typename Work>
auto explain(const string& path, const Work& work) {
  try {
    return work();
  } catch (const SchemaMismatch& error) {
    throw CannotOpen(path + ": " + error.what());
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_NOTADB) throw CannotOpen(path + ": " + error.what());
    throw NotDurable(path + ": " + error.what());
  }
}

[[noreturn]] void refuse_existing(const string& path) {
  throw CannotOpen(path + " exists already; it is not overwritten");
}

// Renames unless somebody else has just made a file of that name. Not every filesystem can (renameat2(2)); there is a
// moment then between looking and renaming.
void rename_to_free(const string& from, const string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno == EEXIST) refuse_existing(to);
  require_free(to);
  fs::rename(from, to);
}

// The library calls most errors of a copy "not an error", since they are noted in neither connection.
SQLite::Exception error_of_copy(SQLite::Database& to, int code) {
  const int system = (code & 0xff) == SQLITE_FULL ? ENOSPC : sqlite3_system_errno(to.getHandle());
  return {string(sqlite3_errstr(code)) + (system == 0 ? "" : string(" (") + std::strerror(system) + ")"), code};
}

void copy_pages(SQLite::Database& from, SQLite::Database& to, const ReportCopy& report) {
  SQLite::Backup copying(to, from);
  int code = SQLITE_OK;
  do {
    try {
      code = copying.executeStep(kPagesAtATime);  // throws, except for "busy", which it returns
    } catch (const SQLite::Exception& error) {
      throw error_of_copy(to, error.getErrorCode());
    }
    const std::int64_t total = copying.getTotalPageCount();
    report({total - copying.getRemainingPageCount(), total});
  } while (code == SQLITE_OK);
  if (code != SQLITE_DONE) throw error_of_copy(to, code);
}

std::int64_t count_deliveries(Connection& connection) { return connection.integer("SELECT count(*) FROM deliveries"); }

// Throws NotDurable unless the file is sound and holds a ledger of that length. Returns what is wrong in the ledger.
LedgerDamage check_copy(const string& path, std::int64_t deliveries) {
  require_intact(path);
  return explain(path, [&] {
    Connection connection(path, Connection::Mode::read_only);
    const auto found = count_deliveries(connection);
    if (found != deliveries) {
      throw NotDurable(path + " holds " + std::to_string(found) + " deliveries instead of " +
                       std::to_string(deliveries));
    }
    return find_damage(connection);
  });
}

// Whether a name in a folder is of a copy made by us. No other file is ever taken for one.
bool is_copy(const string& name, const string& stem, const string& suffix = "") {
  static const std::regex moment(R"((-\d{8}T\d{6}Z\.db)(.*))");
  std::smatch parts;
  const string rest = name.starts_with(stem) ? name.substr(stem.size()) : "";
  return std::regex_match(rest, parts, moment) && parts[2] == suffix;
}

}  // namespace

void require_archive(const string& path) {
  if (!fs::is_regular_file(path)) throw CannotOpen(path + ": no such file");
  explain(path, [&] {
    Connection connection(path, Connection::Mode::read_only);
    if (check_schema(connection) == 0) throw CannotOpen(path + " is empty, not an archive");
  });
}

void require_free(const string& path) {
  if (fs::exists(fs::symlink_status(path))) refuse_existing(path);
}

void require_intact(const string& path) {
  explain(path, [&] {
    Connection connection(path, Connection::Mode::read_only);
    const string verdict = connection.text("PRAGMA integrity_check(1)");
    if (verdict != "ok") throw NotDurable(path + " is damaged: " + verdict);
  });
}

string name_copy(const string& folder, const string& stem) {
  remove_leftovers(folder, [&](const string& base) { return is_copy(base, stem, kHalf); });
  return (fs::path(folder) / (stem + "-" + utc_stamp() + ".db")).string();
}

vector<string> find_copies(const string& folder, const string& stem) {
  vector<string> copies;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_copy(entry.path().filename().string(), stem))
      copies.push_back(entry.path().string());
  }
  std::sort(copies.begin(), copies.end());
  return copies;
}

LedgerDamage find_damage(Connection& connection) {
  LedgerDamage damage;
  // A copy of an older schema has no seals.
  const bool has_seals =
      connection.integer("SELECT count(*) FROM pragma_table_info('deliveries') WHERE name = 'seal'") != 0;
  const string is_whole = has_seals ? string("seal IS NULL OR seal = ") + kSealOfRow : "1";
  auto query = connection.query("SELECT id, sha256, " + is_whole + ", body FROM deliveries ORDER BY id");
  while (query.step()) {
    if (query.integer(2) != 0 && fits(query.text(3), query.text(1))) continue;
    if (damage.count++ == 0) damage.first = query.integer(0);
  }
  return damage;
}

string rescue_copy(Connection& from, const string& path) {
  const string copy = name_copy(fs::path(path).parent_path().string(), fs::path(path).filename().string() + ".rescued");
  explain(copy, [&] {
    SQLite::Database to(copy, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    copy_pages(from.database(), to, [](const auto&) {});
    to.exec("PRAGMA journal_mode = DELETE");
  });
  sync_file(copy);
  sync_folder_of(copy);
  return copy;
}

CopyResult copy_archive(const string& source, const string& copy, const ReportCopy& report) {
  require_archive(source);
  CopyResult result{.path = copy};
  explain(source, [&] {
    Connection from(source, Connection::Mode::read_only);
    // One snapshot from the first page to the last: without it, every commit would restart the copy.
    const Snapshot snapshot(from);
    result.deliveries = count_deliveries(from);
    explain(copy, [&] {
      SQLite::Database to(copy, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      to.exec("PRAGMA synchronous = OFF");  // whoever needs the copy durable syncs it once, at the end
      copy_pages(from.database(), to, report);
      // The archive says of itself that it has a log; the copy is complete without one.
      to.exec("PRAGMA journal_mode = DELETE");
    });
  });
  result.bytes = static_cast<std::int64_t>(fs::file_size(copy));
  return result;
}

void publish(TemporaryFile& file, const string& destination) {
  sync_file(file.path());
  rename_to_free(file.path(), destination);
  file.keep();
  sync_folder_of(destination);
}

CopyResult make_copy(const string& source, const string& destination, const ReportCopy& report) {
  require_free(destination);
  TemporaryFile temporary(destination + kHalf);
  CopyResult result = copy_archive(source, temporary.path(), report);
  result.damage = check_copy(temporary.path(), result.deliveries);
  publish(temporary, destination);
  result.path = destination;
  return result;
}

vector<string> find_copies_before_migrations(const string& path) {
  const auto file = fs::absolute(path);
  const std::regex version(R"(\.v\d+(-\d{8}T\d{6}Z)\.db)");
  vector<std::pair<string, string>> found;  // moment, path
  for (const auto& entry : fs::directory_iterator(file.parent_path())) {
    const string name = entry.path().filename().string(), stem = file.filename().string();
    const string rest = name.starts_with(stem) ? name.substr(stem.size()) : "";
    std::smatch parts;
    if (entry.is_regular_file() && std::regex_match(rest, parts, version))
      found.emplace_back(parts[1], entry.path().string());
  }
  std::sort(found.begin(), found.end());
  vector<string> copies;
  for (auto& [moment, copy] : found) copies.push_back(std::move(copy));
  return copies;
}

CopyResult copy_before_migration(const string& path, int version) {
  try {
    const auto file = fs::absolute(path);
    const string stem = file.filename().string() + ".v" + std::to_string(version);
    auto result = make_copy(path, name_copy(file.parent_path().string(), stem), [](const auto&) {});
    auto copies = find_copies_before_migrations(path);
    for (std::size_t i = 0; i + kKeptBeforeMigrations < copies.size(); ++i) fs::remove(copies[i]);
    return result;
  } catch (const std::runtime_error& error) {
    throw CannotOpen(string("cannot copy the file before migrating it: ") + error.what());
  }
}

}  // namespace callarchive::storage
